"""The event broker that Rasa's tracker store speaks to: `event_broker.type` in endpoints.yml.

Rasa's own brokers would send whole events, texts and ids included. Theirs for RabbitMQ keeps what it cannot send without a
limit and logs it; theirs for Kafka sleeps in the answer's own thread while Kafka is away.
"""

from __future__ import annotations

import logging
import time
from asyncio import AbstractEventLoop
from typing import Any

from rasa.core.brokers.broker import EventBroker
from rasa.utils.endpoints import EndpointConfig

from bot.events import address, document
from bot.events.address import KafkaAddress, RabbitAddress
from bot.events.outbox import Outbox, Sender
from bot.keys import Keys, secret_of
from bot.paths import SECRET_FILE

log = logging.getLogger(__name__)


class AnalyticsBroker(EventBroker):
    """Sends one document for each turn that was saved; docs/analytics.md. Nothing here can fail or delay an answer."""

    def __init__(self, outbox: Outbox, keys: Keys) -> None:
        self.outbox = outbox
        self._keys = keys
        self._turns = document.TurnReader(keys)

    @classmethod
    async def from_endpoint_config(
        cls, broker_config: EndpointConfig, event_loop: AbstractEventLoop | None = None
    ) -> AnalyticsBroker | None:
        """None when PLAN_EVENTS is not set. Raises SetupError for a wrong address; the broker need not answer yet."""
        where = address.from_environment()
        if where is None:
            return None
        broker = cls(Outbox(_sender(where)), Keys(secret_of(SECRET_FILE)))
        broker.outbox.start()
        return broker

    def publish(self, event: dict[str, Any]) -> None:
        """Takes an event of a conversation in Rasa's `as_dict` form."""
        try:
            if made := self._turns.add(event):
                self.outbox.put(made)
        except Exception as error:
            # its words may be those of the conversation
            log.error("events: a turn could not be told (%s)", type(error).__name__)

    def feedback(self, conversation: str, answer: str | None, helpful: bool) -> None:
        """Takes a person's word on an answer. `answer`: its name in content/, or the action's."""
        self.outbox.put(document.feedback(self._keys, conversation, answer, helpful, time.time()))

    def is_ready(self) -> bool:
        """Whether the broker answered last."""
        return self.outbox.is_open

    async def close(self) -> None:
        """Sends what waits, for some seconds at most."""
        await self.outbox.close()


def tell_feedback(store: Any, conversation: str, answer: str | None, helpful: bool) -> None:
    """To the broker of a tracker store, if it has one of ours."""
    broker = getattr(store, "event_broker", None)
    if isinstance(broker, AnalyticsBroker):
        broker.feedback(conversation, answer, helpful)


def _sender(where: RabbitAddress | KafkaAddress) -> Sender:
    # the libraries are imported only when they are used
    if isinstance(where, RabbitAddress):
        from bot.events.rabbit import RabbitSender

        return RabbitSender(where)
    from bot.events.kafka import KafkaSender

    return KafkaSender(where)
