"""`planbot refresh`: what it prints, and how it ends."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from actions.statistics.database import VARIABLE
from bot.cli.main import app
from bot.cli.refresh import shown
from tests.published_files import PublishedFiles
from tests.unit.statistics_refresh import files


@pytest.fixture(autouse=True)
def addresses(monkeypatch: pytest.MonkeyPatch, published: PublishedFiles, tmp_path: Path) -> None:
    monkeypatch.setenv("DATASTORE_URL", published.url)
    monkeypatch.setenv(VARIABLE, f"sqlite:///{tmp_path / 'figures.db'}")
    monkeypatch.setenv("COLUMNS", "160")


def invoke(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["refresh", *arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.output


def test_it_says_what_changed_and_where_it_went(tmp_path: Path) -> None:
    code, output = invoke("--only", "force-strength", "--only", "dashboard-knife")
    assert code == 0
    assert str(tmp_path / "figures.db") in output
    assert "2 files: 2 new." in output
    assert "Jul 2024 to Jun 2026" in output and "none -> 960" in output
    code, output = invoke("--only", "force-strength")
    assert code == 0 and "1 file: 1 unchanged. 0 figures changed." in output


def test_a_refused_file_ends_it_with_1(published: PublishedFiles) -> None:
    published.put("force-strength", "<html>")
    code, output = invoke("--only", "force-strength", "--only", "dashboard-knife")
    assert code == 1
    assert "1 new, 1 refused" in output and "web page" in output and "docs/refreshing.md" in output


def test_a_dead_server_ends_it_with_1(published: PublishedFiles) -> None:
    published.mode = "dead"
    code, output = invoke("--only", "force-strength")
    assert code == 1 and "1 failed" in output


def test_it_takes_a_folder(tmp_path: Path, published: PublishedFiles) -> None:
    (tmp_path / "mine.csv").write_text(files.strength(), encoding="utf-8")
    code, output = invoke("--from", str(tmp_path))
    assert code == 0 and "force-strength" in output and "1 new" in output
    assert published.asked == []


@pytest.mark.parametrize(("url", "text"), [
    ("sqlite:////var/lib/figures.db", "/var/lib/figures.db"),
    ("postgresql://someone:secret@db.example:5432/plan", "postgresql://db.example:5432/plan"),
])  # fmt: skip
def test_no_password_is_shown(url: str, text: str) -> None:
    assert shown(url) == text
