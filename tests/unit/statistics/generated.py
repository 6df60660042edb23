"""Questions made by chance over crime, area, period and kind; what their answers must say by the reference; and the check."""

from __future__ import annotations

import random
import re
from datetime import date

from actions.statistics.answers import reply
from actions.statistics.question import Question
from actions.statistics.store import Store
from tests.unit.statistics.reference import BOROUGHS, MEASURE_OF, Reference, direction

TODAY = date(2026, 11, 28)
PERIODS = {
    "2022": ("2022-01-01", "2022-12-31"), "2024": ("2024-01-01", "2024-12-31"), "2025": ("2025-01-01", "2025-12-31"),
    "last_year": ("2025-01-01", "2025-12-31"), "2023/24": ("2023-04-01", "2024-03-31"),
    "2024/25": ("2024-04-01", "2025-03-31"), "2026-03": ("2026-03-01", "2026-03-31"), "2025-11": ("2025-11-01", "2025-11-30"),
    "this_year": ("2026-01-01", "2026-12-31"), "2019": ("2019-01-01", "2019-12-31"),
}  # fmt: skip
KINDS = ("count", "count", "count", "trend", "since", "compare_areas", "compare_periods", "rank")
NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
NOT_FIGURES = re.compile(
    r"in 2020 and 2021|about [\d,.]+(?= \()|12 months|1,000 people|\b(?:[Ii]n|for) (?:19|20)\d\d(?:/\d\d)?\b|"
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December) \d{4}"
)


def questions(count: int, seed: int) -> list[Question]:
    """Different questions, the same for the same seed."""
    chance, found = random.Random(seed), {}  # noqa: S311
    while len(found) < count:
        crime, kind = chance.choice(list(MEASURE_OF)), chance.choice(KINDS)
        areas = chance.sample(BOROUGHS, 2)
        area = () if chance.random() < 0.4 else (areas[0],)
        asked = {
            "count": Question((crime,), area, chance.choice([(), (chance.choice(list(PERIODS)),)]), kind="count"),
            "trend": Question((crime,), area, kind="trend"),
            "since": Question((crime,), area, (f"since_{chance.randint(2012, 2024)}",), kind="trend"),
            "compare_areas": Question((crime,), tuple(areas), kind="compare"),
            "compare_periods": Question((crime,), area, tuple(chance.sample(["2022", "2024", "2025", "2019"], 2)), kind="compare"),
            "rank": Question((crime,), kind="rank", fewest=chance.random() < 0.5, top=chance.choice([3, 5])),
        }[kind]  # fmt: skip
        found[asked] = None
    return list(found)


def expected(question: Question, reference: Reference) -> tuple[set[str], str | None]:
    """(the numbers that the answer must hold, and no others; the word for its direction), by the reference alone."""
    measure = MEASURE_OF[question.crimes[0]][0]
    area = question.areas[0] if question.areas else "London"
    if question.kind == "rank":
        return _rank(question, reference, measure), None
    if question.kind == "compare" and len(question.areas) == 2:
        return _areas(question.areas, reference, measure), None
    if question.kind == "compare":
        values = [reference.span(measure, area, *PERIODS[p]) for p in sorted(question.periods)]
        if all(values):
            return _change(values[0][0], values[1][0])  # type: ignore[index]
        return _counts(question, reference, measure, area), None
    if question.kind == "trend":
        pair = reference.pair(measure, area)
        if question.periods:
            first = int(question.periods[0][6:])
            years = [(y, v) for y, v in reference.years(measure, area) if y >= first]
            pair = (years[0][1], years[-1][1]) if len(years) > 1 else pair
        if pair is None:
            return _counts(Question(question.crimes, question.areas), reference, measure, area), None
        return _change(*pair)
    return _counts(question, reference, measure, area), None


def problems(question: Question, store: Store, reference: Reference) -> list[str]:
    """What is wrong with the answer of the store, as lines to read."""
    text = reply(question, store, TODAY).text
    numbers, way = expected(question, reference)
    said = set(NUMBER.findall(NOT_FIGURES.sub(" ", text)))
    said = {n.rstrip(",") for n in said}
    found = [f"lacks {n}: {text}" for n in numbers - said]
    found += [f"has {n}, which is none of {numbers}: {text}" for n in said - numbers]
    if way and {"up": "went up", "down": "went down", "same": "stayed about the same"}[way] not in text:
        found.append(f"did not go {way}: {text}")
    return found


def _rank(question: Question, reference: Reference, measure: str) -> set[str]:
    newest = {b: reference.newest(measure, b) for b in BOROUGHS}
    if not all(newest.values()):
        london = reference.newest(measure, "London")
        assert london
        return {number(london[0])}
    rates = {b: reference.rate(found[0], b) for b, found in newest.items() if found}
    order = sorted(rates, key=lambda b: rates[b], reverse=not question.fewest)[: question.top]
    return {f"{rates[b]:.1f}" for b in order} | {number(newest[b][0]) for b in order}  # type: ignore[index]


def _areas(areas: tuple[str, ...], reference: Reference, measure: str) -> set[str]:
    newest = [reference.newest(measure, a) for a in areas]
    if not all(newest):
        london = reference.newest(measure, "London")
        assert london
        return {number(london[0])}
    values = [found[0] for found in newest if found]
    return {number(v) for v in values} | {f"{reference.rate(v, a):.1f}" for v, a in zip(values, areas, strict=True)}


def _change(before: float, after: float) -> tuple[set[str], str]:
    way = direction(before, after)
    share = set() if way == "same" else {f"{abs(after - before) / before * 100:.1f}".removesuffix(".0")}
    return {number(before), number(after)} | share, way


def _counts(question: Question, reference: Reference, measure: str, area: str) -> set[str]:
    found = set()
    for period in question.periods or ("",):
        for place in dict.fromkeys((area, "London")):
            exact = reference.span(measure, place, *PERIODS[period]) if period in PERIODS else None
            months = [r for r in reference.of(measure, place) if r.kind == "month"]
            if exact:
                value = exact[0]
            elif re.fullmatch(r"\d{4}-\d\d", period) and months:
                value = max(months, key=lambda r: r.end).value
            elif newest := reference.newest(measure, place):
                value = newest[0]
            else:
                continue
            found.add(number(value))
            break
    return found


def number(value: float) -> str:
    return f"{value:,.0f}"
