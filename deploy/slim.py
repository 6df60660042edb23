"""Takes out of the environment what only developers need: `python deploy/slim.py --uv .uv/bin/uv`.

Everything is installed from requirements.lock, whose hashes are checked; then whatever the project itself does not ask for, by
itself or through others, goes.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, distribution, distributions

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PROJECT = "planbot"


def needed(project: str = PROJECT) -> set[str]:
    """The names of all distributions that the project needs here, itself included."""
    found: set[str] = set()
    waiting: list[tuple[str, frozenset[str]]] = [(project, frozenset())]
    seen: set[tuple[str, frozenset[str]]] = set()
    while waiting:
        name, extras = waiting.pop()
        if (name, extras) in seen:
            continue
        seen.add((name, extras))
        try:
            asked = distribution(name).requires or []
        except PackageNotFoundError:
            # left out of the lock on purpose: see pyproject.toml
            continue
        found.add(canonicalize_name(name))
        waiting += _wanted(asked, extras)
    return found


def _wanted(asked: Iterable[str], extras: frozenset[str]) -> list[tuple[str, frozenset[str]]]:
    parsed = [Requirement(line) for line in asked]
    return [
        (canonicalize_name(one.name), frozenset(one.extras))
        for one in parsed
        if one.marker is None or any(one.marker.evaluate({"extra": extra}) for extra in (*extras, ""))
    ]


def not_needed() -> list[str]:
    """The names of those that are installed all the same."""
    there = {canonicalize_name(one.metadata["Name"]) for one in distributions()}
    return sorted(there - needed())


def main() -> None:
    parser = argparse.ArgumentParser(description="Uninstalls what only developers need.")
    parser.add_argument("--uv", required=True, help="the uv to do it with")
    asked = parser.parse_args()
    surplus = not_needed()
    print(f"{len(surplus)} packages are for developers only: {', '.join(surplus)}")
    subprocess.run([asked.uv, "pip", "uninstall", "--python", sys.executable, *surplus], check=True)  # noqa: S603


if __name__ == "__main__":
    main()
