"""Which models may be loaded: our own, whole, and nothing else."""

from __future__ import annotations

import io
import shutil
import tarfile
from pathlib import Path

import pytest

from bot.errors import ModelRefusedError, SetupError
from bot.models import checking, making, manifest
from tests.unit.models.conftest import GOOD, Maker, archive

KEY, OTHER_KEY = "a key of the tests, long enough for it", "another key of the tests, as long as it"


def refused(path: Path, tmp_path: Path) -> str:
    """Why it is."""
    with pytest.raises(ModelRefusedError) as caught:
        checking.checked(path, tmp_path / "copy")
    return caught.value.reason


def test_own_model_is_let_through_and_copied(make: Maker, tmp_path: Path) -> None:
    path = make("plan-a")
    found = checking.checked(path, tmp_path / "copy")
    assert (tmp_path / "copy").read_bytes() == path.read_bytes()
    assert (found.name, found.tried, found.libraries) == ("plan-a", GOOD, ("rasa==3.6.21",))
    assert checking.problem_of(path) is None


def test_one_changed_byte_is_noticed(make: Maker, tmp_path: Path) -> None:
    path = make("plan-a")
    content = bytearray(path.read_bytes())
    content[-20] ^= 1
    path.write_bytes(content)
    assert "not what its manifest says" in refused(path, tmp_path)


def test_another_model_under_its_name_is_noticed(make: Maker, tmp_path: Path) -> None:
    path, other = make("plan-a"), make("plan-b")
    shutil.copy(other, path)
    assert "not what its manifest says" in refused(path, tmp_path)


def test_manifest_of_another_model_is_noticed(make: Maker, tmp_path: Path) -> None:
    path, other = make("plan-a"), make("plan-b")
    shutil.copy(other, path)
    shutil.copy(manifest.manifest_of(other), manifest.manifest_of(path))
    assert "that of plan-b" in refused(path, tmp_path)


@pytest.mark.parametrize("text", [None, "", "[]", "{}", '{"name": "plan-a"}', "\x00"])
def test_model_without_a_manifest_is_refused(make: Maker, tmp_path: Path, text: str | None) -> None:
    path = make("plan-a")
    if text is None:
        manifest.manifest_of(path).unlink()
    else:
        manifest.manifest_of(path).write_text(text, encoding="utf-8")
    assert "manifest" in refused(path, tmp_path)


def test_model_elsewhere_is_refused(make: Maker, tmp_path: Path) -> None:
    path = make("plan-a")
    elsewhere = tmp_path / "elsewhere"
    shutil.copytree(path.parent, elsewhere)
    assert "not in models/" in refused(elsewhere / path.name, tmp_path)
    link = path.with_name("plan-l.tar.gz")
    link.symlink_to(elsewhere / path.name)
    assert "not in models/" in refused(link, tmp_path)


def test_model_that_is_not_there_is_refused(models: Path, tmp_path: Path) -> None:
    assert "no such model" in refused(models / "plan-x.tar.gz", tmp_path)


@pytest.mark.parametrize("what", ["changed", "added", "linked", "gone"])
def test_language_package_that_changed_is_noticed(make: Maker, tmp_path: Path, what: str) -> None:
    path = make("plan-a")
    package = manifest.language_of(path)
    words = package / "speller" / "words.txt"
    if what == "gone":
        shutil.rmtree(package)
    elif what == "added":
        (package / "more.txt").write_text("", encoding="utf-8")
    else:
        # a link to another name first: its file is that of the other models too
        words.unlink()
        words.symlink_to("/etc/hostname") if what == "linked" else words.write_text("wordz", encoding="utf-8")
    assert "language package" in refused(path, tmp_path)


def odd(path: Path, name: str, kind: bytes, link: str = "") -> Path:
    """An archive with a member of another kind, or with another name, than a model has."""
    archive(path)
    with tarfile.open(path, "w:gz") as opened:
        member = tarfile.TarInfo(name)
        member.type, member.linkname = kind, link
        opened.addfile(member, io.BytesIO(b""))
    return path


@pytest.mark.parametrize(
    ("name", "kind", "link"),
    [
        ("../out", tarfile.REGTYPE, ""),
        ("a/../../out", tarfile.REGTYPE, ""),
        ("/etc/out", tarfile.REGTYPE, ""),
        ("link", tarfile.SYMTYPE, "/etc/passwd"),
        ("link", tarfile.LNKTYPE, "../../out"),
        ("device", tarfile.CHRTYPE, ""),
        ("pipe", tarfile.FIFOTYPE, ""),
    ],
)
def test_archive_that_leaves_its_folder_is_refused(
    models: Path, language: Path, tmp_path: Path, name: str, kind: bytes, link: str
) -> None:
    path = odd(models / "plan-a.tar.gz", name, kind, link)
    making.sign(path, language)
    assert "no file of its own" in refused(path, tmp_path)


def test_archive_of_another_rasa_is_refused(models: Path, language: Path, tmp_path: Path) -> None:
    path = archive(models / "plan-a.tar.gz", rasa="3.5.0")
    making.sign(path, language)
    assert "Rasa 3.5.0" in refused(path, tmp_path)


@pytest.mark.parametrize("content", [b"", b"no archive", b"\x1f\x8b\x08\x00broken"])
def test_what_is_no_archive_is_refused(models: Path, language: Path, tmp_path: Path, content: bytes) -> None:
    path = models / "plan-a.tar.gz"
    path.write_bytes(content)
    making.sign(path, language)
    assert "cannot be unpacked" in refused(path, tmp_path)


def test_archive_that_grows_is_refused(
    models: Path, language: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = archive(models / "plan-a.tar.gz", ("large", bytes(100_000)))
    making.sign(path, language)
    assert checking.problem_of(path) is None
    monkeypatch.setattr(checking, "LARGEST_UNPACKED", 50_000)
    assert "unpacks to more" in refused(path, tmp_path)
    monkeypatch.setattr(checking, "LARGEST_ARCHIVE", 50)
    assert "larger than any" in refused(path, tmp_path)


def test_with_a_key_only_what_it_signed_counts(
    make: Maker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: Path
) -> None:
    unsigned = make("plan-a")
    monkeypatch.setenv(manifest.VARIABLE, KEY)
    assert "not signed" in refused(unsigned, tmp_path)
    signed = make("plan-b")
    assert checking.problem_of(signed) is None
    monkeypatch.setenv(manifest.VARIABLE, OTHER_KEY)
    assert "not signed" in refused(signed, tmp_path)
    making.sign(signed, language)
    assert checking.problem_of(signed) is None


@pytest.mark.parametrize(
    "change", [('"passed": true', '"passed": false'), ('"caught": 1.0', '"caught": 0.1'), ('"inputs"', '"Inputs"')]
)
def test_signature_holds_for_all_that_is_said(
    make: Maker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: tuple[str, str]
) -> None:
    monkeypatch.setenv(manifest.VARIABLE, KEY)
    file = manifest.manifest_of(path := make("plan-a"))
    text = file.read_text(encoding="utf-8")
    assert change[0] in text
    file.write_text(text.replace(*change), encoding="utf-8")
    assert refused(path, tmp_path)


def test_short_key_is_refused(make: Maker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = make("plan-a")
    monkeypatch.setenv(manifest.VARIABLE, "short")
    with pytest.raises(SetupError, match="at least 32"):
        checking.checked(path, tmp_path / "copy")


def test_signing_again_keeps_what_is_known(make: Maker, language: Path) -> None:
    path = make("plan-a")
    before, after = manifest.read(path), making.sign(path, language)
    assert (after.made, after.inputs, after.libraries) == (before.made, before.inputs, before.libraries)
    # whoever signs vouches for the file, not for what an unsigned manifest said of its trial
    assert after.tried is None


def test_signing_what_is_not_there(models: Path, language: Path) -> None:
    with pytest.raises(ModelRefusedError, match="no such model"):
        making.sign(models / "plan-x.tar.gz", language)
