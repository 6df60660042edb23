"""Whole journeys at three in the morning: what somebody came for, from the first tap to what they take away.

The servers of this file rehearse a Wednesday night, so that what is open and what is closed is known.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Route, expect

from tests.browser.conftest import serving
from tests.browser.host import HostPages
from tests.browser.journeys import PHONE, WEATHER, eventually, is_erased, play_weather, said_by_person
from tests.browser.widget import Widget

NIGHT = "2026-12-02T03:00"
DISCLOSURE = "he is hitting me"


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder where this file's servers keep what they are told."""
    return tmp_path_factory.mktemp("night")


@pytest.fixture(scope="module")
def bot(no_outside: None, host: HostPages, kept: Path) -> Iterator[str]:
    """The running assistant, at night."""
    with serving(host, kept, PLAN_TODAY=NIGHT) as address:
        yield address


def test_a_consultation_question_is_answered_with_its_source_and_date(widget: Callable[..., Widget]) -> None:
    chat = widget(**PHONE).open()
    answer = chat.ask("am i too late to have my say on the consultation")
    expect(answer.locator("p").first).to_contain_text("closed on 21 January 2022")
    # the source and its date are read without a tap
    source = answer.locator("summary")
    expect(source).to_have_text(re.compile(r"^Source: Talk London.*, 21 January 2022 and \d more$"))
    links = answer.locator(".sources a")
    expect(links.first).to_be_hidden()
    source.tap()
    expect(links.first).to_be_visible()
    assert links.count() == 3
    expect(links.first).to_have_text("Talk London: Mayor's Police and Crime Plan consultation, 21 January 2022")
    address = links.first.get_attribute("href")
    chat.page.context.route(
        "https://london.gov.uk/**", lambda route: route.fulfill(content_type="text/html", body="<h1>Talk London</h1>")
    )
    with chat.page.context.expect_page() as opened:
        links.first.tap()
    expect(opened.value.get_by_role("heading")).to_have_text("Talk London")
    assert opened.value.url == address
    assert opened.value.evaluate("window.opener === null && document.referrer === ''")
    expect(answer).to_be_visible()


def test_a_statistic_has_a_chart_and_a_table_that_say_the_same(widget: Callable[..., Widget]) -> None:
    chat = widget().open()
    with chat.page.expect_response(lambda response: response.url.endswith("/chat/messages")) as answered:
        answer = chat.ask("robberies in hackney since 2021")
    part = answered.value.json()["parts"][0]
    data = part["chart"]
    assert len(data["labels"]) >= 2
    drawing = answer.get_by_role("img")
    expect(drawing).to_be_visible()
    expect(drawing).to_have_attribute("aria-label", data["alt"])
    table = answer.locator("table")
    expect(table).to_be_hidden()
    answer.get_by_text("See the numbers as a table").click()
    expect(table).to_be_visible()
    rows = table.locator("tbody tr").evaluate_all("all => all.map(row => [...row.cells].map(cell => cell.textContent))")
    assert rows == [[label, f"{value:,.0f}"] for label, value in zip(data["labels"], data["values"], strict=True)]
    # the numbers of the table are those that are read out for the drawing, drawn in it, and said in the answer
    assert re.findall(r"(\d{4}) ([\d,]+\d)", data["alt"]) == [tuple(row) for row in rows]
    assert drawing.locator("text.value").all_text_contents() == [number for _, number in rows]
    assert all(number in part["text"] for _, number in rows)
    lengths = [float(bar.get_attribute("width") or 0) for bar in drawing.locator("rect.bar").all()]
    most = max(data["values"])
    assert [length / max(lengths) for length in lengths] == pytest.approx([value / most for value in data["values"]])
    expect(answer.locator("summary", has_text="Source:")).to_contain_text("as at")
    with chat.page.context.expect_page() as picture:
        answer.get_by_role("link", name="Open as a picture").click()
    assert picture.value.locator("img").evaluate("image => image.naturalWidth") > 300


def test_at_night_the_service_that_is_open_can_be_called(widget: Callable[..., Widget]) -> None:
    chat = widget(**PHONE).open()
    answer = chat.ask("i got scammed who can help me now")
    closed = answer.get_by_role("group", name="Report Fraud (used to be Action Fraud)")
    expect(closed).to_contain_text("closed now, opens today at 8:00")
    awake = answer.get_by_role("group", name="Victim Support", exact=True)
    expect(awake).to_contain_text("open day and night")
    expect(awake).to_contain_text("free")
    call = awake.get_by_role("link", name="Call 0808 168 9111: Victim Support")
    expect(call).to_have_attribute("href", "tel:08081689111")
    call.scroll_into_view_if_needed()
    box = call.bounding_box()
    assert box and box["height"] >= 44
    # a tap reaches the link and nothing that lies over it; there is no telephone here to take the call
    call.evaluate(
        "link => link.addEventListener('click', event => { event.preventDefault(); window.called = link.href })"
    )
    call.tap()
    assert chat.page.evaluate("window.called") == "tel:08081689111"


@pytest.mark.parametrize("way", ["button", "three presses of Shift"])
def test_a_disclosure_is_answered_with_999_and_leaving_leaves_nothing(
    widget: Callable[..., Widget], host: HostPages, bot: str, way: str
) -> None:
    chat = widget(**PHONE)
    before = chat.page.url
    chat.page.goto(host.address + host.add(bot))
    play_weather(chat.page)
    chat.open()
    answer = chat.ask(DISCLOSURE)
    expect(answer).to_have_class(re.compile(r"\bsafety\b"))
    first = answer.locator("a, button, summary").first
    expect(first).to_have_attribute("href", "tel:999")
    expect(first).to_be_in_viewport()
    conversation = chat.conversation()
    assert said_by_person(chat.page, bot, conversation) == [DISCLOSURE]
    visits = chat.page.evaluate("history.length")

    if way == "button":
        chat.button("Exit this page").tap()
    else:
        chat.field.press("Shift")
        expect(chat.status).to_have_text("Press Shift 2 more times to leave this page.")
        chat.field.press("Shift")
        expect(chat.status).to_have_text("Press Shift 1 more time to leave this page.")
        chat.field.press("Shift")

    chat.page.wait_for_url(WEATHER)
    expect(chat.page.get_by_role("heading")).to_have_text("Dry and bright")
    assert chat.page.evaluate("history.length") == visits, "the weather must take the chat's place, not come after it"
    assert chat.page.evaluate("document.referrer") in ("", f"{host.address}/")
    eventually(chat.page, lambda: is_erased(chat.page, bot, conversation), "the conversation is erased")
    chat.page.go_back()
    assert chat.page.url == before
    assert chat.page.evaluate("sessionStorage.length + localStorage.length") == 0
    expect(chat.launcher).to_be_visible()
    chat.open()
    expect(chat.said).to_have_count(0)
    assert DISCLOSURE not in chat.log.inner_text()
    assert chat.conversation() != conversation


def test_leaving_while_an_answer_is_on_its_way_leaves_nothing_either(
    widget: Callable[..., Widget], host: HostPages, bot: str
) -> None:
    chat = widget()
    chat.page.goto(host.address + host.add(bot))
    chat.open()
    conversation = chat.conversation()
    answers: list[Route] = []
    weather: list[Route] = []
    begun: list[str] = []
    chat.page.context.route("https://www.bbc.co.uk/**", lambda route: weather.append(route))
    chat.page.context.route("**/chat/messages", lambda route: answers.append(route))
    chat.page.on(
        "request", lambda request: begun.append(request.url) if request.url.endswith("/conversations") else None
    )
    chat.field.fill(DISCLOSURE)
    chat.field.press("Enter")
    eventually(chat.page, lambda: answers, "the message is sent")
    chat.button("Exit this page").click(no_wait_after=True)
    eventually(chat.page, lambda: weather, "the weather is asked for")
    eventually(chat.page, lambda: is_erased(chat.page, bot, conversation), "the conversation is erased")
    # the weather is slow: the server's word on the message comes first, while the old page still runs
    answers[0].fulfill(
        status=410, json={"detail": "The conversation was ended."}, headers={"Access-Control-Allow-Origin": "*"}
    )
    chat.page.wait_for_timeout(500)
    assert (len(answers), begun) == (1, []), "what was said before leaving must not be sent again"
    weather[0].fulfill(content_type="text/html", body="<!doctype html><h1>Dry and bright</h1>")
    chat.page.wait_for_url(WEATHER)
    chat.page.go_back()
    assert chat.page.evaluate("sessionStorage.length") == 0


def test_whether_it_was_helpful_is_kept_without_personal_data(widget: Callable[..., Widget], kept: Path) -> None:
    chat = widget().open()
    answer = chat.ask("when did the consultation close")
    answer.get_by_role("button", name="No", exact=True).click()
    comment = answer.get_by_role("textbox")
    expect(comment).to_be_focused()
    comment.fill("Too short. Ring me on 07700 900123 or write to ann@example.org")
    answer.get_by_role("button", name="Send this").click()
    expect(answer.get_by_text("Thank you for telling us.")).to_be_focused()
    answer = chat.ask("how many burglaries in camden last year")
    answer.get_by_role("button", name="Yes", exact=True).click()
    expect(answer.get_by_text("Thank you for telling us.")).to_be_focused()
    expect(answer.get_by_role("button", name="Yes", exact=True)).to_have_count(0)

    def rows() -> list[tuple[str, int, str | None]]:
        with closing(sqlite3.connect(f"file:{kept / 'talk.db'}?mode=ro", uri=True)) as database:
            return database.execute("select name, helpful, comment from web_feedback order by name").fetchall()

    eventually(chat.page, lambda: len(rows()) == 2 and rows()[0][2], "both opinions are kept")
    (name, helpful, words), good = rows()
    assert (name, helpful) == ("ask_consultation_dates", 0)
    assert words.startswith("Too short.")
    assert "900123" not in words
    assert "ann@" not in words
    assert good == ("statistics", 1, None)
