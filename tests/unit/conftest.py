"""What the unit tests share: repeatable random examples, and copies of content/ to edit."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from bot.content.store import Content, shared
from bot.paths import CONTENT

settings.register_profile(
    "unit", database=None, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("unit")


@pytest.fixture(scope="session")
def content() -> Content:
    """The project's content as it is."""
    return shared().current()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of content/ that a test may edit, with two files of answers only: quick to read again."""
    copy = Path(shutil.copytree(CONTENT, tmp_path / "content", ignore=shutil.ignore_patterns("*.csv")))
    for path in (copy / "answers").iterdir():
        if path.name not in ("conversation.yml", "theme_trust.yml"):
            path.unlink()
    return copy


@pytest.fixture
def in_force(monkeypatch: pytest.MonkeyPatch) -> date:
    """A day on which the subject Plan is in force and no newer one is out."""
    monkeypatch.setenv("PLAN_TODAY", "2023-05-01")
    return date(2023, 5, 1)
