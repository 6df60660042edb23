"""The server's secret is kept by its owner only, and what one purpose seals another cannot open."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from bot.errors import SetupError
from bot.keys import SHORTEST_SECRET, Keys, secret_of

SECRET = "a secret of the tests, long enough for it"


def test_what_is_sealed_is_opened_by_the_same_purpose_and_secret_only() -> None:
    keys = Keys(SECRET)
    sealed = keys.seal("rest", "0808 2000 247 \u2013 \u09ac\u09be\u0982\u09b2\u09be")
    assert "0808" not in sealed
    assert keys.open("rest", sealed) == "0808 2000 247 \u2013 \u09ac\u09be\u0982\u09b2\u09be"
    assert keys.open("outbox", sealed) is None
    assert Keys(SECRET[::-1]).open("rest", sealed) is None
    assert keys.open("rest", sealed[:-4] + "AAA=") is None
    assert keys.open("rest", "nonsense") is None


def test_a_signature_differs_by_purpose_and_secret() -> None:
    keys = Keys(SECRET)
    assert keys.sign("a", "x") == keys.sign("a", "x")
    assert len({keys.sign("a", "x"), keys.sign("b", "x"), keys.sign("a", "y"), Keys(SECRET[::-1]).sign("a", "x")}) == 4


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("PLAN_SECRET", raising=False)
    return tmp_path / "build" / "secret"


def test_a_secret_is_made_once_and_only_its_owner_reads_it(file: Path) -> None:
    secret = secret_of(file)
    assert len(secret) >= SHORTEST_SECRET
    assert secret_of(file) == secret == file.read_text()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_two_places_have_two_secrets(file: Path) -> None:
    assert secret_of(file) != secret_of(file.with_name("another"))


def test_the_variable_goes_before_the_file(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAN_SECRET", f" {SECRET}\n")
    assert secret_of(file) == SECRET
    assert not file.exists()


def test_a_secret_that_cannot_be_kept_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAN_SECRET", " ")
    (tmp_path / "taken").write_text("a file, not a folder")
    with pytest.raises(SetupError, match="set PLAN_SECRET"):
        secret_of(tmp_path / "taken" / "secret")


def test_a_damaged_secret_says_what_to_do(file: Path) -> None:
    file.parent.mkdir()
    file.write_bytes(b"\xff\xfe")
    with pytest.raises(SetupError, match="set PLAN_SECRET"):
        secret_of(file)
