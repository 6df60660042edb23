"""The house style of pictures: sizes in pixels of a picture that is shown at half its width, and colours.

640 pixels are shown as 320, the narrowest screen that counts, so text of 22 is read as 11. One colour of marks: nothing
is told by colour alone. tests/unit/pictures/test_style.py computes the contrasts, also as colour-blind people see them.
"""

from __future__ import annotations

WIDTH = 640
MARGIN = 20
PLOT_HEIGHT = 290
"""Of a line or of upright bars; titles and sources take what they need above and below it."""

TITLE, TEXT = 30, 22
"""Sizes of letters: the title's, and everything else's."""
LEADING = 1.25
"""From one line of text to the next, in letter sizes."""
MOST_TITLE_LINES, MOST_LABEL_LINES, MOST_SOURCE_LINES = 3, 2, 5

PAPER = "#ffffff"
INK = "#1d1d1b"
MUTED_INK = "#4b5357"
"""Units, sources, and what is not known."""
MARK = "#1f5fa8"
"""Bars, lines and points."""
AXIS = "#4b5357"
GRID = "#d5d9dc"
"""Decoration only: every value that must be read is written out."""
SHADES = 16
"""Of each colour, from it to the paper, for smooth edges."""

LINE = 5
POINT_RADIUS = 7
FEW_POINTS = 12
"""A line of at most so many has a point at each; a longer one only where a value stands alone, and at its ends."""

NOT_KNOWN = "not known"
NOT_FROM_ZERO = "axis does not start at 0"
