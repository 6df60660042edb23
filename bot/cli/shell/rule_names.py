"""Which rule of data/rules answered: Rasa tells the policy, and not the rule's name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from bot.cli.shell.screen import short
from bot.paths import ROOT

RULES = ROOT / "data" / "rules"


@dataclass(frozen=True)
class Rule:
    """`where`: its file and line, as an editor understands them."""

    name: str
    where: str


class RuleNames:
    """Reads the rules anew for each question, so that an edited file is shown as it now stands."""

    def __init__(self, folder: Path = RULES) -> None:
        self._folder = folder

    def find(self, intent: str, action: str) -> Rule | None:
        """The first rule in which the intent leads to the action; None when no readable file has one."""
        for path in sorted(self._folder.glob("*.yml")):
            for rule, line in _rules(path):
                if (intent, action) in _steps(rule.get("steps")):
                    return Rule(str(rule.get("rule")), f"{short(path)}:{line}")
        return None


def _rules(path: Path) -> Iterator[tuple[dict[str, Any], int]]:
    try:
        rules: Any = (YAML().load(path.read_text(encoding="utf-8")) or {}).get("rules") or []
    except (OSError, YAMLError, AttributeError):
        return
    for position, rule in enumerate(rules):
        yield rule, rules.lc.item(position)[0] + 1


def _steps(steps: Any) -> Iterator[tuple[str, str]]:
    intents: list[str] = []
    for step in steps or []:
        if "or" in step:
            intents = [one.get("intent") for one in step["or"]]
        elif "intent" in step:
            intents = [step["intent"]]
        elif "action" in step:
            yield from ((intent, step["action"]) for intent in intents)
            intents = []
