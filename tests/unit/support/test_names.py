"""Services that a message names."""

from __future__ import annotations

import pytest

from bot.content.store import Content
from bot.support.names import LONGEST, ORDINARY, named_services


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("childline number", ["childline"]),
        ("CHILDLINE's number??", ["childline"]),
        ("is Victim Support open", ["victim-support-supportline"]),
        ("call samaritans or childline", ["samaritans", "childline"]),
        ("samaritans samaritans", ["samaritans"]),
        ("is action fraud still there", ["action-fraud"]),
        ("i need help", []),
        ("", []),
        ("101", []),
        ("999", []),
    ],
)
def test_names_in_a_message(content: Content, text: str, ids: list[str]) -> None:
    assert named_services(text, content) == ids


@pytest.mark.parametrize("word", sorted(ORDINARY))
def test_an_ordinary_word_alone_names_nobody(content: Content, word: str) -> None:
    assert named_services(f"I {word} today", content) == []


def test_an_ordinary_word_with_a_number_names_the_service(content: Content) -> None:
    assert named_services("shelter phone number", content) == ["shelter"]


def test_the_longest_name_wins(content: Content) -> None:
    for name, i in content.service_names.items():
        if 1 < len(name.split()) <= LONGEST:
            assert named_services(f"phone {name}", content) == [i], name


def test_every_name_is_short_enough_to_be_found(content: Content) -> None:
    full = [n for n in content.service_names if len(n.split()) > LONGEST]
    unreachable = {content.service_names[n] for n in full} - {
        i for n, i in content.service_names.items() if len(n.split()) <= LONGEST
    }
    assert not unreachable


def test_every_id_that_is_named_is_known(content: Content) -> None:
    assert set(content.service_names.values()) <= {*content.services, *content.old_services}
