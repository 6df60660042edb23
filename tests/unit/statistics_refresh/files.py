"""Small files in the layouts of the published ones, old and new."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from actions.statistics.layouts.columns import after, boroughs

BOROUGHS = sorted(boroughs())
OFFENCES = (
    ("ARSON AND CRIMINAL DAMAGE", "ARSON"), ("ARSON AND CRIMINAL DAMAGE", "CRIMINAL DAMAGE"),
    ("BURGLARY", "BURGLARY BUSINESS AND COMMUNITY"), ("BURGLARY", "RES BURGLARY OF A HOME"),
    ("THEFT", "SHOPLIFTING"), ("THEFT", "THEFT FROM THE PERSON"), ("ROBBERY", "ROBBERY OF PERSONAL PROPERTY"),
    ("VIOLENCE AGAINST THE PERSON", "VIOLENCE WITH INJURY"), ("FRAUD AND FORGERY", "FRAUD AND FORGERY"),
)  # fmt: skip
OLD_WIDE = ("MajorText", "MinorText", "LookUp_BoroughName")
MIDDLE_WIDE = ("MajorText", "MinorText", "BoroughName")
NEW_WIDE = ("Group", "SubGroup", "BOCU")
OLD_TNO = ("Month_Year", "Area Type", "Borough_SNT", "Area name", "Area code", "Offence Group", "Offence Subgroup", "Measure",
           "Financial Year", "FY_FYIndex", "Count", "Refresh Date")  # fmt: skip
NEW_TNO = ("Month_Year", "Area Type", "Borough_SNT", "Area Name", "Area Code", "offence group", "Offence Subgroup", "Measure",
           "Financial Year", "Count", "Refresh Date")  # fmt: skip


def span(first: date, count: int) -> list[date]:
    """So many months from the first on."""
    found = [first]
    while len(found) < count:
        found.append(after(found[-1]))
    return found


RECENT = span(date(2024, 7, 1), 24)
HISTORICAL = span(date(2019, 4, 1), 40)


def cell(borough: int, offence: int, month: int) -> int:
    """What stands where nothing else is said: over London and all offences about 66,000 a month."""
    return 180 + 3 * borough + 5 * offence + (month * 7) % 11


def wide(
    months: Sequence[date] = RECENT,
    *,
    names: Sequence[str] = NEW_WIDE,
    areas: Sequence[str] = BOROUGHS,
    more: Sequence[str] = (),
    change: Callable[[int, int, int], object] = cell,
) -> str:
    """The borough file. `more`: further lines; `change`: what stands in a cell, by area, offence and month since 2000."""
    lines = [",".join([*names, *(f"{month:%Y%m}" for month in months)])]
    for offence, (group, subgroup) in enumerate(OFFENCES):
        for borough, area in enumerate(areas):
            cells = (str(change(borough, offence, m.year * 12 + m.month)) for m in months)
            lines.append(",".join([group, subgroup, area, *cells]))
    return "\n".join([*lines, *more]) + "\n"


def total(
    months: Sequence[date] = RECENT, *, header: Sequence[str] = NEW_TNO, old: bool = False, more: Sequence[str] = ()
) -> str:
    """The dashboard of all offences: boroughs' offences, and what is not to be counted."""
    lines = [",".join(header)]
    for month in months:
        when = f"{month:%d/%m/%Y}" if old else f"{month:%Y-%m-%d}"
        for n, area in enumerate(BOROUGHS):
            for group, count in (
                ("THEFT", 1400 + n),
                ("VIOLENCE AGAINST THE PERSON", 700),
                ("Other Accepted Crime", 9),
            ):
                for kind, level in (("Offences", "Borough"), ("Positive Outcomes", "Borough"),
                                    ("Offences", "Safer Neighbourhood Teams")):  # fmt: skip
                    index = ["fy20-21", "20-21_01"] if old else ["fy26-27"]
                    lines.append(
                        ",".join([when, level, area, area, "E09", group, group, kind, *index, str(count), "2026-09-02"])
                    )
        index = ["fy20-21", "20-21_01"] if old else ["fy26-27"]
        for area, count in (("Other / NK", 99), ("Aviation Policing", 50)):
            lines.append(
                ",".join([when, "Borough", area, area, "-1", "THEFT", "THEFT", "Offences", *index, str(count), "x"])
            )
    return "\n".join([*lines, *more]) + "\n"


def types(
    kinds: Sequence[tuple[str, str, int]], months: Sequence[date] = RECENT, *, areas: Sequence[str] = BOROUGHS
) -> str:
    """The knife and other dashboards: crime type, sub-type, count in every borough and month."""
    lines = [
        "Month_Year,Area Type,Borough_SNT,Area Name,Area Code,Crime Type,Crime Subtype,Measure,Financial Year,Count,Refresh Date"
    ]
    for month in months:
        for area in areas:
            for kind, subtype, count in kinds:
                for measure, value in (("Offences", count), ("Positive Outcomes", 1)):
                    lines.append(
                        f"{month:%Y-%m-%d},Borough,{area},{area},E09,{kind},{subtype},{measure},fy,{value},2026-09-02"
                    )
    return "\n".join(lines) + "\n"


KNIFE = types(
    [("Knife Crime", "Knife Crime with Injury", 9), ("Knife Crime", "Knife Crime", 30), ("Sea Crime", "Piracy", 99)]
)
OTHER = types([
    ("Hate crime", "Hate Crime", 50), ("Hate crime", "Racist Crime", 40), ("Gun crime", "Gun Crime", 3),
    ("Domestic abuse", "Domestic Abuse Incidents", 500), ("Domestic abuse", "Domestic Abuse Offences", 200),
])  # fmt: skip


def homicide(months: Sequence[date] | None = None, *, split: bool = False) -> str:
    """Two victims a month: one teenager stabbed, and one grown-up shot at home."""
    months = months or span(date(2019, 4, 1), 72)
    dates = "Recorded Year,Recorded Month" if split else "Recorded Date"
    lines = [
        f"Count of Victims,Age Group,Sex,MethodofKilling,Domestic Abuse,{dates},Homicide Offence Type,Solved Status,Borough,Ethnicity"
    ]
    for n, month in enumerate(months):
        when = f"{month:%Y},{month:%b}" if split else f"{month:%b-%y}"
        first, second = (
            BOROUGHS[n % 32].replace(" and ", " & ").replace("upon", "Upon"),
            "Unmapped" if n % 9 == 0 else "Camden",
        )
        lines.append(f"1,13 to 19,Male,Knife or Sharp Implement,Not Domestic Abuse,{when},Murder,Solved,{first},White")
        lines.append(f"2,35 to 44,Female,Shooting,Domestic Abuse,{when},Murder,Unsolved,{second},Black")
    return "\n".join(lines) + "\n"


def strength(months: Sequence[date] = RECENT) -> str:
    """Officers, staff and PCSOs at each month's end."""
    lines = ["Date,Police Officer Strength,Police Staff Strength,PCSO Strength"]
    return "\n".join([*lines, *(f'{m:%b-%y},"31,{n:03d}.5",11000,1300' for n, m in enumerate(months))]) + "\n"


QUESTIONS = (
    "Police do a good job in the local area", "Agree the police listen to the concerns of local people", "Likes the uniform",
)  # fmt: skip


def perceptions(quarters: int = 12) -> str:
    """Quarters from March 2023 on."""
    months = span(date(2023, 3, 1), quarters * 3)[::3]
    return (
        "\n".join(
            ["date,measure,proportion", *(f"{m:%b-%y},{q},{45 + n}" for m in months for n, q in enumerate(QUESTIONS))]
        )
        + "\n"
    )
