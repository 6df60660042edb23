"""Turns the assistant's messages into what a channel can show, by what it declares: the one place where that is done.

Choices become buttons, or numbers where there are none or their titles do not fit; long texts are cut at the ends of sentences;
the first source stands below the text; a chart is a picture with its alternative text in words.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

from bot.dialogue.message import ANSWER, Button, source_line
from bot.messaging.capabilities import Capabilities
from bot.messaging.markup import BULLET
from bot.messaging.splitting import fill, pieces, sentences, shortened

REPLY = "Reply with a number:"
CHOOSE = "What next?"
"""Above buttons of a message that has no text of its own."""
NEXT = "NEXT"
THERE_IS_MORE = f"Reply {NEXT} for the rest."
SHORTEST_BODY = 60
"""Characters of an answer below which a first SMS would say too little: its choices then come in the next one."""
# the number to call; not a part of another number, or of a figure
EMERGENCY = re.compile(r"(?<![\d£/-])(?<!\d[ .,])999(?![\d%/-]|[ .,]\d)")
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


@dataclass(frozen=True)
class _Parts:
    """A message, taken apart. `body`: its text without the source below it, and `sources` only when one stood there.

    `urgent`: the sentences of the body that say what to do in danger; `first`: whether it comes before other messages.
    """

    body: str
    sources: Sequence[Mapping[str, str]]
    urgent: frozenset[str]
    first: bool


def render(messages: Sequence[Mapping[str, Any]], to: Capabilities) -> Rendered:
    """The messages of one turn, as Rasa's collector keeps them; what is about safety comes first."""
    # numbers follow the order in which the conversation keeps what was offered, whatever comes first here
    offered: list[Button] = [b for m in messages for b in m.get("buttons") or []]
    choices = "" if _has_room(offered, to) else _numbered(offered)
    parts = [_taken_apart(m) for m in messages]
    order = sorted(range(len(parts)), key=lambda n: not parts[n].first)
    if to.segments is not None:
        return _in_short([parts[n] for n in order], choices, to)
    now: list[Outgoing] = []
    for n in order:
        last = n == order[-1]
        texts = _texts(parts[n], choices if last else "", to)
        now += [Outgoing(text, safety=parts[n].first) for text in texts]
        now += _pictures(messages[n], parts[n], to)
    shown = tuple(_shortened(offered, to)) if offered and len(offered) <= to.buttons else ()
    return Rendered(_with_buttons(now, shown, to) if shown else now, [])


def _taken_apart(message: Mapping[str, Any]) -> _Parts:
    told = message.get(ANSWER) or {}
    body, listed = str(message.get("text") or "").strip(), told.get("sources") or []
    line = source_line(listed).strip()
    if shown := bool(line) and body.endswith(line):
        body = body[: -len(line)].rstrip()
    text = str(told.get("text") or "").strip()
    # from the end: the words of the answer may stand in the line above it too
    above = body[: -len(text)] if text and body.endswith(text) else ""
    safety = bool(told.get("safety"))
    urgent = frozenset(s.strip() for s in sentences(body if safety else above) if EMERGENCY.search(s))
    return _Parts(body, listed if shown else [], urgent, safety or bool(urgent))


def _texts(parts: _Parts, choices: str, to: Capabilities) -> list[str]:
    """The texts of a message in the channel's markup: what it says, then where that is from, then what can be chosen."""
    plain = to.markup.plain
    texts = [_marked(piece, parts.urgent, to) for piece in pieces(parts.body, _fits_as(parts.urgent, to))]
    below = [source for source in _sources(parts.sources, to) if to.fits(source)][:1]
    if parts.sources and not below:
        below = [plain(p) for p in pieces(short_sources(parts.sources)[-1], _fits_as(frozenset(), to))]
    # together if at all possible: a list of choices in two halves is hard to choose from
    below += [plain(p) for p in pieces(choices, _fits_as(frozenset(), to))]
    for block in below:
        if texts and to.fits(whole := _joined(texts[-1], block)):
            texts[-1] = whole
        else:
            texts.append(block)
    return texts


def _fits_as(urgent: frozenset[str], to: Capabilities) -> Any:
    """Whether a plain text fits once it has the channel's markup."""
    return lambda text: to.fits(_marked(text, urgent, to))


def _marked(text: str, urgent: frozenset[str], to: Capabilities) -> str:
    """The text in the channel's markup. What to do in danger stands out, where the channel can show that."""
    plain = to.markup.plain
    if not (urgent and to.markup.strong):
        return plain(text)
    units = sentences(text)
    spaces = [unit[len(unit.rstrip()) :] for unit in units]
    marked = ""
    for n, unit in enumerate(units):
        words = unit.strip()
        glued = not spaces[n] and n + 1 < len(units)
        if words not in urgent or (to.markup.spaced and (glued or "://" in words)):
            marked += plain(unit)
            continue
        written = plain(words)
        sign = BULLET if written.startswith(BULLET) else ""
        marked += f"{sign}{to.markup.strong(written[len(sign) :])}{spaces[n]}"
    return marked


def _sources(listed: Sequence[Mapping[str, str]], to: Capabilities) -> list[str]:
    """Ways to write the first source, the best first; where a title can be a link its address is not shown."""
    if not listed:
        return []
    first, more = listed[0], len(listed) - 1
    plain, others = to.markup.plain, f" (and {more} more)" if more else ""
    shorter = [plain(s) for s in short_sources(listed)]
    if to.markup.link:
        title = to.markup.link(plain(first["title"]), first["url"])
        return [f"Source: {title}, {plain(first['as_at'])}{others}.", *shorter]
    return [plain(source_line([dict(source) for source in listed])), *shorter]


def short_sources(listed: Sequence[Mapping[str, str]]) -> list[str]:
    """Ways to write the first source, from the longest to the shortest; none when there is no source."""
    if not listed:
        return []
    first = listed[0]
    # "www." stays: some sites cannot be reached without it
    address = re.sub(r"^https?://", "", first["url"]).rstrip("/")
    site = urlsplit(first["url"]).hostname or address
    title = shortened(first["title"], lambda text: len(text) <= SHORT_SOURCE)
    return [
        f"Source: {first['title']}, {first['as_at']}. {address}",
        f"Source: {title}, {first['as_at']}. {site}",
        f"Source: {site}, {first['as_at']}.",
    ]


def _in_short(ordered: Sequence[_Parts], choices: str, to: Capabilities) -> Rendered:
    """Each message as one SMS, and what comes when the rest is asked for."""
    now: list[Outgoing] = []
    left: list[str] = []
    choices, shown = to.written(choices), not choices
    for n, parts in enumerate(ordered):
        last = n == len(ordered) - 1
        body, sources = to.written(parts.body), [to.written(s) for s in short_sources(parts.sources)]
        if not (body or sources or (last and choices)):
            continue
        text, rest = _first_sms(body, sources, choices if last else "", to)
        shown = shown or (last and text.endswith(choices))
        now.append(Outgoing(text, safety=parts.first))
        left += rest
    return Rendered(now, _later(left, choices, shown, to))


def _first_sms(body: str, sources: list[str], choices: str, to: Capabilities) -> tuple[str, list[str]]:
    """As much of a message as one SMS holds, and the sentences that are left. Choices that find no room are to come later."""
    for source in sources or [""]:
        if to.fits(whole := _joined(body, source, choices)):
            return whole, []
    units = sentences(body)
    shortest = sources[-1] if sources else ""
    # so many choices, or such a long source, that the answer itself would not be heard: these then come later
    for source, chosen in dict.fromkeys([(shortest, choices), (shortest, ""), ("", "")]):
        below = [THERE_IS_MORE, chosen]
        text, left = fill(units, lambda text: to.fits(_joined(text, source, *below)))  # noqa: B023 - used at once
        if to.fits(_joined(text, source, *below)) and len(text) >= min(SHORTEST_BODY, len(body)):
            break
    if shortest and not source:
        return _joined(text, THERE_IS_MORE), [*left, f"\n\n{shortest}\n\n"]
    longest = next((s for s in sources if to.fits(_joined(text, s, *below))), source)
    return _joined(text, longest, *below), [*left, "\n\n"]


def _later(left: list[str], choices: str, shown: bool, to: Capabilities) -> list[str]:
    """The rest, in pieces; the choices stand below the last one, or come after it when they were not shown yet."""
    made: list[str] = []
    while text := "".join(left).strip():
        # choices that were shown are shown again only where that costs no message
        if fitting := next((t for t in (_joined(text, choices), text if shown else "") if t and to.fits(t)), ""):
            made.append(fitting)
            break
        piece, left = fill(left, lambda text: to.fits(_joined(text, THERE_IS_MORE)))
        made += [piece] if piece else []
    else:
        made += [] if shown else pieces(choices, lambda text: to.fits(_joined(text, THERE_IS_MORE)))
    return [*(_joined(piece, THERE_IS_MORE) for piece in made[:-1]), *made[-1:]]


def _joined(*parts: str) -> str:
    return "\n\n".join(part for part in parts if part)


def _with_buttons(now: list[Outgoing], shown: tuple[Button, ...], to: Capabilities) -> list[Outgoing]:
    """The buttons below the last text; where they vanish with the next message, below whatever comes last."""
    fitting = [n for n, outgoing in enumerate(now) if to.buttons_vanish or not outgoing.picture]
    if not fitting:
        return [*now, Outgoing(CHOOSE, shown)]
    return [replace(outgoing, buttons=shown) if n == fitting[-1] else outgoing for n, outgoing in enumerate(now)]


def _has_room(offered: Sequence[Button], to: Capabilities) -> bool:
    """Whether all choices are readable as buttons alone."""
    return len(offered) <= to.buttons and all(len(b["title"]) <= to.title for b in offered)


def _numbered(offered: Sequence[Button]) -> str:
    return "\n".join([REPLY, *(f"{n}. {b['title']}" for n, b in enumerate(offered, 1))])


def _shortened(offered: Sequence[Button], to: Capabilities) -> list[Button]:
    """Titles that fit; when one does not, all get the number that the text gives them."""
    if _has_room(offered, to):
        return list(offered)
    titles = [shortened(f"{n}. {b['title']}", lambda text: len(text) <= to.title) for n, b in enumerate(offered, 1)]
    return [{"title": title, "payload": b["payload"]} for title, b in zip(titles, offered, strict=True)]


def _pictures(message: Mapping[str, Any], parts: _Parts, to: Capabilities) -> list[Outgoing]:
    """The chart of an answer with its alternative text; words that are too long to go with it come first."""
    told = message.get(ANSWER) or {}
    chart, path = told.get("chart"), told.get("picture")
    if not (to.pictures and chart and path):
        return []
    # the source is told once, and painted in the picture besides
    source = "" if parts.sources else str(chart.get("source") or "")
    words = f"{chart['title']}. {chart['alt']} {source}".strip()
    plain = to.markup.plain
    if to.fits_picture(words):
        return [Outgoing(plain(words), (), path, words)]
    before = [Outgoing(plain(piece)) for piece in pieces(words, _fits_as(frozenset(), to))]
    title = shortened(str(chart["title"]), to.fits_picture)
    return [*before, Outgoing(plain(title), (), path, title)]
