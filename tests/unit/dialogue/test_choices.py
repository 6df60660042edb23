"""What a typed number or title chooses, and everything that must choose nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bot.content.store import shared
from bot.dialogue.choices import ask_for_one, chosen, may_choose
from bot.dialogue.message import Button, buttons
from bot.paths import ROOT
from bot.support.message import need_payload

CONTENT = shared().current()
TITLES = ["Talk to someone", "Report it", "Just information", "I cannot cope", "Abuse at home", "The consultation"]


def offer(*titles: str) -> list[Button]:
    return [{"title": title, "payload": f"/p{n}"} for n, title in enumerate(titles or TITLES)]


def title_of(typed: str, *titles: str, exactly: bool = False) -> str | None:
    button = chosen(typed, offer(*titles), exactly=exactly)
    return button["title"] if button else None


@pytest.mark.parametrize(
    "typed",
    [
        "2", " 2 ", "2.", "2)", "(2)", "#2", "“2”", "2️⃣", "2⃣", "②", "２", "٢", "2 please", "2, thanks", "okay 2", "yes, 2 pls",
        "two", "Two!", "two please", "no. 2", "no.2", "No 2", "nr 2", "number 2", "number two please", "option 2", "Option two",
        "choice 2", "press 2", "button 2", "i want 2", "I'll take number 2", "can i have number two", "go for 2", "i mean 2",
        "2nd", "2nd one", "the 2nd", "second", "the second", "the second one", "the second 1", "the second one please",
        "i'd like the second one", "second option", "secnd one", "the seccond",
    ],
)  # fmt: skip
def test_the_second(typed: str) -> None:
    assert title_of(typed) == "Report it"


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("one", 0), ("1", 0), ("number one", 0), ("option one please", 0), ("one please", 0), ("first", 0), ("1st", 0), ("fisrt one", 0),
        ("3rd", 2), ("the third option", 2), ("fith", 4), ("6", 5), ("sixth", 5), ("last", 5), ("the last one", 5), ("bottom one", 5),
    ],
)  # fmt: skip
def test_other_places(typed: str, expected: int) -> None:
    assert title_of(typed) == TITLES[expected]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("report it", "Report it"), ("REPORT IT!", "Report it"), ("reprot it", "Report it"), ("reportit", None),
        ("talk to somone", "Talk to someone"), ("tlak to someone", "Talk to someone"), ("talk tosomeone", "Talk to someone"),
        ("justinformation", "Just information"), ("just informaton please", "Just information"),
        ("i can't cope", "I cannot cope"), ("i cant cpoe", "I cannot cope"), ("I can’t cope", "I cannot cope"),
        ("consultation", "The consultation"), ("the consulatation", "The consultation"), ("the consultations", None),
    ],
)  # fmt: skip
def test_titles(typed: str, expected: str | None) -> None:
    assert title_of(typed) == expected


@pytest.mark.parametrize(
    "typed",
    [
        # of people, and of time
        "no one", "no 1", "no one helps me", "one of my neighbours", "the one", "only one", "one day", "one second", "give me a second",
        "a second", "seconds", "first time he hit me", "he hit me first", "the last time", "last night", "last week", "second floor",
        # amounts, and numbers with a meaning of their own
        "999", "101", "111", "18000", "2024", "2 burglaries", "2 men outside", "two men", "two years", "2 weeks ago", "i have two",
        "i have 2", "i take two", "£2", "2%", "1.5", "1 in 3", "24/7", "10/12", "1st jan", "2nd of may", "2 11", "7", "0", "ten",
        # places
        "E1", "SW1A 2AA", "n1", "fourth plinth",
        # words beside a place in a list
        "fist", "forty", "seventy", "sixty", "eighty", "firstly", "tent", "finally",
        # words beside a title, and titles within something else
        "i cannot come", "i cannot copy", "i can cope", "abused at home", "abuses at home", "help me", "i want to report it",
        "report", "someone", "talk", "home", "information", "talk to someone about abuse", "do not report it", "it report",
        "", " ", "?", "!!!", "👍", "*", "the", "please", "number", "yes", "no", "፩", "-",
    ],
)  # fmt: skip
def test_nothing_is_chosen(typed: str) -> None:
    assert title_of(typed) is None


@pytest.mark.parametrize(
    ("typed", "title"),
    [
        ("i am not coming", "I am not coping"), ("monkey", "Money"), ("moneey", "Money"), ("shop", "Stop"), ("honey", "Money"),
        ("tell me mode", "Tell me more"), ("who can help men", "Who can help me?"), ("raped or sexual assault", "Rape or sexual assault"),
        ("that did not help", "That helped"), ("that helped", "That did not help"), ("just chatted", "Just chat"), ("", "?"),
        ("have crime in the plan", "Hate crime in the Plan"), ("women", "Women and girls"), ("the", "The"), ("please", "A"),
    ],
)  # fmt: skip
def test_near_to_a_title_and_something_else(typed: str, title: str) -> None:
    assert title_of(typed, title, "None of these") in (None, title if typed == title.casefold() else None)


@pytest.mark.parametrize("typed", ["teport it", "crmie figrues", "crmie firgues"])
def test_more_slips_than_a_finger_makes(typed: str) -> None:
    assert title_of(typed, "Report it", "Crime figures") is None


def test_a_text_near_two_titles_chooses_neither() -> None:
    assert title_of("theme trush", "Theme trust", "Theme truss") is None


def test_a_title_that_is_a_number_comes_before_the_place() -> None:
    assert title_of("2", "3", "1", "2") == "2"


def test_exactly_is_the_very_title_only() -> None:
    assert [title_of(t, exactly=True) for t in ("report it", "reprot it", "2", "second")] == [
        "Report it",
        None,
        None,
        None,
    ]


def test_nothing_was_offered() -> None:
    assert chosen("2", []) is None
    assert ask_for_one("2", []) is None


@pytest.mark.parametrize(
    ("typed", "offered", "expected"),
    [
        ("7", 6, "from 1 to 6"), ("0", 6, "from 1 to 6"), ("12.", 6, "from 1 to 6"), ("2", 1, "Send 1,"), ("7️⃣", 6, "from 1 to 6"),
        ("1 and 2", 6, "One at a time"), ("1, 2 & 3", 6, "One at a time"), ("1 2", 6, "One at a time"), ("1+2", 6, "One at a time"),
        ("2", 6, None), ("1 and 7", 6, None), ("10/12", 6, None), ("24/7", 6, None), ("21", 6, None), ("55", 6, None), ("101", 6, None),
        ("999", 6, None), ("2024", 6, None), ("7 men", 6, None), ("seven", 6, None), ("፩", 6, None), ("", 6, None), ("1/2/2024", 6, None),
    ],
)  # fmt: skip
def test_ask_for_one(typed: str, offered: int, expected: str | None) -> None:
    said = ask_for_one(typed, offer(*TITLES[:offered]))
    assert (said is None) if expected is None else (said is not None and expected in said)


@pytest.mark.parametrize(("typed", "expected"), [("2", True), ("a" * 60, True), ("a" * 61, False), ("/stop", False)])
def test_may_choose(typed: str, expected: bool) -> None:
    assert may_choose(typed) == expected


@given(st.text(st.characters(blacklist_categories=["Cs"]), max_size=60) | st.text("0123456789 .no#️⃣stndrh", max_size=8))
def test_any_text_is_taken_without_an_error(typed: str) -> None:
    said, button = ask_for_one(typed, offer()), chosen(typed, offer())
    assert not (said and button)


# On everything that people say in the scripts and the lists of phrases


def real_offers() -> list[list[Button]]:
    """Every title that a button can have, in lists of four: near titles are looked at one by one, so who is beside whom is all one."""
    nexts = [name for versions in CONTENT.answers.values() for version in versions for name in version.next or []]
    needs = [
        (need, spec.ask or f"{spec.label[:1].upper()}{spec.label[1:]}") for need, spec in CONTENT.help.needs.items()
    ]
    made = buttons([*nexts, *CONTENT.labels], CONTENT.labels)
    made += [{"title": title, "payload": need_payload(need)} for need, title in needs]
    by_title = list({button["title"]: button for button in made}.values())
    return [by_title[n : n + 4] for n in range(0, len(by_title), 4)]


def real_texts() -> Iterator[str]:
    for path in sorted((ROOT / "tests/conversations/scripts").glob("*.yml")):
        # those that try choices are meant as such
        scripts = [
            s for s in yaml.safe_load(path.read_text(encoding="utf-8")) if not s["name"].startswith("choices - ")
        ]
        for script in scripts:
            yield from (str(turn["say"]) for turn in script["turns"] if turn.get("say"))
    for name in ("development", "safety", "safety_held_out", "service_details", "languages"):
        lines = Path(ROOT / f"tests/nlu/{name}.jsonl").read_text(encoding="utf-8").splitlines()
        yield from (json.loads(line)["text"] for line in lines)


def plain(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalnum())


RIGHTLY_NEAR = {("consultation", "The consultation"), ("start again please", "Start again")}


def test_no_real_text_is_taken_for_a_choice_that_it_does_not_name() -> None:
    texts, offers = list(dict.fromkeys(real_texts())), real_offers()
    assert len(texts) > 2_000 and len(offers) > 25
    wrong = set()
    for offered in offers:
        for text in filter(may_choose, texts):
            assert ask_for_one(text, offered) is None, text
            button = chosen(text, offered)
            if button and plain(text) != plain(button["title"]):
                wrong.add((text, button["title"]))
    assert wrong <= RIGHTLY_NEAR
