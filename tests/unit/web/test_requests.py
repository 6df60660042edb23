"""What the widget may send: everything else is refused with a line that repeats nothing of it."""

from __future__ import annotations

import json
import re
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import BadRequestError
from bot.web import requests
from bot.web.requests import LONGEST_COMMENT, Conversation, Feedback, Message, NewConversation, read

SECRET = "zebra"
MESSAGE = {"conversation": "v1.a.1.b", "message": "hello"}
FEEDBACK = {"conversation": "v1.a.1.b", "answer": "greet.1.abc", "helpful": True}


def sent(document: object) -> bytes:
    return json.dumps(document).encode()


@pytest.mark.parametrize("body", [b"", b"{}", b" {} ", b"\xef\xbb\xbf{}"])
def test_nothing_is_needed_to_begin(body: bytes) -> None:
    assert read(NewConversation, body) == NewConversation()


@pytest.mark.parametrize("message", ["hello", "", "   ", "x" * 60_000, "/ask_mopac", "é 🙂 \u202e \x00 <script>"])
def test_messages_of_any_text_are_read(message: str) -> None:
    assert read(Message, sent({**MESSAGE, "message": message})).message == message


@pytest.mark.parametrize("known", [None, "abcd-1234", "A" * 64])
def test_message_ids(known: str | None) -> None:
    assert read(Message, sent({**MESSAGE, "message_id": known})).message_id == known


def test_feedback() -> None:
    assert read(Feedback, sent(FEEDBACK)).comment is None
    told = read(Feedback, sent({**FEEDBACK, "helpful": False, "comment": "c" * LONGEST_COMMENT}))
    assert (told.helpful, told.comment) == (False, "c" * LONGEST_COMMENT)


@pytest.mark.parametrize(
    "body",
    [
        b"zebra", b'{"zebra"', b"\xff\xfe", b"\x00", b"[]", b'"zebra"', b"3", b"null", b"true", b"NaN", b"{} {}", b"[" * 60_000,
        b'{"a":' * 10_000, b'{"message": ' + b"9" * 5_000 + b"}", b"'{}'", "{\"zebra\": \"é\"}".encode("latin-1"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("kind", [NewConversation, Message, Feedback])
def test_what_is_no_json_object_is_refused(kind: type[requests.Request], body: bytes) -> None:
    with pytest.raises(BadRequestError, match="must be a JSON object") as refused:
        read(kind, body)
    assert SECRET not in str(refused.value)


@pytest.mark.parametrize(
    ("kind", "document", "field"),
    [
        (Message, {**MESSAGE, "message": 3}, "message"),
        (Message, {**MESSAGE, "message": None}, "message"),
        (Message, {**MESSAGE, "message": [SECRET]}, "message"),
        (Message, {**MESSAGE, "message": {SECRET: SECRET}}, "message"),
        (Message, {**MESSAGE, "message": True}, "message"),
        (Message, {"conversation": SECRET}, "message"),
        (Message, {**MESSAGE, "message_id": SECRET}, "message_id"),
        (Message, {**MESSAGE, "message_id": "zebra zebra"}, "message_id"),
        (Message, {**MESSAGE, "message_id": "zebra-zebra\n"}, "message_id"),
        (Message, {**MESSAGE, "message_id": "z" * 65}, "message_id"),
        (Message, {**MESSAGE, "message_id": 12345678}, "message_id"),
        (Message, {**MESSAGE, "conversation": 1}, "conversation"),
        (Message, {**MESSAGE, "conversation": ""}, "conversation"),
        (Conversation, {"conversation": SECRET * 100}, "conversation"),
        (Conversation, {}, "conversation"),
        (Conversation, {"conversation": None}, "conversation"),
        (Feedback, {**FEEDBACK, "helpful": SECRET}, "helpful"),
        (Feedback, {**FEEDBACK, "helpful": 1}, "helpful"),
        (Feedback, {**FEEDBACK, "helpful": "true"}, "helpful"),
        (Feedback, {**FEEDBACK, "helpful": None}, "helpful"),
        (Feedback, {**FEEDBACK, "answer": "a"}, "answer"),
        (Feedback, {**FEEDBACK, "answer": SECRET * 50}, "answer"),
        (Feedback, {**FEEDBACK, "comment": SECRET * 500}, "comment"),
        (Feedback, {**FEEDBACK, "comment": [SECRET]}, "comment"),
    ],
)  # fmt: skip
def test_wrong_fields_are_named_and_their_content_is_not(
    kind: type[requests.Request], document: object, field: str
) -> None:
    with pytest.raises(BadRequestError, match=f"^Wrong or missing: .*{field}") as refused:
        read(kind, sent(document))
    assert SECRET not in str(refused.value)


@pytest.mark.parametrize(
    "extra", [SECRET, "", "sender", "self", "__pydantic_self__", "__root__", "__class__", "\ud800", "cls", "é"]
)
@pytest.mark.parametrize(("kind", "document"), [(NewConversation, {}), (Message, MESSAGE), (Feedback, FEEDBACK)])
def test_more_fields_are_refused_without_their_names(
    kind: type[requests.Request], document: dict[str, object], extra: str
) -> None:
    with pytest.raises(BadRequestError, match="^Only these are known: ") as refused:
        read(kind, sent({**document, extra: SECRET}))
    assert str(refused.value) == f"Only these are known: {', '.join(kind.__fields__) or 'none'}."


def test_deep_nesting_is_refused() -> None:
    deep = b'{"message": ' + b'{"a":' * 500 + b"1" + b"}" * 501
    with pytest.raises(BadRequestError):
        read(Message, deep)


def test_the_longest_message_fits_in_a_body() -> None:
    from bot.guard.gate import MOST_READ
    from bot.web.ids import LONGEST_ID

    largest = {"conversation": "c" * LONGEST_ID, "message": "é" * MOST_READ, "message_id": "m" * 64}
    assert len(sent(largest)) <= requests.LARGEST_BODY


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=3),
    max_leaves=8,
)
FIELDS = st.sampled_from(["conversation", "message", "message_id", "answer", "helpful", "comment", "zebra"])


@given(st.dictionaries(FIELDS, anything, max_size=5) | anything)
def test_any_json_is_read_or_refused(document: object) -> None:
    for kind in (NewConversation, Message, Conversation, Feedback):
        try:
            read(kind, sent(document))
        except BadRequestError as error:
            assert re.fullmatch(
                r"The body must be a JSON object\.|Wrong or missing: [a-z_, ]+\.|Only these are known: [a-z_, ]+\.",
                str(error),
            )


@given(st.binary(max_size=80))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    with suppress(BadRequestError):
        read(Message, body)


def test_the_description_speaks_to_other_languages_too() -> None:
    described = Message.schema()["properties"]
    assert described["message_id"]["pattern"] == "^[A-Za-z0-9-]{8,64}$"
    assert described["message_id"]["type"] == Feedback.schema()["properties"]["comment"]["type"] == ["string", "null"]
    assert described["message"]["type"] == "string"
