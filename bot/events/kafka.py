"""To Kafka, by confluent-kafka. The library blocks, so it has a thread of its own; its queue holds one batch at a time."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from bot.events.address import KafkaAddress

if TYPE_CHECKING:
    from confluent_kafka import Producer

log = logging.getLogger(__name__)
OPEN_SECONDS = 3.0
DELIVERY_SECONDS = 5.0
"""Of one batch, the library's own tries included."""


class KafkaSender:
    """Produces to one topic; all brokers that keep a copy must have a document before it counts as sent."""

    def __init__(self, address: KafkaAddress) -> None:
        self._address = address
        self._producer: Producer | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="plan-events")

    def settings(self) -> dict[str, Any]:
        """librdkafka's."""
        return {
            **self._address.settings, "bootstrap.servers": self._address.servers, "client.id": "planbot",
            "acks": "all", "enable.idempotence": True, "message.timeout.ms": int(DELIVERY_SECONDS * 1000),
            "socket.connection.setup.timeout.ms": int(OPEN_SECONDS * 1000), "linger.ms": 5,
            "log_level": 0, "error_cb": _told,
        }  # fmt: skip

    async def open(self) -> None:
        """Raises KafkaException when the settings are refused or nobody answers."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._open)

    def _open(self) -> None:
        from confluent_kafka import Producer

        made = Producer(self.settings())
        made.list_topics(self._address.topic, timeout=OPEN_SECONDS)
        self._producer = made

    async def send(self, documents: Sequence[bytes]) -> int:
        """How many were refused for good. Raises ConnectionError when some have not arrived in time."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._send, list(documents))

    def _send(self, documents: list[bytes]) -> int:
        from confluent_kafka import KafkaError

        if self._producer is None:
            raise ConnectionError("not connected")
        reports: list[KafkaError | None] = []
        for body in documents:
            self._producer.produce(self._address.topic, body, on_delivery=lambda error, _: reports.append(error))
        self._producer.flush(DELIVERY_SECONDS + 1)
        refusals = (KafkaError.MSG_SIZE_TOO_LARGE, KafkaError.INVALID_MSG, KafkaError.INVALID_RECORD)
        codes = [None if error is None else error.code() for error in reports]
        refused = sum(code in refusals for code in codes)
        if refused + codes.count(None) < len(documents):
            raise ConnectionError("documents did not arrive")
        return refused

    async def close(self) -> None:
        """Forgets the producer; what it still holds is sent by the next one."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._close)

    def _close(self) -> None:
        producer, self._producer = self._producer, None
        if producer is not None:
            producer.purge()
            producer.flush(0)


def _told(error: Any) -> None:
    # the outbox says once that the broker is away; the library would say it every second
    log.debug("Kafka: %s", error.name())
