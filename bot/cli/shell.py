"""`planbot shell`: talk to the assistant here. Buttons are numbered; type the number, or anything else."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import uuid
from typing import Any

import typer

from bot.channels.conversation import Conversations
from bot.cli import agent, servers, training
from bot.dialogue.message import ANSWER
from bot.paths import ROOT

LEAVE = {":q", ":quit", "quit", "exit"}


def run(*, debug: bool) -> None:
    """Runs until the end of input, `:q` or Ctrl-C."""
    model = training.ensure_model()
    port = servers.free_port()
    env = servers.environment(port, servers.database_path())
    typer.echo("Starting (about 15 s) ...", err=True)
    process = subprocess.Popen([sys.executable, "-m", "actions.server", str(port)], cwd=ROOT, env=env)  # noqa: S603
    try:
        loaded = agent.load(model, env["ACTION_URL"])
        asyncio.run(_talk(loaded, debug))
    except (KeyboardInterrupt, EOFError):
        typer.echo("")
    finally:
        process.terminate()
        process.wait()


async def _talk(loaded: Any, debug: bool) -> None:
    conversations, sender = Conversations(), f"shell-{uuid.uuid4().hex}"
    choices: list[dict[str, str]] = []
    typer.echo('Type a question, the number of a choice, or ":q" to leave.')
    while True:
        typed = (await asyncio.to_thread(input, "\nYou: ")).strip()
        if typed.lower() in LEAVE:
            return
        sent = choices[int(typed) - 1]["payload"] if typed.isdigit() and 0 < int(typed) <= len(choices) else typed
        messages = await conversations.say(sent, sender, "shell", loaded.handle_message)
        if debug:
            await _explain(loaded, sender)
        choices = []
        for message in messages:
            typer.echo(f"\n{message['text']}")
            for button in message.get("buttons", []):
                choices.append(button)
                typer.echo(f"  {len(choices)}. {button['title']}")
            if debug and (parts := message.get(ANSWER)):
                typer.secho(f"  [answer {parts.get('name')}; {len(parts.get('sources') or [])} sources]", dim=True)


async def _explain(loaded: Any, sender: str) -> None:
    """What was understood, and which policy chose the answer."""
    tracker = await loaded.tracker_store.retrieve(sender)
    heard = [e for e in tracker.events if e.type_name == "user"] if tracker else []
    if not heard:
        return
    parsed = heard[-1].parse_data
    intent = parsed.get("intent") or {}
    ranking = ", ".join(f"{r['name']} {r['confidence']:.2f}" for r in (parsed.get("intent_ranking") or [])[:3])
    entities = ", ".join(f"{e['entity']}={e['value']}" for e in parsed.get("entities") or []) or "none"
    actions = [e for e in tracker.events if e.type_name == "action" and e.action_name != "action_listen"]
    chosen = f"{actions[-1].action_name} by {actions[-1].policy}" if actions else "none"
    typer.secho(
        f"  [intent {intent.get('name')} {intent.get('confidence') or 0:.2f}; ranking {ranking}; "
        f"entities {entities}; safety {parsed.get('safety')}; rule {chosen}]",
        dim=True,
    )
