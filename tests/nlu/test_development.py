"""What the assistant must understand, on sets that it has never been trained on."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from benchmarks import accuracy, sets
from bot.cli.parse import report
from bot.dialogue.lint import WORDS
from bot.nlu.training_text import phrases
from tests.assistant import Assistant

Understood = tuple[list[dict], list[dict]]


def understand(assistant: Assistant, texts: list[str]) -> list[dict]:
    return [report(text, assistant.parse(text)) for text in texts]


@pytest.fixture(scope="module")
def development(assistant: Assistant) -> Understood:
    rows = sets.development()
    return rows, understand(assistant, [r["text"] for r in rows])


def test_the_set_is_large_enough_and_unseen() -> None:
    rows = sets.development()
    counts = Counter(r["intent"] for r in rows)
    assert min(counts.values()) >= 12, counts.most_common()[-3:]
    plain = {WORDS.sub("", phrase.lower()).strip() for _, phrase in phrases()}
    assert not [r["text"] for r in rows if WORDS.sub("", r["text"].lower()).strip() in plain - {""}]


def test_intents(development: Understood) -> None:
    assert accuracy.intents(*development)["accuracy"] >= 0.93, json.dumps(accuracy.misses(*development)[:40], indent=0)


def test_every_intent_is_understood_more_often_than_not(development: Understood) -> None:
    rows, found = development
    right = Counter(r["intent"] for r, f in zip(rows, found, strict=True) if r["intent"] == f["intent"])
    weak = {i: (right[i], n) for i, n in Counter(r["intent"] for r in rows).items() if right[i] < 0.6 * n}
    assert not weak


def test_intents_with_typing_errors(assistant: Assistant) -> None:
    rows = sets.development()
    found = understand(assistant, sets.with_typos([r["text"] for r in rows]))
    assert accuracy.intents(rows, found)["accuracy"] >= 0.89


def test_out_of_scope(development: Understood) -> None:
    measured = accuracy.out_of_scope(*development)
    assert measured["recall"] >= 0.85
    assert measured["in_scope_rejected"] <= 0.04


def test_entities(development: Understood) -> None:
    for name, measured in accuracy.entities(*development).items():
        assert measured["f1"] >= 0.95, name


def test_safety(assistant: Assistant) -> None:
    rows = sets.safety()
    measured = accuracy.safety(rows, understand(assistant, [r["text"] for r in rows]))
    assert measured["caught"] >= 0.99
    assert measured["false_alarms"] <= 0.03


def test_safety_of_messages_never_looked_at(assistant: Assistant) -> None:
    """A lower bar, because nothing was fitted to this set: it shows whether the other one flatters."""
    rows = sets.safety("safety_held_out")
    measured = accuracy.safety(rows, understand(assistant, [r["text"] for r in rows]))
    # 0.98 before the stories of data/nlu/support_stories.yml; what is missed goes to support intents, which name 999 too
    assert measured["caught"] >= 0.92
    assert measured["false_alarms"] <= 0.05


LOOK_ALIKES = (
    ("what does the plan say about domestic abuse", "ask_repeat_victims"),
    ("helpline for domestic abuse", "find_support"),
    ("my partner hits me", "disclose_harm"),
    ("he is hitting me now", "emergency"),
    ("how many domestic abuse offences in Barnet", "ask_statistics"),
    ("what will the plan do about knives", "ask_youth_violence"),
    ("how many stabbings were there in 2025", "ask_statistics"),
    ("theres a boy with a knife outside my door", "emergency"),
    ("is hate crime one of the priorities", "ask_hate_crime"),
    ("how do i report a hate crime", "report_crime"),
    ("figures for hate crime in london", "ask_statistics"),
    ("what does it say on terrorism", "ask_terrorism"),
    ("i think my neighbour is planning a terror attack", "report_terrorism_concern"),
    ("what is the plan on burglary", "ask_neighbourhood_crime"),
    ("i want to report a burglary from last night", "report_crime"),
    ("burglaries in Barnet last year", "ask_statistics"),
    ("what will the mayor do about county lines", "ask_exploitation"),
    ("i think my son is running drugs for older boys", "child_at_risk"),
    ("what is in the plan about online abuse", "ask_safety_everywhere"),
    ("what does the plan say about stop and search", "ask_police_engagement"),
    ("an officer was rude to me when he searched me, i want to complain", "complain_about_police"),
)


@pytest.mark.parametrize(("text", "intent"), LOOK_ALIKES)
def test_look_alikes(assistant: Assistant, text: str, intent: str) -> None:
    assert report(text, assistant.parse(text))["intent"] == intent


@pytest.mark.parametrize(("text", "intent"), LOOK_ALIKES)
def test_only_the_safety_intents_raise_the_signal(assistant: Assistant, text: str, intent: str) -> None:
    raised = report(text, assistant.parse(text))["safety"]
    assert bool(raised) == (intent in ("disclose_harm", "emergency", "child_at_risk", "wellbeing_crisis"))
