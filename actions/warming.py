"""What the first call would have to wait for, done while the action server starts: the content read, the figures opened."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from actions.statistics.answers import reply
from actions.statistics.question import Question
from actions.statistics.shared import store
from bot import clock
from bot.content.store import shared
from bot.errors import ContentError, PlanError

log = logging.getLogger(__name__)


def read_content(*_: Any) -> None:
    """Before anybody is answered."""
    try:
        shared().current()
    except ContentError as error:
        # whoever asks is apologised to, which is better than a server that does not start
        log.error("the content could not be read at the start: %s", error)


async def ask_for_figures(*_: Any) -> None:
    """Once the server answers: a database that is away or slow must not keep it from that."""
    asyncio.get_running_loop().run_in_executor(None, _first_question)


def _first_question() -> None:
    try:
        reply(Question(), store(), clock.today())
    except PlanError as error:
        log.warning("the figures could not be asked for at the start: %s", error)
    except Exception:
        log.exception("the figures could not be asked for at the start")
