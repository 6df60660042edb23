"""For health checks of containers: `healthy.py http://127.0.0.1:5005/health/ready` ends with 0 when that answers with 200."""

from __future__ import annotations

import sys
import urllib.request

SECONDS = 4


def is_healthy(url: str) -> bool:
    """Whether it answers with 200 in time."""
    try:
        with urllib.request.urlopen(url, timeout=SECONDS) as answer:  # noqa: S310 - its own container's
            return answer.status == 200
    except OSError:
        return False


if __name__ == "__main__":
    raise SystemExit(0 if is_healthy(sys.argv[1]) else 1)
