"""One message on its way to its answer: how long each step took, what it was taken for, what became of it.

Whatever fails here costs a figure and never an answer.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextvars import ContextVar
from functools import lru_cache, wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from prometheus_client import Counter, Gauge, Histogram

from bot.dialogue.message import ANSWER
from bot.operations import metrics, status, trace
from bot.operations.status import Status

log = logging.getLogger(__name__)
P = ParamSpec("P")
S = TypeVar("S")
T = TypeVar("T")
Messages = list[dict[str, Any]]
WAITING, ANSWERING = "waiting", "answering"
FALLBACK = "nlu_fallback"
FALLBACK_KINDS = {
    FALLBACK: "nothing_near",
    "nlu_fallback_ask": "two_close",
    "nlu_fallback_topics": "topics",
    "nlu_fallback_contacts": "again",
}
"""The answers to what was not understood, by what they do: see bot/dialogue/clarify.py."""


# kept for each set of labels: finding a series takes longer than counting in it
@lru_cache(maxsize=2_000)
def _answers(channel: str, intent: str, status: str) -> Counter:
    return metrics.ANSWERS.labels(channel, intent, status)


@lru_cache(maxsize=50)
def _seconds(step: str) -> Histogram:
    return metrics.SECONDS.labels(step)


@lru_cache(maxsize=50)
def _turns(state: str) -> Gauge:
    return metrics.TURNS.labels(state)


class Turn:
    """`channel`: its name. `seconds`: of each step. `fault`: why it failed, where that is known better than by its answer."""

    def __init__(self, channel: str) -> None:
        self.channel = channel
        self.seconds: dict[str, float] = {}
        self.intent: str | None = None
        self.signal: Mapping[str, Any] = {}
        self.fault: Status | None = None
        self.is_repeat = False
        self._started = time.perf_counter()
        self._state = WAITING
        _turns(WAITING).inc()

    def begins(self) -> None:
        """Its turn has come: nobody of the same conversation is before it any more."""
        if self._state == WAITING:
            self.seconds[WAITING] = time.perf_counter() - self._started
            _turns(WAITING).dec()
            _turns(ANSWERING).inc()
            self._state = ANSWERING

    def over(self) -> None:
        """It is no longer in hand."""
        _turns(self._state).dec()

    def answered(self, messages: Messages) -> Messages:
        """The messages with their status, counted and logged."""
        said = [status.of_parts(message.get(ANSWER) or {}) for message in messages]
        if self.fault:
            said = [self.fault if one is Status.FAILED else one for one in said]
        whole = status.first_of(said)
        self.seconds["total"] = time.perf_counter() - self._started
        try:
            self._count(whole, [str((m.get(ANSWER) or {}).get("name")) for m in messages])
            self._tell(whole)
        except Exception:
            log.exception("an answer could not be counted")
        return [status.with_status(message, one) for message, one in zip(messages, said, strict=True)]

    def _count(self, whole: Status, names: Sequence[str]) -> None:
        if self.is_repeat:
            metrics.REPEATS.inc()
            return
        _answers(metrics.channels.of(self.channel), metrics.intents.of(self.intent), whole.value).inc()
        for step, seconds in self.seconds.items():
            _seconds(step).observe(seconds)
        for name in names:
            if kind := FALLBACK_KINDS.get(name):
                metrics.FALLBACKS.labels(kind).inc()
        if signal := self.signal:
            metrics.SAFETY.labels(
                metrics.intents.of(signal.get("intent")), metrics.finders.of(signal.get("by")),
                metrics.levels.of(signal.get("level")),
            ).inc()  # fmt: skip

    def _tell(self, whole: Status) -> None:
        """The one line of a turn: nothing that was typed, nobody's name."""
        fields: dict[str, Any] = {
            "channel": metrics.channels.of(self.channel), "intent": metrics.intents.of(self.intent), "status": whole.value,
            "ms": {step: round(seconds * 1000, 1) for step, seconds in self.seconds.items()}, "model": metrics.model.name,
        }  # fmt: skip
        if self.is_repeat:
            fields["repeat"] = True
        log.info("answered", extra={"fields": fields})


_current: ContextVar[Turn | None] = ContextVar("plan_turn", default=None)
_had_a_turn: ContextVar[trace.Trace | None] = ContextVar("plan_had_a_turn", default=None)


def current() -> Turn | None:
    """The turn that is being taken; None outside any."""
    return _current.get()


class step:  # noqa: N801 - reads as a word where it is used
    """`with step("guard"):` adds the time to that step of the current turn; outside a turn it does nothing."""

    __slots__ = ("_at", "_name")

    def __init__(self, name: str) -> None:
        self._name = name

    def __enter__(self) -> None:
        self._at = time.perf_counter()

    def __exit__(self, *_: object) -> None:
        if turn := _current.get():
            turn.seconds[self._name] = turn.seconds.get(self._name, 0.0) + time.perf_counter() - self._at


def timed(name: str, work: Callable[P, Awaitable[T]]) -> Callable[P, Awaitable[T]]:
    """The same coroutine function, whose time is that of a step."""

    @wraps(work)
    async def measured(*args: P.args, **kwargs: P.kwargs) -> T:
        with step(name):
            return await work(*args, **kwargs)

    return measured


def begins() -> None:
    """The current turn has come: it waits for nobody any more."""
    if turn := _current.get():
        turn.begins()


def is_repeat() -> None:
    """What the current turn answers was answered before."""
    if turn := _current.get():
        turn.is_repeat = True


def failed(fault: Status) -> None:
    """Why the current turn will have no answer; what was noted first stays."""
    if (turn := _current.get()) and turn.fault is None:
        turn.fault = fault


def understood(intent: str | None, signal: Mapping[str, Any] | None) -> None:
    """What the message of the current turn was taken for, and its sign of danger (bot/nlu/safety_signal.py)."""
    if turn := _current.get():
        turn.intent, turn.signal = intent, signal or {}


def observed(
    say: Callable[Concatenate[S, object, str, str, P], Awaitable[Messages]],
) -> Callable[Concatenate[S, object, str, str, P], Awaitable[Messages]]:
    """A `say` whose turns are timed, counted and logged, and whose messages carry their status."""

    @wraps(say)
    async def watched(
        self: S, raw: object, conversation: str, channel: str, *args: P.args, **kwargs: P.kwargs
    ) -> Messages:
        # a person's mailbox goes on with the trace of its first message: each turn has one of its own
        begun = trace.current()
        if begun is None or begun is _had_a_turn.get():
            begun = trace.begin()
        _had_a_turn.set(begun)
        turn = Turn(channel)
        turn_before, channel_before = _current.set(turn), trace.channel.set(metrics.channels.of(channel))
        try:
            return turn.answered(await say(self, raw, conversation, channel, *args, **kwargs))
        finally:
            turn.over()
            _current.reset(turn_before)
            trace.channel.reset(channel_before)

    return watched
