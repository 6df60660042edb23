"""The action server: `python -m actions.server PORT`. Rasa calls it for figures, services and the local police.

Rasa's own would listen everywhere, take bodies of 100 MB, and repeat the whole conversation in its answer to an error.
"""

from __future__ import annotations

import argparse
import ipaddress
import json
import logging
import socket
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rasa_sdk.executor import ActionExecutor
    from sanic import Request, Sanic
    from sanic.response import HTTPResponse

log = logging.getLogger(__name__)
HOST = "127.0.0.1"
DEFAULT_PORT = 5055
SECRET = "PLAN_ACTION_SECRET"  # noqa: S105 - the name of a variable
HEADERS = 10_000
REQUEST_SECONDS = 10
RESPONSE_SECONDS = 15
KEEP_ALIVE_SECONDS = 75
"""Longer than a caller keeps an idle connection, so that none is closed while a call is on its way."""
BACKLOG = 512
SAYS = {
    404: "There is nothing at this address.",
    405: "This address is asked in another way.",
    413: "The call is too large.",
}


def make(name: str = "plan_actions") -> Sanic:
    """The app with every action of actions/. Raises SetupError for wrong settings."""
    from rasa_sdk.executor import ActionExecutor
    from sanic import response
    from sanic.exceptions import SanicException

    from actions import metrics, warming
    from bot import garbage
    from bot.action_calls import LARGEST_CALL
    from bot.channels.problems import problem
    from bot.operations import access, routes
    from bot.server.protocol import StrictSanic

    secret = access.secret_of(SECRET)
    executor = ActionExecutor()
    executor.register_package("actions")
    app = StrictSanic(name, configure_logging=False)
    app.config.update({
        "REQUEST_MAX_SIZE": LARGEST_CALL + HEADERS, "REQUEST_TIMEOUT": REQUEST_SECONDS, "RESPONSE_TIMEOUT": RESPONSE_SECONDS,
        "KEEP_ALIVE_TIMEOUT": KEEP_ALIVE_SECONDS,
    })  # fmt: skip
    routes.add_to(app)

    def refused(status: int, detail: str) -> HTTPResponse:
        metrics.REFUSED.labels(str(status)).inc()
        return problem(status, detail)

    def may_ask(request: Request) -> bool:
        return secret is None or access.brings(request, secret)

    @app.get("/health/ready")
    async def ready(request: Request) -> HTTPResponse:
        if not may_ask(request):
            return refused(403, f"Bring the secret of {SECRET}.")
        return response.json({"status": "ready"}, headers={"Cache-Control": "no-store"})

    @app.post("/webhook")
    async def webhook(request: Request) -> HTTPResponse:
        if not may_ask(request):
            return refused(403, f"Bring the secret of {SECRET}.")
        if len(request.body) > LARGEST_CALL:
            return refused(413, SAYS[413])
        call = read(request.body)
        if call is None:
            return refused(400, "This is no call of an action.")
        if call["next_action"] not in executor.actions:
            return refused(404, "There is no action of that name.")
        return response.json(await run(executor, call))

    @app.exception(SanicException)
    async def not_taken(_: Request, error: SanicException) -> HTTPResponse:
        status = getattr(error, "status_code", None) or 500
        return refused(status, SAYS.get(status, "This request cannot be understood."))

    @app.exception(Exception)
    async def broke(_: Request, error: Exception) -> HTTPResponse:
        log.error("a call failed", exc_info=error)
        return refused(500, "Something went wrong here: the log says where.")

    app.register_listener(warming.read_content, "before_server_start")
    app.register_listener(warming.ask_for_figures, "after_server_start")
    app.register_listener(lambda *_: metrics.UP.set(1), "after_server_start")
    app.register_listener(lambda *_: garbage.settle(), "after_server_start")
    return app


def read(body: bytes) -> dict[str, Any] | None:
    """The call in a body; None for anything else."""
    try:
        call = json.loads(body)
    except (ValueError, RecursionError):
        return None
    tracker = call.get("tracker") if isinstance(call, dict) else None
    if not isinstance(tracker, dict) or not isinstance(call.get("next_action"), str):
        return None
    events, said = tracker.get("events"), tracker.get("latest_message")
    is_right = (
        isinstance(tracker.get("sender_id"), str) and isinstance(events, list) and isinstance(said, (dict, type(None)))
    )
    return call if is_right and all(isinstance(event, dict) for event in events or ()) else None


async def run(executor: ActionExecutor, call: dict[str, Any]) -> dict[str, Any]:
    """What the action says, as Rasa reads it."""
    return await executor.run(call) or {"events": [], "responses": []}


def listen(interface: str, port: int, *, shared: bool = False) -> socket.socket:
    """A socket on the port; `shared`: other action servers of this machine have it too. Raises SetupError when it is taken."""
    from bot.errors import SetupError

    family = socket.AF_INET6 if ":" in interface else socket.AF_INET
    try:
        return socket.create_server((interface, port), family=family, backlog=BACKLOG, reuse_port=shared)
    except (OSError, OverflowError) as error:
        raise SetupError(
            f"The action server cannot listen on port {port}: stop what runs there, or name another."
        ) from error


def refuse_open_door(interface: str) -> None:
    """Raises SetupError for an address that others reach, unless they need a secret."""
    from bot.errors import SetupError
    from bot.operations.access import secret_of

    try:
        here = ipaddress.ip_address(interface).is_loopback
    except ValueError:
        here = interface == "localhost"
    if not here and secret_of(SECRET) is None:
        raise SetupError(f"--interface {interface} is reached by others: set {SECRET} here and for the Rasa server.")


def main() -> None:
    """Serves until it is stopped."""
    parser = argparse.ArgumentParser(prog="python -m actions.server", description="The Plan assistant's action server.")
    parser.add_argument("port", type=int, nargs="?", default=DEFAULT_PORT)
    parser.add_argument(
        "--interface", default=HOST, help=f"address to listen on; others than this machine's need {SECRET}"
    )
    parser.add_argument("--shared", action="store_true", help="other action servers listen on the same port")
    asked = parser.parse_args()

    from bot import garbage
    from bot.operations import multiprocess

    garbage.hold()
    multiprocess.use_own(f"actions-{asked.port}")  # before prometheus_client is imported

    from bot.errors import PlanError
    from bot.operations import logs
    from bot.server.redaction import of_operators

    try:
        logs.configure(of_operators())
        refuse_open_door(asked.interface)
        app, listening = make(), listen(asked.interface, asked.port, shared=asked.shared)
    except PlanError as error:
        raise SystemExit(f"actions.server: {error}") from None
    logs.serving()
    app.run(sock=listening, workers=1, access_log=False)


if __name__ == "__main__":
    main()
