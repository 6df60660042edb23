"""The switch on real databases and a real server: all workers hear of it, people hear the message, nothing of theirs is kept."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sanic import Sanic

from bot.content.store import shared as content
from bot.dialogue.message import ANSWER
from bot.guard.gate import DANGER, ONLY_SIGNS
from bot.messaging.announcements import Announcements
from bot.operations import state as states
from bot.operations import watch as module
from bot.operations import while_off
from bot.operations.records import ServiceRecords
from bot.operations.state import NOTICE, OFF, Decision, Notice, Off, Service, ServiceState
from bot.operations.watch import Watch
from bot.stores.database import open_engine
from bot.stores.redis_link import RedisLink
from tests.channels.platforms import PLATFORMS
from tests.channels.serving import Asker, app_of, rows, served
from tests.channels.talking import talking
from tests.real_servers import Server, postgres, redis

AWAY = Off("We are repairing the assistant.")
TOLD = f"We are repairing the assistant.\n\n{DANGER}"
PLANNED = "Planned work on Sunday: I may be away."
HEARD_SECONDS = 20.0


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with postgres() as running:
        yield running


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Of a database."""
    if request.param == "sqlite":
        return str(tmp_path / "kept.db")
    return request.getfixturevalue("server").url


@pytest.fixture
def service() -> Iterator[Service]:
    """That of this process, which is on again afterwards."""
    yield states.shared()
    states.shared().publish(ServiceState())


@contextlib.asynccontextmanager
async def workers(address: str, count: int = 2) -> AsyncIterator[list[Service]]:
    """What each of several workers knows; each looks by itself, with connections of its own."""
    services = [Service() for _ in range(count)]
    watches = [Watch(open_engine(address), service=one, name=f"worker:{n}") for n, one in enumerate(services)]
    tasks = [asyncio.create_task(watch.run()) for watch in watches]
    try:
        yield services
    finally:
        for task in tasks:
            task.cancel()
        for watch in watches:
            await watch.leave()


async def until(is_so: Callable[[], bool], seconds: float = HEARD_SECONDS) -> None:
    ends = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < ends, "it did not become so"
        await asyncio.sleep(0.05)


def operator(address: str) -> ServiceRecords:
    """As a command on another machine."""
    records = ServiceRecords(open_engine(address))
    records.make_tables()
    return records


def test_workers_look_more_often_than_once_a_second() -> None:
    assert module.EVERY_SECONDS <= 0.5


async def test_all_workers_hear_of_it_and_say_so(address: str) -> None:
    records = operator(address)
    records.decide(OFF, None, "anna", "on")
    async with workers(address) as services:
        number = records.decide(OFF, AWAY, "anna", "off")
        await until(lambda: all(one.current().off_now() == AWAY for one in services))
        await until(lambda: [w.heard for w in records.workers() if w.name.startswith("worker:")] == [number] * 2)
        records.decide(OFF, None, "ben", "on")
        await until(lambda: not any(one.current().off_now() for one in services))
    assert [(line.by, line.what) for line in records.log(2)] == [("anna", "off"), ("ben", "on")]
    assert not [w for w in records.workers() if w.name.startswith("worker:")]


async def test_it_holds_while_the_database_is_down_and_is_heard_after(server: Server) -> None:
    records = operator(server.url)
    records.decide(OFF, AWAY, "anna", "off")
    async with workers(server.url) as services:
        await until(lambda: all(one.current().off_now() for one in services))
        server.kill()
        try:
            await asyncio.sleep(1.5)
            assert all(one.current().off_now() == AWAY for one in services)
        finally:
            server.start()
        number = operator(server.url).decide(OFF, None, "anna", "on")
        await until(lambda: all(one.current().number == number for one in services))
        assert not any(one.current().off_now() for one in services)


async def test_two_operators_at_once_are_both_recorded(address: str) -> None:
    boards = [operator(address) for _ in range(2)]
    numbers = await asyncio.gather(
        *(
            asyncio.to_thread(boards[n % 2].decide, OFF, AWAY if n % 2 else None, f"by{n}", "decided")
            for n in range(12)
        ),
        return_exceptions=True,
    )
    made = [number for number in numbers if isinstance(number, int)]
    recorded = {line.by for line in boards[0].log(100)} & {f"by{n}" for n in range(12)}
    assert len(set(made)) == len(made) == len(recorded) >= 1
    # what holds is one of them, whole
    assert boards[0].read().off in (AWAY, None)


@pytest.fixture
def test_mode(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Sanic, "test_mode", True)


@pytest.fixture
async def asker(tmp_path: Path, test_mode: None, service: Service) -> AsyncIterator[Asker]:
    async with served(app_of(tmp_path)) as asking:
        yield asking


async def test_the_page_hears_the_message_and_nothing_is_kept(asker: Asker, service: Service) -> None:
    before = await asker.begin()
    assert (await asker.say(before)).json()["kept"] is True
    kept = rows(asker)
    service.publish(ServiceState(1, off=AWAY))
    for text in ("hello there", "   ", "x" * 3_000, "/ask_plan_overview"):
        answer = (await asker.say(before, text)).json()
        assert (answer["status"], answer["kept"], answer["feedback"]) == ("off", False, False)
        assert [(part["text"], part["buttons"]) for part in answer["parts"]] == [(TOLD, [])]
    begun = (await asker.post("conversations")).json()
    assert begun["greeting"]["parts"][0]["text"] == TOLD
    assert not begun["greeting"]["parts"][0]["buttons"]
    assert rows(asker) == kept
    history = (await asker.post("history", {"conversation": before})).json()
    assert len(history["said"]) == 2
    service.publish(ServiceState(2))
    assert (await asker.say(before)).json()["kept"] is True


async def test_danger_is_answered_while_off(asker: Asker, service: Service) -> None:
    conversation = await asker.begin()
    service.publish(ServiceState(1, off=AWAY))
    answer = (await asker.say(conversation, "he is hitting me")).json()
    assert (answer["parts"][0]["safety"], answer["kept"]) == (True, False)
    assert answer["parts"][0]["services"][0]["links"][0]["url"] == "tel:999"
    assert asker.agent.heard == []
    assert rows(asker) == 0


async def test_what_was_said_can_be_deleted_while_off(asker: Asker, service: Service) -> None:
    first, second = await asker.begin(), await asker.begin()
    for conversation in (first, second):
        await asker.say(conversation)
    service.publish(ServiceState(1, off=AWAY))
    assert (await asker.say(first, "delete my data")).status_code == 200
    assert (await asker.post("history", {"conversation": first})).json()["said"] == []
    assert (await asker.post("end", {"conversation": second})).status_code == 204
    assert rows(asker) == 0


async def test_the_channel_of_this_machine_hears_it_too(asker: Asker, service: Service) -> None:
    service.publish(ServiceState(1, off=AWAY))
    said = (await asker.client.post("/webhooks/rest/webhook", json={"sender": "a", "message": "hello"})).json()
    assert [message["text"] for message in said] == [TOLD]
    assert said[0][ANSWER]["status"] == "off"


def announced(seconds: float = 600.0, number: int = 7) -> ServiceState:
    notice = Notice(PLANNED, time.time() - 1, time.time() + seconds)
    return ServiceState(number, notice=notice, decided=((NOTICE, Decision(number, 0.0, "anna")),))


async def test_the_page_shows_a_notice_until_it_is_over(asker: Asker, service: Service) -> None:
    conversation = await asker.begin()
    service.publish(announced())
    begun, said = (await asker.post("conversations")).json(), (await asker.say(conversation)).json()
    assert begun["greeting"]["notice"]["text"] == said["notice"]["text"] == PLANNED
    history = (await asker.post("history", {"conversation": conversation})).json()
    assert history["greeting"]["notice"]["text"] == PLANNED
    assert "notice" not in history["said"][-1]["answer"]
    service.publish(announced(seconds=-1.0))
    assert "notice" not in (await asker.say(conversation)).json()


@pytest.fixture(params=PLATFORMS, ids=lambda kind: kind.channel.name())
async def talk(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, test_mode: None, service: Service
) -> Any:
    async with talking(request.param, tmp_path, monkeypatch) as opened:
        yield opened


def words(seen: Any) -> str:
    """All that was seen, without the marks of a platform."""
    return " ".join(" ".join(one.text for one in seen).replace("\\", "").split())


async def test_messaging_channels_hear_the_message(talk: Any, service: Service) -> None:
    service.publish(ServiceState(1, off=AWAY))
    seen = await talk.say("hello there")
    assert "We are repairing the assistant." in words(seen)
    assert "999" in words(seen)
    assert "30 days" not in words(seen), "nothing is kept of it"
    assert not any(one.buttons for one in seen)
    assert "999" in words(await talk.say("he is hitting me"))
    assert ONLY_SIGNS not in words(await talk.say("NEXT"))
    assert talk.agent.heard == []


async def test_messaging_channels_tell_a_notice_once(talk: Any, service: Service) -> None:
    service.publish(announced())
    assert PLANNED in words(await talk.say("hello there"))
    assert PLANNED not in words(await talk.say("hello again"))
    assert PLANNED in words(await talk.say("hello", talk.platform.another))
    service.publish(announced(number=8))
    assert PLANNED in words(await talk.say("another day"))


async def test_nobody_in_danger_is_told_a_notice() -> None:
    service = Service()
    service.publish(announced())
    telling = Announcements(service)
    assert await telling.text("a", [{"safety": True}]) == ""
    assert await telling.text("a", [{"name": "greet"}]) == PLANNED


async def test_workers_tell_a_notice_once_together() -> None:
    service = Service()
    service.publish(announced())
    with redis() as running:
        links = [RedisLink(running.url) for _ in range(2)]
        desks = [Announcements(service, link) for link in links]
        told = [await desk.text(sender, [{}]) for sender in ("a", "b") for desk in desks]
        assert told == [PLANNED, "", PLANNED, ""]
        running.stop()
        assert [await desk.text("c", [{}]) for desk in desks] == [PLANNED, PLANNED]
        for link in links:
            await link.close()


def test_content_has_the_usual_text() -> None:
    assert while_off.USUAL in content().current().answers
