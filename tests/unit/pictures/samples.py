"""Charts to paint, and what can be read from the pixels of a picture."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
from PIL import Image, ImageColor

from actions.statistics.chart import Chart
from bot.pictures import style

SOURCE = "MPS Recorded Crime: Geographic Breakdown (London Datastore), as at 12 August 2026"
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def chart(values: tuple[float | None, ...], kind: Any = "line", **changed: Any) -> Chart:
    """A chart of these values; by month unless labels are given."""
    labels = tuple(f"{MONTHS[i % 12]} {24 + i // 12}" for i in range(len(values)))
    usual: dict[str, Any] = {
        "title": "Burglaries in Camden", "alt": "Line, burglaries in Camden.", "labels": labels, "unit": "offences",
        "source": SOURCE,
    }  # fmt: skip
    return Chart(kind=kind, values=values, **{**usual, **changed})


def image(png: bytes) -> Image.Image:
    return Image.open(io.BytesIO(png))


def where(png: bytes, colour: str = style.MARK) -> np.ndarray:
    """Booleans, rows by columns: which pixels have about this colour (edges of lines are mixed with the paper)."""
    pixels = np.asarray(image(png).convert("RGB")).astype(int)
    return np.abs(pixels - np.array(ImageColor.getrgb(colour))).max(axis=2) < 30


def runs(flags: np.ndarray) -> list[tuple[int, int]]:
    """(start, end) of each run of True, the end not in it."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], flags.astype(int), [0]))))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]
