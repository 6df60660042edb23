"""What postcodes.io and data.police.uk would say of a few postcodes, in their own layout; for tests/misbehaving.py.

Wards and boroughs are real, the rest is made up. Any other postcode is "not found".
"""

from __future__ import annotations

from datetime import timedelta
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


def answer(address: str) -> tuple[int, Any]:
    """Status and JSON of the well-behaved services for a path with its query."""
    parts = urlsplit(address)
    path, query = unquote(parts.path), parse_qs(parts.query)
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
    force, _, rest = path.strip("/").partition("/")
    team, _, what = rest.partition("/")
    if (force, team) not in TEAMS:
        return 404, None
    if what == "":
        return 200, TEAMS[force, team]
    if what in ("priorities", "events"):
        busy = team == PECKHAM_TEAM
        return 200, (PRIORITIES if what == "priorities" else events()) if busy else []
    return 404, None
