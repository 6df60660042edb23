"""Makes the manifest of a model that was trained here, and puts its language package beside it."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from datetime import datetime, timezone
from importlib.metadata import version
from pathlib import Path

from bot.errors import ModelRefusedError
from bot.models import manifest as manifests
from bot.models.manifest import Manifest, Trial, language_of, name_of


def new(model: Path, language: Path, inputs: str, libraries: list[str]) -> Manifest:
    """For a model that has just been trained. `language`: its package; `inputs`: checksum of what it learnt from."""
    _put_beside(language, language_of(model))
    return manifests.write(model, _made(model, inputs, libraries))


def sign(model: Path, language: Path) -> Manifest:
    """For a model that somebody knows to be ours: what is there now is what it is. Its trial is to be made again.

    Raises ModelRefusedError when there is no such model.
    """
    if not model.is_file():
        raise ModelRefusedError(
            name_of(model), "there is no such model on this machine. `planbot models` lists those that are"
        )
    if not language_of(model).is_dir():
        _put_beside(language, language_of(model))
    made = _made(model, "", [])
    try:
        before = manifests.unverified(model)
    except ModelRefusedError:
        return manifests.write(model, made)
    if before.sha256 == made.sha256:
        made = replace(made, made=before.made, inputs=before.inputs, libraries=before.libraries)
    return manifests.write(model, made)


def note(model: Path, tried: Trial) -> Manifest:
    """Keeps what came of a trial. Raises ModelRefusedError."""
    return manifests.write(model, replace(manifests.read(model), tried=tried))


def _made(model: Path, inputs: str, libraries: list[str]) -> Manifest:
    made = datetime.fromtimestamp(model.stat().st_mtime, timezone.utc)
    return Manifest(
        name=name_of(model), sha256=manifests.checksum_of_file(model), size=model.stat().st_size,
        made=made.isoformat(timespec="seconds"), inputs=inputs, rasa=version("rasa"), libraries=tuple(libraries),
        language=manifests.checksum_of_folder(language_of(model)),
    )  # fmt: skip


def _put_beside(package: Path, place: Path) -> None:
    """As links where they can be: a package is never written to, but made anew, and the encoder is large."""
    fresh = place.with_name(f"{place.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    shutil.copytree(package, fresh, copy_function=_link)
    shutil.rmtree(place, ignore_errors=True)
    fresh.rename(place)


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy(source, target)
