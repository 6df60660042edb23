"""`python -m bot.server --port 5005 --model models/....tar.gz`: started by `planbot run`, and by operators."""

from __future__ import annotations

import argparse
import logging
import socket
from pathlib import Path


def main() -> None:
    """Serves until it is told to stop."""
    parser = argparse.ArgumentParser(prog="python -m bot.server", description="The Plan assistant's HTTP server.")
    parser.add_argument("--interface", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=int, default=5005)
    parser.add_argument("--model", type=Path, required=True, help="a model that was trained here")
    parser.add_argument("--shared", action="store_true", help="other workers listen on the same port")
    asked = parser.parse_args()

    from bot import garbage
    from bot.errors import PlanError
    from bot.lean import imports

    garbage.hold()
    try:
        imports.use_if_asked()  # before Rasa, spaCy and thinc are imported
    except PlanError as error:
        raise SystemExit(f"bot.server: {error}") from None

    import rasa.utils.common
    from rasa.core.utils import AvailableEndpoints

    from bot.channels import registry
    from bot.operations import logs
    from bot.server import app
    from bot.server.redaction import of_operators

    # Rasa logs what people typed at the level below
    rasa.utils.common.configure_logging_and_warnings(log_level=logging.INFO)
    endpoints = AvailableEndpoints.read_endpoints("endpoints.yml")
    try:
        logs.configure([*registry.secrets(), *of_operators()])
        logs.configure_structlog()
        channels = registry.named_in(Path("credentials.yml"))
        server = app.with_agent(app.make("plan_assistant", channels), asked.model, endpoints)
    except PlanError as error:
        raise SystemExit(f"bot.server: {error}") from None
    listening = _shared_socket(asked.interface, asked.port) if asked.shared else None
    try:
        server.run(
            host=None if listening else asked.interface, port=None if listening else asked.port, sock=listening,
            workers=1, access_log=False,
        )  # fmt: skip
    except PlanError as error:
        raise SystemExit(f"bot.server: {error}") from None


def _shared_socket(interface: str, port: int) -> socket.socket:
    """A socket on a port that other processes have too; the system shares out the connections."""
    made = socket.socket()
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    made.bind((interface, port))
    return made


if __name__ == "__main__":
    main()
