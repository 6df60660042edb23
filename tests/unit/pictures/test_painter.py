"""What a picture shows, read from its pixels."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from bot.paths import ROOT
from bot.pictures import style
from bot.pictures.painter import paint
from tests.unit.pictures.samples import chart, image, runs, where

RISING = tuple(float(10 + i) for i in range(24))
AREAS = ("Camden", "Hackney", "Islington")
LONG = ("Kensington and Chelsea", "Hammersmith and Fulham", "Barking and Dagenham", "Richmond upon Thames")


def test_size_and_metadata() -> None:
    picture = image(paint(chart((1.0, 2.0, 3.0), alt="From 1 to 3 – a rise", title="Rising")))
    picture.load()
    assert picture.format == "PNG"
    assert picture.width == 640
    assert 400 <= picture.height <= 640
    assert picture.text["Title"] == "Rising"
    assert picture.text["Description"] == "From 1 to 3 – a rise"


def test_plain_text_is_a_text_chunk() -> None:
    assert b"tEXtDescription\x00From 1 to 3" in paint(chart((1.0, 3.0), alt="From 1 to 3"))


@pytest.mark.parametrize("kind", ["line", "bar"])
def test_same_chart_same_bytes(kind: str) -> None:
    assert paint(chart((5.0, None, 7.0), kind)) == paint(chart((5.0, None, 7.0), kind))
    assert paint(chart((5.0, None, 7.0), kind)) != paint(chart((5.0, None, 8.0), kind))


def test_upright_bars_start_at_zero() -> None:
    marks = where(paint(chart((1000.0, 750.0, 500.0), "bar", labels=AREAS)))
    columns = runs(marks.any(axis=0))
    assert len(columns) == 3
    heights = [marks[:, (a + b) // 2].sum() for a, b in columns]
    assert heights[1] / heights[0] == pytest.approx(0.75, abs=0.01)
    assert heights[2] / heights[0] == pytest.approx(0.5, abs=0.01)


def test_long_labels_lay_the_bars_down_from_zero() -> None:
    marks = where(paint(chart((1000.0, 750.0, 500.0, 250.0), "bar", labels=LONG)))
    rows = runs(marks.any(axis=1))
    assert len(rows) == 4
    widths = [marks[(a + b) // 2].sum() for a, b in rows]
    assert [w / widths[0] for w in widths[1:]] == pytest.approx([0.75, 0.5, 0.25], abs=0.015)


def test_24_areas_each_have_a_bar_and_a_row() -> None:
    labels = tuple(f"{LONG[i % 4]} {i}" for i in range(24))
    png = paint(chart(tuple(float(1000 + i) for i in range(24)), "bar", labels=labels))
    assert len(runs(where(png).any(axis=1))) == 24
    assert image(png).height <= 1800


@pytest.mark.parametrize("labels", [AREAS, LONG[:3]])
def test_bar_that_is_not_known_is_no_bar_and_says_so(labels: tuple[str, ...]) -> None:
    unknown = paint(chart((1000.0, None, 500.0), "bar", labels=labels))
    zero = paint(chart((1000.0, 0.0, 500.0), "bar", labels=labels))
    axis = int(labels is AREAS)
    assert len(runs(where(unknown).any(axis=1 - axis))) == 2
    assert unknown != zero
    # "not known" is muted and longer than "0", which is in ink
    assert where(unknown, style.MUTED_INK).sum() > where(zero, style.MUTED_INK).sum() + 50


@pytest.mark.parametrize("labels", [AREAS, LONG[:3]])
def test_negative_bars_point_the_other_way(labels: tuple[str, ...]) -> None:
    marks = where(paint(chart((100.0, -100.0, 50.0), "bar", labels=labels)))
    if labels is AREAS:
        marks = marks.T
    first, second, third = (marks[(a + b) // 2] for a, b in runs(marks.any(axis=1)))
    (up,), (down,) = runs(first), runs(second)
    assert not (first & second).any()
    assert up[1] - up[0] == pytest.approx(down[1] - down[0], abs=2)
    assert third.sum() == pytest.approx(first.sum() / 2, abs=2)


def test_gap_in_a_line_where_a_value_is_not_known() -> None:
    whole = where(paint(chart((5.0, 6.0, 5.0, 6.0, 5.0, 6.0, 5.0)))).any(axis=0)
    gap = where(paint(chart((5.0, 6.0, 5.0, None, 5.0, 6.0, 5.0)))).any(axis=0)
    assert len(runs(whole)) == 1
    (_, before), (after, _) = runs(gap)
    first, last = runs(whole)[0]
    assert before == pytest.approx(first + (last - first) * 2 / 6, abs=10)
    assert after == pytest.approx(first + (last - first) * 4 / 6, abs=10)


def test_lone_value_in_a_long_line_has_a_point() -> None:
    values = (*RISING[:10], None, 30.0, None, *RISING[13:])
    columns = runs(where(paint(chart(values))).any(axis=0))
    assert len(columns) == 3
    assert columns[1][1] - columns[1][0] == pytest.approx(2 * style.POINT_RADIUS, abs=2)


def test_few_points_have_markers_and_many_have_not() -> None:
    def thickest(png: bytes) -> int:
        marks = where(png)
        start, end = runs(marks.any(axis=0))[0]
        return max(int(marks[:, x].sum()) for x in range(start + 30, end - 30))

    assert thickest(paint(chart((50.0,) * 8))) >= 2 * style.POINT_RADIUS - 2
    assert thickest(paint(chart((50.0,) * 20))) <= style.LINE + 1


def test_line_whose_axis_does_not_start_at_zero_says_so() -> None:
    """The note makes the muted line below the title longer."""

    def noted(values: tuple[float, ...]) -> int:
        muted = where(paint(chart(values)), style.MUTED_INK)[50:100]
        return int(np.flatnonzero(muted.any(axis=0)).max())

    assert noted((10.0, 90.0)) < 200 < 350 < noted((80.0, 90.0))


def test_labels_below_24_points_do_not_overlap() -> None:
    """Between the labels that are shown there is paper, from top to bottom of them."""
    png = paint(chart(RISING))
    bottom = int(np.flatnonzero(where(png, style.AXIS).sum(axis=1) > 400).max())
    gaps = [b - a for a, b in runs(~where(png, style.INK)[bottom + 12 : bottom + 60].any(axis=0))]
    labels = sum(gap >= 14 for gap in gaps[1:-1]) + 1
    assert 4 <= labels <= 12


HOSTILE = [
    "$x^2$", "$\\frac{1}{", "\\alpha $", "word" * 5_000, "long words " * 2_000, "😀" * 50, "👩‍👩‍👧 family", "a\nb\r\n\tc", "\x00\x07\x1b[31m",
    "שלום עולם", "مرحبا بالعالم", "\u202eevil\u202c", "\ud800", "Z\u0301\u0302\u0303" * 100, "", " ", "<svg onload=1>", "{0} %s",
]  # fmt: skip


@pytest.mark.parametrize("hostile", HOSTILE, ids=lambda text: ascii(text[:12]))
@pytest.mark.parametrize("kind", ["line", "bar"])
def test_hostile_text_is_only_text(kind: str, hostile: str) -> None:
    png = paint(
        chart((1.0, None, -3.0), kind, title=hostile, alt=hostile, unit=hostile, source=hostile, labels=(hostile,) * 3)
    )
    picture = image(png)
    picture.load()
    assert picture.width == 640
    assert picture.height < 1000


def test_dollars_are_not_read_as_a_formula() -> None:
    """As a formula, "$x$" would be as narrow as an x in italics."""

    def title(words: str) -> np.ndarray:
        return where(paint(chart((1.0, 2.0), title=words)), style.INK)[:50]

    def widest(words: str) -> int:
        return int(np.flatnonzero(title(words).any(axis=0)).max())

    assert widest("$xxxxxxxx$") > widest("xxxxxxxx") + 20


def test_nothing_reaches_the_edges() -> None:
    for kind in ("line", "bar"):
        labels = tuple(f"{'W' * 40} {i}" for i in range(12))
        png = paint(chart((1e11,) * 12, kind, labels=labels, title="W " * 200, source="W" * 500, unit="W" * 100))
        paper = where(png, style.PAPER)
        assert paper[:, :4].all() and paper[:, -4:].all() and paper[:4].all() and paper[-4:].all()


def test_opaque_so_that_it_can_be_read_on_a_dark_page() -> None:
    picture = image(paint(chart((1.0, 2.0))))
    assert "transparency" not in picture.info
    assert picture.convert("RGB").getpixel((0, 0)) == (255, 255, 255)


@pytest.mark.parametrize("kind", ["line", "bar"])
def test_colours_are_exactly_those_of_the_style(kind: str) -> None:
    """So that the contrasts that are computed from the style hold for the picture."""
    colours = image(paint(chart((90.0, 80.0, None), kind))).convert("RGB").getcolors()
    often = {f"#{r:02x}{g:02x}{b:02x}" for count, (r, g, b) in colours if count > 1_000}
    assert {style.PAPER, style.MARK, style.INK, style.MUTED_INK} <= often
    assert often <= {style.PAPER, style.MARK, style.INK, style.MUTED_INK, style.AXIS, style.GRID}


def test_no_finite_number_is_refused() -> None:
    with pytest.raises(ValueError, match="finite"):
        paint(chart((1.0, float("nan"))))


def test_matplotlib_is_loaded_late_and_pyplot_never() -> None:
    script = (
        "import sys; import bot.pictures.cache, bot.pictures.painter; early = 'matplotlib' in sys.modules\n"
        "from tests.unit.pictures.samples import chart\n"
        "bot.pictures.painter.paint(chart((1.0, 2.0)))\n"
        "print(early, 'matplotlib' in sys.modules, 'matplotlib.pyplot' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.split() == ["False", "True", "False"]
