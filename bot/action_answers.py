"""Checks what the action server answers, as Rasa does, but builds the check once.

Rasa 3.6 checks its own JSON schema again at every answer of an action, which takes about 25 ms: more than all the rest of the
turn. The same schema is checked here once, when the server starts, and every answer against it as before.
"""

from __future__ import annotations

from typing import Any


def check_schema_once() -> None:
    """Replaces Rasa's check of an action's answer by one with the schema already built. Safe to call again."""
    from jsonschema.exceptions import best_match
    from jsonschema.validators import validator_for
    from rasa.core.actions.action import RemoteAction

    schema = RemoteAction.action_response_format_spec()
    kind = validator_for(schema)
    kind.check_schema(schema)
    checker = kind(schema)

    def validate(self: RemoteAction, result: dict[str, Any]) -> bool:
        if error := best_match(checker.iter_errors(result)):
            error.message += f" Failed to validate the answer of the action '{self.name()}'."
            raise error
        return True

    RemoteAction._validate_action_result = validate
