"""Answers as other channels show them: messages, segments, buttons, pictures, what comes on NEXT."""

from __future__ import annotations

import pytest

from bot.cli.shell.preview import NAMES, Preview
from bot.dialogue.message import compose
from bot.messaging.capabilities import ALL
from tests.unit.cli.played_shell import BUTTONS, SOURCE, PlayedScreen, answer

SHORT = answer("ask_mopac", "MOPAC oversees the Met.", buttons=BUTTONS)
SENTENCES = [f"Sentence {n} is about as long as most sentences of an answer are." for n in range(30)]
LONG = answer("ask_mopac", " ".join(SENTENCES), buttons=BUTTONS)
CHART = {"title": "Burglary in Camden", "alt": "It rose from 1 to 2."}
PICTURE = answer("statistics", "There were 2.", chart=CHART, picture="/pictures/x.png")
DANGER = answer("emergency", "Call 999 now. It is quick & <free>.", safety=True)


@pytest.fixture
def screen() -> PlayedScreen:
    return PlayedScreen()


def test_every_channel_can_be_shown(screen: PlayedScreen) -> None:
    assert set(NAMES) == {*ALL, "shell"}
    for name in ALL:
        Preview(name, screen).show([SHORT, PICTURE, DANGER])
    assert all(f"[{name}, message 1 of" in screen.text for name in ALL)


def test_sms_has_numbers_for_buttons_and_tells_its_segments(screen: PlayedScreen) -> None:
    Preview("sms", screen).show([SHORT])
    assert screen.lines == [
        "", "[sms, message 1 of 1, 1 segment of at most 3]", "MOPAC oversees the Met.", "", "Reply with a number:",
        "1. Tell me more", "2. Who can help?",
    ]  # fmt: skip


def test_rest_of_a_long_sms_comes_on_next_until_it_is_all_told(screen: PlayedScreen) -> None:
    shown = Preview("sms", screen)
    shown.show([LONG])
    assert SENTENCES[-1] not in screen.flat and "type NEXT]" in screen.lines[-1]
    for typed in ("next", " NEXT. ", "more", "Next", "NEXT", "NEXT", "NEXT"):
        if not shown.show_rest(typed):
            break
    assert not shown.show_rest("NEXT")
    assert all(screen.flat.count(sentence) == 1 for sentence in SENTENCES)
    assert "type NEXT]" not in screen.lines[-1]


def test_other_words_are_for_the_assistant(screen: PlayedScreen) -> None:
    shown = Preview("sms", screen)
    assert not shown.show_rest("NEXT")
    shown.show([LONG])
    assert not shown.show_rest("what comes next?")
    shown.forget()
    assert not shown.show_rest("NEXT")


def test_new_answer_drops_the_rest_of_the_old_one(screen: PlayedScreen) -> None:
    shown = Preview("sms", screen)
    shown.show([LONG])
    shown.show([SHORT])
    assert not shown.show_rest("NEXT")


def test_buttons_of_a_channel_that_has_them(screen: PlayedScreen) -> None:
    Preview("telegram", screen).show([SHORT])
    assert screen.lines[-2:] == ["  [button: Tell me more]", "  [button: Who can help?]"]


@pytest.mark.parametrize("name", ["telegram", "whatsapp", "messenger", "slack"])
def test_picture_is_told_once_by_its_alternative_text(name: str, screen: PlayedScreen) -> None:
    Preview(name, screen).show([PICTURE])
    assert screen.lines[-1] == "[picture: Burglary in Camden. It rose from 1 to 2.]"
    assert screen.text.count("It rose") == 1


def test_no_picture_where_there_are_none(screen: PlayedScreen) -> None:
    Preview("sms", screen).show([PICTURE])
    assert "[picture" not in screen.text


@pytest.mark.parametrize("name", ["telegram", "slack", "whatsapp"])
def test_markup_is_read_as_people_see_it(name: str, screen: PlayedScreen) -> None:
    Preview(name, screen).show([DANGER])
    assert "[comes first: safety]" in screen.text
    assert "*Call 999 now.* It is quick & <free>." in screen.flat
    assert "&amp;" not in screen.text and "<b>" not in screen.text


@pytest.mark.parametrize("name", ["telegram", "slack"])
def test_link_has_its_address_after_it(name: str, screen: PlayedScreen) -> None:
    told = compose("MOPAC oversees the Met.", {"name": "ask_mopac", "sources": [SOURCE]}, [])
    Preview(name, screen).show([told])
    assert "London Datastore (https://data.london.gov.uk/dataset/x), 12 August 2026." in screen.flat
    assert "<" not in screen.text


def test_numbers_choose_nothing_after_the_data_is_deleted(screen: PlayedScreen) -> None:
    erased = answer("delete_my_data", "It is deleted.", buttons=BUTTONS)
    Preview("sms", screen).show([erased])
    assert "Tell me more" not in screen.text
    Preview("telegram", screen).show([erased])
    assert "[button: Tell me more]" in screen.text
