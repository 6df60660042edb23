"""What a person asked help for: kept with the answer, so that "for men" or "another one" goes on from there."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from bot.nlu.safety_intents import SAFETY_INTENTS

Values = tuple[str, ...]
FIND = "find_support"
REPORT = "report_crime"


@dataclass(frozen=True)
class Request:
    """`needs`, `crimes`, `audiences`: entity values; `boroughs`: names; `doors`: names in first_help.yml; `named`: ids of
    services asked for by name; `ways`: how the person wants to get in touch ("text"); `shown`: ids already shown.
    """

    intent: str = FIND
    needs: Values = ()
    crimes: Values = ()
    audiences: Values = ()
    boroughs: Values = ()
    doors: Values = ()
    named: Values = ()
    ways: Values = ()
    shown: Values = ()

    @property
    def says_nothing(self) -> bool:
        """Whether it is not known what help is for."""
        return not (self.needs or self.crimes or self.named or self.doors)

    def narrowed(self, **details: Values) -> Request:
        """This request with the details that were given; what was not said stays."""
        given: dict[str, Any] = {name: value for name, value in details.items() if value}
        return replace(self, **given)

    def as_dict(self) -> dict[str, Any]:
        """Plain data for the message's `question_asked`."""
        return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Request:
        """The request in a message's `question_asked`; what an older message did not keep is empty."""
        known = {f.name for f in fields(cls)}
        kept: dict[str, Any] = {n: tuple(v) if isinstance(v, list) else v for n, v in data.items() if n in known}
        return cls(**kept)


def gone_on(request: Request) -> Request:
    """The same request as a search for help: after a disclosure its first words are not said again."""
    return replace(request, intent=FIND) if request.intent in SAFETY_INTENTS else request
