"""What a request to the REST channel must look like, and where it must come from."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from sanic.compat import Header

from bot.channels.rest import LARGEST_BODY, LONGEST_SENDER, from_this_machine, read


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


def asked(ip: str, **headers: str) -> Any:
    return SimpleNamespace(ip=ip, headers=Header({name.replace("_", "-"): value for name, value in headers.items()}))


@pytest.mark.parametrize("ip", ["127.0.0.1", "127.8.9.10", "::1"])
def test_this_machine_is_answered(ip: str) -> None:
    assert from_this_machine(asked(ip, Host="localhost", Accept="*/*"))


@pytest.mark.parametrize(
    "ip",
    ["192.0.2.1", "10.0.0.1", "0.0.0.0", "::", "fe80::1", "2001:db8::1", "", "unknown", "localhost", "127.0.0.1:80"],
)
def test_no_other_machine_is(ip: str) -> None:
    assert not from_this_machine(asked(ip))


@pytest.mark.parametrize("header", ["X-Forwarded-For", "x-forwarded-for", "Forwarded", "X_Real_IP", "VIA"])
@pytest.mark.parametrize("value", ["127.0.0.1", "198.51.100.1", ""])
def test_whoever_comes_through_a_proxy_is_not(header: str, value: str) -> None:
    assert not from_this_machine(asked("127.0.0.1", **{header: value}))
