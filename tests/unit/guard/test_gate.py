"""The guard: which messages go on to understanding, in what form, and what the others hear."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.guard.gate import EMPTY, MOST_READ, ONLY_SIGNS, TOO_FAST, Guard, Verdict
from bot.nlu import safety_patterns
from bot.settings import GuardSettings

ALLOWED = frozenset({"ask_mopac", "greet"})
NO_LIMIT = GuardSettings(longest=500, per_minute=1e9, burst=10**9, waiting=3)
IN_DANGER = "my husband is hitting me"


def guard(**changed: float) -> Guard:
    values = {"longest": 500, "per_minute": 1e9, "burst": 10**9, "waiting": 3, **changed}
    return Guard(lambda: ALLOWED, GuardSettings(**values))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "raw", [None, 3, 2.5, True, b"hello", ["hello"], {"text": "hello"}, "", "  \n", "\u200b", "\x00", "\ud800"]
)
def test_nothing_to_read_is_said_kindly(raw: object) -> None:
    assert guard().check("c", raw) == Verdict(refusal=EMPTY, reason="empty")


@pytest.mark.parametrize("raw", ["🙂", "?!", "...", "/", "//", "\u200d"])
def test_signs_alone_are_asked_for_words(raw: str) -> None:
    assert guard().check("c", raw) == Verdict(refusal=ONLY_SIGNS, reason="no_words")


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("how many burglaries in 2021?", "how many burglaries in 2021?"),
        ("  what\n is   MOPAC ", "what is MOPAC"),
        ("/ask_mopac", "/ask_mopac"),
        (" /ask_mopac\n", "/ask_mopac"),
        ("/ask_\u200bmopac", "/ask_mopac"),
        ("/restart", "restart"),
        ("／restart", "restart"),
        ("/ /restart", "restart"),
        ('/ask_mopac{"area": "x"}', 'ask mopac{"area": "x"}'),
        ("/session_start", "session start"),
        ("I live in SE15 4AB", "I live in SE15"),
        ("/12 High Street", "(removed)"),
        ("/mail jane_doe@example.com", "mail jane (removed)"),
        (IN_DANGER, IN_DANGER),
    ],
)
def test_what_goes_on_to_understanding(raw: str, text: str) -> None:
    assert guard().check("c", raw) == Verdict(text=text)


def test_the_allowed_intents_are_asked_for_at_every_message() -> None:
    allowed: set[str] = set()
    gate = Guard(lambda: allowed, NO_LIMIT)
    assert gate.check("c", "/greet").text == "greet"
    allowed.add("greet")
    assert gate.check("c", "/greet").text == "/greet"


@pytest.mark.parametrize(
    ("length", "passes"), [(1, True), (499, True), (500, True), (501, False), (MOST_READ + 1, False)]
)
def test_length(length: int, passes: bool) -> None:
    verdict = guard().check("c", "a" * length)
    assert (verdict.text is not None) is passes
    assert verdict.reason == ("passed" if passes else "too_long")


def test_too_long_says_how_long_and_how_much_fits() -> None:
    refusal = guard().check("c", "a" * 1234).refusal
    assert refusal and "1,234" in refusal and "500" in refusal and "999" in refusal


def test_length_counts_after_spaces_are_folded() -> None:
    assert guard().check("c", "hello" + " " * 600 + "you").text == "hello you"


def test_what_is_beyond_the_most_that_is_read_makes_a_message_too_long() -> None:
    assert guard().check("c", "hello" + " " * MOST_READ + "you").reason == "too_long"


@pytest.mark.parametrize("before", [0, 240, 480, 495, 900, 5000])
def test_danger_in_a_long_message_goes_on(before: int) -> None:
    raw = "x " * (before // 2) + IN_DANGER + " y" * 400
    text = guard().check("c", raw).text
    assert text is not None
    assert len(text) <= 500
    assert safety_patterns.find(text) == "emergency"


@pytest.mark.parametrize("before", range(420, 500, 4))
def test_a_number_that_the_cut_goes_through_is_masked(before: int) -> None:
    raw = IN_DANGER + " y" * ((before - len(IN_DANGER)) // 2) + " my number is 07700 900123 " + "y " * 400
    text = guard().check("c", raw).text
    assert text is not None
    assert not re.search(r"\d{3}", text)


def test_too_fast_is_refused_for_that_conversation_only() -> None:
    gate = guard(burst=2, per_minute=0.001)
    assert [gate.check("c", "hello").reason for _ in range(3)] == ["passed", "passed", "too_fast"]
    assert gate.check("c", "hello").refusal == TOO_FAST
    assert gate.check("d", "hello").text == "hello"


def test_danger_passes_when_too_fast() -> None:
    gate = guard(burst=1, per_minute=0.001)
    gate.check("c", "hello")
    assert gate.check("c", "hello").reason == "too_fast"
    assert gate.check("c", IN_DANGER).text == IN_DANGER


def test_payloads_count_for_the_rate() -> None:
    gate = guard(burst=1, per_minute=0.001)
    assert gate.check("c", "/greet").text == "/greet"
    assert gate.check("c", "/greet").reason == "too_fast"


def test_an_empty_message_costs_no_token() -> None:
    gate = guard(burst=1, per_minute=0.001)
    gate.check("c", "")
    assert gate.check("c", "hello").reason == "passed"


@pytest.mark.parametrize("raw", ["", "🙂", "a" * 600])
def test_every_refusal_names_999(raw: str) -> None:
    assert "999" in (guard().check("c", raw).refusal or "")
    assert "999" in TOO_FAST


ANYTHING = st.none() | st.integers() | st.binary() | st.lists(st.text()) | st.text(st.characters())
SLASHED = st.tuples(st.sampled_from(["/", "／", " /", "//", "\u200b/", "\ufeff/ "]), st.text(max_size=60)).map("".join)
LISTED = st.sampled_from(["/ask_mopac", "/greet", "/restart", '/greet{"a": 1}', "/ask_mopac "])


@given(ANYTHING | SLASHED | LISTED)
def test_any_input_gets_a_verdict_and_no_strange_payload(raw: object) -> None:
    verdict = Guard(lambda: ALLOWED, NO_LIMIT).check("c", raw)
    assert (verdict.text is None) != (verdict.refusal is None)
    if verdict.text and verdict.text.lstrip().startswith("/"):
        assert verdict.text in {"/ask_mopac", "/greet"}


@given(
    st.text(max_size=40),
    st.sampled_from(["SE15 4AB", "n168bn", "jane@example.com"]),
    st.sampled_from([" ", ", ", "\t", "\n"]),
)
def test_personal_data_never_goes_on(before: str, private: str, space: str) -> None:
    text = Guard(lambda: ALLOWED, NO_LIMIT).check("c", f"{before}{space}{private}{space}please").text
    assert text is None or not re.search(re.escape(private), text, re.IGNORECASE)
