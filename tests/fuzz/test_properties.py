"""The same targets with inputs that look like what they read: texts that people could write, JSON, YAML with an edit."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.content import store as store_module
from bot.content.store import ContentStore
from bot.paths import CONTENT
from tests.fuzz.test_found import target

FEW = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
FEWER = settings(FEW, max_examples=8)
WORDS = (
    "he", "is", "hitting", "me", "kill", "help", "my", "card", "4111 1111 1111 1111", "07700 900123", "sam@example.com", "SE15 4AB", "E1",
    "6AN", "12", "High", "Street", "flat", "born", "1 May 1990", "AB 12 34 56 C", "12-34-56", "/restart", "/greet", "{", '"', "\u200b",
    "\u202e", "\U000e0041", "\ud800", "ａ", "<b>", "999", "burglary", "in", "Hackney", "since", "2019", "last 3 years", "top 5", "\n", "'",
    "the second one", "2", ",", ".", "?", "*", "_", "~", "https://example.org/a_b?c=d", "👩‍👧", "🇬🇧", "e\u0301",
)  # fmt: skip
SPOKEN = st.one_of(
    st.text(max_size=700),
    st.lists(st.sampled_from(WORDS), max_size=120).map(" ".join),
    st.lists(st.sampled_from(WORDS), max_size=40).map("".join),
)
PLAIN_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=20,
)


def as_bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


@FEW
@given(SPOKEN)
def test_guard(text: str) -> None:
    target("guard")(as_bytes(text))


@FEW
@given(SPOKEN)
def test_choices(text: str) -> None:
    target("choices")(as_bytes(text))


@FEW
@given(SPOKEN)
def test_figures(text: str) -> None:
    target("figures")(as_bytes(text))


@FEW
@given(SPOKEN, st.text(max_size=80), st.text(max_size=80))
def test_render(body: str, title: str, address: str) -> None:
    target("render")(as_bytes("\x00".join((body.replace("\x00", ""), title, address))))


@FEW
@given(PLAIN_JSON, st.sampled_from(["conversation", "message", "message_id", "answer", "helpful", "comment", "sender"]))
def test_web(value: object, name: str) -> None:
    told = {"conversation": "a.b.c", "message": "hello", "answer": "a.b.c", "helpful": True, name: value}
    target("web")(json.dumps(told).encode())


UPDATES = (
    {"message": {"message_id": 1, "from": {"id": 7}, "chat": {"id": 7, "type": "private"}, "date": 1, "text": "hi"}},
    {"callback_query": {"id": "1", "from": {"id": 7}, "message": {"chat": {"id": 7, "type": "private"}}, "data": "/greet"}},
    {"object": "page", "entry": [{"id": "1", "messaging": [{"sender": {"id": "2"}, "timestamp": 1, "message": {"mid": "m", "text": "a"}}]}]},
    {"type": "event_callback", "team_id": "T", "event": {"type": "message", "channel_type": "im", "channel": "D", "user": "U", "ts": "1.2"}},
    {"type": "block_actions", "user": {"id": "U"}, "channel": {"id": "C"}, "actions": [{"value": "/greet", "action_ts": "1.2"}]},
)  # fmt: skip


def places(document: object, path: tuple[object, ...] = ()) -> Iterator[tuple[object, ...]]:
    """The path of every value of a document."""
    yield path
    pairs = (
        document.items() if isinstance(document, dict) else enumerate(document if isinstance(document, list) else ())
    )
    for key, value in pairs:
        yield from places(value, (*path, key))


def with_another(document: object, path: tuple[object, ...], value: object) -> object:
    """The document with another value at that place."""
    if not path:
        return value
    copied = dict(document) if isinstance(document, dict) else list(document)  # type: ignore[call-overload]
    copied[path[0]] = with_another(copied[path[0]], path[1:], value)  # type: ignore[index]
    return copied


@FEW
@given(st.data(), st.sampled_from(UPDATES), PLAIN_JSON)
def test_channels(data: st.DataObject, update: dict[str, object], value: object) -> None:
    """A request that the platform could send, with something else in one place of it."""
    changed = with_another(update, data.draw(st.sampled_from(sorted(places(update), key=str))), value)
    body = json.dumps(changed).encode()
    for platform in range(5):
        target("channels")(bytes([platform]) + body)
    target("channels")(b"\x04" + urlencode({"payload": body}).encode())


@FEW
@given(st.dictionaries(st.sampled_from(["From", "Body", "MessageSid", "NumMedia", "Latitude", "Longitude", "OptOutType"]), st.text(max_size=40)))  # fmt: skip
def test_forms(fields: dict[str, str]) -> None:
    whole = {
        "AccountSid": "AC" + "0123456789abcdef" * 2,
        "MessageSid": "SM" + "0" * 32,
        "From": "+447700900123",
        **fields,
    }
    for platform in (b"\x01", b"\x02"):
        target("channels")(platform + urlencode(whole, errors="surrogatepass").encode())


LINES = (
    b"", b"\t", b"- a", b"? [a]", b"a: &a [*a]", b"\x00", b"\xff", b'"', b"{{", b"!!python/name:os", b"reviewed: 2026-02-30", b"  a: b",
)  # fmt: skip


@pytest.fixture(scope="module")
def edited(tmp_path_factory: pytest.TempPathFactory) -> ContentStore:
    """A store of a copy of content/ that can be spoilt."""
    folder = tmp_path_factory.mktemp("edited") / "content"
    shutil.copytree(CONTENT, folder)
    return ContentStore(folder)


@FEWER
@given(st.data())
def test_an_edit_of_content_is_taken_or_refused_and_the_last_good_stays(
    edited: ContentStore, data: st.DataObject
) -> None:
    """In the running store: whatever an edit does, answers go on, and what was put right is as it was."""
    path = data.draw(st.sampled_from(sorted(edited.folder.rglob("*.yml"))))
    good = path.read_bytes()
    lines = good.split(b"\n")
    at = data.draw(st.integers(0, len(lines) - 1))
    line = data.draw(st.sampled_from(LINES) | st.binary(max_size=20))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(store_module, "LOOK_AGAIN_SECONDS", 0.0)
        before = edited.current()
        try:
            path.write_bytes(b"\n".join([*lines[:at], line, *lines[at + 1 :]]))
            after = edited.current()
            assert after.answers and after.services
        finally:
            path.write_bytes(good)
        assert edited.current() == before
