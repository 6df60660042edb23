"""Trace ids: what a header may say, and that tasks, timeouts and threads take the trace along."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from bot.operations import trace
from bot.operations.trace import Trace
from bot.web.repeats import Repeats

ID, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
GOOD = f"00-{ID}-{SPAN}-00"


@pytest.fixture(autouse=True)
def nothing_before() -> Iterator[None]:
    token = trace._current.set(None)
    yield
    trace._current.reset(token)


@pytest.mark.parametrize("header", [GOOD, f" {GOOD} ", f"cc-{ID}-{SPAN}-00-what-comes-later", f"01-{ID}-{SPAN}-00"])
def test_a_valid_header_is_taken(header: str) -> None:
    assert trace.begin(header) == Trace(ID, "00") == trace.current()


@pytest.mark.parametrize(
    "header",
    [
        None, "", "zebra", GOOD.upper(), GOOD[:-1], f"{GOOD}0", f"ff-{ID}-{SPAN}-00", f"00-{'0' * 32}-{SPAN}-00",
        f"00-{ID}-{'0' * 16}-00", f"{GOOD}-more", f"{GOOD}\nX-Other: 1", f"00-{ID[:-1]}é-{SPAN}-00", f"cc-{ID}-{SPAN}-00-{'x' * 500}",
    ],
)  # fmt: skip
def test_anything_else_begins_a_new_one(header: str | None) -> None:
    assert trace.read(header) is None
    begun = trace.begin(header)
    assert begun.id != ID and len(begun.id) == 32 and int(begun.id, 16)
    assert trace.begin(header).id != begun.id


def test_what_goes_to_another_server_is_valid_and_has_a_span_of_its_own() -> None:
    assert trace.parent_header() == {}
    trace.begin(GOOD)
    told = trace.parent_header()[trace.HEADER]
    assert trace.read(told) == Trace(ID, "00")
    assert SPAN not in told and told != trace.parent_header()[trace.HEADER]


async def test_it_goes_along_with_tasks_timeouts_and_threads() -> None:
    trace.begin(GOOD)

    async def look() -> Trace | None:
        await asyncio.sleep(0)
        return trace.current()

    expected = Trace(ID, "00")
    assert await asyncio.wait_for(look(), 5) == expected
    assert await asyncio.create_task(look()) == expected
    assert await asyncio.to_thread(trace.current) == expected
    assert await Repeats().once("c", "12345678", look) == expected


async def test_two_requests_at_once_keep_theirs() -> None:
    async def request(header: str | None) -> tuple[Trace, Trace | None]:
        begun = trace.begin(header)
        await asyncio.sleep(0.01)
        return begun, trace.current()

    for begun, after in await asyncio.gather(*(asyncio.create_task(request(h)) for h in (GOOD, None, None))):
        assert begun == after
