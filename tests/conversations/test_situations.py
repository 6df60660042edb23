"""Need x audience x place x hour x wording: the right service first, and nothing that must not be shown."""

from __future__ import annotations

import pytest

from bot.clock import VARIABLE
from bot.content.store import shared
from tests.assistant import Assistant
from tests.conversations.situations import Situation, read

TUNED = ["harm_and_support", "reports_and_rights"]
HELD_OUT = "held_out"
RIGHT_AT_LEAST = 0.95
MOST_SHOWN = 3


@pytest.fixture(scope="module")
def played(assistant: Assistant) -> dict[str, list[tuple[Situation, list[dict]]]]:
    """Every situation with the assistant's messages, by file."""
    found = {}
    with pytest.MonkeyPatch.context() as patch:
        for name in [*TUNED, HELD_OUT]:
            found[name] = []
            for situation in read(name):
                patch.setenv(VARIABLE, situation.now)
                found[name].append((situation, assistant.say(assistant.new_conversation(), situation.say)))
    return found


def test_there_are_enough() -> None:
    assert sum(len(read(name)) for name in TUNED) >= 150


def test_the_right_service_comes_first(played: dict) -> None:
    rows = [row for name in TUNED for row in played[name]]
    wrong = [situation.say for situation, messages in rows if not situation.is_right(messages)]
    assert 1 - len(wrong) / len(rows) >= RIGHT_AT_LEAST, "\n".join(wrong)


def test_nothing_unfit_is_shown(played: dict) -> None:
    """At most three; each is in the directory, can be shown, and its borough was named."""
    services = shared().current().services
    for rows in played.values():
        for situation, messages in rows:
            ids = [s["id"] for s in (messages[-1].get("answer") or {}).get("services") or []]
            assert len(ids) <= MOST_SHOWN, situation.say
            assert len({*ids}) == len(ids), situation.say
            assert all(i in services for i in ids), situation.say
            assert all(services[i].display in ("show", "recheck-first", "info-only") for i in ids)
