"""The name of the rule that answered, and where it stands."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.cli.shell.rule_names import RULES, Rule, RuleNames

FILE = """version: "3.1"
rules:
  # a comment
  - rule: say hello
    steps:
      - intent: greet
      - action: utter_greet
  - rule: one of two
    steps:
      - or:
          - intent: affirm
          - intent: deny
      - action: utter_x
      - action: utter_y
"""


@pytest.fixture
def rules(tmp_path: Path) -> RuleNames:
    (tmp_path / "a.yml").write_text(FILE)
    (tmp_path / "broken.yml").write_text("rules: [")
    (tmp_path / "list.yml").write_text("- a\n- b\n")
    (tmp_path / "empty.yml").write_text("")
    return RuleNames(tmp_path)


def test_rule_has_its_name_and_line(rules: RuleNames, tmp_path: Path) -> None:
    assert rules.find("greet", "utter_greet") == Rule("say hello", f"{tmp_path}/a.yml:4")


@pytest.mark.parametrize("intent", ["affirm", "deny"])
def test_rule_for_either_intent(intent: str, rules: RuleNames) -> None:
    found = rules.find(intent, "utter_x")
    assert found and found.name == "one of two"


@pytest.mark.parametrize(("intent", "action"), [("greet", "utter_x"), ("other", "utter_greet"), ("affirm", "utter_y")])
def test_no_rule(intent: str, action: str, rules: RuleNames) -> None:
    assert rules.find(intent, action) is None


def test_the_line_is_the_rules_own() -> None:
    found = RuleNames().find("emergency", "utter_emergency")
    assert found and found.name == "emergency" and found.where.startswith("data/rules/")
    file, _, line = found.where.rpartition(":")
    assert (RULES / Path(file).name).read_text().splitlines()[int(line) - 1].strip() == "- rule: emergency"
