"""Which stored measure answers a question about a crime, and what it is called in a sentence."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Measure:
    """`noun` follows a number ("7,102 burglaries"); `topic` is what goes up or down ("Recorded burglary"); `verb` stands before
    the number; `caution` is what the figure cannot show. `heading`: above a picture, where the noun does not serve.

    `breaks`: nothing before the new records system of 2024 can be set against what came after. `per_head`: a rate makes sense.
    """

    name: str
    noun: str
    topic: str
    verb: str = "the Met recorded"
    caution: str = ""
    heading: str = ""
    breaks: bool = False
    per_head: bool = True


NEW_SYSTEM = "The Met changed its records system in February 2024, so figures before and after cannot be compared."
OLD_FIGURE = "I have nothing newer than this."
OTHER_WAYS = "Other sources count knife crime in other ways."
CONNECTED_ONLY = "It leaves out offences flagged only as domestic abuse."

OFFICERS = Measure(
    "police_officers", "police officers", "The number of police officers", "the Met had",
    "Part-time officers are counted by their hours. Home Office counts are about 1 per cent higher.", per_head=False,
)  # fmt: skip
PCSOS = Measure("pcsos", "community support officers (PCSOs)", "The number of PCSOs", "the Met had",
                "Part-time staff are counted by their hours.", per_head=False)  # fmt: skip
STAFF = Measure("police_staff", "police staff", "The number of police staff", "the Met had",
                "Part-time staff are counted by their hours.", per_head=False)  # fmt: skip


def _opinion(name: str, thought: str, topic: str, heading: str, caution: str = "") -> Measure:
    """A question of the survey of Londoners: the number is per cent of all who were asked."""
    noun = f"per cent of people thought the police {thought}"
    return Measure(name, noun, topic, "a survey found that", caution, heading, per_head=False)


CONFIDENCE = _opinion(
    "pas_good_job_local", "did a good job in their area", "Confidence in the police", "Say police do a good job locally",
    "This is confidence, which is not the same as trust.",
)  # fmt: skip
FAIRNESS = _opinion(
    "pas_treat_fairly", "treat everyone fairly", "Belief that police are fair", "Say police treat everyone fairly"
)
LISTENING = _opinion("pas_listen", "listen to local people", "Belief that police listen", "Say police listen")
RELIED_ON = _opinion(
    "pas_relied_on",
    "can be relied on when needed",
    "Belief that police can be relied on",
    "Say police can be relied on",
)
STOPS = Measure(
    "stop_search_records", "stop and searches", "Stop and search", "the police published",
    "It is one month only, and I have no other.", per_head=False,
)  # fmt: skip
ALL_CRIME = Measure("total_recorded_offences", "offences of all kinds", "Recorded crime")

ABOUT = {
    "officers": OFFICERS, "pcsos": PCSOS, "staff": STAFF, "confidence": CONFIDENCE, "fairness": FAIRNESS,
    "listening": LISTENING, "relied_on": RELIED_ON, "stops": STOPS,
}  # fmt: skip
"""What a question can be about, other than crime."""

_DAMAGE = Measure("arson_criminal_damage", "offences of arson and criminal damage", "Recorded damage",
                  caution="Arson and criminal damage are counted together here.")  # fmt: skip
_KILLED = Measure("homicide_victims", "people killed (homicide victims)", "Homicide", "there were",
                  "Numbers for past years change when cases are looked at again.")  # fmt: skip

MEASURES: dict[str, tuple[Measure, ...]] = {
    "all_crime": (ALL_CRIME,),
    "knife_crime": (
        Measure("knife_crime", "knife crimes", "Recorded knife crime", caution=OTHER_WAYS),
        # older or national counts: never set against the one above
        Measure("knife_crime_ons_london", "knife crimes (national figures)", "Knife crime", "police recorded", OTHER_WAYS),
        Measure("knife_crime_home_office", "knife crimes (Home Office figures)", "Knife crime", caution=OTHER_WAYS),
        Measure("knife_crime_mps", "knife crimes", "Recorded knife crime", caution=OTHER_WAYS),
    ),
    "gun_crime": (
        Measure("gun_crime", "gun crimes", "Recorded gun crime", breaks=True),
        Measure("firearms_offences_discharge", "gun crimes with shots fired", "Gun crime with shots fired", caution=OLD_FIGURE,
                breaks=True),
    ),
    "homicide": (_KILLED, Measure("homicide_offences", "homicides", "Recorded homicide")),
    "teenage_homicide": (
        Measure("teenage_homicide_victims", "teenage homicide victims", "Teenage homicide", "there were"),
    ),
    "violence": (
        Measure("violence_against_the_person", "offences of violence against the person", "Recorded violence"),
        Measure("violence_with_injury", "offences of violence with injury", "Recorded violence with injury",
                caution="I only have violence with injury for this."),
    ),
    "violence_with_injury": (
        Measure("violence_with_injury", "offences of violence with injury", "Recorded violence with injury"),
    ),
    "robbery": (Measure("robbery", "robberies", "Recorded robbery"),),
    "burglary": (Measure("burglary", "burglaries", "Recorded burglary"),),
    "theft": (Measure("theft", "thefts", "Recorded theft", caution="Theft of or from vehicles is not in it."),),
    "theft_from_person": (
        Measure("theft_from_the_person", "thefts from the person", "Recorded theft from the person"),
    ),
    "shoplifting": (Measure("shoplifting", "shoplifting offences", "Recorded shoplifting"),),
    "vehicle_crime": (Measure("vehicle_offences", "vehicle offences", "Recorded vehicle crime"),),
    "criminal_damage": (Measure("criminal_damage", "offences of criminal damage", "Recorded criminal damage"), _DAMAGE),
    "arson": (Measure("arson", "arson offences", "Recorded arson"), _DAMAGE),
    "drugs": (
        Measure("drug_offences", "drug offences", "Recorded drug crime"),
    ),
    "asb": (
        Measure("asb_calls", "calls about anti-social behaviour", "Calls about anti-social behaviour", "the Met took",
                "These are calls, not crimes. " + OLD_FIGURE),
    ),
    "hate_crime": (
        Measure("hate_crime_dashboard", "hate crimes", "Recorded hate crime", caution=CONNECTED_ONLY, breaks=True),
        Measure("hate_crime", "hate crimes", "Recorded hate crime", breaks=True),
    ),
    "domestic_abuse": (
        Measure("domestic_abuse_dashboard", "domestic abuse offences", "Recorded domestic abuse", breaks=True),
        Measure("domestic_abuse", "domestic abuse offences", "Recorded domestic abuse", breaks=True),
    ),
    "sexual_offences": (Measure("sexual_offences", "sexual offences", "Recorded sexual crime"),),
    "rape": (Measure("rape", "rapes", "Recorded rape"),),
    "stalking": (
        Measure("stalking_and_harassment", "offences of stalking and harassment", "Recorded stalking and harassment",
                caution="Stalking and harassment are counted together."),
    ),
    "public_order": (Measure("public_order", "public order offences", "Recorded public disorder"),),
}  # fmt: skip
"""crime_type entity to measures, best first. Crimes that are not here are not counted in the stored figures."""

BY_MEANS = {
    frozenset({"homicide", "knife_crime"}): Measure(
        "homicide_victims_knife", "people killed with a knife", "Killing with a knife", "there were"
    ),
    frozenset({"homicide", "gun_crime"}): Measure(
        "homicide_victims_shooting", "people killed with a gun", "Killing with a gun", "there were"
    ),
    frozenset({"homicide", "domestic_abuse"}): Measure(
        "homicide_victims_domestic", "people killed in domestic abuse", "Killing in domestic abuse", "there were"
    ),
}
"""Two crimes named together that are one measure: "stabbed to death"."""

ANY_CRIME = "all_crime"

NO_FIGURE = {
    "fraud": "Fraud is reported to a national service and not to the Met, so I have no figure for it in London.",
    "theft": "I have no figure for theft as a whole, only for theft from the person, shoplifting and vehicle crime.",
    "stalking": "I have no figure for stalking on its own.",
}
"""Why there may be no figure for a crime, in words for people."""

NAMES = {
    "all_crime": "crime of all kinds", "knife_crime": "knife crime", "gun_crime": "gun crime", "homicide": "homicide",
    "teenage_homicide": "teenage homicide", "violence": "violence", "violence_with_injury": "violence with injury",
    "theft_from_person": "theft from the person", "vehicle_crime": "vehicle crime", "criminal_damage": "criminal damage",
    "drugs": "drug offences", "asb": "anti-social behaviour", "hate_crime": "hate crime", "domestic_abuse": "domestic abuse",
    "sexual_offences": "sexual offences", "public_order": "public order offences",
}  # fmt: skip


def name_of(crime: str) -> str:
    """A crime_type in words for people."""
    return NAMES.get(crime, crime.replace("_", " "))
