"""Every number that was shown in this whole run of tests is in content/services.yml. Comes last: see tests/conftest.py."""

from __future__ import annotations

import re

import pytest

from bot.content.numbers import IN_TEXT, digits
from bot.content.store import shared
from tests.assistant import Assistant
from tests.conversations.script import all_scripts
from tests.conversations.situations import read

FEWEST = 150
LINK = re.compile(r"https?://\S+")
# how many, when, where: not to be called
NO_NUMBER_TO_CALL = re.compile(r"\b\d{1,3}(?:,\d{3})+\b|\b(?:19|20)\d\d\b")


@pytest.fixture(scope="module")
def texts(assistant: Assistant) -> list[str]:
    """Everything that was said in this run; the situations too when this file is run alone."""
    if len(assistant.transcript) < FEWEST:
        for situation in [*read("harm_and_support"), *read("reports_and_rights")]:
            assistant.say(assistant.new_conversation(), situation.say)
        for script in all_scripts():
            conversation = assistant.new_conversation()
            for turn in script.turns:
                assistant.say(conversation, turn.say or "/find_support")
    return [message["text"] for exchange in assistant.transcript for message in exchange.messages]


def known_numbers() -> set[str]:
    """The digits of every number in the directory; some stand in the notes of an entry that has them."""
    known = set()
    for service in shared().current().services.values():
        for number in (service.phone, service.out_of_hours, service.text, service.textphone, service.relay):
            if number:
                known.add(digits(number))
        known.update(digits(n) for n in IN_TEXT.findall(" ".join([service.name, service.phone_note or ""])))
    return known


def test_every_number_shown_is_in_the_directory(texts: list[str]) -> None:
    assert len(texts) >= FEWEST
    known = known_numbers()
    strange = {
        (number, text[:160])
        for text in texts
        for number in IN_TEXT.findall(NO_NUMBER_TO_CALL.sub(" ", LINK.sub(" ", text)))
        if digits(number) not in known
    }
    assert not strange


def test_the_directory_has_the_numbers_that_may_stand_anywhere() -> None:
    assert {"999", "101"} <= known_numbers()
