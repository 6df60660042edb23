"""The words about a local police team, and about a place for which there is none."""

from __future__ import annotations

from datetime import date
from typing import Any

from bot import places
from bot.clock import LONDON, spell
from bot.sources.police_uk import Event, Priority, Team
from bot.support.opening import clock_time

PART, DISTRICT = "part", "district"
NOT_URGENT = "In danger, call 999. If it can wait, call 101."
ASK_WHERE = (
    "Each ward in London has its own police team. Tell me your postcode and I will name yours. I look it up and then forget "
    f"it. A district will do if you prefer. {NOT_URGENT}"
)
SORRY_NO_TEAM = "I am sorry, I could not look up the police team just now."
LONGEST_ISSUE = 160
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def describe_team(
    place: dict[str, Any], team: Team, priorities: list[Priority], events: list[Event], today: date
) -> str:
    """Who the team is, how to reach it, what it works on, and the next meeting."""
    where = ", ".join(str(part) for part in (place.get("ward"), place.get("borough")) if part)
    of = f"the middle of {_title(str(place['named']))}" if place["status"] == DISTRICT else where
    lines = [f"The police team for {of or 'there'} is {team.name}."]
    lines.append(_contact(team))
    if priorities:
        first = priorities[0]
        said = f", set on {spell(first.issued)}" if first.issued else ""
        lines.append(f"It works on{said}: {_short(first.issue)}")
    lines.append(_meeting(events[0]) if events else "No meeting is published at the moment.")
    if place.get("near_border"):
        lines.append("Near a borough border, check on the Met's website: I go by the middle of a postcode.")
    if place["status"] == DISTRICT:
        lines.append("A whole postcode is surer.")
    return " ".join([*lines, NOT_URGENT])


def more_of_team(team: Team, priorities: list[Priority], events: list[Event]) -> str | None:
    """What "tell me more" adds: the other priorities with what was done, and further meetings."""
    lines = []
    for priority in priorities[:3]:
        done = f" What was done: {_short(priority.action)}" if priority.action else ""
        lines.append(f"• {_short(priority.issue)}{done}")
    lines += [f"• {_meeting(event)}" for event in events[1:4]]
    lines += [f"• {link.title}: {link.url}" for link in team.links[:2]]
    return "\n".join(lines) or None


def describe_place(place: dict[str, Any]) -> str:
    """What can be said of a place whose team is not known."""
    status = place["status"]
    if status == places.CITY:
        return f"That is in the City of London. It has its own police, not the Met. {NOT_URGENT}"
    if status == places.OUTSIDE:
        where = f" ({place['district']})" if place.get("district") else ""
        what = "place" if place.get("sent") else "postcode"
        return f"That {what} is outside Greater London{where}, so another police force looks after it. {NOT_URGENT}"
    if status == places.UNKNOWN:
        return f"I cannot find that postcode. Please check it, or tell me your borough. {NOT_URGENT}"
    if status == places.TERMINATED:
        return (
            f"That postcode is no longer in use{_since(place)}. Tell me your present one, or your borough. {NOT_URGENT}"
        )
    if status == places.FOUND:
        where = f"{place['ward']} ward, {place['borough']}" if place.get("ward") else str(place.get("borough"))
        return f"That is in {where}. {SORRY_NO_TEAM} The Met's website can, by postcode. {NOT_URGENT}"
    return _part(place)


def _part(place: dict[str, Any]) -> str:
    boroughs = [str(b) for b in place.get("boroughs") or []]
    named = str(place.get("named") or "")
    is_code = any(c.isdigit() for c in named)
    called = (named.upper() if is_code else _title(named)) or "That postcode"
    is_borough = named.casefold() in {b.casefold() for b in boroughs}
    where = f"{called} is in {' or '.join(boroughs[:3])}." if boroughs and not is_borough else ""
    if place["status"] == places.UNAVAILABLE or place.get("failed"):
        return f"{SORRY_NO_TEAM} {where} You can look it up on the Met's website. {NOT_URGENT}".replace("  ", " ")
    borough = f"{where} " if where else (f"{boroughs[0]} has several teams, one for each ward. " if boroughs else "")
    return (
        f"{borough}Tell me your whole postcode and I will name your team. I look it up and then forget it. {NOT_URGENT}"
    )


def _title(named: str) -> str:
    return " ".join(word[:1].upper() + word[1:] for word in named.split())


def _contact(team: Team) -> str:
    details = team.contact_details or {}
    shown = [f"e-mail {details['email']}"] if details.get("email") else []
    if details.get("telephone"):
        shown.append(f"phone {details['telephone']}")
    return f"Contact: {', '.join(shown)}." if shown else "Its contact details are not published."


def _meeting(event: Event) -> str:
    begins = event.begins.astimezone(LONDON)
    at = f", {event.address}" if event.address else ""
    return f"Next meeting: {event.title}, {spell(begins.date())} at {clock_time(begins)}{at}."


def _since(place: dict[str, Any]) -> str:
    if not place.get("year"):
        return ""
    month = f"{MONTHS[int(place['month']) - 1]} " if place.get("month") else ""
    return f" (it ended in {month}{place['year']})"


def _short(text: str) -> str:
    """At most a line, ended at a word."""
    if len(text) <= LONGEST_ISSUE:
        return text if text.endswith((".", "!", "?")) else f"{text}."
    return f"{text[:LONGEST_ISSUE].rsplit(' ', 1)[0]} …"
