"""Builds the language package: a spaCy model of our own that Rasa's stock components use.

tokenizer -> plan_speller -> plan_gazetteer -> plan_periods -> plan_postcodes -> plan_encoder
"""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

from bot.paths import BUILD, CONTENT, LANGUAGE_PACKAGE, NLU_DATA, ROOT

ENTITY_DATA = ROOT / "data" / "entities"
AREAS = CONTENT / "areas.csv"
SHORTEST_CORRECTED = 3
# read at every start and stored in no model, so that a change of them asks for no training
NOT_LEARNT_FROM = frozenset(
    {
        "safety_patterns.py",
        "safety_signal.py",
        "entity_extractor.py",
        "languages.py",
        "language_signal.py",
        "about_labels.py",
    }
)
SUM_FILE = "built-from.txt"


def inputs() -> list[Path]:
    """Every file whose change asks for a new package, in a fixed order.

    The answers are not among them: their words are taken along, but an edit of an answer must not mean a new training.
    """
    folders = [(NLU_DATA, "*.yml"), (ENTITY_DATA, "*.yml"), (Path(__file__).parent, "*.py")]
    found = (path for folder, pattern in folders for path in sorted(folder.glob(pattern)))
    return [AREAS, *(path for path in found if path.name not in NOT_LEARNT_FROM)]


def checksum(files: list[Path]) -> str:
    """One SHA-256 over names and contents."""
    total = hashlib.sha256()
    for path in files:
        total.update(path.name.encode())
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def is_current(folder: Path = LANGUAGE_PACKAGE) -> bool:
    """Whether the package on disk was built from the files as they are now."""
    mark = folder / SUM_FILE
    return mark.exists() and mark.read_text(encoding="utf-8") == checksum(inputs())


def build(folder: Path = LANGUAGE_PACKAGE) -> Path:
    """Builds the package and returns its folder. Raises PackageError when an input is missing or not the published one."""
    import spacy

    from bot.nlu.gazetteer import read_forms
    from bot.nlu.postcodes import read_outward_codes
    from bot.nlu.training_text import phrases
    from bot.nlu.words import known_words

    made_from = checksum(inputs())
    encoder = _encoder_files()
    nlp = spacy.blank("en")
    speller = nlp.add_pipe("plan_speller", config={"shortest": SHORTEST_CORRECTED})
    gazetteer = nlp.add_pipe("plan_gazetteer").learn(read_forms(ENTITY_DATA))  # type: ignore[attr-defined]
    nlp.add_pipe("plan_periods")
    nlp.add_pipe("plan_postcodes").learn(read_outward_codes(AREAS))  # type: ignore[attr-defined]
    nlp.add_pipe("plan_encoder").from_disk(encoder)  # type: ignore[attr-defined]
    typed = [token.lower_ for _, phrase in phrases() for token in nlp.tokenizer(phrase)]
    pieces = json.loads((encoder / "tokenizer.json").read_text(encoding="utf-8"))["model"]["vocab"]
    spared = [piece for piece in pieces if piece.isalpha() and len(piece) >= SHORTEST_CORRECTED]
    speller.learn(known_words(gazetteer.words() | _content_words(nlp), typed), spared)  # type: ignore[attr-defined]
    fresh = folder.with_suffix(".new")
    shutil.rmtree(fresh, ignore_errors=True)
    nlp.meta.update(name="plan", version="0." + str(int(made_from[:8], 16)))
    nlp.to_disk(fresh)
    (fresh / SUM_FILE).write_text(made_from, encoding="utf-8")
    shutil.rmtree(folder, ignore_errors=True)
    fresh.rename(folder)
    return folder


def _content_words(nlp: object) -> set[str]:
    """The words of the answers, so that names in them (MOPAC, Comer-Schwartz) are never corrected."""
    text = " ".join(path.read_text(encoding="utf-8") for path in sorted((CONTENT / "answers").glob("*.yml")))
    return {token.lower_ for token in nlp.tokenizer(text) if token.is_alpha}  # type: ignore[attr-defined]


def _encoder_files() -> Path:
    """The folder with model.onnx and tokenizer.json, made once for each version of the weights."""
    from bot.nlu import encoder_graph

    weights = encoder_graph.verified_weights()
    folder = BUILD / ("encoder-" + encoder_graph.SUMS["model.safetensors"][:12])
    if not (folder / "model.onnx").exists():
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(weights["tokenizer.json"], folder / "tokenizer.json")
        partial = folder / "model.partial.onnx"
        encoder_graph.write_int8(weights["model.safetensors"], partial)
        partial.rename(folder / "model.onnx")
    return folder
