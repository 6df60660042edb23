"""When Python looks for garbage: not while a server starts, and after that not at what is there."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator

import pytest

from actions import server, warming
from bot import garbage
from tests.unit.actions.starting import happens


class Circle:
    def __init__(self) -> None:
        self.itself = self


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    yield
    gc.unfreeze()
    gc.enable()


def test_none_while_a_server_starts_and_then_only_at_what_is_newer() -> None:
    garbage.hold()
    assert not gc.isenabled()
    old = Circle()
    garbage.settle()
    assert gc.isenabled()
    assert gc.get_freeze_count() > 0
    seen, newer = weakref.ref(old), Circle()
    seen_newer = weakref.ref(newer)
    del old, newer
    gc.collect()
    assert (seen() is None, seen_newer() is None) == (False, True)


def test_what_was_left_out_is_looked_at_again_when_a_model_is_taken_out() -> None:
    old = Circle()
    seen = weakref.ref(old)
    garbage.settle()
    del old
    garbage.give_back()
    assert seen() is None
    assert gc.get_freeze_count() > 0


async def test_an_action_server_that_has_started_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warming, "_first_question", lambda: None)
    app = server.make("plan_actions_garbage")
    garbage.hold()
    await happens(app, "after")
    assert gc.isenabled()
