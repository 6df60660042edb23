"""The gazetteer: named things found in messages, misspelt ones too, through the real pipes and the real data."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import spacy
from spacy.language import Language

from bot.errors import PackageError
from bot.nlu.gazetteer import FILES, GAP, Gazetteer, read_forms
from bot.nlu.package import ENTITY_DATA
from bot.nlu.spans import NO_VALUE

Found = Callable[[str, str], list[str]]


@pytest.mark.parametrize(
    ("message", "areas"),
    [
        ("knife crime in Camden", ["Camden"]),
        ("knife crime in camdn", ["Camden"]),
        ("burglry in hackny", ["Hackney"]),
        ("robery in lewsham", ["Lewisham"]),
        ("how many burglaries in islngton", ["Islington"]),
        ("stabbings in southwrk", ["Southwark"]),
        ("croydn", ["Croydon"]),
        ("burglaries in Tower Hamlets", ["Tower Hamlets"]),
        ("tower hamlet burglary", ["Tower Hamlets"]),
        ("shopliftng in westminstr", ["Westminster"]),
        ("rape in barnt", ["Barnet"]),
        ("hate crme in harringey", ["Haringey"]),
        ("moped nicked in Peckham", ["Southwark"]),
        ("waltham forest asb", ["Waltham Forest"]),
        ("anti social behavior in Enfeild", ["Enfield"]),
        ("drugs in brixton", ["Lambeth"]),
        ("theft of cars in barking", ["Barking and Dagenham"]),
        ("kingston", ["Kingston upon Thames"]),
        ("what about K&C", ["Kensington and Chelsea"]),
        ("is south ken safe", ["Kensington and Chelsea"]),
        ("Shepherd’s Bush", ["Hammersmith and Fulham"]),
        ("hammersmth", ["Hammersmith and Fulham"]),
        ("richmnd", ["Richmond upon Thames"]),
        ("bexly", ["Bexley"]),
        ("shootin in tottenam", ["Haringey"]),
        ("rape in greenwhich", ["Greenwich"]),
        ("phone was nicked in stratford", ["Newham"]),
        ("theft at brent cross", ["Barnet"]),
        ("crime in the city of london", ["City of London"]),
        ("crime in london", ["London"]),
        ("camden and hackney", ["Camden", "Hackney"]),
        ("camden/hackney", ["Camden", "Hackney"]),
        ("lambth and southwark", ["Lambeth", "Southwark"]),
        ("Camden's figures", ["Camden"]),
        ("(HACKNEY)?", ["Hackney"]),
        ("in st. pancras", ["Camden"]),
        ("crime in Oxford", []),
        ("crime in Manchester", []),
        ("what does the london assembly do", []),
        ("who is the mayor of london", []),
        ("what is the plan", []),
    ],
)
def test_area(found: Found, message: str, areas: list[str]) -> None:
    assert found("area", message) == areas


@pytest.mark.parametrize(
    ("message", "crimes"),
    [
        ("knife crime", ["knife_crime"]),
        ("knife crme", ["knife_crime"]),
        ("is knife crime going up", ["knife_crime"]),
        ("stabbings", ["knife_crime"]),
        ("gun crme", ["gun_crime"]),
        ("shootin", ["gun_crime"]),
        ("murder figures", ["homicide"]),
        ("teenage murders", ["teenage_homicide"]),
        ("how many teens were murdered", ["teenage_homicide"]),
        ("violent crimes", ["violence"]),
        ("robery", ["robbery"]),
        ("i got mugged", ["robbery"]),
        ("burglry", ["burglary"]),
        ("burglery", ["burglary"]),
        ("somebody broke into our house", ["burglary"]),
        ("somebody stole my mobile phone", ["theft_from_person"]),
        ("my phone was nicked", ["theft_from_person"]),
        ("pickpocktet", ["theft_from_person"]),
        ("shopliftng", ["shoplifting"]),
        ("moped nicked", ["vehicle_crime"]),
        ("my car was broken into", ["vehicle_crime"]),
        ("they stole my car", ["vehicle_crime"]),
        ("they stole my dad's car", ["vehicle_crime"]),
        ("they stole my nice very new car", ["theft"]),  # four words between are too many
        ("theft of cars", ["vehicle_crime"]),
        ("criminal damge", ["criminal_damage"]),
        ("vandlism", ["criminal_damage"]),
        ("graffitti", ["criminal_damage"]),
        ("arson", ["arson"]),
        ("drugs", ["drugs"]),
        ("anti social behavior", ["asb"]),
        ("hate crme", ["hate_crime"]),
        ("hate crimes against muslims", ["hate_crime"]),
        ("domestik abuse", ["domestic_abuse"]),
        ("domestic voilence", ["domestic_abuse"]),
        ("sexual assualt", ["sexual_offences"]),
        ("rape", ["rape"]),
        ("stlking", ["stalking"]),
        ("fraud", ["fraud"]),
        ("public order offences", ["public_order"]),
        ("is crime going up", ["all_crime"]),
        ("robbery and burglary", ["robbery", "burglary"]),
        ("this queue is killing me", []),
        ("what is murder", []),
        ("what is the plan", []),
    ],
)
def test_crime_type(found: Found, message: str, crimes: list[str]) -> None:
    assert found("crime_type", message) == crimes


@pytest.mark.parametrize(
    ("entity", "message", "values"),
    [
        ("format", "send it by post", ["post"]),
        ("format", "in brail", ["braille"]),
        ("format", "is there an easy read version", ["easy_read"]),
        ("format", "what is the plan", []),
        ("audience", "help for men", ["men"]),
        ("audience", "i can't hear", ["deaf"]),
        ("audience", "I'm a man", ["men"]),
        ("audience", "what is the plan", []),
        ("support_need", "abused by my husband", ["domestic-abuse"]),
        ("support_need", "i am being stalked", ["stalking"]),
        ("support_need", "what is the plan", []),
    ],
)
def test_other_entities(found: Found, entity: str, message: str, values: list[str]) -> None:
    assert found(entity, message) == values


def test_one_word_can_be_two_entities(found: Found) -> None:
    assert found("crime_type", "stalking") == ["stalking"]
    assert found("support_need", "stalking") == ["stalking"]


@pytest.mark.parametrize("entity", sorted(FILES))
def test_every_listed_form_finds_its_own_value(found: Found, entity: str) -> None:
    forms = read_forms(ENTITY_DATA)[entity]
    lost = [
        form
        for value, listed in forms.items()
        if not value.startswith(NO_VALUE)
        for form in listed
        if GAP not in form.split() and value not in found(entity, form)
    ]
    assert lost == []


def test_span_covers_what_was_typed(pipes: Language) -> None:
    doc = pipes("Any knife crme in Tower Hamlets?")
    assert [span.text for span in doc.spans["crime_type"]] == ["knife crme"]
    assert [span.text for span in doc.spans["area"]] == ["Tower Hamlets"]


def _blank(forms: dict[str, dict[str, list[str]]]) -> tuple[Language, Gazetteer]:
    nlp = spacy.blank("en")
    nlp.add_pipe("plan_speller")
    gazetteer = nlp.add_pipe("plan_gazetteer")
    assert isinstance(gazetteer, Gazetteer)
    return nlp, gazetteer.learn(forms)


@pytest.mark.parametrize(
    ("message", "taken"),
    [
        ("stole car", True),
        ("stole my car", True),
        ("stole my old car", True),
        ("stole my very old car", True),
        ("stole my very very old car", False),
        ("stole, car", False),
    ],
)
def test_gap_takes_up_to_three_words(message: str, taken: bool) -> None:
    nlp, _ = _blank({"crime_type": {"vehicle_crime": [f"stole {GAP} car"]}})
    assert ("crime_type" in nlp(message).spans) is taken


def test_longer_form_wins() -> None:
    nlp, _ = _blank({"crime_type": {"violence": ["violence"], "domestic_abuse": ["domestic violence"]}})
    doc = nlp("domestic violence")
    assert [span.kb_id_ for span in doc.spans["crime_type"]] == ["domestic_abuse"]


def test_value_out_of_play_takes_its_words() -> None:
    nlp, _ = _blank({"area": {"London": ["london"], f"{NO_VALUE}none": ["london assembly"]}})
    kept = nlp("the london assembly").spans
    assert "area" not in kept or len(kept["area"]) == 0
    doc = nlp("all of london")
    assert [span.kb_id_ for span in doc.spans["area"]] == ["London"]


def test_words_of_forms_without_the_gap() -> None:
    _, gazetteer = _blank({"crime_type": {"vehicle_crime": [f"stole {GAP} car", "keyless theft"]}})
    assert gazetteer.words() == {"stole", "car", "keyless", "theft"}


def test_survives_the_disk(tmp_path: Path) -> None:
    forms = {"area": {"Camden": ["camden", "kentish town"]}}
    nlp, gazetteer = _blank(forms)
    gazetteer.to_disk(tmp_path / "gazetteer")
    read = Gazetteer(nlp).from_disk(tmp_path / "gazetteer")
    assert read.forms == forms
    doc = read(nlp.get_pipe("plan_speller")(nlp.tokenizer("in Kentish Town")))
    assert [span.kb_id_ for span in doc.spans["area"]] == ["Camden"]


def _write(folder: Path, areas: str) -> Path:
    for name in FILES.values():
        (folder / name).write_text("{}\n", encoding="utf-8")
    (folder / FILES["area"]).write_text(areas, encoding="utf-8")
    return folder


def test_form_under_two_values_is_refused(tmp_path: Path) -> None:
    folder = _write(tmp_path, "Camden: [euston]\nBrent: [wembley, Euston]\n")
    with pytest.raises(PackageError, match=r"areas\.yml: 'euston' stands under Camden and under Brent"):
        read_forms(folder)


def test_form_twice_under_one_value_is_allowed(tmp_path: Path) -> None:
    folder = _write(tmp_path, "Camden: [euston, Euston]\nBrent:\n")
    assert read_forms(folder)["area"] == {"Camden": ["euston", "euston"], "Brent": []}
