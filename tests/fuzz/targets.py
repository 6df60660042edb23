"""What is fuzzed: each target takes any bytes, and raises when the program does what it must never do.

A target is made once (what it needs is imported then, under the eyes of the fuzzer), and called for each input. `SEEDS` are where a
run begins; `tests/fuzz/found/` has what once broke something.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import tempfile
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

One = Callable[[bytes], None]
DAY = date(2026, 11, 28)
MOST_MASKINGS = 3


def guard() -> One:
    """Any text: it never raises, hides nothing, lets no payload through that is not listed, and hears danger."""
    from bot.guard import payloads, personal_data
    from bot.guard.gate import MOST_READ, Guard
    from bot.guard.text import HIDDEN, KEPT_FORMAT, plain
    from bot.nlu import safety_patterns
    from bot.settings import GuardSettings

    allowed = frozenset({"greet", "ask_mopac"})
    settings = GuardSettings(longest=500, per_minute=1e9, burst=10**9, waiting=3)
    gate = Guard(lambda: allowed, settings)

    def one(data: bytes) -> None:
        raw = _text(data)
        verdict = gate.check("fuzzed", raw, allowed=True)
        assert (verdict.text is None) != (verdict.refusal is None)
        assert verdict.refusal is None or 0 < len(verdict.refusal) <= 250
        if safety_patterns.find(plain(raw[:MOST_READ])):
            assert verdict.text is not None, "danger was refused"
            assert gate.check("fuzzed", raw, allowed=False).text is not None, "danger was too fast"
        if verdict.text is None:
            return
        # "(removed)" may be longer than what it stands for
        assert 0 < len(verdict.text) <= 2 * settings.longest
        hidden = [c for c in verdict.text if unicodedata.category(c) in HIDDEN and c not in KEPT_FORMAT]
        assert not hidden, f"hidden characters: {hidden!r}"
        assert not verdict.text.startswith("/") or payloads.as_payload(verdict.text, allowed) == verdict.text
        # what is taken out may bring two halves of something together: then it goes too, and there is an end to it
        again = verdict.text
        for _ in range(MOST_MASKINGS):
            again = personal_data.mask(again)
        assert personal_data.mask(again) == again, "masking again and again masks more"

    return one


def choices() -> One:
    """Any text beside what was offered: one of that, or nothing."""
    from bot.dialogue import choices as chooser

    offered = [
        {"title": title, "payload": f"/{n}"}
        for n, title in enumerate(("Tell me more", "Report a crime", "Who can help me?", "Yes", "999 or 101?"))
    ]

    def one(data: bytes) -> None:
        text = _text(data)
        for many in (0, 1, len(offered)):
            for exactly in (False, True):
                assert chooser.chosen(text, offered[:many], exactly=exactly) in [None, *offered[:many]]
            line = chooser.ask_for_one(text, offered[:many])
            assert line is None or line
        assert chooser.may_choose(text) in (True, False)

    return one


def figures() -> One:
    """Any text as a question about figures, and as the address of a picture."""
    from actions.statistics import asking, periods
    from actions.statistics.question import MOST_OF_EACH, Question, from_token, to_token
    from bot.nlu import periods as found_periods
    from bot.nlu.safety_intents import SAFETY_INTENTS  # noqa: F401 - part of what is loaded with it

    areas = frozenset({"Hackney", "London", "Camden"})

    def one(data: bytes) -> None:
        text = _text(data)[:500]
        named = [value for _, _, value in found_periods.find(text.lower())]
        for value in [*named, text[:20]]:
            periods.asked(value, DAY)
            found = periods.read(value, DAY)
            assert found is None or found.open or found.first <= found.last
        for intent in ("ask_crime_statistics", "compare_crime", "ask_officer_numbers"):
            question = asking.question_of(text, intent, ["burglary"], ["Hackney"], named)
            assert Question.from_dict(json.loads(json.dumps(question.as_dict()))) == question
            asking.gone_on(question, question, text, None)
            asking.shown_as(text)
        for token in (text, base64.urlsafe_b64encode(data).decode().rstrip("=")):
            try:
                asked, day = from_token(token, areas)
            except ValueError:
                continue
            assert len(asked.areas) <= MOST_OF_EACH and set(asked.areas) <= areas
            assert from_token(to_token(asked, day), areas) == (asked, day)
            for value in asked.periods:
                periods.read(value, day)

    return one


def render() -> One:
    """Any answer on every channel: each message fits, and danger comes first."""
    from bot.channels.render import render as rendered
    from bot.dialogue.message import ANSWER, source_line
    from bot.messaging.capabilities import ALL

    def one(data: bytes) -> None:
        body, _, rest = _text(data).partition("\x00")
        title, _, address = rest.partition("\x00")
        # content has no control characters, and answers are no longer than this
        body, title, address = (_printable(part)[:most] for part, most in ((body, 4_000), (title, 60), (address, 300)))
        source = {"title": title or "A source", "url": f"https://example.org/{address}", "as_at": "May 2026"}
        sources = [source] if address else []
        told = {"text": body, "sources": sources, "safety": body.startswith("!")}
        buttons = [{"title": title[:40] or "More", "payload": "/more"}] * (len(body) % 5)
        messages = [{"text": body + source_line(sources), "buttons": buttons, ANSWER: told}]
        for channel in ALL.values():
            result = rendered(messages, channel)
            for outgoing in result.now:
                assert outgoing.picture or channel.fits(outgoing.text), channel.name
                assert len(outgoing.buttons) <= channel.buttons
                assert all(len(b["title"]) <= channel.title for b in outgoing.buttons)
            assert all(channel.fits(text) for text in result.later)
            assert result.now or not (body or buttons)

    return one


def web() -> One:
    """Any body of the web and REST channels, and any id."""
    from bot.channels import rest
    from bot.channels.web import _speaks_of_danger
    from bot.errors import BadRequestError, RequestError
    from bot.keys import Keys
    from bot.web import requests
    from bot.web.ids import ConversationIds

    secret = "a secret of the tests, long enough for it"
    ids, keys = ConversationIds(secret, 1, lambda: 1_000_000.0), Keys(secret)
    kinds = (requests.NewConversation, requests.Message, requests.Conversation, requests.Feedback)
    good, _ = ids.issue()

    def one(data: bytes) -> None:
        for kind in kinds:
            try:
                requests.read(kind, data)
            except BadRequestError as error:
                assert len(str(error)) < 120
        _speaks_of_danger(data)
        try:
            sender, _ = rest.read(data)
            assert 0 < len(sender) <= rest.LONGEST_SENDER
        except ValueError as error:
            assert len(str(error)) < 120
        text = _text(data)
        for read in (ids.read, lambda text: ids.answer_name("web-x", text)):
            try:
                read(text)
                assert text == good, "an id that was not given out was taken"
            except RequestError:
                pass
        assert keys.open("fuzzed", text) is None

    return one


def channels() -> One:
    """Any body in each messaging channel's webhook, signed as the platform signs: it is read, or refused with ValueError."""
    from bot.guard.gate import Guard
    from bot.keys import Keys
    from bot.messaging.received import Received
    from bot.settings import GuardSettings
    from tests.channels.platforms.messenger import MessengerPlatform
    from tests.channels.platforms.slack import SlackPlatform
    from tests.channels.platforms.telegram import TelegramPlatform
    from tests.channels.platforms.twilio import SmsPlatform, WhatsappPlatform

    keys = Keys("a secret of the tests, long enough for it")
    gate = Guard(lambda: (), GuardSettings(longest=500, per_minute=1e9, burst=10**9, waiting=3))
    platforms = [kind() for kind in (TelegramPlatform, WhatsappPlatform, SmsPlatform, MessengerPlatform, SlackPlatform)]
    made = [(p, p.channel({**p.variables, "PLAN_PUBLIC_URL": "https://chat.example.org"})) for p in platforms]

    def one(data: bytes) -> None:
        if not data:
            return
        platform, channel = made[data[0] % len(made)]
        webhook = platform.signed(data[1:], {})
        request: Any = SimpleNamespace(
            body=webhook.body, headers=webhook.headers, path=channel.webhook(), query_string=webhook.query,
            ctx=SimpleNamespace(), args={},
        )  # fmt: skip
        genuine = channel.is_genuine(request)
        if not genuine:
            # what is no text cannot be signed by these
            assert platform.name in ("whatsapp", "sms", "slack")
            return
        try:
            if channel.special(request) is not None:
                return
            received = channel.read(request)
        except (ValueError, RecursionError, OverflowError):
            return
        for heard in received:
            assert isinstance(heard, Received)
            keys.sign("person", f"{platform.name}:{heard.person}")
            keys.sign("delivery", f"{platform.name}:{heard.delivery}")
            keys.seal("waiting", json.dumps({**asdict(heard), "kind": heard.kind.value}))
            gate.check("fuzzed", heard.text, allowed=True)

    return one


def content() -> One:
    """Any file of content: it is read, or refused with the file's name. The first byte says which."""
    from actions.statistics import seed
    from bot.content.first_help import FirstHelp
    from bot.content.languages import LanguageFile
    from bot.content.reader import read
    from bot.content.schema import AnswerFile, EditionsFile, LabelFile
    from bot.content.services import OldServiceFile, ServiceFile
    from bot.errors import ContentError

    kinds = (AnswerFile, EditionsFile, LabelFile, ServiceFile, OldServiceFile, FirstHelp, LanguageFile)
    readers: list[Callable[[Path], Any]] = [lambda path, kind=kind: read(path, kind) for kind in kinds]  # type: ignore[misc]
    readers += [seed.read_figures, seed.read_populations]
    folder = tempfile.TemporaryDirectory()
    path = Path(folder.name) / "fuzzed.yml"

    def one(data: bytes) -> None:
        assert folder
        if not data:
            return
        path.write_bytes(data[1:])
        try:
            readers[data[0] % len(readers)](path)
        except ContentError as error:
            assert error.file == path.name and str(error).startswith(path.name)
            assert error.line is None or 0 < error.line <= data.count(b"\n") + data.count(b"\r") + 2
            assert error.reason.strip()

    return one


def models() -> One:
    """Any archive and manifest of a model: it is ours, or refused. A zero byte between them."""
    from bot.errors import ModelRefusedError
    from bot.models import checking, manifest

    folder = tempfile.TemporaryDirectory()
    model = Path(folder.name) / "plan-fuzzed.tar.gz"
    copied = Path(folder.name) / "copied.tar.gz"

    def one(data: bytes) -> None:
        assert folder
        told, _, archive = data.partition(b"\x00")
        model.write_bytes(archive)
        manifest.manifest_of(model).write_bytes(told)
        copied.write_bytes(archive)
        for ask in (lambda: manifest.read(model), lambda: checking._check_archive(copied, "plan-fuzzed")):
            try:
                ask()
            except ModelRefusedError as error:
                assert error.reason

    return one


def http() -> One:
    """Any bytes on a connection: an answer below 500 and an end to it, or silence."""
    from sanic import Sanic
    from sanic.models.server_types import Signal

    from bot.channels.rest import RestChannel
    from bot.server.app import make
    from bot.server.protocol import StrictProtocol

    Sanic.test_mode = True
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    app = make("fuzzed", [RestChannel()])
    app.config.ACCESS_LOG = False
    loop.run_until_complete(app._startup())

    async def exchange(data: bytes) -> bytes:
        transport = Transport()
        connection = StrictProtocol(loop=loop, app=app, signal=Signal(), connections=set(), state={})
        connection.connection_made(transport)
        for start in range(0, len(data), 4_096):
            if transport.closed:
                break
            connection.data_received(data[start : start + 4_096])
            for _ in range(12):
                await asyncio.sleep(0)
        task = connection._task
        connection.connection_lost(None)
        if task:
            await asyncio.wait([task], timeout=5)
            assert task.done(), "the connection goes on without a client"
        return bytes(transport.written)

    def one(data: bytes) -> None:
        answered = loop.run_until_complete(asyncio.wait_for(exchange(data), 5))
        assert not answered or answered.startswith(b"HTTP/1.1 ")
        # what a client that left is told does not matter
        assert b"HTTP/1.1 500" not in answered, answered[:300]

    return one


class Transport(asyncio.Transport):
    """A connection to nobody."""

    def __init__(self) -> None:
        super().__init__()
        self.written = bytearray()
        self.closed = False

    def write(self, data: Any) -> None:
        self.written += data

    def close(self) -> None:
        self.closed = True

    abort = close

    def is_closing(self) -> bool:
        return self.closed

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return ("127.0.0.1", 1) if name in ("peername", "sockname") else default

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        pass

    def pause_reading(self) -> None:
        pass

    def resume_reading(self) -> None:
        pass


TARGETS: dict[str, Callable[[], One]] = {
    "guard": guard, "choices": choices, "figures": figures, "render": render, "web": web, "channels": channels,
    "content": content, "models": models, "http": http,
}  # fmt: skip


def _text(data: bytes) -> str:
    """Any text, half surrogate pairs too, which JSON can bring."""
    return data.decode("utf-8", "surrogateescape")


def _printable(text: str) -> str:
    return "".join(c for c in text if c.isprintable() or c == "\n")


def name_of(data: bytes) -> str:
    """The name under which an input is kept."""
    return hashlib.sha256(data).hexdigest()[:16]


def seeds(target: str) -> Iterator[bytes]:
    """Where a run of the target begins, with what once broke it."""
    yield from SEEDS.get(target, [])
    found = Path(__file__).parent / "found" / target
    yield from (path.read_bytes() for path in sorted(found.glob("*")))


_EVENT = (
    b'{"object":"page","entry":[{"id":"1","messaging":[{"sender":{"id":"2"},"message":{"mid":"m_1","text":"hi"}}]}]}'
)
_MESSAGE = b'{"message":{"message_id":1,"from":{"id":7},"chat":{"id":7,"type":"private"},"date":1,"text":"/start"}}'
_FORM = b"AccountSid=AC0123456789abcdef0123456789abcdef&MessageSid=SM00000000000000000000000000000001&"
_SAID = b'{"type":"event_callback","team_id":"T1","event":{"type":"message","channel_type":"im","channel":"D1","user":"U1","text":"hi <@U2|Sam>","ts":"1.2"}}'
SEEDS: dict[str, list[bytes]] = {
    "guard": [
        b"how many burglaries in SE15 4AB last year? mail sam.o'neil@example.com or 07700 900123", b"/greet", b"/restart{\"a\": 1}",
        b"he is hitting me, my card is 4111 1111 1111 1111, born 1 May 1990, sort code 12-34-56", "a\u200bb\U000e0041 \u202e".encode(),
        b"12 High Street, " * 40 + b"he says he will kill me", b"NI AB 12 34 56 C; flat 3, 14 Church Lane; E1 6AN 6AN",
    ],
    "choices": [b"the second one please", b"2, 3", "2\ufe0f\u20e3".encode(), b"report a crmie", b"number 21"],
    "figures": [
        b"is knife crime up in Hackney since 2019-20 compared with last 3 years?", b"top 5 boroughs march 2024", b"2023/24 2024-13 0000",
        b'{"day":"2026-01-01","areas":["Hackney"],"periods":["last_12_months"],"kind":"trend"}', b"last_999999999_years",
    ],
    "render": [b"Call 999 now. " * 40 + b"\x00A source\x00a", "!He was hurt, e.g. \u20ac1.5m. *Bold* <b> & _this_\x00T".encode(), b"a" * 2_000],
    "web": [
        b'{"conversation":"1.abc.2.def","message":"hello","message_id":"12345678"}', b'{"sender":"me","message":"hi"}', b"{}",
        b'{"conversation":"a","answer":"b.1.c","helpful":true,"comment":"he will kill me"}', b"[" * 2_000, b'{"a":1e999,"b":"\\ud800"}',
    ],
    "channels": [
        b"\x00" + _MESSAGE, b"\x01" + _FORM + b"From=whatsapp%3A%2B447700900123&Body=hi&Latitude=51.5&Longitude=-0.1",
        b"\x02" + _FORM + b"From=%2B447700900123&Body=hi&NumMedia=1", b"\x03" + _EVENT, b"\x04" + _SAID,
        b"\x04payload=" + b"%7B%22type%22%3A%22block_actions%22%2C%22user%22%3A%7B%22id%22%3A%22U1%22%7D%2C%22actions%22%3A%5B%7B%22value%22%3A%22%2Fgreet%22%7D%5D%7D",
        b'\x00{"callback_query":{"id":"1","from":{"id":7},"message":{"chat":{"id":7,"type":"private"}},"data":"/greet"}}',
    ],
    "content": [
        b"\x00greet:\n  - text: Good day to you.\n    next: [greet]\n    reviewed: 2026-11-22\n    sources: [{title: Abc, url: https://a.b, as_at: 2026}]\n",
        b"\x02greet:\n  button: Hello\n  topic: hello\n", b"\x00a: &a [*a]\nb: *a\n", b"\x00? {a: 1}\n: !!python/object:os.system x\n",
        b"\x01subject: a\neditions:\n  - id: a\n    name: A\n    consultation: {opens: 2026-01-01, closes: 2026-02-01, url: https://a.b}\n    sources: []\n",
        b"\x06fr:\n  name: French\n  own_name: francais\n  text: x\n  english: y\n  sources: []\n  reviewed: 2026-02-30\n",
        b"\x07measure,area,period_start,period_end,period_type,value\nburglary,Hackney,2025-01-01,2025-12-31,year,1\n",
        b"\x08area,year,population\nHackney,2024,260000\n",
    ],
    "models": [b'{"name":"plan-fuzzed","sha256":"a","size":1,"made":"","inputs":"","rasa":"3.6.21","libraries":[],"language":""}\x00\x1f\x8b'],
    "http": [
        b"GET / HTTP/1.1\r\nHost: a\r\n\r\n",
        b"POST /webhooks/rest/webhook HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}GET /webhooks/rest/ HTTP/1.1\r\n\r\n",
        b"POST /webhooks/rest/webhook HTTP/1.1\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
        b"POST /webhooks/rest/webhook HTTP/1.1\r\nContent-Length: -1\r\nUpgrade: websocket\r\nConnection: close\r\n\r\n",
    ],
}  # fmt: skip
