"""Sees to it that there is a browser for the tests: one that is here, Debian's Chromium, or Playwright's own.

Never fails: the tests say what is missing, and in CI they fail then.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome")
SECONDS = 600


def quietly(*command: str) -> bool:
    try:
        return subprocess.run(command, capture_output=True, timeout=SECONDS).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def main() -> None:
    if os.environ.get("PLAN_BROWSER") or any(shutil.which(name) for name in NAMES):
        return
    if shutil.which("apt-get") and hasattr(os, "geteuid") and os.geteuid() == 0:
        print("browser: installing Debian's Chromium for the tests ...", file=sys.stderr, flush=True)
        quietly("apt-get", "update")
        if quietly("apt-get", "install", "--yes", "--no-install-recommends", "chromium", "fonts-noto-core"):
            return
    print("browser: asking for Playwright's own Chromium ...", file=sys.stderr, flush=True)
    if not quietly(sys.executable, "-m", "playwright", "install", "chromium"):
        print(
            "browser: none could be installed. Install chromium, or set PLAN_BROWSER=/path/to/it, for tests/browser.",
            file=sys.stderr,
        )


if __name__ == "__main__":
    main()
