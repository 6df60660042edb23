"""Checks 1, 3, 10 and 11 beyond the played answers: the assistant's own page, what is restored, edges, pictures, waiting."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser import played
from tests.browser.journeys import eventually
from tests.browser.test_checks_seen_and_heard import CONTRAST, violations
from tests.browser.widget import Widget

MOST_EDGE = 3.0
MOST_TEXT = 4.5
BARS = {
    **played.CHART, "type": "bar", "title": "Robberies by year", "alt": "Bars, robberies: Hackney 1,688, Camden 2,346, Barnet 0.",
    "labels": ["Hackney", "Camden", "Barnet"], "values": [1688, 2346, 0],
}  # fmt: skip
LIGHT = """
  const pen = new OffscreenCanvas(1, 1).getContext('2d', {willReadFrequently: true});
  const rgba = (c) => { pen.clearRect(0, 0, 1, 1); pen.fillStyle = c; pen.fillRect(0, 0, 1, 1); return [...pen.getImageData(0, 0, 1, 1).data]; };
  const light = ([r, g, b]) => { [r, g, b] = [r, g, b].map((v) => (v /= 255) <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4); return .2126 * r + .7152 * g + .0722 * b; };
  const ratio = (a, b) => { const [x, y] = [light(rgba(a)), light(rgba(b))].sort((p, q) => q - p); return (x + .05) / (y + .05); };
  const behind = (node) => { while (node) { const c = getComputedStyle(node).backgroundColor; if (rgba(c)[3] === 255) return c; node = node.parentElement ?? node.getRootNode().host; } return 'white'; };
"""
# a control is seen by its border or by its own surface
EDGES = f"""(selector) => {{ {LIGHT}
  const root = document.querySelector('plan-chat').shadowRoot;
  return [...root.querySelectorAll(selector)].filter((node) => node.checkVisibility()).map((node) => {{
    const style = getComputedStyle(node); const around = behind(node.parentElement ?? root.host);
    return [node.className || node.localName, Math.max(ratio(style.borderTopColor, around), ratio(behind(node), around))];
  }});
}}"""
# a ring is seen against what it lies on, or has a band of its own around it that is wide enough
RING = f"""() => {{ {LIGHT}
  const node = document.querySelector('plan-chat').shadowRoot.activeElement; const style = getComputedStyle(node);
  const reach = parseFloat(style.outlineWidth) + parseFloat(style.outlineOffset); const shadows = [...style.boxShadow.matchAll(/(rgba?\\([^)]*\\)|#\\w+) 0px 0px 0px ([\\d.]+)px/g)];
  const band = shadows.filter(([, , spread]) => parseFloat(spread) > reach).map(([, colour]) => ratio(style.outlineColor, colour));
  return style.outlineStyle === 'none' ? 0 : Math.max(ratio(style.outlineColor, behind(node.parentElement ?? node.getRootNode().host)), ...band);
}}"""


def points_at(control: Locator) -> bool:
    """Brings the pointer over a control; what scrolls meanwhile may carry it away."""
    control.hover()
    return control.evaluate("(node) => node.matches(':hover')")


def unfold(chat: Widget) -> None:
    folded = chat.page.locator("plan-chat details:not([open]) > summary")
    while folded.count():
        folded.first.click()


@pytest.mark.parametrize(("width", "colours"), [(1280, "light"), (375, "light"), (1280, "dark"), (375, "forced")])
def test_01_the_assistants_own_page(page: Callable[..., Page], bot: str, width: int, colours: str) -> None:
    options = {"forced_colors": "active"} if colours == "forced" else {"color_scheme": colours}
    chat = Widget(page(bot, width, 740, bypass_csp=True, **options))
    if width == 375:
        expect(chat.launcher).to_be_visible()
        assert violations(chat.page) == [], "closed"
        chat.launcher.click()
    expect(chat.answers.first).to_be_visible()
    assert violations(chat.page) == [], "open"


@pytest.mark.parametrize(("width", "colours"), [(1280, "light"), (375, "dark")])
def test_01_what_is_restored_and_what_is_asked_about_it(
    widget: Callable[..., Widget], width: int, colours: str
) -> None:
    chat = widget(width, 740, color_scheme=colours).open()
    chat.ask("robberies in hackney since 2021")
    chat.ask("he is hitting me")
    chat.ask("what is mopac")
    chat.page.reload()
    if width == 375:
        chat.launcher.click()
    expect(chat.said).to_have_count(3)
    unfold(chat)
    assert violations(chat.page) == [], "restored"
    chat.button("No").click()
    expect(chat.page.locator("plan-chat #plan-comment")).to_be_visible()
    assert violations(chat.page) == [], "a comment"
    chat.page.route("**/chat/history", lambda route: route.abort("connectionrefused"))
    chat.page.reload()
    if width == 375:
        chat.launcher.click()
    expect(chat.again).to_be_visible()
    assert violations(chat.page) == [], "nothing could be restored"


def test_03_what_another_tab_said_is_not_announced(widget: Callable[..., Widget], bot: str) -> None:
    chat = widget().open()
    chat.ask("what is mopac").locator(".sources summary").focus()
    message = {"conversation": chat.conversation(), "message": "thank you", "message_id": "another-tab-1"}
    assert chat.page.context.request.post(f"{bot}chat/messages", data=message).ok
    chat.log.evaluate(
        "(log) => { window.heard = []; new MutationObserver((changes) => changes.forEach((c) => c.addedNodes.length && c.target === log"
        " && heard.push(log.getAttribute('aria-live')))).observe(log, {childList: true, subtree: true}); }"
    )
    chat.page.evaluate("() => document.dispatchEvent(new Event('visibilitychange'))")
    expect(chat.said).to_have_count(2)
    assert set(chat.page.evaluate("() => heard")) == {"off"}
    expect(chat.log).to_have_attribute("aria-live", "polite")
    # what had focus was built anew: focus is in the chat all the same
    assert not chat.focused().startswith("body")
    chat.page.evaluate("() => { heard.length = 0 }")
    chat.ask("what is mopac")
    assert chat.page.evaluate("() => heard") == ["polite", "polite"]


@pytest.mark.parametrize("colours", ["light", "dark"])
def test_10_edges_and_rings_are_seen(widget: Callable[..., Widget], colours: str) -> None:
    chat = widget(color_scheme=colours)
    chat.page.locator("#before").focus()
    chat.page.keyboard.press("Tab")
    expect(chat.launcher).to_be_focused()
    assert chat.page.evaluate(RING) >= MOST_EDGE, "the launcher's ring on the page"
    chat.open()
    buttons = [{"title": "One", "payload": "/greet"}]
    service = {"name": "A line", "what": "It listens.", "opening": "Day and night", "cost": "free", "links": [
        {"title": "Call 116 123", "url": "tel:116123"}, {"title": "Web site", "url": "https://www.example.org/"}]}  # fmt: skip
    played.play(
        chat.page,
        played.answer(
            played.part("Call.", safety=True, services=[service], warning="In danger, call 999."),
            played.part(chart=BARS, buttons=buttons, services=[service]),
        ),
    )
    bubble = chat.ask("everything")
    chat.button("Clear chat").click()
    edges = chat.page.evaluate(EDGES, "button, textarea, .call, .safety")
    assert len(edges) >= 10
    assert [each for each in edges if each[1] < MOST_EDGE] == []
    assert min(chat.page.evaluate(CONTRAST, ".bar, .track")) >= MOST_EDGE
    texts = chat.page.evaluate(CONTRAST, "p, span, summary, a, button, text, label, figcaption")
    assert len(texts) > 20
    assert min(texts) >= MOST_TEXT
    for control in (bubble.locator(".choice").first, chat.button("Clear chat"), chat.button("Yes")):
        eventually(chat.page, lambda: points_at(control), "the pointer is over it")  # noqa: B023
        assert min(chat.page.evaluate(CONTRAST, "button:hover")) >= MOST_TEXT
    for control in (chat.field, bubble.locator(".choice").first, bubble.locator(".call").first, chat.button("Close")):
        control.focus()
        # a ring is drawn for the keyboard only
        chat.page.keyboard.press("Tab")
        chat.page.keyboard.press("Shift+Tab")
        expect(control).to_be_focused()
        assert chat.page.evaluate(RING) >= MOST_EDGE, chat.focused()


def test_10_bars_and_pictures_say_what_they_show(widget: Callable[..., Widget], bot: str) -> None:
    chat = widget().open()
    real = chat.page.context.request
    begun = real.post(f"{bot}chat/conversations").json()["conversation"]
    asked = real.post(f"{bot}chat/messages", data={"conversation": begun, "message": "robberies in hackney since 2021"})
    picture = next(part["picture"] for part in asked.json()["parts"] if part.get("picture"))
    played.play(chat.page, played.answer(played.part(picture=picture), played.part(chart=BARS, picture=picture)))
    bubble = chat.ask("a picture and bars")
    image = bubble.locator("img")
    expect(image).to_have_attribute("alt", picture["alt"])
    chat.page.wait_for_function(
        "() => document.querySelector('plan-chat').shadowRoot.querySelector('img').naturalWidth > 0"
    )
    expect(bubble.locator("svg")).to_have_attribute("aria-label", BARS["alt"])
    saved = bubble.get_by_role("link", name="Open as a picture").get_attribute("href") or ""
    assert saved.startswith(bot)
    assert real.get(saved).headers["content-type"] == "image/png"
    drawn = bubble.locator("svg .bar").evaluate_all("(all) => all.map((each) => each.width.baseVal.value)")
    assert [round(width / drawn[1], 2) for width in drawn] == [0.72, 1, 0]
    written = bubble.locator("svg text").all_text_contents()
    assert written == ["Hackney", "1,688", "Camden", "2,346", "Barnet", "0"]
    bubble.get_by_text("See the numbers as a table").press("Enter")
    cells = bubble.locator("tbody :is(th, td)")
    expect(cells).to_have_text(written)
    assert all(f"{label} {value}" in BARS["alt"] for label, value in zip(written[::2], written[1::2], strict=True))


def test_11_nothing_moves_while_an_answer_is_awaited(widget: Callable[..., Widget]) -> None:
    chat = widget(reduced_motion="reduce").open()
    held: list[Route] = []
    chat.page.route("**/chat/messages", lambda route: held.append(route))
    chat.field.fill("what is mopac")
    chat.field.press("Enter")
    expect(chat.status).to_have_text("Looking for the answer…")
    moving = chat.page.evaluate(
        "() => [...document.querySelector('plan-chat').shadowRoot.querySelectorAll('*')].flatMap((node) =>"
        " ['', '::before', '::after'].map((part) => getComputedStyle(node, part || null)).filter((style) => style.animationName !== 'none'"
        " || parseFloat(style.transitionDuration) > 0 || style.scrollBehavior === 'smooth').map(() => node.className || node.localName))"
    )
    assert moving == []
    held[0].continue_()
    chat.next_answer(1)
    expect(chat.status).to_have_text("")


def test_11_an_arabic_conversation_reads_from_the_right(widget: Callable[..., Widget]) -> None:
    chat = widget(width=1280).open()
    chat.ask("زوجي يضربني")
    chat.page.evaluate("() => { document.documentElement.dir = 'rtl' }")
    box = chat.dialog.bounding_box()
    assert box
    assert box["x"] < 100, "on a page that reads from the right, the chat is on the left"
    chat.page.evaluate("() => { document.documentElement.dir = 'ltr' }")
    wrong = chat.log.evaluate(
        "(log) => [...log.querySelectorAll('*')].filter((node) => !node.childElementCount && /^[^a-z]*[\\u0600-\\u06ff]/i.test(node.textContent))"
        ".map((node) => [node.textContent, getComputedStyle(node).direction])"
    )
    assert wrong, "nothing is in Arabic"
    assert [text for text, direction in wrong if direction != "rtl"] == []
