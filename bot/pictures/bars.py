"""Bars of what is compared, from zero, each with its value: upright if all labels fit below them, else lying."""

from __future__ import annotations

from actions.statistics.chart import Chart
from bot.pictures import style, text
from bot.pictures.scale import known
from bot.pictures.sheet import Letters, Sheet

INSIDE = style.WIDTH - 2 * style.MARGIN
MOST_UPRIGHT = 8
LABEL_GAP = 8
"""Between a label or a value and its bar, and half of what lies between two labels."""
WIDEST_LABEL = 300
WIDEST_BAR = 90
ROOM_BELOW = 18


def _words(value: float | None) -> str:
    return style.NOT_KNOWN if value is None else text.number(value)


class UprightBars:
    """Few bars with short names."""

    def __init__(self, chart: Chart, letters: Letters) -> None:
        self._letters, self._values = letters, chart.values
        self._labels = [letters.drawable(label) for label in chart.labels]
        present = known(chart.values)
        self._low, self._high = min(0.0, *present), max(0.0, *present)
        self.height = style.PLOT_HEIGHT + letters.leading + ROOM_BELOW

    @staticmethod
    def fits(chart: Chart, letters: Letters) -> bool:
        """Whether each label and each value has room on one line, and none but "not known" on more."""
        slot = INSIDE / len(chart.labels) - 2 * LABEL_GAP
        texts = [letters.drawable(label) for label in chart.labels] + [_words(value) for value in chart.values]
        return len(chart.labels) <= MOST_UPRIGHT and all(letters.width(words) <= slot for words in texts)

    def draw(self, sheet: Sheet, top: float) -> None:
        letters = self._letters
        room = letters.size + LABEL_GAP
        highest, lowest = top + room, top + style.PLOT_HEIGHT - (room if self._low < 0 else 0)
        scale = (lowest - highest) / ((self._high - self._low) or 1.0)
        zero = lowest + self._low * scale
        slot = INSIDE / len(self._values)
        half = min(WIDEST_BAR, slot * 0.6) / 2
        for number, (label, value) in enumerate(zip(self._labels, self._values, strict=True)):
            x = style.MARGIN + slot * (number + 0.5)
            end = zero - (value or 0.0) * scale
            if value:
                sheet.box(x - half, min(zero, end), x + half, max(zero, end), colour=style.MARK)
            below = value is not None and value < 0
            baseline = end + LABEL_GAP + letters.size * 0.75 if below else end - LABEL_GAP
            colour = style.MUTED_INK if value is None else style.INK
            sheet.text(x, baseline, _words(value), letters, colour=colour, align="center")
            sheet.text(x, top + style.PLOT_HEIGHT + LABEL_GAP + letters.size * 0.75, label, letters, align="center")
        sheet.box(style.MARGIN, zero - 1, style.WIDTH - style.MARGIN, zero + 1, colour=style.AXIS)


class LyingBars:
    """Many bars, or long names; the chart's order from top to bottom."""

    def __init__(self, chart: Chart, letters: Letters) -> None:
        self._letters, self._values = letters, chart.values
        self._labels = [letters.wrap(label, WIDEST_LABEL, style.MOST_LABEL_LINES) for label in chart.labels]
        usual = max(min(style.PLOT_HEIGHT / len(self._labels), 60.0), 36.0)
        self._rows = [max(usual, len(lines) * letters.leading + 6) for lines in self._labels]
        self._half = min(usual * 0.7, 40.0) / 2
        self.height = sum(self._rows) + ROOM_BELOW

    def draw(self, sheet: Sheet, top: float) -> None:
        widest = max((self._letters.width(line) for lines in self._labels for line in lines), default=0)
        left = style.MARGIN + widest + LABEL_GAP
        zero, scale = self._scale(left + 1, style.WIDTH - style.MARGIN)
        start = top
        for lines, value, row in zip(self._labels, self._values, self._rows, strict=True):
            middle = top + row / 2
            top += row
            self._draw_label(sheet, lines, left - LABEL_GAP, middle)
            end = zero + (value or 0.0) * scale
            if value:
                sheet.box(min(zero, end), middle - self._half, max(zero, end), middle + self._half, colour=style.MARK)
            below = value is not None and value < 0
            sheet.text(
                end - LABEL_GAP if below else end + LABEL_GAP, middle + self._letters.size * 0.36, _words(value),
                self._letters, colour=style.MUTED_INK if value is None else style.INK, align="right" if below else "left",
            )  # fmt: skip
        sheet.box(zero - 1, start, zero + 1, top, colour=style.AXIS)

    def _draw_label(self, sheet: Sheet, lines: list[str], right: float, middle: float) -> None:
        letters = self._letters
        first = middle - (len(lines) - 1) * letters.leading / 2 + letters.size * 0.36
        for number, line in enumerate(lines):
            sheet.text(right, first + number * letters.leading, line, letters, align="right")

    def _scale(self, left: float, right: float) -> tuple[float, float]:
        """Where zero is, and pixels for one unit, so that every bar and the value at its end fit between the two."""
        present = known(self._values)
        low, high = min(0.0, *present), max(0.0, *present)
        beside = {True: 0.0, False: 0.0}
        for value in self._values:
            below = value is not None and value < 0
            beside[below] = max(beside[below], self._letters.width(_words(value)) + LABEL_GAP)
        start, end = left + beside[True], right - beside[False]
        scale = (end - start) / ((high - low) or 1.0)
        return start - low * scale, scale
