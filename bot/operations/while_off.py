"""What people hear while the assistant is off: the operator's message, and nothing of theirs is kept.

Two things still work: who speaks of danger gets the whole answer for it, and who wants their conversation deleted gets that. The
first needs patterns and content only; understanding is asked too, but nobody waits for it long.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from bot import clock
from bot.content.store import Content, shared
from bot.dialogue import languages, safety
from bot.dialogue.message import ANSWER
from bot.guard.gate import DANGER
from bot.nlu import safety_patterns
from bot.nlu.safety_intents import SAFETY, SAFETY_INTENTS, SURE
from bot.operations import switch
from bot.operations.state import Off

log = logging.getLogger(__name__)
IN_DANGER = re.compile(r"\b999\b")
NAME, USUAL, ERASING = "off", "switched_off", "delete_my_data"
UNDERSTANDING_SECONDS = 1.0
SURE_ENOUGH_TO_ERASE = 0.5
ASKS_TO_ERASE = re.compile(
    r"\W*(?:please |pls |can you |could you |i want (?:you )?to )?(?:delete|erase|clear|remove|wipe|forget) (?:all )?(?:of )?"
    r"(?:my|this|the|our) (?:\w+ )?(?:data|chat|conversation|messages?|history|information|info)\b.{0,40}",
    re.IGNORECASE,
)
PLAIN_WORDS = "I am switched off for now and cannot answer. Please try again later."
"""When content/ has no text for it either."""

Parsed = dict[str, Any]
Parse = Callable[[str], Awaitable[Parsed]]
Message = dict[str, Any]


class Understanding:
    """Asks the model what a message is about, in a thread of its own; gives up after a second, also while that one hangs."""

    def __init__(self) -> None:
        self.parse: Parse | None = None
        """Set by the server when it has an agent; without one, patterns alone decide."""
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="plan-while-off")

    async def of(self, text: str) -> Parsed:
        """Rasa's parse data; empty when there is none in time."""
        if (parse := self.parse) is None:
            return {}
        # one that has not begun when its time is up is never begun
        work = asyncio.get_running_loop().run_in_executor(self._thread, lambda: asyncio.run(_once(parse, text)))
        try:
            return dict(await asyncio.wait_for(work, UNDERSTANDING_SECONDS))
        except asyncio.TimeoutError:
            log.warning("understanding takes too long while the assistant is off")
        except Exception:
            log.exception("a message could not be understood while the assistant is off")
        return {}


async def _once(parse: Parse, text: str) -> Parsed:
    return await parse(text)


_understanding = Understanding()


def understanding() -> Understanding:
    """The one of this process."""
    return _understanding


async def answer(off: Off, text: str | None, conversation: str, found_by: Understanding | None = None) -> list[Message]:
    """The messages for what came through the guard; `text` is None for what it refused, or a button's payload. Never raises."""
    try:
        return [_unkept(await _answer(off, text, found_by or _understanding), conversation)]
    except Exception:
        log.exception("the answer while the assistant is off could not be made")
        return [_unkept(_told(text_of(off, PLAIN_WORDS)), conversation)]


async def _answer(off: Off, text: str | None, found_by: Understanding) -> Message:
    content = shared().current()
    payload = text[1:].partition("{")[0] if text and text.startswith("/") else None
    parsed: Parsed = {}
    if payload is None and text:
        parsed = await found_by.of(text)
    intent = _danger(text, payload, parsed)
    if intent:
        return _safety(intent, {**parsed, "text": text}, content)
    if payload == ERASING or (text and _wants_erasure(text, parsed)):
        return _told(content.answer(ERASING, clock.today()).text, ERASING)
    return greeting(off)


def _danger(text: str | None, payload: str | None, parsed: Parsed) -> str | None:
    if payload is not None:
        return payload if payload in SAFETY_INTENTS else None
    signal = parsed.get(SAFETY) or {}
    if signal.get("level") == SURE:
        return str(signal["intent"])
    return safety_patterns.find(text) if text else None


def _safety(intent: str, parsed: Parsed, content: Content) -> Message:
    message = languages.add_to(safety.answer(intent, content, parsed), parsed, content)
    # its buttons would lead to the message that the assistant is off
    return {"text": message["text"], ANSWER: message[ANSWER]}


def _wants_erasure(text: str, parsed: Parsed) -> bool:
    intent = parsed.get("intent") or {}
    sure = intent.get("name") == ERASING and float(intent.get("confidence") or 0) >= SURE_ENOUGH_TO_ERASE
    return sure or bool(ASKS_TO_ERASE.fullmatch(text))


def _unkept(message: Message, conversation: str) -> Message:
    """As a channel gets it: it is in no history."""
    return {"recipient_id": conversation, "text": message["text"], ANSWER: {**message[ANSWER], "kept": False}}


def greeting(off: Off) -> Message:
    """The operator's message, for where nobody has said anything yet."""
    try:
        usual = shared().current().answer(USUAL, clock.today()).text
    except Exception:
        log.exception("the text for being off could not be read")
        usual = PLAIN_WORDS
    return _told(text_of(off, usual))


def text_of(off: Off, usual: str) -> str:
    """What people hear while the assistant is off; it always says what to do in danger."""
    said = off.message or (f"{usual} I expect to be back on {switch.spelt(off.until)}." if off.until else usual)
    return said if IN_DANGER.search(said) else f"{said}\n\n{DANGER}"


def _told(text: str, name: str = NAME) -> Message:
    return {"text": text, ANSWER: {"name": name, "text": text}}
