"""To RabbitMQ, by aio-pika, with publisher confirms: a document counts as sent when the broker has said that it has it.

The plain connection, not the "robust" one of the library: that one keeps what it could not send without a limit.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import cast

import aio_pika
import aiormq
from aio_pika.abc import AbstractConnection
from aio_pika.exceptions import DeliveryError

from bot.events.address import RabbitAddress

CALL_SECONDS = 10.0


class RabbitSender:
    """Publishes to a durable fanout exchange. What no queue takes, and what the broker refuses, is refused for good."""

    def __init__(self, address: RabbitAddress) -> None:
        self._address = address
        self._connection: AbstractConnection | None = None
        self._channel: aiormq.Channel | None = None

    async def open(self) -> None:
        """Connects, and makes the exchange (and the queue, if one is named) unless they are there."""
        told, seconds = self._address, CALL_SECONDS
        self._connection = await aio_pika.connect(told.url, timeout=seconds)
        channel = await self._connection.channel(publisher_confirms=True, on_return_raises=True)
        kind = aio_pika.ExchangeType.FANOUT
        exchange = await channel.declare_exchange(told.exchange, kind, durable=True, timeout=seconds)
        if told.queue:
            queue = await channel.declare_queue(told.queue, durable=True, timeout=seconds)
            await queue.bind(exchange, "", timeout=seconds)
        self._channel = cast(aiormq.Channel, channel.channel)

    async def send(self, documents: Sequence[bytes]) -> int:
        """How many were refused. Raises the library's errors when the connection is lost."""
        if self._channel is None:
            raise ConnectionError("not connected")
        publishing = (self._publish(self._channel, self._address.exchange, body) for body in documents)
        done = await asyncio.gather(*publishing, return_exceptions=True)
        refused = 0
        for outcome in done:
            if isinstance(outcome, DeliveryError):
                refused += 1
            elif isinstance(outcome, BaseException):
                raise outcome
        return refused

    @staticmethod
    async def _publish(channel: aiormq.Channel, exchange: str, body: bytes) -> None:
        message = aio_pika.Message(
            body, content_type="application/json", app_id="planbot", delivery_mode=aio_pika.DeliveryMode.PERSISTENT
        )
        # without waiting for the socket first: a connection that breaks just then would leave a failure that nobody takes
        await channel.basic_publish(
            body, exchange=exchange, properties=message.properties, mandatory=True, timeout=CALL_SECONDS, wait=False
        )

    async def close(self) -> None:
        """Closes the connection."""
        connection, self._connection, self._channel = self._connection, None, None
        if connection is not None:
            await connection.close()
