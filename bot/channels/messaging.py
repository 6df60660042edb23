"""What every messaging channel does with a request to its webhook: is it the platform's own, what does it say, was it heard.

The platform gets its answer at once; what the person asked is answered by calls of our own. Nothing of a request is read before
it is known to be genuine. A forged one gets 403 and reaches nobody.
"""

from __future__ import annotations

import asyncio
import logging
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, ClassVar

from rasa.core.channels.channel import InputChannel, UserMessage
from sanic import Blueprint, Request, Sanic, response
from sanic.response import HTTPResponse

from bot import tracker_store
from bot.channels.conversation import SORRY, Conversations
from bot.channels.problems import problem
from bot.channels.render import Outgoing
from bot.errors import BusyChannelError, SetupError
from bot.keys import Keys, secret_of
from bot.messaging import settings as messaging_settings
from bot.messaging.calls import Caller, Waits
from bot.messaging.capabilities import Capabilities
from bot.messaging.desk import Desk
from bot.messaging.received import Received
from bot.messaging.sending import Call
from bot.messaging.settings import PUBLIC_URL, MessagingSettings, Variable
from bot.paths import SECRET_FILE

log = logging.getLogger(__name__)
LARGEST_BODY = 64_000
RETRY_SECONDS = 5
STOP_SECONDS = 10.0
TAKEN_AT_ONCE = 20
FORGED = "This request was not signed by the platform, so nothing of it was read."
WEBHOOK = "/webhooks/{name}/webhook"


class MessagingChannel(InputChannel, ABC):
    """See the module's text. Each channel declares what it can show and which variables it needs."""

    capabilities: ClassVar[Capabilities]
    variables: ClassVar[tuple[Variable, ...]]
    title: ClassVar[str]
    largest_body: ClassVar[int] = LARGEST_BODY
    """Bytes of a request that are read."""

    @classmethod
    def name(cls) -> str:
        return cls.capabilities.name

    @classmethod
    def needs(cls) -> tuple[Variable, ...]:
        """Every variable without which the channel is off."""
        return (*cls.variables, PUBLIC_URL)

    @classmethod
    def is_wanted(cls) -> bool:
        """Whether anybody has set one of its own variables."""
        return any(variable.value() for variable in cls.variables)

    @classmethod
    def webhook(cls) -> str:
        """The path of its webhook."""
        return WEBHOOK.format(name=cls.name())

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> InputChannel:
        if credentials:
            raise SetupError(
                f"credentials.yml holds no secrets: set {', '.join(v.name for v in cls.variables)} instead."
            )
        if problems := messaging_settings.problems(cls.needs()):
            if cls.is_wanted():
                log.warning("%s is off: %s", cls.title, problems[0])
            return _Off(cls.name())
        return cls(messaging_settings.values(cls.needs()))

    def __init__(
        self, told: Mapping[str, str], settings: MessagingSettings | None = None, keys: Keys | None = None,
        waits: Waits | None = None,
    ) -> None:  # fmt: skip
        self.told, self.settings = told, settings or MessagingSettings()
        self.public = told[PUBLIC_URL.name].rstrip("/")
        self.conversations = Conversations()
        self._keys = keys
        self.caller = Caller(self.title, self.judge, waits)
        self.desk: Desk | None = None
        self._house: asyncio.Task | None = None

    @abstractmethod
    def is_genuine(self, request: Request) -> bool:
        """Whether the platform itself sent it. Never raises."""

    @abstractmethod
    def read(self, request: Request) -> list[Received]:
        """What a genuine request says; nothing for what needs no answer. Raises ValueError for what is no such request."""

    @abstractmethod
    def calls(self, outgoing: Outgoing, to: dict[str, Any]) -> list[Call]:
        """See Platform."""

    @abstractmethod
    async def send(self, call: Call) -> None:
        """See Platform."""

    def judge(self, status: int, body: dict[str, Any]) -> Any:
        """The platform's own view of its answer: a Fault, or None for what the status says."""
        return None

    def simpler(self, call: Call) -> Call | None:
        """See Platform."""
        return None

    def acknowledged(self) -> HTTPResponse:
        """What the platform hears at once."""
        return response.empty(status=200)

    def too_busy(self, text: str) -> HTTPResponse:
        """What the platform hears when nothing can be taken in: it delivers again, unless it is told otherwise here."""
        return problem(503, text, retry_after=RETRY_SECONDS)

    def special(self, request: Request) -> HTTPResponse | None:
        """An answer to a genuine request that is no message, such as a challenge; None for the rest."""
        return None

    def picture_url(self, path: str) -> str:
        """The address at which the platform can fetch a picture."""
        return f"{self.public}{path}"

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        blueprint = Blueprint(f"plan_{self.name()}", f"plan_{self.name()}")

        @blueprint.route("/webhook", methods=["POST"])
        async def receive(request: Request) -> HTTPResponse:
            return await self._receive(request, on_new_message)

        @blueprint.listener("after_server_start")
        async def start(app: Sanic, loop: asyncio.AbstractEventLoop) -> None:
            self._desk_of(app, on_new_message)

        @blueprint.listener("before_server_stop")
        async def stop(*_: Any) -> None:
            try:
                if self.desk:
                    await self.desk.stop(STOP_SECONDS)
            except Exception:
                log.exception(
                    "%s: other workers will notice only in some seconds that this one has stopped", self.title
                )
            if self._house:
                self._house.cancel()
            await self.caller.close()

        return blueprint

    async def _receive(self, request: Request, handle: Any) -> HTTPResponse:
        if len(request.body) > self.largest_body:
            return problem(413, f"The body is larger than {self.largest_body:,} bytes.")
        if not self.is_genuine(request):
            log.warning("%s: a request that was not the platform's own was refused", self.title)
            return problem(403, FORGED)
        try:
            if (special := self.special(request)) is not None:
                return special
            received: Sequence[Received] = self.read(request)
        except (ValueError, RecursionError, OverflowError):
            return problem(400, "This request cannot be understood.")
        desk = self._desk_of(request.app, handle)
        if desk is None:
            return self.too_busy(SORRY)
        try:
            for start in range(0, len(received), TAKEN_AT_ONCE):
                await desk.take(received[start : start + TAKEN_AT_ONCE])
                # others may have a request too
                await asyncio.sleep(0)
        except BusyChannelError:
            log.warning("%s: too many messages wait, so one was turned away", self.title)
            return self.too_busy(SORRY)
        return self.acknowledged()

    def _desk_of(self, app: Sanic, handle: Any) -> Desk | None:
        """Made when the server has its agent; None before."""
        if self.desk is None:
            store = tracker_store.of_agent(getattr(app.ctx, "agent", None))
            if store is None:
                return None
            keys = self._keys or Keys(secret_of(SECRET_FILE))
            self.desk = Desk(self, store, handle, keys, self.settings, self.conversations)
            vars(app.ctx).setdefault("desks", {})[self.name()] = self.desk
            self._house = asyncio.get_running_loop().create_task(self.desk.keep_house())
        return self.desk


class _Off(InputChannel):
    """A channel that lacks a secret: it has no address, so its webhook is not found."""

    def __init__(self, name: str) -> None:
        self._name = name

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        return Blueprint(f"plan_{self._name}_off", f"plan_{self._name}_off")


def dictionary(value: Any) -> dict[str, Any]:
    """The value when it is an object, else an empty one: platforms add and leave out fields as they like."""
    return value if isinstance(value, dict) else {}


def listed(value: Any) -> list[Any]:
    """The value when it is a list, else an empty one."""
    return value if isinstance(value, list) else []


def text_of(value: Any) -> str:
    """The value when it is a text, else an empty one."""
    return value if isinstance(value, str) else ""
