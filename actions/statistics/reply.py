"""What the parts of an answer about figures are, and the sources below it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from actions.statistics.chart import Chart
from actions.statistics.figure import Figure
from actions.statistics.periods import published


@dataclass(frozen=True)
class Reply:
    """`text`: the figures first. `more`: goes further. `sources`: {title, url, as_at}. `chart`: a picture of it.

    `table`: the same in numbers, a line each.
    """

    text: str
    more: str | None
    sources: list[dict[str, str]]
    chart: Chart | None = None
    table: list[str] = field(default_factory=list)


def sources_of(used: Iterable[Figure]) -> list[dict[str, str]]:
    """Each source once, in the order used."""
    listed = [{"title": f.source_title, "url": f.source_url, "as_at": published(f)} for f in used]
    return [source for position, source in enumerate(listed) if source not in listed[:position]]


def source_line(figure: Figure) -> str:
    """The source as it stands below a picture."""
    return f"{figure.source_title}, {published(figure)}"
