"""Writes screenshots for people to look at, in .build/screenshots: wide and narrow, light and dark."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.browser.widget import Widget

SIZES = {"wide": (1280, 900), "phone": (375, 740)}


@pytest.mark.parametrize("colours", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_screenshots(page: Callable, bot: str, screenshots: Path, size: str, colours: str) -> None:
    width, height = SIZES[size]
    widget = Widget(page(bot, width, height, color_scheme=colours))
    name = f"{size}-{colours}"
    if size == "phone":
        widget.page.screenshot(path=screenshots / f"{name}-closed.png")
        widget.open()
    widget.answers.first.wait_for()
    widget.page.screenshot(path=screenshots / f"{name}-open.png")
    for topic, text in {
        "figure": "robberies in hackney since 2021", "danger": "he is hitting me", "help": "i was burgled, who can help me?",
        "plan": "what does the plan say about knife crime",
    }.items():  # fmt: skip
        assert widget.ask(text).is_visible()
        widget.page.screenshot(path=screenshots / f"{name}-{topic}.png")
