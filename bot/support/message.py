"""Makes the message that shows services for a request; used by the safety answers and by the actions."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.content.schema import Answer
from bot.content.services import Need
from bot.content.store import Content
from bot.dialogue.message import Button, Parts, buttons, compose, sources
from bot.support.request import FIND, Request, gone_on
from bot.support.selection import EMERGENCY, Choice, by_need, choose, with_contact
from bot.support.wording import cards, list_services

IMMIGRATION, DEAF = "migrants", "deaf"
MOST_BUTTONS = 3
ASK_NEED = "ask_need"


def show(
    request: Request,
    choice: Choice,
    written: Answer,
    content: Content,
    now: datetime,
    *,
    name: str,
    safety: bool = False,
) -> dict[str, Any]:
    """The message: the answer's words, what must be said of the choice, the services, and the notes on safety.

    `written`: the answer from content/ that stands above the services; `name`: its name.
    """
    listed = [i for i in choice.services if not (i == EMERGENCY and "999" in written.text)]
    pieces = [
        written.text,
        *_remarks(request, choice, content),
        list_services(listed, content, now, deaf=DEAF in request.audiences or "deaf" in request.ways),
    ]
    today = now.date()
    if choice.need and content.help.needs[choice.need].safe_device:
        pieces.append(content.answer("safe_device", today).text)
    if IMMIGRATION in request.audiences:
        pieces.append(content.answer("immigration_note", today).text)
    origin = [*sources([s for i in listed for s in content.services[i].sources[:1]]), *sources(written.sources)]
    parts: Parts = {
        "name": name,
        "more": written.more,
        "simple": written.simple,
        "sources": [s for n, s in enumerate(origin) if s not in origin[:n]],
        "services": cards(choice.services, content, now),
        "question_asked": _to_go_on(request, choice),
    }
    if safety:
        parts["safety"] = True
    return compose("\n\n".join(p for p in pieces if p), parts, _buttons(choice, written, content))


def show_named(request: Request, written: Answer, content: Content, now: datetime) -> dict[str, Any]:
    """The message for services asked for by name; for a name that is gone, what became of it and who is there instead."""
    old = next((content.old_services[i] for i in request.named if i in content.old_services), None)
    if old is None:
        choice = choose(replace(request, named=tuple(i for i in request.named if i in content.services)), content, now)
        return show(request, choice, written, content, now, name=request.intent)
    ids = with_contact([old.successor], content) if old.successor else list(content.help.default)
    said = written.copy(update={"text": old.said, "sources": old.sources, "more": None, "simple": None})
    return show(request, Choice(ids), said, content, now, name=request.intent)


def _to_go_on(request: Request, choice: Choice) -> dict[str, Any]:
    """The request with what was understood of it and what was shown, for "another one" and "for men"."""
    needs = request.needs or ((choice.need.value,) if choice.need else ())
    shown = tuple(dict.fromkeys([*request.shown, *choice.services]))
    return replace(request, needs=needs, shown=shown).as_dict()


def _remarks(request: Request, choice: Choice, content: Content) -> list[str]:
    remarks = []
    if choice.nothing_fits:
        remarks.append("I know of no service that fits all of that. Victim Support helps with any crime, at any hour.")
    if choice.others:
        first, *rest = by_need([choice.need, *choice.others] if choice.need else choice.others, content)
        remarks.append(
            f"You named more than one thing. I start with {first}; ask me about {' and '.join(rest[:2])} too."
        )
    if choice.no_local and choice.need in LOCAL_MATTERS:
        remarks.append(f"I have no confirmed number for this in {request.boroughs[0]} itself. These cover it too.")
    return remarks


LOCAL_MATTERS = frozenset({Need.CHILD_SAFETY, Need.DOMESTIC_ABUSE})


def _buttons(choice: Choice, written: Answer, content: Content) -> list[Button]:
    """The next steps of the answer; before them the other things that were named."""
    others: list[Button] = [
        {"title": content.help.needs[n].ask or _capital(content.help.needs[n].label), "payload": need_payload(n)}
        for n in choice.others[:2]
    ]
    return [*others, *buttons(written.next, content.labels)][:MOST_BUTTONS]


def need_payload(need: Need) -> str:
    """The payload of a button that asks for help with a need; the guard lets just these through."""
    return f'/find_support{{"support_need": "{need.value}"}}'


def show_again(request: Request, content: Content, now: datetime) -> dict[str, Any]:
    """The services of an earlier request, for whoever told of harm and was not understood after it."""
    again = replace(gone_on(request), named=(), shown=())
    return show(again, choose(again, content, now), content.answer("still_here", now.date()), content, now, name=FIND)


def show_to_anybody(written: Answer, content: Content, now: datetime) -> dict[str, Any]:
    """The services for whoever does not say what help is for."""
    request = Request()
    return show(request, Choice(list(content.help.default)), written, content, now, name=request.intent)


def ask_what_helps(written: Answer, content: Content, now: datetime, request: Request) -> dict[str, Any]:
    """The one question, when nothing is known of what help is for; whoever does not want to say gets Victim Support at once."""
    choices: list[Button] = [
        {"title": spec.ask, "payload": need_payload(need)} for need, spec in content.help.needs.items() if spec.ask
    ]
    shown = content.help.default[:1]
    parts: Parts = {
        "name": ASK_NEED,
        "question": True,
        "sources": sources([content.services[i].sources[0] for i in shown]),
        "services": cards(shown, content, now),
        "question_asked": request.as_dict(),
    }
    return compose(f"{written.text}\n\n{list_services(shown, content, now)}", parts, choices)


def _capital(label: str) -> str:
    return label[:1].upper() + label[1:]
