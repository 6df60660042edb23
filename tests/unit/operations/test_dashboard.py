"""The dashboard and the alerts name metrics that there are, with labels and values that they have; none is forgotten."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client.metrics import MetricWrapperBase

from actions import metrics as of_actions
from bot.events import outbox
from bot.operations import logs, metrics, turn
from bot.operations.status import Status
from bot.paths import ROOT

DASHBOARD = ROOT / "deploy" / "grafana" / "plan.json"
ALERTS = ROOT / "deploy" / "prometheus" / "alerts.yml"
SCRAPE = ROOT / "deploy" / "prometheus" / "scrape.yml"
DOCS = ROOT / "docs" / "monitoring.md"
LEFT_OUT: frozenset[str] = frozenset()
"""Metrics that are on no panel, with a reason each."""
METRIC = re.compile(r"\bplan_[a-z_]+")
SELECTED = re.compile(r"(plan_[a-z_]+)\{([^}]*)\}")
VALUES = {
    "status": {one.value for one in Status}, "step": set(metrics.STEPS), "state": {turn.WAITING, turn.ANSWERING},
    "channel": set(metrics.CHANNELS), "kind": set(turn.FALLBACK_KINDS.values()),
}  # fmt: skip
SUFFIXES = {"counter": ("_total",), "gauge": ("",), "histogram": ("_bucket", "_sum", "_count")}


def defined() -> dict[str, MetricWrapperBase]:
    """Every metric, by the names of its series."""
    found = {}
    for module in (metrics, of_actions, logs, outbox):
        for one in vars(module).values():
            if isinstance(one, MetricWrapperBase):
                for suffix in SUFFIXES[one._type]:
                    found[one._name + suffix] = one
    return found


def panels() -> list[dict[str, Any]]:
    return list(json.loads(DASHBOARD.read_text(encoding="utf-8"))["panels"])


def expressions(path: Path) -> Iterator[str]:
    if path == DASHBOARD:
        yield from (target["expr"] for panel in panels() for target in panel.get("targets", []))
    else:
        yield from (rule["expr"] for group in yaml.safe_load(path.read_text())["groups"] for rule in group["rules"])


def test_no_metric_of_the_code_is_forgotten_here() -> None:
    made = re.compile(r'(?:Counter|Gauge|Histogram)\(\s*"(plan_[a-z_]+)"')
    files = [*(ROOT / "bot").rglob("*.py"), *(ROOT / "actions").rglob("*.py")]
    found = {name.removesuffix("_total") for file in files for name in made.findall(file.read_text(encoding="utf-8"))}
    assert found == {one._name for one in defined().values()}


@pytest.mark.parametrize("path", [DASHBOARD, ALERTS], ids=lambda path: path.name)
def test_every_metric_that_is_named_exists(path: Path) -> None:
    named = {name for expression in expressions(path) for name in METRIC.findall(expression)}
    assert named and named <= defined().keys()


def test_every_metric_is_on_the_dashboard_and_in_the_docs() -> None:
    shown = {defined()[name]._name for expression in expressions(DASHBOARD) for name in METRIC.findall(expression)}
    assert {one._name for one in defined().values()} - shown == LEFT_OUT
    documented = DOCS.read_text(encoding="utf-8")
    for name, one in defined().items():
        if not name.endswith(("_bucket", "_sum", "_count")) or one._type != "histogram":
            assert f"`{name}`" in documented, name
        else:
            assert f"`{one._name}`" in documented, name


@pytest.mark.parametrize("path", [DASHBOARD, ALERTS], ids=lambda path: path.name)
def test_labels_and_their_values_are_those_in_code(path: Path) -> None:
    chosen = [found for expression in expressions(path) for found in SELECTED.findall(expression)]
    assert chosen
    for name, selectors in chosen:
        for label, values in re.findall(r'(\w+)\s*(?:=|!=|=~|!~)\s*"([^"]*)"', selectors):
            assert label in defined()[name]._labelnames
            assert set(values.split("|")) <= VALUES[label], (name, values)


@pytest.mark.parametrize("path", [DASHBOARD, ALERTS], ids=lambda path: path.name)
def test_what_is_grouped_by_is_a_label(path: Path) -> None:
    labels = {label for one in defined().values() for label in one._labelnames} | {"le"}
    grouped = {
        g.strip() for e in expressions(path) for group in re.findall(r"by \(([^)]*)\)", e) for g in group.split(",")
    }
    assert grouped and grouped <= labels
    assert all(e.count("(") == e.count(")") and e.count("{") == e.count("}") for e in expressions(path))


def test_panels_have_titles_places_and_no_number_twice() -> None:
    assert len({panel["id"] for panel in panels()}) == len(panels())
    taken: set[tuple[int, int]] = set()
    for panel in panels():
        at = panel["gridPos"]
        cells = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
        assert panel["title"] and at["x"] + at["w"] <= 24 and not cells & taken
        taken |= cells


def test_every_alert_says_what_is_wrong_and_stands_in_the_docs() -> None:
    rules = [rule for group in yaml.safe_load(ALERTS.read_text())["groups"] for rule in group["rules"]]
    documented = DOCS.read_text(encoding="utf-8")
    for rule in rules:
        assert rule["labels"]["severity"] in ("page", "ticket")
        assert rule["annotations"]["summary"].endswith((".", "}})."))
        assert f"`{rule['alert']}`" in documented
    assert len({rule["alert"] for rule in rules}) == len(rules)


def test_the_scrape_example_asks_both_servers_with_the_token() -> None:
    jobs = yaml.safe_load(SCRAPE.read_text())["scrape_configs"]
    assert [job["job_name"] for job in jobs] == ["plan", "plan-actions"]
    assert all(job["authorization"]["credentials_file"] for job in jobs)
