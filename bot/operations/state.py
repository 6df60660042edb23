"""What operators have decided, as this worker knows it: is the assistant off, is something announced, which model serves.

Times are real ones, in seconds since 1970: a day that is rehearsed with PLAN_TODAY must not turn the switch.
"""

from __future__ import annotations

import json
import time
from dataclasses import asdict, dataclass
from typing import Any

OFF, NOTICE, MODEL = "off", "notice", "model"


@dataclass(frozen=True)
class Off:
    """The assistant is off. `message`: for people, "" for the usual one; `until`: when it comes back by itself, if it does."""

    message: str = ""
    until: float | None = None

    def holds(self, now: float) -> bool:
        return self.until is None or now < self.until


@dataclass(frozen=True)
class Notice:
    """Something to know beforehand, shown from `since` until `until`."""

    message: str
    since: float
    until: float

    def holds(self, now: float) -> bool:
        return self.since <= now < self.until


@dataclass(frozen=True)
class Choice:
    """The model that an operator chose, by name. `bad`: those that were rolled back from; `anyway`: whatever its trial says."""

    model: str
    bad: tuple[str, ...] = ()
    anyway: bool = False


Value = Off | Notice | Choice


@dataclass(frozen=True)
class Decision:
    """Who decided it, and when. `number`: of its line in the record."""

    number: int
    at: float
    by: str


@dataclass(frozen=True)
class ServiceState:
    """`number`: of the newest decision; 0 before the first."""

    number: int = 0
    off: Off | None = None
    notice: Notice | None = None
    choice: Choice | None = None
    decided: tuple[tuple[str, Decision], ...] = ()

    def decision(self, name: str) -> Decision | None:
        """Who last decided on OFF, NOTICE or MODEL."""
        return dict(self.decided).get(name)

    def off_now(self) -> Off | None:
        """What holds at this moment, or None while the assistant is on."""
        return self.off if self.off and self.off.holds(time.time()) else None

    def notice_now(self) -> tuple[int, Notice] | None:
        """What is announced at this moment, with its number."""
        if not self.notice or not self.notice.holds(time.time()):
            return None
        decision = self.decision(NOTICE)
        return decision.number if decision else 0, self.notice


def packed(value: Value | None) -> str | None:
    """As it is kept in the database."""
    return None if value is None else json.dumps(asdict(value), ensure_ascii=False)


def unpacked(name: str, text: str | None) -> Value | None:
    """What `packed` made; None for what this version cannot read."""
    if text is None:
        return None
    try:
        told: dict[str, Any] = json.loads(text)
        if name == OFF:
            return Off(str(told["message"]), _time(told["until"]))
        if name == NOTICE:
            return Notice(str(told["message"]), float(told["since"]), float(told["until"]))
        return Choice(str(told["model"]), tuple(map(str, told["bad"])), bool(told["anyway"]))
    except (ValueError, KeyError, TypeError):
        return None


def _time(value: Any) -> float | None:
    return None if value is None else float(value)


class Service:
    """Holds the state for this process; it is on until somebody says otherwise."""

    def __init__(self) -> None:
        self._state = ServiceState()

    def current(self) -> ServiceState:
        return self._state

    def publish(self, state: ServiceState) -> None:
        """From now on this is known."""
        self._state = state


_service = Service()


def shared() -> Service:
    """The one of this process."""
    return _service
