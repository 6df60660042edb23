"""A running server changes over to another model, or stays with its own and says why."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from bot.models import changeover as module
from bot.models import loading, manifest
from bot.models.changeover import Changeover
from bot.operations.state import MODEL, Choice, Decision, Service, ServiceState
from tests.unit.models.conftest import FAILED, Maker

LATE = 4_000_000_000.0


class Processor:
    """Of a model that is played."""

    def __init__(self, path: Path) -> None:
        self.model_path, self.domain = path, f"domain of {path.name}"

    async def parse_message(self, _: Any) -> dict[str, Any]:
        return {}


class Played:
    """An agent with a model, what operators chose, and how loading and the probe end."""

    def __init__(self, path: Path) -> None:
        store = SimpleNamespace(domain="old")
        self.agent: Any = SimpleNamespace(
            processor=Processor(path), nlg="words", tracker_store=store, domain="old", _set_fingerprint=lambda: None
        )
        self.service, self.loads, self.answers = Service(), 0, True
        self.error: Exception | None = None
        self.changeover = Changeover(self.agent, self.probe, self.service)

    async def probe(self, shown: Any) -> bool:
        assert shown.nlg == "words"
        return self.answers

    def load(self, _: Any, path: Path) -> Processor:
        self.loads += 1
        if self.error:
            raise self.error
        return Processor(path)

    def choose(self, name: str, number: int = 1, at: float = LATE, *, anyway: bool = False) -> None:
        decided = ((MODEL, Decision(number, at, "anna")),)
        self.service.publish(ServiceState(number, choice=Choice(name, anyway=anyway), decided=decided))


@pytest.fixture
def play(make: Maker, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Played]:
    """The server serves plan-a; plan-b is good too."""

    def played() -> Played:
        made = Played(make("plan-a"))
        make("plan-b")
        monkeypatch.setattr(loading, "processor", made.load)
        return made

    return played


async def test_nothing_is_done_while_nobody_has_chosen(play: Callable[[], Played]) -> None:
    played = play()
    await played.changeover.look()
    assert (played.changeover.told(), played.loads) == (("plan-a", ""), 0)


async def test_the_chosen_model_takes_its_place(play: Callable[[], Played]) -> None:
    played = play()
    old = played.agent.processor
    played.choose("plan-b")
    await played.changeover.look()
    await played.changeover.look()
    assert (played.changeover.told(), played.loads) == (("plan-b", ""), 1)
    assert played.agent.processor is not old
    assert played.agent.domain == played.agent.tracker_store.domain == "domain of plan-b.tar.gz"


async def test_a_model_that_was_trained_after_the_choice_stays(play: Callable[[], Played]) -> None:
    played = play()
    played.choose("plan-b", at=1.0)
    await played.changeover.look()
    assert (played.changeover.told(), played.loads) == (("plan-a", ""), 0)


@pytest.mark.parametrize("what", ["gone", "damaged", "failed", "silent", "broken", "elsewhere"])
async def test_one_that_cannot_serve_changes_nothing(
    play: Callable[[], Played], make: Maker, caplog: pytest.LogCaptureFixture, what: str
) -> None:
    played, name = play(), "plan-b"
    if what == "gone":
        name = "plan-x"
    elif what == "elsewhere":
        name = "../plan-b"
    elif what == "damaged":
        manifest.path_of("plan-b").write_bytes(b"damaged")
    elif what == "failed":
        make("plan-b", FAILED)
    elif what == "silent":
        played.answers = False
    else:
        played.error = RuntimeError("cannot")
    played.choose(name)
    with caplog.at_level(logging.ERROR):
        await played.changeover.look()
        await played.changeover.look()
    serves, trouble = played.changeover.told()
    assert serves == "plan-a"
    assert trouble
    assert played.agent.domain == "old"
    assert played.loads <= 1
    assert len([record for record in caplog.records if "does not serve" in record.message]) == 1


async def test_it_is_tried_again_when_its_files_may_have_come(
    play: Callable[[], Played], make: Maker, monkeypatch: pytest.MonkeyPatch
) -> None:
    played = play()
    played.choose("plan-c")
    await played.changeover.look()
    assert played.changeover.trouble
    make("plan-c")
    await played.changeover.look()
    assert played.changeover.serves == "plan-a"
    monkeypatch.setattr(module, "AGAIN_SECONDS", 0.0)
    await played.changeover.look()
    assert played.changeover.told() == ("plan-c", "")


async def test_a_new_choice_is_not_kept_waiting(play: Callable[[], Played]) -> None:
    played = play()
    played.choose("plan-x")
    await played.changeover.look()
    played.choose("plan-b", number=2)
    await played.changeover.look()
    assert played.changeover.told() == ("plan-b", "")


async def test_a_failed_model_serves_when_an_operator_says_anyway(play: Callable[[], Played], make: Maker) -> None:
    played = play()
    make("plan-b", FAILED)
    played.choose("plan-b", anyway=True)
    await played.changeover.look()
    assert played.changeover.told() == ("plan-b", "")


async def test_trouble_ends_when_the_choice_is_taken_back(play: Callable[[], Played]) -> None:
    played = play()
    played.choose("plan-x")
    await played.changeover.look()
    played.choose("plan-a", number=2)
    await played.changeover.look()
    assert played.changeover.told() == ("plan-a", "")
