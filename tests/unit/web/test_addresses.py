"""What counts as one network address, and how much one may ask for."""

from __future__ import annotations

import pytest

from bot.errors import SetupError
from bot.settings import WebSettings, trusted_proxies
from bot.web.addresses import IN_DANGER, AddressLimits, network


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("[2001:db8:1:2::9]", "2001:db8:1:2::/64"),
        ("2001:0DB8:0001:0002::", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::9", "2001:db8:1:3::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("::1", "::/64"),
        ("192.0.2.7:50123", "192.0.2.7"),
        ("[2001:db8:1:2::9]:443", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
    ],
)
def test_one_address(address: str, counted: str) -> None:
    assert network(address) == counted


@pytest.mark.parametrize(
    "nonsense", ["", "unknown", "_hidden", "192.0.2.7:", ":80", "192.0.2", "é", "\x00", "1" * 5000, "[", "::1/64"]
)
def test_nonsense_is_counted_as_it_is_and_kept_short(nonsense: str) -> None:
    assert network(nonsense) == nonsense[:64]


def limits(**wanted: float) -> AddressLimits:
    few = {"address_per_minute": 1e-6, "address_burst": 3, "conversations_per_minute": 1e-6, "conversations_burst": 2}
    return AddressLimits(WebSettings(origins=(), hours=1, **{**few, **wanted}), hide=lambda text: f"hidden {text}")  # type: ignore[arg-type]


def never() -> bool:
    return False


async def test_requests_of_an_address_have_an_end() -> None:
    limited = limits()
    assert [await limited.allows("192.0.2.1", danger=never) for _ in range(5)] == [True, True, True, False, False]
    assert await limited.allows("192.0.2.2", danger=never)


async def test_a_household_is_one_address() -> None:
    limited = limits()
    assert [await limited.allows(f"2001:db8::{n}", danger=never) for n in range(4)] == [True, True, True, False]
    assert await limited.allows("2001:db8:0:1::1", danger=never)
    assert [await limited.allows(a, danger=never) for a in ("192.0.2.1", "::ffff:192.0.2.1") * 2][-1] is False


async def test_danger_is_asked_only_beyond_the_limit_and_passes() -> None:
    limited, asked = limits(), []

    def danger() -> bool:
        asked.append(1)
        return True

    allowed = [await limited.allows("192.0.2.1", danger=danger) for _ in range(3 + 3 * IN_DANGER)]
    assert all(allowed)
    assert len(asked) == 3 * IN_DANGER


async def test_danger_too_has_an_end() -> None:
    limited = limits()
    for _ in range(3 + 3 * IN_DANGER):
        await limited.allows("192.0.2.1", danger=lambda: True)
    assert not await limited.allows("192.0.2.1", danger=lambda: True)


async def test_what_is_not_danger_uses_up_nothing_that_danger_needs() -> None:
    limited = limits()
    for _ in range(200):
        await limited.allows("192.0.2.1", danger=never)
    assert await limited.allows("192.0.2.1", danger=lambda: True)


async def test_new_conversations_have_a_limit_of_their_own() -> None:
    limited = limits(address_burst=100)
    assert [await limited.allows_conversation("192.0.2.1") for _ in range(3)] == [True, True, False]
    assert await limited.allows("192.0.2.1", danger=never)
    assert await limited.allows_conversation("192.0.2.2")


async def test_addresses_are_kept_hidden() -> None:
    limited = limits()
    await limited.allows("192.0.2.1", danger=never)
    await limited.allows_conversation("192.0.2.1")
    for kept in (limited._requests, limited._conversations):
        assert list(kept.local._buckets) == ["hidden 192.0.2.1"]


@pytest.mark.parametrize(("told", "count"), [("", 0), (" ", 0), ("0", 0), ("1", 1), (" 2 ", 2), ("10", 10)])
def test_how_many_proxies_are_believed(monkeypatch: pytest.MonkeyPatch, told: str, count: int) -> None:
    monkeypatch.setenv("PLAN_PROXIES", told)
    assert trusted_proxies() == count


@pytest.mark.parametrize("wrong", ["-1", "one", "1.5", "11", "yes", "1 2"])
def test_a_wrong_number_of_proxies_is_named(monkeypatch: pytest.MonkeyPatch, wrong: str) -> None:
    monkeypatch.setenv("PLAN_PROXIES", wrong)
    with pytest.raises(SetupError, match="PLAN_PROXIES"):
        trusted_proxies()
