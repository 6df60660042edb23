"""A picture of figures as data: what the widget draws, a screen reader says, and bot/pictures paints as a PNG."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

MOST_POINTS = 24


@dataclass(frozen=True)
class Chart:
    """`kind`: a line for a trend, bars for a comparison. `alt`: the picture in one sentence.

    `labels`, `values`: one for each point, at most MOST_POINTS; a value of None is not known and leaves a gap, never a zero.
    `unit`: of the values ("offences", "per cent"). `source`: its name and date, as shown below the picture.
    """

    kind: Literal["line", "bar"]
    title: str
    alt: str
    labels: tuple[str, ...]
    values: tuple[float | None, ...]
    unit: str
    source: str

    def __post_init__(self) -> None:
        """Raises ValueError for a picture that cannot be drawn."""
        if not 0 < len(self.labels) == len(self.values) <= MOST_POINTS:
            raise ValueError(f"a chart has 1 to {MOST_POINTS} points, each with a label and a value or None")
        if all(value is None for value in self.values):
            raise ValueError("a chart needs at least one value that is known")

    def as_dict(self) -> dict[str, Any]:
        """The payload for the widget: `type`, `title`, `alt`, `labels`, `values`, `unit`, `source`."""
        fields = asdict(self)
        return {"type": fields.pop("kind"), **{k: list(v) if isinstance(v, tuple) else v for k, v in fields.items()}}
