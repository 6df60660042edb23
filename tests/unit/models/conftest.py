"""What the tests of models share: small models that were never trained, in a folder of their own."""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Callable
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

import pytest

from bot.models import making, manifest
from bot.models.manifest import Trial

Member = tuple[str, bytes]
GOOD = Trial("2026-11-28T12:00:00+00:00", passed=True, caught=1.0, false_alarms=0.0, understood=1.0)
FAILED = replace(GOOD, passed=False, caught=0.5)
Maker = Callable[..., Path]


@pytest.fixture(autouse=True)
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of models; there is no key."""
    folder = tmp_path / "models"
    folder.mkdir()
    monkeypatch.setenv(manifest.FOLDER, str(folder))
    monkeypatch.delenv(manifest.VARIABLE, raising=False)
    return folder


@pytest.fixture
def language(tmp_path: Path) -> Path:
    """A language package of one file."""
    folder = tmp_path / "language"
    (folder / "speller").mkdir(parents=True)
    (folder / "speller" / "words.txt").write_text("words", encoding="utf-8")
    return folder


def archive(path: Path, *members: Member, rasa: str | None = None) -> Path:
    """An archive as Rasa's, with more members."""
    metadata = json.dumps({"rasa_open_source_version": rasa or version("rasa")}).encode()
    with tarfile.open(path, "w:gz") as opened:
        for name, data in (("metadata.json", metadata), ("components/a/b.json", b"{}"), *members):
            made = tarfile.TarInfo(name)
            made.size = len(data)
            opened.addfile(made, io.BytesIO(data))
    return path


@pytest.fixture
def make(models: Path, language: Path) -> Maker:
    """Makes a model: make("plan-a", tried=GOOD, made="2026-11-28T10:00:00+00:00")."""

    def made(name: str, tried: Trial | None = GOOD, made: str = "2026-11-28T10:00:00+00:00") -> Path:
        path = archive(models / f"{name}.tar.gz", ("name", name.encode()))
        written = making.new(path, language, "inputs", ["rasa==3.6.21"])
        manifest.write(path, replace(written, made=made, tried=tried))
        return path

    return made
