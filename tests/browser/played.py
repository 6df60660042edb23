"""Answers and faults that the real server never gives, played to the widget in its place."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, Route

HOSTILE = (
    "<img src=x onerror=alert(1)>", "[x](javascript:alert(1))", "javascript:alert(1)", "data:text/html,<script>alert(1)</script>",
    "vbscript:msgbox(1)", " JaVaScRiPt:alert(1)", "java\nscript:alert(1)", "//evil.example/x", "<svg/onload=alert(1)>",
)  # fmt: skip
CHART = {
    "type": "line", "title": "Robberies in Hackney", "alt": "A line, robberies in Hackney: 2022 1,500, 2023 not known, 2024 1,798, 2025 1,688.",
    "labels": ["2022", "2023", "2024", "2025"], "values": [1500, None, 1798, 1688], "unit": "offences", "source": "The Met, 2026",
}  # fmt: skip


def part(text: str = "A text.", **more: Any) -> dict[str, Any]:
    """A part of an answer, with what was not named left out."""
    return {"text": text, "safety": False, "language": "en", "buttons": [], "sources": [], "services": [], **more}


def answer(*parts: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "id": "played.1.x", "at": "2026-11-28T06:00:00+00:00", "status": "answered", "feedback": True, "parts": list(parts), **more
    }  # fmt: skip


def hostile_answer() -> dict[str, Any]:
    """Every field holds something that must stay text."""
    parts = [
        part(
            bad, warning=bad, language=bad, buttons=[{"title": bad, "payload": bad}],
            sources=[{"title": bad, "url": bad, "as_at": bad}],
            services=[{"name": bad, "what": bad, "opening": bad, "cost": bad, "links": [{"title": bad, "url": bad}]}],
            chart={"type": bad, "title": bad, "alt": bad, "labels": [bad], "values": [1], "unit": bad, "source": bad},
            picture={"url": bad, "alt": bad},
        )
        for bad in HOSTILE
    ]  # fmt: skip
    pictures = [part("A picture.", picture={"url": bad, "alt": bad}) for bad in HOSTILE]
    return answer(*parts, *pictures)


def play(
    page: Page, play_answer: Callable[[Route], None] | dict[str, Any] | list | int, path: str = "messages"
) -> list[dict]:
    """From now on a request is answered so: a document, a status, or what a function does. The list fills with what was sent."""
    sent: list[dict] = []

    def handle(route: Route) -> None:
        sent.append(json.loads(route.request.post_data or "{}"))
        headers = {"Access-Control-Allow-Origin": route.request.headers.get("origin", "*")}
        if isinstance(play_answer, int):
            route.fulfill(status=play_answer, headers=headers, json={"type": "about:blank", "status": play_answer})
        elif callable(play_answer):
            play_answer(route)
        else:
            route.fulfill(json=play_answer, headers=headers)

    page.unroute(f"**/chat/{path}")
    page.route(f"**/chat/{path}", handle)
    return sent
