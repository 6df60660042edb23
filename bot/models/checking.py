"""Whether a model may be loaded. Rasa unpacks an archive and builds whatever it finds in it, so only our own get that far.

A model is our own when its manifest says what is in it, byte for byte (and is signed, where there is a key), when it lies in the
folder of models, and when our version of Rasa made it. CVE-2024-49375 is what happens otherwise.
"""

from __future__ import annotations

import hashlib
import json
import tarfile
from importlib.metadata import version
from pathlib import Path, PurePosixPath

from bot.errors import ModelRefusedError
from bot.models import manifest as manifests
from bot.models.manifest import CHUNK, Manifest, name_of

NOT_HERE = "there is no such model on this machine. Copy it here with its .json and its .language"
METADATA = "metadata.json"
LARGEST_ARCHIVE, LARGEST_UNPACKED, MOST_MEMBERS = 300_000_000, 1_500_000_000, 10_000
"""Bytes; a model has some 10 and 12 million."""
LARGEST_METADATA = 5_000_000


def checked(model: Path, into: Path) -> Manifest:
    """Copies the archive to the file `into` and checks the copy, so that what is loaded is what was checked.

    Raises ModelRefusedError with what to do.
    """
    name = name_of(model)
    if model.resolve().parent != manifests.folder().resolve():
        raise ModelRefusedError(name, f"it is not in {manifests.folder().name}/. Models are loaded from there only")
    if not model.is_file():
        raise ModelRefusedError(name, NOT_HERE)
    found = manifests.read(model)
    if _copied(model, into) != (found.sha256, found.size):
        raise ModelRefusedError(
            name, "it is not what its manifest says: it was changed or is damaged. Copy it again, or train"
        )
    if manifests.checksum_of_folder(manifests.language_of(model)) != found.language:
        raise ModelRefusedError(name, "its language package is missing or was changed. Copy it again, or train")
    _check_archive(into, name)
    return found


def _copied(model: Path, into: Path) -> tuple[str, int]:
    """SHA-256 and size of what was copied."""
    total, size = hashlib.sha256(), 0
    with model.open("rb") as source, into.open("wb") as target:
        while part := source.read(CHUNK):
            total.update(part)
            size += len(part)
            if size > LARGEST_ARCHIVE:
                raise ModelRefusedError(name_of(model), "it is larger than any model of ours. Train again")
            target.write(part)
    return total.hexdigest(), size


def _check_archive(archive: Path, name: str) -> None:
    """Nothing in it leaves its folder, and our Rasa made it."""
    size = members = 0
    made_with = None
    try:
        with tarfile.open(archive, "r:gz") as opened:
            for member in opened:
                size, members = size + member.size, members + 1
                if size > LARGEST_UNPACKED or members > MOST_MEMBERS:
                    raise ModelRefusedError(name, "it unpacks to more than any model of ours. Train again")
                path = PurePosixPath(member.name)
                if not (member.isreg() or member.isdir()) or path.is_absolute() or ".." in path.parts:
                    raise ModelRefusedError(name, "it has something in it that is no file of its own. Train again")
                if str(path) == METADATA and member.size <= LARGEST_METADATA and (file := opened.extractfile(member)):
                    made_with = json.load(file).get("rasa_open_source_version")
    except (tarfile.TarError, OSError, EOFError, ValueError, AttributeError) as error:
        raise ModelRefusedError(name, "it cannot be unpacked. Copy it again, or train") from error
    if made_with != version("rasa"):
        raise ModelRefusedError(
            name, f"it was made with Rasa {made_with}, and {version('rasa')} is installed. Train again"
        )


def problem_of(model: Path) -> str | None:
    """Why a model may not be loaded; None for one that may."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        try:
            checked(model, Path(folder) / model.name)
        except ModelRefusedError as error:
            return error.reason
    return None
