"""Calls to a platform: patient with a busy one, quick with a refusal, and silent about secrets and people."""

from __future__ import annotations

import asyncio
import gzip
import json
import logging
import re
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from bot.errors import DeliveryError
from bot.messaging import calls
from bot.messaging.calls import TRIES, Caller, Fault, Judge, Request, Waits

TOKEN = "123456789:a-token-that-nobody-may-see"
NUMBER = "+447700900123"
QUICK = Waits(first=0.01, longest=0.04, jitter=0.005)
OK = b'{"ok": true}'


@dataclass
class Answer:
    status: int = 200
    body: bytes = OK
    headers: dict[str, str] = field(default_factory=dict)
    wait: float = 0.0
    broken: bool = False


@dataclass
class Played:
    """A platform that gives these answers in order, the last one for ever. `asked`: heads and bodies; `at`: when."""

    answers: list[Answer] = field(default_factory=lambda: [Answer()])
    asked: list[str] = field(default_factory=list)
    at: list[float] = field(default_factory=list)
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/bot{TOKEN}/send"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            length = int(re.search(r"content-length: (\d+)", head.lower())[1])  # type: ignore[index]
            self.asked.append(head + (await reader.readexactly(length)).decode())
            self.at.append(time.monotonic())
            answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
            await asyncio.sleep(answer.wait)
            if not answer.broken:
                told = {"Content-Length": str(len(answer.body)), "Connection": "close", **answer.headers}
                lines = [f"HTTP/1.1 {answer.status} Reason", *(f"{k}: {v}" for k, v in told.items()), "", ""]
                writer.write("\r\n".join(lines).encode() + answer.body)
                await writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()


@pytest.fixture
async def played(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Played]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")
    platform = Played()
    server = await asyncio.start_server(platform.serve, "127.0.0.1", 0)
    platform.port = server.sockets[0].getsockname()[1]
    yield platform
    server.close()
    await server.wait_closed()


@pytest.fixture
async def caller() -> AsyncIterator[Caller]:
    made = Caller("Telegram", waits=QUICK)
    yield made
    await made.close()


def request(played: Played, **more: Any) -> Request:
    return Request(played.url, **(more or {"json": {"chat_id": NUMBER, "text": "hello"}}))


async def refused(caller: Caller, asked: Request) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        await caller.call(asked)
    return caught.value


async def test_what_is_sent_and_what_comes_back(played: Played, caller: Caller) -> None:
    played.answers = [Answer(body='{"ok": true, "name": "é"}'.encode())]
    assert await caller.call(request(played)) == {"ok": True, "name": "é"}
    (asked,) = played.asked
    assert asked.startswith("POST ")
    assert json.loads(asked.split("\r\n\r\n", 1)[1]) == {"chat_id": NUMBER, "text": "hello"}


async def test_a_form_with_a_name_and_a_password(played: Played, caller: Caller) -> None:
    asked = request(played, form={"To": NUMBER, "Body": "hello & bye"}, auth=("AC1", "word"), headers={"X-One": "two"})
    await caller.call(asked)
    head, _, body = played.asked[0].partition("\r\n\r\n")
    assert body == "To=%2B447700900123&Body=hello+%26+bye"
    assert "authorization: basic qumxondvcmq=" in head.lower()
    assert "x-one: two" in head.lower()


# what passes


@pytest.mark.parametrize(
    "trouble", [Answer(429), Answer(500), Answer(503), Answer(502, b"<html>"), Answer(408), Answer(broken=True)]
)
async def test_what_passes_is_tried_again(played: Played, caller: Caller, trouble: Answer) -> None:
    played.answers = [trouble, trouble, Answer()]
    assert await caller.call(request(played)) == {"ok": True}
    assert len(played.asked) == 3


async def test_the_pauses_grow(played: Played, caller: Caller) -> None:
    played.answers = [Answer(503)]
    error = await refused(caller, request(played))
    assert not error.lasting
    assert len(played.asked) == TRIES
    pauses = [b - a for a, b in zip(played.at, played.at[1:], strict=False)]
    assert pauses[0] >= QUICK.first
    assert pauses[1] >= 2 * QUICK.first
    assert pauses[2] >= 4 * QUICK.first


async def test_a_pause_that_is_asked_for_is_kept(played: Played, caller: Caller) -> None:
    played.answers = [Answer(429, headers={"Retry-After": "1"}), Answer()]
    await caller.call(request(played))
    assert played.at[1] - played.at[0] >= 1


async def test_a_pause_of_the_platform_s_own_goes_before_the_header(played: Played) -> None:
    caller = Caller("Telegram", lambda status, body: Fault("busy", True, body["wait"]) if body else None, QUICK)
    played.answers = [Answer(429, b'{"wait": 0.2}', {"Retry-After": "9"}), Answer(body=b"{}")]
    await caller.call(request(played))
    assert 0.2 <= played.at[1] - played.at[0] < 2
    await caller.close()


@pytest.mark.parametrize("told", ["11", "86400", "9" * 400, "Fri, 31 Dec 2100 23:59:59 GMT"])
async def test_too_long_a_pause_is_for_the_outbox(played: Played, caller: Caller, told: str) -> None:
    played.answers = [Answer(429, headers={"Retry-After": told})]
    begun = time.monotonic()
    error = await refused(caller, request(played))
    assert time.monotonic() - begun < 1
    assert (error.lasting, len(played.asked)) == (False, 1)
    assert error.wait is not None and error.wait >= 11


@pytest.mark.parametrize("told", ["", "soon", "-5", "1e3"])
async def test_a_strange_pause_is_none(played: Played, caller: Caller, told: str) -> None:
    played.answers = [Answer(429, headers={"Retry-After": told}), Answer()]
    begun = time.monotonic()
    await caller.call(request(played))
    assert time.monotonic() - begun < 0.5


async def test_a_slow_platform_is_given_up_in_time(
    played: Played, caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calls, "DEADLINE", 0.4)
    played.answers = [Answer(wait=1.0)]
    begun = time.monotonic()
    error = await refused(caller, request(played))
    assert time.monotonic() - begun < 0.9
    assert not error.lasting


async def test_a_slow_platform_is_tried_again(played: Played, caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calls, "READ_SECONDS", 0.15)
    played.answers = [Answer(wait=0.5), Answer()]
    assert await caller.call(request(played)) == {"ok": True}


async def test_there_is_no_try_after_the_deadline(
    played: Played, caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calls, "DEADLINE", 0.3)
    played.answers = [Answer(429, headers={"Retry-After": "1"})]
    begun = time.monotonic()
    await refused(caller, request(played))
    assert time.monotonic() - begun < 0.3


async def test_nobody_listens(played: Played, caller: Caller) -> None:
    error = await refused(caller, Request("http://127.0.0.1:9/x", json={}))
    assert (str(error), error.lasting) == ("Telegram cannot be reached (ClientConnectorError).", False)


# what stays


@pytest.mark.parametrize("status", [400, 401, 403, 404, 413])
async def test_a_refusal_is_final(played: Played, caller: Caller, status: int) -> None:
    played.answers = [Answer(status, b'{"description": "no"}', {"Retry-After": "1"}), Answer()]
    error = await refused(caller, request(played))
    assert (str(error), error.lasting, len(played.asked)) == (f"Telegram: status {status}", True, 1)


@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_nothing_follows_a_redirect(played: Played, caller: Caller, status: int) -> None:
    other = Played()
    server = await asyncio.start_server(other.serve, "127.0.0.1", 0)
    there = server.sockets[0].getsockname()[1]
    played.answers = [Answer(status, b"", {"Location": f"http://127.0.0.1:{there}/stolen"})]
    error = await refused(caller, request(played, json={}, auth=("AC1", "word")))
    server.close()
    assert error.lasting
    assert other.asked == []
    assert len(played.asked) == 1


@pytest.mark.parametrize(
    "asked", [Request("http://[::1/x", json={}), Request("http://127.0.0.1:9/x", json={"a": float("nan")}),
              Request("http://127.0.0.1:9/x", json={"a": object()})]
)  # fmt: skip
async def test_what_cannot_be_said_is_final(caller: Caller, asked: Request) -> None:
    assert (await refused(caller, asked)).lasting


# answers


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"\xff\xfe\x00",
        b"[1, 2]",
        b'"text"',
        b"null",
        b"[" * 100_000,
        b'{"a": ',
        gzip.compress(OK),
        b"7" * 5_000,
    ],
    ids=["nothing", "page", "bytes", "list", "text", "null", "deep", "half", "packed", "number"],
)
@pytest.mark.parametrize("status", [200, 400])
async def test_answers_that_are_no_object(played: Played, caller: Caller, body: bytes, status: int) -> None:
    played.answers = [Answer(status, body)]
    if status == 200:
        assert await caller.call(request(played)) == {}
    else:
        assert (await refused(caller, request(played))).lasting


async def test_a_huge_answer_is_not_read_to_its_end(
    played: Played, caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calls, "LONGEST_BODY", 1_000)
    read: list[bytes] = []
    monkeypatch.setattr(calls, "_object", lambda body: read.append(body) or {})
    played.answers = [Answer(body=b'{"a": "' + b"x" * 5_000_000 + b'"}')]
    assert await caller.call(request(played)) == {}
    assert len(read[0]) < 500_000


async def test_a_compressed_answer_is_not_unfolded(played: Played, caller: Caller) -> None:
    played.answers = [Answer(body=gzip.compress(OK), headers={"Content-Encoding": "gzip"})]
    assert await caller.call(request(played)) == {}
    assert "accept-encoding: identity" in played.asked[0].lower()


def raising(error: Exception) -> Judge:
    def judge(status: int, body: dict[str, Any]) -> Fault | None:
        raise error

    return judge


@pytest.mark.parametrize("error", [TypeError("unhashable"), OverflowError(), ValueError(), KeyError("a")])
async def test_a_judge_that_fails_leaves_it_to_the_status(played: Played, error: Exception) -> None:
    caller = Caller("Twilio", raising(error), QUICK)
    assert await caller.call(request(played)) == {"ok": True}
    played.answers = [Answer(403, b'{"code": []}')]
    assert (await refused(caller, request(played))).lasting
    await caller.close()


@pytest.mark.parametrize("again", [True, False])
async def test_a_judge_can_refuse_a_good_status(played: Played, again: bool) -> None:
    caller = Caller("Slack", lambda status, body: Fault("status 200, ratelimited", again), QUICK)
    error = await refused(caller, request(played))
    assert (error.lasting, len(played.asked)) == (not again, TRIES if again else 1)
    await caller.close()


# silence


@pytest.fixture
def everything_is_logged(caplog: pytest.LogCaptureFixture) -> Callable[[], str]:
    """At the level at which operators run it; libraries at the one that they have."""
    caplog.set_level(logging.INFO)
    return lambda: caplog.text


@pytest.mark.parametrize(
    "trouble",
    [
        Answer(), Answer(503), Answer(broken=True), Answer(400, b'{"description": "bad +447700900123"}'),
        Answer(302, b"", {"Location": f"http://127.0.0.1:9/{TOKEN}"}), Answer(429, headers={"Retry-After": "99"}),
    ],
)  # fmt: skip
async def test_no_secret_and_no_number_in_errors_or_logs(
    played: Played, caller: Caller, everything_is_logged: Callable[[], str], trouble: Answer
) -> None:
    played.answers = [trouble]
    try:
        await caller.call(request(played, form={"To": NUMBER}, auth=("AC1", TOKEN), headers={"X": TOKEN}))
    except DeliveryError as error:
        logging.getLogger("some.channel").exception("it failed: %s", error)
        assert error.__suppress_context__ or error.__context__ is None
    text = everything_is_logged()
    for word in (TOKEN, NUMBER, NUMBER[1:], "127.0.0.1"):
        assert word not in text


async def test_a_header_that_cannot_be_sent_is_not_shown(
    played: Played, caller: Caller, everything_is_logged: Callable[[], str]
) -> None:
    secret = "a secret\r\nwith lines"  # not in the line below, which stands in the traceback
    with pytest.raises(DeliveryError) as caught:
        await caller.call(request(played, json={}, headers={"Authorization": secret}))
    assert "a secret" not in str(caught.value)
    logging.getLogger("some.channel").error("failed", exc_info=caught.value)
    assert "a secret" not in everything_is_logged()


async def test_what_a_platform_says_of_a_person_is_left_out(played: Played) -> None:
    caller = Caller("Twilio", lambda status, body: Fault(f"status 400, code {body['code']}", False), QUICK)
    said = f"21211 the number {NUMBER} is not one, " + "x" * 500
    played.answers = [Answer(400, json.dumps({"code": said}).encode())]
    error = str(await refused(caller, request(played)))
    assert NUMBER[1:] not in error
    assert "21211" in error
    assert len(error) < 150
    await caller.close()


async def test_after_closing_it_opens_again(played: Played, caller: Caller) -> None:
    await caller.call(request(played))
    await caller.close()
    await caller.close()
    await caller.call(request(played))
    assert len(played.asked) == 2


async def test_many_at_once(played: Played, caller: Caller) -> None:
    await asyncio.gather(*(caller.call(request(played)) for _ in range(60)))
    assert len(played.asked) == 60
