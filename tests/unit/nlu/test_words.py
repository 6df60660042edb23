"""Known words: English, the gazetteer's, and training words that are no slips."""

from __future__ import annotations

import pytest

from bot.nlu import words
from bot.nlu.words import COMMON_WORDS, OURS_COUNT_MORE, SEEN_OFTEN_ENOUGH, SHORT_FORMS, known_words


@pytest.fixture(scope="module")
def english() -> dict[str, int]:
    return words.english()


def test_english_words_are_the_most_common(english: dict[str, int]) -> None:
    assert len(english) == COMMON_WORDS
    assert list(english)[0] == "the"
    assert list(english.values()) == sorted(english.values(), reverse=True)


def test_english_stays_known(english: dict[str, int]) -> None:
    known = known_words([], [])
    assert set(known) == set(english) | set(SHORT_FORMS)
    assert {w: c for w, c in known.items() if w not in SHORT_FORMS} == {
        w: c for w, c in english.items() if w not in SHORT_FORMS
    }


@pytest.mark.parametrize(
    ("seen", "known"), [(SEEN_OFTEN_ENOUGH - 1, False), (SEEN_OFTEN_ENOUGH, True), (SEEN_OFTEN_ENOUGH + 1, True)]
)
def test_training_word_that_english_lacks(seen: int, known: bool) -> None:
    assert ("mopacc" in known_words([], ["mopacc"] * seen)) is known


def test_training_word_that_english_has_counts_at_once(english: dict[str, int]) -> None:
    assert known_words([], ["police"])["police"] == OURS_COUNT_MORE
    assert english["police"] < OURS_COUNT_MORE


def test_training_word_counts_by_its_writers() -> None:
    known = known_words([], ["police"] * 5 + ["plan"])
    assert known["police"] == 5 * known["plan"]


def test_gazetteer_word_is_known_at_once() -> None:
    assert known_words(["yiewsley"], [])["yiewsley"] == OURS_COUNT_MORE


def test_gazetteer_word_counts_more_when_trained_on() -> None:
    assert known_words(["yiewsley"], ["yiewsley"] * 2)["yiewsley"] == 3 * OURS_COUNT_MORE


@pytest.mark.parametrize("word", ["se15", "h&f", "anti-social", "2024", "?", ""])
def test_only_letters_are_words(word: str) -> None:
    assert word not in known_words([word], [word] * SEEN_OFTEN_ENOUGH)
