"""Numbers, places and sentences, as people read them."""

from __future__ import annotations

from actions.statistics.figure import LONDON, Figure
from actions.statistics.measures import Measure
from actions.statistics.periods import in_words, is_snapshot

SMALLEST_ROUNDED = 1000


def amount(value: float) -> str:
    """A number as people write it: 12,345, or 46.5 with one decimal at most."""
    return f"{value:,.0f}" if float(value).is_integer() or abs(value) >= 1000 else f"{value:,.1f}"


def about(value: float) -> str:
    """A number rounded for reading, with the exact one beside it: "about 8,200 (8,214)". Small ones are exact."""
    if abs(value) < SMALLEST_ROUNDED:
        return amount(value)
    digits = 3 if abs(value) >= 100_000 else 2
    unit = 10 ** (len(str(int(abs(value)))) - digits)
    rounded = int(value / unit + 0.5) * unit
    return amount(value) if rounded == value else f"about {amount(rounded)} ({amount(value)})"


def percent(share: float) -> str:
    """A share of 1 as per cent, one decimal at most."""
    return f"{abs(share) * 100:.1f}".removesuffix(".0") + "%"


def where(area: str) -> str:
    return "across London" if area == LONDON else f"in {area}"


def counted(measure: Measure, figure: Figure) -> str:
    """The figure as a sentence with its period and area: the answer to "how many"."""
    value = amount(figure.value) if "per cent" in measure.noun else about(figure.value)
    # a police "incident" may hold no offence at all, so one is never called the other
    noun = measure.noun.replace("offences", "incidents") if figure.unit == "incidents" else measure.noun
    comma = "," if "per cent" in noun else ""
    return f"In {in_words(figure)}, {measure.verb} {value} {noun}{comma} {where(figure.area)}."


def then(figure: Figure) -> str:
    """ "In 2024" or "In March 2024", to begin a sentence about another figure."""
    return f"In {in_words(figure)}"


def listed(words: list[str]) -> str:
    """ "a", "a and b", "a, b and c"."""
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def said(measure: Measure, figure: Figure) -> str:
    """The number alone, as it stands in a sentence."""
    return f"{amount(figure.value)} per cent" if "per cent" in measure.noun else about(figure.value)


def either(words: list[str]) -> str:
    """ "a", "a or b", "a, b or c"; each once."""
    once = list(dict.fromkeys(words))
    return " or ".join([", ".join(once[:-1]), once[-1]] if len(once) > 1 else once)


def of_the_day(figure: Figure) -> str:
    """A period for a table: a snapshot is a day's count."""
    return f"end of {figure.end:%B %Y}" if is_snapshot(figure) else in_words(figure)
