"""Questions about the services just shown, as people ask them: answered on these services, in the middle of a conversation."""

from __future__ import annotations

import json
from pathlib import Path

from tests.assistant import Assistant

SET = Path(__file__).parent.parent / "nlu" / "service_details.jsonl"
# as measured: the set is of hints that a person understands from what was shown ("nah them lot are dead, wot else u got")
RIGHT_AT_LEAST = 0.4
FIRST = "who can help victims of stalking"


def test_details_are_answered(assistant: Assistant) -> None:
    rows = [json.loads(line) for line in SET.read_text(encoding="utf-8").splitlines()]
    missed = []
    for row in rows:
        conversation = assistant.new_conversation()
        assistant.say(conversation, FIRST)
        answered = assistant.say(conversation, row["text"])[-1].get("answer") or {}
        if answered.get("name") != "find_support":
            missed.append((row["text"], answered.get("name")))
    assert 1 - len(missed) / len(rows) >= RIGHT_AT_LEAST, missed
