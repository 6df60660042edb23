"""Variables of the messaging channels: one clear line for what is wrong, and never the value."""

from __future__ import annotations

import re

import pytest

from bot.channels import registry
from bot.channels.registry import MESSAGING
from bot.errors import SetupError
from bot.messaging.settings import PUBLIC_URL, MessagingSettings, Variable, problems, values

TOKEN = Variable("PLAN_TEST_TOKEN", "the token that somebody gave", re.compile(r"\d+:[a-z]{5,}"))
OPEN = Variable("PLAN_TEST_NUMBER", "the number", re.compile(r"\+\d{7,15}"), secret=False)
GOOD = {
    "TELEGRAM_BOT_TOKEN": "123456:" + "telegramtoken" * 2, "TELEGRAM_SECRET_TOKEN": "telegram_webhook_secret",
    "TWILIO_ACCOUNT_SID": "AC" + "a1" * 16, "TWILIO_AUTH_TOKEN": "b2" * 16,
    "TWILIO_SMS_FROM": "+447700900123", "TWILIO_WHATSAPP_FROM": "+447700900124",
    "MESSENGER_PAGE_TOKEN": "EAAG" + "messengertoken" * 3, "MESSENGER_APP_SECRET": "c3" * 16,
    "MESSENGER_VERIFY_TOKEN": "messenger-verify-token", "SLACK_BOT_TOKEN": "xoxb-1234567890-slack",
    "SLACK_SIGNING_SECRET": "d4" * 16, "PLAN_PUBLIC_URL": "https://chat.example.org",
}  # fmt: skip
NO_SECRETS = {"TWILIO_SMS_FROM", "TWILIO_WHATSAPP_FROM", "PLAN_PUBLIC_URL"}
OWN = (
    "PLAN_FRAGMENT_SECONDS", "PLAN_MESSAGING_WAITING", "PLAN_MESSAGING_A_DAY", "TELEGRAM_URL", "TWILIO_URL", "MESSENGER_URL",
    "SLACK_URL", "PLAN_SECRET", "PLAN_TEST_TOKEN", "PLAN_TEST_NUMBER",
)  # fmt: skip


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*GOOD, *OWN):
        monkeypatch.delenv(name, raising=False)


def test_what_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    assert problems([TOKEN, OPEN]) == [
        "PLAN_TEST_TOKEN is not set: the token that somebody gave",
        "PLAN_TEST_NUMBER is not set: the number",
    ]
    monkeypatch.setenv("PLAN_TEST_TOKEN", "  ")
    with pytest.raises(SetupError) as caught:
        values([TOKEN])
    assert str(caught.value) == "PLAN_TEST_TOKEN is not set: the token that somebody gave"


@pytest.mark.parametrize("wrong", ["12345:abcdefgh\nmore", "12345", "'123:abcdefgh'", "123:abcd efgh", "x123:abcdefgh"])
def test_what_is_wrong_is_named_and_not_repeated(monkeypatch: pytest.MonkeyPatch, wrong: str) -> None:
    monkeypatch.setenv("PLAN_TEST_TOKEN", wrong)
    with pytest.raises(SetupError) as caught:
        values([TOKEN])
    assert str(caught.value) == "PLAN_TEST_TOKEN is not written as it should be: the token that somebody gave"


def test_what_is_right_is_given_without_spaces_around(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAN_TEST_TOKEN", " 123:abcdefgh\n")
    monkeypatch.setenv("PLAN_TEST_NUMBER", "+447700900123")
    assert values([TOKEN, OPEN]) == {"PLAN_TEST_TOKEN": "123:abcdefgh", "PLAN_TEST_NUMBER": "+447700900123"}


@pytest.mark.parametrize(
    ("url", "right"),
    [
        ("https://chat.example.org", True), ("https://chat.example.org/", True), ("https://example.org:8443/plan/chat", True),
        ("http://chat.example.org", False), ("chat.example.org", False), ("https://", False), ("https://user:word@example.org", False),
        ("https://example.org/?a=b", False), ("https://example.org/#x", False), ("https://exämple.org", False), ("https://-", False),
    ],
)  # fmt: skip
def test_the_public_address(monkeypatch: pytest.MonkeyPatch, url: str, right: bool) -> None:
    monkeypatch.setenv("PLAN_PUBLIC_URL", url)
    assert (PUBLIC_URL.problem() is None) is right


@pytest.mark.parametrize(
    ("text", "seconds"),
    [(None, 0.8), ("", 0.8), ("0", 0), ("0.0", 0), (" 0.00 ", 0), ("00", 0), ("0.", 0), ("1.5", 1.5)],
)
def test_fragment_seconds(monkeypatch: pytest.MonkeyPatch, text: str | None, seconds: float) -> None:
    if text is not None:
        monkeypatch.setenv("PLAN_FRAGMENT_SECONDS", text)
    assert MessagingSettings().fragment_seconds == seconds


@pytest.mark.parametrize("name", ["PLAN_FRAGMENT_SECONDS", "PLAN_MESSAGING_WAITING", "PLAN_MESSAGING_A_DAY"])
@pytest.mark.parametrize("text", ["soon", "-1", "nan", "inf", "1,5"])
def test_numbers_that_are_none(monkeypatch: pytest.MonkeyPatch, name: str, text: str) -> None:
    monkeypatch.setenv(name, text)
    with pytest.raises(SetupError, match=name) as caught:
        MessagingSettings()
    assert "\n" not in str(caught.value)


def test_a_small_number_stops_no_channel(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAN_MESSAGING_WAITING", "0.5")
    monkeypatch.setenv("PLAN_MESSAGING_A_DAY", "0.5")
    assert (MessagingSettings().waiting, MessagingSettings().a_day) == (1, 1)


@pytest.mark.parametrize("name", ["TELEGRAM_URL", "TWILIO_URL", "MESSENGER_URL", "SLACK_URL"])
def test_addresses_of_platforms(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    usual = getattr(MessagingSettings(), name.lower())
    assert usual.startswith("https://") and not usual.endswith("/")
    monkeypatch.setenv(name, "http://127.0.0.1:5000/x/")
    assert getattr(MessagingSettings(), name.lower()) == "http://127.0.0.1:5000/x"
    monkeypatch.setenv(name, "123456:a-token-in-the-wrong-place")
    with pytest.raises(SetupError) as caught:
        MessagingSettings()
    assert str(caught.value) == f"{name} is not an address: write it as {usual}, or unset it."


# the registry


@pytest.mark.parametrize("channel", MESSAGING, ids=lambda c: c.name())
def test_every_channel_tells_what_it_lacks(monkeypatch: pytest.MonkeyPatch, channel: type) -> None:
    needed = [variable.name for variable in channel.needs()]
    assert [line.split(" ")[0] for line in problems(channel.needs())] == needed
    for name in needed:
        monkeypatch.setenv(name, GOOD[name])
    assert problems(channel.needs()) == []
    for name in needed:
        monkeypatch.setenv(name, "!")
        (line,) = problems(channel.needs())
        assert line.startswith(f"{name} is not written as it should be: ")
        monkeypatch.setenv(name, GOOD[name])


def test_every_secret_is_known(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    monkeypatch.setattr(registry.paths, "SECRET_FILE", tmp_path / "secret")  # type: ignore[operator]
    assert registry.secrets() == []
    for name, value in GOOD.items():
        monkeypatch.setenv(name, f" {value} ")
    monkeypatch.setenv("PLAN_SECRET", "the server's own secret, which is long")
    found = registry.secrets()
    assert set(found) == {v for n, v in GOOD.items() if n not in NO_SECRETS} | {
        "the server's own secret, which is long"
    }
    assert len(found) == len(set(found))
    (tmp_path / "secret").write_text("one that the server has made itself\n")  # type: ignore[operator]
    assert "one that the server has made itself" in registry.secrets()


def test_asking_for_secrets_makes_none(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    file = tmp_path / "folder" / "secret"  # type: ignore[operator]
    monkeypatch.setattr(registry.paths, "SECRET_FILE", file)
    registry.secrets()
    assert not file.parent.exists()
