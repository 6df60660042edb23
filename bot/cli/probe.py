"""Says whether the assistant answers: not when the port opens, but when the model and the action server do."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable

from bot.errors import SetupError

# a question for content/, one for the action server, and one that makes the topic search build its index
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


def _good(messages: list[dict]) -> bool:
    name = (messages[0].get("answer") or {}).get("name", "") if messages else ""
    return bool(name) and not name.endswith("failed")
