"""A chart painted as a PNG: title, unit, plot and source, one below the other."""

from __future__ import annotations

import math
import threading
from typing import Protocol

from actions.statistics.chart import Chart
from bot.pictures import style, text
from bot.pictures.bars import LyingBars, UprightBars
from bot.pictures.lines import LinePlot
from bot.pictures.scale import known
from bot.pictures.sheet import Letters, Sheet

LONGEST_IN_METADATA = 5_000
"""Characters: more than any title or alternative text of ours, and still a small file."""
_one_at_a_time = threading.Lock()


class Part(Protocol):
    """A strip of the picture, as wide as it is; `height` in pixels."""

    height: float

    def draw(self, sheet: Sheet, top: float) -> None: ...


class Paragraph:
    """Lines of text from the left margin; `below`: room after them."""

    def __init__(self, words: str, letters: Letters, most: int, *, colour: str, below: float) -> None:
        self._letters, self._colour = letters, colour
        self._lines = letters.wrap(words, style.WIDTH - 2 * style.MARGIN, most)
        self.height = len(self._lines) * letters.leading + (below if self._lines else 0)

    def draw(self, sheet: Sheet, top: float) -> None:
        for number, line in enumerate(self._lines):
            baseline = top + number * self._letters.leading + self._letters.size
            sheet.text(style.MARGIN, baseline, line, self._letters, colour=self._colour)


def paint(chart: Chart) -> bytes:
    """A PNG of style.WIDTH pixels' width, opaque, the same bytes for the same chart.

    Its metadata carries the chart's `title` and, as `Description`, its `alt`. A value of None is a gap in a line and "not
    known" in bars. Callers in other threads wait for each other. Raises ValueError for values that are no finite numbers.
    """
    known(chart.values)
    with _one_at_a_time:
        parts = _parts(chart)
        height = sum(part.height for part in parts) + 2 * style.MARGIN
        sheet = Sheet(style.WIDTH, math.ceil(height))
        top: float = style.MARGIN
        for part in parts:
            part.draw(sheet, top)
            top += part.height
        return sheet.png(*(text.clean(words, LONGEST_IN_METADATA) for words in (chart.title, chart.alt)))


def _parts(chart: Chart) -> list[Part]:
    letters = Letters()
    plot: LinePlot | UprightBars | LyingBars
    note = ""
    if chart.kind == "line":
        plot = LinePlot(chart, letters)
        note = "" if plot.axis.from_zero else f" ({style.NOT_FROM_ZERO})"
    else:
        plot = UprightBars(chart, letters) if UprightBars.fits(chart, letters) else LyingBars(chart, letters)
    unit = text.shorten(text.clean(chart.unit), 60)
    return [
        Paragraph(chart.title, Letters(style.TITLE, bold=True), style.MOST_TITLE_LINES, colour=style.INK, below=10),
        Paragraph(unit[:1].upper() + unit[1:] + note, letters, 3, colour=style.MUTED_INK, below=10),
        plot,
        Paragraph(_source(chart), letters, style.MOST_SOURCE_LINES, colour=style.MUTED_INK, below=0),
    ]


def _source(chart: Chart) -> str:
    source = text.clean(chart.source)
    return source if not source or source.casefold().startswith("source") else f"Source: {source}"
