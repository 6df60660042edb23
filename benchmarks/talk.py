"""People who talk to the assistant over the web channel, and look closely at what they hear.

Each conversation follows one of a few scripts whose answers were heard before, in peace: every reply must be the right
one for its place, and the history at the end must hold all of it once, in order. A message that got no answer is sent again
with the same id, as the widget does.
"""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

TURNS = 6
# static answers, figures, follow-ups that need what was said before, services, and what is out of scope
SCRIPTS = (
    ("What does the Plan say about knife crime?", "tell me more", "where is that from", "how many burglaries in Camden last year",
     "and in Hackney", "thanks"),
    ("hi", "who wrote the plan", "simpler please", "when did the consultation close", "robberies in Hackney 2024", "source?"),
    ("what is MOPAC", "tell me more", "is the Plan still in force", "what does it say on hate crime", "say that again", "bye"),
    ("number of police officers", "where is that figure from", "what does it say about trust in the police", "tell me more",
     "flibberty quonk zed", "what can you do"),
    ("how many burglaries in Camden last year", "and in Barnet", "what about robberies", "what is the plan", "in simpler words",
     "thank you"),
    ("tell me about victims in the plan", "more", "how do I respond to the consultation", "homicides in London 2023",
     "what is MOPAC", "repeat"),
)  # fmt: skip
PATIENCE = 40.0
"""Seconds that a person goes on trying."""
ANSWER_SECONDS = 30.0
PAUSE = 0.25
THINKS = (2.0, 8.0)
"""Seconds between an answer and the next message."""
APOLOGY = "sorry"


@dataclass
class Heard:
    """What a load has brought. `times`: milliseconds of answers that came at the first try."""

    times: list[float] = field(default_factory=list)
    waits: list[tuple[float, float]] = field(default_factory=list)
    """When a message was first sent, and how many seconds until its answer."""
    refusals: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    messages: int = 0
    conversations: int = 0
    tried_again: int = 0

    def slowest(self, since: float, until: float) -> float:
        """Seconds of the longest wait for an answer to what was sent in this time."""
        return max((seconds for at, seconds in self.waits if since <= at <= until), default=0.0)


class Connection:
    """One kept-alive HTTP connection. A client library would take a good part of the processor that is measured."""

    def __init__(self, port: int) -> None:
        self._port, self._streams = port, None

    async def post(self, path: str, document: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """Status and document. Raises OSError or EOFError when the other end goes away or says nothing for too long,
        asyncio.TimeoutError when it does not let us in.
        """
        body = json.dumps(document).encode()
        head = f"POST {path} HTTP/1.1\r\nHost: assistant\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        try:
            if self._streams is None:
                opening = asyncio.open_connection("127.0.0.1", self._port)
                self._streams = await asyncio.wait_for(opening, ANSWER_SECONDS)
            reader, writer = self._streams
            # asyncio.wait_for would make a task of every message
            enough = asyncio.get_running_loop().call_later(ANSWER_SECONDS, writer.transport.abort)
            try:
                writer.write(head.encode() + body)
                lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
                headers = {k.lower(): v for k, _, v in (line.partition(": ") for line in lines[1:])}
                content = await reader.readexactly(int(headers.get("content-length", 0)))
            finally:
                enough.cancel()
            if headers.get("connection", "").lower() == "close":
                self.close()
        except BaseException:
            self.close()
            raise
        try:
            return int(lines[0].split()[1]), json.loads(content) if content else {}
        except ValueError:
            return int(lines[0].split()[1]), {"detail": content.decode("utf-8", "replace")}

    def close(self) -> None:
        if self._streams:
            self._streams[1].close()
        self._streams = None


def said(document: dict[str, Any]) -> str:
    """All text of an answer."""
    return "\n".join(part["text"] for part in document["parts"])


async def conversation(
    connection: Connection,
    script: tuple[str, ...],
    heard: Heard,
    expected: list[str] | None,
    *,
    look: bool = True,
    thinks: Callable[[], float] | None = None,
) -> list[str]:
    """One conversation by a script; gives what was answered. What is wrong is noted in `heard.faults`.

    `thinks`: seconds before each message; none where that is not given.
    """
    begun = await _ask(connection, "/chat/conversations", {}, heard)
    if begun is None:
        heard.faults.append("a conversation could not begin")
        return []
    answers: list[str] = []
    for number, text in enumerate(script):
        if thinks:
            await asyncio.sleep(thinks())
        document = {"conversation": begun["conversation"], "message": text, "message_id": uuid4().hex}
        answer = await _ask(connection, "/chat/messages", document, heard)
        heard.messages += 1
        if answer is None:
            heard.faults.append(f"no answer to {text!r}")
            answers.append("")
            continue
        answers.append(said(answer))
        if expected and answers[-1] != expected[number]:
            kind = "an apology for" if APOLOGY in answers[-1].lower() else "a wrong answer to"
            heard.faults.append(f"{kind} {text!r} (message {number + 1}): {answers[-1][:90]!r}")
    heard.conversations += 1
    if look:
        await _look(connection, begun["conversation"], script, answers, heard)
    return answers


async def _look(connection: Connection, name: str, script: tuple[str, ...], answers: list[str], heard: Heard) -> None:
    """Whether the history holds everything once, in order."""
    history = await _ask(connection, "/chat/history", {"conversation": name}, heard, counts=False)
    if history is None:
        heard.faults.append("no history")
        return
    mine = [entry["text"] for entry in history["said"] if entry["by"] == "person"]
    theirs = [said(entry["answer"]) for entry in history["said"] if entry["by"] == "assistant"]
    if mine != list(script):
        heard.faults.append(f"the history has {len(mine)} messages of mine, of {len(script)}: {mine}")
    elif theirs != answers:
        heard.faults.append(f"the history's answers are not those that were heard: {script[0]!r}")


async def _ask(
    connection: Connection, path: str, document: dict[str, Any], heard: Heard, *, counts: bool = True
) -> dict[str, Any] | None:
    began = time.monotonic()
    tries = 0
    while time.monotonic() - began < PATIENCE:
        tries += 1
        try:
            status, answer = await connection.post(path, document)
            if status in (200, 201):
                if counts:
                    seconds = time.monotonic() - began
                    heard.waits.append((began, seconds))
                    if tries == 1:
                        heard.times.append(seconds * 1000)
                    else:
                        heard.tried_again += 1
                return answer
            apology = APOLOGY in str(answer.get("detail", "")).lower()
            heard.refusals[f"{status}{'' if apology else ' without an apology'}"] += 1
        except (OSError, EOFError, asyncio.TimeoutError) as error:
            heard.refusals[type(error).__name__] += 1
        await asyncio.sleep(PAUSE)
    return None


async def rehearse(port: int) -> list[list[str]]:
    """What is answered to each script in peace. Raises RuntimeError when two rehearsals differ."""
    connection, heard = Connection(port), Heard()
    first = [await conversation(connection, script, heard, None) for script in SCRIPTS]
    second = [await conversation(connection, script, heard, None) for script in SCRIPTS]
    connection.close()
    if first != second or heard.faults:
        raise RuntimeError(f"the answers differ from time to time, or are wrong: {heard.faults}")
    return first


async def crowd(
    port: int, expected: list[list[str]], people: int, until: Callable[[Heard], bool], heard: Heard | None = None,
    *, look: bool = True,
) -> Heard:  # fmt: skip
    """So many people at once, one conversation after the other, until `until` says that it is enough."""
    heard = heard or Heard()
    numbers = _count()

    async def person() -> None:
        connection = Connection(port)
        while not until(heard):
            which = next(numbers) % len(SCRIPTS)
            await conversation(connection, SCRIPTS[which], heard, expected[which], look=look)
            # the next one is another person's; the proxy chooses the worker by the connection, and a few that stay
            # open for long would all come to one worker sooner or later
            connection.close()

    await asyncio.gather(*(person() for _ in range(people)))
    return heard


async def arrivals(port: int, expected: list[list[str]], rate: float, seconds: float) -> Heard:
    """People who come when they come, `rate` messages a second in all, and take some seconds for each."""
    heard, numbers, chance = Heard(), _count(), random.Random(1)
    talking: set[asyncio.Task] = set()

    async def person() -> None:
        connection, which = Connection(port), next(numbers) % len(SCRIPTS)
        await conversation(
            connection, SCRIPTS[which], heard, expected[which], look=False, thinks=lambda: chance.uniform(*THINKS)
        )
        connection.close()

    ends, due = time.monotonic() + seconds, time.monotonic()
    while due < ends:
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        talking.add(asyncio.create_task(person()))
        due += chance.expovariate(rate / TURNS)
    await asyncio.gather(*talking)
    return heard


def _count() -> Iterator[int]:
    number = 0
    while True:
        yield number
        number += 1
