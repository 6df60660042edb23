"""Documents on their way through a real RabbitMQ, and through librdkafka's own Kafka broker for tests: none lost, none with words.

The latter speaks Kafka's protocol over TCP, and is no Kafka: it keeps everything in memory and checks little.
"""

from __future__ import annotations

import asyncio
import gc
import json
import logging
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import aio_pika
import jsonschema
import pytest
from rasa.core.brokers.broker import EventBroker
from rasa.utils.endpoints import EndpointConfig

from bot.events import address
from bot.events.broker import AnalyticsBroker, tell_feedback
from bot.events.outbox import FULL, REFUSED, Outbox
from bot.events.rabbit import RabbitSender
from bot.operations import metrics
from bot.tracker_store import ConversationStore
from tests.assistant import Assistant
from tests.ops.rabbit_server import Rabbit, rabbit
from tests.unit.events.test_document import SCHEMA

MARKER = "zzmarkerzz"
SENDER = f"{MARKER}-conversation"
CONFIG = EndpointConfig(type="bot.events.broker.AnalyticsBroker")
SAID = (
    f"how many burglaries in Camden last year, asks {MARKER}", f"my name is {MARKER} and he is hitting me", "/tell_me_more",
    f"{MARKER} {MARKER} quonk", "delete my data", "/ask_mopac",
)  # fmt: skip
FITS = jsonschema.Draft7Validator(SCHEMA)
WAIT_SECONDS = 90.0


@pytest.fixture(scope="module")
def server() -> Iterator[Rabbit]:
    with rabbit() as running:
        yield running


@pytest.fixture(autouse=True)
def secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAN_SECRET", "s" * 40)


async def made(monkeypatch: pytest.MonkeyPatch, url: str) -> AnalyticsBroker:
    """A broker as Rasa makes it."""
    monkeypatch.setenv(address.VARIABLE, url)
    broker = await EventBroker.create(CONFIG)
    assert isinstance(broker, AnalyticsBroker)
    broker.outbox._pauses = (0.05, 0.5)
    return broker


async def until(happens: Any) -> None:
    async def wait() -> None:
        while not happens():  # noqa: ASYNC110 - what is waited for is in another process
            await asyncio.sleep(0.02)

    await asyncio.wait_for(wait(), WAIT_SECONDS)


async def kept(server: Rabbit, queue: str) -> list[dict[str, Any]]:
    """All documents that stand in a queue, taken out of it."""
    found = []
    async with await aio_pika.connect(server.url) as connection:
        channel = await connection.channel()
        standing = await channel.get_queue(queue)
        while message := await standing.get(fail=False):
            assert message.content_type == "application/json"
            assert message.delivery_mode == aio_pika.DeliveryMode.PERSISTENT
            found.append(json.loads(message.body))
            await message.ack()
    return found


def words_in(document: Any) -> bool:
    return MARKER in json.dumps(document)


@pytest.mark.model
def test_a_conversation_becomes_documents_without_its_words(
    assistant: Assistant,
    server: Rabbit,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    monkeypatch.setattr(metrics.intents, "_known", frozenset(assistant.agent.domain.intents))
    for text in SAID:
        assistant.say(SENDER, text)

    async def tell() -> AnalyticsBroker:
        broker = await made(monkeypatch, f"{server.url}?exchange=told&queue=told")
        store = ConversationStore(domain=assistant.agent.domain, db=str(tmp_path / "c.db"), event_broker=broker)
        tracker = await assistant.agent.tracker_store.retrieve_full_tracker(SENDER)
        await store.save(tracker)
        tell_feedback(store, SENDER, "emergency", True)
        await until(lambda: not broker.outbox.waiting)
        await broker.close()
        return broker

    broker = assistant.run(tell())
    found = assistant.run(kept(server, "told"))
    for document in found:
        FITS.validate(document)
        assert not words_in(document), document
    turns = [one for one in found if one["kind"] == "turn"]
    assert len(turns) == len(SAID)
    assert turns[0]["intent"] == "ask_statistics"
    assert (turns[1]["intent"], turns[1]["status"], turns[1]["safety"]) == ("emergency", "safety", True)
    assert (turns[2]["confidence"], turns[5]["confidence"]) == ("chosen", "chosen")
    assert {one["channel"] for one in found if "channel" in one} == {"rest"}
    assert len({one["conversation"] for one in found}) <= 2  # midnight may come between
    assert found[-1]["kind"] == "feedback"
    assert (broker.outbox.counts["sent"], broker.outbox.dropped) == (len(found), 0)
    assert MARKER not in caplog.text
    assert "guest:guest" not in caplog.text


async def test_nothing_is_lost_when_rabbitmq_is_stopped_killed_and_started_again(
    server: Rabbit, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    broker = await made(monkeypatch, f"{server.url}?exchange=steady&queue=steady")
    put, stops = 0, {200: server.stop, 500: server.kill}

    async def put_some(until_number: int) -> None:
        nonlocal put
        while put < until_number:
            broker.feedback(SENDER, f"answer_{put}", True)
            put += 1
            await asyncio.sleep(0.001)

    await put_some(100)
    await until(lambda: not broker.outbox.waiting)
    for number, stop in stops.items():
        await put_some(number)
        # in a thread: the loop goes on and is in the middle of sending
        stopping = asyncio.create_task(asyncio.to_thread(stop))
        await put_some(number + 100)
        await stopping
        await put_some(number + 150)
        assert not broker.is_ready() or broker.outbox.waiting
        assert broker.outbox.waiting > 0
        await asyncio.to_thread(server.start)
        await until(lambda: not broker.outbox.waiting)
        assert broker.is_ready()
    await broker.close()
    found = await kept(server, "steady")
    times = Counter(one["answer"] for one in found)
    assert times.keys() == {f"answer_{n}" for n in range(put)}
    # what comes twice after a broken connection is known by its id
    assert len({one["id"] for one in found}) == put
    first_seen = list(dict.fromkeys(one["id"] for one in found))
    by_id = {one["id"]: one["answer"] for one in found}
    assert [by_id[i] for i in first_seen] == [f"answer_{n}" for n in range(put)]
    assert broker.outbox.dropped == 0
    # what asyncio logs of forgotten failures comes when they are cleared away
    gc.collect()
    assert [record for record in caplog.records if record.exc_info] == []
    assert "guest:guest" not in caplog.text
    assert MARKER not in caplog.text


async def test_while_rabbitmq_is_away_the_queue_is_bounded(server: Rabbit, monkeypatch: pytest.MonkeyPatch) -> None:
    where = address.read(f"{server.url}?exchange=bounded&queue=bounded")
    box = Outbox(RabbitSender(where), most=50, pauses=(0.05, 0.2))
    await asyncio.to_thread(server.stop)
    try:
        box.start()
        for n in range(80):
            box.put({"n": n})
        await asyncio.sleep(0.5)
        assert (box.waiting, box.counts[FULL]) == (50, 30)
    finally:
        await asyncio.to_thread(server.start)
    await until(lambda: not box.waiting)
    await box.close()
    assert [one["n"] for one in await kept(server, "bounded")] == list(range(50))


async def test_without_a_queue_documents_are_refused_and_counted(
    server: Rabbit, monkeypatch: pytest.MonkeyPatch
) -> None:
    broker = await made(monkeypatch, f"{server.url}?exchange=unbound")
    for _ in range(5):
        broker.feedback(SENDER, "greet", False)
    await until(lambda: not broker.outbox.waiting)
    assert broker.outbox.counts[REFUSED] == 5
    await broker.close()


async def test_a_full_queue_of_the_broker_is_counted(server: Rabbit, monkeypatch: pytest.MonkeyPatch) -> None:
    async with await aio_pika.connect(server.url) as connection:
        channel = await connection.channel()
        exchange = await channel.declare_exchange("small", "fanout", durable=True)
        queue = await channel.declare_queue(
            "small", durable=True, arguments={"x-max-length": 3, "x-overflow": "reject-publish"}
        )
        await queue.bind(exchange)
    broker = await made(monkeypatch, f"{server.url}?exchange=small")
    for n in range(5):
        broker.feedback(SENDER, f"answer_{n}", False)
        # one by one: RabbitMQ counts the length after it has taken a group in
        await until(lambda: not broker.outbox.waiting)
    assert broker.outbox.counts[REFUSED] >= 1
    assert broker.outbox.counts["sent"] + broker.outbox.counts[REFUSED] == 5
    await broker.close()


async def test_a_wrong_password_is_tried_again_and_not_told(
    server: Rabbit, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    broker = await made(monkeypatch, server.url.replace("guest:guest", f"guest:{MARKER}"))
    broker.feedback(SENDER, "greet", True)
    await until(lambda: "does not answer" in caplog.text)
    assert not broker.is_ready()
    await broker.close()
    assert broker.outbox.counts["stopped"] == 1
    assert MARKER not in caplog.text


@pytest.fixture
def kafka() -> Iterator[str]:
    """host:port of the Kafka broker that librdkafka plays, in threads of this process."""
    confluent_kafka = pytest.importorskip("confluent_kafka")
    owner = confluent_kafka.Producer({"test.mock.num.brokers": 1, "log_level": 0})
    [broker] = owner.list_topics(timeout=20).brokers.values()
    yield f"{broker.host}:{broker.port}"
    del owner


async def test_to_kafka(kafka: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from confluent_kafka import Consumer

    broker = await made(monkeypatch, f"kafka://{kafka}/plan.turns")
    for n in range(250):
        broker.feedback(SENDER, f"answer_{n}", True)
    await until(lambda: not broker.outbox.waiting)
    assert broker.outbox.counts["sent"] == 250
    await broker.close()

    consumer = Consumer(
        {"bootstrap.servers": kafka, "group.id": "test", "auto.offset.reset": "earliest", "log_level": 0}
    )
    consumer.subscribe(["plan.turns"])

    def read() -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        for _ in range(600):
            if len(found) == 250:
                break
            found += [json.loads(message.value()) for message in consumer.consume(500, 0.1) if not message.error()]
        consumer.close()
        return found

    found = await asyncio.to_thread(read)
    # several partitions: order holds within each
    assert {one["answer"] for one in found} == {f"answer_{n}" for n in range(250)}
    assert len(found) == 250
    for document in found:
        FITS.validate(document)


async def test_nobody_at_the_address_of_kafka(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    broker = await made(monkeypatch, "kafka://127.0.0.1:9/plan.turns")
    for _ in range(10_100):
        broker.feedback(SENDER, "greet", True)
    assert (broker.outbox.waiting, broker.outbox.counts[FULL]) == (10_000, 100)
    await until(lambda: "does not answer" in caplog.text)
    await asyncio.wait_for(broker.close(), 60)
    assert broker.outbox.counts["stopped"] == 10_000
