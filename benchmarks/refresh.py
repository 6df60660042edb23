"""How long a refresh takes, and how much memory: `python -m benchmarks.refresh`.

Makes a dashboard file of the published size and a 24-month file in a temporary folder, serves them on this machine, and refreshes
a new store from them in a child process each, so that the peak of memory is that of one refresh.
"""

from __future__ import annotations

import asyncio
import json
import os
import resource
import subprocess
import sys
import threading
import time
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory

ROWS = 877_000
AREAS_BELOW = 20
"""Neighbourhood teams in each borough."""
WANTED = {"borough-24-months": 3.0, "dashboard-total": 40.0}
"""Seconds at most."""
WANTED_MB = 300
NAMES = {
    "borough-24-months": ("exy3m", "MPS Borough Level Crime (most recent 24 months).csv"),
    "dashboard-total": ("e5n6w", "M1045_MonthlyCrimeDashboard_TNOCrimeData.csv"),
}


def main() -> int:
    """Prints the figures; 1 when one is over what was asked for."""
    with TemporaryDirectory() as folder:
        served = Path(folder)
        sizes = {"dashboard-total": _dashboard(served), "borough-24-months": _borough(served)}
        server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=folder))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}"
        _catalogue(served, url)
        bad = 0
        for origin in WANTED:
            found = _in_a_child(origin, url, served / f"{origin}.db")
            bad += found["seconds"] > WANTED[origin] or found["peak_mb"] > WANTED_MB or found["status"] != "new"
            print(
                f"{origin}: {sizes[origin]:,} rows, {found['status']}, {found['figures']:,} figures, "
                f"{found['seconds']:.1f} s (at most {WANTED[origin]:.0f}), peak {found['peak_mb']:.0f} MB (at most {WANTED_MB})"
            )
        server.shutdown()
    return int(bad > 0)


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Nothing."""


def _in_a_child(origin: str, url: str, database: Path) -> dict:
    environment = {
        **os.environ, "DATASTORE_URL": url, "NO_PROXY": "127.0.0.1", "PLAN_TODAY": "2026-11-28",
        "PLAN_STATISTICS_DB": f"sqlite:///{database}",
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.refresh", origin],
        env=environment,
        stdout=subprocess.PIPE,
        check=True,
        timeout=600,
    )
    return json.loads(done.stdout)


def child(origin: str) -> None:
    """One refresh of one file into a new store; writes what it took as JSON."""
    from actions.statistics.refresh import refresh
    from actions.statistics.store import Store
    from bot.sources.datastore import Datastore

    async def one() -> dict:
        store = Store()
        # the project's own figures are there before any refresh
        store.all_editions()
        began = time.perf_counter()
        async with Datastore() as client:
            [change] = await refresh(store, client, only=[origin])
        seconds = time.perf_counter() - began
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform != "darwin" else 1024 * 1024)
        return {
            "status": change.status.value + change.reason,
            "figures": change.figures,
            "seconds": seconds,
            "peak_mb": peak,
        }

    print(json.dumps(asyncio.run(one())))


def _months(first: int, count: int) -> list[tuple[int, int]]:
    return [((first + n) // 12, (first + n) % 12 + 1) for n in range(count)]


def _offences() -> list[tuple[str, str]]:
    return [(f"GROUP {n // 3}", f"SUBGROUP {n}") for n in range(33)]


def _dashboard(folder: Path) -> int:
    from actions.statistics.layouts.columns import boroughs

    months, names = _months(2026 * 12 + 5 - 59, 60), sorted(boroughs())
    rows = 0
    path = folder / "dashboard-total.csv"
    with path.open("w", encoding="utf-8") as file:
        file.write("Month_Year,Area Type,Borough_SNT,Area Name,Area Code,offence group,Offence Subgroup,Measure,"
                   "Financial Year,Count,Refresh Date\n")  # fmt: skip
        # the boroughs' own rows first, then teams until the published number of rows is reached
        for level in range(AREAS_BELOW):
            for year, month in months:
                for name in names:
                    for group, subgroup in _offences():
                        for measure, count in (("Offences", 70), ("Positive Outcomes", 5)):
                            kind = "Borough" if level == 0 else "Safer Neighbourhood Teams"
                            area = name if level == 0 else f"{name} Ward {level}"
                            file.write(f"{year}-{month:02d}-01,{kind},{name},{area},E09000001,{group},{subgroup},{measure},"
                                       f"fy26-27,{count},2026-09-02 00:00:00\n")  # fmt: skip
                            rows += 1
                            if rows == ROWS:
                                return rows
    return rows


def _borough(folder: Path) -> int:
    from actions.statistics.layouts import wide
    from actions.statistics.layouts.columns import boroughs

    named = [("BURGLARY", text) for text in wide.SUBGROUPS] + [(text, "OTHER") for text in wide.GROUPS]
    months = _months(2026 * 12 + 5 - 23, 24)
    lines = ["Group,SubGroup,BOCU," + ",".join(f"{year}{month:02d}" for year, month in months)]
    for group, subgroup in [*named, *_offences()[: 33 - len(named)]]:
        for name in [*sorted(boroughs()), "Unknown"]:
            lines.append(f"{group},{subgroup},{name}," + ",".join(str(60 + n) for n in range(24)))
    (folder / "borough-24-months.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return len(lines) - 1


def _catalogue(folder: Path, url: str) -> None:
    listed = [
        {
            "id": dataset,
            "slug": dataset,
            "resources": {origin: {"title": name, "format": "csv", "url": f"{url}/{origin}.csv"}},
        }
        for origin, (dataset, name) in NAMES.items()
    ]
    path = folder / "api" / "v2" / "datasets"
    path.mkdir(parents=True)
    (path / "export.json").write_text(json.dumps(listed), encoding="utf-8")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        child(sys.argv[1])
    else:
        raise SystemExit(main())
