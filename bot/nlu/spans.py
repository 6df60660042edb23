"""Where the pipes of the language package leave what they found: one group of spans for each entity.

`doc.ents` holds no overlapping spans, but "stalking" is a crime and a need at once; `doc.spans` may overlap.
A span's label is the entity's name and its knowledge-base id is the normalised value.
"""

from __future__ import annotations

from collections.abc import Iterable

from spacy.tokens import Doc, Span
from spacy.util import filter_spans

NO_VALUE = "_"
"""A value that starts so takes its words out of play: the London Assembly is no area."""


def add(doc: Doc, entity: str, found: Iterable[tuple[int, int, str]]) -> None:
    """Adds (first token, token after the last, value) as spans of the entity; longer ones win over shorter."""
    new = [Span(doc, start, end, label=entity, kb_id=value) for start, end, value in found if end > start]
    old = list(doc.spans[entity]) if entity in doc.spans else []
    if new or old:
        doc.spans[entity] = [span for span in filter_spans(old + new) if not span.kb_id_.startswith(NO_VALUE)]


def corrected(doc: Doc) -> tuple[str, list[int]]:
    """The message with its spelling corrected, and where in it each token starts."""
    text, starts = "", []
    for token in doc:
        starts.append(len(text))
        text += (token.lemma_ or token.lower_) + token.whitespace_
    return text, starts


def tokens_of(starts: list[int], begin: int, end: int) -> tuple[int, int]:
    """The tokens (first, after last) that a stretch of the corrected message touches."""
    first = max(i for i, start in enumerate(starts) if start <= begin)
    last = max(i for i, start in enumerate(starts) if start < end)
    return first, last + 1
