"""Checks 6 and 7 where they are easily missed: every address alone, words from the page and from errors, every page load."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import ConsoleMessage, Page, Request, Route, expect

from tests.browser import played
from tests.browser.journeys import WEATHER, play_weather
from tests.browser.widget import Widget

HOSTILE = (
    *played.HOSTILE,
    "data:image/svg+xml,<svg onload=alert(1)>",
    "https://[x](javascript:alert(1))",
    "blob:https://x/1",
)
ACTIVE = "a, img, image, iframe, object, embed, script, form [formaction]"
BEGUN = {
    "expires": "2026-11-29T06:00:00+00:00",
    "longest_message": 500,
    "greeting": played.answer(played.part("Hello.")),
}
ODD = {
    "a part that is null": {"parts": [None]},
    "a text that is a number": {"parts": [{"text": 7}]},
    "a chart without values": {"parts": [played.part(chart={"type": "line", "title": "x", "alt": "x"})]},
    "a chart of words": {"parts": [played.part(chart={**played.CHART, "values": ["<b>", "NaN", {}, []]})]},
    "a service without links": {"parts": [played.part(services=[{"name": "A line"}], safety=True)]},
    "buttons that are a text": {"parts": [played.part(buttons="yes")]},
    "parts that are a text": {"parts": "hello"},
    "a text": "hello",
    "null": None,
}  # fmt: skip
# what a policy refuses is said on the console: that survives going to another page
TELL = "addEventListener('securitypolicyviolation', (event) => console.error(`refused ${event.violatedDirective} ${event.blockedURI}`));"


def listen(page: Page) -> list[str]:
    """Fills with what must never happen: dialogs, other pages, errors that nobody handled."""
    heard: list[str] = []
    page.on("dialog", lambda dialog: (heard.append(f"dialog {dialog.message}"), dialog.dismiss()))
    page.on("popup", lambda other: heard.append(f"page {other.url}"))
    page.on("pageerror", lambda error: heard.append(f"error {error}"))
    return heard


def all_parts() -> list[dict]:
    """Every hostile text as each kind of thing by itself, so that none hides behind another."""
    made = []
    for bad in HOSTILE:
        link = {"title": bad, "url": bad}
        made += [
            played.part(bad, sources=[{**link, "as_at": bad}]),
            played.part(bad, services=[{"name": bad, "links": [link, link]}], safety=True),
            played.part(bad, picture={"url": bad, "alt": bad}),
            played.part(
                bad,
                picture={"url": bad, "alt": bad},
                chart={**played.CHART, "title": bad, "alt": bad, "labels": [bad] * 4},
            ),
        ]
    return made  # fmt: skip


def test_06_no_bad_address_becomes_anything_and_nothing_runs(widget: Callable[..., Widget]) -> None:
    chat = widget().open()
    heard = listen(chat.page)
    buttons = [{"title": bad, "payload": bad} for bad in HOSTILE]
    parts = [*all_parts(), played.part("Choose.", buttons=buttons)]
    sent = played.play(chat.page, played.answer(*parts))
    bubble = chat.ask(HOSTILE[0])
    assert bubble.locator(ACTIVE).count() == 0
    for fold in bubble.locator("summary").all():
        fold.click()
    assert bubble.locator(ACTIVE).count() == 0
    for index, bad in enumerate(HOSTILE):
        before = chat.answers.count()
        expect(chat.choices).to_have_count(len(HOSTILE))
        chat.choices.nth(index).press("Enter")
        chat.next_answer(before)
        assert sent[-1]["message"] == bad.strip()
        assert chat.said.last.locator("p").text_content() == bad
    lines = [{"by": "person", "at": "x", "text": bad} for bad in HOSTILE]
    said = [*lines, {"by": "assistant", "at": "x", "answer": played.answer(*parts)}]
    played.play(chat.page, {**BEGUN, "said": said}, "history")
    chat.page.reload()
    expect(chat.said).to_have_count(len(HOSTILE))
    assert [each.locator("p").text_content() for each in chat.said.all()] == list(HOSTILE)
    assert chat.answers.last.locator(ACTIVE).count() == 0
    assert heard == []


def test_06_only_good_addresses_become_links(widget: Callable[..., Widget]) -> None:
    """The check above can fail: good addresses in the same places do become links."""
    chat = widget().open()
    good = ["https://example.org/", "http://example.org/", "mailto:a@example.org", "tel:101", "sms:61016"]
    links = [{"title": each, "url": each} for each in good]
    played.play(
        chat.page,
        played.answer(
            played.part(
                services=[{"name": "All", "links": links}], sources=[{**each, "as_at": "now"} for each in links]
            )
        ),
    )
    bubble = chat.ask("links")
    assert [each.get_attribute("href") for each in bubble.locator(".card a, .sources a").all()] == good * 2
    outside = bubble.locator("[target=_blank]")
    assert outside.count() >= 4
    assert all("noopener" in (each.get_attribute("rel") or "") for each in outside.all())


def test_06_words_of_the_page_and_of_errors_stay_text(widget: Callable[..., Widget]) -> None:
    bad = "&lt;img src=x onerror=alert(1)&gt;"
    chat = widget(attributes=f'data-title="{bad}" data-launcher="{bad}" data-exit="javascript:alert(1)"')
    heard = listen(chat.page)
    play_weather(chat.page)
    expect(chat.launcher).to_contain_text(played.HOSTILE[0])
    chat.open()
    expect(chat.dialog.get_by_role("heading")).to_have_text(played.HOSTILE[0])

    def refuse(route: Route) -> None:
        origin = {"Access-Control-Allow-Origin": "*"}
        route.fulfill(status=429, headers=origin, json={"status": 429, "detail": " ".join(HOSTILE)})

    played.play(chat.page, refuse)
    chat.field.fill("too fast")
    chat.field.press("Enter")
    expect(chat.failure).to_contain_text(played.HOSTILE[0])
    assert chat.dialog.locator("img, script, a").count() == 0
    # an address for leaving that is no address is not taken
    chat.button("Exit this page").click()
    chat.page.wait_for_url(WEATHER)
    assert heard == []


@pytest.mark.parametrize("name", ODD)
def test_06_odd_documents_leave_the_chat_usable(widget: Callable[..., Widget], name: str) -> None:
    chat = widget().open()
    heard = listen(chat.page)
    played.play(
        chat.page, lambda route: route.fulfill(body=json.dumps(ODD[name]), headers={"Access-Control-Allow-Origin": "*"})
    )
    chat.field.fill("an odd one")
    chat.field.press("Enter")
    # either it is shown as well as it goes, or it is a failure like any other
    expect(chat.answers.nth(1).or_(chat.failure)).to_be_visible()
    expect(chat.send_button).not_to_have_attribute("aria-disabled", "true")
    assert chat.log.locator("b, script").count() == 0
    played.play(chat.page, played.answer(played.part("It goes on.")))
    expect(chat.ask("and now?")).to_contain_text("It goes on.")
    assert heard == []


@pytest.mark.parametrize("types", ["", "; trusted-types 'none'"], ids=["no sinks", "no policies"])
def test_07_nothing_is_refused_on_any_page(widget: Callable[..., Widget], bot: str, types: str) -> None:
    origin = bot.rstrip("/")
    policy = (
        f"default-src 'none'; script-src {origin}; style-src {origin}; connect-src {origin}; img-src {origin};"
        f" base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'{types}"
    )
    chat = widget(headers={"Content-Security-Policy": policy})
    refused: list[str] = []
    asked: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.text.startswith("refused "):
            refused.append(message.text)

    def keep(request: Request) -> None:
        if request.url not in (chat.page.url, f"{chat.page.url.rpartition('/')[0]}/favicon.ico"):
            asked.append(request.url)

    chat.page.on("console", note)
    chat.page.on("request", keep)
    chat.page.add_init_script(TELL)
    chat.page.reload()
    chat.open()
    figure = chat.ask("robberies in hackney since 2021")
    figure.get_by_text("See the numbers as a table").click()
    expect(figure.get_by_role("table")).to_be_visible()
    picture = figure.get_by_role("link", name="Open as a picture").get_attribute("href")
    assert picture
    expect(chat.ask("he is hitting me").get_by_role("link", name="Call 999").first).to_be_visible()
    played.play(chat.page, played.answer(played.part(picture={"url": picture, "alt": "Robberies"})))
    image = chat.ask("a picture").get_by_role("img", name="Robberies")
    expect(image).to_be_visible()
    chat.page.wait_for_function(
        "() => document.querySelector('plan-chat').shadowRoot.querySelector('img').naturalWidth > 0"
    )
    chat.button("Yes").click()
    chat.page.reload()
    expect(chat.said.first).to_be_visible()
    chat.button("Clear chat").click()
    chat.button("Yes, clear it").click()
    expect(chat.status).to_have_text("The chat is cleared.")
    assert refused == []
    assert {each for each in asked if not each.startswith(bot)} == set()
    assert {f"{bot}widget.js", f"{bot}chat/messages", f"{bot}chat/feedback", f"{bot}chat/end", picture} <= set(asked)
    # what the policy does refuse would have been heard
    chat.page.evaluate("() => { const image = new Image(); image.src = 'http://127.0.0.1:9/x.png' }")
    with pytest.raises(Exception, match="TrustedHTML"):
        chat.page.evaluate("() => { document.body.innerHTML = '<p>x</p>' }")
    chat.page.wait_for_timeout(200)
    assert {each.split()[1] for each in refused} == {"img-src", "require-trusted-types-for"}
