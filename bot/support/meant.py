"""What somebody means whose words fit one intent and whose story fits another.

A story of harm that says nothing of a report is a wish for help; one about a scam is no complaint about the police.
"""

from __future__ import annotations

import re

from bot.content.services import Need
from bot.support.request import FIND, REPORT, Request

HOMES = {
    "complain_about_police": {"police-complaint", "complaint-review", "stop-and-search", "none"},
    "ask_compensation": {"compensation", "restorative-justice", "none"},
    "ask_local_police": {"local-police", "police-counter", "asb", "none"},
    "report_terrorism_concern": {"terrorism", "radicalisation", "none"},
}
"""What a message with such an intent may be about."""
TO_BE_REPORTED = frozenset(
    {"crime", "asb", "drug-dealing", "weapons", "fraud", "money-moving", "scam-message", "scam-email", "doorstep", "child-images"}
)  # fmt: skip
HARM = frozenset(
    {
        n.value
        for n in (
            Need.DOMESTIC_ABUSE, Need.SEXUAL_VIOLENCE, Need.STALKING, Need.HONOUR_BASED_ABUSE, Need.FORCED_MARRIAGE,
            Need.EXPLOITATION, Need.GANGS_COUNTY_LINES, Need.WELLBEING_CRISIS,
        )
    }
)  # fmt: skip
UNNAMED = re.compile(
    r"\banon\w*|\bnames?\b|\bnamed\b|\bsecret\w*|\bsnitch\w*|\bgrass\w*|\bidentif\w*|\bwho i am\b|\bkeep me out\b|"
    r"\bknow it was me\b|\bfind out\b|\btrace\w*|\bquietly\b|\bdiscre\w*|\bconfidential\w*|"
    r"\bpass (?:it|this|that)? ?on\b|\bfeds\b",
    re.IGNORECASE,
)
WITHOUT_A_NAME = re.compile(r"\banonymous\w*|\bwithout (?:\w+ ){0,3}names?\b|\bno names?\b", re.IGNORECASE)
OF_THE_POLICE = re.compile(
    r"\bpolice\w*|\bofficers?\b|\bcops?\b|\bcopper\w*|\bfeds?\b|\bmet\b|\bpc\b|\bsergeant\b|\bconstable\b|\bstation\b|\b101\b|\b999\b|"
    r"\bdetective\b|\bsearched\b|\bpolis\b",
    re.IGNORECASE,
)
TO_REPORT = re.compile(
    r"\breport(?:ing|s)?\b|\bpolice\b|\bcops?\b|\bfeds\b|\bthe met\b|\btell\b|\blog\b|\bstatement\b|\b101\b|\bcharges?\b|"
    r"\bcrime number\b|"
    r"\bwho (?:do|should|can) (?:i|we) (?:contact|call|speak|ring)\b|\barrest\w*|"
    r"\bprosecut\w*",
    re.IGNORECASE,
)


def meant(asked: Request, text: str, about: str | None) -> str:
    """The intent that helps most. `about`: the label of a message whose matter is sure, else None."""
    harmed = bool(HARM & {*asked.needs})
    home = HOMES.get(asked.intent)
    if about and home and about not in home and not text.startswith("/"):
        return FIND if harmed or about not in TO_BE_REPORTED else REPORT
    if asked.intent == "report_anonymously" and not UNNAMED.search(text):
        return FIND if harmed else REPORT if "transport" in asked.doors else asked.intent
    if asked.intent == "report_terrorism_concern" and asked.needs and Need.TERRORISM.value not in asked.needs:
        return FIND if harmed else REPORT
    if asked.intent == "complain_about_police" and harmed and not OF_THE_POLICE.search(text):
        return FIND
    if asked.intent == REPORT and WITHOUT_A_NAME.search(text):
        return "report_anonymously"
    if asked.intent == REPORT and harmed and not text.startswith("/") and not TO_REPORT.search(text):
        return FIND
    return asked.intent
