"""Masking on whole messages, as people type them: what must not be kept, and what the question needs.

`masking.jsonl` was written before the rules were finished and used to finish them; `masking_held_out.jsonl` was written after,
and on its first run 58 of its 60 messages kept nothing that they should not. Names are not among the secrets: they are not taken out.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from bot.content.store import Content
from bot.guard.gate import Guard
from bot.guard.personal_data import mask
from bot.settings import GuardSettings

HERE = Path(__file__).parent
LEAST_OF_A_KIND = 20
KINDS = {
    "e-mail", "mobile", "landline", "card", "bank", "national insurance", "nhs", "postcode", "address", "birth", "document", "vehicle",
    "ip", "handle",
}  # fmt: skip
NO_LIMIT = GuardSettings(longest=500, per_minute=1e9, burst=10**9, waiting=3)
OUTWARD = re.compile(r"[a-z]{1,2}\d[a-z\d]?")
LEAST_PIECE = 3
LEAST_ORDINARY = 150


def read(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (HERE / name).read_text(encoding="utf-8").splitlines()]


SET, HELD_OUT = read("masking.jsonl"), read("masking_held_out.jsonl")
ORDINARY = (HERE / "masking_ordinary.txt").read_text(encoding="utf-8").splitlines()
GUARD = Guard(lambda: frozenset(), NO_LIMIT)


def guarded(text: str) -> str:
    """What goes on to understanding, and is stored."""
    return GUARD.check("c", text).text or ""


def squeezed(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalnum())


def pieces(text: str) -> set[str]:
    """The parts of a text that have a digit in them and could still tell something."""
    found = {part for part in re.findall(r"[^\W_]+", text.casefold()) if len(part) >= LEAST_PIECE}
    return {part for part in found if re.search(r"\d", part) and not OUTWARD.fullmatch(part)}


def left(message: dict[str, Any]) -> list[str]:
    """What was kept of a message's secrets: whole, without its spaces and signs, or a part of it."""
    text = guarded(message["text"])
    whole = [secret for secret in message["secrets"] if squeezed(secret) in squeezed(text)]
    return whole + sorted(set().union(*map(pieces, message["secrets"])) & pieces(text))


@pytest.mark.parametrize("message", SET + HELD_OUT, ids=lambda message: message["text"][:40])
def test_no_secret_is_kept_and_the_question_is(message: dict[str, Any]) -> None:
    assert left(message) == []
    text = guarded(message["text"])
    assert [word for word in message["keeps"] if word not in text] == []


def test_the_set_is_what_it_says() -> None:
    count = Counter(kind for message in SET for kind in message["kinds"])
    assert len({message["text"] for message in SET}) >= 300
    assert set(count) == KINDS
    assert min(count.values()) >= LEAST_OF_A_KIND
    assert all(secret in message["text"] for message in SET + HELD_OUT for secret in message["secrets"])
    assert all(word in message["text"] for message in SET + HELD_OUT for word in message["keeps"])
    assert not {message["text"] for message in SET} & {message["text"] for message in HELD_OUT}


def test_a_message_that_is_not_masked_would_be_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.guard.gate.personal_data.mask", lambda text: text)
    assert all(left(message) for message in SET + HELD_OUT)


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_messages_pass_as_they_are(text: str) -> None:
    assert guarded(text) == text


def test_there_are_enough_ordinary_messages() -> None:
    assert len(set(ORDINARY)) >= LEAST_ORDINARY


def test_numbers_and_addresses_of_services_stay(content: Content) -> None:
    told = []
    for service in content.services.values():
        told += [service.phone, service.out_of_hours, service.text, service.textphone, service.relay, service.email]
    told = [text for text in told if text]
    assert len(told) > 100
    for text in told:
        for sentence in (f"is {text} the right one?", f"{text.replace(' ', '')}", f"I called {text} and then 101"):
            assert mask(sentence) == sentence


def test_a_number_like_that_of_a_service_goes() -> None:
    assert mask("020 7008 0152") == "(removed)"
    assert mask("help@galop.example.org") == "(removed)"
