"""Edits of content/: a good one is taken, a bad one is refused with its place and reason, and the last good one stays."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from bot.content import store as store_module
from bot.content.schema import Phase
from bot.content.store import Content, ContentStore, load
from bot.errors import ContentError

FILE = "answers/conversation.yml"
DAY = date(2023, 5, 1)
GREETING = "Good day to you, Londoner."

Edit = Callable[[str], str]


@pytest.fixture(autouse=True)
def _look_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store_module, "LOOK_AGAIN_SECONDS", 0.0)


def added(text: str) -> Edit:
    return lambda before: f"{before}\n{text}\n"


def replaced(old: str, new: str) -> Edit:
    def change(before: str) -> str:
        assert old in before
        return before.replace(old, new)

    return change


def edit(folder: Path, file: str, change: Edit) -> str:
    """Changes a file; its text from before."""
    path = folder / file
    before = path.read_text(encoding="utf-8")
    path.write_text(change(before), encoding="utf-8")
    return before


NEW = "new_answer:\n  - text: {text}\n    reviewed: 2026-11-22"

# file, edit, what in the added or changed lines the error's line must hold (None: it names no line), words of the reason
BAD = {
    "broken list": (FILE, added("broken: [a, b"), "", "not valid YAML"),
    "tab": (FILE, added("\tbroken: a"), "broken", "not valid YAML"),
    "unknown alias": (FILE, added("broken: *nowhere"), "broken", "not valid YAML"),
    "unknown key": (FILE, added(NEW.format(text="Hello there.") + "\n    nxt: [greet]"), "nxt", "extra fields"),
    "misspelt text": (FILE, added("broken:\n  - txt: Hello there.\n    reviewed: 2026-11-22"), "txt", "text: field required"),
    "too short": (FILE, added(NEW.format(text="Hi")), "text: Hi", "at least 10"),
    "too long": (FILE, added(NEW.format(text="a" * 601)), "aaa", "at most 600"),
    "brace in text": (FILE, added(NEW.format(text="It closes on {closes} at noon.")), "{closes}", "curly braces"),
    "brace in more": (FILE, added(NEW.format(text="It closes soon.") + "\n    more: until } then"), "more", "curly braces"),
    "brace in simple": (FILE, added(NEW.format(text="It closes soon.") + "\n    simple: until {x} then"), "simple", "curly braces"),
    "wrong phase": (FILE, added(NEW.format(text="Hello there.") + "\n    phase: [opne]"), "opne", "permitted"),
    "missing phases": (FILE, added(NEW.format(text="Hello there.") + "\n    phase: [open]"), None, "no answer for phase closed, closing"),
    "no answer": (FILE, added("empty: []"), None, "empty has no answer"),
    "same name twice": (FILE, added("greet:\n  - text: Hello again.\n    reviewed: 2026-11-22"), "greet", 'duplicate key "greet"'),
    "same name in two files": (FILE, added("ask_theme_trust:\n  - text: Hello again.\n    reviewed: 2026-11-22"), None, "ask_theme_trust is answered in another"),
    "empty file": (FILE, lambda _: "", None, "none is not an allowed value"),
    "a list": (FILE, lambda _: "- greet\n", None, "not a valid dict"),
    "four buttons": (FILE, added(NEW.format(text="Hello there.") + "\n    next: [a, b, c, d]"), "next", "at most 3"),
    "long button": ("labels.yml", added(f"x: {{button: {'b' * 41}, topic: abc}}"), "bbb", "at most 40"),
    "closes before it opens": ("editions.yml", replaced("closes: 2022-01-21", "closes: 2021-01-21"), "closes: 2021", "closes before"),
    "unknown subject": ("editions.yml", replaced('subject: "2022-25"', 'subject: "2030"'), "editions:", "subject must be one of"),
    "unknown successor": ("editions.yml", replaced('successor: "2025-29"', 'successor: "2030"'), "editions:", "successor 2030"),
    "unknown service": ("services.yml", replaced("\nsamaritans:", "\nsamaritan:"), None, "samaritans is not in services.yml"),
    "unknown need": ("first_help.yml", replaced("\nneeds:", "\nneeds:\n  x: {label: abc, services: [frank]}"), "", "not a valid enumeration member"),
    "number nobody has": ("services.yml", replaced('phone: "116 123"', 'phone: "116 124"'), "116 124", "not a UK number"),
    "bank holidays in when": ("services.yml", replaced('when: "Mo-Fr 08:00-20:00"', 'when: "Mo-Fr,PH 08:00-20:00"'), "PH 08:00", "bank_holidays"),
    "need without service": ("first_help.yml", replaced("services: [frank, samaritans]", "services: []"), "services: []", "at least 1"),
    "service without source": ("services.yml", added("x: {name: abc, what: abcdef, needs: [fraud], audiences: [everyone], area: uk, display: info-only, confirmed: no-number, checked: 2026-11-22, sources: []}"), "x: {", "at least 1"),
}  # fmt: skip


@pytest.mark.parametrize(("file", "change", "on_line", "reason"), BAD.values(), ids=BAD)
def test_a_bad_edit_is_refused_with_its_place_and_reason(
    folder: Path, file: str, change: Edit, on_line: str | None, reason: str
) -> None:
    edit(folder, file, change)
    with pytest.raises(ContentError) as caught:
        load(folder)
    error = caught.value
    blamed = (
        "first_help.yml"
        if reason.endswith("services.yml")
        else "theme_trust.yml"
        if "another" in reason
        else Path(file).name
    )
    assert error.file == blamed
    assert reason in error.reason
    assert str(error).startswith(blamed)
    if on_line is None:
        assert error.line is None
    else:
        lines = ["", *(folder / file).read_text(encoding="utf-8").splitlines(), ""]
        assert error.line
        assert on_line in lines[error.line] or on_line in lines[error.line + 1]


ONE_OF_EACH_FILE = ["broken list", "long button", "unknown subject", "unknown service", "unknown need"]
"""Whatever load() refuses, the store treats alike."""


@pytest.mark.parametrize(
    ("file", "change", "on_line", "reason"), [BAD[name] for name in ONE_OF_EACH_FILE], ids=ONE_OF_EACH_FILE
)
def test_the_last_good_content_stays(
    folder: Path, caplog: pytest.LogCaptureFixture, file: str, change: Edit, on_line: str | None, reason: str
) -> None:
    store = ContentStore(folder)
    good = store.current()
    before = edit(folder, file, change)
    with caplog.at_level(logging.ERROR):
        assert store.current() is good
        assert store.current() is good
    refused = [r.getMessage() for r in caplog.records if "refused" in r.getMessage()]
    assert len(refused) == 1
    assert reason in refused[0]
    (folder / file).write_text(before + "\n# mended\n", encoding="utf-8")
    assert store.current() is not good
    assert store.current() == good


def test_a_good_edit_is_taken(folder: Path) -> None:
    store = ContentStore(folder)
    edit(folder, FILE, lambda _: f"greet:\n  - text: {GREETING}\n    reviewed: 2026-11-22\n")
    assert store.current().answer("greet", DAY).text == GREETING


def test_a_new_file_is_taken(folder: Path) -> None:
    store = ContentStore(folder)
    (folder / "answers" / "new.yml").write_text(NEW.format(text=GREETING), encoding="utf-8")
    assert store.current().answer("new_answer", DAY).text == GREETING


def test_a_missing_file_is_refused(folder: Path) -> None:
    store = ContentStore(folder)
    good = store.current()
    (folder / "services.yml").unlink()
    assert store.current() is good
    with pytest.raises(ContentError, match="services.yml: cannot be read"):
        load(folder)


def test_no_answers_at_all_are_refused(folder: Path) -> None:
    for path in (folder / "answers").iterdir():
        path.unlink()
    with pytest.raises(ContentError, match="no answer files"):
        load(folder)


def test_a_file_that_is_not_utf_8_is_refused(folder: Path) -> None:
    (folder / FILE).write_bytes("greet: caf\u00e9".encode("latin-1"))
    with pytest.raises(ContentError, match="conversation.yml: is not UTF-8"):
        load(folder)


def test_nothing_is_read_again_without_a_change(folder: Path) -> None:
    store = ContentStore(folder)
    assert store.current() is store.current()


def test_files_are_looked_at_once_in_a_while(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store_module, "LOOK_AGAIN_SECONDS", 1e9)
    store = ContentStore(folder)
    good = store.current()
    edit(folder, FILE, added("# a remark"))
    assert store.current() is good
    monkeypatch.setattr(store_module, "LOOK_AGAIN_SECONDS", 0.0)
    assert store.current() is not good


def test_the_answer_of_the_phase_comes_before_the_general_one(folder: Path) -> None:
    edit(folder, FILE, added(
        "x:\n  - {text: general words, reviewed: 2026-11-22}\n"
        "  - {text: 'open until [closes]', phase: [open, closing], reviewed: 2026-11-22}"
    ))  # fmt: skip
    content = load(folder)
    assert content.answer("x", date(2021, 12, 1)).text == "open until 21 January 2022"
    assert content.answer("x", DAY).text == "general words"
    with pytest.raises(KeyError):
        content.answer("unheard_of", DAY)


@pytest.mark.parametrize(("day", "noted"), [(date(2025, 3, 27), False), (date(2025, 3, 28), True)])
def test_the_note_on_a_newer_plan(folder: Path, day: date, noted: bool) -> None:
    assert bool(load(folder).newer_plan_note(day)) is noted


@pytest.mark.parametrize("phase", Phase)
def test_every_answer_exists_in_every_phase(content: Content, phase: Phase) -> None:
    days = {
        Phase.COMING: date(2021, 11, 1), Phase.OPEN: date(2021, 12, 1), Phase.CLOSING: date(2022, 1, 20),
        Phase.CLOSED: date(2022, 2, 1), Phase.IN_FORCE: DAY, Phase.SUPERSEDED: date(2026, 1, 1),
    }  # fmt: skip
    assert content.phase(days[phase]) is phase
    for name in content.answers:
        assert "[" not in content.answer(name, days[phase]).text, name
