"""Turns the assistant's messages into what a channel can show, by what it declares: the one place where that is done.

Choices become buttons, or numbers where there are none or their titles do not fit; long texts are cut at the ends of sentences;
the first source stands below the text; a chart is a picture with its alternative text in words.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from bot.dialogue.message import ANSWER, Button
from bot.messaging.capabilities import Capabilities
from bot.messaging.splitting import fill, pieces, sentences

REPLY = "Reply with a number:"
NEXT = "NEXT"
THERE_IS_MORE = f"Reply {NEXT} for the rest."
SHORTEST_BODY = 60
"""Characters of an answer below which a first SMS would say too little: its choices then come in the next one."""
DANGER = re.compile(r"[^.!?\n]*\b999\b[^.!?\n]*[.!?]?")
SHORT_SOURCE = 70


@dataclass(frozen=True)
class Outgoing:
    """One message of a channel. `text` has the channel's markup; `picture`: an address below the server's own."""

    text: str
    buttons: tuple[Button, ...] = ()
    picture: str | None = None
    alt: str = ""
    safety: bool = False


@dataclass(frozen=True)
class Rendered:
    """`now`: what is sent; `later`: what follows when the person asks for the rest, a piece at a time."""

    now: list[Outgoing]
    later: list[str]


def render(messages: Sequence[Mapping[str, Any]], to: Capabilities) -> Rendered:
    """The messages of one turn, as Rasa's collector keeps them; what is about safety comes first."""
    ordered = sorted(messages, key=lambda m: not (m.get(ANSWER) or {}).get("safety"))
    offered: list[Button] = [b for m in ordered for b in m.get("buttons") or []]
    numbered = bool(offered) and not _has_room(offered, to)
    shown = tuple(_shortened(offered, to)) if to.buttons and len(offered) <= to.buttons else ()
    choices = _numbered(offered) if numbered else ""
    now: list[Outgoing] = []
    later: list[str] = []
    for position, message in enumerate(ordered):
        last = position == len(ordered) - 1
        texts, rest = _texts(message, choices if last else "", to)
        safety = bool((message.get(ANSWER) or {}).get("safety"))
        now += [Outgoing(text, safety=safety) for text in texts]
        later += rest
        if last and shown and now:
            now[-1] = Outgoing(now[-1].text, shown, safety=safety)
        if to.pictures and (picture := _picture(message, to)):
            now.append(
                Outgoing(picture.text, shown if last and to.buttons_vanish else (), picture.picture, picture.alt)
            )
    return Rendered(now, later)


def _texts(message: Mapping[str, Any], choices: str, to: Capabilities) -> tuple[list[str], list[str]]:
    told = message.get(ANSWER) or {}
    body, has_source = _body(message)
    listed = (told.get("sources") or []) if has_source else []
    if to.segments is not None:
        return _short_messages(
            to.written(body), [to.written(s) for s in short_sources(listed)], to.written(choices), to
        )
    source = _source(listed, to)
    marked = to.markup.plain
    safety = bool(told.get("safety") or message_warns(message))
    cut = pieces("\n\n".join(p for p in (body, choices) if p), lambda text: to.fits(_strong(marked(text), to, safety)))
    texts = [_strong(marked(piece), to, safety) for piece in cut]
    if choices and source and texts[-1].endswith(marked(choices)):
        # the source belongs to the answer, so it stands above the choices
        above = texts[-1][: -len(marked(choices))].rstrip()
        whole = "\n\n".join(p for p in (above, source, marked(choices)) if p)
        return ([*texts[:-1], whole] if to.fits(whole) else [*texts, source]), []
    if source:
        whole = f"{texts[-1]}\n\n{source}" if texts else source
        return ([*texts[:-1], whole] if to.fits(whole) else [*texts, source]), []
    return texts, []


def message_warns(message: Mapping[str, Any]) -> bool:
    """Whether a line of safety stands above the text."""
    text = str((message.get(ANSWER) or {}).get("text") or "")
    return bool(text) and not str(message.get("text") or "").startswith(text)


def _body(message: Mapping[str, Any]) -> tuple[str, bool]:
    """The text with a line of safety above it and without the source below it; and whether there was a source below."""
    whole = str(message.get("text") or "")
    text = str((message.get(ANSWER) or {}).get("text") or whole)
    above, found, below = whole.partition(text) if text else ("", "", "")
    if not found:
        return whole.strip(), False
    return f"{above}{text}".strip(), below.strip().startswith("Source:")


def _source(listed: Sequence[Mapping[str, str]], to: Capabilities) -> str:
    """The first source; where a title can be a link its address is not shown."""
    if not listed:
        return ""
    first, more = listed[0], len(listed) - 1
    plain, others = to.markup.plain, f" (and {more} more)" if more else ""
    if to.markup.link:
        title = to.markup.link(plain(first["title"]), first["url"])
        return f"Source: {title}, {plain(first['as_at'])}{others}."
    return f"Source: {plain(first['title'])}, {plain(first['as_at'])}{others}. {first['url']}"


def short_sources(listed: Sequence[Mapping[str, str]]) -> list[str]:
    """Ways to write the first source, from the longest to the shortest; none when there is no source."""
    if not listed:
        return []
    first = listed[0]
    address = re.sub(r"^https?://(?:www\.)?", "", first["url"]).rstrip("/")
    site = (urlsplit(first["url"]).hostname or "").removeprefix("www.")
    title = (
        first["title"]
        if len(first["title"]) <= SHORT_SOURCE
        else f"{first['title'][:SHORT_SOURCE].rsplit(' ', 1)[0]}..."
    )
    return [
        f"Source: {first['title']}, {first['as_at']}. {address}",
        f"Source: {title}, {first['as_at']} ({site}).",
        f"Source: {site}, {first['as_at']}.",
    ]


def _short_messages(body: str, sources: list[str], choices: str, to: Capabilities) -> tuple[list[str], list[str]]:
    """An answer as one SMS, and what comes when the rest is asked for."""
    for source in sources or [""]:
        whole = _joined(body, source, choices)
        if to.fits(whole):
            return [whole], []
    source = sources[-1] if sources else ""
    units = sentences(body)
    first, left = fill(units, lambda text: to.fits(_joined(text, source, THERE_IS_MORE, choices)))
    if left and len(first) >= min(SHORTEST_BODY, len(body)):
        return [_joined(first, source, THERE_IS_MORE, choices)], _later(left, choices, to)
    # so many choices that the answer itself would not be heard
    first, left = fill(units, lambda text: to.fits(_joined(text, source, THERE_IS_MORE)))
    return [_joined(first, source, THERE_IS_MORE)], _later(left, choices, to)


def _later(left: list[str], choices: str, to: Capabilities) -> list[str]:
    """The rest, in pieces; the choices stand below the last one, or come after it."""
    made: list[str] = []
    while left:
        piece, after = fill(left, lambda text: to.fits(_joined(text, choices)))
        if not after and piece:
            return [*made, _joined(piece, choices)]
        piece, left = fill(left, lambda text: to.fits(_joined(text, THERE_IS_MORE)))
        made.append(_joined(piece, THERE_IS_MORE))
    return [*made, *(pieces(choices, to.fits) if choices else [])]


def _joined(*parts: str) -> str:
    return "\n\n".join(part for part in parts if part)


def _has_room(offered: Sequence[Button], to: Capabilities) -> bool:
    """Whether all choices are readable as buttons alone."""
    return len(offered) <= to.buttons and all(len(b["title"]) <= to.title for b in offered)


def _numbered(offered: Sequence[Button]) -> str:
    return "\n".join([REPLY, *(f"{n}. {b['title']}" for n, b in enumerate(offered, 1))])


def _shortened(offered: Sequence[Button], to: Capabilities) -> list[Button]:
    """Titles that fit; when one does not, all get the number that the text gives them."""
    if _has_room(offered, to):
        return list(offered)
    return [{"title": _cut(f"{n}. {b['title']}", to.title), "payload": b["payload"]} for n, b in enumerate(offered, 1)]


def _cut(title: str, most: int) -> str:
    if len(title) <= most:
        return title
    whole_words = title[: most - 1].rsplit(" ", 1)[0]
    return f"{whole_words if len(whole_words) > most // 2 else title[: most - 1]}…"


def _strong(text: str, to: Capabilities, safety: bool) -> str:
    """What to do in danger stands out, where the channel can show that."""
    strong = to.markup.strong
    if not (safety and strong):
        return text
    return DANGER.sub(lambda m: _around(m.group(), strong), text)


def _around(sentence: str, strong: Any) -> str:
    """The mark goes close around the words: beside a space it would be shown as a star."""
    words = sentence.strip()
    # a link or a list's sign inside would break the mark
    if not words or "<" in words or "://" in words:
        return sentence
    sign = "• " if words.startswith("• ") else ""
    return sentence.replace(words, f"{sign}{strong(words[len(sign) :])}", 1)


def _picture(message: Mapping[str, Any], to: Capabilities) -> Outgoing | None:
    """The chart of an answer; its alternative text is the caption, or the words that go with it."""
    told = message.get(ANSWER) or {}
    chart, path = told.get("chart"), told.get("picture")
    if not (chart and path):
        return None
    words = f"{chart['title']}. {chart['alt']}"
    caption = f"{words} {chart.get('source') or ''}".strip()
    written = caption if len(caption) <= to.caption else _cut(words, to.caption)
    return Outgoing(to.markup.plain(written), (), path, written)
