"""The acceptance checks of what is done and refused: 2 keyboard, 5 modal, 6 hostile text, 7 policies, 8 reload, 9 faults."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Request, Route, expect

from tests.browser import played
from tests.browser.host import HostPages
from tests.browser.widget import Widget

MOST_TABS = 40
SILENCE_MS = 21_000


def tab_to(chat: Widget, wanted: str) -> None:
    """Presses Tab until what has focus is `wanted` (a pattern); it is never on the page's body meanwhile."""
    for _ in range(MOST_TABS):
        chat.page.keyboard.press("Tab")
        assert not chat.focused().startswith("body")
        if re.search(wanted, chat.focused()):
            return
    pytest.fail(f"Tab never reached {wanted}")


def test_02_all_by_keyboard(widget: Callable[..., Widget]) -> None:
    chat = widget()
    chat.page.locator("#before").focus()
    tab_to(chat, "launcher")
    chat.page.keyboard.press("Enter")
    expect(chat.choices.first).to_be_visible()
    assert "plan-question" in chat.focused()
    chat.page.keyboard.press("Shift+Tab")
    if "choice" not in chat.focused():
        chat.page.keyboard.press("Shift+Tab")
    assert "choice" in chat.focused()
    before = chat.answers.count()
    chat.page.keyboard.press("Enter")
    chat.next_answer(before)
    assert not chat.focused().startswith("body")
    assert "plan-question" in chat.focused()
    before = chat.answers.count()
    chat.page.keyboard.type("what is mopac")
    chat.page.keyboard.press("Enter")
    answer = chat.next_answer(before)
    source = answer.locator(".sources summary")
    for _ in range(MOST_TABS):
        chat.page.keyboard.press("Shift+Tab")
        if chat.focused().startswith("summary"):
            break
    expect(source).to_be_focused()
    chat.page.keyboard.press("Enter")
    chat.page.keyboard.press("Tab")
    assert chat.focused().startswith("a.")
    chat.page.context.route(lambda url: "127.0.0.1" not in url, lambda route: route.fulfill(body="There."))
    with chat.page.context.expect_page() as opened:
        chat.page.keyboard.press("Enter")
    opened.value.close()
    chat.page.keyboard.press("Escape")
    expect(chat.dialog).to_be_hidden()
    expect(chat.launcher).to_be_focused()


def test_05_on_a_phone_the_page_behind_is_inert(widget: Callable[..., Widget]) -> None:
    chat = widget(375, 740).open()
    assert chat.dialog.evaluate("(node) => node.matches(':modal')")
    with pytest.raises(Exception, match="Timeout"):
        chat.page.locator("#before").click(timeout=800)
    for _ in range(10):
        chat.page.keyboard.press("Tab")
        inside = chat.page.evaluate(
            "() => { const root = document.querySelector('plan-chat').shadowRoot; return root.querySelector('dialog').contains(root.activeElement) }"
        )
        assert inside
        assert "before" not in chat.focused()
    chat.page.keyboard.press("Escape")
    expect(chat.dialog).to_be_hidden()
    expect(chat.launcher).to_be_focused()


def test_06_hostile_text_stays_text(widget: Callable[..., Widget]) -> None:
    chat = widget().open()
    said: list[str] = []
    chat.page.on("dialog", lambda dialog: (said.append(dialog.message), dialog.dismiss()))
    chat.page.context.on("page", lambda other: said.append(other.url))
    history = {"by": "assistant", "at": "2026-11-28T06:00:00+00:00", "answer": played.hostile_answer()}
    unsafe = (
        "() => [...document.querySelector('plan-chat').shadowRoot.querySelectorAll('[href], [src], [action]')].map((n) => n.href || n.src)"
        ".filter((u) => !/^(https?|mailto|tel|sms):/.test(u) || /evil/.test(u) && !/^https?:..evil.example.x$/.test(u))"
    )
    played.play(chat.page, played.hostile_answer())
    for text in played.HOSTILE[:3]:
        bubble = chat.ask(text)
        assert chat.page.evaluate(unsafe) == []
        assert bubble.locator("img, script, iframe, object").count() == 0
        for button in bubble.locator("summary, .card a, .sources a").all()[:6]:
            button.dispatch_event("click")
    greeting = played.answer(played.part("Hello."))
    begun = {"expires": "x", "longest_message": 500, "greeting": greeting}
    lines = [{"by": "person", "at": "x", "text": bad} for bad in played.HOSTILE]
    played.play(chat.page, {**begun, "said": [*lines, history]}, "history")
    chat.page.reload()
    expect(chat.said).to_have_count(len(played.HOSTILE))
    assert chat.said.first.inner_text().endswith(played.HOSTILE[0])
    assert chat.page.evaluate(unsafe) == []
    assert [text for text in said if "evil" not in text and not text.startswith("about:")] == []


def test_07_a_strict_policy_is_enough(widget: Callable[..., Widget], bot: str) -> None:
    origin = bot.rstrip("/")
    policy = f"default-src 'none'; script-src {origin}; style-src {origin}; connect-src {origin}; img-src {origin}; require-trusted-types-for 'script'"
    # told to the test at once: what a page keeps is gone with the page
    script = "addEventListener('securitypolicyviolation', (e) => tellRefusal(e.violatedDirective + ' ' + e.blockedURI))"
    refused: list[str] = []
    chat = widget(headers={"Content-Security-Policy": policy})
    asked: list[Request] = []
    chat.page.expose_function("tellRefusal", lambda what: refused.append(what))
    chat.page.add_init_script(script)
    chat.page.on("request", lambda request: asked.append(request))
    chat.page.reload()
    chat.open()
    chat.ask("robberies in hackney since 2021")
    chat.ask("he is hitting me")
    before = chat.answers.count()
    chat.choices.first.click()
    chat.next_answer(before)
    chat.page.reload()
    expect(chat.said.first).to_be_visible()
    own = urlsplit(chat.page.url).netloc
    others = {r.url for r in asked if urlsplit(r.url).netloc != own and not r.url.startswith(bot)}
    assert others == set()
    assert [each for each in refused if "favicon" not in each] == []


def test_08_the_conversation_stays_and_goes(
    widget: Callable[..., Widget], page: Callable[..., Page], host: HostPages, bot: str
) -> None:
    chat = widget().open()
    chat.ask("what is mopac")
    kept = chat.conversation()
    chat.page.reload()
    expect(chat.dialog).to_be_visible()
    expect(chat.said).to_have_count(1)
    assert chat.page.evaluate("() => document.activeElement === document.body")
    chat.page.goto(host.address + host.add(bot))
    expect(chat.said).to_have_count(1)
    assert chat.conversation() == kept
    chat.button("Clear chat").click()
    chat.button("No, keep it").click()
    expect(chat.said).to_have_count(1)
    chat.button("Clear chat").click()
    chat.button("Yes, clear it").click()
    expect(chat.status).to_have_text("The chat is cleared.")
    expect(chat.said).to_have_count(0)
    gone = chat.page.context.request.post(f"{bot}chat/history", data={"conversation": kept})
    assert gone.status == 410
    assert chat.conversation() != kept
    fresh = Widget(page(host.address + host.add(bot)))
    expect(fresh.launcher).to_be_visible()
    assert fresh.kept() == {}


def answered_once(chat: Widget, fault: object, words: str) -> None:
    """A fault is said in plain words, the text stays, and trying again sends it once, with the same id."""
    sent = played.play(chat.page, fault)  # type: ignore[arg-type]
    chat.field.fill("what is mopac")
    chat.field.press("Enter")
    expect(chat.failure).to_contain_text(words, timeout=SILENCE_MS)
    expect(chat.failure).to_contain_text("999")
    expect(chat.said.last).to_contain_text("what is mopac")
    first = sent[-1]["message_id"] if sent else None
    again = played.play(chat.page, played.answer(played.part("Here it is.")))
    before = chat.answers.count()
    chat.again.dblclick()
    expect(chat.next_answer(before)).to_contain_text("Here it is.")
    assert len(again) == 1
    assert again[0]["message"] == "what is mopac"
    assert first is None or again[0]["message_id"] == first
    expect(chat.failure).to_have_count(0)
    expect(chat.said).to_have_count(1)


def hang(_: Route) -> None:
    """No answer at all."""


FAULTS = {
    "status 500": (500, "went wrong"), "status 503": (503, "went wrong"), "an empty list": ([], "went wrong"),
    "no parts": ({"parts": []}, "went wrong"), "not JSON": (lambda route: route.fulfill(body="<html>"), "went wrong"),
    "a dead server": (lambda route: route.abort("connectionrefused"), "went wrong"), "silence": (hang, "takes too long"),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_09_faults_are_said_and_tried_again(widget: Callable[..., Widget], name: str) -> None:
    fault, words = FAULTS[name]
    answered_once(widget().open(), fault, words)


def test_09_without_a_network(widget: Callable[..., Widget]) -> None:
    chat = widget().open()
    chat.page.context.set_offline(True)
    chat.field.fill("what is mopac")
    chat.field.press("Enter")
    expect(chat.failure).to_contain_text("cannot reach the internet")
    chat.page.context.set_offline(False)
    before = chat.answers.count()
    chat.again.click()
    expect(chat.next_answer(before)).to_contain_text("Mayor's Office")
    expect(chat.said).to_have_count(1)


def test_09_a_server_that_is_away_when_the_chat_is_opened(widget: Callable[..., Widget]) -> None:
    chat = widget()
    faults = itertools.chain([503], itertools.repeat(None))

    def away(route: Route) -> None:
        if next(faults):
            route.abort("connectionrefused")
        else:
            route.continue_()

    chat.page.route("**/chat/conversations", away)
    chat.launcher.click()
    expect(chat.failure).to_contain_text("999")
    expect(chat.answers.first).to_contain_text("I am a machine")
    chat.again.click()
    expect(chat.answers.first).to_contain_text("kept for up to 30 days")
    expect(chat.failure).to_have_count(0)


def test_09_what_is_typed_before_the_greeting_comes_stays(widget: Callable[..., Widget]) -> None:
    chat = widget()

    def late(route: Route) -> None:
        chat.page.wait_for_timeout(600)
        route.continue_()

    chat.page.route("**/chat/conversations", late)
    chat.launcher.click()
    chat.field.fill("what is mopac")
    chat.field.press("Enter")
    expect(chat.answers).to_have_count(2)
    expect(chat.said).to_have_count(1)
    expect(chat.failure).to_have_count(0)
    assert chat.log.evaluate("(log) => [...log.children].map((n) => n.className)") == [
        "bubble bot",
        "bubble person",
        "bubble bot",
    ]
