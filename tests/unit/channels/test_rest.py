"""What a request to the REST channel must look like."""

from __future__ import annotations

import pytest

from bot.channels.rest import LARGEST_BODY, LONGEST_SENDER, read


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b'{"sender": "a", "message": "hi"}', ("a", "hi")),
        (b'{"message": "hi"}', ("default", "hi")),
        (b'{"sender": "a"}', ("a", None)),
        (b'{"sender": "a", "message": 3}', ("a", 3)),
        (b'{"sender": "a", "message": "hi", "metadata": {}}', ("a", "hi")),
        (b'{"sender": "' + b"s" * LONGEST_SENDER + b'"}', ("s" * LONGEST_SENDER, None)),
    ],
)
def test_good_requests(body: bytes, expected: tuple[str, object]) -> None:
    assert read(body) == expected


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "Send JSON"),
        (b"hello", "Send JSON"),
        (b'{"sender": ', "Send JSON"),
        (b"\xff\xfe", "Send JSON"),
        (b"[" * 50_000, "Send JSON"),
        (b"[]", "JSON object"),
        (b'"hi"', "JSON object"),
        (b"null", "JSON object"),
        (b'{"sender": ""}', "sender must be"),
        (b'{"sender": null}', "sender must be"),
        (b'{"sender": 3}', "sender must be"),
        (b'{"sender": "' + b"s" * (LONGEST_SENDER + 1) + b'"}', "sender must be"),
        (b" " * (LARGEST_BODY + 1), "larger than 100,000"),
    ],
)
def test_bad_requests_say_what_is_wrong(body: bytes, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        read(body)
