"""Targets that read what programs and files bring: requests, webhooks, content, models."""

from __future__ import annotations

import gzip
import json
import tempfile
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from tests.fuzz.reading import One, as_text

PACKED = b"\x1f\x8b"


def web() -> One:
    """Any body of the web and REST channels and of the action server, any id, and any trace of a caller's."""
    from actions import server as action_server
    from bot.channels import rest
    from bot.channels.web import _speaks_of_danger
    from bot.errors import BadRequestError, RequestError
    from bot.keys import Keys
    from bot.operations import trace
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
        call = action_server.read(data)
        assert call is None or isinstance(call["tracker"]["sender_id"], str)
        text = as_text(data)
        trace.read(text)
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
    """Any archive and manifest of a model: it is ours, or refused. A zero byte between them; the archive is packed here."""
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
        # packed here, because a changed byte in what is packed already breaks its checksum, and hides the rest
        copied.write_bytes(archive if archive.startswith(PACKED) else gzip.compress(archive, 1))
        for ask in (lambda: manifest.read(model), lambda: checking._check_archive(copied, "plan-fuzzed")):
            try:
                ask()
            except ModelRefusedError as error:
                assert error.reason

    return one
