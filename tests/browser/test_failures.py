"""Check 9 with nothing played: a real server behind a wire that is pulled out, cut or silent, and a button under a fault."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser import played
from tests.browser.host import HostPages
from tests.browser.journeys import eventually, said_by_person
from tests.browser.relay import Relay
from tests.browser.widget import ANSWER_MS, Widget

QUESTION = "what is mopac"
SAID_WITHIN_MS = 21_000


@pytest.fixture
def wire(bot: str) -> Iterator[Relay]:
    with Relay(bot) as relay:
        yield relay


@pytest.fixture
def chat(page: Callable[..., Page], host: HostPages, wire: Relay) -> Widget:
    """The widget, which reaches the assistant through the wire only."""
    return Widget(page(host.address + host.add(wire.address)))


def sent_by(page: Page) -> list[dict[str, str]]:
    """Fills with every message that the page sends from now on."""
    sent: list[dict[str, str]] = []
    page.on(
        "request",
        lambda each: sent.append(json.loads(each.post_data or "{}")) if each.url.endswith("/chat/messages") else None,
    )
    return sent


def ask_in_vain(chat: Widget, words: str, timeout: float) -> None:
    chat.field.fill(QUESTION)
    chat.field.press("Enter")
    expect(chat.failure).to_contain_text(words, timeout=timeout)
    expect(chat.failure).to_contain_text("999")
    expect(chat.said.last).to_contain_text(QUESTION)
    expect(chat.send_button).not_to_have_attribute("aria-disabled", "true")


def try_again(chat: Widget, sent: list[dict[str, str]], bot: str) -> None:
    """One press answers the message, once: on the screen, on the wire and in what the server keeps."""
    before = chat.answers.count()
    tried = len(sent)
    chat.again.dblclick()
    expect(chat.next_answer(before)).to_contain_text("Mayor's Office")
    expect(chat.failure).to_have_count(0)
    expect(chat.said).to_have_count(1)
    assert len(sent) == tried + 1
    assert {each["message_id"] for each in sent} == {sent[0]["message_id"]}
    assert said_by_person(chat.page, bot, chat.conversation()) == [QUESTION]


def test_09_a_server_that_dies_and_comes_back(chat: Widget, wire: Relay, bot: str) -> None:
    chat.open()
    sent = sent_by(chat.page)
    wire.pull_out()
    ask_in_vain(chat, "went wrong", ANSWER_MS)
    # it is still away: trying again says so once more, and loses nothing
    chat.again.click()
    expect(chat.failure).to_have_count(1)
    expect(chat.again).to_be_visible()
    expect(chat.send_button).not_to_have_attribute("aria-disabled", "true")
    eventually(chat.page, lambda: len(sent) == 2, "the second try is made")
    wire.plug_in()
    try_again(chat, sent, bot)
    expect(chat.ask("thank you")).to_be_visible()


def test_09_a_server_that_dies_before_the_chat_is_opened(chat: Widget, wire: Relay) -> None:
    expect(chat.launcher).to_be_visible()
    wire.pull_out()
    chat.launcher.click()
    expect(chat.failure).to_contain_text("999")
    # a question that is asked all the same is kept, and answered when the server is back
    chat.field.fill(QUESTION)
    chat.field.press("Enter")
    expect(chat.said).to_contain_text(QUESTION)
    expect(chat.again).to_have_count(1)
    expect(chat.send_button).not_to_have_attribute("aria-disabled", "true")
    wire.plug_in()
    chat.again.click()
    expect(chat.answers.last).to_contain_text("Mayor's Office", timeout=ANSWER_MS)
    expect(chat.failure).to_have_count(0)


def test_09_an_answer_that_is_cut_short(chat: Widget, wire: Relay, bot: str) -> None:
    chat.open()
    sent = sent_by(chat.page)
    wire.cut()
    ask_in_vain(chat, "went wrong", ANSWER_MS)
    try_again(chat, sent, bot)


def test_09_a_real_silence_is_ended_within_twenty_one_seconds(chat: Widget, wire: Relay, bot: str) -> None:
    chat.open()
    sent = sent_by(chat.page)
    wire.hold()
    ask_in_vain(chat, "takes too long", SAID_WITHIN_MS)
    wire.release()
    try_again(chat, sent, bot)


def test_09_a_button_under_a_fault_keeps_its_title_and_its_payload(widget: Callable[..., Widget]) -> None:
    chat = widget().open()
    title = chat.choices.first.inner_text()
    failed = played.play(chat.page, 500)
    chat.choices.first.click()
    expect(chat.failure).to_be_visible()
    expect(chat.said.last).to_contain_text(title)
    again = played.play(chat.page, played.answer(played.part("Here it is.")))
    before = chat.answers.count()
    chat.again.click()
    expect(chat.next_answer(before)).to_contain_text("Here it is.")
    assert again == failed
    assert again[0]["message"] != title
    expect(chat.said).to_have_count(1)
