"""Rasa's RulePolicy, which looks only at rules that can fit: it tries every rule three times a turn, and a turn has 15 ms.

What is predicted is the same: rules are sorted beforehand by the intent and the action that their last state asks for, and
Rasa's own test decides among those that are left.
"""

from __future__ import annotations

from collections import defaultdict

from rasa.core.policies.rule_policy import RulePolicy
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.core.constants import PREVIOUS_ACTION, USER
from rasa.shared.core.domain import State
from rasa.shared.nlu.constants import ACTION_NAME, INTENT

Last = tuple[str | None, str | None]
"""Intent and previous action of a state; None where it has none."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.POLICY_WITHOUT_END_TO_END_SUPPORT, is_trainable=True)
class IndexedRulePolicy(RulePolicy):
    """See the module's text."""

    def _get_possible_keys(self, lookup: dict[str, str], states: list[State]) -> set[str]:
        if not states:
            return set(lookup)
        intent, action = _last(states[-1])
        index = self._index(lookup)
        wanted = {(i, a) for i in {intent, None} for a in {action, None}}
        likely = {key: lookup[key] for last in wanted for key in index.get(last, ())}
        return set(super()._get_possible_keys(likely, states))

    def _index(self, lookup: dict[str, str]) -> dict[Last, list[str]]:
        """The rules by their last state; made once for each of the policy's tables."""
        known: dict[int, tuple[dict[str, str], int, dict[Last, list[str]]]] = self.__dict__.setdefault("_indexes", {})
        found = known.get(id(lookup))
        # the table itself is kept, so that no other can get its id; while training it grows
        if found and found[0] is lookup and found[1] == len(lookup):
            return found[2]
        index: dict[Last, list[str]] = defaultdict(list)
        for key in lookup:
            states = self._rule_key_to_state(key)
            index[_last(states[-1]) if states else (None, None)].append(key)
        known[id(lookup)] = (lookup, len(lookup), index)
        return index


def _last(state: State) -> Last:
    user, previous = state.get(USER) or {}, state.get(PREVIOUS_ACTION) or {}
    return user.get(INTENT), previous.get(ACTION_NAME)
