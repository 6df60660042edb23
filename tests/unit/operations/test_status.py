"""Every answer there is gets one status, and none gets it by accident."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from actions.base import SafeAction
from bot import clock
from bot.channels.conversation import _plain
from bot.content.store import Content
from bot.dialogue import clarify, followups, languages, safety
from bot.dialogue.message import ANSWER, from_content
from bot.guard.gate import Guard
from bot.nlu.safety_intents import SAFETY_INTENTS
from bot.operations import status
from bot.operations.status import Status
from bot.paths import ROOT

ADDED_TO_OTHERS = {
    "web_greeting",
    "chat_notice",
    "safety_line",
    "safe_device",
    "immigration_note",
    "switched_off",
    "confirm_delete",
}
"""Texts of content/ that are shown above, below or instead of an answer, and `confirm_delete`, which is asked by code."""
MAKERS = frozenset({"_words", "_question"})
"""Functions of actions and dialogue that make a question of a name and a text."""
EXPECTED = {
    "delete_my_data": Status.ERASED,
    "out_of_scope": Status.OUT_OF_SCOPE,
    "none_of_these": Status.NOT_UNDERSTOOD,
    "default": Status.NOT_UNDERSTOOD,
    "which_one": Status.ASKED_BACK,
}


def of(message: dict[str, Any]) -> Status:
    return status.of_parts(message[ANSWER])


def test_every_answer_of_the_content(content: Content) -> None:
    today, found = clock.today(), {}
    for name in content.answers.keys() - SAFETY_INTENTS - ADDED_TO_OTHERS:
        written = content.answer(name, today)
        found[name] = of(from_content(name, written, content.labels))
        usual = Status.ANSWERED if written.sources else Status.SMALL_TALK
        assert found[name] is EXPECTED.get(name, usual), name
    assert Status.UNSORTED not in found.values()
    assert found["greet"] is Status.SMALL_TALK and found["ask_mopac"] is Status.ANSWERED


@pytest.mark.parametrize("intent", sorted(SAFETY_INTENTS))
def test_safety(content: Content, intent: str) -> None:
    message = safety.answer(intent, content, {"text": "he is hitting me"})
    assert of(message) is Status.SAFETY
    assert of(followups.tell_more(message[ANSWER], content)) is Status.SAFETY
    assert of(languages.add_to(message, {"language": {"code": "pl"}}, content)) is Status.SAFETY


def test_every_language(content: Content) -> None:
    said = [languages.answer({"language": {"code": code}}, content) for code in content.languages]
    assert {of(message) for message in said if message} == {Status.ANSWERED}


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (None, Status.REFUSED_EMPTY), ("", Status.REFUSED_EMPTY), ("🙂", Status.REFUSED_NO_WORDS),
        ("zebra " * 200, Status.REFUSED_TOO_LONG),
    ],
)  # fmt: skip
async def test_refusals_of_the_guard(raw: object, expected: Status) -> None:
    verdict = await Guard(lambda: ()).admit("c", raw)
    assert verdict.text is None
    assert of(_plain("c", verdict.refusal or "", verdict.reason)) is expected


def test_every_reason_of_the_guard_is_known() -> None:
    """Those that no message above leads to, too."""
    reasons = set(_strings(ROOT / "bot" / "guard" / "gate.py", "reason")) - {"passed"}
    assert {"empty", "too_fast"} <= reasons
    assert {of(_plain("c", "", reason)) for reason in reasons} <= status.REFUSED


@pytest.mark.parametrize(("reason", "expected"), [("failed", Status.FAILED), ("ask_for_one", Status.ASKED_BACK)])
def test_what_the_channel_says_itself(reason: str, expected: Status) -> None:
    assert of(_plain("c", "", reason)) is expected


def test_what_was_not_understood(content: Content) -> None:
    close = {"understanding": {"status": "ambiguous"}, "intent_ranking": [{"name": "ask_mopac"}, {"name": "ask_vru"}]}
    assert of(clarify.clarify(close, 0, content)) is Status.ASKED_BACK
    assert of(clarify.clarify({"topics": ["ask_mopac"]}, 0, content)) is Status.NOT_UNDERSTOOD
    assert of(clarify.clarify({}, 0, content)) is Status.NOT_UNDERSTOOD
    assert of(clarify.clarify({}, 1, content)) is Status.NOT_UNDERSTOOD
    written = content.answer("confirm_delete", clock.today())
    assert of(clarify.confirm("confirm_delete", written, "delete_my_data", content)) is Status.ASKED_BACK


@pytest.mark.parametrize("follow", [followups.tell_more, followups.give_source])
def test_what_follows_an_answer(content: Content, follow: Callable[..., dict[str, Any]]) -> None:
    last = from_content("ask_mopac", content.answer("ask_mopac", clock.today()), content.labels)[ANSWER]
    assert of(follow(last, content)) is Status.FOLLOWED_UP
    assert of(follow(None, content)) is Status.ASKED_BACK


def test_every_apology_of_an_action(content: Content) -> None:
    import actions.continue_question
    import actions.tell_service_detail
    import actions.tell_statistics_source  # noqa: F401

    classes = [kind for kind in _all_below(SafeAction) if kind.__module__.startswith("actions.")]
    assert len(classes) >= 6
    for kind in classes:
        apology = kind._apology(kind(), None)  # type: ignore[arg-type]
        assert of(apology) is Status.ACTION_FAILED, kind


def test_every_name_that_an_action_or_the_dialogue_gives_to_an_answer_is_sorted() -> None:
    """A new question back or a new "I have no figure" must be put into one of the sets, or this fails."""
    sorted_names = status.QUESTIONS_BACK | status.UNANSWERABLE | status.SAID_BY_NAME.keys()
    unsorted = {}
    for folder in ("actions", "bot/dialogue", "bot/support"):
        for path in (ROOT / folder).rglob("*.py"):
            for name in _names_of_questions(path):
                if name not in sorted_names:
                    unsorted[name] = path.name
    assert unsorted == {}


def test_the_scan_finds_the_names() -> None:
    assert "which_question" in set(_names_of_questions(ROOT / "actions" / "continue_question.py"))
    assert {"nlu_fallback_contacts", "nlu_fallback_ask"} <= set(
        _names_of_questions(ROOT / "bot" / "dialogue" / "clarify.py")
    )
    assert "no_person" in set(_names_of_questions(ROOT / "actions" / "statistics" / "unanswerable.py"))
    assert "only_london" in set(_names_of_questions(ROOT / "actions" / "answer_statistics.py"))


@pytest.mark.parametrize("name", sorted(status.UNANSWERABLE))
def test_what_has_no_answer(name: str) -> None:
    assert status.of_parts({"name": name, "question": True}) is Status.NO_ANSWER
    path = ROOT / "actions"
    assert any(
        f'"{name}"' in file.read_text(encoding="utf-8")
        for file in [*path.rglob("*.py"), ROOT / "bot/dialogue/figures.py"]
    )


@pytest.mark.parametrize(
    "parts",
    [
        {}, {"name": None}, {"name": ["a"]}, {"status": ["answered"]}, {"status": "no such"}, {"name": "new", "question": True},
        {"name": "new", "text": "Words."},
    ],
)  # fmt: skip
def test_what_no_rule_knows_is_said_to_be_so(parts: dict[str, Any]) -> None:
    assert status.of_parts(parts) is Status.UNSORTED


def test_of_several_parts_the_gravest_counts() -> None:
    assert status.first_of([Status.ANSWERED, Status.SAFETY, Status.SMALL_TALK]) is Status.SAFETY
    assert status.first_of([Status.SMALL_TALK, Status.ACTION_FAILED]) is Status.ACTION_FAILED
    assert status.first_of([]) is Status.FAILED


def test_the_status_is_put_into_a_copy() -> None:
    message = {"text": "a", ANSWER: {"name": "greet"}}
    assert status.with_status(message, Status.SMALL_TALK)[ANSWER] == {"name": "greet", "status": "small_talk"}
    assert message == {"text": "a", ANSWER: {"name": "greet"}}


def test_every_status_is_explained_in_the_docs_and_in_code() -> None:
    documented = (ROOT / "docs" / "monitoring.md").read_text(encoding="utf-8")
    assert [one.value for one in Status if f"| `{one.value}` |" not in documented] == []
    body = next(
        n for n in ast.parse((ROOT / "bot/operations/status.py").read_text()).body if isinstance(n, ast.ClassDef)
    ).body
    members = [n for n in body if isinstance(n, ast.Assign)]
    explained = [
        after
        for n, after in zip(body, body[1:], strict=False)
        if isinstance(n, ast.Assign) and isinstance(after, ast.Expr)
    ]
    assert len(members) == len(explained) == len(Status)


def _all_below(kind: type) -> Iterator[type]:
    for below in kind.__subclasses__():
        yield below
        yield from _all_below(below)


def _strings(path: Path, argument: str) -> Iterator[str]:
    """The texts that are given to a keyword argument of that name anywhere in a file."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.keyword) and node.arg == argument and isinstance(node.value, ast.Constant):
            yield node.value.value


def _names_of_questions(path: Path) -> Iterator[str]:
    """The constant names in dictionaries of parts that are questions, and those given to the functions that make such."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        name: ast.expr | None = None
        if isinstance(node, ast.Dict):
            keys = {k.value: v for k, v in zip(node.keys, node.values, strict=True) if isinstance(k, ast.Constant)}
            name = keys.get("name") if "question" in keys else None
        elif (
            isinstance(node, ast.Call)
            and getattr(node.func, "attr", getattr(node.func, "id", "")) in MAKERS
            and node.args
        ):
            name = node.args[0]
        elif isinstance(node, ast.Return) and isinstance(node.value, ast.Tuple) and path.name == "unanswerable.py":
            name = node.value.elts[0]
        if isinstance(name, ast.Constant) and isinstance(name.value, str):
            yield name.value
