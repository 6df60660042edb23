"""Which model serves at a start, what is rolled back to, and what is kept."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from pathlib import Path

import pytest

from bot.errors import ModelRefusedError
from bot.models import manifest, registry
from bot.operations.records import Line
from bot.operations.state import MODEL, OFF, Choice
from tests.unit.models.conftest import FAILED, Maker


def at(hour: int) -> str:
    return f"2026-11-28T{hour:02}:00:00+00:00"


def seconds(hour: int) -> float:
    return datetime(2026, 11, 28, hour, tzinfo=timezone.utc).timestamp()


def chose(*names: str) -> list[Line]:
    return [Line(0.0, "anna", MODEL, f"use {name}") for name in names]


def test_models_are_listed_newest_first_with_what_is_wrong(make: Maker) -> None:
    make("plan-a", made=at(8))
    make("plan-b", FAILED, made=at(9))
    make("plan-c", None, made=at(10))
    manifest.manifest_of(make("plan-d", made=at(11))).unlink()
    listed = registry.models()
    assert [model.name for model in listed] == ["plan-c", "plan-b", "plan-a", "plan-d"]
    assert [bool(model.problem) for model in listed] == [True, True, False, True]


def test_what_was_asked_for_serves(make: Maker) -> None:
    asked = make("plan-a", made=at(8))
    make("plan-b", made=at(9))
    assert registry.to_serve(asked, None) == asked


def test_choice_holds_until_a_model_is_trained_after_it(make: Maker) -> None:
    asked, chosen = make("plan-a", made=at(9)), make("plan-b", made=at(8))
    assert registry.to_serve(asked, Choice("plan-b"), seconds(10)) == chosen
    assert registry.to_serve(asked, Choice("plan-b"), seconds(8)) == asked


def test_choice_that_is_not_on_this_machine_stops_no_server(make: Maker) -> None:
    asked = make("plan-a", made=at(9))
    assert registry.to_serve(asked, Choice("plan-gone"), seconds(10)) == asked


@pytest.mark.parametrize("what", ["failed", "untried", "damaged", "gone"])
def test_the_newest_good_one_serves_in_place_of_one_that_may_not(make: Maker, what: str) -> None:
    asked = make("plan-a", {"failed": FAILED, "untried": None}.get(what, registry_good()), made=at(10))
    if what == "damaged":
        asked.write_bytes(b"damaged")
    elif what == "gone":
        asked.unlink()
    make("plan-b", made=at(7))
    good = make("plan-c", made=at(8))
    assert registry.to_serve(asked, None) == good


def registry_good() -> manifest.Trial:
    return manifest.Trial(at(12), True, 1.0, 0.0, 1.0)


def test_what_was_rolled_back_from_comes_last(make: Maker) -> None:
    bad, good = make("plan-a", made=at(9)), make("plan-b", made=at(8))
    choice = Choice("plan-gone", bad=("plan-a",))
    assert registry.to_serve(bad, choice, seconds(10)) == good
    good.unlink()
    assert registry.to_serve(bad, choice, seconds(10)) == bad


def test_no_model_that_may_serve(make: Maker) -> None:
    asked = make("plan-a", FAILED)
    make("plan-b", FAILED)
    with pytest.raises(ModelRefusedError, match="plan-a.*failed its trial"):
        registry.to_serve(asked, None)


def test_failed_model_serves_when_an_operator_said_anyway(make: Maker) -> None:
    asked, failed = make("plan-a", made=at(9)), make("plan-b", FAILED, made=at(8))
    assert registry.to_serve(asked, Choice("plan-b", anyway=True), seconds(10)) == failed
    failed.write_bytes(b"damaged")
    assert registry.to_serve(asked, Choice("plan-b", anyway=True), seconds(10)) == asked


def test_rollback_goes_to_what_was_chosen_last(make: Maker) -> None:
    for hour, name in enumerate(("plan-a", "plan-b", "plan-c", "plan-d"), 7):
        make(name, made=at(hour))
    record = [*chose("plan-a", "plan-b", "plan-d"), Line(0.0, "anna", OFF, "off: plan-c")]
    assert registry.last_good("plan-d", Choice("plan-d"), record).name == "plan-b"
    assert registry.last_good("plan-b", Choice("plan-b", bad=("plan-d",)), record).name == "plan-a"


def test_rollback_without_a_record_goes_to_the_newest_good_one(make: Maker) -> None:
    make("plan-a", made=at(7))
    make("plan-b", made=at(8))
    make("plan-c", FAILED, made=at(9))
    make("plan-d", made=at(10))
    assert registry.last_good("plan-d", None, []).name == "plan-b"


def test_rollback_never_goes_to_what_was_rolled_back_from(make: Maker) -> None:
    make("plan-a", made=at(7))
    make("plan-b", made=at(8))
    with pytest.raises(ModelRefusedError, match="no other good model"):
        registry.last_good("plan-a", Choice("plan-a", bad=("plan-b",)), chose("plan-b"))


def names(folder: Path) -> set[str]:
    return {path.name.partition(".")[0] for path in folder.iterdir()}


def test_old_models_are_forgotten_with_all_that_lies_beside_them(make: Maker, models: Path) -> None:
    for hour, name in enumerate(("plan-1", "plan-2", "plan-3", "plan-4", "other"), 7):
        make(name, FAILED if name == "plan-3" else registry_good(), made=at(hour))
    newest = make("plan-5", made=at(12))
    gone = registry.forget_old(newest)
    assert set(gone) == {"plan-1", "plan-3"}
    assert names(models) == {"plan-2", "plan-4", "plan-5", "other"}


def test_what_serves_is_never_forgotten(make: Maker, models: Path) -> None:
    for hour, name in enumerate(("plan-1", "plan-2", "plan-3", "plan-4"), 7):
        make(name, made=at(hour))
    newest = make("plan-5", FAILED, made=at(12))
    registry.forget_old(newest, keep={"plan-1", "plan-2"})
    assert names(models) == {"plan-1", "plan-2", "plan-5"}


def test_packages_that_are_the_same_take_their_room_once(make: Maker) -> None:
    one, other = (manifest.language_of(make(name)) / "speller" / "words.txt" for name in ("plan-a", "plan-b"))
    assert one.samefile(other)


def test_manifest_is_for_people_too(make: Maker) -> None:
    told = json.loads(manifest.manifest_of(make("plan-a")).read_text(encoding="utf-8"))
    assert {"name", "sha256", "size", "made", "inputs", "libraries", "language", "tried", "signature"} <= set(told)
