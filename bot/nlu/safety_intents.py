"""The intents that are answered first, always; the order is the order of urgency."""

from __future__ import annotations

EMERGENCY = "emergency"
WELLBEING_CRISIS = "wellbeing_crisis"
CHILD_AT_RISK = "child_at_risk"
DISCLOSE_HARM = "disclose_harm"

BY_URGENCY = (EMERGENCY, WELLBEING_CRISIS, CHILD_AT_RISK, DISCLOSE_HARM)
SAFETY_INTENTS = frozenset(BY_URGENCY)

SAFETY = "safety"
"""The key under which a parsed message carries its signal: None, or {"intent", "level", "by"}."""
SURE, DOUBT = "sure", "doubt"
# an explicit request for help is answered as such: its answer leads to help too
REQUESTS = frozenset(
    {
        "find_support", "report_crime", "report_anonymously", "report_terrorism_concern",
        "complain_about_police", "ask_victim_rights", "ask_compensation",
    }
)  # fmt: skip
