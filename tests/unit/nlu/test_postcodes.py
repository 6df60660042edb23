"""Postcodes: whole ones anywhere, outward codes of London alone."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pytest
from spacy.language import Language

from bot.nlu import postcodes
from bot.nlu.entity_extractor import _only_a_postcode
from bot.nlu.package import AREAS
from bot.nlu.postcodes import PostcodeFinder

Found = Callable[[str, str], list[str]]


@pytest.mark.parametrize(
    ("message", "values"),
    [
        ("I live in SE15 4NX", ["SE15 4NX"]),
        ("se154nx", ["SE15 4NX"]),
        ("BR1-1AA", ["BR1 1AA"]),
        ("sw1a 1aa", ["SW1A 1AA"]),
        ("EC1A 1BB.", ["EC1A 1BB"]),
        ("CR0 1EA", ["CR0 1EA"]),
        ("M1 1AE", ["M1 1AE"]),
        ("B33 8TH", ["B33 8TH"]),
        ("se15", ["SE15"]),
        ("N16", ["N16"]),
        ("(SE1)", ["SE1"]),
        ("i am in ub8, help", ["UB8"]),
        ("e10 and e11", ["E10", "E11"]),
        ("n16 8bt and e8", ["N16 8BT", "E8"]),
        ("E1 6AN and SE15", ["E1 6AN", "SE15"]),
        ("M1", []),
        ("b12", []),
        ("se99", []),
        ("m25", []),
        ("the a1 road", []),
        ("A4 paper", []),
        ("at 10am", []),
        ("zone 2", []),
        ("call 101", []),
        ("", []),
    ],
)
def test_message(found: Found, message: str, values: list[str]) -> None:
    assert found("postcode", message) == values


def test_span_covers_what_was_typed(pipes: Language) -> None:
    doc = pipes("near se15 4nx, ok?")
    assert [span.text for span in doc.spans["postcode"]] == ["se15 4nx"]


def test_whole_postcode_is_not_found_again_as_outward_code() -> None:
    assert list(postcodes.find("se15 4nx", frozenset({"se15"}))) == [(0, 8, "SE15 4NX")]


def test_inward_part_has_letters_that_postcodes_use() -> None:
    assert list(postcodes.find("se15 4cc", frozenset())) == []


def test_outward_codes_are_those_of_the_areas_file() -> None:
    with AREAS.open(encoding="utf-8", newline="") as file:
        listed = {row["outcode"].lower() for row in csv.DictReader(file)}
    codes = postcodes.read_outward_codes(AREAS)
    assert set(codes) == listed
    assert codes == sorted(listed)
    assert {"se15", "ec1a", "e1"} <= listed


def test_reads_outward_codes_once_and_lower(tmp_path: Path) -> None:
    path = tmp_path / "areas.csv"
    path.write_text("outcode,area\nSE15,Southwark\nE8,Hackney\nSE15,Lewisham\n", encoding="utf-8")
    assert postcodes.read_outward_codes(path) == ["e8", "se15"]


def test_survives_the_disk(tmp_path: Path) -> None:
    PostcodeFinder().learn(["se15", "e8"]).to_disk(tmp_path / "postcodes")
    assert PostcodeFinder().from_disk(tmp_path / "postcodes").outward_codes == {"se15", "e8"}


@pytest.mark.parametrize(
    ("text", "found", "only"),
    [
        ("EN4", [("postcode", 0, 3)], True),
        (" SE15! ", [("postcode", 1, 5)], True),
        ("SE15 please", [("postcode", 0, 4)], False),
        ("SE15 or SE16", [("postcode", 0, 4), ("postcode", 8, 12)], False),
        ("hello", [], False),
    ],
)
def test_message_that_is_only_a_postcode(text: str, found: list[tuple[str, int, int]], only: bool) -> None:
    entities = [{"entity": name, "start": start, "end": end} for name, start, end in found]
    assert _only_a_postcode(text, entities) is only
