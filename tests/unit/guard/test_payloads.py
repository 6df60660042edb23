"""Which payloads pass, and that no other text can pass for one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.content.services import Need
from bot.guard.payloads import as_payload, as_text
from bot.support.message import need_payload

ALLOWED = frozenset({"ask_mopac", "greet"})
SLASHED = st.text(st.sampled_from('/ {}"_:@ask_mopacgreet019\n'), max_size=40).map(lambda t: "/" + t)


@pytest.mark.parametrize("text", ["/ask_mopac", "/greet"])
def test_a_button_of_ours_is_taken(text: str) -> None:
    assert as_payload(text, ALLOWED) == text


@pytest.mark.parametrize(
    "text",
    [
        "ask_mopac",
        "/restart",
        "/session_start",
        "/ask_mopac ",
        " /ask_mopac",
        "/ask_mopac\n",
        "//ask_mopac",
        "/ask_mopac/greet",
        '/ask_mopac{"area": "Camden"}',
        "/ask_mopac@0.9",
        "/ASK_MOPAC",
        "/ask_mopac2",
        "/ask",
        "/",
        "",
    ],
)
def test_anything_else_is_text(text: str) -> None:
    assert as_payload(text, ALLOWED) is None


def test_nothing_is_taken_when_nothing_is_allowed() -> None:
    assert as_payload("/greet", ()) is None


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("/restart", "restart"),
        ("//restart", "restart"),
        ("/ / restart", "restart"),
        ("/ask_mopac now", "ask mopac now"),
        ("and/or snake_case", "and/or snake_case"),
        ("hello", "hello"),
        ("", ""),
        ("///", ""),
    ],
)
def test_as_text(typed: str, expected: str) -> None:
    assert as_text(typed) == expected


@given(SLASHED | st.text())
def test_text_never_starts_with_a_slash(typed: str) -> None:
    assert not as_text(typed).startswith("/")


@given(SLASHED | st.text(), st.frozensets(st.sampled_from(["ask_mopac", "greet", "restart"])))
def test_a_payload_is_exactly_an_allowed_intent(typed: str, allowed: frozenset[str]) -> None:
    payload = as_payload(typed, allowed)
    assert payload == (typed if typed in {f"/{name}" for name in allowed} else None)


@pytest.mark.parametrize("need", list(Need))
def test_a_need_chosen_by_button_is_taken(need: Need) -> None:
    assert as_payload(need_payload(need), ()) == need_payload(need)


GOOD_NEED = '/find_support{"support_need": "stalking"}'


@pytest.mark.parametrize(
    "text",
    [
        '/find_support{"support_need": "unicorns"}',
        '/find_support{"support_need": ""}',
        '/find_support{"support_need": "STALKING"}',
        '/find_support{"support_need": "stalking "}',
        '/find_support{"support_need": ["stalking"]}',
        '/find_support{"support_need": null}',
        '/find_support{"support_need": "stalking", "audience": "men"}',
        '/find_support{"support_need": "stalking"}{"audience": "men"}',
        '/find_support{"support_need":"stalking"}',
        '/find_support {"support_need": "stalking"}',
        '/find_support{"audience": "men"}',
        '/find_support{"support_need": "stalking\\", "x": "y"}',
        "/find_support{'support_need': 'stalking'}",
        '/find_support{"support_need": "ѕtalking"}',
        '/find_support@0.5{"support_need": "stalking"}',
        '/report_crime{"support_need": "stalking"}',
        '/restart{"support_need": "stalking"}',
        f"{GOOD_NEED}\n",
        f" {GOOD_NEED}",
        f"/{GOOD_NEED}",
        f"{GOOD_NEED}/restart",
        f"hello {GOOD_NEED}",
        GOOD_NEED[:-1],
        GOOD_NEED.upper(),
        '/find_support{"support_need": "' + "a" * 10_000 + '"}',
    ],
)
def test_attacks_on_the_payload_with_a_need_are_text(text: str) -> None:
    assert as_payload(text, {"find_support", "report_crime"}) is None
    assert not as_text(text).startswith("/")


@given(st.text(st.sampled_from('stalkingfraud-"{}: ,_\\'), max_size=30))
def test_only_a_known_need_is_taken(value: str) -> None:
    text = f'/find_support{{"support_need": "{value}"}}'
    assert (as_payload(text, {"find_support"}) is not None) is (value in {need.value for need in Need})
