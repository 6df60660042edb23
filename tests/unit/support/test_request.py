"""What is kept of a request, so that the next message goes on from it."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.support.request import Request

VALUES = st.lists(st.text(max_size=8), max_size=3).map(tuple)
FIELDS = ("needs", "crimes", "audiences", "boroughs", "doors", "named", "ways", "shown")


@given(st.builds(Request, **dict.fromkeys(FIELDS, VALUES)))
def test_comes_back_from_json_as_it_was(request_: Request) -> None:
    assert Request.from_dict(json.loads(json.dumps(request_.as_dict()))) == request_


def test_an_older_message_is_understood() -> None:
    kept = {"intent": "find_support", "needs": ["stalking"], "crimes": [], "audiences": ["men"], "gone": 1}
    assert Request.from_dict(kept) == Request(needs=("stalking",), audiences=("men",))


@pytest.mark.parametrize("field", ["needs", "crimes", "named", "doors"])
def test_says_something(field: str) -> None:
    assert not Request(**{field: ("x",)}).says_nothing


@pytest.mark.parametrize("field", ["audiences", "boroughs", "ways", "shown"])
def test_for_whom_and_where_does_not_say_what_for(field: str) -> None:
    assert Request(**{field: ("x",)}).says_nothing


def test_narrowed_keeps_what_was_not_said() -> None:
    before = Request(needs=("stalking",), audiences=("men",))
    assert before.narrowed(audiences=("lgbt",), needs=()) == Request(needs=("stalking",), audiences=("lgbt",))
