"""Answers a question about the services just shown: what it costs, when it is open, whether one can text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.content.services import Service
from bot.content.store import Content
from bot.support import opening
from bot.support.selection import EMERGENCY, can_be_reached
from bot.support.wording import reached, without_a_call

COST, HOURS, WAY, LANGUAGES, PRIVATE, ANOTHER, WHAT = (
    "cost", "hours", "way", "languages", "private", "another", "what",
)  # fmt: skip

WAYS = {
    "text": r"\btexts?\b|\btxt\b|\bsms\b|\bwhats ?app\b",
    "webchat": r"\bchat\b|\bweb ?chat\b|\bmessage (?:them|someone)\b|\btype\b",
    "email": r"\be ?-?mails?\b",
    "deaf": r"\bdeaf\b|\bbsl\b|\bsign language\b|\bcan'?t hear\b|\btext ?phone\b|\brelay\b|\bhard of hearing\b",
    "web": r"\bwebsites?\b|\bonline\b|\blink\b|\bweb ?page\b",
    "phone": r"\bnumbers?\b|\bphone\b|\bcall\b|\bring\b|\bspeak to\b|\btalk to\b",
}
IN_WORDS = {
    "text": "by text", "webchat": "by web chat", "email": "by e-mail", "web": "online", "phone": "by phone",
    "deaf": "without a voice call",
}  # fmt: skip
KINDS = {
    COST: r"\bfree\b|\bcosts?\b|\bpay\b|\bcharges?d?\b|\bhow much\b|\bmoney\b|\bcredit\b|\bexpensive\b",
    PRIVATE: r"\b(?:call|ring|tell|inform) (?:the )?(?:police|cops|feds|social services)\b|\bgive (?:my|a|your|them my) names?\b|"
    r"\bsocial services\b|\btake me away\b|\brecord(?:ed|ing)?\b|"
    r"\bprivate\b|\bconfidential\w*|\banonymous\w*|\btell anyone\b|\bbill\b|\btrace\b",
    LANGUAGES: r"\blanguages?\b|\binterpreters?\b|\btranslat\w+|in (?:polish|bengali|urdu|somali|turkish|arabic)\b",
    HOURS: (
        r"\bopen\w*|\bclosed?\b|\bcloses?\b|\bhours\b|\bwhat times?\b|"
        r"^when\b|\bwhen (?:are|do|does|is|can|will|they)\b|\btonight\b|\bweekends?\b|\b24\b|"
        r"\blate\b|\b(?:call|ring|phone|text|answer\w*|available|(?:some|any)(?:one|body) there) (?:\w+ )?(?:right )?now\b"
    ),
}
NO_CALL = re.compile(
    r"\b(?:can'?t|cannot|can not|don'?t (?:want|like|dare)(?: to)?|not able to|"
    r"unable to|(?:scared|afraid) (?:to|of)|without|hate) "
    r"(?:(?!him|her|them|one|stop)\w+ ){0,2}?(?:calls?|calling|ring(?:ing)?|phon(?:e|es|ing)|phonecalls?|"
    r"talk(?:ing)?|speak(?:ing)?)\b"
    r"(?! (?:me|about|to|with)\b)|"
    r"\b(?:no|(?:don'?t|haven'?t) (?:have|got)(?: an?y?)?) (?:phone|signal)\b"
)
"""Somebody for whom a voice call is no way, whatever else they name."""
TELLS_OF_HARM = re.compile(
    r"\b(?:hurts?|hurting|kill\w*|hits?|hitting|beats?|beating|stab\w*|shoot|rap(?:e|ed|es)|touch\w*|threat\w*|blackmail\w*|knife|gun|scared|"
    r"afraid|frightened|after me|find me|follow\w*|come for|coming for|get me)\b"
)
"""Said after a disclosure, this goes on telling; it asks nothing about the services that were shown."""
ANOTHER_ONE = re.compile(
    r"\banother (?:one|number|line|helpline|service|place|charity)\b|\b(?:some|any)(?: ?one|where| ?body|thing) else\b|"
    r"\bany others?\b|\bdifferent (?:one|number|line)\b|\bnot (?:that|this|them|those)(?: one| ones)?\b|"
    r"\b(?:who|what|where) else\b"
)
OTHER = re.compile(
    r"\b(?:an)?other\b|\bothers\b|\belse\b|\bdifferent\b|\bnot (?:that|this) one\b|\bnext\b|\bmore\b|\bany ?more\b"
)
DATES = {
    "christmas eve": (12, 24), "boxing day": (12, 26), "new year's eve": (12, 31), "new years eve": (12, 31), "new year": (1, 1),
}  # fmt: skip
DAY_NAMES = {name.lower(): n for n, name in enumerate(opening.DAYS)}


@dataclass(frozen=True)
class Detail:
    """`kind`: what is asked; `way`: how somebody wants to get in touch; `day`: the day that is asked about, None is now."""

    kind: str
    way: str | None = None
    day: date | None = None


def read(text: str, today: date) -> Detail:
    """What a message asks about services that were just shown; a button alone asks for another."""
    said = text.lower().replace("’", "'")
    day = _day(said, today)
    if ANOTHER_ONE.search(said) or said.startswith("/"):
        return Detail(ANOTHER)
    if NO_CALL.search(said):
        return Detail(WAY, way="deaf")
    for kind, pattern in KINDS.items():
        if re.search(pattern, said):
            return Detail(kind, day=day)
    if day:
        return Detail(HOURS, day=day)
    if OTHER.search(said):
        return Detail(ANOTHER)
    way = next((w for w, pattern in WAYS.items() if re.search(pattern, said)), None)
    return Detail(WAY, way=way) if way else Detail(WHAT)


def tells_on(detail: Detail, text: str) -> bool:
    """Whether a message taken for a question about services goes on with the story: "they said they will hurt my sister"."""
    return detail.kind == WHAT and bool(TELLS_OF_HARM.search(text.lower()))


def say(detail: Detail, ids: list[str], content: Content, now: datetime) -> str:
    """A line for each service on what was asked."""
    asked = [i for i in ids if i != EMERGENCY] or ids
    return "\n".join(f"• {content.services[i].name}: {_one(detail, content.services[i], now)}" for i in asked)


def lead(detail: Detail, ids: list[str], content: Content) -> str | None:
    """What to say before the lines, when none of the services has what was asked for."""
    asked = [i for i in ids if i != EMERGENCY]
    if detail.kind == WAY and detail.way and not any(can_be_reached(content.services[i], detail.way) for i in asked):
        return f"I know of no way to reach these {IN_WORDS[detail.way]}."
    return None


def _one(detail: Detail, service: Service, now: datetime) -> str:
    if detail.kind == COST:
        return _cost(service)
    if detail.kind == HOURS:
        return _hours(service, detail.day, now)
    if detail.kind == LANGUAGES:
        return (
            f"{', '.join(service.languages)}."
            if service.languages
            else "I do not know which languages; ask when you call."
        )
    if detail.kind == PRIVATE:
        return f"{service.what} Ask them what they keep private before you say more."
    if detail.kind == WHAT:
        return f"{service.what} {_otherwise(service) or 'I know no more about it.'}"
    return _reached(service, detail.way or "phone", now)


def _cost(service: Service) -> str:
    if service.cost == "free":
        return "free."
    if service.cost == "charged":
        return "costs the same as an ordinary call."
    return "no cost is given where I looked."


def _hours(service: Service, day: date | None, now: datetime) -> str:
    if not (service.phone or service.text) and service.web and (service.hours is None or not service.hours.when):
        return "a website, so at any hour."
    as_of = f" (hours as of {service.hours.as_of})" if service.hours and service.hours.as_of else ""
    if day is None or day == now.date():
        known = opening.describe(service.hours, now)
    else:
        told = opening.describe_day(service.hours, day)
        known = f"{opening.day_name(day, now.date())} {told}{as_of}" if told else ""
    if not known and service.hours and service.hours.note:
        known = service.hours.note
    if service.out_of_hours:
        known = f"{known or 'office hours'}; at other times {service.out_of_hours}"
    return f"{known}." if known else "I do not know when it is open."


def _reached(service: Service, way: str, now: datetime) -> str:
    if not can_be_reached(service, way):
        return f"not {IN_WORDS[way]}, as far as I know. {_otherwise(service)}".strip()
    if way == "deaf":
        return f"{without_a_call(service)}."
    if way == "text":
        return f"text {service.text}{f' ({service.text_note})' if service.text_note else ''}."
    if way == "phone":
        return f"{reached(service, now)}."
    return f"{getattr(service, way)}."


def _otherwise(service: Service) -> str:
    return f"It has a website: {service.web}" if service.web else ""


def _day(said: str, today: date) -> date | None:
    """The day named: today, tomorrow, a weekday (the next one), the weekend, Christmas, a bank holiday."""
    if "tomorrow" in said:
        return today + timedelta(days=1)
    if re.search(r"\b(?:today|tonight)\b", said):
        return today
    special = next((d for words, d in DATES.items() if words in said), None)
    if special:
        found = date(today.year, *special)
        return found if found >= today else date(today.year + 1, *special)
    if "christmas" in said or "xmas" in said:
        return date(today.year + (today > date(today.year, 12, 25)), 12, 25)
    if "bank holiday" in said:
        return next(d for n in range(370) if opening.is_bank_holiday(d := today + timedelta(days=n)))
    if "weekend" in said:
        return today if today.weekday() >= 5 else today + timedelta(days=5 - today.weekday())
    named = next((name for name in DAY_NAMES if name in said or f" {name[:3]} " in f" {said} "), None)
    return today + timedelta(days=(DAY_NAMES[named] - today.weekday()) % 7) if named else None
