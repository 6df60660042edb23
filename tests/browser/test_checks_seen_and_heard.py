"""The acceptance checks of what is seen and heard: 1 axe, 3 the log, 4 small screens, 10 charts, 11 preferences, 12 weight."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable
from pathlib import Path

import axe_playwright_python
import pytest
from playwright.sync_api import Page, expect

from bot.paths import WEB
from tests.browser import played
from tests.browser.host import HostPages
from tests.browser.widget import Widget

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
MOST_BYTES = 15_000
MOST_SCRIPT_MS = 50
CONTRAST = """(selector) => {
  const canvas = new OffscreenCanvas(1, 1).getContext('2d', {willReadFrequently: true});
  const rgb = (c) => { canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = c; canvas.fillRect(0, 0, 1, 1); return [...canvas.getImageData(0, 0, 1, 1).data]; };
  const light = (c) => { const [r, g, b] = rgb(c).map((v) => (v /= 255) <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4); return .2126 * r + .7152 * g + .0722 * b; };
  const root = document.querySelector('plan-chat').shadowRoot;
  return [...root.querySelectorAll(selector)].map((node) => {
    let behind = node; while (rgb(getComputedStyle(behind).backgroundColor)[3] < 255) behind = behind.parentElement;
    const style = getComputedStyle(node);
    const front = node instanceof SVGElement ? (style.fill === 'none' ? style.stroke : style.fill) : style.color;
    const [a, b] = [light(front), light(getComputedStyle(behind).backgroundColor)].sort((x, y) => y - x);
    return (a + .05) / (b + .05);
  });
}"""


def violations(page: Page) -> list[str]:
    """What axe finds on the page and in the widget."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE)
    found = page.evaluate("(tags) => axe.run(document, {runOnly: tags})", TAGS)
    return [f"{v['id']}: {v['nodes'][0]['html'][:120]}" for v in found["violations"]]


@pytest.mark.parametrize("width", [1280, 375])
@pytest.mark.parametrize("colours", ["light", "dark", "forced"])
def test_01_axe_finds_nothing(widget: Callable[..., Widget], bot: str, width: int, colours: str) -> None:
    options = {"forced_colors": "active"} if colours == "forced" else {"color_scheme": colours}
    chat = widget(width, 740, **options)
    assert violations(chat.page) == [], "closed"
    chat.open()
    assert violations(chat.page) == [], "open"
    link = {"title": "A source", "url": "https://www.example.org/", "as_at": "1 May 2026"}
    service = {"name": "A line", "what": "It listens.", "links": [{"title": "Call 116 123", "url": "tel:116123"}]}
    states = {
        "text": played.part("Some words.\n\nMore words."),
        "buttons": played.part(
            buttons=[{"title": "One", "payload": "/greet"}, {"title": "Two", "payload": "/goodbye"}]
        ),
        "link": played.part(sources=[link], services=[service], warning="In danger, call 999."),
        "image": played.part(picture={"url": f"{bot}icon.svg", "alt": "The sign of the chat"}),
        "chart": played.part(chart=played.CHART),
        "safety": played.part("Call 999.", safety=True, services=[service], sources=[link]),
    }
    for name, part in states.items():
        played.play(chat.page, played.answer(part))
        chat.ask(name)
        for fold in chat.page.locator("plan-chat summary").all():
            if fold.evaluate("(node) => !node.parentElement.open"):
                fold.click()
        assert violations(chat.page) == [], name
    played.play(chat.page, 500)
    chat.field.fill("again")
    chat.field.press("Enter")
    expect(chat.failure).to_be_visible()
    assert violations(chat.page) == [], "error"
    chat.button("Clear chat").click()
    assert violations(chat.page) == [], "asking to clear"


def test_03_an_answer_is_heard_once_and_history_is_not(widget: Callable[..., Widget]) -> None:
    chat = widget().open()
    expect(chat.log).to_have_attribute("aria-live", "polite")
    chat.log.evaluate(
        "(log) => { window.heard = []; new MutationObserver((changes) => changes.forEach((c) => c.addedNodes.forEach("
        "(n) => heard.push([c.target === log, n.className, log.getAttribute('aria-live')])))).observe(log, {childList: true, subtree: true}); }"
    )
    played.play(chat.page, played.answer(played.part("One."), played.part("Two."), played.part("Three.")))
    bubble = chat.ask("three parts, please")
    assert [bubble.get_by_text(each).count() for each in ("One.", "Two.", "Three.")] == [1, 1, 1]
    heard = chat.page.evaluate("() => heard")
    assert [each[1] for each in heard] == ["bubble person", "bubble bot"]
    assert all(direct and live == "polite" for direct, _, live in heard)
    chat.page.unroute("**/chat/messages")
    chat.ask("what is mopac")
    # from before the page's own scripts: how the log was when each bubble came
    chat.page.add_init_script(
        "window.restored = []; new MutationObserver(() => {}); const shadow = Element.prototype.attachShadow;"
        "Element.prototype.attachShadow = function (o) { const root = shadow.call(this, o); new MutationObserver((changes) => changes.forEach((c) =>"
        " { const log = root.querySelector('[role=log]'); if (c.target === log && c.addedNodes.length) restored.push(log.getAttribute('aria-live')); }))"
        ".observe(root, {childList: true, subtree: true}); return root; };"
    )
    chat.page.reload()
    expect(chat.said).not_to_have_count(0)
    assert set(chat.page.evaluate("() => restored")) == {"off"}
    expect(chat.log).to_have_attribute("aria-live", "polite")


@pytest.mark.parametrize(("width", "height"), [(320, 568), (320, 200)])
def test_04_small_screens(widget: Callable[..., Widget], width: int, height: int) -> None:
    chat = widget(width, height).open()
    chat.ask("what does the plan say about knife crime")
    for spaced in (False, True):
        if spaced:
            chat.page.evaluate(
                "() => { const sheet = new CSSStyleSheet(); sheet.replaceSync('* { line-height: 1.5 !important; letter-spacing: .12em !important;"
                " word-spacing: .16em !important } p { margin-bottom: 2em !important }'); const root = document.querySelector('plan-chat').shadowRoot;"
                " root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet]; }"
            )
        sideways = "(node) => node.scrollWidth > node.clientWidth + 1"
        assert not chat.dialog.evaluate(sideways)
        assert not chat.log.evaluate(sideways)
        assert not chat.page.evaluate("() => document.documentElement.scrollWidth > innerWidth")
        for each in (
            chat.field,
            chat.send_button,
            chat.button("Exit this page"),
            chat.button("Clear chat"),
            chat.button("Close"),
        ):
            box = each.bounding_box()
            assert (
                box
                and box["x"] >= 0
                and box["y"] >= 0
                and box["x"] + box["width"] <= width
                and box["y"] + box["height"] <= height
            )
            covered = each.evaluate(
                "(node) => { const b = node.getBoundingClientRect(); const top = node.getRootNode().elementFromPoint(b.x + b.width / 2, b.y + b.height / 2);"
                " return top !== node && !node.contains(top) }"
            )
            assert not covered
        chat.log.evaluate("(log) => { log.scrollTop = log.scrollHeight }")
        seen = chat.log.bounding_box()
        last = chat.answers.last.bounding_box()
        assert seen and last and last["y"] < seen["y"] + seen["height"] and last["y"] + last["height"] > seen["y"]
        assert seen["height"] >= 40


@pytest.mark.parametrize("colours", ["light", "dark"])
def test_10_charts_say_what_they_show(widget: Callable[..., Widget], colours: str) -> None:
    chat = widget(color_scheme=colours).open()
    played.play(chat.page, played.answer(played.part("Call.", safety=True), played.part(chart=played.CHART)))
    bubble = chat.ask("a chart")
    expect(bubble.get_by_role("img")).to_have_attribute("aria-label", played.CHART["alt"])
    bubble.get_by_text("See the numbers as a table").focus()
    chat.page.keyboard.press("Enter")
    table = bubble.get_by_role("table")
    expect(table).to_be_visible()
    rows = table.locator("tbody tr").all_inner_texts()
    assert [row.split() for row in rows] == [
        ["2022", "1,500"],
        ["2023", "not", "known"],
        ["2024", "1,798"],
        ["2025", "1,688"],
    ]
    for row in rows:
        label, value = row.split(maxsplit=1)
        assert f"{label} {value}" in played.CHART["alt"]
    texts = chat.page.evaluate(CONTRAST, "p, summary, h2, label, button, svg text, th, td, figcaption, .launcher")
    assert len(texts) > 15
    assert min(texts) >= 4.5
    edges = chat.page.evaluate(CONTRAST, ".path, .dot, .axis")
    assert edges and min(edges) >= 3
    # what was drawn is as wide as its words
    assert not bubble.locator("svg").evaluate(
        "(svg) => [...svg.querySelectorAll('text')].some((t) => { const [a, b] = [t.getBoundingClientRect(), svg.getBoundingClientRect()]; return a.left < b.left - 1 || a.right > b.right + 1 })"
    )


def test_11_preferences_are_kept(widget: Callable[..., Widget]) -> None:
    chat = widget(reduced_motion="reduce", color_scheme="dark").open()
    arabic = "اتصل بالرقم 999 الآن"
    played.play(chat.page, played.answer(played.part(arabic, language="ar")))
    bubble = chat.ask("مرحبا")
    moving = chat.page.evaluate(
        "() => document.getAnimations().length + document.querySelector('plan-chat').shadowRoot.getAnimations().length"
    )
    assert moving == 0
    paragraph = bubble.get_by_text(arabic)
    assert paragraph.evaluate("(node) => getComputedStyle(node).direction") == "rtl"
    expect(paragraph).to_have_attribute("lang", "ar")
    dark = chat.dialog.evaluate("(node) => getComputedStyle(node).backgroundColor")
    chat.page.emulate_media(color_scheme="light")
    assert chat.dialog.evaluate("(node) => getComputedStyle(node).backgroundColor") != dark


def test_12_it_is_light_and_hard_to_spoil(
    widget: Callable[..., Widget], page: Callable[..., Page], host: HostPages, bot: str
) -> None:
    ask = page(bot).context.request
    entry = ask.get(f"{bot}widget.js").text()
    files = [ask.get(bot + path).body() for path in re.findall(r"\./(widget/\w+/[\w-]+\.js)", entry)]
    assert len(files) == len(list((WEB / "widget").glob("*.js")))
    assert sum(len(gzip.compress(each, 9)) for each in [*files, entry.encode()]) <= MOST_BYTES
    assert not any(b'from "http' in each or b"eval(" in each for each in files)
    hostile = (
        "<style>button{display:none!important;color:red!important;font-size:3px!important}*{line-height:3;letter-spacing:1em;font-size:3px!important;"
        "text-transform:uppercase}div{position:static!important}html{font-size:4px}plan-chat{display:none!important;opacity:1}</style>"
    )
    chat = widget(head=hostile).open()
    style = chat.field.evaluate(
        "(node) => { const s = getComputedStyle(node); return [s.fontSize, s.letterSpacing, s.textTransform, s.lineHeight] }"
    )
    assert style == ["16px", "normal", "none", "24px"]
    assert chat.send_button.is_visible()
    plain = widget()
    client = plain.page.context.new_cdp_session(plain.page)
    client.send("Performance.enable")
    plain.page.reload()
    expect(plain.launcher).to_be_visible()
    metrics = {each["name"]: each["value"] for each in client.send("Performance.getMetrics")["metrics"]}
    assert metrics["ScriptDuration"] * 1000 < MOST_SCRIPT_MS
