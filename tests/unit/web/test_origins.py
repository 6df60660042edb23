"""Pages of named origins are answered, and the server's own pages on this machine; no other site's are."""

from __future__ import annotations

import pytest

from bot.errors import SetupError
from bot.settings import WebSettings
from bot.web.origins import Origins

NAMED = "https://www.example.org"


@pytest.fixture
def origins() -> Origins:
    return Origins([NAMED, "http://intranet:8080"])


@pytest.mark.parametrize("origin", [NAMED, "http://intranet:8080", None])
def test_named_origins_and_no_origin_are_answered(origins: Origins, origin: str | None) -> None:
    assert origins.allows(origin, "bot.example.org")


@pytest.mark.parametrize(
    "origin",
    [
        "null", "", "*", "https://example.org", "http://www.example.org", f"{NAMED}/", f"{NAMED}:443", f"{NAMED}.evil.test",
        "https://evil.test", "https://evil.test/https://www.example.org", "https://WWW.example.org", f"{NAMED} ", "http://[", "é",
        f"https://evil.test@{NAMED[8:]}", "http://intranet", "file://",
    ],
)  # fmt: skip
def test_others_are_not(origins: Origins, origin: str) -> None:
    assert not origins.allows(origin, "bot.example.org")


@pytest.mark.parametrize("host", ["localhost:5005", "127.0.0.1:5005", "[::1]:5005", "localhost", "LocalHost:5005"])
def test_pages_of_this_machines_own_server(host: str) -> None:
    assert Origins([]).allows(f"http://{host.lower()}", host)


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        ("http://localhost:3000", "localhost:5005"),
        ("http://127.0.0.1:5005", "localhost:5005"),
        ("http://evil.test", "evil.test"),
        ("http://evil.test:5005", "evil.test:5005"),
        ("http://localhost.evil.test", "localhost.evil.test"),
        ("http://evil@localhost:5005", "localhost:5005"),
        ("ftp://localhost:5005", "localhost:5005"),
        ("null", "null"),
        ("", ""),
    ],
)
def test_a_name_that_leads_to_this_machine_is_not_enough(origin: str, host: str) -> None:
    assert not Origins([]).allows(origin, host)


def test_origins_are_read_from_the_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAN_ORIGINS", f"{NAMED}/, http://intranet:8080  https://a.test")
    assert WebSettings().origins == (NAMED, "http://intranet:8080", "https://a.test")
    monkeypatch.setenv("PLAN_ORIGINS", " ")
    assert WebSettings().origins == ()


@pytest.mark.parametrize(
    "wrong", ["www.example.org", "*", "null", "https://Example.org", "https://example.org/page", "ftp://example.org", "https://[", "https://"]
)  # fmt: skip
def test_what_is_no_origin_is_named_at_the_start(monkeypatch: pytest.MonkeyPatch, wrong: str) -> None:
    monkeypatch.setenv("PLAN_ORIGINS", f"{NAMED} {wrong}")
    with pytest.raises(SetupError, match="PLAN_ORIGINS"):
        WebSettings()
