"""A question about figures: what was asked, how it is kept with the answer, and how it stands in a picture's address."""

from __future__ import annotations

import base64
import json
import re
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from actions.statistics.measures import ABOUT, ANY_CRIME, BY_MEANS, MEASURES, NAMES, NO_FIGURE, Measure

COUNT, TREND, COMPARE, RANK, EXTREME, COMMONEST = "count", "trend", "compare", "rank", "extreme", "commonest"
KINDS = (COUNT, TREND, COMPARE, RANK, EXTREME, COMMONEST)
MOST_OF_EACH = 4
USUAL_TOP, MOST_TOP = 3, 10
CRIME = "crime"
PERIOD = re.compile(r"[a-z0-9_/-]{1,20}")
KNOWN_CRIMES = frozenset({*MEASURES, *NO_FIGURE, *NAMES})


@dataclass(frozen=True)
class Question:
    """`crimes`, `areas`, `periods`: entity values. `about`: crime, or a key of ABOUT. `kind`: one of KINDS.

    `fewest`: of a ranking, the lowest first; `top`: how many. `by_count`: no rates.
    """

    crimes: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    periods: tuple[str, ...] = ()
    about: str = CRIME
    kind: str = COUNT
    fewest: bool = False
    top: int = USUAL_TOP
    by_count: bool = False

    def measures(self) -> tuple[tuple[Measure, ...], ...]:
        """For each crime asked about, the measures that count it, best first."""
        if self.about in ABOUT:
            return ((ABOUT[self.about],),)
        if together := BY_MEANS.get(frozenset(self.crimes)):
            return ((together,),)
        known = tuple(MEASURES[c] for c in self.crimes if c in MEASURES)
        return known or (MEASURES[ANY_CRIME],)

    def shortened(self) -> Question:
        """At most MOST_OF_EACH of everything: more does not fit on a phone."""
        return replace(
            self,
            crimes=self.crimes[:MOST_OF_EACH],
            areas=self.areas[:MOST_OF_EACH],
            periods=self.periods[:MOST_OF_EACH],
        )

    def as_dict(self) -> dict[str, Any]:
        """As JSON, kept with the answer for what is asked next."""
        return {
            "crimes": list(self.crimes), "areas": list(self.areas), "periods": list(self.periods), "about": self.about,
            "kind": self.kind, "fewest": self.fewest, "top": self.top, "by_count": self.by_count,
        }  # fmt: skip

    @classmethod
    def from_dict(cls, kept: dict[str, Any]) -> Question:
        """The question that was kept. Raises ValueError for what is none."""
        listed = {}
        for name in ("crimes", "areas", "periods"):
            values = kept.get(name, [])
            if not isinstance(values, list) or not all(isinstance(v, str) for v in values):
                raise ValueError(f"{name} is a list of words")
            listed[name] = tuple(values)
        about, kind, top = kept.get("about", CRIME), kept.get("kind", COUNT), kept.get("top", USUAL_TOP)
        if (about != CRIME and about not in ABOUT) or kind not in KINDS or not isinstance(top, int):
            raise ValueError("that is no question about figures")
        return cls(
            **listed, about=about, kind=kind, fewest=bool(kept.get("fewest")), top=min(max(top, 1), MOST_TOP),
            by_count=bool(kept.get("by_count")),
        )  # fmt: skip


def to_token(question: Question, day: date) -> str:
    """The question as a short text that may stand in an address; nothing in it is personal."""
    usual = Question().as_dict()
    kept = {k: v for k, v in question.shortened().as_dict().items() if v != usual[k]}
    whole = json.dumps({"day": day.isoformat(), **kept}, separators=(",", ":"))
    return base64.urlsafe_b64encode(whole.encode()).decode().rstrip("=")


def from_token(token: str, areas: frozenset[str]) -> tuple[Question, date]:
    """The question and the day of a token. `areas`: those that there are. Raises ValueError for any other text."""
    try:
        whole = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
        kept = json.loads(whole)
        day = date.fromisoformat(str(kept["day"]))
        question = Question.from_dict(kept).shortened()
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise ValueError("that is no question about figures") from error
    known = set(question.crimes) <= KNOWN_CRIMES and set(question.areas) <= areas
    if not known or not all(PERIOD.fullmatch(p) for p in question.periods):
        raise ValueError("that question has a crime, an area or a period that there is not")
    return question, day
