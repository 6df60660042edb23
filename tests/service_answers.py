"""What postcodes.io and data.police.uk would say of a few postcodes, in their own layout; for tests/misbehaving.py.

Wards and boroughs are real, the rest is made up. Any other postcode is "not found".
"""

from __future__ import annotations

import random
from datetime import date, timedelta
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from bot.clock import today

PECKHAM, CITY, KENT, BORDER, ENDED, ENDED_SILENTLY = (
    "SE15 9ZZ", "EC2V 9ZZ", "BR8 9ZZ", "EN4 9ZZ", "E1W 9ZZ", "E2 9ZZ"
)  # fmt: skip
PECKHAM_TEAM, BORDER_TEAM, CITY_TEAM = "E05011110N", "E05013628N", "cs"


def place(postcode: str, ward: tuple[str, str], district: tuple[str, str], pfa: tuple[str, str],
          region: str, point: tuple[float, float]) -> dict[str, Any]:  # fmt: skip
    """A record in the layout of GET /postcodes/{postcode}."""
    return {
        "postcode": postcode, "quality": 1, "country": "England", "region": region, "latitude": point[0],
        "longitude": point[1], "outcode": postcode.split()[0], "incode": postcode.split()[1], "admin_district": district[0],
        "admin_ward": ward[0], "admin_county": None, "parish": f"{district[0]}, unparished area", "pfa": pfa[0],
        "codes": {"admin_district": district[1], "admin_ward": ward[1], "admin_county": "E99999999", "pfa": pfa[1]},
    }  # fmt: skip


MET = ("Metropolitan Police", "E23000001")
PLACES = [
    place(PECKHAM, ("Peckham", "E05011110"), ("Southwark", "E09000028"), MET, "London", (51.474191, -0.069136)),
    place(CITY, ("Cheap", "E05009298"), ("City of London", "E09000001"), ("City of London", "E23000034"), "London", (51.514248, -0.093145)),
    place(KENT, ("Hextable", "E05009960"), ("Sevenoaks", "E07000111"), ("Kent", "E23000032"), "South East", (51.411212, 0.178113)),
    place(BORDER, ("Barnet Vale", "E05013628"), ("Barnet", "E09000003"), MET, "London", (51.652919, -0.190214)),
]  # fmt: skip
POSTCODES = {p["postcode"].replace(" ", ""): p for p in PLACES}
END = {"postcode": ENDED, "year_terminated": 2017, "month_terminated": 6, "longitude": -0.06, "latitude": 51.51}
END_SILENTLY = {**END, "postcode": ENDED_SILENTLY, "year_terminated": 2009, "month_terminated": 12}
OUTCODES = {"SE15": ["Southwark", "Lewisham"], "EC2V": ["City of London"], "BR8": ["Sevenoaks", "Bromley"], "EN4": ["Barnet", "Enfield", "Hertsmere"]}  # fmt: skip
NAMED = [
    ("Peckham Bush", "Kent", "Tonbridge and Malling", "South East", 51.2, 0.38),
    ("Peckham Rye", "Greater London", "Southwark", "London", 51.465, -0.067),
    ("Peckham", "Greater London", "Southwark", "London", 51.4735, -0.0695),
]
TEAMS = {
    ("metropolitan", PECKHAM_TEAM): {
        "url_force": "https://www.met.police.uk/area/your-area/met/southwark/peckham/",
        "contact_details": {
            "email": "Peckham.SNT@met.police.uk",
            "telephone": "020 7946 0123",
            "twitter": "https://twitter.com/MPSPeckham",
            "rank": "not a way to reach anybody",
        },
        "name": "Peckham",
        "links": [
            {"url": "https://www.met.police.uk/", "description": None, "title": "Metropolitan Police"},
            {"url": "javascript:alert(1)", "description": None, "title": "Not a link"},
        ],
        "centre": {"latitude": "51.4740", "longitude": "-0.0690"},
        "locations": [
            {"name": "Peckham Police Station", "longitude": None, "latitude": None, "postcode": "SE15 9ZY",
             "address": "1 Made Up Street\n, London", "type": "station", "description": None},
        ],
        "description": "<p>The team covers <b>Peckham</b> &amp; its&nbsp;parks.</p><script>alert(1)</script>",
        "id": PECKHAM_TEAM,
        "population": "0",
    },
    ("metropolitan", BORDER_TEAM): {
        "url_force": None, "contact_details": {}, "name": "Barnet Vale", "links": [], "centre": None,
        "locations": [], "description": None, "id": BORDER_TEAM, "population": "0",
    },
    ("city-of-london", CITY_TEAM): {
        "url_force": "https://www.cityoflondon.police.uk/", "contact_details": {"telephone": "101"}, "name": "City of London",
        "links": [], "centre": None, "locations": [], "description": None, "id": CITY_TEAM, "population": "0",
    },
}  # fmt: skip


def events() -> list[dict[str, Any]]:
    """One that is over, and two to come, in the wrong order and seen from the day that PLAN_TODAY names."""

    def one(title: str, days: int) -> dict[str, Any]:
        day = (today() + timedelta(days=days)).isoformat()
        return {"contact_details": {}, "description": None, "title": title, "address": "Made Up Hall, 2 Made Up Road",
                "type": "meeting", "start_date": f"{day}T18:30:00", "end_date": f"{day}T19:30:00"}  # fmt: skip

    return [one("Ward panel", 21), one("Street briefing", 7), one("Long ago", -30)]


PRIORITIES = [
    {"action": None, "issue-date": "2026-02-02T00:00:00", "action-date": None, "issue": "<p>Burglary in the side streets.</p>"},
    {"action": "<p>Patrols at <i>night</i>.</p>", "issue-date": "2026-08-03T00:00:00", "action-date": "2026-09-01T00:00:00",
     "issue": "<p>Robbery near the station.</p>"},
]  # fmt: skip


BOUNDARIES = {
    ("metropolitan", PECKHAM_TEAM): [
        (51.4680, -0.0740), (51.4700, -0.0620), (51.4745, -0.0600), (51.4730, -0.0660), (51.4770, -0.0610), (51.4800, -0.0650),
        (51.4785, -0.0700), (51.4800, -0.0780), (51.4740, -0.0720), (51.4720, -0.0790), (51.4680, -0.0740),
    ],
    ("metropolitan", BORDER_TEAM): [(51.648, -0.196), (51.648, -0.184), (51.657, -0.184), (51.657, -0.196)],
}  # fmt: skip
"""Closed, as the service does it; the first is no convex shape, and the second has few crimes."""
CUT = 51.474
"""The latitude that halves the first outline: some crimes lie exactly on it."""
CRIMES = {
    ("metropolitan", PECKHAM_TEAM): {
        "violent-crime": 64, "anti-social-behaviour": 31, "theft-from-the-person": 40, "shoplifting": 25, "vehicle-crime": 18,
        "burglary": 11, "drugs": 9, "bicycle-theft": 4, "a-new-kind": 13,
    },
    ("metropolitan", BORDER_TEAM): {"anti-social-behaviour": 3, "burglary": 4, "vehicle-crime": 2},
}  # fmt: skip
"""In the newest month; each month before it has one violent crime more."""


def newest_month() -> date:
    """The one before the month before this, seen from the day that PLAN_TODAY names."""
    return months_before(today(), 2)


def months_before(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, 1)


def within(point: tuple[float, float], ring: list[tuple[float, float]]) -> bool:
    """Whether a point lies in a ring or on its edge, by the number of sides to its east."""
    latitude, longitude = point
    odd = False
    for i, (y2, x2) in enumerate(ring):
        y1, x1 = ring[i - 1]
        across = (x2 - x1) * (latitude - y1) - (y2 - y1) * (longitude - x1)
        if abs(across) < 1e-12 and min(y1, y2) <= latitude <= max(y1, y2) and min(x1, x2) <= longitude <= max(x1, x2):
            return True
        if (y1 > latitude) != (y2 > latitude) and x1 + (latitude - y1) / (y2 - y1) * (x2 - x1) > longitude:
            odd = not odd
    return odd


@lru_cache(maxsize=32)
def crimes_of(month: str) -> list[dict[str, Any]]:
    """All crimes of a month, in the layout of /crimes-street; every seventh lies on the cut, where the outline allows it."""
    chance, found = random.Random(month), []
    older = (newest_month().year - int(month[:4])) * 12 + newest_month().month - int(month[5:])
    for team, counts in CRIMES.items():
        ring = BOUNDARIES[team]
        (south, north), (west, east) = ((min(p[i] for p in ring), max(p[i] for p in ring)) for i in (0, 1))
        for category, count in counts.items():
            for _ in range(count + (older if category == "violent-crime" else 0)):
                point = None
                while point is None or not within(point, ring):
                    on_cut = len(found) % 7 == 0 and south < CUT < north
                    latitude = CUT if on_cut else round(chance.uniform(south, north), 6)
                    point = (latitude, round(chance.uniform(west, east), 6))
                found.append({
                    "category": category, "location_type": "Force", "context": "", "outcome_status": None,
                    "location": {"latitude": f"{point[0]:.6f}", "longitude": f"{point[1]:.6f}",
                                 "street": {"id": 1, "name": "On or near Made Up Street"}},
                    "persistent_id": "", "id": 100_000_000 + len(found), "location_subtype": "", "month": month,
                })  # fmt: skip
    return found


def answer(address: str, form: str = "") -> tuple[int, Any]:
    """Status and JSON of the well-behaved services for a path with its query, and what was posted with it."""
    parts = urlsplit(address)
    path, query = unquote(parts.path), parse_qs(form or parts.query)
    if path.startswith("/api/"):
        return _police(path[len("/api") :], query)
    return _postcodes(path, query)


def _postcodes(path: str, query: dict[str, list[str]]) -> tuple[int, Any]:
    kind, _, key = path.strip("/").partition("/")
    key = key.replace(" ", "").upper()
    missing = {"status": 404, "error": "Postcode not found"}
    ended = {END["postcode"].replace(" ", ""): END, END_SILENTLY["postcode"].replace(" ", ""): END_SILENTLY}
    if kind == "postcodes":
        if key in POSTCODES:
            return 200, {"status": 200, "result": POSTCODES[key]}
        return 404, {**missing, "terminated": END} if ended.get(key) is END else missing
    if kind == "terminated_postcodes":
        found = ended.get(key)
        return (200, {"status": 200, "result": found}) if found else (404, {"status": 404, "error": "Terminated postcode not found"})  # fmt: skip
    if kind == "outcodes":
        if key in OUTCODES:
            return 200, {"status": 200, "result": {"outcode": key, "admin_district": OUTCODES[key]}}
        return 404, {"status": 404, "error": "Outcode not found"}
    if kind == "places":
        asked = query.get("q", [""])[0].casefold()
        keys = ("name_1", "county_unitary", "district_borough", "region", "latitude", "longitude")
        return 200, {
            "status": 200,
            "result": [dict(zip(keys, p, strict=True)) for p in NAMED if asked in p[0].casefold()],
        }
    return 404, {"status": 404, "error": "Resource not found"}


def _police(path: str, query: dict[str, list[str]]) -> tuple[int, Any]:
    if path == "/locate-neighbourhood":
        latitude, longitude = map(float, query["q"][0].split(","))
        teams = {
            PECKHAM: ("metropolitan", PECKHAM_TEAM),
            BORDER: ("metropolitan", BORDER_TEAM),
            CITY: ("city-of-london", CITY_TEAM),
        }
        for record in PLACES:
            near = abs(record["latitude"] - latitude) < 0.01 and abs(record["longitude"] - longitude) < 0.01
            if near and record["postcode"] in teams:
                force, team = teams[record["postcode"]]
                return 200, {"force": force, "neighbourhood": team}
        return 404, None
    if path == "/crime-last-updated":
        return 200, {"date": newest_month().isoformat()}
    if path == "/crimes-street/all-crime":
        return _street(query)
    force, _, rest = path.strip("/").partition("/")
    team, _, what = rest.partition("/")
    if (force, team) not in TEAMS:
        return 404, None
    if what == "":
        return 200, TEAMS[force, team]
    if what == "boundary" and (force, team) in BOUNDARIES:
        return 200, [{"latitude": f"{y:.10f}", "longitude": f"{x:.10f}"} for y, x in BOUNDARIES[force, team]]
    if what in ("priorities", "events"):
        busy = team == PECKHAM_TEAM
        return 200, (PRIORITIES if what == "priorities" else events()) if busy else []
    return 404, None


def _street(query: dict[str, list[str]]) -> tuple[int, Any]:
    month = query.get("date", [""])[0]
    if "poly" not in query:
        return 400, {"status": 400, "error": "No valid query submitted."}
    if not months_before(newest_month(), 35) <= date.fromisoformat(f"{month}-01") <= newest_month():
        return 404, None
    ring = [(float(y), float(x)) for y, x in (pair.split(",") for pair in query["poly"][0].split(":"))]
    places = ((c, (float(c["location"]["latitude"]), float(c["location"]["longitude"]))) for c in crimes_of(month))
    return 200, [crime for crime, place in places if within(place, ring)]
