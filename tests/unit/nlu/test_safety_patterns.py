"""Safety patterns: what raises which signal, and what must not raise any."""

from __future__ import annotations

import pytest

from bot.nlu import safety_patterns
from bot.nlu.safety_intents import BY_URGENCY, CHILD_AT_RISK, DISCLOSE_HARM, EMERGENCY, WELLBEING_CRISIS

RAISED = [
    (EMERGENCY, "he is hitting me"),
    (EMERGENCY, "he's strangling me"),
    (EMERGENCY, "hes hitting me"),
    (EMERGENCY, "My husband is hitting me RIGHT NOW"),
    (EMERGENCY, "my partner is actually choking me"),
    (EMERGENCY, "she is punching me"),
    (EMERGENCY, "someone is attacking a man"),
    (EMERGENCY, "is hurting my sister right now"),
    (EMERGENCY, "he is going to kill me"),
    (EMERGENCY, "he is going to stab him"),
    (EMERGENCY, "someone trying to break in"),
    (EMERGENCY, "kicking my door in"),
    (EMERGENCY, "smashing windows right now"),
    (EMERGENCY, "someone is in my house right now"),
    (EMERGENCY, "they are breaking into my house now"),
    (EMERGENCY, "theres someone in my house"),
    (EMERGENCY, "he has a knife and he is outside"),
    (EMERGENCY, "he's got a knife help me"),
    (EMERGENCY, "a man has a gun outside"),
    (EMERGENCY, "a boy has a zombie knife outside"),
    (EMERGENCY, "just been stabbed outside"),
    (EMERGENCY, "my friend is bleeding badly"),
    (EMERGENCY, "a guy is following me home"),
    (EMERGENCY, "send police now"),
    (EMERGENCY, "need an ambulance quick"),
    (WELLBEING_CRISIS, "i want to die"),
    (WELLBEING_CRISIS, "i   want\nto die"),
    (WELLBEING_CRISIS, "i wanna die"),
    (WELLBEING_CRISIS, "i wish i was dead"),
    (WELLBEING_CRISIS, "I'm going to kill myself"),
    (WELLBEING_CRISIS, "i'm going to end it all"),
    (WELLBEING_CRISIS, "i keep cutting myself"),
    (WELLBEING_CRISIS, "I'm suicidal"),
    (WELLBEING_CRISIS, "i feel suicidal"),
    (WELLBEING_CRISIS, "I don’t want to be here anymore"),
    (WELLBEING_CRISIS, "theres no point in living"),
    (WELLBEING_CRISIS, "better off dead"),
    (WELLBEING_CRISIS, "i cant go on"),
    (WELLBEING_CRISIS, "I can't do this any more"),
    (WELLBEING_CRISIS, "my friend wants to kill himself"),
    (WELLBEING_CRISIS, "my friend is suicidal"),
    (WELLBEING_CRISIS, "what does the plan say, i want to kill myself"),
    (CHILD_AT_RISK, "he touches my daughter"),
    (CHILD_AT_RISK, "my uncle hits my little brother"),
    (CHILD_AT_RISK, "my son is being groomed"),
    (CHILD_AT_RISK, "my daughter is being abused"),
    (CHILD_AT_RISK, "the baby is being neglected"),
    (CHILD_AT_RISK, "my niece is being trafficked"),
    (DISCLOSE_HARM, "my husband hit me"),
    (DISCLOSE_HARM, "my husband beats me"),
    (DISCLOSE_HARM, "my ex threatens me"),
    (DISCLOSE_HARM, "my neighbour threatened me"),
    (DISCLOSE_HARM, "my boyfriend choked me"),
    (DISCLOSE_HARM, "he raped me"),
    (DISCLOSE_HARM, "i was raped"),
    (DISCLOSE_HARM, "i got mugged"),
    (DISCLOSE_HARM, "i was groped on the tube"),
    (DISCLOSE_HARM, "i have been assaulted"),
    (DISCLOSE_HARM, "had my phone nicked"),
    (DISCLOSE_HARM, "got my bike stolen"),
    (DISCLOSE_HARM, "I'm being blackmailed"),
    (DISCLOSE_HARM, "im being stalked"),
    (DISCLOSE_HARM, "how many people were raped in 2024, i'm one of them"),
]

NOT_RAISED = [
    "what is the plan",
    "hello",
    "",
    "who is the mayor",
    "how many burglaries in camden",
    "how many people were raped in 2024",
    "how many women said i was raped",
    "compare rape figures",
    "homicide rates",
    "what does the plan say about rape",
    "kids are being groomed in the plan",
    "what is the strategy on knife crime",
    "i was attacked in a video game",
    "gta he has a gun outside",
    "essay about why he hit me",
    "in that film he raped me",
    "killing myself laughing",
    "dying of boredom",
    "i could murder a pizza",
    "my boss is killing me",
    "traffic is killing me",
    "beating me at chess",
    "i'm dead",
    "he is hitting on me",
    "do you like films",
    "statistics on people who want to kill themselves",
    "report a burglary",
    "what are victims' rights",
    "the police helped me",
    "i want to complain",
    "i want to talk about knife crime",
    "he has a bike outside",
    "my daughter is being taught about safety",
    "i got my bike back",
    "can i be there tomorrow",
]


@pytest.mark.parametrize(("intent", "message"), RAISED)
def test_raised(intent: str, message: str) -> None:
    assert safety_patterns.find(message) == intent


@pytest.mark.parametrize("message", NOT_RAISED)
def test_not_raised(message: str) -> None:
    assert safety_patterns.find(message) is None


@pytest.mark.parametrize("apostrophe", ["'", "’", "`", "´", ""])
def test_every_apostrophe(apostrophe: str) -> None:
    assert safety_patterns.find(f"he{apostrophe}s hitting me") == EMERGENCY


def test_most_urgent_comes_first() -> None:
    assert safety_patterns.find("i was raped and i want to die") == WELLBEING_CRISIS
    assert safety_patterns.find("i was mugged and he is hitting me") == EMERGENCY


def test_patterns_stand_in_order_of_urgency() -> None:
    ranks = [BY_URGENCY.index(intent) for intent, _ in safety_patterns.PATTERNS]
    assert ranks == sorted(ranks)
    assert set(ranks) == set(range(len(BY_URGENCY)))
