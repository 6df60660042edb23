"""`python -m bot.server --port 5005 --model models/....tar.gz`: started by `planbot run`, and by operators."""

from __future__ import annotations

import argparse
import logging
from pathlib import Path


def main() -> None:
    """Serves until it is told to stop."""
    parser = argparse.ArgumentParser(prog="python -m bot.server", description="The Plan assistant's HTTP server.")
    parser.add_argument("--interface", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=int, default=5005)
    parser.add_argument("--model", type=Path, required=True, help="a model that was trained here")
    asked = parser.parse_args()

    import rasa.utils.common
    import rasa.utils.log_utils
    from rasa.core import run
    from rasa.core.utils import AvailableEndpoints, number_of_sanic_workers

    from bot.channels import registry
    from bot.errors import PlanError
    from bot.server import app
    from bot.server.redaction import hide_secrets

    rasa.utils.common.configure_logging_and_warnings(log_level=logging.INFO)
    # Rasa logs what people typed at the level below
    rasa.utils.log_utils.configure_structlog(logging.INFO)
    rasa.utils.common.update_sanic_log_level()
    hide_secrets(registry.secrets())
    endpoints = AvailableEndpoints.read_endpoints("endpoints.yml")
    try:
        channels = run.create_http_input_channels(None, "credentials.yml")
        server = app.with_agent(app.make("plan_assistant", channels), asked.model, endpoints)
    except PlanError as error:
        raise SystemExit(f"bot.server: {error}") from None
    server.run(
        host=asked.interface, port=asked.port, workers=number_of_sanic_workers(endpoints.lock_store), access_log=False
    )


if __name__ == "__main__":
    main()
