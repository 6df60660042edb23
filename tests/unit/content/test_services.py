"""Who is shown first for which need."""

from __future__ import annotations

import pytest

from bot.content.services import FirstHelp

HELP = FirstHelp.parse_obj(
    {
        "needs": {"abuse": {"services": ["a", "b", "c"], "safe_device": True}, "fraud": {"services": ["f"]}},
        "default": {"services": ["d"]},
        "audiences": {"abuse": {"men": ["m", "a"], "deaf": ["x", "y"]}},
        "crimes": {"burglary": "fraud", "odd": "nowhere"},
        "reporting": {"default": ["r"]},
    }
)


@pytest.mark.parametrize(
    ("needs", "crimes", "expected"),
    [
        (["abuse"], [], "abuse"),
        (["unknown", "fraud"], [], "fraud"),
        (["abuse"], ["burglary"], "abuse"),
        ([], ["burglary"], "fraud"),
        ([], ["odd", "burglary"], "fraud"),
        ([], ["unknown"], None),
        ([], [], None),
    ],
)
def test_need_of(needs: list[str], crimes: list[str], expected: str | None) -> None:
    assert HELP.need_of(needs, crimes) == expected


@pytest.mark.parametrize(
    ("need", "audiences", "expected"),
    [
        ("abuse", (), ["a", "b", "c"]),
        ("abuse", ("men",), ["m", "a", "b"]),
        ("abuse", ("deaf", "men"), ["x", "y", "m"]),
        ("fraud", ("men",), ["f"]),
        ("unknown", (), ["d"]),
        (None, ("men",), ["d"]),
    ],
)
def test_services_for(need: str | None, audiences: tuple[str, ...], expected: list[str]) -> None:
    assert HELP.services_for(need, audiences) == expected


@pytest.mark.parametrize(("need", "expected"), [("abuse", True), ("fraud", False), ("unknown", False), (None, False)])
def test_needs_safe_device(need: str | None, expected: bool) -> None:
    assert HELP.needs_safe_device(need) is expected


def test_every_named_service() -> None:
    assert HELP.named() == set("abcdfmxyr")
