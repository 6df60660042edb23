"""What a plain yes or no means."""

from __future__ import annotations

from typing import Any

import pytest

from bot.dialogue.yes_no import meant_by


@pytest.mark.parametrize(
    ("answer", "last", "expected"),
    [
        (True, None, None),
        (False, None, None),
        (True, {"yes": "greet", "no": "deny"}, "greet"),
        (False, {"yes": "greet", "no": "none_of_these"}, "none_of_these"),
        (True, {"question": True}, "which_one"),
        (False, {"question": True}, None),
        (True, {"question": True, "yes": "greet"}, "greet"),
        (True, {"more": "and so on"}, "tell_me_more"),
        (False, {"more": "and so on"}, None),
        (True, {"more": None}, None),
    ],
)
def test_meant_by(answer: bool, last: dict[str, Any] | None, expected: str | None) -> None:
    assert meant_by(answer, last) == expected
