"""What a turn's events become: a document of the schema in docs/analytics.md, whatever the events hold."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.events import document
from bot.events.document import TurnReader, feedback, pseudonym
from bot.keys import Keys
from bot.operations import metrics, status
from bot.paths import ROOT

KEYS = Keys("k" * 32)
MARKER = "zzmarkerzz"
SCHEMA = json.loads(re.search(r"```json\n(.*?)```", (ROOT / "docs" / "analytics.md").read_text(), re.DOTALL)[1])
FITS = jsonschema.Draft7Validator(SCHEMA)
LISTEN = {"event": "action", "name": "action_listen"}
AT = 1795875700.9  # 14:21:40 on 28 November 2026, UTC


@pytest.fixture(autouse=True)
def known() -> Iterator[None]:
    before = metrics.intents._known, metrics.model.name
    metrics.intents.learn({"ask_statistics", "emergency", "greet"})
    metrics.model.name = "20261128-101500-clear-otter"
    yield
    metrics.intents._known, metrics.model.name = before


def user(text: str = MARKER, sender: str = MARKER, **more: Any) -> dict[str, Any]:
    parsed = {"intent": {"name": "ask_statistics", "confidence": 0.97}, "text": text, "entities": [{"value": text}]}
    return {"sender_id": sender, "event": "user", "timestamp": AT, "text": text, "input_channel": "web",
            "metadata": {"typed": text, "place": {"ward": text}}, "parse_data": {**parsed, **more}}  # fmt: skip


def bot(sender: str = MARKER, **parts: Any) -> dict[str, Any]:
    told = {"name": "action_answer_statistics", "text": MARKER, "sources": [{"title": MARKER}], **parts}
    return {"sender_id": sender, "event": "bot", "text": MARKER, "metadata": {"answer": told}, "data": {}}


def told(*events: dict[str, Any], reader: TurnReader | None = None) -> list[dict[str, Any]]:
    reading = reader or TurnReader(KEYS)
    return [made for event in events if (made := reading.add({"sender_id": MARKER, **event}))]


def test_a_turn() -> None:
    [made] = told({"event": "session_started"}, LISTEN, user(), {"event": "user_featurization"}, bot(), LISTEN)
    FITS.validate(made)
    identity = made.pop("id"), made.pop("conversation")
    assert made == {
        "schema": 1, "kind": "turn", "minute": "2026-11-28T14:21Z", "channel": "web", "intent": "ask_statistics",
        "confidence": "high", "answer": "action_answer_statistics", "status": "answered", "safety": False,
        "model": "20261128-101500-clear-otter",
    }  # fmt: skip
    assert MARKER not in json.dumps([made, identity])


@pytest.mark.parametrize(
    ("confidence", "band"),
    [(1, "high"), (0.8, "high"), (0.79, "medium"), (0.5, "medium"), (0.49, "low"), (None, "low")],
)
def test_bands_of_confidence(confidence: float | None, band: str) -> None:
    [made] = told(user(intent={"name": "greet", "confidence": confidence}), bot(), LISTEN)
    assert made["confidence"] == band


def test_a_button_is_chosen() -> None:
    [made] = told(user("/greet", intent={"name": "greet", "confidence": 1.0}), bot(), LISTEN)
    assert made["confidence"] == "chosen"


def test_danger_in_the_message_or_in_the_answer() -> None:
    assert told(user(safety={"intent": "emergency", "level": "doubt"}), bot(), LISTEN)[0]["safety"] is True
    [made] = told(user(), bot(safety=True, name="emergency"), LISTEN)
    assert (made["safety"], made["status"], made["answer"]) == (True, "safety", "emergency")
    assert told(user(), bot(), LISTEN)[0]["safety"] is False


def test_of_several_messages_the_first_gives_the_name_and_the_weightiest_the_status() -> None:
    [made] = told(user(), bot(name="greet", sources=[], small_talk=True), bot(name="emergency", safety=True), LISTEN)
    assert (made["answer"], made["status"]) == ("greet", "safety")


def test_silence_is_a_failure() -> None:
    [made] = told(user(), LISTEN)
    assert (made["answer"], made["status"]) == (None, "failed")


def test_turns_do_not_leak_into_each_other() -> None:
    made = told(user(safety={"level": "sure"}), bot(), LISTEN, user(), bot(name="greet"), LISTEN)
    assert [one["safety"] for one in made] == [True, False]
    assert [one["answer"] for one in made] == ["action_answer_statistics", "greet"]


def test_a_turn_without_an_end_is_told_by_the_next() -> None:
    reader = TurnReader(KEYS)
    assert told(user(), bot(), reader=reader) == []
    [first] = told(user(sender="other"), bot("other", name="greet"), reader=reader)
    [second] = told({"sender_id": "other", **LISTEN}, reader=reader)
    assert (first["answer"], second["answer"]) == ("action_answer_statistics", "greet")
    assert first["conversation"] != second["conversation"]


def test_without_a_message_there_is_nothing_to_tell() -> None:
    assert (
        told({"event": "action", "name": "action_session_start"}, {"event": "session_started"}, LISTEN, bot(), LISTEN)
        == []
    )


def test_names_that_nobody_gave_are_not_repeated() -> None:
    [made] = told(
        {**user(intent={"name": MARKER, "confidence": 1.0}), "input_channel": MARKER},
        bot(name=f"{MARKER} {MARKER}"),
        LISTEN,
    )
    FITS.validate(made)
    assert (made["intent"], made["channel"], made["answer"]) == ("other", "other", None)


def test_feedback() -> None:
    made = feedback(KEYS, MARKER, "greet", True, AT)
    FITS.validate(made)
    assert (made["kind"], made["answer"], made["helpful"]) == ("feedback", "greet", True)
    assert made["conversation"] == told(user(), bot(), LISTEN)[0]["conversation"]
    assert MARKER not in json.dumps(made)


def test_days_cannot_be_joined() -> None:
    numbers = {pseudonym(KEYS, f"2026-11-{day:02}", MARKER) for day in range(1, 29)}
    assert len(numbers) == 28
    assert pseudonym(KEYS, "2026-11-28", MARKER) == pseudonym(KEYS, "2026-11-28", MARKER)
    assert pseudonym(Keys("j" * 32), "2026-11-28", MARKER) != pseudonym(KEYS, "2026-11-28", MARKER)


def test_the_day_of_the_number_is_that_of_the_minute() -> None:
    before, after = ({**user(), "timestamp": at} for at in (1795910399.0, 1795910400.0))
    made = told(before, bot(), LISTEN, after, bot(), LISTEN)
    assert [one["minute"] for one in made] == ["2026-11-28T23:59Z", "2026-11-29T00:00Z"]
    assert made[0]["conversation"] != made[1]["conversation"]


def test_the_schema_knows_every_status_and_channel() -> None:
    fields = SCHEMA["definitions"]["turn"]["properties"]
    assert set(fields["status"]["enum"]) == status.VALUES
    assert set(fields["channel"]["enum"]) == metrics.CHANNELS | {metrics.OTHER, metrics.NONE}
    assert fields["schema"]["const"] == document.SCHEMA


ANYTHING = st.one_of(
    st.none(),
    st.booleans(),
    st.floats(),
    st.text(),
    st.lists(st.text(), max_size=2),
    st.dictionaries(st.text(), st.text(), max_size=2),
)


@given(st.text(), st.text(), ANYTHING, st.floats(0, 1), st.booleans(), st.sampled_from(["greet", None, "nobody"]))
def test_whatever_is_said_the_document_fits(
    text: str, sender: str, name: Any, confidence: float, safety: bool, intent: str | None
) -> None:
    said = {**user(text, sender, intent={"name": intent, "confidence": confidence}), "input_channel": text}
    [made] = told(said, bot(sender, name=name, safety=safety, status=text, sources=[]), {"sender_id": sender, **LISTEN})
    FITS.validate(made)
