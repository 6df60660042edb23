"""How a service is written: the number of this hour, at most two ways, and nothing that is not known."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from bot.clock import LONDON
from bot.content.services import Service
from bot.content.store import Content
from bot.support import wording

NOON, NIGHT = datetime(2026, 11, 24, 12, tzinfo=LONDON), datetime(2026, 11, 24, 3, tzinfo=LONDON)
CHRISTMAS = datetime(2026, 12, 25, 12, tzinfo=LONDON)
DAY_NUMBER, NIGHT_NUMBER = "020 7364 5006", "020 7364 4079"


def service(**fields: Any) -> Service:
    usual: dict[str, Any] = {
        "name": "Some Help",
        "what": "Helps anybody.",
        "needs": ["fraud"],
        "audiences": ["everyone"],
        "area": "uk",
        "display": "show",
        "confirmed": "single",
        "sources": [{"title": "Some page", "url": "https://example.org/", "as_at": "2026"}],
        "checked": date(2026, 11, 22),
    }
    return Service(**{**usual, **fields})


def with_night_number(bank_holidays: str = "unknown", **hours: Any) -> Service:
    when = {"when": "Mo-Fr 09:00-17:00", **hours, "bank_holidays": bank_holidays}
    return service(phone=DAY_NUMBER, out_of_hours=NIGHT_NUMBER, hours=when)


def test_in_the_day_the_day_number() -> None:
    assert wording.number_now(with_night_number(), NOON) == DAY_NUMBER


def test_at_night_the_other_number_and_nothing_of_the_day() -> None:
    said = wording.line(with_night_number(), NIGHT)
    assert NIGHT_NUMBER in said
    assert DAY_NUMBER not in said
    assert "closed" not in said


def test_closed_on_bank_holidays_has_the_other_number_then() -> None:
    assert wording.number_now(with_night_number("closed"), CHRISTMAS) == NIGHT_NUMBER


def test_on_a_bank_holiday_the_other_number_is_not_lost() -> None:
    assert NIGHT_NUMBER in wording.line(with_night_number("unknown"), CHRISTMAS)


@pytest.mark.parametrize("now", [NOON, NIGHT, CHRISTMAS])
def test_where_hours_are_a_note_both_numbers_are_said(now: datetime) -> None:
    said = wording.line(with_night_number(when=None, note="Office hours"), now)
    assert f"{DAY_NUMBER} in office hours, {NIGHT_NUMBER} at other times" in said


def test_card_and_line_give_the_same_number(content: Content) -> None:
    for now in (NOON, NIGHT, CHRISTMAS):
        for i, one in content.services.items():
            shown = wording.card(i, one, now)
            assert shown["phone"] is None or shown["phone"] in wording.line(one, now), i


def test_never_more_than_two_ways(content: Content) -> None:
    assert all(len(wording.ways(s, now)) <= 2 for s in content.services.values() for now in (NOON, NIGHT, CHRISTMAS))


def test_whoever_has_a_contact_shows_one(content: Content) -> None:
    for i, one in content.services.items():
        if one.phone or one.text or one.textphone or one.web or one.email:
            assert wording.ways(one, NIGHT), i


def test_website_only_where_there_is_no_number() -> None:
    assert wording.ways(service(phone=DAY_NUMBER, web="https://example.org/"), NOON) == [f"call {DAY_NUMBER}"]
    assert wording.ways(service(web="https://example.org/", confirmed="no-number"), NOON) == ["https://example.org/"]


def test_what_to_press_is_said_with_the_number() -> None:
    assert wording.ways(service(phone="999", phone_note="then press 55"), NOON) == ["call 999 (then press 55)"]


def test_without_any_contact_the_line_still_reads() -> None:
    assert wording.line(service(confirmed="no-number", display="info-only"), NOON) == "Some Help. Helps anybody."


@pytest.mark.parametrize(("cost", "said"), [("free", "free"), ("charged", "normal call rate"), ("unknown", "")])
def test_cost_of_a_call(cost: str, said: str) -> None:
    text = wording.line(service(phone=DAY_NUMBER, cost=cost), NOON)
    assert (said or ", .") in text if said else text.startswith(f"Some Help: call {DAY_NUMBER}. ")


def test_cost_says_nothing_of_a_website() -> None:
    assert "free" not in wording.line(service(web="https://example.org/", cost="free", confirmed="no-number"), NOON)


def test_doubtful_details_are_said_so() -> None:
    assert wording.DOUBTFUL in wording.line(service(web="https://example.org/", display="recheck-first"), NOON)
    assert wording.DOUBTFUL_NO_SITE in wording.line(service(phone=DAY_NUMBER, display="recheck-first"), NOON)


def test_links_of_a_card_can_be_pressed() -> None:
    card = wording.card("x", service(phone=DAY_NUMBER, text="85258", web="https://example.org/"), NOON)
    assert [link["url"] for link in card["links"]] == ["tel:02073645006", "sms:85258", "https://example.org/"]


def test_no_line_of_the_directory_reads_badly(content: Content) -> None:
    for now in (NOON, NIGHT, CHRISTMAS):
        for i, one in content.services.items():
            said = wording.line(one, now)
            assert not [bad for bad in ("None", "  ", "..", " ,", ", .", "()", " .") if bad in said], (i, said)


def test_list_has_a_line_for_each(content: Content) -> None:
    said = wording.list_services(["samaritans", "shout"], content, NOON)
    assert len(said.splitlines()) == 2
    assert wording.list_services([], content, NOON) == ""
