"""Pictures are kept, within bounds, whole, and for several processes."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from actions.statistics.chart import Chart
from bot.paths import ROOT
from bot.pictures import cache
from bot.pictures.cache import CHECK_BYTES, PictureCache, key_of
from tests.unit.pictures.samples import chart, image

ONE = chart((1.0, 2.0, 3.0))


class Painter:
    """Stands in for the painter, and counts; `size`: bytes of each picture."""

    def __init__(self, size: int = 1_000) -> None:
        self.painted: list[Chart] = []
        self.size = size

    def __call__(self, wanted: Chart) -> bytes:
        self.painted.append(wanted)
        return repr(wanted.values).encode().ljust(self.size, b".")


def files(folder: Path) -> list[Path]:
    return sorted(folder.iterdir())


def test_painted_once(tmp_path: Path) -> None:
    painter = Painter()
    first = PictureCache(tmp_path / "new" / "folder", paint=painter).picture(ONE)
    again = PictureCache(tmp_path / "new" / "folder", paint=painter).picture(ONE)
    assert first == again
    assert len(painter.painted) == 1


def test_real_picture_survives_keeping(tmp_path: Path) -> None:
    kept = PictureCache(tmp_path)
    assert kept.picture(ONE) == kept.picture(ONE)
    assert image(kept.picture(ONE)).width == 640
    image(files(tmp_path)[0].read_bytes()).load()


@pytest.mark.parametrize(
    "change",
    [{"title": "b"}, {"alt": "b"}, {"unit": "b"}, {"source": "b"}, {"kind": "bar"}, {"values": (1.0, 2.0, None)}, {"labels": ("a", "b", "c")}],
)  # fmt: skip
def test_key_depends_on_all_of_the_chart(change: dict) -> None:
    assert key_of(ONE) != key_of(replace(ONE, **change))
    assert key_of(ONE) == key_of(replace(ONE))


def test_new_style_paints_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    painter = Painter()
    PictureCache(tmp_path, paint=painter).picture(ONE)
    monkeypatch.setattr(cache, "style_version", lambda: b"another")
    PictureCache(tmp_path, paint=painter).picture(ONE)
    assert len(painter.painted) == 2


def test_bounded_by_number_and_the_unused_go_first(tmp_path: Path) -> None:
    painter = Painter()
    kept = PictureCache(tmp_path, most=3, paint=painter)
    charts = [chart((float(i),)) for i in range(4)]
    for number, one in enumerate(charts[:3]):
        kept.picture(one)
        os.utime(tmp_path / f"{key_of(one).hex()}.png", (1_000 + number, 1_000 + number))
    kept.picture(charts[0])  # used, so the second is now the oldest
    kept.picture(charts[3])
    assert len(files(tmp_path)) == 3
    painter.painted.clear()
    for one in (charts[0], charts[2], charts[3]):
        kept.picture(one)
    assert painter.painted == []
    kept.picture(charts[1])
    assert painter.painted == [charts[1]]


def test_bounded_by_bytes(tmp_path: Path) -> None:
    kept = PictureCache(tmp_path, most_bytes=5_000, paint=Painter(1_500))
    for i in range(10):
        kept.picture(chart((float(i),)))
        assert sum(file.stat().st_size for file in files(tmp_path)) <= 5_000
    assert len(files(tmp_path)) == 3


def test_picture_beyond_the_bound_is_painted_and_not_kept(tmp_path: Path) -> None:
    kept = PictureCache(tmp_path / "pictures", most_bytes=500, paint=Painter(1_500))
    assert len(kept.picture(ONE)) == 1_500
    assert not (tmp_path / "pictures").exists()


@pytest.mark.parametrize(
    "damage",
    [
        lambda whole: whole[:-1],
        lambda whole: whole[: len(whole) // 2],
        lambda whole: b"",
        lambda whole: whole[:100] + bytes([whole[100] ^ 1]) + whole[101:],
        lambda whole: whole + b"x",
        lambda whole: b"\x89PNG\r\n\x1a\n" + bytes(CHECK_BYTES),
    ],
)
def test_damaged_file_is_painted_anew_and_mended(tmp_path: Path, damage) -> None:  # noqa: ANN001
    painter = Painter()
    kept = PictureCache(tmp_path, paint=painter)
    right = kept.picture(ONE)
    (file,) = files(tmp_path)
    file.write_bytes(damage(file.read_bytes()))
    assert kept.picture(ONE) == right
    assert len(painter.painted) == 2
    assert kept.picture(ONE) == right
    assert len(painter.painted) == 2


def test_file_of_another_chart_is_not_believed(tmp_path: Path) -> None:
    painter = Painter()
    kept = PictureCache(tmp_path, paint=painter)
    kept.picture(ONE)
    other = chart((9.0,))
    files(tmp_path)[0].rename(tmp_path / f"{key_of(other).hex()}.png")
    assert kept.picture(other) == painter(other)


def test_folder_that_cannot_be_used_costs_no_picture(tmp_path: Path) -> None:
    in_the_way = tmp_path / "pictures"
    in_the_way.write_text("a file")
    painter = Painter()
    kept = PictureCache(in_the_way, paint=painter)
    assert kept.picture(ONE) == kept.picture(ONE) == painter(ONE)
    assert in_the_way.read_text() == "a file"


def test_drafts_of_dead_processes_go_and_those_of_living_ones_stay(tmp_path: Path) -> None:
    old, new = tmp_path / "a.1.b.draft", tmp_path / "a.2.b.draft"
    for draft in (old, new):
        draft.write_bytes(b"half")
    os.utime(old, (time.time() - 3_600,) * 2)
    PictureCache(tmp_path, paint=Painter()).picture(ONE)
    assert new.exists()
    assert not old.exists()


def test_error_of_the_painter_is_passed_on_and_nothing_kept(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="finite"):
        PictureCache(tmp_path).picture(chart((float("inf"),)))
    assert files(tmp_path) == []


def test_two_processes_share_a_small_folder(tmp_path: Path) -> None:
    """Both write, read and delete the same few names, as fast as they can; each picture is right and the bound holds."""
    script = """
import sys
from pathlib import Path
from bot.pictures.cache import PictureCache
from tests.unit.pictures.samples import chart
from tests.unit.pictures.test_cache import Painter
kept = PictureCache(Path(sys.argv[1]), most=5, paint=Painter(20_000))
for i in range(600):
    one = chart((float(i % 9),))
    assert kept.picture(one) == Painter(20_000)(one), i
"""
    both = [
        subprocess.Popen([sys.executable, "-c", script, str(tmp_path)], cwd=ROOT, stderr=subprocess.PIPE)
        for _ in range(2)
    ]
    for one in both:
        _, errors = one.communicate(timeout=60)
        assert one.returncode == 0, errors.decode()
        assert b"Traceback" not in errors
        assert b"damaged" not in errors
    assert 0 < len(files(tmp_path)) <= 6  # the last two writers may each have counted before the other's file was there
    assert not list(tmp_path.glob("*.draft"))


def test_default_folder_is_the_projects() -> None:
    assert cache.FOLDER == ROOT / ".build" / "pictures"
