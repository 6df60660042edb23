"""The sentence encoder: all-MiniLM-L6-v2 as an int8 ONNX graph, as a spaCy pipe.

Rasa's SpacyFeaturizer reads `token.vector` and averages, never `doc.vector`. So every token vector of a message is
shifted by one constant, such that their mean is exactly SCALE times the sentence's unit vector.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from spacy.language import Language
from spacy.tokens import Doc
from spacy.vectors import Vectors

WIDTH = 384
MOST_PIECES = 128
REMEMBERED = 256
FILES = ("model.onnx", "tokenizer.json")

Encoding = tuple[np.ndarray, np.ndarray, list[tuple[int, int]]]


class Encoder:
    """A spaCy pipe that gives a doc and its tokens their vectors (float32, 384 wide)."""

    def __init__(self, nlp: Language, scale: float, threads: int) -> None:
        self.nlp, self.scale, self.threads = nlp, scale, threads
        self.folder: Path | None = None
        self._session: Any = None
        self._tokenizer: Any = None
        # SpacyNLP and the entity extractor may each run the pipeline on one message
        self.encode = lru_cache(maxsize=REMEMBERED)(self._encode)

    def from_disk(self, path: str | Path, exclude: Iterable[str] = ()) -> Encoder:
        import onnxruntime
        from tokenizers import Tokenizer

        self.folder = Path(path)
        self._tokenizer = Tokenizer.from_file(str(self.folder / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(MOST_PIECES)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = self.threads
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(
            str(self.folder / "model.onnx"), options, providers=["CPUExecutionProvider"]
        )
        if self.nlp.vocab.vectors_length == 0:  # SpacyFeaturizer skips a model without a table of vectors
            self.nlp.vocab.vectors = Vectors(shape=(1, WIDTH))
        return self

    def to_disk(self, path: str | Path, exclude: Iterable[str] = ()) -> None:
        folder = Path(path)
        folder.mkdir(parents=True, exist_ok=True)
        if self.folder and self.folder != folder:
            for name in FILES:
                shutil.copy(self.folder / name, folder / name)

    def _encode(self, text: str) -> Encoding:
        pieces = self._tokenizer.encode(text)
        ids = np.array([pieces.ids], dtype=np.int32)
        sentence, tokens = self._session.run(
            ["sentence", "tokens"], {"input_ids": ids, "attention_mask": np.ones_like(ids)}
        )
        return sentence[0] * self.scale, tokens[0], pieces.offsets

    def __call__(self, doc: Doc) -> Doc:
        words = [token.lemma_ or token.lower_ for token in doc]
        if not "".join(words).strip():
            return doc
        starts: list[int] = []
        text = ""
        for word, token in zip(words, doc, strict=True):
            starts.append(len(text))
            text += word + token.whitespace_
        sentence, pieces, offsets = self.encode(text)
        rows = _rows_of_tokens(len(doc), starts, pieces, offsets)
        real = np.array([not token.is_space for token in doc])
        rows += sentence - rows[real].mean(0)
        doc.user_hooks["vector"] = lambda _: sentence
        doc.user_hooks["has_vector"] = lambda _: True
        doc.user_token_hooks["vector"] = lambda token: rows[token.i]
        return doc


def _rows_of_tokens(count: int, starts: list[int], pieces: np.ndarray, offsets: list[tuple[int, int]]) -> np.ndarray:
    """One row for each spaCy token [count, 384]: the mean of the word pieces that begin inside it."""
    rows = np.zeros((count, WIDTH), np.float32)
    parts = np.zeros((count, 1), np.float32)
    for (begin, end), vector in zip(offsets, pieces, strict=True):
        if end > begin:
            token = int(np.searchsorted(starts, begin, "right")) - 1
            rows[token] += vector
            parts[token] += 1
    return rows / np.maximum(parts, 1)
