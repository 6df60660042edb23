"""A played agent and terminal for the tests of the shell: answers and events as Rasa gives them, without a model."""

from __future__ import annotations

from collections.abc import Iterable
from types import SimpleNamespace
from typing import Any

from rasa.shared.core.events import ActionExecuted, BotUttered, UserUttered

from bot.channels.conversation import Conversations
from bot.cli.shell.screen import Colours, Screen
from bot.dialogue.message import ANSWER
from bot.guard.gate import Guard
from bot.settings import GuardSettings

SOURCE = {"title": "London Datastore", "as_at": "12 August 2026", "url": "https://data.london.gov.uk/dataset/x"}
BUTTONS = [
    {"title": "Tell me more", "payload": "/tell_me_more"},
    {"title": "Who can help?", "payload": "/find_support"},
]
PAYLOADS = ("tell_me_more", "find_support", "ask_mopac", "delete_my_data")


def answer(name: str, text: str, *, buttons: list | None = None, **parts: Any) -> dict[str, Any]:
    return {"text": text, "buttons": buttons or [], ANSWER: {"name": name, "text": text, **parts}}


class Store:
    """Rasa's store in memory, as far as the shell knows it."""

    def __init__(self) -> None:
        self.store: dict[str, list] = {}

    async def retrieve_full_tracker(self, conversation: str) -> Any:
        return SimpleNamespace(events=self.store[conversation]) if conversation in self.store else None


class PlayedAgent:
    """`answers`: the message for a text or a payload; every other text gets "unknown"."""

    def __init__(self, answers: dict[str, dict[str, Any]] | None = None) -> None:
        self.answers, self.tracker_store = answers or {}, Store()
        self.heard: list[str] = []

    async def handle_message(self, message: Any) -> None:
        self.heard.append(message.text)
        said = self.answers.get(message.text) or answer("unknown", f"Nothing is known about {message.text}.")
        said = said() if callable(said) else said
        await message.output_channel.send_response(message.sender_id, said)
        intent = {"name": "ask_mopac", "confidence": 0.9}
        parsed = {
            "intent": intent, "intent_ranking": [intent], "entities": [{"entity": "area", "value": "Camden"}], "safety": None,
        }  # fmt: skip
        data = {"buttons": said["buttons"]}
        self.tracker_store.store.setdefault(message.sender_id, []).extend([
            UserUttered(message.text, parse_data=parsed),
            ActionExecuted("utter_ask_mopac", "policy_1_IndexedRulePolicy", 1.0),
            BotUttered(said["text"], data),
            ActionExecuted("action_listen"),
        ])  # fmt: skip


class PlayedLines:
    """Lines that somebody types; then the input ends."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = iter(lines)

    async def read(self) -> str:
        try:
            return next(self._lines)
        except StopIteration:
            raise EOFError from None


class PlayedScreen(Screen):
    """Keeps what is shown, a line each."""

    def __init__(self, *, terminal: bool = False, environment: dict[str, str] | None = None) -> None:
        self.lines: list[str] = []
        colours = Colours(terminal=terminal, plain=False, environment=environment or {})
        super().__init__(colours, self.lines.append)

    @property
    def flat(self) -> str:
        """All of it as one line, however it was wrapped."""
        return " ".join(self.text.split())

    @property
    def text(self) -> str:
        return "\n".join(self.lines)


def conversations(**settings: Any) -> Conversations:
    """With a guard that knows the payloads of these tests, and no limit of pace unless a test sets one."""
    made = Conversations()
    made._guard = Guard(lambda: PAYLOADS, GuardSettings(**{"per_minute": 1e9, "burst": 10**9, **settings}))
    return made
