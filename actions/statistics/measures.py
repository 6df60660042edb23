"""Which stored measure answers a question about a crime, and what it is called in a sentence."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Measure:
    """`noun` follows a number ("7,102 burglaries"); `verb` stands before it; `caution` is what the figure cannot show."""

    name: str
    noun: str
    verb: str = "the Met recorded"
    caution: str = ""


NEW_SYSTEM = "The Met changed its records system in February 2024, so earlier figures cannot be compared."
OFFICERS = Measure("police_officers", "police officers (full-time equivalent)", "the Met had")
CONFIDENCE = Measure(
    "pas_good_job_local",
    "per cent of Londoners who thought the police did a good job in their area",
    "the survey found",
    "This is confidence, which is not the same as trust.",
)
ALL_CRIME = Measure("total_recorded_offences", "offences of all kinds")

MEASURES: dict[str, tuple[Measure, ...]] = {
    "all_crime": (ALL_CRIME,),
    "knife_crime": (Measure("knife_crime", "knife crimes", caution="Other sources count knife crime in other ways."),),
    "gun_crime": (Measure("firearms_offences_discharge", "gun crimes", caution="I have nothing newer than this."),),
    "homicide": (
        Measure("homicide_victims", "people killed (homicide victims)", "there were"),
        Measure("homicide_offences", "homicides"),
    ),
    "teenage_homicide": (Measure("teenage_homicide_victims", "teenage homicide victims", "there were"),),
    "violence": (Measure("violence_against_the_person", "offences of violence against the person"),),
    "violence_with_injury": (Measure("violence_with_injury", "offences of violence with injury"),),
    "robbery": (Measure("robbery", "robberies"),),
    "burglary": (Measure("burglary", "burglaries"),),
    "theft_from_person": (Measure("theft_from_the_person", "thefts from the person"),),
    "shoplifting": (Measure("shoplifting", "shoplifting offences"),),
    "vehicle_crime": (Measure("vehicle_offences", "vehicle offences"),),
    "criminal_damage": (Measure("arson_criminal_damage", "offences of arson and criminal damage"),),
    "arson": (Measure("arson_criminal_damage", "offences of arson and criminal damage"),),
    "drugs": (Measure("drug_offences", "drug offences"),),
    "asb": (
        Measure("asb_calls", "calls about anti-social behaviour", "the Met took", "I have nothing newer than this."),
    ),
    "hate_crime": (Measure("hate_crime", "hate crimes", caution=NEW_SYSTEM),),
    "domestic_abuse": (Measure("domestic_abuse", "domestic abuse offences", caution=NEW_SYSTEM),),
    "sexual_offences": (Measure("sexual_offences", "sexual offences"),),
    "rape": (Measure("rape", "rapes"),),
    "public_order": (Measure("public_order", "public order offences"),),
}
"""crime_type entity to measures, best first. Crimes that are not here are not counted in the stored figures."""

BY_MEANS = {
    frozenset({"homicide", "knife_crime"}): (
        Measure("homicide_victims_knife", "people killed with a knife", "there were"),
    ),
    frozenset({"homicide", "gun_crime"}): (
        Measure("homicide_victims_shooting", "people killed with a gun", "there were"),
    ),
    frozenset({"homicide", "domestic_abuse"}): (
        Measure("homicide_victims_domestic", "people killed in domestic abuse", "there were"),
    ),
}
"""Two crimes named together that are one measure: "stabbed to death"."""

NAMES = {
    "theft": "theft as a whole, only for theft from the person, shoplifting and vehicle crime",
    "stalking": "stalking",
    "fraud": "fraud",
}
