"""Which models there are, which of them are good, and which one is to serve.

A model is good when it may be loaded, has passed its trial, and was not rolled back from. An operator's choice
(`planbot models use`) holds for all workers, until a model is trained after it: what is newer was wanted later.
"""

from __future__ import annotations

import logging
import shutil
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bot.errors import ModelRefusedError
from bot.models import checking, manifest
from bot.models.manifest import SUFFIX, Manifest, name_of, path_of
from bot.operations.records import Line
from bot.operations.state import MODEL, Choice

log = logging.getLogger(__name__)
KEPT = 3
"""The newest, the last good one, and one more; what is being served is always kept."""


@dataclass(frozen=True)
class Model:
    """`manifest`: None when there is none that counts; `problem`: why it may not serve, None for one that may."""

    path: Path
    manifest: Manifest | None
    problem: str | None

    @property
    def name(self) -> str:
        return name_of(self.path)

    @property
    def made(self) -> float:
        """Seconds since 1970; 0 when nobody knows."""
        return made_at(self.manifest)


def made_at(known: Manifest | None) -> float:
    """Seconds since 1970."""
    return datetime.fromisoformat(known.made).timestamp() if known else 0.0


def known(path: Path) -> Model:
    """What is known of a model; its files are read once."""
    if not path.is_file():
        return Model(path, None, checking.NOT_HERE)
    try:
        found = manifest.read(path)
    except ModelRefusedError as error:
        return Model(path, None, error.reason)
    return Model(path, found, checking.problem_of(path) or untried(found))


def untried(found: Manifest) -> str | None:
    """Why its trial keeps it from serving; None when it passed."""
    if found.tried is None:
        return f"it was never tried. `planbot models try {found.name}` does that"
    if not found.tried.passed:
        return f"it failed its trial. `planbot models try {found.name}` says in what; train again, or use another"
    return None


def models() -> list[Model]:
    """All on this machine, the newest first."""
    listed = [known(path) for path in manifest.folder().glob(f"*{SUFFIX}")]
    return sorted(listed, key=lambda model: model.made, reverse=True)


def may_serve(path: Path, choice: Choice | None = None) -> Model:
    """The model, if it may serve. Raises ModelRefusedError with what to do.

    One that was chosen anyway needs no trial; whether it may be loaded is asked of all.
    """
    found = known(path)
    anyway = bool(choice and choice.anyway and choice.model == found.name)
    problem = checking.problem_of(path) if anyway and found.manifest else found.problem
    if problem:
        raise ModelRefusedError(found.name, problem)
    return found


def to_serve(asked: Path, choice: Choice | None, chosen_at: float = 0.0) -> Path:
    """What to serve at a start: what was asked for, or what an operator chose later, or else the newest good one.

    Raises ModelRefusedError when no model may serve.
    """
    bad = set(choice.bad) if choice else set()
    try:
        newer = made_at(manifest.read(asked)) > chosen_at
    except ModelRefusedError:
        newer = False
    order = [asked] if newer or not choice else [path_of(choice.model), asked]
    others = [model.path for model in models() if model.path.name not in {path.name for path in order}]
    wanted = [*order, *others]
    refused: list[ModelRefusedError] = []
    for path in (*(p for p in wanted if name_of(p) not in bad), *(p for p in wanted if name_of(p) in bad)):
        try:
            found = may_serve(path, choice).path
        except ModelRefusedError as error:
            log.error("%s", error)
            refused.append(error)
            continue
        if path is not wanted[0]:
            log.error("%s serves in place of %s", found.name, wanted[0].name)
        return found
    raise next((error for error in refused if error.name == name_of(asked)), refused[0])


def last_good(serving: str, choice: Choice | None, record: Iterable[Line]) -> Model:
    """What to roll back to from `serving`: the good model that was chosen last before it, or else the newest other one.

    Raises ModelRefusedError when there is none.
    """
    bad = {serving, *(choice.bad if choice else ())}
    good = {model.name: model for model in models() if not model.problem and model.name not in bad}
    if not good:
        raise ModelRefusedError(
            serving, "it cannot be rolled back from: no other good model is on this machine. See `planbot models`"
        )
    before = [name for line in record if line.name == MODEL for name in line.what.split() if name in good]
    return good[before[-1]] if before else next(iter(good.values()))


def forget_old(newest: Path, keep: Collection[str] = ()) -> list[str]:
    """Deletes all but the newest model, those named in `keep`, and the newest good others; returns the names of what is gone."""
    listed = [model for model in models() if model.path.name.startswith("plan-")]
    kept = {name_of(newest), *keep}
    # a good one before one that may not serve
    for model in sorted(listed, key=lambda model: (model.problem is None, model.made), reverse=True):
        if len(kept) < KEPT:
            kept.add(model.name)
    gone = [model for model in listed if model.name not in kept]
    for model in gone:
        model.path.unlink(missing_ok=True)
        manifest.manifest_of(model.path).unlink(missing_ok=True)
        shutil.rmtree(manifest.language_of(model.path), ignore_errors=True)
    return [model.name for model in gone]
