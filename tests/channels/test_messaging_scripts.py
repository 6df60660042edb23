"""The same conversation scripts through every messaging channel: real payloads in, real calls of the API out, the same meaning."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any
from urllib.parse import urlsplit

import pytest
from sanic import Sanic

from bot.channels.conversation import Conversations
from bot.channels.render import NEXT
from bot.clock import VARIABLE
from bot.dialogue.message import ANSWER
from bot.messaging.gsm7 import to_alphabet
from bot.tracker_store import ConversationStore
from tests.assistant import Assistant
from tests.channels.platforms import PLATFORMS
from tests.channels.platforms.platform import Platform, Seen, numbered
from tests.channels.talking import Talk, talking
from tests.conversations.script import Script, Turn, all_scripts

AMBIGUOUS = "<ambiguous>"
HOW_MANY, ALWAYS = 60, "after_danger.yml"
MOST_PAGES = 8
SHOWS_SOURCE = "shows_source"
NOTICE = "kept for up to 30 days"


def chosen_scripts() -> list[Script]:
    """What follows danger, and sixty of all others that can be typed on a phone, spread over the files."""
    usable = [s for s in all_scripts() if all(_can_be_typed(turn) for turn in s.turns)]
    others = [s for s in usable if s.file != ALWAYS]
    return [s for s in usable if s.file == ALWAYS] + [others[n * len(others) // HOW_MANY] for n in range(HOW_MANY)]


def _can_be_typed(turn: Turn) -> bool:
    """Platforms take away the blanks around a text, and an empty one is not sent."""
    said = turn.say
    return said is None or (said != AMBIGUOUS and bool(said) and said == said.strip() and not said.startswith("/"))


SCRIPTS = chosen_scripts()


@pytest.fixture(scope="module", params=PLATFORMS, ids=lambda kind: kind.channel.name())
def talk(
    request: pytest.FixtureRequest, assistant: Assistant, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Talk]:
    """A channel, with the trained assistant behind it and its conversations in a real database."""
    agent, folder = assistant.agent, tmp_path_factory.mktemp("messaging")
    before = agent.tracker_store
    store = ConversationStore(domain=agent.domain, db=str(folder / "conversations.db"))
    with ExitStack() as stack, pytest.MonkeyPatch.context() as patch:
        patch.setattr(Sanic, "test_mode", True)
        agent.tracker_store = agent.processor.tracker_store = store
        stack.callback(lambda: _restore(agent, before))
        opened = talking(request.param, folder, patch, agent=agent)
        talk = assistant.run(opened.__aenter__())
        talk.overheard = Overheard(talk.channel.conversations)
        yield talk
        assistant.run(opened.__aexit__(None, None, None))


def _restore(agent: Any, store: Any) -> None:
    agent.tracker_store = agent.processor.tracker_store = store


def test_there_are_sixty() -> None:
    assert len({s.name for s in SCRIPTS if s.file != ALWAYS}) == HOW_MANY
    assert any(s.file == ALWAYS for s in SCRIPTS)


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda s: f"{s.file}: {s.name}")
def test_script_on_a_channel(script: Script, talk: Talk, assistant: Assistant, monkeypatch: pytest.MonkeyPatch) -> None:
    if script.today:
        monkeypatch.setenv(VARIABLE, script.today)
    assistant.run(_play(script, talk))


async def _play(script: Script, talk: Talk) -> None:
    person = _somebody(talk.platform, SCRIPTS.index(script))
    last: list[Seen] = []
    for number, turn in enumerate(script.turns, 1):
        where = f"turn {number}, {turn.say or turn.press!r}"
        if turn.press is not None:
            last = await _choose(talk, person, turn.press, last, where)
        else:
            last = await talk.say(str(turn.say), person)
        last += await _rest(talk, person, last)
        assert last and all(seen.text.strip() or seen.picture for seen in last), f"{where}: silence"
        # what is said once to whoever is new belongs to no script
        heard = "\n".join(seen.text for seen in last if NOTICE not in seen.text)
        problems = _as_on_this_phone(turn, talk.platform).problems(_as_messages(talk, person, last, heard))
        problems += _source_problems(talk, person, heard)
        assert not problems, f"{where}: {'; '.join(problems)}\n---\n{heard}"


async def _choose(talk: Talk, person: str, title: str, last: list[Seen], where: str) -> list[Seen]:
    """Presses the button, or types the number that stands before the title."""
    keys = {t: p for seen in last for t, p in seen.buttons.items()}
    numbers = {t: n for seen in last for t, n in numbered(seen.text).items()}
    if title == "#1":
        title = next(iter(numbers or keys))
    if keys:
        payload = keys.get(title) or next((p for t, p in keys.items() if t.startswith(f"{numbers.get(title)}. ")), None)
        assert payload, f"{where}: there is no button {title!r}, only {list(keys)}"
        return await talk.answers(talk.platform.press(person, payload), person)
    assert title in numbers, f"{where}: there is no choice {title!r}, only {list(numbers)}"
    return await talk.say(numbers[title], person)


async def _rest(talk: Talk, person: str, seen: list[Seen]) -> list[Seen]:
    """What comes when the rest of a long answer is asked for."""
    found: list[Seen] = []
    while any(f"Reply {NEXT}" in s.text for s in (found or seen)[-1:] or []) or (
        not found and f"Reply {NEXT}" in _text(seen)
    ):
        assert len(found) < MOST_PAGES, "the rest has no end"
        more = await talk.say(NEXT, person)
        assert more, "the rest did not come"
        found += more
        if f"Reply {NEXT}" not in more[-1].text:
            break
    return found


def _text(seen: list[Seen]) -> str:
    return "\n".join(s.text for s in seen)


class Overheard:
    """What the channel's conversations answered last, before it was made into messages of a platform."""

    def __init__(self, conversations: Conversations) -> None:
        self._say = conversations.say
        self.messages: dict[str, list[dict[str, Any]]] = {}
        conversations.say = self.say  # type: ignore[method-assign]

    async def say(self, raw: object, conversation: str, *others: Any, **more: Any) -> list[dict[str, Any]]:
        self.messages[conversation] = await self._say(raw, conversation, *others, **more)
        return self.messages[conversation]


def _parts(talk: Talk, person: str) -> list[dict[str, Any]]:
    """The parts of the last answer, and of each whether its words show a source."""
    assert talk.channel.desk and isinstance(talk.overheard, Overheard)
    messages = talk.overheard.messages[talk.channel.desk.sender(talk.platform.known_as(person))]
    return [{**(m.get(ANSWER) or {}), SHOWS_SOURCE: "\nSource: " in m["text"]} for m in messages]


def _as_messages(talk: Talk, person: str, seen: list[Seen], heard: str) -> list[dict[str, Any]]:
    numbers = numbered(heard)
    titles = [*numbers, *(t for s in seen for t in s.buttons if t.partition(". ")[0] not in numbers.values())]
    parts = _parts(talk, person)
    return [{"text": heard, "buttons": [{"title": t} for t in titles], ANSWER: parts[-1] if parts else {}}]


def _as_on_this_phone(turn: Turn, platform: Platform) -> Turn:
    """The words as this channel's letters have them; after an erasure nothing is kept that a number could choose from."""
    if turn.answer == "delete_my_data":
        turn = turn.copy(update={"buttons": []})
    if platform.channel.capabilities.segments is None:
        return turn
    lacks = [w for w in map(to_alphabet, turn.lacks) if w.strip()]
    words = {"has": [to_alphabet(w) for w in turn.has], "lacks": lacks}
    return turn.copy(update=words)


def _source_problems(talk: Talk, person: str, heard: str) -> list[str]:
    """Whether the first source is told once, with its site and its date, wherever the answer shows one."""
    shown = [part["sources"][0] for part in _parts(talk, person) if part[SHOWS_SOURCE]]
    found = (
        []
        if heard.count("Source:") == len(shown)
        else [f"{heard.count('Source:')} sources are shown, not {len(shown)}"]
    )
    for source in shown:
        site = (urlsplit(source["url"]).hostname or "").removeprefix("www.")
        found += [] if site in heard else [f"the source's site {site} is not shown"]
        found += [] if to_alphabet(source["as_at"]) in to_alphabet(heard) else ["the source has no date"]
    return found


def _somebody(platform: Platform, number: int) -> str:
    """Another person for each script."""
    return f"{platform.person[:-3]}{number + 100:03d}"
