"""The 300 questions again, with the published files in the store; the numbers are recomputed from the files with plain csv code."""

from __future__ import annotations

import calendar
import csv
from collections import defaultdict
from collections.abc import Iterator

import pytest

from actions.statistics.from_folder import from_folder
from actions.statistics.store import Store
from bot.paths import ROOT
from tests.unit.statistics import generated
from tests.unit.statistics.reference import BOROUGHS, Reference, Row, content_rows

FILES = ROOT.parent / "shared" / "data" / "mps-recorded-crime"
EDITIONS = (
    "mps-borough-historical-201004-202311.csv",
    "mps-borough-24months-202312-202511.csv",
    "mps-borough-24months-202407-202606.csv",
)
TITLE = "MPS Recorded Crime: Geographic Breakdown (London Datastore)"
GROUPS = {
    "total_recorded_offences": None, "burglary": "BURGLARY", "robbery": "ROBBERY", "vehicle_offences": "VEHICLE OFFENCES",
    "sexual_offences": "SEXUAL OFFENCES", "drug_offences": "DRUG OFFENCES", "public_order": "PUBLIC ORDER OFFENCES",
    "violence_against_the_person": "VIOLENCE AGAINST THE PERSON", "theft": "THEFT",
}  # fmt: skip
KINDS = {
    "shoplifting": "SHOPLIFTING", "theft_from_the_person": "THEFT FROM THE PERSON", "rape": "RAPE",
    "violence_with_injury": "VIOLENCE WITH INJURY",
}  # fmt: skip

pytestmark = pytest.mark.skipif(
    not FILES.is_dir(), reason="the published files (../shared/data) are not on this machine"
)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    folder = tmp_path_factory.mktemp("real")
    for name in EDITIONS:
        (folder / name).symlink_to(FILES / name)
    filled = Store(f"sqlite:///{folder / 'figures.db'}")
    from_folder(filled, folder)
    yield filled
    filled.close()


def rows_of_the_files() -> list[Row]:
    """Months of every borough and of London; the later edition's where two have the month. London is every row of a file."""
    months: dict[tuple[str, str, str], float] = {}
    for name in EDITIONS:
        found: dict[tuple[str, str, str], float] = defaultdict(float)
        with (FILES / name).open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file)
            head = next(reader)
            for line in reader:
                group, kind, area = line[0].upper(), line[1].upper(), line[2]
                measures = [m for m, g in GROUPS.items() if g in (None, group)] + [
                    m for m, k in KINDS.items() if k == kind
                ]
                for month, cell in zip(head[3:], line[3:], strict=True):
                    for measure in measures:
                        found[measure, "London", month] += int(cell)
                        found[measure, area, month] += int(cell)
            for measure in (*GROUPS, *KINDS):
                for area in BOROUGHS:
                    for month in head[3:]:
                        found[measure, area, month] += 0
        months.update(found)
    return [_row(*key, value) for key, value in months.items() if key[1] in (*BOROUGHS, "London")]


def _row(measure: str, area: str, month: str, value: float) -> Row:
    year, number = int(month[:4]), int(month[4:])
    last = calendar.monthrange(year, number)[1]
    return Row(
        measure,
        area,
        f"{year}-{number:02d}-01",
        f"{year}-{number:02d}-{last}",
        "month",
        value,
        TITLE,
        "offences",
        "9999-12-31",
    )


def test_files_are_taken_in(store: Store) -> None:
    rows = {(r.start, r.value) for r in rows_of_the_files() if (r.measure, r.area) == ("burglary", "Camden")}
    kept = {(f.start.isoformat(), f.value) for f in store.of("burglary", "Camden") if f.period_type == "month"}
    assert rows == kept
    assert len(kept) == 195


def test_every_number_of_every_answer(store: Store) -> None:
    """Text alone: the files' copies have no dates of their own, so editions count as later than the project's rows."""
    reference = Reference(content_rows() + rows_of_the_files())
    wrong = {str(q): p for q in generated.questions(300, seed=4) if (p := generated.problems(q, store, reference))}
    assert not wrong, f"{len(wrong)} wrong\n" + "\n".join(f"{q}\n  {lines}" for q, lines in list(wrong.items())[:10])
