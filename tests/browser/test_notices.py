"""What operators announce, and the message that the assistant is off, as a person sees and hears them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.played import HOSTILE, answer, part, play
from tests.browser.widget import ANSWER_MS, Widget

PLANNED = "Planned work on Sunday from 6 to 8 am: I may be away."
AWAY = "We are repairing the assistant.\n\nIf you are in danger now, call 999."
LONG = "Planned work on the assistant. " * 12


def announced(text: str, seconds: float = 600.0) -> dict[str, Any]:
    """A plain answer with a notice that is over so many seconds from now."""
    until = datetime.now(timezone.utc) + timedelta(seconds=seconds)
    return answer(part("An answer."), kept=True, notice={"text": text, "until": until.isoformat()})


def notice_of(chat: Widget) -> Any:
    return chat.page.locator("plan-chat .notice")


def test_a_notice_is_shown_above_the_conversation_and_announced(widget: Callable[..., Widget]) -> None:
    chat = widget().open()
    expect(notice_of(chat)).to_have_text("")
    play(chat.page, announced(PLANNED))
    chat.ask("hello")
    expect(notice_of(chat)).to_have_text(PLANNED)
    expect(notice_of(chat)).to_have_attribute("role", "status")
    above, log = notice_of(chat).bounding_box(), chat.log.bounding_box()
    assert above and log and above["y"] + above["height"] <= log["y"] + 1
    play(chat.page, answer(part("Another one."), kept=True))
    chat.ask("hello again")
    expect(notice_of(chat)).to_have_text("")


def test_a_notice_goes_away_when_it_is_over(widget: Callable[..., Widget]) -> None:
    chat = widget().open()
    play(chat.page, announced(PLANNED, 6.0))
    chat.ask("hello")
    expect(notice_of(chat)).to_have_text(PLANNED)
    expect(notice_of(chat)).to_have_text("", timeout=ANSWER_MS)


def test_a_notice_that_is_over_is_not_shown(widget: Callable[..., Widget]) -> None:
    chat = widget().open()
    play(chat.page, announced(PLANNED, -60.0))
    chat.ask("hello")
    expect(notice_of(chat)).to_have_text("")


@pytest.mark.parametrize("bad", HOSTILE)
def test_a_notice_is_only_ever_text(widget: Callable[..., Widget], bad: str) -> None:
    chat = widget().open()
    play(chat.page, announced(bad))
    chat.ask("hello")
    assert notice_of(chat).evaluate("node => node.textContent") == bad
    assert notice_of(chat).evaluate("node => node.childElementCount") == 0


@pytest.mark.parametrize(("width", "height"), [(320, 568), (375, 667), (640, 320), (1280, 900)])
def test_a_long_notice_leaves_room_to_talk(widget: Callable[..., Widget], width: int, height: int) -> None:
    chat = widget(width, height).open()
    play(chat.page, announced(LONG))
    chat.ask("hello")
    expect(chat.field).to_be_in_viewport()
    expect(chat.send_button).to_be_in_viewport()
    box = chat.log.bounding_box()
    assert box and box["height"] >= 40
    # what does not fit can be read with the keyboard
    hidden = notice_of(chat).evaluate("node => node.scrollHeight > node.clientHeight")
    assert notice_of(chat).get_attribute("tabindex") == ("0" if hidden else None)


def test_off_is_shown_as_it_is_and_stays_on_the_screen(widget: Callable[..., Widget]) -> None:
    chat = widget(375, 667).open()
    off = answer(part(AWAY), status="off", feedback=False, kept=False)
    sent = play(chat.page, off)
    bubble = chat.ask("Who wrote the Plan?")
    expect(bubble).to_contain_text("We are repairing the assistant.")
    expect(bubble).to_contain_text("999")
    expect(bubble.get_by_role("button")).to_have_count(0)
    # whoever comes back to the page still sees it, although no history has it
    with chat.page.expect_response("**/chat/history"):
        chat.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(bubble).to_be_visible()
    assert len(sent) == 1
