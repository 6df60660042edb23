"""What is known of a model, written beside it when it is trained: models/NAME.json.

Beside it lies the language package that it was trained with, models/NAME.language/, so that an older model finds its own. The
manifest holds checksums of both. With PLAN_MODEL_KEY it is signed: then a model counts only when whoever has the key wrote that.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from bot import paths
from bot.errors import ModelRefusedError, SetupError

VARIABLE, FOLDER = "PLAN_MODEL_KEY", "PLAN_MODELS"
SHORTEST_KEY = 32
SUFFIX = ".tar.gz"
CHUNK = 2**20


@dataclass(frozen=True)
class Trial:
    """What came of trying a model: shares of messages of danger caught, of false alarms, and of plain questions understood."""

    at: str
    passed: bool
    caught: float
    false_alarms: float
    understood: float


@dataclass(frozen=True)
class Manifest:
    """`sha256`, `size`: of the archive; `made`: ISO 8601; `inputs`, `language`: checksums of what it learnt
    from, and of its language package.
    """

    name: str
    sha256: str
    size: int
    made: str
    inputs: str
    rasa: str
    libraries: tuple[str, ...]
    language: str
    tried: Trial | None = None
    signature: str = ""


def folder() -> Path:
    """Where models are: PLAN_MODELS, or models/."""
    return Path(os.environ.get(FOLDER, "").strip() or paths.MODELS)


def name_of(model: Path) -> str:
    """plan-0123456789abcdef for models/plan-0123456789abcdef.tar.gz."""
    return model.name.removesuffix(SUFFIX)


def path_of(name: str) -> Path:
    """Where the archive of that name is, or should be."""
    return folder() / f"{name}{SUFFIX}"


def manifest_of(model: Path) -> Path:
    return model.with_name(f"{name_of(model)}.json")


def language_of(model: Path) -> Path:
    return model.with_name(f"{name_of(model)}.language")


def read(model: Path) -> Manifest:
    """The manifest of a model, its signature checked if there is a key. Raises ModelRefusedError."""
    found, name = unverified(model), name_of(model)
    if (secret := key()) and not hmac.compare_digest(_signature(found, secret), found.signature):
        raise ModelRefusedError(
            name, f"it is not signed with this {VARIABLE}. If you know that it is yours: `planbot models sign {name}`"
        )
    return found


def unverified(model: Path) -> Manifest:
    """The manifest as anybody may have written it. Raises ModelRefusedError."""
    file, name = manifest_of(model), name_of(model)
    try:
        told: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        tried = Trial(**told["tried"]) if told.get("tried") else None
        found = Manifest(**{**told, "libraries": tuple(told["libraries"]), "tried": tried})
        datetime.fromisoformat(found.made)
    except FileNotFoundError as error:
        raise ModelRefusedError(
            name,
            f"it has no manifest ({file.name}). Train again, or `planbot models sign {name}` if you know that it is yours",
        ) from error
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise ModelRefusedError(name, f"its manifest {file.name} cannot be read. Train again") from error
    if found.name != name:
        raise ModelRefusedError(name, f"its manifest is that of {found.name}. Give it its name back")
    return found


def write(model: Path, manifest: Manifest) -> Manifest:
    """Keeps the manifest, signed if there is a key; returns it as it was kept."""
    secret = key()
    signed = replace(manifest, signature=_signature(manifest, secret) if secret else "")
    file = manifest_of(model)
    partial = file.with_suffix(".partial")
    partial.write_text(json.dumps(asdict(signed), indent=1) + "\n", encoding="utf-8")
    partial.replace(file)
    return signed


def key() -> bytes | None:
    """PLAN_MODEL_KEY; None when models are not signed. Raises SetupError for one that is too short."""
    told = os.environ.get(VARIABLE, "").strip()
    if told and len(told) < SHORTEST_KEY:
        raise SetupError(f"{VARIABLE} must have at least {SHORTEST_KEY} characters: choose a random one, or unset it.")
    return told.encode() or None


def _signature(manifest: Manifest, secret: bytes) -> str:
    signed = {field.name: getattr(manifest, field.name) for field in fields(manifest) if field.name != "signature"}
    signed["tried"] = asdict(manifest.tried) if manifest.tried else None
    return hmac.new(secret, json.dumps(signed, sort_keys=True).encode(), hashlib.sha256).hexdigest()


def checksum_of_file(file: Path) -> str:
    """SHA-256 of what is in it."""
    total = hashlib.sha256()
    with file.open("rb") as opened:
        while part := opened.read(CHUNK):
            total.update(part)
    return total.hexdigest()


def checksum_of_folder(found: Path) -> str:
    """One SHA-256 over the paths and contents of all files; a folder that is not there has that of an empty one."""
    total = hashlib.sha256()
    for file in sorted(found.rglob("*")):
        if file.is_symlink():
            # it may lead anywhere
            total.update(f"link {file.relative_to(found)}".encode())
        elif file.is_file():
            total.update(f"{file.relative_to(found)} {checksum_of_file(file)}\n".encode())
    return total.hexdigest()
