"""The channel that serves pictures of figures: GET or HEAD /pictures/<token>.png, and nothing else; it hears no messages.

The token is a question about figures, so a picture needs no conversation, and nothing in it is personal. Answers:
200 and 304; 400 for what is no question; 404 where there is nothing to draw; 503, with when to try again, if it is busy.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from hashlib import blake2b
from typing import Any

from rasa.core.channels.channel import InputChannel, UserMessage
from sanic import Blueprint, Request, Sanic, response
from sanic.response import HTTPResponse

from actions.statistics.chart import Chart
from bot.channels.problems import problem
from bot.errors import ActionError, FactsMissingError

log = logging.getLogger(__name__)
LONGEST_TOKEN = 600
NAME = re.compile(rf"([A-Za-z0-9_-]{{1,{LONGEST_TOKEN}}})\.png", re.ASCII)
KEPT_SECONDS = 3_600
MOST_WAITING = 8
TIMEOUT_SECONDS = 5.0
RETRY_SECONDS = 2


class BusyError(Exception):
    """No picture in time: too many are waiting, or this one takes too long."""


class NoQuestionError(Exception):
    """The token is no question about figures."""


class PicturesChannel(InputChannel):
    """See the module's text.

    `chart_of`: the chart of a token; raises ValueError for what is no token, FactsMissingError where there is none.
    `picture`: paints it. Both run in one thread of this channel: matplotlib is not safe in several, and the server's own
    must stay free for messages. `timeout`: seconds that a request waits; `most_waiting`: requests, the running one included.
    """

    @classmethod
    def name(cls) -> str:
        return "pictures"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> InputChannel:
        return cls(_chart_of_figures)

    def __init__(
        self, chart_of: Callable[[str], Chart], *, picture: Callable[[Chart], bytes] | None = None,
        timeout: float = TIMEOUT_SECONDS, most_waiting: int = MOST_WAITING,
    ) -> None:  # fmt: skip
        self._chart_of, self._picture = chart_of, picture or _painted
        self._timeout, self._most_waiting = timeout, most_waiting
        self._waiting = 0
        self._executor: ThreadPoolExecutor | None = None

    def url_prefix(self) -> str:
        """From the root: Rasa joins it to /webhooks/, and an absolute path stays as it is."""
        return "/pictures"

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        pictures = Blueprint("plan_pictures", "plan_pictures")

        @pictures.route("/<name:str>", methods=["GET", "HEAD"])
        async def show(request: Request, name: str) -> HTTPResponse:
            wanted = NAME.fullmatch(name)
            if wanted is None:
                return problem(400, "This is not the address of a picture.")
            return await self._show(wanted[1], request.headers.get("if-none-match", ""))

        @pictures.listener("before_server_stop")
        async def stop(*_: Sanic | asyncio.AbstractEventLoop) -> None:
            if self._executor is not None:
                self._executor.shutdown(wait=False, cancel_futures=True)
                self._executor = None

        return pictures

    async def _show(self, token: str, already: str) -> HTTPResponse:
        try:
            content = await self._made(token)
        except NoQuestionError:
            return problem(400, "This is not the address of a picture.")
        except FactsMissingError:
            return problem(404, "There are no figures for this picture.")
        except (BusyError, ActionError) as error:
            log.warning("A picture was not served: %s", error)
            return problem(503, "The picture is not ready. Try again in a moment.", retry_after=RETRY_SECONDS)
        except Exception:
            log.exception("A picture could not be made.")
            return problem(500, "The picture could not be made.")
        tag = f'"{blake2b(content, digest_size=16).hexdigest()}"'
        headers = {
            "Cache-Control": f"public, max-age={KEPT_SECONDS}", "ETag": tag, "X-Content-Type-Options": "nosniff",
            "Cross-Origin-Resource-Policy": "cross-origin",
        }  # fmt: skip
        if _is_among(tag, already):
            return response.empty(status=304, headers=headers)
        headers["Content-Disposition"] = 'inline; filename="chart.png"'
        return response.raw(content, content_type="image/png", headers=headers)

    async def _made(self, token: str) -> bytes:
        """The picture of a token. A request that gives up does not stop the work: the next one finds it done."""
        if self._waiting >= self._most_waiting:
            raise BusyError(f"{self._waiting} are waiting")
        if self._executor is None:
            self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="pictures")
        loop = asyncio.get_running_loop()
        self._waiting += 1
        work = loop.run_in_executor(self._executor, self._make, token)
        work.add_done_callback(self._done)
        try:
            return await asyncio.wait_for(asyncio.shield(work), self._timeout)
        except asyncio.TimeoutError as error:
            raise BusyError(f"not made in {self._timeout:g} seconds") from error

    def _make(self, token: str) -> bytes:
        try:
            chart = self._chart_of(token)
        except ValueError as error:
            raise NoQuestionError from error
        return self._picture(chart)

    def _done(self, work: asyncio.Future[bytes]) -> None:
        self._waiting -= 1
        if not work.cancelled():
            work.exception()  # read, so that nothing complains of one that nobody waited for


def _is_among(tag: str, already: str) -> bool:
    """Whether If-None-Match names this tag, weakly or not."""
    return already.strip() == "*" or tag in {part.strip().removeprefix("W/") for part in already.split(",")}


def _chart_of_figures(token: str) -> Chart:
    from actions.statistics import pictured

    return pictured.chart_of(token)


def _painted(chart: Chart) -> bytes:
    from bot.pictures.cache import picture

    return picture(chart)
