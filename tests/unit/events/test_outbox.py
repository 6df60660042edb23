"""The queue before the broker: bounded, in order, patient, counted; and the broker class that never fails an answer."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Sequence
from typing import Any

import pytest
from rasa.core.brokers.broker import EventBroker
from rasa.utils.endpoints import EndpointConfig

from bot.errors import SetupError
from bot.events import outbox as module
from bot.events.address import read
from bot.events.broker import AnalyticsBroker, tell_feedback
from bot.events.kafka import KafkaSender
from bot.events.outbox import FULL, REFUSED, SENT, STOPPED, Outbox
from bot.events.rabbit import RabbitSender
from bot.keys import Keys

MARKER = "zzmarkerzz"
QUICK = (0.01, 0.02)
CONFIG = EndpointConfig(type="bot.events.broker.AnalyticsBroker")


class Played:
    """A broker of this process: `away` and `hangs` are switched by the test; `refuses` so many of each batch."""

    def __init__(self) -> None:
        self.away, self.hangs, self.refuses = False, False, 0
        self.got: list[int] = []
        self.opened = self.closed = 0

    async def open(self) -> None:
        if self.away:
            raise ConnectionError(f"{MARKER} is away")
        self.opened += 1

    async def send(self, documents: Sequence[bytes]) -> int:
        if self.hangs:
            await asyncio.sleep(3600)
        if self.away:
            raise ConnectionError(f"{MARKER} has gone")
        self.got += [json.loads(body)["n"] for body in documents]
        return self.refuses

    async def close(self) -> None:
        self.closed += 1


async def until(happens: Any) -> None:
    async def wait() -> None:
        while not happens():  # noqa: ASYNC110 - what is waited for has no event
            await asyncio.sleep(0.005)

    await asyncio.wait_for(wait(), 20)


@pytest.fixture
def played() -> Played:
    return Played()


async def test_in_order_and_counted(played: Played) -> None:
    box = Outbox(played, pauses=QUICK)
    box.start()
    for n in range(350):
        box.put({"n": n})
    await until(lambda: not box.waiting)
    await box.close()
    assert played.got == list(range(350))
    assert box.counts[SENT] == 350
    assert (box.dropped, played.opened, box.is_open) == (0, 1, False)


async def test_what_does_not_fit_is_dropped_and_counted(played: Played) -> None:
    played.away = True
    box = Outbox(played, most=100, pauses=QUICK)
    box.start()
    for n in range(130):
        box.put({"n": n})
    assert (box.waiting, box.counts[FULL]) == (100, 30)
    played.away = False
    await until(lambda: not box.waiting)
    assert played.got == list(range(100))
    await box.close()


async def test_a_broker_that_goes_and_comes_back(played: Played, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    box = Outbox(played, pauses=QUICK)
    box.start()
    box.put({"n": 0})
    await until(lambda: played.got)
    played.away = True
    for n in range(1, 20):
        box.put({"n": n})
    await until(lambda: played.closed >= 5)
    assert (box.waiting, box.is_open) == (19, False)
    played.away = False
    await until(lambda: not box.waiting)
    assert played.got == list(range(20))
    assert box.dropped == 0
    await box.close()
    lines = [record.getMessage() for record in caplog.records if record.name == module.__name__]
    assert sum("does not answer" in line for line in lines) == 1, lines
    assert sum("connected" in line for line in lines) == 2, lines
    assert MARKER not in caplog.text


async def test_the_end_does_not_wait_for_a_broker_that_is_away(played: Played) -> None:
    played.away = True
    box = Outbox(played, pauses=(30.0, 30.0))
    box.start()
    for n in range(7):
        box.put({"n": n})
    await asyncio.sleep(0.05)
    await asyncio.wait_for(box.close(0.3), 20)
    assert box.counts[STOPPED] == 7
    box.put({"n": 8})
    assert (box.counts[STOPPED], box.waiting) == (8, 0)


async def test_the_end_does_not_wait_for_a_broker_that_hangs(played: Played) -> None:
    played.hangs = True
    box = Outbox(played, pauses=QUICK)
    box.start()
    box.put({"n": 1})
    await asyncio.sleep(0.05)
    await asyncio.wait_for(box.close(0.3), 20)
    assert box.counts[STOPPED] == 1


async def test_the_end_sends_what_waits(played: Played) -> None:
    played.away = True
    box = Outbox(played, pauses=(30.0, 30.0))
    box.start()
    for n in range(5):
        box.put({"n": n})
    await until(lambda: played.closed)
    played.away = False
    await asyncio.wait_for(box.close(10), 20)
    assert played.got == list(range(5))


async def test_a_broker_that_hangs_is_left_and_tried_again(played: Played, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SEND_SECONDS", 0.05)
    played.hangs = True
    box = Outbox(played, pauses=QUICK)
    box.start()
    box.put({"n": 1})
    await until(lambda: played.closed)
    played.hangs = False
    await until(lambda: not box.waiting)
    assert played.got == [1]
    await box.close()


async def test_refused_is_no_reason_to_try_again(played: Played) -> None:
    played.refuses = 1
    box = Outbox(played, pauses=QUICK)
    box.start()
    box.put({"n": 1})
    await until(lambda: not box.waiting)
    await box.close()
    assert (box.counts[REFUSED], box.counts[SENT], played.got) == (1, 0, [1])


async def test_unset_there_is_no_broker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PLAN_EVENTS", raising=False)
    assert await EventBroker.create(CONFIG) is None


async def test_a_wrong_address_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAN_EVENTS", "amqp://u:hunter2@/nowhere")
    with pytest.raises(SetupError, match="PLAN_EVENTS"):
        await EventBroker.create(CONFIG)


@pytest.mark.parametrize(
    ("address", "kind"), [("amqp://127.0.0.1:9/v", RabbitSender), ("kafka://127.0.0.1:9/t", KafkaSender)]
)
async def test_rasa_makes_it_though_nobody_answers(monkeypatch: pytest.MonkeyPatch, address: str, kind: type) -> None:
    monkeypatch.setenv("PLAN_EVENTS", address)
    monkeypatch.setenv("PLAN_SECRET", "s" * 40)
    broker = await EventBroker.create(CONFIG)
    assert isinstance(broker, AnalyticsBroker)
    assert isinstance(broker.outbox._sender, kind)
    assert not broker.is_ready()
    await broker.close()


async def test_an_event_that_cannot_be_read_costs_nothing(played: Played, caplog: pytest.LogCaptureFixture) -> None:
    broker = AnalyticsBroker(Outbox(played, pauses=QUICK), Keys("k" * 32))
    broker.outbox.start()
    event = {"event": "user", "sender_id": "c", "timestamp": MARKER, "parse_data": {"intent": {"confidence": MARKER}}}
    for wrong in (event, {**event, "parse_data": MARKER}, {"event": "bot", "sender_id": "c", "metadata": MARKER}, {}):
        broker.publish(wrong)
    assert "could not be told" in caplog.text
    assert MARKER not in caplog.text
    await broker.close()


async def test_feedback_reaches_the_broker_of_a_store(played: Played) -> None:
    class Store:
        event_broker: Any = None

    tell_feedback(Store(), "c", "greet", True)
    store = Store()
    store.event_broker = AnalyticsBroker(Outbox(played, pauses=QUICK), Keys("k" * 32))
    tell_feedback(store, "c", "greet", True)
    assert store.event_broker.outbox.waiting == 1


async def test_the_libraries_take_every_setting_in() -> None:
    from confluent_kafka import Producer

    for text in (
        "kafka://h:9092/t",
        "kafka://h/t?security=SSL",
        "kafka://u:p@h:9092/t?mechanism=PLAIN",
        "kafka://u:p@h/t?security=SASL_PLAINTEXT",
    ):
        Producer(KafkaSender(read(text)).settings())
