"""What the journeys share: the server's word on a conversation, waiting for what no locator shows, and the page that "Exit" goes to."""

from __future__ import annotations

import time
from collections.abc import Callable

from playwright.sync_api import APIResponse, Page, Route

from tests.browser.widget import Widget

PHONE = {"width": 375, "height": 740, "has_touch": True, "is_mobile": True}
WEATHER = "https://www.bbc.co.uk/weather"
WAIT_SECONDS = 10.0


def eventually(page: Page, true: Callable[[], object], what: str) -> None:
    """Waits until something is so; the page goes on meanwhile."""
    ends = time.monotonic() + WAIT_SECONDS
    while not true():
        assert time.monotonic() < ends, f"not within {WAIT_SECONDS:.0f} s: {what}"
        page.wait_for_timeout(50)


def history(page: Page, bot: str, conversation: str | None) -> APIResponse:
    """What the server says when it is asked for a conversation."""
    return page.context.request.post(f"{bot}chat/history", data={"conversation": conversation})


def is_erased(page: Page, bot: str, conversation: str | None) -> bool:
    """Whether the server has deleted a conversation and its id opens nothing any more."""
    return history(page, bot, conversation).status == 410


def said_by_person(page: Page, bot: str, conversation: str | None) -> list[str]:
    """The person's own messages, as the server keeps them."""
    answer = history(page, bot, conversation)
    assert answer.ok, answer.status
    return [line["text"] for line in answer.json()["said"] if line["by"] == "person"]


def play_weather(page: Page) -> None:
    """Stands in for the weather page, so that leaving needs no internet."""

    def fulfil(route: Route) -> None:
        route.fulfill(content_type="text/html", body="<!doctype html><title>Weather</title><h1>Dry and bright</h1>")

    page.context.route("https://www.bbc.co.uk/**", fulfil)


def words_of(widget: Widget) -> list[str]:
    """What was said in the chat, both sides, top to bottom; without the buttons of the last answer."""
    return widget.page.locator("plan-chat .bubble").evaluate_all(
        "all => all.map(one => { const copy = one.cloneNode(true);"
        " copy.querySelectorAll('.choices, .feedback').forEach(node => node.remove()); return copy.textContent })"
    )
