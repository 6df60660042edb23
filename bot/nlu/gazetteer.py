"""Finds the named things of data/entities/: areas, crimes, formats, needs and audiences, by corrected spelling."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from ruamel.yaml import YAML
from spacy.language import Language
from spacy.matcher import Matcher
from spacy.tokens import Doc

from bot.errors import PackageError
from bot.nlu import spans

# entity -> normalised value -> the forms that people type
Forms = Mapping[str, Mapping[str, list[str]]]

GAP = "~"
MOST_BETWEEN = 3
"""Words that "~" may stand for; "my dad's" are three."""
WHOLE = "all_crime"

FILES = {
    "area": "areas.yml",
    "crime_type": "crime_types.yml",
    "format": "formats.yml",
    "support_need": "support_needs.yml",
    "audience": "audiences.yml",
}


def read_forms(folder: Path) -> dict[str, dict[str, list[str]]]:
    """All gazetteers of a folder. Raises PackageError for a form that stands under two values."""
    forms = {}
    for entity, name in FILES.items():
        loaded = YAML(typ="safe").load((folder / name).read_text(encoding="utf-8"))
        values = {str(value): [str(f).lower() for f in listed or []] for value, listed in loaded.items()}
        owner: dict[str, str] = {}
        for value, listed in values.items():
            for form in listed:
                if owner.setdefault(form, value) != value:
                    raise PackageError(f"{name}: '{form}' stands under {owner[form]} and under {value}: keep one.")
        forms[entity] = values
    return forms


class Gazetteer:
    """A spaCy pipe that adds a span for each known form, the longest first."""

    def __init__(self, nlp: Language) -> None:
        self.nlp = nlp
        self.forms: Forms = {}
        self._matchers: dict[str, Matcher] = {}

    def learn(self, forms: Forms) -> Gazetteer:
        self.forms = forms
        for entity, values in forms.items():
            matcher = Matcher(self.nlp.vocab)
            for value, listed in values.items():
                if listed:
                    matcher.add(value, [self._pattern(form) for form in listed])
            self._matchers[entity] = matcher
        return self

    def words(self) -> set[str]:
        """Every word of every form, so that the speller leaves them alone."""
        return {
            token.text
            for values in self.forms.values()
            for listed in values.values()
            for form in listed
            for token in self.nlp.tokenizer(form)
            if token.text != GAP
        }

    def _pattern(self, form: str) -> list[dict]:
        """The form as token patterns; "~" is up to three words."""
        pattern: list[dict] = []
        for word in form.split():
            if word == GAP:
                pattern += [{"IS_PUNCT": False, "OP": "?"}] * MOST_BETWEEN
            else:
                pattern += [{"LEMMA": token.lower_} for token in self.nlp.tokenizer(word)]
        return pattern

    def __call__(self, doc: Doc) -> Doc:
        for entity, matcher in self._matchers.items():
            matches = matcher(doc)
            found = [(start, end, self.nlp.vocab.strings[key]) for key, start, end in matches]
            spans.add(doc, entity, _without_wholes_of_parts(found))
        return doc

    def to_disk(self, path: str | Path, exclude: Iterable[str] = ()) -> None:
        folder = Path(path)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "forms.json").write_text(json.dumps(self.forms), encoding="utf-8")

    def from_disk(self, path: str | Path, exclude: Iterable[str] = ()) -> Gazetteer:
        return self.learn(json.loads((Path(path) / "forms.json").read_text(encoding="utf-8")))


def _without_wholes_of_parts(found: list[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    """Leaves out "crime going up" after "knife": that is a figure of knife crime, not of crime as a whole."""
    ends_of_parts = {end for _, end, value in found if value != WHOLE}
    return [(s, e, v) for s, e, v in found if v != WHOLE or not ends_of_parts & {s, s + 1}]
