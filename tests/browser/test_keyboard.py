"""Checks 2 and 5, watched all the time: focus is never on the page's body, and never leaves the dialog of a phone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser import played
from tests.browser.widget import Widget

FIELD = "textarea.field#plan-question"
WATCH = """() => {
  window.lost = [];
  const look = () => {
    if (document.activeElement === document.body) lost.push(performance.now());
    requestAnimationFrame(look);
  };
  look();
}"""
INSIDE = """() => {
  const root = document.querySelector('plan-chat').shadowRoot;
  return root.activeElement !== null && root.querySelector('dialog').contains(root.activeElement);
}"""


def walk(chat: Widget, key: str, name: str) -> None:
    """Presses the key until something with this text has focus."""
    for _ in range(60):
        chat.page.keyboard.press(key)
        if name == chat.page.evaluate(
            "() => document.querySelector('plan-chat').shadowRoot.activeElement?.textContent.trim()"
        ):
            return
    pytest.fail(f"{key} does not come to {name}")


@pytest.mark.parametrize("width", [1280, 375])
def test_02_focus_is_never_lost_whatever_vanishes(widget: Callable[..., Widget], width: int) -> None:
    chat = widget(width, 740)
    keyboard = chat.page.keyboard
    chat.launcher.focus()
    chat.page.evaluate(WATCH)
    keyboard.press("Enter")
    expect(chat.answers).to_have_count(1)
    # a button that is pressed vanishes with its answer
    title = chat.choices.first.inner_text()
    walk(chat, "Shift+Tab", title)
    keyboard.press("Enter")
    chat.next_answer(1)
    assert chat.focused() == FIELD
    # so does "Try again"
    played.play(chat.page, 500)
    keyboard.type("what is mopac")
    keyboard.press("Enter")
    expect(chat.again).to_be_visible()
    chat.page.unroute("**/chat/messages")
    walk(chat, "Shift+Tab", "Try again")
    keyboard.press("Enter")
    chat.next_answer(2)
    assert chat.focused() == FIELD
    # and what was asked about an answer
    walk(chat, "Shift+Tab", "No")
    keyboard.press("Enter")
    expect(chat.page.locator("plan-chat #plan-comment")).to_be_focused()
    keyboard.type("Too long.")
    walk(chat, "Tab", "Send this")
    keyboard.press("Enter")
    expect(chat.dialog.get_by_text("Thank you for telling us.")).to_be_focused()
    walk(chat, "Shift+Tab", "Clear chat")
    keyboard.press("Enter")
    expect(chat.button("Yes, clear it")).to_be_focused()
    keyboard.press("Escape")
    expect(chat.button("Clear chat")).to_be_focused()
    expect(chat.said).to_have_count(2)
    keyboard.press("Enter")
    keyboard.press("Enter")
    expect(chat.status).to_have_text("The chat is cleared.")
    assert chat.focused() == FIELD
    walk(chat, "Shift+Tab", "Close")
    keyboard.press("Enter")
    expect(chat.launcher).to_be_focused()
    assert chat.page.evaluate("() => lost") == []


def test_05_tab_goes_round_inside_the_dialog_both_ways(widget: Callable[..., Widget]) -> None:
    chat = widget(375, 740).open()
    for key in ("Tab", "Shift+Tab"):
        been = set()
        for _ in range(20):
            chat.page.keyboard.press(key)
            assert chat.page.evaluate(INSIDE), f"{key} left the dialog for {chat.focused() or 'nothing'}"
            been.add(chat.focused())
        assert {FIELD, "button.send#", "button.exit#"} <= been
    chat.page.keyboard.press("Escape")
    expect(chat.dialog).to_be_hidden()
    expect(chat.launcher).to_be_focused()


def test_05_tab_goes_round_what_is_asked_before_clearing(widget: Callable[..., Widget]) -> None:
    chat = widget(320, 200).open()
    chat.button("Clear chat").press("Enter")
    expect(chat.button("Yes, clear it")).to_be_focused()
    for name in ("No, keep it", "Exit this page", "Clear chat", "Close", "Yes, clear it"):
        chat.page.keyboard.press("Tab")
        expect(chat.button(name)).to_be_focused()
        expect(chat.button(name)).to_be_in_viewport(ratio=0.99)
    chat.page.keyboard.press("Escape")
    expect(chat.button("Clear chat")).to_be_focused()
    expect(chat.field).to_be_in_viewport(ratio=0.99)


def test_05_a_window_that_becomes_narrow_and_wide_again(widget: Callable[..., Widget]) -> None:
    chat = widget().open()
    modal = "(node) => node.matches(':modal')"
    assert not chat.dialog.evaluate(modal)
    chat.field.fill("half a que")
    for width, wanted in ((375, True), (1280, False)):
        chat.page.set_viewport_size({"width": width, "height": 740})
        chat.page.wait_for_function(
            "(wanted) => document.querySelector('plan-chat').shadowRoot.querySelector('dialog').matches(':modal') === wanted",
            arg=wanted,
        )
        expect(chat.dialog).to_be_visible()
        expect(chat.field).to_be_focused()
        expect(chat.field).to_have_value("half a que")
