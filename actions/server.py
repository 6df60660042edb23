"""Starts the action server on this machine only: `python -m actions.server PORT`."""

from __future__ import annotations

import logging
import sys

from rasa_sdk.endpoint import create_app

HOST = "127.0.0.1"
DEFAULT_PORT = 5055


def main(port: int) -> None:
    """Serves until it is stopped; `port` is a TCP port of this machine."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    create_app("actions").run(host=HOST, port=port, workers=1, access_log=False)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT_PORT)
