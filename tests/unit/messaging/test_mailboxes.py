"""One message at a time for each person: order, fragments, words of danger, and that nothing is lost or delayed."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field

import pytest

from bot.messaging import fragments, mailboxes
from bot.messaging.mailboxes import MOST_IN_A_BOX, MOST_URGENT, Mailboxes
from bot.messaging.received import Kind, Received
from bot.nlu import safety_patterns
from bot.places import Point

LONGEST = 500
QUIET = 0.12
SOON = 0.06
"""Seconds in which what is not waited on has long been answered."""


@dataclass
class Answerer:
    """What answers. `seconds`: for each turn; `errors`: raised by the next turns."""

    seconds: float = 0.0
    errors: list[BaseException] = field(default_factory=list)
    heard: list[tuple[str, str]] = field(default_factory=list)
    whole: list[Received] = field(default_factory=list)
    at: list[float] = field(default_factory=list)
    at_once: dict[str, int] = field(default_factory=dict)
    most_at_once: dict[str, int] = field(default_factory=dict)

    async def turn(self, sender: str, received: Received) -> None:
        self.heard.append((sender, received.text))
        self.whole.append(received)
        self.at.append(time.monotonic())
        now = self.at_once[sender] = self.at_once.get(sender, 0) + 1
        self.most_at_once[sender] = max(now, self.most_at_once.get(sender, 0))
        await asyncio.sleep(self.seconds)
        self.at_once[sender] -= 1
        if self.errors:
            raise self.errors.pop(0)

    def texts(self, sender: str = "ann") -> list[str]:
        return [text for who, text in self.heard if who == sender]


@pytest.fixture
def answerer() -> Answerer:
    return Answerer()


@pytest.fixture
def boxes(answerer: Answerer) -> Mailboxes:
    return Mailboxes(answerer.turn, QUIET, LONGEST)


def said(text: str, kind: Kind = Kind.TEXT, **more: object) -> Received:
    said.count += 1  # type: ignore[attr-defined]
    return Received(kind, "ann", f"d{said.count}", {"chat_id": 1}, text, **more)  # type: ignore[arg-type,attr-defined]


said.count = 0  # type: ignore[attr-defined]


async def type_in(boxes: Mailboxes, *texts: str | Received, gap: float = 0.0, sender: str = "ann") -> None:
    for text in texts:
        assert boxes.put(sender, text if isinstance(text, Received) else said(text))
        await asyncio.sleep(gap)


async def test_one_person_is_answered_in_order_and_one_at_a_time(answerer: Answerer) -> None:
    boxes = Mailboxes(answerer.turn, 0.0, LONGEST)
    answerer.seconds = 0.01
    await type_in(boxes, *map(str, range(8)))
    await boxes.finish(20)
    assert answerer.texts() == [str(n) for n in range(8)]
    assert answerer.most_at_once == {"ann": 1}
    assert boxes.waiting == 0


async def test_people_do_not_wait_for_one_another(answerer: Answerer, boxes: Mailboxes) -> None:
    answerer.seconds = 0.1
    begun = time.monotonic()
    for n in range(20):
        boxes.put(f"person{n}", said("hello"))
    await boxes.finish(20)
    assert time.monotonic() - begun < 0.5
    assert len(answerer.heard) == 20


async def test_a_single_message_is_not_waited_on(answerer: Answerer, boxes: Mailboxes) -> None:
    begun = time.monotonic()
    await type_in(boxes, "first")
    await boxes.finish(20)
    await asyncio.sleep(1.5 * QUIET)
    await type_in(boxes, "second, which comes later")
    await boxes.finish(20)
    assert answerer.at[0] - begun < SOON
    assert answerer.at[1] - begun - 1.5 * QUIET < SOON
    assert answerer.texts() == ["first", "second, which comes later"]


@pytest.mark.parametrize("turn_seconds", [0.0, 0.05, 0.4])
async def test_twenty_fragments_get_two_answers(answerer: Answerer, turn_seconds: float) -> None:
    boxes = Mailboxes(answerer.turn, 0.2, LONGEST)
    answerer.seconds = turn_seconds
    words = [f"word{n}" for n in range(20)]
    await type_in(boxes, *words, gap=0.02)
    await boxes.finish(20)
    assert len(answerer.heard) == 2
    assert " ".join(answerer.texts()) == " ".join(words)


async def test_twenty_in_the_same_tick_are_one(answerer: Answerer, boxes: Mailboxes) -> None:
    for n in range(20):
        boxes.put("ann", said(f"word{n}"))
    await boxes.finish(20)
    assert answerer.texts() == [" ".join(f"word{n}" for n in range(20))]


async def test_two_questions_that_waited_are_still_two(answerer: Answerer, boxes: Mailboxes) -> None:
    answerer.seconds = 0.5
    await type_in(boxes, "first question", gap=0.15)
    await type_in(boxes, "second question", gap=0.2)
    await type_in(boxes, "third question")
    await boxes.finish(20)
    assert answerer.texts() == ["first question", "second question", "third question"]


async def test_what_is_put_together_is_not_too_long(answerer: Answerer) -> None:
    boxes = Mailboxes(answerer.turn, QUIET, 50)
    words = ["x" * 20 + str(n) for n in range(9)]
    for word in words:
        boxes.put("ann", said(word))
    await boxes.finish(20)
    assert all(len(text) <= 50 for text in answerer.texts())
    assert " ".join(answerer.texts()).split() == words


async def test_a_long_message_is_kept_whole(answerer: Answerer, boxes: Mailboxes) -> None:
    long = "y" * 3 * LONGEST
    await type_in(boxes, "hello", long, "and more")
    await boxes.finish(20)
    assert answerer.texts() == ["hello", long, "and more"]


async def test_who_goes_on_typing_is_not_kept_waiting_for_ever(
    answerer: Answerer, boxes: Mailboxes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mailboxes, "LONGEST_WAIT", 0.3)
    begun = time.monotonic()
    await type_in(boxes, *(f"w{n}" for n in range(16)), gap=0.04)
    await boxes.finish(20)
    assert answerer.at[1] - begun < 0.5
    assert " ".join(answerer.texts()).split() == [f"w{n}" for n in range(16)]


async def test_the_same_said_twice_in_a_row_is_said_once(answerer: Answerer, boxes: Mailboxes) -> None:
    for text in ("NEXT", "next", " NEXT", "thanks", "NEXT"):
        boxes.put("ann", said(text))
    await boxes.finish(20)
    assert answerer.texts() == ["NEXT thanks NEXT"]


async def test_an_answer_to_fragments_goes_to_the_last_of_them(answerer: Answerer, boxes: Mailboxes) -> None:
    boxes.put("ann", Received(Kind.TEXT, "ann", "d1", {"thread": 1}, "burglary", at=1.0))
    boxes.put("ann", Received(Kind.TEXT, "ann", "d2", {"thread": 2}, "in Camden", at=2.0))
    await boxes.finish(20)
    (whole,) = answerer.whole
    assert (whole.text, whole.delivery, whole.to, whole.at) == ("burglary in Camden", "d2", {"thread": 2}, 2.0)


async def test_with_zero_seconds_nothing_is_put_together(answerer: Answerer) -> None:
    boxes = Mailboxes(answerer.turn, 0.0, LONGEST)
    for text in ("he is", "hitting", "me"):
        boxes.put("ann", said(text))
    await boxes.finish(20)
    assert answerer.texts() == ["he is", "hitting", "me"]


@pytest.mark.parametrize("kind", [Kind.BUTTON, Kind.PLACE, Kind.UNREADABLE, Kind.GROUP])
async def test_only_texts_are_put_together(answerer: Answerer, boxes: Mailboxes, kind: Kind) -> None:
    point = Point(51.5, -0.1) if kind is Kind.PLACE else None
    for one in (said("one"), said("two"), said("/ask_mopac", kind, point=point), said("three"), said("four")):
        boxes.put("ann", one)
    await boxes.finish(20)
    assert answerer.texts() == ["one two", "/ask_mopac", "three four"]
    assert (answerer.whole[1].kind, answerer.whole[1].point) == (kind, point)
    assert answerer.whole[2].point is None


async def test_what_is_no_text_is_not_waited_on(answerer: Answerer, boxes: Mailboxes) -> None:
    await type_in(boxes, "hello", gap=0.02)
    begun = time.monotonic()
    await type_in(boxes, said("/ask_mopac", Kind.BUTTON), gap=0.02)
    await type_in(boxes, "a text right behind a button is no part of it")
    await boxes.finish(20)
    assert len(answerer.heard) == 3
    assert answerer.at[2] - begun < SOON


# danger


@pytest.mark.parametrize("gap", [0.0, 0.03, 0.2], ids=["same tick", "quick", "slow"])
@pytest.mark.parametrize(
    "fragments", [("he is", "hitting", "me"), ("someone is in my", "house right now"), ("i want", "to", "die")]
)
async def test_words_of_danger_in_fragments_are_one_text(
    answerer: Answerer, boxes: Mailboxes, fragments: tuple[str, ...], gap: float
) -> None:
    await type_in(boxes, *fragments, gap=gap)
    await boxes.finish(20)
    assert safety_patterns.find(answerer.texts()[-1])
    assert answerer.texts()[-1] == " ".join(fragments)


async def test_words_of_danger_are_not_waited_on(answerer: Answerer) -> None:
    boxes = Mailboxes(answerer.turn, 1.0, LONGEST)
    await type_in(boxes, "hello", gap=0.01)
    await type_in(boxes, "he is", gap=0.01)
    begun = time.monotonic()
    await type_in(boxes, "hitting me")
    await boxes.finish(0.5)
    assert answerer.texts() == ["hello", "he is hitting me"]
    assert answerer.at[1] - begun < SOON


async def test_words_of_danger_that_are_complete_take_nothing_along(answerer: Answerer, boxes: Mailboxes) -> None:
    await type_in(boxes, "what is the plan", "about Camden", gap=2 * QUIET)
    await type_in(boxes, "my ex is hitting me", gap=2 * QUIET)
    await type_in(boxes, "thanks", gap=2 * QUIET)
    await type_in(boxes, "where is the station", gap=0.01)
    await boxes.finish(20)
    assert answerer.texts()[2:] == ["my ex is hitting me", "thanks", "where is the station"]


async def test_words_long_before_are_no_part_of_it(
    answerer: Answerer, boxes: Mailboxes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mailboxes, "RECENT_SECONDS", 0.15)
    await type_in(boxes, "he is", gap=0.3)
    await type_in(boxes, "hitting me")
    await boxes.finish(20)
    assert answerer.texts() == ["he is", "hitting me"]


@pytest.mark.parametrize("between", [Kind.BUTTON, Kind.PLACE, Kind.UNREADABLE])
async def test_words_before_something_else_are_no_part_of_it(
    answerer: Answerer, boxes: Mailboxes, between: Kind
) -> None:
    await type_in(boxes, "he is", said("/ask_mopac", between), "hitting me", gap=0.02)
    await boxes.finish(20)
    assert answerer.texts()[-1] == "hitting me"


async def test_words_of_another_person_are_no_part_of_it(answerer: Answerer, boxes: Mailboxes) -> None:
    await type_in(boxes, "he is", sender="bob", gap=0.02)
    await type_in(boxes, "hitting me", sender="ann", gap=0.02)
    await boxes.finish(20)
    assert answerer.texts("ann") == ["hitting me"]


async def test_what_was_forgotten_is_no_part_of_it(answerer: Answerer, boxes: Mailboxes) -> None:
    await type_in(boxes, "he is", gap=0.02)
    boxes.forget("ann")
    boxes.forget("nobody")
    await type_in(boxes, "hitting me", gap=0.02)
    await boxes.finish(20)
    assert answerer.texts() == ["he is", "hitting me"]


# nothing is lost


@pytest.mark.parametrize("error", [ValueError("x"), OSError(), asyncio.TimeoutError(), KeyError("y")])
async def test_a_turn_that_raises_costs_nobody_else_the_answer(answerer: Answerer, error: BaseException) -> None:
    boxes = Mailboxes(answerer.turn, 0.0, LONGEST)
    answerer.errors = [error]
    await type_in(boxes, "one", "two", "three")
    await boxes.finish(20)
    await type_in(boxes, "four")
    await boxes.finish(20)
    assert answerer.texts() == ["one", "two", "three", "four"]
    assert boxes.waiting == 0


async def test_what_comes_when_the_box_is_just_empty_is_answered(answerer: Answerer) -> None:
    """At every tick around the end of a turn."""
    boxes = Mailboxes(answerer.turn, 0.0, LONGEST)
    for ticks in range(12):
        boxes.put("ann", said(f"first {ticks}"))
        for _ in range(ticks):
            await asyncio.sleep(0)
        boxes.put("ann", said(f"second {ticks}"))
        await boxes.finish(20)
        assert answerer.texts()[-2:] == [f"first {ticks}", f"second {ticks}"]
    assert not boxes._boxes


async def test_a_turn_that_puts_a_message_in_loses_it_not(answerer: Answerer) -> None:
    heard: list[str] = []

    async def turn(sender: str, received: Received) -> None:
        heard.append(received.text)
        if received.text == "one":
            boxes.put(sender, said("two"))

    boxes = Mailboxes(turn, 0.0, LONGEST)
    boxes.put("ann", said("one"))
    await boxes.finish(20)
    assert heard == ["one", "two"]


async def test_finish_does_not_wait_for_ever(answerer: Answerer, boxes: Mailboxes) -> None:
    await boxes.finish(20)
    answerer.seconds = 0.5
    boxes.put("ann", said("one"))
    begun = time.monotonic()
    await boxes.finish(0.05)
    assert time.monotonic() - begun < 0.3
    assert boxes.waiting == 1
    await boxes.finish(20)


# bounds


async def test_how_many_wait_is_counted_exactly(answerer: Answerer) -> None:
    boxes = Mailboxes(answerer.turn, 0.0, LONGEST)
    answerer.seconds = 0.05
    for sender in ("ann", "bob", "bob"):
        boxes.put(sender, said("x"))
    assert boxes.waiting == 3
    await asyncio.sleep(0.02)
    assert boxes.waiting == 3
    await boxes.finish(20)
    assert boxes.waiting == 0


async def test_one_person_fills_only_their_own_box(answerer: Answerer) -> None:
    boxes = Mailboxes(answerer.turn, 0.0, LONGEST)
    taken = [boxes.put("ann", said(str(n))) for n in range(MOST_IN_A_BOX + 5)]
    assert taken == [True] * MOST_IN_A_BOX + [False] * 5
    assert boxes.put("bob", said("hello"))
    await boxes.finish(20)
    assert answerer.texts() == [str(n) for n in range(MOST_IN_A_BOX)]
    assert boxes.put("ann", said("later"))
    await boxes.finish(20)


async def test_a_full_box_takes_words_of_danger(answerer: Answerer) -> None:
    boxes = Mailboxes(answerer.turn, 0.0, LONGEST)
    for n in range(MOST_IN_A_BOX):
        boxes.put("ann", said(str(n)))
    assert boxes.put("ann", said("my ex is hitting me"))
    assert not boxes.put("ann", said("my ex is hitting me", Kind.UNREADABLE))
    taken = sum(boxes.put("ann", said("my ex is hitting me")) for _ in range(MOST_URGENT))
    assert taken == MOST_URGENT - MOST_IN_A_BOX - 1
    await boxes.finish(20)
    assert answerer.texts()[MOST_IN_A_BOX] == "my ex is hitting me"


async def test_what_was_said_is_forgotten(answerer: Answerer, monkeypatch: pytest.MonkeyPatch) -> None:
    boxes = Mailboxes(answerer.turn, QUIET, LONGEST)
    monkeypatch.setattr(mailboxes, "MOST_REMEMBERED", 3)
    for n in range(9):
        boxes.put(f"person{n}", said("z" * 4_000))
    await boxes.finish(20)
    assert list(boxes._recent) == ["person6", "person7", "person8"]
    assert all(len(recent.text) <= mailboxes.LONGEST_RECENT for recent in boxes._recent.values())
    monkeypatch.setattr(mailboxes, "RECENT_SECONDS", 0.01)
    await asyncio.sleep(0.02)
    boxes.put("ann", said("new"))
    await boxes.finish(20)
    assert list(boxes._recent) == ["ann"]


async def test_of_a_flood_of_very_long_texts_only_the_beginnings_are_looked_through(
    answerer: Answerer, boxes: Mailboxes, monkeypatch: pytest.MonkeyPatch
) -> None:
    lengths: list[int] = []
    monkeypatch.setattr(fragments.safety_patterns, "find", lambda text: lengths.append(len(text)))
    for n in range(MOST_IN_A_BOX):
        boxes.put("ann", said(f"{n} " + "my husband and the plan " * 1_500))
    await boxes.finish(20)
    assert len(answerer.heard) == MOST_IN_A_BOX
    assert 0 < max(lengths) <= fragments.MOST_READ


@pytest.mark.parametrize(("fragments", "alone"), [
    (["hi", "he is hitting me", "this is no joke"], "he is hitting me"),
    (["in 2024", "compare with barnet", "he is hitting me"], "he is hitting me"),
    (["my husband keeps hitting me", "how many times do i have to call"], "my husband keeps hitting me"),
    (["haha kill me now", "i am going to kill myself"], "i am going to kill myself"),
    (["ok", "he is hitting", "me", "this is no joke"], "he is hitting me"),
])  # fmt: skip
async def test_words_of_danger_are_put_together_with_nothing_that_takes_their_meaning_away(
    answerer: Answerer, fragments: list[str], alone: str
) -> None:
    boxes = Mailboxes(answerer.turn, QUIET, LONGEST)
    answerer.seconds = SOON
    await type_in(boxes, *fragments, gap=0.01)
    await boxes.finish(20)
    assert alone in answerer.texts(), answerer.texts()
    assert set(" ".join(answerer.texts()).split()) == set(" ".join(fragments).split())
