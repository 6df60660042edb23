"""Checks 4, 8 and 12 in the states where room is short, and with more of what a host page may do."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from bot.paths import WEB
from tests.browser import played
from tests.browser.host import HostPages
from tests.browser.test_checks_seen_and_heard import CONTRAST
from tests.browser.widget import Widget

SMALL = [(320, 568), (320, 200)]
SPACING = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync('* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important } p { margin-bottom: 2em !important }');
  const root = document.querySelector('plan-chat').shadowRoot;
  root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
}"""
# what lies outside the dialog, which hides it: the log and the question before clearing scroll up and down, a table sideways
LOST = """() => {
  const root = document.querySelector('plan-chat').shadowRoot;
  const frame = root.querySelector('dialog').getBoundingClientRect();
  const out = (node) => {
    const box = node.getBoundingClientRect();
    const across = !node.closest('.scroll') && (box.left < frame.left - 1 || box.right > frame.right + 1);
    return across || (!node.parentElement.closest('.log, .confirm') && (box.top < frame.top - 1 || box.bottom > frame.bottom + 1));
  };
  const shown = (node) => node.checkVisibility() && !node.closest('.hidden') && getComputedStyle(node).clipPath === 'none';
  return [...root.querySelectorAll('dialog *')].filter((node) => shown(node) && out(node)).map((node) => `${node.localName}.${node.className}`);
}"""
ON_TOP = """(node) => {
  const box = node.getBoundingClientRect();
  return [[.5, .5], [.1, .2], [.9, .8]].every(([x, y]) => {
    const top = node.getRootNode().elementFromPoint(box.x + box.width * x, box.y + box.height * y);
    return node === top || node.contains(top);
  });
}"""
SIDEWAYS = """() => {
  const root = document.querySelector('plan-chat').shadowRoot;
  return [document.documentElement, root.querySelector('dialog'), ...root.querySelectorAll('.log, .bubble, .head, .confirm, form')]
    .filter((node) => node.scrollWidth > node.clientWidth + 1 && node.checkVisibility()).map((node) => `${node.localName}.${node.className}`);
}"""


def can_be_pressed(control: Locator) -> None:
    """It is wholly on the screen, and nothing lies over it."""
    expect(control).to_be_in_viewport(ratio=0.99)
    assert control.evaluate(ON_TOP), f"something covers {control.text_content()}"


@pytest.mark.parametrize("spaced", [False, True], ids=["as it is", "spaced"])
@pytest.mark.parametrize(("width", "height"), SMALL)
def test_04_every_state_has_room_on_a_small_screen(
    widget: Callable[..., Widget], width: int, height: int, spaced: bool
) -> None:
    chat = widget(width, height)
    if spaced:
        expect(chat.launcher).to_be_visible()
        chat.page.evaluate(SPACING)
    can_be_pressed(chat.launcher)
    chat.open()

    def fine(state: str, *controls: Locator) -> None:
        assert chat.page.evaluate(SIDEWAYS) == [], state
        assert chat.page.evaluate(LOST) == [], state
        for each in controls:
            each.scroll_into_view_if_needed()
            can_be_pressed(each)

    always = (chat.field, chat.send_button, *(chat.button(name) for name in ("Exit this page", "Clear chat", "Close")))
    fine("open", *always)
    chat.field.fill("x" * 520)
    fine("too long", *always)
    answer = chat.ask("he is hitting me")
    call = answer.get_by_role("link", name="Call 999").first
    expect(call).to_be_in_viewport(ratio=0.99)
    fine("danger", *always, call)
    long = "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch" * 2
    service = {"name": long, "links": [{"title": f"Call {long}", "url": "tel:116123"}]}
    source = {"title": long, "url": f"https://www.example.org/{long}", "as_at": "1 May 2026"}
    buttons = [{"title": long, "payload": "/greet"}, {"title": "Two", "payload": "/goodbye"}]
    chart = {**played.CHART, "type": "bar", "title": long}
    sent = played.play(
        chat.page,
        played.answer(played.part(long, services=[service], sources=[source], buttons=buttons, chart=chart)),
    )
    answer = chat.ask("long words")
    assert sent
    for fold in answer.locator("summary").all():
        fold.click()
    fine("long words", *always)
    for each in (answer.locator(".card a"), answer.locator(".sources a"), answer.locator("tbody tr").last):
        each.scroll_into_view_if_needed()
        expect(each).to_be_in_viewport()
    for each in (answer.get_by_role("button", name="Two"), answer.get_by_role("button", name="No")):
        each.scroll_into_view_if_needed()
        can_be_pressed(each)
    played.play(chat.page, 500)
    chat.field.fill("again")
    chat.field.press("Enter")
    expect(chat.failure).to_be_visible()
    fine("failure", *always, chat.again)
    chat.button("Clear chat").click()
    fine("asking to clear", chat.button("Yes, clear it"), chat.button("No, keep it"), chat.button("Exit this page"))
    chat.button("No, keep it").click()
    fine("kept", *always)


def test_08_only_the_id_is_kept_and_only_in_this_tab(widget: Callable[..., Widget]) -> None:
    chat = widget().open()
    question = "what is mopac"
    chat.ask(question)
    conversation = chat.conversation()
    assert conversation
    stored = chat.page.evaluate("() => JSON.stringify({...sessionStorage})")
    assert conversation in stored
    assert question not in stored, "what was said is kept by the server only"
    assert chat.page.evaluate("() => localStorage.length") == 0
    assert chat.page.context.cookies() == []
    # another tab of the same browser knows nothing of it
    other = Widget(chat.page.context.new_page())
    other.page.goto(chat.page.url)
    expect(other.launcher).to_be_visible()
    assert other.kept() == {}
    other.open()
    expect(other.said).to_have_count(0)
    assert other.conversation() not in (None, conversation)
    other.page.close()
    chat.page.bring_to_front()
    # closed stays closed, and opens with what was said
    chat.button("Close").click()
    chat.page.reload()
    expect(chat.launcher).to_be_visible()
    expect(chat.dialog).to_be_hidden()
    chat.launcher.click()
    expect(chat.said).to_have_count(1)
    assert chat.conversation() == conversation
    chat.field.fill("half a que")
    chat.page.reload()
    expect(chat.field).to_have_value("half a que")
    chat.button("Clear chat").click()
    chat.button("Yes, clear it").click()
    expect(chat.status).to_have_text("The chat is cleared.")
    kept = chat.kept()
    assert kept.pop("conversation") not in (None, conversation)
    assert {name: value for name, value in kept.items() if value} == {"open": True}


def test_08_on_a_phone_a_new_page_is_not_covered(widget: Callable[..., Widget]) -> None:
    chat = widget(375, 740).open()
    chat.ask("what is mopac")
    chat.page.reload()
    expect(chat.launcher).to_be_visible()
    expect(chat.dialog).to_be_hidden()
    chat.launcher.click()
    expect(chat.said).to_have_count(1)


HOSTS = {
    "buttons": "button { all: unset !important; display: none !important; color: white !important; font-size: 3px !important }",
    "everything": "* { line-height: 3; margin: 40px !important; padding: 40px; color: white !important; background: white !important; font: 3px serif !important }",
    "variables": ":root, plan-chat { --text: #fff; --surface: #fff; --accent: #fff; --muted: #fff; --edge: #fff; --font: fantasy; --radius: 90px; --bot: #000 }",
    "directions": "html { font-size: 4px; letter-spacing: 2em; text-indent: 9em; word-break: break-all; white-space: pre; text-align: right; visibility: visible; cursor: none }",
    "boxes": "body > * { position: static !important; display: inline !important; float: left; width: 10px !important; height: 10px !important; overflow: visible }",
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTS)
def test_12_a_host_page_cannot_make_it_unreadable(widget: Callable[..., Widget], name: str) -> None:
    chat = widget(head=f"<style>{HOSTS[name]}</style>")
    expect(chat.launcher).to_be_in_viewport(ratio=0.99)
    chat.open()
    chat.ask("robberies in hackney since 2021")
    styles = chat.page.evaluate(
        "() => [...document.querySelector('plan-chat').shadowRoot.querySelectorAll('p, button, textarea, label, h2, summary, text')].filter((n) => n.checkVisibility())"
        ".map((n) => { const s = getComputedStyle(n); return [parseFloat(s.fontSize), parseFloat(s.lineHeight) / parseFloat(s.fontSize), s.letterSpacing, s.textIndent] })"
    )
    assert len(styles) > 10
    assert min(size for size, *_ in styles) >= 14
    assert all(1.2 <= height <= 1.6 for _, height, *_ in styles if height == height)
    assert {each[2:] == ["normal", "0px"] for each in map(list, styles)} == {True}
    assert min(chat.page.evaluate(CONTRAST, "p, summary, h2, label, button, figcaption, svg text")) >= 4.5
    for each in (chat.field, chat.send_button, chat.button("Close"), chat.button("Exit this page")):
        can_be_pressed(each)
    box = chat.dialog.bounding_box()
    assert box
    assert (box["width"], box["height"]) == (400, 640)


def test_12_it_brings_everything_along(page: Callable[..., Page], host: HostPages, bot: str) -> None:
    """Every file that the page loads is one of the widget's own, and no file asks for another."""
    loaded: list[str] = []
    shown = page("about:blank")
    shown.on("request", lambda request: loaded.append(request.url))
    shown.goto(host.address + host.add(bot))
    expect(Widget(shown).launcher).to_be_visible()
    names = {each.rpartition("/")[2] for each in loaded if each.startswith(bot)}
    assert names == {"widget.js", *(path.name for path in (WEB / "widget").glob("*.js"))}
    for path in (WEB / "widget").glob("*.js"):
        text = path.read_text(encoding="utf-8")
        assert all(re.fullmatch(r"\./[\w-]+\.js", each) for each in re.findall(r'from "([^"]+)"', text)), path.name
        assert not re.search(
            r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|import\(", text
        )
