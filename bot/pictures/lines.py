"""A line over time: a gap where a value is not known, the first and the last value written out."""

from __future__ import annotations

from actions.statistics.chart import Chart
from bot.pictures import style, text
from bot.pictures.scale import known, line_axis, shown, span
from bot.pictures.sheet import Letters, Sheet

ROOM_ABOVE, ROOM_BELOW = 34, 18
"""For a value above the highest point, and between the labels and the source."""
LABEL_GAP = 16
TICK = 8
FROM_POINT = 14
"""Between a point and its value."""


class LinePlot:
    """`axis`: of the values; `height`: in pixels, with the labels below."""

    def __init__(self, chart: Chart, letters: Letters) -> None:
        self._values, self._letters = chart.values, letters
        self.axis = line_axis(known(chart.values))
        self._ticks = self.axis.labels()
        self._left = style.MARGIN + max(letters.width(tick) for tick in self._ticks) + 12
        self._right = style.WIDTH - style.MARGIN
        inset = 14 if len(chart.labels) > 1 else 0
        wide = self._right - self._left - 2 * inset
        steps = max(1, len(chart.labels) - 1)
        self._x = [self._left + inset + wide * i / steps for i in range(len(chart.labels))]
        if len(self._x) == 1:
            self._x = [(self._left + self._right) / 2]
        self._labels = [self._lines_of(label) for label in chart.labels]
        self._shown = shown(
            [max(map(letters.width, lines), default=0) for lines in self._labels],
            self._x,
            6,
            style.WIDTH - 6,
            LABEL_GAP,
        )
        deepest = max(len(self._labels[i]) for i in self._shown)
        self._plot_height = style.PLOT_HEIGHT
        self.height = ROOM_ABOVE + self._plot_height + TICK + deepest * letters.leading + ROOM_BELOW

    def _lines_of(self, label: str) -> list[str]:
        """ "Mar 24" stands on two lines, so that twice as many labels fit."""
        drawable = self._letters.drawable(label)
        widest = max(map(self._letters.width, drawable.split(" ")))
        return self._letters.wrap(drawable, min(max(widest, 60), 160), style.MOST_LABEL_LINES)

    def draw(self, sheet: Sheet, top: float) -> None:
        top += ROOM_ABOVE
        bottom = top + self._plot_height
        self._draw_axes(sheet, top, bottom)
        points = [
            (x, bottom - self.axis.share(value) * self._plot_height) if value is not None else None
            for x, value in zip(self._x, self._values, strict=True)
        ]
        self._draw_line(sheet, points)
        self._draw_values(sheet, points, bottom)

    def _draw_axes(self, sheet: Sheet, top: float, bottom: float) -> None:
        letters = self._letters
        for tick, words in zip(self.axis.ticks, self._ticks, strict=True):
            y = bottom - self.axis.share(tick) * (bottom - top)
            base = tick in (0, self.axis.ticks[0])
            sheet.box(self._left, y - 1, self._right, y + 1, colour=style.AXIS if base else style.GRID)
            sheet.text(self._left - 12, y + letters.size * 0.36, words, letters, align="right")
        for i in self._shown:
            sheet.box(self._x[i] - 1, bottom, self._x[i] + 1, bottom + TICK, colour=style.AXIS)
            widest = max(map(letters.width, self._labels[i]), default=0)
            start, end = span(widest, self._x[i], 6, style.WIDTH - 6)
            for number, line in enumerate(self._labels[i]):
                baseline = bottom + TICK + number * letters.leading + letters.size
                sheet.text((start + end) / 2, baseline, line, letters, align="center")

    def _draw_line(self, sheet: Sheet, points: list[tuple[float, float] | None]) -> None:
        runs: list[list[tuple[float, float]]] = [[]]
        for point in points:
            if point is None:
                runs.append([])
            else:
                runs[-1].append(point)
        few = len(points) <= style.FEW_POINTS
        for run in filter(None, runs):
            sheet.line(run, colour=style.MARK, width=style.LINE)
            for x, y in run if few or len(run) == 1 else (run[0], run[-1]):
                sheet.point(x, y, colour=style.MARK, radius=style.POINT_RADIUS)

    def _draw_values(self, sheet: Sheet, points: list[tuple[float, float] | None], bottom: float) -> None:
        """The first and the last known value beside their points; only the last where both do not fit."""
        letters = self._letters
        there = [
            (point, value) for point, value in zip(points, self._values, strict=True) if point and value is not None
        ]
        (last, value), (first, first_value) = there[-1], there[0]
        words, width = text.number(value), letters.width(text.number(value))
        centred = len(there) == 1
        wanted = last[0] if centred else last[0] + style.POINT_RADIUS - width / 2
        start, end = span(width, wanted, self._left + 4, style.WIDTH - 6)
        side = self._baseline(last[1], there[-2][0][1] if not centred else last[1], bottom)
        sheet.text(start, side, words, letters, halo=True)
        first_words = text.number(first_value)
        first_width = letters.width(first_words)
        first_start, first_end = span(
            first_width, first[0] - style.POINT_RADIUS + first_width / 2, self._left + 4, style.WIDTH - 6
        )
        if not centred and first_end + LABEL_GAP <= start and end > first_end:
            sheet.text(first_start, self._baseline(first[1], there[1][0][1], bottom), first_words, letters, halo=True)

    def _baseline(self, y: float, neighbour: float, bottom: float) -> float:
        """Of a value at a point: on the side that the line does not take, above if there is no room below."""
        below = y + FROM_POINT + self._letters.size * 0.75
        return below if neighbour < y - 1 and below < bottom - 6 else y - FROM_POINT
