"""Checks that the parts of the dialogue fit together: what `rasa data validate` lets pass.

Every intent has training phrases enough, a rule, a label, and something to say; nothing stands in one place only.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator

from ruamel.yaml import YAML

from bot.content.store import load
from bot.nlu.training_text import phrases
from bot.paths import ROOT

FALLBACK = "nlu_fallback"
FEWEST_PHRASES = {
    "safety": 120,
    "support": 50,
    "consultation": 50,
    "statistics": 50,
    "theme": 50,
    "plan_general": 40,
    "conversation": 25,
    "out_of_scope": 200,
}
"""Fewest training phrases for each intent, by the beginning of its file's name under data/nlu."""
MADE_OF_PARTS = frozenset({"tell_me_more", "ask_source", "repeat", FALLBACK})
"""Answers that are made from what was said before, so content/ holds none of their own."""
WORDS = re.compile(r"[^\w ]")


def lint() -> Iterator[str]:
    """The problems, as lines to read."""
    reader = YAML(typ="safe")
    domain = reader.load((ROOT / "domain.yml").read_text(encoding="utf-8"))
    rules = reader.load((ROOT / "data" / "rules" / "intents.yml").read_text(encoding="utf-8"))["rules"]
    intents = {name if isinstance(name, str) else next(iter(name)) for name in domain["intents"]}
    answered = {
        step["intent"]: rule["steps"][1]["action"] for rule in rules for step in rule["steps"] if "intent" in step
    }
    content = load()
    yield from (f"domain.yml: {i} has no rule" for i in sorted(intents - set(answered)))
    yield from (f"data/rules: {i} is not an intent of domain.yml" for i in sorted(set(answered) - intents))
    yield from (f"content/labels.yml: {i} has no label" for i in sorted(intents - set(content.labels) - {FALLBACK}))
    yield from (f"content/labels.yml: {i} is not an intent" for i in sorted(set(content.labels) - intents))
    actions = {a if isinstance(a, str) else next(iter(a)) for a in domain["actions"]} | set(domain["responses"])
    for action in sorted(answered.values()):
        if action not in actions and action != "action_restart":
            yield f"data/rules: {action} is not in domain.yml"
        name = action.removeprefix("utter_")
        if action.startswith("utter_") and name not in content.answers and name not in MADE_OF_PARTS:
            yield f"content/answers: nothing to say for {action}"
    yield from _lint_phrases(intents)


def _lint_phrases(intents: set[str]) -> Iterator[str]:
    reader = YAML(typ="safe")
    group_of = {}
    for path in sorted((ROOT / "data" / "nlu").glob("*.yml")):
        for group in reader.load(path.read_text(encoding="utf-8"))["nlu"]:
            group_of[group["intent"]] = path.stem
    counts = Counter(intent for intent, _ in phrases())
    for intent in sorted(intents - {FALLBACK}):
        fewest = next((n for start, n in FEWEST_PHRASES.items() if group_of.get(intent, "").startswith(start)), 25)
        if counts[intent] < fewest:
            yield f"data/nlu: {intent} has {counts[intent]} phrases, at least {fewest} are needed"
    seen: dict[str, set[str]] = defaultdict(set)
    for intent, phrase in phrases():
        seen[WORDS.sub("", phrase.lower()).strip() or phrase].add(intent)
    yield from (f"data/nlu: '{p}' stands under {', '.join(sorted(i))}" for p, i in sorted(seen.items()) if len(i) > 1)
