"""`planbot services check`: what it prints, what it writes, and how it ends."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest
from typer.testing import CliRunner

from bot.cli import services
from bot.cli.main import app
from bot.content import link_check
from bot.content.link_check import Checker, Limits
from bot.errors import ContentError, SetupError

DIRECTORY = """
fraud-line:
  name: "Fraud line"
  what: "Report fraud here."
  needs: [fraud]
  audiences: [everyone]
  area: uk
  phone: "0300 123 2040"
  web: https://fraud.uk/
  display: recheck-first
  confirmed: single
  sources:
    - {title: "The council", url: "https://council.uk/fraud", as_at: "March 2026"}
  checked: 2026-11-22
advice:
  name: "Advice [London]"
  what: "Somebody to talk to."
  needs: [victim-support]
  audiences: [everyone]
  area: london
  web: https://advice.uk/
  display: info-only
  confirmed: no-number
  sources:
    - {title: "The council", url: "https://council.uk/fraud", as_at: "March 2026"}
  checked: 2026-01-05
"""
Answer = Callable[[httpx.Request], httpx.Response]
Give = Callable[[Answer], None]


@pytest.fixture
def give(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Give:
    """Puts a directory of two services in place, and a network that answers as the test says."""
    directory = tmp_path / "services.yml"
    directory.write_text(DIRECTORY, encoding="utf-8")
    monkeypatch.setattr(services, "SERVICES", directory)
    monkeypatch.setenv("PLAN_TODAY", "2026-11-22")
    monkeypatch.setenv("COLUMNS", "160")

    def put(answer: Answer) -> None:
        checker = partial(Checker, Limits(pace=0), transport=httpx.MockTransport(answer))
        monkeypatch.setattr(link_check, "Checker", checker)

    put(lambda _: httpx.Response(200))
    return put


def _run(*arguments: str) -> SimpleNamespace:
    result = CliRunner(mix_stderr=False).invoke(app, ["services", "check", *arguments], catch_exceptions=False)
    return SimpleNamespace(code=result.exit_code, lines=result.stdout.splitlines(), text=result.stdout)


def _by_host(**statuses: int) -> Answer:
    return lambda request: httpx.Response(statuses.get(request.url.host.partition(".")[0], 200))


def test_all_in_order(give: Give) -> None:
    ran = _run()
    assert ran.code == 0
    assert "Links, worst first" not in ran.text
    assert ran.lines[-1] == "3 links of 2 services: 3 ok. Checked long ago: 1. Ring or look up first: 1."


def test_old_and_doubtful_entries_are_listed(give: Give) -> None:
    ran = _run()
    old = ran.lines.index("Checked more than 180 days ago: check again:")
    assert ran.lines[old + 1] == "  advice: Advice [London], checked 5 January 2026"
    doubtful = ran.lines.index("Ring or look up before relying on it:")
    assert ran.lines[doubtful + 1] == "  fraud-line: Fraud line, 0300 123 2040, checked 22 November 2026"


@pytest.mark.parametrize(("status", "code"), [(200, 0), (404, 1), (410, 1), (403, 0), (429, 0), (500, 0)])
def test_exit_code(give: Give, status: int, code: int) -> None:
    give(_by_host(advice=status))
    assert _run().code == code


def test_no_answer_is_an_error_too(give: Give) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.host == "advice.uk":
            raise httpx.ReadTimeout("no", request=request)
        return httpx.Response(200)

    give(answer)
    ran = _run()
    assert ran.code == 1
    assert "connected, but no answer within 15 s" in ran.text


def test_table_worst_first_with_the_services(give: Give) -> None:
    give(_by_host(fraud=403, council=404, advice=503))
    ran = _run()
    rows = [line for line in ran.lines if "https://" in line]
    assert [next(host for host in ("fraud.uk", "council.uk", "advice.uk") if host in row) for row in rows] == [
        "council.uk",
        "advice.uk",
        "fraud.uk",
    ]
    assert "gone (404)" in rows[0]
    assert "fraud-line, advice" in rows[0]
    assert ran.lines[-1].startswith("3 links of 2 services: 1 gone, 1 failed server, 1 refused.")


def test_permanent_redirect_says_what_to_write(give: Give) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if str(request.url) == "https://advice.uk/":
            return httpx.Response(301, headers={"Location": "https://advice.org.uk/new"})
        return httpx.Response(200)

    give(answer)
    ran = _run()
    assert ran.code == 0
    assert "https://advice.uk/ -> https://advice.org.uk/new (permanent)" in ran.text
    assert "update the address to https://advice.org.uk/new" in ran.text
    assert "1 redirected, 2 ok, 1 to update." in ran.lines[-1]


def test_only_one_service(give: Give) -> None:
    give(_by_host(advice=404))
    ran = _run("--only", "fraud-line")
    assert ran.code == 0
    assert ran.lines[-1] == "2 links of 1 service: 2 ok. Checked long ago: 0. Ring or look up first: 1."


def test_only_an_unknown_service(give: Give) -> None:
    with pytest.raises(SetupError, match="No service has the id 'fraudline'. Did you mean fraud-line?"):
        _run("--only", "fraudline")


def test_report_as_json(give: Give, tmp_path: Path) -> None:
    give(_by_host(advice=404))
    ran = _run("--json", str(tmp_path / "report.json"))
    assert ran.code == 1
    report = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert report["day"] == "2026-11-22"
    assert report["summary"] == {"gone": 1, "ok": 2}
    assert report["links"][0] == {
        "address": "https://advice.uk/",
        "kind": "gone",
        "status": 404,
        "note": "no such page: find the new one, or take the link out",
        "new_address": None,
        "redirects": [],
        "services": ["advice"],
    }
    assert report["checked_long_ago"] == {"advice": "2026-01-05"}
    assert report["recheck_first"] == ["fraud-line"]


def test_report_into_no_folder_is_refused_before_anything_is_asked(give: Give, tmp_path: Path) -> None:
    give(lambda _: pytest.fail("asked"))
    with pytest.raises(SetupError, match="there is no folder"):
        _run("--json", str(tmp_path / "none" / "report.json"))


def test_no_network_is_one_line(give: Give) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("no", request=request)

    give(answer)
    with pytest.raises(SetupError, match="Is this machine online?"):
        _run()


def test_wrong_directory_is_named(give: Give) -> None:
    services.SERVICES.write_text("a: {name: A service}", encoding="utf-8")
    with pytest.raises(ContentError, match="services.yml, line 1"):
        _run()
