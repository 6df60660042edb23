"""Ids of conversations open one conversation, for some hours, and only when they were made here."""

from __future__ import annotations

import pytest

from bot.errors import ConversationIdError, ExpiredIdError, SetupError
from bot.keys import SHORTEST_SECRET
from bot.web.ids import LONGEST_ID, ConversationIds

SECRET = "a secret of the tests, long enough for it"
HOURS = 2


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def ids(clock: Clock) -> ConversationIds:
    return ConversationIds(SECRET, HOURS, clock)


def test_an_id_opens_what_it_was_made_for(ids: ConversationIds) -> None:
    token, opened = ids.issue()
    assert ids.read(token) == opened
    assert opened.expires == 1_000_000 + HOURS * 3600
    assert len(token) <= LONGEST_ID
    assert token.isascii()


def test_ids_differ_and_the_store_does_not_know_them(ids: ConversationIds) -> None:
    made = [ids.issue() for _ in range(50)]
    assert len({token for token, _ in made}) == len({opened.sender for _, opened in made}) == 50
    for token, opened in made:
        assert not any(len(part) > 2 and part in opened.sender for part in token.split("."))


def test_a_server_with_the_same_secret_reads_it(ids: ConversationIds, clock: Clock) -> None:
    token, opened = ids.issue()
    assert ConversationIds(SECRET, 1, clock).read(token) == opened


def test_an_id_of_another_secret_opens_nothing(ids: ConversationIds, clock: Clock) -> None:
    forged, _ = ConversationIds(SECRET[::-1], HOURS, clock).issue()
    with pytest.raises(ConversationIdError):
        ids.read(forged)


@pytest.mark.parametrize("part", range(4))
def test_every_part_is_signed(ids: ConversationIds, part: int) -> None:
    first, second = ids.issue()[0].split("."), ids.issue()[0].split(".")
    other = ["v2", second[1], str(int(first[2]) + 3600), second[3]]
    for wrong in (other[part], "", first[part] + "A", first[part][:-1]):
        changed = ".".join([*first[:part], wrong, *first[part + 1 :]])
        with pytest.raises(ConversationIdError):
            ids.read(changed)


@pytest.mark.parametrize(
    "text",
    [
        "", ".", "...", "v1", "v1.a.b", "v1.a.1.b.c", "\x00", "a" * 10_000, "é.é.é.é", "v1.a.9٣.b", "v1.\ud800.1.b", "\U0001f600" * 4,
        "v1..9999999999.", "../../etc/passwd", "' or 1=1 --",
    ],
)  # fmt: skip
def test_nonsense_is_refused(ids: ConversationIds, text: str) -> None:
    with pytest.raises(ConversationIdError):
        ids.read(text)


@pytest.mark.parametrize("extra", [" ", "\n", "=", ".", "é", "\ud800", "A" * LONGEST_ID])
def test_nothing_may_stand_around_an_id(ids: ConversationIds, extra: str) -> None:
    token, _ = ids.issue()
    for text in (token + extra, extra + token):
        with pytest.raises(ConversationIdError):
            ids.read(text)


def test_an_id_expires(ids: ConversationIds, clock: Clock) -> None:
    token, opened = ids.issue()
    clock.now = opened.expires - 1
    assert ids.read(token) == opened
    clock.now = opened.expires
    with pytest.raises(ExpiredIdError):
        ids.read(token)


def test_a_forged_id_is_not_told_that_it_expired(ids: ConversationIds, clock: Clock) -> None:
    token, _ = ids.issue()
    clock.now += HOURS * 3600 + 1
    with pytest.raises(ConversationIdError):
        ids.read(token[:-1] + ("A" if token[-1] != "A" else "B"))


@pytest.mark.parametrize("name", ["greet", "action_statistics", "a.b", "x" * 120])
def test_an_answer_has_its_name_back_in_its_own_conversation(ids: ConversationIds, name: str) -> None:
    mine, other = ids.issue()[1].sender, ids.issue()[1].sender
    answer = ids.sign_answer(mine, name, 12.345)
    assert len(answer) <= 200
    assert ids.answer_name(mine, answer) == name
    with pytest.raises(ConversationIdError):
        ids.answer_name(other, answer)


def test_answers_at_different_times_have_different_ids(ids: ConversationIds) -> None:
    assert ids.sign_answer("s", "greet", 1.0) != ids.sign_answer("s", "greet", 1.5)


@pytest.mark.parametrize(
    "answer",
    ["", "a", "..", "greet.12345", "greet.12345.", "greet.12345.AAAAAAAAAAAAAAAAAAAAAA", "é.1.é", "\ud800.1.b", "greet.1.\udfff", ".1.b"],
)  # fmt: skip
def test_answers_that_were_not_given_are_refused(ids: ConversationIds, answer: str) -> None:
    with pytest.raises(ConversationIdError):
        ids.answer_name("sender", answer)


def test_the_id_of_a_conversation_is_not_that_of_an_answer(ids: ConversationIds) -> None:
    token, opened = ids.issue()
    with pytest.raises(ConversationIdError):
        ids.answer_name(opened.sender, token)
    with pytest.raises(ConversationIdError):
        ids.read(ids.sign_answer(opened.sender, "v1.random", 9_999_999.0))


def test_what_is_hidden_is_the_same_each_time_and_under_this_secret_only(ids: ConversationIds, clock: Clock) -> None:
    assert ids.hide("192.0.2.1") == ids.hide("192.0.2.1") != ids.hide("192.0.2.2")
    assert "192" not in ids.hide("192.0.2.1")
    assert ConversationIds(SECRET[::-1], HOURS, clock).hide("192.0.2.1") != ids.hide("192.0.2.1")


def test_a_short_secret_is_refused_and_not_repeated() -> None:
    with pytest.raises(SetupError, match="PLAN_SECRET") as refused:
        ConversationIds("x" * (SHORTEST_SECRET - 1), HOURS)
    assert "xxx" not in str(refused.value)
    ConversationIds("x" * SHORTEST_SECRET, HOURS)
