"""What a messaging channel costs beside the web channel: the same questions, in turn, to the same two servers.

`python -m benchmarks.messaging [questions]`. The platforms are played by this process. Of the web channel, the time from
the request to its whole answer is taken; of the others, from the webhook to the platform's being called with the answer.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import tempfile
import time
from pathlib import Path

import aiohttp
from aiohttp import web

from benchmarks.accuracy import percentiles
from benchmarks.speed import QUESTIONS
from bot.cli import probe, servers, training
from tests.channels.platforms import PLATFORMS
from tests.channels.platforms.platform import Platform

EACH = 200
PER_CONVERSATION = 4
WARM = 20
PATIENCE, BREATH = 10.0, 0.05


async def _web(client: aiohttp.ClientSession, conversations: dict[int, str], number: int, text: str) -> float:
    chat = number // PER_CONVERSATION
    if chat not in conversations:
        async with client.post("/chat/conversations", data=b"{}") as response:
            conversations[chat] = (await response.json())["conversation"]
    body = json.dumps({"conversation": conversations[chat], "message": text}).encode()
    began = time.perf_counter()
    async with client.post("/chat/messages", data=body) as response:
        await response.read()
        if response.status != 200:
            raise RuntimeError(f"the web channel answered {response.status}")
    return (time.perf_counter() - began) * 1000


_SHARED: dict[str, Platform] = {}
"""Whose address a platform's calls come in at, where that is another's."""


async def _channel(client: aiohttp.ClientSession, platform: Platform, number: int, text: str) -> float:
    person = f"{platform.person[:-4]}{1_000 + number // PER_CONVERSATION:04d}"
    webhook = platform.text(person, text)
    whose = _SHARED.get(platform.name, platform)
    whose.called.clear()
    began = time.perf_counter()
    async with client.post(platform.path, data=webhook.body, headers=webhook.headers) as response:
        if response.status != 200:
            raise RuntimeError(f"{platform.name} answered {response.status}")
    await asyncio.wait_for(whose.called.wait(), PATIENCE)
    return (whose.called_at - began) * 1000


async def measure(port: int, platforms: list[Platform], each: int) -> dict[str, dict[str, float]]:
    """p50 and p95 of each channel in milliseconds, and what lies between its p95 and that of the web channel."""
    texts = [text for pair in zip(QUESTIONS["content"], QUESTIONS["action"], strict=True) for text in pair]
    times: dict[str, list[float]] = {name: [] for name in ("web", *(p.name for p in platforms))}
    conversations: dict[int, str] = {}
    async with aiohttp.ClientSession(f"http://127.0.0.1:{port}") as client:
        for number in range(WARM + each):
            text = texts[number % len(texts)]
            # nobody is always the first to ask a question
            start = number % (len(platforms) + 1)
            for platform in [*platforms, None][start:] + [*platforms, None][:start]:
                if platform is None:
                    times["web"].append(await _web(client, conversations, number, text))
                else:
                    times[platform.name].append(await _channel(client, platform, number, text))
                # a picture or a notice may still be under way, and would be taken for the next answer
                await asyncio.sleep(BREATH)
    found = {name: {"n": each, **percentiles(values[WARM:])} for name, values in times.items()}
    for name, figures in found.items():
        figures["p95_over_web"] = figures["p95"] - found["web"]["p95"] if name != "web" else 0.0
    return found


def _share_address(platforms: list[Platform]) -> None:
    """Both channels of Twilio call one address: what is WhatsApp's is handed on to it."""
    by_name = {platform.name: platform for platform in platforms}
    sms, whatsapp = by_name["sms"], by_name["whatsapp"]
    take_sms = sms.take

    async def take(request: web.Request) -> web.Response:
        form = await request.post()
        return await (whatsapp.take if str(form.get("To")).startswith("whatsapp:") else take_sms)(request)

    sms.take = take  # type: ignore[method-assign]
    _SHARED[whatsapp.name] = sms
    os.environ[sms.url_variable] = sms.url


def main() -> None:
    each = int(sys.argv[1]) if len(sys.argv) > 1 else EACH
    loop, platforms = asyncio.new_event_loop(), [kind() for kind in PLATFORMS]
    for platform in platforms:
        loop.run_until_complete(platform.start())
        os.environ.update(platform.environment())
    _share_address(platforms)
    # questions come right after each other here, and would be taken for fragments of one thought
    os.environ.update(
        {"PLAN_FRAGMENT_SECONDS": "0", "PLAN_ADDRESS_PER_MINUTE": "1000000", "PLAN_ADDRESS_BURST": "1000000"}
    )
    port = servers.free_port()
    with tempfile.TemporaryDirectory() as folder:
        database, log = Path(folder) / "conversations.db", Path(folder) / "log.txt"
        with servers.Servers(training.ensure_model(), port, servers.free_port(), database, log) as both:
            probe.wait_until_ready(port, both.dead)
            print(json.dumps(loop.run_until_complete(measure(port, platforms, each)), indent=1))


if __name__ == "__main__":
    main()
