"""Known advisories of the pinned packages, against those that were looked at: docs/advisories.yml.

pip-audit asks, in an environment of its own that uv makes. It calls a package that its service does not know "skipped" and the
whole then free of faults, so the service is first asked for an advisory that it must know.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Optional

import httpx
from pydantic import Field

from bot.content.reader import read
from bot.content.schema import Strict
from bot.errors import PlanError
from bot.paths import ROOT

ADVISORIES = ROOT / "docs" / "advisories.yml"
LOCK = ROOT / "requirements.lock"
PIP_AUDIT = "pip-audit==2.10.1"
PROBE_SECONDS = 5.0
AUDIT_SECONDS = 60.0
SERVICES = {"pypi": "https://pypi.org", "osv": "https://api.osv.dev"}


class NotCheckedError(PlanError):
    """The advisories could not be asked for here; the message says why."""


class Advisory(Strict):
    """One advisory. `also`: its other names; `published`, `fixed`: as its source says, where that was seen."""

    id: str = Field(regex=r"^(?:GHSA(?:-[23456789cfghjmpqrvwx]{4}){3}|PYSEC-\d{4}-\d+|CVE-\d{4}-\d{4,})$")
    also: list[str] = Field(default=[])
    published: Optional[date] = None  # noqa: UP045 - pydantic 1 reads this at run time
    fixed: Optional[str] = None  # noqa: UP045


class Accepted(Strict):
    """Advisories of a package that are accepted for one reason."""

    reason: str = Field(min_length=20)
    advisories: list[Advisory] = Field(min_items=1)


class Package(Strict):
    """A pinned package. `why`: why it is not a newer one."""

    version: str
    why: str = Field(min_length=10)
    accepted: list[Accepted] = Field(min_items=1)


class AdvisoryFile(Strict):
    """docs/advisories.yml. `looked_at`: when somebody last went through it; `how`: in what."""

    looked_at: date
    how: str
    packages: dict[str, Package]

    def names(self) -> dict[str, set[str]]:
        """All names of the accepted advisories of each package, by their first name."""
        return {a.id: {a.id, *a.also} for p in self.packages.values() for g in p.accepted for a in g.advisories}


@dataclass(frozen=True)
class Result:
    """`new`: advisories that nobody has looked at; `gone`: accepted ones that are no longer reported; `unknown`: packages of
    which the service has never heard.
    """

    new: Sequence[str]
    gone: Sequence[str]
    unknown: Sequence[str]


def accepted(path: Path = ADVISORIES) -> AdvisoryFile:
    """The list. Raises ContentError with line and reason."""
    return read(path, AdvisoryFile)


def compare(report: dict[str, Any], known: AdvisoryFile) -> Result:
    """`report`: what pip-audit writes as JSON. An advisory is the accepted one when any of its names is."""
    names = known.names()
    new, reported = [], set()
    for package in report["dependencies"]:
        for found in package.get("vulns", []):
            called = {found["id"], *found.get("aliases", [])}
            same = {first for first, all_names in names.items() if all_names & called}
            reported |= same
            if not same:
                fixed = ", ".join(found.get("fix_versions", [])) or "no version yet"
                new.append(f"{found['id']}: {package['name']} {package['version']}, mended in {fixed}")
    unknown = [p["name"] for p in report["dependencies"] if "skip_reason" in p]
    asked = {p["name"] for p in report["dependencies"]} - set(unknown)
    expected = {
        a.id for name in asked & set(known.packages) for g in known.packages[name].accepted for a in g.advisories
    }
    return Result(sorted(new), sorted(expected - reported), sorted(unknown))


def pins_that_moved(known: AdvisoryFile, lock: Path = LOCK) -> list[str]:
    """Lines on packages of the list that are not pinned to the version that it speaks of."""
    pinned = dict(re.findall(r"^([a-z0-9][a-z0-9._-]*)==([^\s;]+)", lock.read_text(encoding="utf-8"), re.MULTILINE))
    return [
        f"{name}: the list speaks of {package.version}, and {pinned.get(name, 'no version')} is pinned"
        for name, package in known.packages.items()
        if pinned.get(name) != package.version
    ]


def ask(known: AdvisoryFile, lock: Path = LOCK) -> dict[str, Any]:
    """pip-audit's report on every pinned package. Raises NotCheckedError."""
    service, uv = _service(known), _uv()
    command = [uv, "tool", "run", PIP_AUDIT, "--requirement", str(lock), "--disable-pip", "--require-hashes"]
    command += ["--vulnerability-service", service, "--format", "json", "--progress-spinner", "off", "--desc", "off"]
    try:
        told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=AUDIT_SECONDS)  # noqa: S603
        report = json.loads(told.stdout)
    except subprocess.TimeoutExpired as error:
        raise NotCheckedError(f"pip-audit took longer than {AUDIT_SECONDS:.0f} s") from error
    except (OSError, ValueError) as error:
        raise NotCheckedError("pip-audit could not be installed or did not answer") from error
    if not isinstance(report, dict) or not report.get("dependencies"):
        raise NotCheckedError("pip-audit's answer could not be read")
    return report


def _uv() -> str:
    uv = ROOT / ".uv" / "bin" / "uv"
    found = str(uv) if uv.exists() else shutil.which("uv")
    if not found:
        raise NotCheckedError("there is no uv")
    return found


def _service(known: AdvisoryFile) -> str:
    """The first service that knows an advisory of a pinned package. Raises NotCheckedError."""
    name, package = next(iter(known.packages.items()))
    said = []
    for service, url in SERVICES.items():
        try:
            if _knows(service, url, name, package.version):
                return service
            said.append(f"{url} knows no advisories")
        except (httpx.HTTPError, ValueError) as error:
            said.append(f"{url}: {type(error).__name__}")
    raise NotCheckedError("; ".join(said))


def _knows(service: str, url: str, name: str, version: str) -> bool:
    with httpx.Client(timeout=PROBE_SECONDS) as client:
        if service == "pypi":
            answer = client.get(f"{url}/pypi/{name}/{version}/json")
        else:
            answer = client.post(
                f"{url}/v1/query", json={"package": {"name": name, "ecosystem": "PyPI"}, "version": version}
            )
    if answer.status_code != 200:
        return False
    told = answer.json()
    return isinstance(told, dict) and bool(told.get("vulnerabilities" if service == "pypi" else "vulns"))


def lines(result: Result) -> Iterable[str]:
    """The result for people."""
    for advisory in result.new:
        yield f"new: {advisory}. Look at it, then mend it or add it to docs/advisories.yml with the reason."
    for advisory in result.gone:
        yield f"gone: {advisory} is no longer reported: take it out of docs/advisories.yml."
    if result.unknown:
        yield f"not checked, because the service does not know them: {', '.join(result.unknown)}"
