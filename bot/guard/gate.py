"""The guard: what happens to a message before anything else sees it.

plain text -> payload allow-list -> length -> rate -> personal data out. Safety wins over every refusal: words of danger in a
message that is too long or too frequent still reach understanding.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from bot.guard import payloads, personal_data
from bot.guard.rate import SharedLimit
from bot.guard.text import has_words, plain
from bot.guard.turns import SharedTurns
from bot.nlu import safety_patterns
from bot.settings import GuardSettings

MOST_READ = 10_000
DANGER = "If you are in danger now, call 999."
# somebody who tells a long story of harm is heard, not sent away for its length: understanding decides what it is
TROUBLE = re.compile(
    r"\b(?:scared|afraid|frightened|terrified|hurts?|hurting|hits?|hitting|pushed|punched|kicked|slapped|beats?|beaten|bruise[sd]?|"
    r"abus\w+|rap(?:ed|ist)|assault\w*|attacked|threaten\w*|stalk\w*|follows|controls?|locked|knife|stabbed|"
    r"blackmail\w*|groom\w*|kill\w*|suicid\w+|die|dying|crying|ashamed|"
    r"(?:my|her|his) (?:husband|wife|partner|ex|boyfriend|girlfriend|son|daughter|boy|girl)|"
    r"older boys|drugs|gang|he took my|dont know what to do|don't know what to do)\b",
    re.IGNORECASE,
)
ENOUGH_TROUBLE = 3
EMPTY = f"I got an empty message. Please type your question in a few words. {DANGER}"
ONLY_SIGNS = f"I can only read words. Please type your question in a few words. {DANGER}"
TOO_FAST = f"That was a lot of messages at once. Please wait a moment, then send the next one. {DANGER}"


@dataclass(frozen=True)
class Verdict:
    """Either `text` goes on to understanding, or `refusal` is what the person hears."""

    text: str | None = None
    refusal: str | None = None
    reason: str = "passed"


class Guard:
    """One for each server. `allowed` gives the intents that buttons may send."""

    def __init__(self, allowed: Callable[[], Iterable[str]], settings: GuardSettings | None = None) -> None:
        self.allowed = allowed
        self.settings = settings or GuardSettings()
        self.rate = SharedLimit("messages", self.settings.per_minute, self.settings.burst)
        self.turns = SharedTurns(self.settings.waiting)

    async def admit(self, conversation: str, raw: object) -> Verdict:
        """What to do with a message as it came from a channel; never raises for bad input."""
        return self.check(conversation, raw, allowed=await self.rate.allows(conversation))

    def check(self, conversation: str, raw: object, *, allowed: bool | None = None) -> Verdict:
        """The same, with the answer of the limit of pace; without one, this worker's own limit is asked."""
        if not isinstance(raw, str):
            return Verdict(refusal=EMPTY, reason="empty")
        text = plain(raw[:MOST_READ])
        if not text:
            return Verdict(refusal=EMPTY, reason="empty")
        danger = safety_patterns.find(text)
        if allowed is None:
            allowed = self.rate.local.allows(conversation)
        if not allowed and not danger:
            return Verdict(refusal=TOO_FAST, reason="too_fast")
        if payload := payloads.as_payload(text, self.allowed()):
            return Verdict(text=payload)
        if not has_words(text):
            return Verdict(refusal=ONLY_SIGNS, reason="no_words")
        if len(text) > self.settings.longest or len(raw) > MOST_READ:
            if not danger and len(TROUBLE.findall(text)) < ENOUGH_TROUBLE:
                return Verdict(refusal=self._too_long(len(raw)), reason="too_long")
            # masked before it is cut: half of a number would not be known for one
            text = self._around_danger(personal_data.mask(text))
        return Verdict(text=personal_data.mask(payloads.as_text(text)))

    def _too_long(self, length: int) -> str:
        return (
            f"Your message has {length:,} characters, and I can read {self.settings.longest}. "
            f"Please ask it more shortly. {DANGER}"
        )

    def _around_danger(self, text: str) -> str:
        """The stretch of the allowed length that speaks of danger, or most of trouble."""
        size = self.settings.longest
        # stripped, so that a slash behind a space cannot come to stand first
        stretches = [text[start : start + size].strip() for start in range(0, len(text), size // 2)]
        danger = next((s for s in stretches if safety_patterns.find(s)), None)
        return danger or max(stretches, key=lambda stretch: len(TROUBLE.findall(stretch)))
