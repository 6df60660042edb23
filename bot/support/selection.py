"""Chooses at most three services for a request at an hour: 999 where it may be urgent, one that is open, the special one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import zip_longest

from bot.content.first_help import Door, FirstHelp, NeedHelp
from bot.content.plain_words import plain_words
from bot.content.services import Audience, Need, Service
from bot.content.store import Content
from bot.support import opening
from bot.support.request import FIND, REPORT, Request

MOST_SHOWN = 3
GENERAL = frozenset(
    {Need.VICTIM_SUPPORT, Need.EMERGENCY, Need.REPORT_CRIME, Need.WITNESS, Need.YOUNG_PEOPLE, Need.LOCAL_POLICE}
)  # fmt: skip
DISCLOSE = "disclose_harm"
PROPERTY = frozenset(
    {"theft", "theft_from_person", "burglary", "vehicle_crime", "criminal_damage", "shoplifting", "arson"}
)  # fmt: skip
GENDERS = frozenset({Audience.WOMEN.value, Audience.MEN.value})
AGES = frozenset({Audience.CHILDREN.value, Audience.YOUNG_PEOPLE.value, Audience.OLDER_PEOPLE.value})
CHILDREN = Audience.CHILDREN.value
CITY = "City of London"
EMERGENCY, BSL_999 = "emergency-999", "bsl-999"
ALWAYS_OPEN = "victim-support-supportline"


@dataclass(frozen=True)
class Choice:
    """`services`: ids in the order to show; `need`: what they are for; `others`: further needs that were named.

    `nothing_fits`: no service fits the whole request, and Victim Support stands in; `no_local`: a borough was named and no
    local service is known there.
    """

    services: list[str]
    need: Need | None = None
    others: tuple[Need, ...] = ()
    nothing_fits: bool = False
    no_local: bool = False


def choose(request: Request, content: Content, now: datetime, *, need: str | None = None) -> Choice:
    """The services for a request; `need` is set where the intent decides it."""
    wanted = content.help.needs_of((need,) if need else request.needs, () if need else request.crimes)
    # "victims of stalking" is about stalking: what says little counts only alone
    wanted = [n for n in wanted if n not in GENERAL] or wanted[:1]
    first = _for_a_child(wanted[0], request) if wanted else None
    others = tuple(wanted[1:])
    if request.named:
        return Choice(with_contact([*request.named], content), first)
    spec = content.help.needs.get(first) if first else None
    door = [
        i
        for i in _door(request, content.help, first) or []
        if _fits(content.services[i], request) and i not in request.shown
    ]
    # somebody who may be in danger gets the door beside 999 and the help for their need, not instead of it
    if request.intent == DISCLOSE and door and ALWAYS_OPEN not in door and first in GENERAL:
        door.insert(1, ALWAYS_OPEN)
    beside = spec is not None and spec.urgent and (request.intent != REPORT or first is Need.CHILD_SAFETY)
    if door and (not beside or _stands_alone(request, content.help)):
        return Choice(door[:MOST_SHOWN], first, others)
    fitting = [i for i in _candidates(first, spec, request, content, now) if _fits(content.services[i], request)]
    numbers_shown = {content.services[i].phone for i in request.shown if i in content.services} - {None}
    fitting = [i for i in fitting if i not in request.shown and content.services[i].phone not in numbers_shown]
    # a child that tells of itself is heard by its own line first
    at = (
        1
        if fitting and CHILDREN in request.audiences and fitting[0] in content.help.lead and fitting[0] not in door
        else 0
    )
    fitting = [i for i in fitting if i not in door[:1]]
    if spec and spec.local_first:
        at = max(at, sum(_is_local(content.services[i], request) for i in fitting[:2]))
    fitting[at:at] = door[:1]
    if not fitting:
        return Choice(_stand_in(spec, request, content), first, others, nothing_fits=True)
    ordered = fitting if door else _in_order(fitting, spec, request, content, now)
    urgent = spec is not None and spec.urgent and not {EMERGENCY, BSL_999} & {*request.shown}
    chosen = [_emergency(request), *ordered][:MOST_SHOWN] if urgent else ordered[:MOST_SHOWN]
    local_missing = bool(request.boroughs) and not any(isinstance(content.services[i].area, list) for i in chosen)
    return Choice(list(dict.fromkeys(chosen)), first, others, no_local=local_missing)


def _emergency(request: Request) -> str:
    """999; for Deaf people by video."""
    return BSL_999 if Audience.DEAF.value in request.audiences else EMERGENCY


def _stands_alone(request: Request, help_: FirstHelp) -> bool:
    return any(help_.doors[name].alone for name in request.doors[:1] if name in help_.doors)


def _for_a_child(need: Need, request: Request) -> Need:
    """A child who is used by others is a child at risk: the borough's children's services come first."""
    used = need in (Need.GANGS_COUNTY_LINES, Need.EXPLOITATION)
    return Need.CHILD_SAFETY if used and Audience.FAMILIES.value in request.audiences else need


def with_contact(ids: list[str], content: Content) -> list[str]:
    """Services asked for by name; where none of them can be reached, somebody who can follows."""
    if any(has_contact(content.services[i]) for i in ids):
        return ids[:MOST_SHOWN]
    need = content.help.needs.get(content.services[ids[0]].needs[0])
    usual = need.services if need else content.help.default
    reachable = [i for i in usual if _answered(content.services[i])] or [ALWAYS_OPEN]
    return [*ids[: MOST_SHOWN - 1], reachable[0]]


def has_contact(service: Service) -> bool:
    return any((service.phone, service.text, service.email, service.web, service.webchat))


def available(service: Service, now: datetime) -> bool | None:
    """Whether somebody can use it now: open, or a form on the web; None when its hours are not known."""
    if not (service.phone or service.text):
        return True if service.web or service.email else None
    if service.out_of_hours:
        return True
    return opening.at(service.hours, now).open


def _door(request: Request, help_: FirstHelp, need: Need | None) -> list[str] | None:
    """The services behind the door that a report, or the words of a message, leads to; None when there is no such door."""
    if request.intent in help_.intents and need not in (Need.BEREAVED, Need.WITNESS):
        return help_.intents[request.intent]
    in_the_city = CITY in request.boroughs and (
        need is Need.LOCAL_POLICE or (request.intent == REPORT and (need is None or need in GENERAL))
    )
    for name in [*request.doors, *(["square_mile"] if in_the_city else [])]:
        if name not in help_.doors:
            continue
        door = help_.doors[name]
        little_harm = request.intent == DISCLOSE and (need is None or need in GENERAL)
        about_it = need in door.needs if door.needs else request.intent == REPORT or door.for_help or little_harm
        if about_it:
            young = AGES & set(request.audiences) - {Audience.OLDER_PEOPLE.value}
            return door.for_young if young and door.for_young else door.services
    if request.intent == DISCLOSE and need is Need.VICTIM_SUPPORT and PROPERTY & {*request.crimes}:
        # what somebody needs first whose things are gone is a crime number
        return help_.reporting["property"]
    if request.intent != REPORT or need is Need.CHILD_SAFETY:
        return None
    keys = [*request.crimes, *([need.value] if need else [])]
    return help_.reporting[next((k for k in keys if k in help_.reporting), "default")]


def _candidates(
    need: Need | None, spec: NeedHelp | None, request: Request, content: Content, now: datetime
) -> list[str]:
    """Ids in the order of the facts: for the audience, then usual, then whatever else the directory has for this need."""
    if need is None or spec is None:
        return list(content.help.default)
    by_audience = content.help.audiences.get(need, {})
    by_name = {audience.value: ids for audience, ids in by_audience.items()}
    # the first of each list before the second of any: a man of 80 is both
    lists = zip_longest(*(by_name.get(a, []) for a in request.audiences))
    special = [i for row in lists for i in row if i]
    rest = sorted(
        (
            i
            for i, s in content.services.items()
            if need in s.needs and s.display != "info-only" and _is_theirs(s, request) and not _takes_reports(s, need)
        ),
        key=lambda i: (content.services[i].recheck, content.services[i].confirmed != "double"),
    )
    usual = spec.to_talk if spec.to_talk and request.intent == FIND else spec.services
    local = [i for i in rest if _is_local(content.services[i], request)]
    # beyond the usual ones only for "another one", or for a way of getting in touch that these lack
    further = rest if request.shown or request.ways else local
    ordered = list(dict.fromkeys([*special, *usual, *further]))
    local.sort(key=lambda i: not {a.value for a in content.services[i].audiences} & set(request.audiences))
    if not local:
        return ordered
    # the borough's own leads unless it is closed, or comes straight after the first
    others = [i for i in ordered if i not in local]
    leads = spec.local_first and CHILDREN not in request.audiences
    if leads and all(available(content.services[i], now) is False for i in local):
        others.sort(key=lambda i: not _answered(content.services[i]))
        leads = False
    at = 0 if leads else 1
    return [*others[:at], *local, *others[at:]]


def _in_order(ids: list[str], spec: NeedHelp | None, request: Request, content: Content, now: datetime) -> list[str]:
    """One that is open at this hour first, where the hour decides; the others stay as they are."""
    if spec is None or not spec.by_hour or ids[0] in content.help.lead or not _answered(content.services[ids[0]]):
        return ids
    first = next((i for i in ids if _may_be_open(content.services[i], now)), None)
    if first is None:
        usable = ALWAYS_OPEN not in request.shown and _fits(content.services[ALWAYS_OPEN], request)
        first = ALWAYS_OPEN if usable else ids[0]
    return [first, *(i for i in ids if i != first)]


def _answered(service: Service) -> bool:
    """Whether there is somebody to talk or write to: a form on the web is open at any hour."""
    return bool(service.phone or service.text)


def _may_be_open(service: Service, now: datetime) -> bool:
    """Open for sure, or said to be open on weekdays without times, at a time when most lines are."""
    if not _answered(service):
        return False
    # another number at other times is for emergencies of its own; the same one is simply answered
    same_line = bool(service.phone) and service.out_of_hours == service.phone
    known = True if same_line else opening.at(service.hours, now).open
    if known is not None or not (service.hours and service.hours.note):
        return bool(known)
    every_day = "every day" in service.hours.note.lower() and now.hour in opening.OFFICE_HOURS
    return every_day or opening.in_office_hours(now)


def _fits(service: Service, request: Request) -> bool:
    """Whether a service is for these people, this borough and this way of getting in touch, and has any contact at all."""
    if isinstance(service.area, list) and not _is_local(service, request):
        return False
    theirs, asked = {a.value for a in service.audiences}, set(request.audiences)
    genders = theirs & GENDERS
    if "everyone" not in theirs and genders and asked & GENDERS and not genders & asked:
        return False
    ages = theirs & AGES
    if not theirs & {"everyone", "families"} and ages and asked & AGES and not ages & asked:
        return False
    if service.display == "info-only" and not has_contact(service):
        return False
    return all(can_be_reached(service, way) for way in request.ways)


def can_be_reached(service: Service, way: str) -> bool:
    """Whether it can be reached by "text", "webchat", "email", "phone", "web", or without a voice call ("deaf")."""
    if way == "text" and Need.FRAUD in service.needs:
        return False  # a number to pass scam messages on to answers nobody
    if way == "deaf":
        return bool(service.text or service.textphone or service.relay or service.webchat or _signs(service))
    return bool(getattr(service, way, None))


def _signs(service: Service) -> bool:
    written = " ".join([*service.languages, service.what, (service.hours.note or "") if service.hours else ""])
    return "BSL" in written or "Sign Language" in written


def _takes_reports(service: Service, need: Need) -> bool:
    """A police force is no help line: for harm it is shown where a door leads to it."""
    return Need.REPORT_CRIME in service.needs and need not in (Need.REPORT_CRIME, Need.LOCAL_POLICE, Need.FRAUD)


def _is_theirs(service: Service, request: Request) -> bool:
    """Whether a service is for everybody, or for a group that was named: for "another one" beyond the usual ones."""
    theirs = {a.value for a in service.audiences}
    return "everyone" in theirs or bool(theirs & set(request.audiences)) or theirs <= {"women", "men", "families"}


def _is_local(service: Service, request: Request) -> bool:
    return isinstance(service.area, list) and bool(set(service.area) & set(request.boroughs))


def _stand_in(spec: NeedHelp | None, request: Request, content: Content) -> list[str]:
    """Victim Support, and for a wish to write or to sign whoever can be reached so; 999 before them where it may be urgent."""
    by_way = [i for way in request.ways for i in content.help.ways.get(way, [])]
    urgent = [_emergency(request)] if spec and spec.urgent else []
    return list(dict.fromkeys([*urgent, *by_way, ALWAYS_OPEN]))[:MOST_SHOWN]


def doors_in(text: str, help_: FirstHelp) -> tuple[str, ...]:
    """The doors whose words stand in a text, in the order of the file."""
    said = plain_words(text)
    return tuple(name for name, door in help_.doors.items() if _names(door, said))


def _names(door: Door, said: str) -> bool:
    for words in door.but_not:
        said = said.replace(plain_words(words), " ")
    return any(f" {plain_words(words)} " in f" {said} " for words in door.words)


def by_need(needs: Iterable[Need], content: Content) -> list[str]:
    """What several needs are called, for a sentence."""
    return [content.help.needs[n].label for n in needs if n in content.help.needs]
