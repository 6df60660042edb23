"""`planbot check`: what it does with what its parts return. The parts have tests of their own, or are other people's tools."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.cli import checks, unsafe

PARTS = ("_tool", "_content", "_dialogue", "_rasa", "_unsafe", "_advisories")


@pytest.fixture
def returns(monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """What each part returns: all is well, unless a test says otherwise."""
    codes = dict.fromkeys(PARTS, 0)
    for part in PARTS:
        monkeypatch.setattr(checks, part, lambda *_, part=part: codes[part])
    return codes


def test_all_is_well(returns: dict[str, int], capsys: pytest.CaptureFixture[str]) -> None:
    assert checks.run() == 0
    assert all(line.startswith("ok ") for line in capsys.readouterr().out.splitlines())


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("code", [1, 2, -9])
def test_a_problem_anywhere_fails_it(
    returns: dict[str, int], capsys: pytest.CaptureFixture[str], part: str, code: int
) -> None:
    returns[part] = code
    assert checks.run() == 1
    assert "PROBLEM" in capsys.readouterr().out


def test_what_could_not_be_checked_is_neither_good_nor_bad(
    returns: dict[str, int], capsys: pytest.CaptureFixture[str]
) -> None:
    returns["_advisories"] = checks.NOT_CHECKED
    assert checks.run() == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines if "advisories" in line] == ["-"]


CODE = {
    "bot/bad.py": 'import pickle\n\npickle.loads(b"")\n',
    "actions/excused.py": "import tempfile\n\ntempfile.mktemp()  # noqa: S306 - a reason\n",
    "tools/other_excuse.py": "import tempfile\n\ntempfile.mktemp()  # noqa: S301, E501\n",
    "bot/broken.py": "def (:\n",
}


def test_bandit_finds_what_nobody_has_excused(tmp_path: Path) -> None:
    for name, text in CODE.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    found = "\n".join(unsafe.problems(tmp_path))
    assert "bot/bad.py:3: B301" in found
    assert "tools/other_excuse.py:3: B306" in found
    assert "bot/broken.py: syntax error" in found
    assert "excused.py:3: B306" not in found.replace("other_excuse.py", "")


def test_bandit_that_cannot_run_is_no_good_sign(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unsafe, "CONFIG", tmp_path / "nowhere.yml")
    with pytest.raises(ValueError, match=r"."):
        list(unsafe.problems(tmp_path))
