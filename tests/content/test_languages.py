"""content/languages.yml: a message for every prepared language, with no number but 999 and 101."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.content import languages
from bot.content.languages import LONGEST_MESSAGE, RIGHT_TO_LEFT, Language
from bot.errors import ContentError
from bot.nlu.languages import NAMES, PREPARED, recognise

LETTERS = {
    "ar": "\u0600-\u06ff", "bn": "\u0980-\u09ff", "gu": "\u0a80-\u0aff", "pa": "\u0a00-\u0a7f", "ta": "\u0b80-\u0bff",
    "uk": "\u0400-\u04ff", "ur": "\u0600-\u06ff", "zh": "\u4e00-\u9fff",
}  # fmt: skip


@pytest.fixture(scope="module")
def prepared() -> dict[str, Language]:
    return languages.load()


def test_every_prepared_language_is_there_and_no_other(prepared: dict[str, Language]) -> None:
    assert sorted(prepared) == sorted(PREPARED)


@pytest.mark.parametrize("code", PREPARED)
def test_a_message_says_the_same_as_the_others(prepared: dict[str, Language], code: str) -> None:
    language = prepared[code]
    assert len(language.text) <= LONGEST_MESSAGE
    for said in (language.text, language.english):
        assert re.findall(r"\d+", said) == ["999", "101"]
        assert f'"Police, {language.name}"' in said
    assert NAMES[language.name.lower()] == code


@pytest.mark.parametrize("code", PREPARED)
def test_a_message_is_in_its_language(prepared: dict[str, Language], code: str) -> None:
    text = re.sub(r'"[A-Za-z, ]+"', "", prepared[code].text)
    found = recognise(text)
    assert found and found.code == code
    if code in LETTERS:
        letters = [letter for letter in text if letter.isalpha()]
        own = re.findall(f"[{LETTERS[code]}]", "".join(letters))
        assert len(own) == len(letters)


@pytest.mark.parametrize("code", PREPARED)
def test_sources_are_named_with_their_dates(prepared: dict[str, Language], code: str) -> None:
    addresses = [str(source.url) for source in prepared[code].sources]
    assert any("haringey" in address for address in addresses) and any("14100225" in address for address in addresses)
    assert all(source.as_at for source in prepared[code].sources)


def test_right_to_left_languages_are_prepared() -> None:
    assert set(PREPARED) >= RIGHT_TO_LEFT


GOOD = """\
xx:
  name: Klingon
  own_name: tlhIngan
  text: 'wo batlh 999 "Police, Klingon" 101 qapla wo batlh qapla'
  english: 'In danger, call 999 and say "Police, Klingon", or call 101.'
  sources: [{title: A page, url: "https://example.org", as_at: May 2020}]
  reviewed: 2026-11-22
"""


@pytest.mark.parametrize(
    ("good", "bad", "reason"),
    [
        ("999 ", "112 ", "no other"),
        ("101", "999", "no other"),
        ('"Police, Klingon"', '"Police"', "word to say"),
        ("  name: Klingon", "  name: klingon", "name"),
        ("xx:", "klingon:", "ISO 639-1"),
        ("wo batlh qapla", "wo " * 120, "350"),
        ("wo batlh qapla", "{wo}", "curly"),
        ('sources: [{title: A page, url: "https://example.org", as_at: May 2020}]', "sources: []", "sources"),
        ("  reviewed", "  revewed: 1\n  reviewed", "revewed"),
    ],
)
def test_what_is_wrong_is_refused_with_its_reason(tmp_path: Path, good: str, bad: str, reason: str) -> None:
    path = tmp_path / "languages.yml"
    path.write_text(GOOD, encoding="utf-8")
    assert languages.load(path)["xx"].name == "Klingon"
    path.write_text(GOOD.replace(good, bad), encoding="utf-8")
    with pytest.raises(ContentError, match=reason):
        languages.load(path)
