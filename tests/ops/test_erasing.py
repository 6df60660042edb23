"""What a person asked to delete is nowhere any more: real servers, real stores, and a search through every one of them.

Each conversation has words of its own in many places. That the search finds them is shown first; then they are deleted in three
ways, and searched for again: "delete my data" in the chat, `planbot erase`, and `planbot purge`.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import re
import subprocess
import sys
import time
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from typing import Any

import httpx
import pytest
import sqlalchemy as sa
from aiohttp import web

from bot.cli import probe, servers, training
from bot.paths import ROOT
from bot.stores.database import open_engine
from tests import real_servers
from tests.channels.platforms.twilio import SmsPlatform
from tests.misbehaving import Misbehaving
from tests.ops.stores_searched import Stores
from tests.service_answers import PECKHAM

SECRET = "a secret of the tests, long enough for it"
DAY = 86_400.0
ANSWER_SECONDS = 60.0
NO_LIMITS = {
    name: "1000000"
    for name in (
        "PLAN_ADDRESS_PER_MINUTE", "PLAN_ADDRESS_BURST", "PLAN_ADDRESS_CONVERSATIONS_PER_MINUTE",
        "PLAN_ADDRESS_CONVERSATIONS_BURST", "PLAN_MESSAGES_PER_MINUTE", "PLAN_MESSAGE_BURST",
    )
}  # fmt: skip
# nobody may find these anywhere, deleted or not
NEVER = (
    "07700900123",
    "7700900123",
    "7700 900123",
    "jane.testwick",
    "SE15 4NX",
    "SE154NX",
    "AB123456C",
    "AB 12 34 56 C",
)


def marker() -> str:
    """A word that stands nowhere else, and is no name of anything."""
    return f"quonk{uuid.uuid4().hex[:12]}".translate(str.maketrans("0123456789", "ghijklmnop"))


class Phone(SmsPlatform):
    """Played at the address that the servers were told, by another one in each test."""

    def __init__(self) -> None:
        super().__init__()
        # the servers know the numbers of messages that came before
        self.numbers = itertools.count(uuid.uuid4().int >> 16)

    async def start(self) -> None:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._asked)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", int(os.environ["TWILIO_URL"].rsplit(":", 1)[1])).start()


class Running:
    """The servers, and whoever talks to them."""

    def __init__(self, port: int, client: httpx.AsyncClient, phone: SmsPlatform, stores: Stores) -> None:
        self.port, self.client, self.phone, self.stores = port, client, phone, stores

    async def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = await self.client.post(path, json=body)
        assert answer.status_code < 300, (path, answer.status_code, answer.text)
        return answer.json() if answer.content else {}

    async def begin(self) -> str:
        return str((await self.post("/chat/conversations", {}))["conversation"])

    async def say(self, conversation: str, text: str, message_id: str | None = None) -> dict[str, Any]:
        return await self.post(
            "/chat/messages", {"conversation": conversation, "message": text, "message_id": message_id}
        )

    async def text(self, person: str, text: str) -> None:
        """A text message, and its answer on the phone."""
        before = len(self.phone.seen[person])
        webhook = self.phone.text(person, text)
        sent = await self.client.post(self.phone.path, content=webhook.body, headers=dict(webhook.headers))
        assert sent.status_code == 200, sent.text
        ends = time.monotonic() + ANSWER_SECONDS
        while len(self.phone.seen[person]) == before:
            assert time.monotonic() < ends, "no answer came"
            await asyncio.sleep(0.05)

    async def planbot(self, *words: str) -> str:
        """What the command says, given beside the running servers."""
        command = [sys.executable, "-m", "bot.cli.main", *words]
        done = await asyncio.to_thread(subprocess.run, command, cwd=ROOT, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    async def having(self, *words: str) -> list[str]:
        return await asyncio.to_thread(self.stores.having, *words)

    async def without(self, *words: str) -> list[str]:
        return await asyncio.to_thread(self.stores.without, *words)


async def talk(running: Running, word: str) -> str:
    """A conversation on the web with a word in every place that a person can put one; its id."""
    conversation = await running.begin()
    first = await running.say(conversation, f"why do {word} burglaries happen in Camden", f"id-{word}")
    titles = [button["title"] for part in first["parts"] for button in part["buttons"]]
    # a title that is typed is kept as it was typed, beside the payload that it chose
    await running.say(conversation, titles[0].swapcase())
    await running.say(conversation, f"who are the police near {PECKHAM} {word}")
    await running.say(
        conversation, f"{word} call 07700 900123 or jane.testwick@example.com, my NI is AB 12 34 56 C, live SE15 4NX"
    )
    last = await running.say(conversation, "What is the Plan?")
    await running.post(
        "/chat/feedback",
        {"conversation": conversation, "answer": last["id"], "helpful": False, "comment": f"{word} ring 07700900123"},
    )
    return conversation


def holds_words(stores: list[str]) -> bool:
    """Whether the conversations and the feedback are among the stores: what there is to delete."""
    if any(name.startswith("table") for name in stores):
        return {"table events", "table web_feedback"} <= set(stores)
    return any(name.startswith("file conversations.db") for name in stores)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def started(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, Stores]]:
    """Both servers with all their stores; the port, and the stores."""
    folder = tmp_path_factory.mktemp("erasing")
    with ExitStack() as stack, pytest.MonkeyPatch.context() as patch:
        redis = stack.enter_context(real_servers.redis())
        behind = [redis]
        database = str(folder / "conversations.db")
        if request.param == "postgresql":
            behind.append(stack.enter_context(real_servers.postgres()))
            database = behind[-1].url
        public = stack.enter_context(Misbehaving())
        phone_port = servers.free_port()
        for name, value in {
            **NO_LIMITS, **SmsPlatform.variables, "TRACKER_DB": database, "PLAN_REDIS": redis.url, "PLAN_SECRET": SECRET,
            "PLAN_CACHE": str(folder / "cache.db"), "POSTCODES_URL": public.postcodes_url, "POLICE_URL": public.police_url,
            "PLAN_STATISTICS_DB": f"sqlite:///{folder / 'statistics.db'}", "NO_PROXY": "127.0.0.1,localhost",
            "PLAN_PUBLIC_URL": "https://chat.example.org", "TWILIO_URL": f"http://127.0.0.1:{phone_port}",
            "PLAN_FRAGMENT_SECONDS": "0",
        }.items():  # fmt: skip
            patch.setenv(name, value)
        patch.delenv("PLAN_ACTION_SECRET", raising=False)
        stores = Stores(database, folder, redis.url, behind)
        port = servers.free_port()
        both = servers.Servers(
            training.ensure_model(), port, servers.free_port(), folder / "conversations.db", folder / "servers.log"
        )
        with both:
            probe.wait_until_ready(port, both.dead, 240)
            # the first message that is hardly English makes more to be loaded, which must not count as an answer
            for _ in range(2):
                probe.ask(port, "readiness-probe", f"{marker()} zed (removed) or (removed), my NI is (removed)", 120)
            yield port, stores


@pytest.fixture
async def running(started: tuple[int, Stores]) -> AsyncIterator[Running]:
    port, stores = started
    phone = Phone()
    await phone.start()
    async with httpx.AsyncClient(
        base_url=f"http://127.0.0.1:{port}", timeout=ANSWER_SECONDS, trust_env=False
    ) as client:
        yield Running(port, client, phone, stores)
    await phone.stop()
    assert await asyncio.to_thread(stores.having, *NEVER) == []


async def test_delete_my_data_in_the_chat(running: Running) -> None:
    mine, other = marker(), marker()
    conversation, kept = await talk(running, mine), await talk(running, other)
    assert holds_words(await running.having(mine))
    await running.say(conversation, "delete my data")
    assert await running.without(mine) == []
    assert holds_words(await running.having(other))
    # it can go on, and knows nothing of what was before
    assert "burglar" not in str((await running.post("/chat/history", {"conversation": conversation}))["said"])
    assert other in str((await running.post("/chat/history", {"conversation": kept}))["said"])


async def test_delete_my_data_by_text_message(running: Running) -> None:
    mine, other = marker(), marker()
    await running.text("+447700900123", f"why do {mine} robberies happen near {PECKHAM}")
    await running.text("+447700900456", f"why do {other} robberies happen")
    assert await running.having(mine) != []
    await running.text("+447700900123", "delete my data")
    assert await running.without(mine) == []
    assert await running.having(other) != []


async def test_erase_by_the_id_of_a_browser(running: Running) -> None:
    mine, other = marker(), marker()
    conversation = await talk(running, mine)
    await talk(running, other)
    assert holds_words(await running.having(mine))
    said = await running.planbot("erase", "--conversation", conversation, "--yes")
    assert re.search(r"events +[1-9]\d* deleted", said), said
    assert re.search(r"web_feedback +1 deleted", said), said
    assert await running.without(mine) == []
    assert holds_words(await running.having(other))
    # the worker that answered had the conversation in its memory
    await running.say(conversation, "tell me more")
    history = str((await running.post("/chat/history", {"conversation": conversation}))["said"])
    assert "tell me more" in history and mine not in history and "Camden" not in history
    assert await running.without(mine) == []


async def test_erase_a_person_on_a_messaging_channel(running: Running) -> None:
    mine, other = marker(), marker()
    await running.text("+447700900111", f"why do {mine} robberies happen")
    await running.text("+447700900222", f"why do {other} robberies happen")
    assert await running.having(mine) != []
    said = await running.planbot("erase", "--channel", "sms", "--person", "07700 900 111", "--yes")
    assert re.search(r"events +[1-9]\d* deleted", said), said
    assert await running.without(mine) == []
    assert await running.having(other) != []


async def test_erase_by_the_name_in_the_store(running: Running) -> None:
    mine = marker()
    sender = f"staff-{mine}"
    await running.post("/webhooks/rest/webhook", {"sender": sender, "message": f"why do {mine} burglaries happen"})
    assert await running.having(mine) != []
    await running.planbot("erase", "--conversation", sender, "--yes")
    # of a name in the store, the limit of pace knows for some seconds more
    assert await running.without(mine) == []


async def test_purge(running: Running) -> None:
    old, new = marker(), marker()
    for word, person in ((old, "+447700900333"), (new, "+447700900444")):
        await talk(running, word)
        await running.text(person, f"why do {word} robberies happen")
    assert holds_words(await running.having(old))
    await asyncio.to_thread(make_old, running.stores.database, old)
    said = await running.planbot("purge", "--older-than", "30d", "--dry-run")
    assert re.search(r"events +[1-9]\d* would go", said), said
    assert holds_words(await running.having(old))
    said = await running.planbot("purge", "--older-than", "30d")
    assert re.search(r"events +[1-9]\d* deleted", said), said
    assert re.search(r"web_feedback +[1-9]\d* deleted", said), said
    assert await running.without(old) == []
    assert holds_words(await running.having(new))


def make_old(database: str, word: str) -> None:
    """Moves the conversations with a word in them, and what was said of their answers, forty days back."""
    engine = open_engine(database)
    with engine.begin() as connection:
        mine = connection.execute(
            sa.text("SELECT DISTINCT sender_id FROM events WHERE data LIKE :word"), {"word": f"%{word}%"}
        ).fetchall()
        assert mine
        for (sender,) in mine:
            told = {"sender": sender, "back": 40 * DAY}
            connection.execute(
                sa.text("UPDATE events SET timestamp = timestamp - :back WHERE sender_id = :sender"), told
            )
            connection.execute(
                sa.text("UPDATE web_feedback SET day = :day WHERE sender = :sender"),
                {"sender": sender, "day": time.strftime("%Y-%m-%d", time.gmtime(time.time() - 40 * DAY))},
            )
    engine.dispose()
