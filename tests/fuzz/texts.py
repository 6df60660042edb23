"""Targets that read what people type, and what they are told."""

from __future__ import annotations

import base64
import json
import unicodedata
from datetime import date

from tests.fuzz.reading import One, as_text, printable

DAY = date(2026, 11, 28)
MOST_MASKINGS = 3


def guard() -> One:
    """Any text: it never raises, hides nothing, lets no payload through that is not listed, and hears danger."""
    from bot.guard import payloads, personal_data
    from bot.guard.gate import MOST_READ, Guard
    from bot.guard.text import HIDDEN, KEPT_FORMAT, plain
    from bot.nlu import safety_patterns
    from bot.settings import GuardSettings

    allowed = frozenset({"greet", "ask_mopac"})
    settings = GuardSettings(longest=500, per_minute=1e9, burst=10**9, waiting=3)
    gate = Guard(lambda: allowed, settings)

    def one(data: bytes) -> None:
        raw = as_text(data)
        verdict = gate.check("fuzzed", raw, allowed=True)
        assert (verdict.text is None) != (verdict.refusal is None)
        assert verdict.refusal is None or 0 < len(verdict.refusal) <= 250
        if safety_patterns.find(plain(raw[:MOST_READ])):
            assert verdict.text is not None, "danger was refused"
            assert gate.check("fuzzed", raw, allowed=False).text is not None, "danger was too fast"
        if verdict.text is None:
            return
        # "(removed)" may be longer than what it stands for
        assert 0 < len(verdict.text) <= 2 * settings.longest
        hidden = [c for c in verdict.text if unicodedata.category(c) in HIDDEN and c not in KEPT_FORMAT]
        assert not hidden, f"hidden characters: {hidden!r}"
        assert not verdict.text.startswith("/") or payloads.as_payload(verdict.text, allowed) == verdict.text
        # what is taken out may bring two halves of something together: then it goes too, and there is an end to it
        again = verdict.text
        for _ in range(MOST_MASKINGS):
            again = personal_data.mask(again)
        assert personal_data.mask(again) == again, "masking again and again masks more"

    return one


def choices() -> One:
    """Any text beside what was offered: one of that, or nothing."""
    from bot.dialogue import choices as chooser

    offered = [
        {"title": title, "payload": f"/{n}"}
        for n, title in enumerate(("Tell me more", "Report a crime", "Who can help me?", "Yes", "999 or 101?"))
    ]

    def one(data: bytes) -> None:
        text = as_text(data)
        for many in (0, 1, len(offered)):
            for exactly in (False, True):
                assert chooser.chosen(text, offered[:many], exactly=exactly) in [None, *offered[:many]]
            line = chooser.ask_for_one(text, offered[:many])
            assert line is None or line
        assert chooser.may_choose(text) in (True, False)

    return one


def figures() -> One:
    """Any text as a question about figures, and as the address of a picture."""
    from actions.statistics import asking, periods
    from actions.statistics.question import MOST_OF_EACH, Question, from_token, to_token
    from bot.nlu import periods as found_periods

    areas = frozenset({"Hackney", "London", "Camden"})

    def one(data: bytes) -> None:
        text = as_text(data)[:500]
        named = [value for _, _, value in found_periods.find(text.lower())]
        for value in [*named, text[:20]]:
            periods.asked(value, DAY)
            found = periods.read(value, DAY)
            assert found is None or found.open or found.first <= found.last
        for intent in ("ask_crime_statistics", "compare_crime", "ask_officer_numbers"):
            question = asking.question_of(text, intent, ["burglary"], ["Hackney"], named)
            assert Question.from_dict(json.loads(json.dumps(question.as_dict()))) == question
            asking.gone_on(question, question, text, None)
            asking.shown_as(text)
        for token in (text, base64.urlsafe_b64encode(data).decode().rstrip("=")):
            try:
                asked, day = from_token(token, areas)
            except ValueError:
                continue
            assert len(asked.areas) <= MOST_OF_EACH and set(asked.areas) <= areas
            assert from_token(to_token(asked, day), areas) == (asked, day)
            for value in asked.periods:
                periods.read(value, day)

    return one


def render() -> One:
    """Any answer on every channel: each message fits, and danger comes first."""
    from bot.channels.render import render as rendered
    from bot.dialogue.message import ANSWER, source_line
    from bot.messaging.capabilities import ALL

    def one(data: bytes) -> None:
        body, _, rest = as_text(data).partition("\x00")
        title, _, address = rest.partition("\x00")
        # content has no control characters, and answers are no longer than this
        body, title, address = (printable(part)[:most] for part, most in ((body, 4_000), (title, 60), (address, 300)))
        source = {"title": title or "A source", "url": f"https://example.org/{address}", "as_at": "May 2026"}
        sources = [source] if address else []
        told = {"text": body, "sources": sources, "safety": body.startswith("!")}
        buttons = [{"title": title[:40] or "More", "payload": "/more"}] * (len(body) % 5)
        messages = [{"text": body + source_line(sources), "buttons": buttons, ANSWER: told}]
        for channel in ALL.values():
            result = rendered(messages, channel)
            for outgoing in result.now:
                assert outgoing.picture or channel.fits(outgoing.text), channel.name
                assert len(outgoing.buttons) <= channel.buttons
                assert all(len(b["title"]) <= channel.title for b in outgoing.buttons)
            assert all(channel.fits(text) for text in result.later)
            assert result.now or not (body or buttons)

    return one
