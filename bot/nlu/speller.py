"""Corrects spelling by one letter, for the components that read `token.lemma_`.

`token.text` and all offsets stay as typed. A word is left alone when it is known, short, not purely letters, or a whole
piece of the encoder's own vocabulary (which spares many names).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from spacy.tokens import Doc

from bot.nlu.noise import KNOWN

if TYPE_CHECKING:
    from symspellpy import SymSpell

LONGEST_WORD = 24


class Speller:
    """A spaCy pipe that sets `token.lemma_` to the corrected lower-case word."""

    def __init__(self, shortest: int) -> None:
        self.shortest = shortest
        self.counts: dict[str, int] = {}
        self.spared: frozenset[str] = frozenset()
        self._dictionary: SymSpell | None = None

    def learn(self, counts: Mapping[str, int], spared: Iterable[str] = ()) -> Speller:
        """Takes the known words with how often each occurs, and words never to be corrected."""
        from symspellpy import SymSpell

        self.counts, self.spared = dict(counts), frozenset(spared)
        self._dictionary = SymSpell(max_dictionary_edit_distance=1, prefix_length=7)
        for word, count in self.counts.items():
            self._dictionary.create_dictionary_entry(word, count)
        return self

    def correct(self, word: str) -> str:
        """The word as it was probably meant; `word` is lower case."""
        if word in self.counts or word in self.spared or not word.isalpha():
            return word
        if not self.shortest <= len(word) <= LONGEST_WORD or self._dictionary is None:
            return word
        from symspellpy import Verbosity

        found = self._dictionary.lookup(word, Verbosity.TOP, max_edit_distance=1)
        return found[0].term if found else word

    def __call__(self, doc: Doc) -> Doc:
        for token in doc:
            word = token.lower_
            token.lemma_ = self.correct(word)
            token._.set(KNOWN, word in self.counts or word in self.spared)
        return doc

    def to_disk(self, path: str | Path, exclude: Iterable[str] = ()) -> None:
        folder = Path(path)
        folder.mkdir(parents=True, exist_ok=True)
        lines = "".join(f"{word} {count}\n" for word, count in self.counts.items())
        (folder / "words.txt").write_text(lines, encoding="utf-8")
        (folder / "spared.txt").write_text("\n".join(sorted(self.spared)), encoding="utf-8")

    def from_disk(self, path: str | Path, exclude: Iterable[str] = ()) -> Speller:
        folder = Path(path)
        pairs = (line.rsplit(" ", 1) for line in (folder / "words.txt").read_text(encoding="utf-8").splitlines())
        spared = (folder / "spared.txt").read_text(encoding="utf-8").splitlines()
        return self.learn({word: int(count) for word, count in pairs}, spared)
