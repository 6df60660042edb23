"""PLAN_LEAN is 1, 0 or nothing; anything else is said."""

from __future__ import annotations

import sys

import pytest

from bot.errors import SetupError
from bot.lean import imports


@pytest.fixture
def meta_path(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Where Python looks for modules, without ours: given back afterwards."""
    path = [finder for finder in sys.meta_path if not isinstance(finder, imports.LeanImports)]
    monkeypatch.setattr(sys, "meta_path", path)
    return path


@pytest.fixture
def nothing_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] == "tensorflow"]:
        monkeypatch.delitem(sys.modules, name)


@pytest.mark.parametrize(("text", "wanted"), [("1", True), (" 1 ", True), ("0", False), ("", False), (None, False)])
def test_values(text: str | None, wanted: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if text is None:
        monkeypatch.delenv(imports.VARIABLE, raising=False)
    else:
        monkeypatch.setenv(imports.VARIABLE, text)
    assert imports.asked_for() is wanted


@pytest.mark.parametrize("text", ["yes", "true", "2", "off"])
def test_another_value_is_an_error_that_says_what_to_do(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(imports.VARIABLE, text)
    with pytest.raises(SetupError, match=f"PLAN_LEAN={text} .*correct it, or unset it"):
        imports.use_if_asked()


def test_not_asked_for_changes_nothing(meta_path: list[object], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(imports.VARIABLE, raising=False)
    before = list(meta_path)
    assert imports.use_if_asked() is False
    assert meta_path == before


def test_asked_for_twice_is_used_once_and_first(
    meta_path: list[object], nothing_loaded: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(imports.VARIABLE, "1")
    before = list(meta_path)
    assert imports.use_if_asked() is True
    assert imports.use_if_asked() is True
    assert isinstance(meta_path[0], imports.LeanImports)
    assert meta_path[1:] == before


def test_what_a_training_has_loaded_stays(meta_path: list[object], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(imports.VARIABLE, "1")
    monkeypatch.setitem(sys.modules, "tensorflow", sys)
    assert imports.use_if_asked() is False
    assert not imports.active()
