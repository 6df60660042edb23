"""Says whether the assistant answers: not when the port opens, but when the model and the action server do."""

from __future__ import annotations

import contextlib
import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable

from bot.errors import SetupError

# a question for content/, one for the action server, and one that nobody understands
PROBES = ("What is the Police and Crime Plan?", "How many burglaries in London?", "flibberty quonk zed")
EACH_SECONDS = 10.0
PAUSE_SECONDS = 0.3


def ask(port: int, sender: str, message: str, seconds: float = EACH_SECONDS) -> list[dict]:
    """The assistant's messages over REST. Raises URLError or ValueError when there are none to be had."""
    body = json.dumps({"sender": sender, "message": message}).encode()
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/webhooks/rest/webhook", body, {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=seconds) as response:  # noqa: S310
        return json.load(response)


def wait_until_ready(port: int, dead: Callable[[], str | None], most_seconds: float = 120.0) -> float:
    """Waits until every probe is answered; returns the seconds it took. Raises SetupError when a server ends or time is up."""
    started = time.monotonic()
    while time.monotonic() - started < most_seconds:
        if name := dead():
            raise SetupError(f"The {name} stopped while starting: the lines above say why.")
        try:
            if all(_good(ask(port, "readiness-probe", text)) for text in PROBES):
                return time.monotonic() - started
        except (urllib.error.URLError, ValueError, OSError):
            pass
        time.sleep(PAUSE_SECONDS)
    raise SetupError(f"Nothing answered within {most_seconds:.0f} s: see the lines above, then try `make run` again.")


def live(port: int) -> dict:
    """What a worker says of itself; a new connection each time, by which the system chooses the worker. Raises as `ask` does."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/live", timeout=EACH_SECONDS) as response:  # nosec B310
        return json.load(response)


def wait_for_workers(port: int, many: int, dead: Callable[[], str | None], most_seconds: float = 120.0) -> None:
    """Waits until so many workers have said that they are there. Raises SetupError when one ends or time is up."""
    started, seen = time.monotonic(), set()
    while time.monotonic() - started < most_seconds:
        if name := dead():
            raise SetupError(f"The {name} stopped while starting: the lines above say why.")
        with contextlib.suppress(urllib.error.URLError, ValueError, KeyError, OSError):
            seen.add(live(port)["worker"])
            if len(seen) >= many:
                return
        time.sleep(0.05)
    raise SetupError(f"Only {len(seen)} of {many} workers answered within {most_seconds:.0f} s: see the lines above.")


def _good(messages: list[dict]) -> bool:
    name = (messages[0].get("answer") or {}).get("name", "") if messages else ""
    return bool(name) and not name.endswith("failed")
