"""What the classifier of "about" reads: sentence vector, words, parts of words, and the named things that were found."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.sparse import csr_matrix, hstack
from spacy.tokens import Doc

from bot.nlu import spans

NAMED = ("support_need", "crime_type", "audience")
WORDS, PARTS = "words", "parts"


class AboutFeatures:
    """Learns its words from the training examples; `as_dict` and `from_dict` keep them without any pickle."""

    def __init__(self) -> None:
        from sklearn.feature_extraction.text import TfidfVectorizer

        self._by_name = {
            WORDS: TfidfVectorizer(analyzer="word", ngram_range=(1, 2), sublinear_tf=True, min_df=2, max_features=4000),
            PARTS: TfidfVectorizer(
                analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True, min_df=3, max_features=5000
            ),
        }

    def learn(self, docs: list[Doc]) -> csr_matrix:
        """Rows [examples, features] of the examples it learns from."""
        return self._join(docs, {name: v.fit_transform(_texts(docs, name)) for name, v in self._by_name.items()})

    def rows(self, docs: list[Doc]) -> csr_matrix:
        """Rows [messages, features]."""
        return self._join(docs, {name: v.transform(_texts(docs, name)) for name, v in self._by_name.items()})

    @staticmethod
    def _join(docs: list[Doc], counted: dict[str, Any]) -> csr_matrix:
        vectors = np.vstack([np.asarray(doc.vector, np.float32) for doc in docs])
        dense = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
        return hstack([csr_matrix(dense), counted[PARTS], counted[WORDS]]).tocsr()

    def as_dict(self) -> dict[str, Any]:
        """Plain data: the words of each kind, and how rare they are."""
        return {
            name: {"words": sorted(v.vocabulary_, key=v.vocabulary_.get), "rarity": [float(x) for x in v.idf_]}
            for name, v in self._by_name.items()
        }

    @classmethod
    def from_dict(cls, kept: dict[str, Any]) -> AboutFeatures:
        features = cls()
        for name, vectorizer in features._by_name.items():
            vectorizer.vocabulary = {word: n for n, word in enumerate(kept[name]["words"])}
            vectorizer.idf_ = np.array(kept[name]["rarity"])
        return features


def _texts(docs: list[Doc], name: str) -> list[str]:
    texts = [spans.corrected(doc)[0].lower() for doc in docs]
    if name == PARTS:
        return texts
    return [f"{text} {_named(doc)}" for text, doc in zip(texts, docs, strict=True)]


def _named(doc: Doc) -> str:
    """The things that the gazetteer found, as words that nobody types."""
    found = (span.kb_id_ for entity in NAMED if entity in doc.spans for span in doc.spans[entity])
    return " ".join("zz" + "".join(c for c in value if c.isalpha()) for value in found)
