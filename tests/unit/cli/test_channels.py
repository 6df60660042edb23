"""`planbot channels`: what is on, what is missing, where platforms send to; and telling Telegram so. Never a secret."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import ClassVar

import pytest
from typer.testing import CliRunner

from bot.channels.registry import MESSAGING
from bot.cli import channels
from bot.cli import main as planbot
from bot.messaging import calls

TOKEN = "123456789:" + "AAHtelegramTokenOfTests"
SECRET = "secret-of-the-webhook-1"
PUBLIC = "https://chat.example.org"
VARIABLES = sorted({variable.name for channel in MESSAGING for variable in channel.needs()})


class Telegram(BaseHTTPRequestHandler):
    """Telegram's API, played. `gives`: status and body of its answers; `asked`: paths and bodies."""

    gives: ClassVar[tuple[int, bytes]]
    asked: ClassVar[list[tuple[str, dict[str, object]]]]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.asked.append((self.path, json.loads(body)))
        status, answer = self.gives
        self.send_response(status)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr(calls, "TRIES", 1)


@pytest.fixture
def telegram(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Telegram]]:
    Telegram.gives, Telegram.asked = (200, b'{"ok": true, "result": true}'), []
    server = HTTPServer(("127.0.0.1", 0), Telegram)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    monkeypatch.setenv("TELEGRAM_URL", f"http://127.0.0.1:{server.server_port}")
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", TOKEN)
    monkeypatch.setenv("TELEGRAM_SECRET_TOKEN", SECRET)
    monkeypatch.setenv("PLAN_PUBLIC_URL", f"{PUBLIC}/")
    yield Telegram
    server.shutdown()
    thread.join()
    server.server_close()


def planbot_says(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], *words: str
) -> tuple[int, str, str]:
    """Exit code, output and errors of the command as people give it."""
    monkeypatch.setattr("sys.argv", ["planbot", *words])
    monkeypatch.setattr("os.chdir", lambda _: None)
    with pytest.raises(SystemExit) as ended:
        planbot.main()
    return int(ended.value.code or 0), *capfd.readouterr()


def test_everything_is_off_when_nothing_is_set() -> None:
    result = CliRunner().invoke(channels.app, [])
    assert result.exit_code == 0
    lines = result.output.splitlines()
    for channel in MESSAGING:
        at = lines.index(f"{channel.title}: off")
        block = lines[at + 1 : at + 2 + len(channel.needs())]
        assert [line.split()[0] for line in block[:-1]] == [variable.name for variable in channel.needs()]
        assert all("is not set" in line for line in block[:-1])
        assert block[-1] == f"    webhook: https://<your address>{channel.webhook()}"


@pytest.mark.usefixtures("telegram")
def test_what_is_on_has_its_address_and_no_secret_is_shown() -> None:
    output = CliRunner().invoke(channels.app, []).output
    assert f"Telegram: on\n    webhook: {PUBLIC}/webhooks/telegram/webhook\n" in output
    assert "Slack: off" in output
    assert TOKEN not in output and SECRET not in output


@pytest.mark.usefixtures("telegram")
def test_what_is_wrong_is_named_and_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", f"bot{TOKEN}")
    monkeypatch.setenv("PLAN_PUBLIC_URL", f"http://user:{SECRET}@example.org")
    output = CliRunner().invoke(channels.app, []).output
    assert "Telegram: off" in output
    assert "TELEGRAM_BOT_TOKEN is not written as it should be" in output
    assert "PLAN_PUBLIC_URL is not written as it should be" in output
    assert TOKEN not in output and SECRET not in output
    assert "https://<your address>/webhooks/telegram/webhook" in output


@pytest.mark.parametrize("name", ["telegram", "Telegram"])
def test_telegram_is_told(
    telegram: type[Telegram], monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], name: str
) -> None:
    code, output, errors = planbot_says(monkeypatch, capfd, "channels", "connect", name)
    assert (code, output, errors) == (0, f"Telegram now sends messages to {PUBLIC}/webhooks/telegram/webhook.\n", "")
    ((path, body),) = telegram.asked
    assert path == f"/bot{TOKEN}/setWebhook"
    assert body["url"] == f"{PUBLIC}/webhooks/telegram/webhook"
    assert body["secret_token"] == SECRET
    assert set(body["allowed_updates"]) >= {"message", "callback_query"}  # type: ignore[call-overload]


@pytest.mark.parametrize(
    ("gives", "reason"),
    [
        ((401, b'{"ok": false, "error_code": 401, "description": "Unauthorized"}'), "(Telegram: status 401)"),
        ((404, b"<html>"), "(Telegram: status 404)"),
        ((503, b""), "(Telegram: status 503)"),
        ((200, b"<html>a page</html>"), "(Telegram: the answer was not Telegram's)"),
        ((200, b'{"ok": false}'), "(Telegram: the answer was not Telegram's)"),
    ],
)
def test_telegram_refuses(
    telegram: type[Telegram],
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    gives: tuple[int, bytes],
    reason: str,
) -> None:
    telegram.gives = gives
    code, output, errors = planbot_says(monkeypatch, capfd, "channels", "connect", "telegram")
    assert (code, output) == (1, "")
    assert errors.startswith(f"planbot: Telegram did not take the address {reason}: check ")
    assert errors.count("\n") == 1
    assert TOKEN not in errors and SECRET not in errors


@pytest.mark.usefixtures("telegram")
def test_telegram_is_away(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("TELEGRAM_URL", "http://127.0.0.1:9")
    code, _, errors = planbot_says(monkeypatch, capfd, "channels", "connect", "telegram")
    assert code == 1
    assert "Telegram cannot be reached (ClientConnectorError)" in errors
    assert TOKEN not in errors


def test_what_is_missing_is_said_in_one_line(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    code, _, errors = planbot_says(monkeypatch, capfd, "channels", "connect", "telegram")
    assert code == 1
    assert errors == "planbot: TELEGRAM_BOT_TOKEN is not set: the token that @BotFather gave the bot\n"


@pytest.mark.parametrize("name", ["slack", "sms", "nothing"])
def test_only_telegram_is_told_by_a_program(
    telegram: type[Telegram], monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], name: str
) -> None:
    code, _, errors = planbot_says(monkeypatch, capfd, "channels", "connect", name)
    assert code == 1
    assert errors.startswith(f"planbot: {name} is connected on its own pages")
    assert telegram.asked == []
