"""The speller: which words it corrects, which it leaves alone, and that it survives the disk."""

from __future__ import annotations

from pathlib import Path

import pytest
import spacy
from spacy.tokens import Doc

from bot.nlu.speller import LONGEST_WORD, Speller

WORDS = {"burglary": 100, "camden": 50, "police": 400, "the": 900, "plan": 300, "plane": 2, "plant": 1}


@pytest.fixture
def speller() -> Speller:
    return Speller(shortest=3).learn(WORDS, spared=["burglaru", "polic"])


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("burglry", "burglary"),
        ("burglarry", "burglary"),
        ("burglsry", "burglary"),
        ("bruglary", "burglary"),
        ("camdn", "camden"),
        ("camdenn", "camden"),
        ("polce", "police"),
        ("poilce", "police"),
        ("teh", "the"),
    ],
)
def test_one_slip_is_corrected(speller: Speller, typed: str, meant: str) -> None:
    assert speller.correct(typed) == meant


@pytest.mark.parametrize(
    "typed",
    [
        "burglary",  # known
        "plane",  # known, though a commoner word is one letter away
        "burglaru",  # spared
        "polic",  # spared
        "th",  # too short
        "camd3n",  # not purely letters
        "camd-n",
        "poli'e",
        "2024",
        "burgly",  # two letters away
        "zzzzzz",  # near nothing
        "",
    ],
)
def test_word_left_alone(speller: Speller, typed: str) -> None:
    assert speller.correct(typed) == typed


def test_commoner_word_wins(speller: Speller) -> None:
    assert speller.correct("plano") == "plan"


def test_shortest_word_is_a_setting() -> None:
    assert Speller(shortest=3).learn(WORDS).correct("teh") == "the"
    assert Speller(shortest=4).learn(WORDS).correct("teh") == "teh"


@pytest.mark.parametrize(("length", "corrected"), [(LONGEST_WORD, True), (LONGEST_WORD + 1, False)])
def test_longest_word(length: int, corrected: bool) -> None:
    known = "a" * (length - 1) + "b"
    typed = "a" * (length - 1) + "c"
    assert (Speller(shortest=3).learn({known: 1}).correct(typed) == known) is corrected


def test_untaught_speller_corrects_nothing() -> None:
    assert Speller(shortest=3).correct("burglry") == "burglry"


def test_only_the_lemma_changes(speller: Speller) -> None:
    doc = speller(spacy.blank("en").tokenizer("Burglry in CAMDN?"))
    assert [token.lemma_ for token in doc] == ["burglary", "in", "camden", "?"]
    assert doc.text == "Burglry in CAMDN?"


def test_empty_message(speller: Speller) -> None:
    doc = speller(Doc(spacy.blank("en").vocab, words=[]))
    assert len(doc) == 0


def test_learning_again_forgets_the_old_words(speller: Speller) -> None:
    speller.learn({"robbery": 1})
    assert speller.correct("burglry") == "burglry"
    assert speller.correct("robery") == "robbery"


def test_survives_the_disk(speller: Speller, tmp_path: Path) -> None:
    speller.to_disk(tmp_path / "speller")
    read = Speller(shortest=3).from_disk(tmp_path / "speller")
    assert read.counts == speller.counts
    assert read.spared == speller.spared
    assert read.correct("burglry") == "burglary"
    assert read.correct("polic") == "polic"


def test_survives_the_disk_with_nothing_spared(tmp_path: Path) -> None:
    Speller(shortest=3).learn({"robbery": 1}).to_disk(tmp_path / "speller")
    assert Speller(shortest=3).from_disk(tmp_path / "speller").spared == frozenset()
