"""Workers of a messaging channel over one database: in this process, or in one of their own that a test may kill."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from typing import Any

import httpx
from rasa.core.channels.channel import UserMessage
from rasa.shared.core.events import BotUttered, UserUttered

from bot.channels.conversation import Conversations
from bot.content.store import shared
from bot.dialogue.message import ANSWER
from bot.guard.gate import Guard
from bot.keys import Keys
from bot.messaging.capabilities import WHATSAPP, Capabilities
from bot.messaging.desk import Desk
from bot.messaging.received import Kind, Received
from bot.messaging.settings import MessagingSettings
from bot.paths import ROOT
from bot.settings import GuardSettings
from bot.tracker_store import ConversationStore
from tests.channels.platforms.platform import Platform, Webhook
from tests.channels.serving import DOMAIN, SECRET

ANN, BOB = "447700900123", "447700900456"
PLENTY = GuardSettings(per_minute=1e9, burst=10**9)
BEAT = 0.1
START_SECONDS = 240.0
"""A process imports Rasa first, on a machine that may be busy."""


class Agent:
    """Repeats what it heard. `thinks`, `lingers`: seconds before and after an answer is saved; `long`, `name`: said instead."""

    def __init__(self, store: ConversationStore) -> None:
        self.tracker_store = store
        self.heard: list[str] = []
        self.thinks = self.lingers = 0.0
        self.present: dict[str, int] = {}
        self.most_present = 0
        self.long, self.name = "", "echo"

    async def handle_message(self, message: UserMessage) -> None:
        who = message.sender_id
        self.heard.append(message.text)
        self.present[who] = self.present.get(who, 0) + 1
        self.most_present = max(self.most_present, self.present[who])
        try:
            text = self.long or f"re: {message.text}"
            said = {"text": text, ANSWER: {"name": self.name, "text": text}}
            await asyncio.sleep(self.thinks)
            tracker = await self.tracker_store.get_or_create_tracker(who, append_action_listen=False)
            heard = UserUttered(message.text, metadata=message.metadata, message_id=message.message_id)
            for event in (heard, BotUttered(text, metadata={ANSWER: said[ANSWER]})):
                tracker.update(event, DOMAIN)
            await message.output_channel.send_response(who, said)
            await self.tracker_store.save(tracker)
            await asyncio.sleep(self.lingers)
        finally:
            self.present[who] -= 1


class Phones:
    """A platform that several workers call. `seen`: what each person was shown, in order."""

    def __init__(self, capabilities: Capabilities = WHATSAPP) -> None:
        self.capabilities = capabilities
        self.seen: dict[str, list[str]] = {ANN: [], BOB: []}

    def calls(self, outgoing: Any, to: dict[str, Any]) -> list[dict[str, Any]]:
        return [{**to, "text": outgoing.text}]

    def simpler(self, call: dict[str, Any]) -> None:
        return None

    async def send(self, call: dict[str, Any]) -> None:
        await asyncio.sleep(0)
        self.seen[call["person"]].append(call["text"])


class Worker:
    """A desk with a database, which it shares with others. `beats`: whether it says that it is alive."""

    def __init__(self, address: str, phones: Phones, **wanted: Any) -> None:
        self.store = ConversationStore(domain=DOMAIN, db=address)
        self.agent, self.phones = Agent(self.store), phones
        talk = Conversations()
        talk._guard = Guard(lambda: shared().current().labels, PLENTY)
        settings = MessagingSettings(**{"fragment_seconds": 0.0, "waiting": 1_000, "a_day": 10_000, **wanted})
        self.desk = Desk(phones, self.store, self.agent.handle_message, Keys(SECRET), settings, talk)
        self.sharing = self.desk._sharing
        self._house: asyncio.Task | None = None

    def begin(self) -> None:
        """Keeps its house."""
        self._house = asyncio.get_running_loop().create_task(self.sharing.keep(BEAT))

    async def die(self) -> None:
        """Is gone without a word."""
        if self._house:
            self._house.cancel()
        self.desk.mailboxes.abandon()
        await asyncio.sleep(0)

    async def stop(self, seconds: float) -> None:
        await self.desk.stop(seconds)
        await self.die()

    def sender(self, person: str = ANN) -> str:
        return self.desk.sender(person)


class Numbers:
    """Makes messages, each with a delivery of its own."""

    def __init__(self) -> None:
        self.last = 0

    def said(self, text: str, person: str = ANN) -> Received:
        self.last += 1
        return Received(Kind.TEXT, person, f"d{self.last}", {"person": person}, text)


async def until(there: Any, seconds: float = 30.0) -> None:
    """Waits until it is so."""
    ends = asyncio.get_running_loop().time() + seconds
    while not there():
        if asyncio.get_running_loop().time() > ends:
            raise AssertionError("it did not come to that in time")
        await asyncio.sleep(0.02)


class Alone:
    """A worker in a process of its own, with its webhook; `agent`: as "thinks=3" or "lingers=3"."""

    def __init__(self, platform: Platform, address: str, agent: str = "") -> None:
        told = {**platform.environment(), "PLAN_FRAGMENT_SECONDS": "0", "PLAN_LEAN": "1"}
        self.platform = platform
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.ops.messaging_process", address, agent], cwd=ROOT, stdout=subprocess.PIPE,
            text=True, env={**os.environ, **told},
        )  # fmt: skip
        self.port = 0

    async def ready(self) -> None:
        line = await asyncio.wait_for(asyncio.to_thread(self.process.stdout.readline), START_SECONDS)
        self.port = int(line)

    async def post(self, webhook: Webhook) -> int:
        async with httpx.AsyncClient(trust_env=False, timeout=20) as client:
            url = f"http://127.0.0.1:{self.port}{self.platform.path}"
            return (await client.post(url, content=webhook.body, headers=webhook.headers)).status_code

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(20)

    def end(self) -> None:
        if self.process.poll() is None:
            self.kill()
