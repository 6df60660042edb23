"""Training: what the model is made from, and that a change of it asks for a new one."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from bot.cli import training
from bot.errors import SetupError
from bot.models import making, manifest
from bot.models.manifest import Trial
from bot.nlu import package
from bot.paths import ROOT

GOOD = Trial("2026-11-28T12:00:00+00:00", passed=True, caught=1.0, false_alarms=0.0, understood=1.0)
TREE = {
    "config.yml": "language: en\n",
    "domain.yml": "intents: []\n",
    "requirements.lock": "pytest==8.0\nrasa[spacy]==3.6.21 ; sys_platform == 'linux' \\\n    --hash=sha256:1\n",
    "data/nlu/greet.yml": "nlu: []\n",
    "data/entities/areas.yml": "Camden: [camden]\n",
    "data/rules/rules.yml": "rules: []\n",
    "bot/nlu/speller.py": "WORDS = 1\n",
    "content/areas.csv": "outcode,area\nSE15,Southwark\n",
}


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small project of its own, which training takes for the real one."""
    for name, text in TREE.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    monkeypatch.setattr(training, "ROOT", tmp_path)
    monkeypatch.setenv("PLAN_MODELS", str(tmp_path / "models"))
    monkeypatch.setenv("TRACKER_DB", str(tmp_path / "conversations.db"))
    monkeypatch.setattr(training, "LANGUAGE_PACKAGE", tmp_path / ".build" / "language")
    monkeypatch.setattr(training, "BUILD", tmp_path / ".build")
    monkeypatch.setattr(package, "AREAS", tmp_path / "content" / "areas.csv")
    monkeypatch.setattr(package, "NLU_DATA", tmp_path / "data" / "nlu")
    monkeypatch.setattr(package, "ENTITY_DATA", tmp_path / "data" / "entities")
    monkeypatch.setattr(package, "__file__", str(tmp_path / "bot" / "nlu" / "package.py"))
    (tmp_path / "models").mkdir()
    return tmp_path


@pytest.mark.parametrize(
    "name",
    [
        "config.yml",
        "domain.yml",
        "data/entities/areas.yml",
        "data/entities/crime_types.yml",
        "bot/nlu/speller.py",
        "bot/nlu/calibration.py",
        "bot/nlu/gated_classifier.py",
        "content/areas.csv",
    ],
)
def test_input(name: str) -> None:
    assert ROOT / name in training.inputs()


@pytest.mark.parametrize("folder", ["data/nlu", "data/rules", "data/entities"])
def test_every_data_file_is_an_input(folder: str) -> None:
    files = set((ROOT / folder).rglob("*.yml"))
    assert files
    assert files <= set(training.inputs())


def test_answers_are_no_input() -> None:
    assert not [path for path in training.inputs() if ROOT / "content" / "answers" in path.parents]


@pytest.mark.parametrize("name", ["safety_patterns.py", "safety_signal.py", "entity_extractor.py"])
def test_code_that_no_model_holds_is_no_input(name: str) -> None:
    assert (ROOT / "bot" / "nlu" / name).is_file()
    assert ROOT / "bot" / "nlu" / name not in training.inputs()


def test_inputs_exist_and_stand_once_in_a_fixed_order() -> None:
    listed = training.inputs()
    assert all(path.is_file() for path in listed)
    assert len(listed) == len(set(listed))
    assert listed == training.inputs()


@pytest.mark.parametrize(("old", "new", "other"), [("3.6.21", "3.6.22", True), ("pytest==8.0", "pytest==8.1", False)])
def test_another_version_of_a_library_that_it_learns_with(tree: Path, old: str, new: str, other: bool) -> None:
    before, lock = training.model_path(), tree / "requirements.lock"
    lock.write_text(lock.read_text().replace(old, new))
    assert (training.model_path() != before) is other


def test_every_library_that_it_learns_with_is_locked() -> None:
    named = {pin.split("==")[0].split("[")[0] for pin in training.libraries().splitlines()}
    assert named == training.LEARNS_WITH


@pytest.mark.parametrize("name", sorted(TREE.keys() - {"requirements.lock"}))
def test_changed_file_asks_for_another_model(tree: Path, name: str) -> None:
    before = training.model_path()
    (tree / name).write_text(TREE[name] + "# changed\n", encoding="utf-8")
    assert training.model_path() != before


@pytest.mark.parametrize("name", ["data/nlu/more.yml", "data/stories/new.yml", "bot/nlu/more.py"])
def test_added_file_asks_for_another_model(tree: Path, name: str) -> None:
    before = training.model_path()
    (tree / name).parent.mkdir(exist_ok=True)
    (tree / name).write_text("", encoding="utf-8")
    assert training.model_path() != before


def test_removed_file_asks_for_another_model(tree: Path) -> None:
    before = training.model_path()
    (tree / "data/nlu/greet.yml").unlink()
    assert training.model_path() != before


def test_renamed_file_asks_for_another_model(tree: Path) -> None:
    before = training.model_path()
    (tree / "data/nlu/greet.yml").rename(tree / "data/nlu/hello.yml")
    assert training.model_path() != before


@pytest.mark.parametrize(
    "name", ["content/answers/plan.yml", "README.md", "data/nlu/notes.txt", "bot/nlu/safety_patterns.py"]
)
def test_other_file_keeps_the_model(tree: Path, name: str) -> None:
    before = training.model_path()
    (tree / name).parent.mkdir(parents=True, exist_ok=True)
    (tree / name).write_text("words", encoding="utf-8")
    assert training.model_path() == before


def test_touched_file_keeps_the_model(tree: Path) -> None:
    before = training.model_path()
    os.utime(tree / "config.yml", (0, 0))
    assert training.model_path() == before


def test_changed_back_is_the_same_model(tree: Path) -> None:
    before = training.model_path()
    (tree / "config.yml").write_text("other", encoding="utf-8")
    (tree / "config.yml").write_text(TREE["config.yml"], encoding="utf-8")
    assert training.model_path() == before


def _make(path: Path, age: float = 0) -> Path:
    path.write_bytes(b"model")
    os.utime(path, (1_000_000 - age, 1_000_000 - age))
    return path


def _finished(target: Path) -> Path:
    """As a training that came to its end leaves it."""
    making.new(_make(target), target.parent.parent / "data", "", [])
    making.note(target, GOOD)
    return target


def test_up_to_date_model_is_not_trained_again(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training, "_train", lambda target: pytest.fail("trained"))
    target = _finished(training.model_path())
    assert training.ensure_model() == target


@pytest.mark.parametrize(
    ("made", "current", "force", "built"),
    [
        ("not", True, False, False),
        ("not", False, False, True),
        ("half", True, False, False),
        ("untried", True, False, False),
        ("finished", True, True, True),
    ],
)
def test_trains_and_builds_when_asked_for(
    tree: Path, monkeypatch: pytest.MonkeyPatch, made: str, current: bool, force: bool, built: bool
) -> None:
    done: list[str] = []

    def build() -> None:
        done.append("built")

    def train(target: Path) -> None:
        done.append(target.name)
        _make(target)

    def tried(model: Path) -> Trial:
        making.note(model, GOOD)
        return GOOD

    (tree / ".build" / "language").mkdir(parents=True)
    (tree / ".build" / "language" / "words.txt").write_text("words", encoding="utf-8")
    monkeypatch.setattr(package, "is_current", lambda: current)
    monkeypatch.setattr(package, "build", build)
    monkeypatch.setattr(training, "_train", train)
    monkeypatch.setattr(training, "try_out", tried)
    target = training.model_path()
    if made == "half":
        _make(target)
    elif made == "untried":
        making.new(_make(target), tree / ".build" / "language", "", [])
    elif made == "finished":
        _finished(target)
    assert training.ensure_model(force=force) == target
    assert done == (["built"] if built else []) + [target.name]
    kept = manifest.read(target)
    assert (kept.tried, kept.inputs, kept.libraries) == (
        GOOD,
        package.checksum(training.inputs()),
        ("rasa[spacy]==3.6.21",),
    )
    assert (manifest.language_of(target) / "words.txt").read_text(encoding="utf-8") == "words"


def test_full_disk_is_said_before_training(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    full = shutil._ntuple_diskusage(2**40, 2**40, 12 * 2**20)
    monkeypatch.setattr(training.shutil, "disk_usage", lambda path: full)
    monkeypatch.setattr(training, "_train", lambda target: pytest.fail("trained"))
    monkeypatch.setattr(package, "build", lambda: pytest.fail("built"))
    with pytest.raises(SetupError, match=f"12 MB free and training needs {training.ROOM_NEEDED_MB}"):
        training.ensure_model()


def test_checksum_depends_on_name_and_content(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    one.write_text("same", encoding="utf-8")
    other.write_text("same", encoding="utf-8")
    sums = {package.checksum([one]), package.checksum([other]), package.checksum([one, other])}
    one.write_text("changed", encoding="utf-8")
    sums.add(package.checksum([one]))
    assert len(sums) == 4
