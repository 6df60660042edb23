"""What each channel shows of the assistant's messages: real ones, and whatever else a message could be."""

from __future__ import annotations

import re
from datetime import date
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.render import NEXT, THERE_IS_MORE, Outgoing, Rendered, render, short_sources
from bot.content import numbers
from bot.content.store import shared
from bot.dialogue import clarify, languages, safety
from bot.dialogue.message import ANSWER, Button, buttons, compose, from_content, source_line
from bot.messaging.capabilities import ALL, MESSENGER, SLACK, SMS, TELEGRAM, WHATSAPP, Capabilities
from bot.messaging.gsm7 import segments, to_alphabet
from bot.support.message import ask_what_helps
from bot.support.request import Request
from tests.unit.support.test_message import NOON, shown
from tests.unit.support.test_selection import REQUESTS

CONTENT, DAY = shared().current(), date(2026, 11, 24)
CALL = "If you are in danger now, call 999."
FORMATTING = (TELEGRAM, WHATSAPP, SLACK)
SOURCE = {"title": "Met Police: crime data", "url": "https://www.met.police.uk/data?a=1&b=2", "as_at": "31 March 2026"}
LONG_SOURCE = {
    "title": "Crime & <safety> " + "in London " * 12,
    "url": f"https://data.london.gov.uk/{'x' * 600}",
    "as_at": "looked at 22 November 2026",
}
CHART = {
    "type": "bar",
    "title": "Burglaries",
    "alt": "Bars, burglaries: Camden 2,346, Barnet 1,999.",
    "source": "Source: Met Police",
}
PICTURE = "/pictures/abc.png"


def in_language(code: str) -> dict[str, Any]:
    return languages.add_to(safety.answer("disclose_harm", CONTENT, {}), {"language": {"code": code}}, CONTENT)


def real_messages() -> list[dict[str, Any]]:
    """Every answer of the content with and without a warning, the safety answers, and those in other languages."""
    made = []
    for name in CONTENT.answers:
        written = CONTENT.answer(name, DAY)
        made += [from_content(name, written, CONTENT.labels, before=before) for before in (None, CALL)]
    made += [
        safety.answer(intent, CONTENT, {})
        for intent in ("emergency", "disclose_harm", "child_at_risk", "wellbeing_crisis")
    ]
    made += [in_language(code) for code in CONTENT.languages]
    made += [m for code in CONTENT.languages if (m := languages.answer({"language": {"code": code}}, CONTENT))]
    made += [clarify.clarify({}, misses, CONTENT) for misses in (0, 1)]
    made.append(ask_what_helps(CONTENT.answer("ask_need", DAY), CONTENT, NOON, Request()))
    return made


REAL = real_messages()
WORDS = st.sampled_from([
    "the Plan", "call 0808 168 9111,", "text 61016.", CALL, "Call 999 now.", "Is it? Yes.", "e.g. St. James", "A & B <b>bold</b>", "*star* _low_ ~no~ `code`",
    "• Galop: call 0800 999 5428, free.", "\n\n", "\n- Item:", "\n> said", "https://www.gov.uk/report?a=1&b=2", "আপনি এখন 999 নম্বরে ফোন করুন।", "如果有危险，请拨打 999。请等",
    "Jeśli", "“Don’t” – she said…", "😀👩‍👩‍👧", "999 burglaries", "see https://a.org/999.", "10.5 per cent at 9 a.m. Then", "a very long sentence that goes on and on and on, and on,",
])  # fmt: skip
TEXT = st.lists(WORDS, min_size=1, max_size=60).map(" ".join).map(str.strip).filter(bool)
TITLES = st.sampled_from(
    [label.button for label in CONTENT.labels.values()]
    + ["A & <B>", "Abuse by a partner or in the family, now or long ago?"]
)


@st.composite
def generated(draw: st.DrawFn) -> dict[str, Any]:
    """A message in the shape that compose gives it."""
    titles = draw(st.lists(TITLES, max_size=14, unique=True))
    parts: dict[str, Any] = {
        "name": "any",
        "sources": draw(st.lists(st.sampled_from([SOURCE, LONG_SOURCE]), max_size=3)),
    }
    if draw(st.booleans()):
        parts["safety"] = True
    if draw(st.booleans()):
        parts |= {"chart": {**CHART, "alt": draw(TEXT)}, "picture": PICTURE}
    offered: list[Button] = [{"title": t, "payload": f"/p{n}"} for n, t in enumerate(titles)]
    before = draw(st.sampled_from([None, CALL]))
    return compose(draw(TEXT), parts, offered, before=before, show_source=draw(st.booleans()))  # type: ignore[arg-type]


TURNS = st.lists(generated(), min_size=1, max_size=3)


def solid(text: str) -> str:
    return "".join(text.split())


def unmarked(text: str, to: Capabilities) -> str:
    """The text without the channel's markup, by a strict parser where there is one."""
    if to is TELEGRAM:
        tree = ElementTree.fromstring(f"<message>{text}</message>")
        assert {e.tag for e in tree.iter()} <= {"message", "b", "a"}
        assert all(set(e.attrib) == ({"href"} if e.tag == "a" else set()) for e in tree.iter())
        return "".join(tree.itertext())
    if to is SLACK:
        text = re.sub(r"<https?://[^|<>\s]+\|([^<>|]*)>", r"\1", text)
        assert not set("<>") & set(text), text
        text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    return text


def unsigned(text: str) -> str:
    """Without what some channels cannot show: signs of formatting and of lists."""
    return re.sub(r"[*_~`>•-]", "", solid(text))


def source_shown(message: dict[str, Any], to: Capabilities) -> list[str]:
    """The ways in which a channel may write the source that a message shows."""
    listed, whole = message[ANSWER].get("sources"), message["text"]
    if not listed or not whole.endswith(source_line(listed)):
        return [""]
    line = source_line(listed)
    return [line.removesuffix(f" {listed[0]['url']}") if to.markup.link else line, *short_sources(listed)]


def text_of(message: dict[str, Any]) -> str:
    line = source_line(message[ANSWER].get("sources") or [])
    return message["text"].removesuffix(line) if line else message["text"]


def choices_of(messages: list[dict[str, Any]]) -> list[str]:
    return [f"{n}. {b['title']}" for n, b in enumerate((b for m in messages for b in m["buttons"]), 1)]


def all_texts(rendered: Rendered) -> list[str]:
    return [outgoing.text for outgoing in rendered.now if not outgoing.picture] + rendered.later


def check_whole(message: dict[str, Any], to: Capabilities) -> None:
    """The answer, its source and its choices, in this order, each once and nothing else."""
    rendered = render([{**message, ANSWER: {k: v for k, v in message[ANSWER].items() if k != "chart"}}], to)
    assert rendered.later == []
    assert all(to.fits(outgoing.text) and outgoing.text.strip() for outgoing in rendered.now)
    told = unsigned("".join(unmarked(outgoing.text, to) for outgoing in rendered.now))
    choices = choices_of([message])
    listed = "".join(["Reply with a number:", *choices]) if "Reply with a number:" in rendered.now[-1].text else ""
    assert told in [unsigned(text_of(message) + source + listed) for source in source_shown(message, to)]
    given_buttons = [b["title"] for outgoing in rendered.now for b in outgoing.buttons]
    assert listed or given_buttons == [b["title"] for b in message["buttons"]]


@pytest.mark.parametrize("to", [TELEGRAM, WHATSAPP, MESSENGER, SLACK], ids=lambda to: to.name)
def test_real_messages_are_told_whole(to: Capabilities) -> None:
    for message in REAL:
        check_whole(message, to)


@pytest.mark.parametrize("to", [TELEGRAM, WHATSAPP, MESSENGER, SLACK], ids=lambda to: to.name)
@settings(max_examples=60)
@given(message=generated())
def test_any_message_is_told_whole(to: Capabilities, message: dict[str, Any]) -> None:
    check_whole(message, to)


def check_sms(messages: list[dict[str, Any]]) -> None:
    rendered = render(messages, SMS)
    texts = all_texts(rendered)
    assert texts and all(segments(text) <= 3 for text in texts), texts
    assert all(to_alphabet(text) == text for text in texts)
    # whoever is told that there is more gets it, and nobody else
    assert all(THERE_IS_MORE in text for text in rendered.later[:-1])
    assert not rendered.later or THERE_IS_MORE not in rendered.later[-1]
    assert any(THERE_IS_MORE in outgoing.text for outgoing in rendered.now) == bool(rendered.later)
    told = "".join(solid(text) for text in texts).replace(solid(THERE_IS_MORE), "")
    for title in choices_of(messages):
        assert told.count(solid(to_alphabet(title))) >= 1, title
    listed = (
        solid(to_alphabet("\n".join(["Reply with a number:", *choices_of(messages)]))) if choices_of(messages) else ""
    )
    told = told.replace(listed, "")
    for message in sorted(messages, key=lambda m: not comes_first(m)):
        ways = (
            [solid(to_alphabet(s)) for s in short_sources(message[ANSWER]["sources"])]
            if source_shown(message, SMS) != [""]
            else [""]
        )
        found = [way for way in ways if way in told]
        assert found, message
        told = told.replace(found[0], "", 1)
    body = "".join(solid(to_alphabet(text_of(m).strip())) for m in sorted(messages, key=lambda m: not comes_first(m)))
    assert sorted(told) == sorted(body)
    if len(messages) == 1:
        assert told == body


def comes_first(message: dict[str, Any]) -> bool:
    return bool(
        message[ANSWER].get("safety")
        or message["text"].removesuffix(source_line(message[ANSWER]["sources"])).strip()
        == f"{CALL}\n\n{message[ANSWER]['text']}"
    )


def test_real_messages_by_sms() -> None:
    for message in REAL:
        check_sms([{**message, ANSWER: {"sources": [], **message[ANSWER]}}])


@settings(max_examples=150)
@given(messages=TURNS)
def test_any_turn_by_sms(messages: list[dict[str, Any]]) -> None:
    check_sms(messages)


@settings(max_examples=100)
@given(request_=REQUESTS)
def test_numbers_of_services_stay_whole_and_can_be_tapped(request_: Request) -> None:
    message = shown(request_)
    inside = [re.sub(r"https?://\S+", "", text_of(message))]
    for to in ALL.values():
        texts = [re.sub(r"https?://\S+|<[^>]*>", "", text) for text in all_texts(render([message], to))]
        count = [
            sorted(re.sub(r"\D", "", n) for t in these for n in numbers.IN_TEXT.findall(t)) for these in (inside, texts)
        ]
        assert count[0] == count[1], to.name
        glued = [
            t[m.start() - 1 : m.end() + 1]
            for t in texts
            for m in numbers.IN_TEXT.finditer(t)
            if re.search(r"[\w*/<=-]$", t[: m.start()])
        ]
        assert not [g for g in glued if not g.startswith("*999")], to.name


@settings(max_examples=100)
@given(messages=TURNS)
def test_every_choice_can_be_reached_whatever_was_said(messages: list[dict[str, Any]]) -> None:
    offered = [b for m in messages for b in m["buttons"]]
    for to in ALL.values():
        rendered = render(messages, to)
        pressed = [b for outgoing in rendered.now for b in outgoing.buttons]
        assert all(len(b["title"]) <= to.title for b in pressed) and len(pressed) <= to.buttons
        assert pressed == [] or [b["payload"] for b in pressed] == [b["payload"] for b in offered]
        by_number = "\n".join(unmarked(text, to) for text in all_texts(rendered))
        for title, number in zip([b["title"] for b in offered], choices_of(messages), strict=True):
            assert number in by_number or title in [b["title"] for b in pressed], (to.name, title)


@settings(max_examples=60)
@given(messages=TURNS)
def test_a_picture_has_its_words(messages: list[dict[str, Any]]) -> None:
    for to in (TELEGRAM, WHATSAPP, MESSENGER, SLACK):
        rendered = render(messages, to)
        pictured = [m[ANSWER]["chart"] for m in messages if m[ANSWER].get("chart")]
        pictures = [outgoing for outgoing in rendered.now if outgoing.picture]
        assert len(pictures) == len(pictured)
        assert all(to.fits_picture(p.alt) and to.fits_picture(unmarked(p.text, to)) for p in pictures)
        words = unsigned("".join(unmarked(o.text, to) for o in rendered.now))
        assert all(unsigned(f"{chart['title']}. {chart['alt']}") in words for chart in pictured), to.name


@settings(max_examples=60)
@given(messages=TURNS, text=st.integers(80, 400), more=st.sampled_from([*FORMATTING, MESSENGER]))
def test_a_channel_with_less_room_still_shows_everything_that_fits(
    messages: list[dict[str, Any]], text: int, more: Capabilities
) -> None:
    small = Capabilities("small", text=text, markup=more.markup, buttons=more.buttons, title=more.title)
    texts = [outgoing.text for outgoing in render(messages, small).now]
    assert all(0 < len(t.encode("utf-16-le")) // 2 <= text for t in texts)


# What a person sees, case by case


def message(text: str, *titles: str, before: str | None = None, listed: Any = (), **parts: Any) -> dict[str, Any]:
    offered: list[Button] = [{"title": t, "payload": f"/{t}"} for t in titles]
    return compose(text, {"name": "a", "sources": list(listed), **parts}, offered, before=before)  # type: ignore[typeddict-item]


def only_text(messages: list[dict[str, Any]], to: Capabilities) -> str:
    (outgoing,) = render(messages, to).now
    return outgoing.text


def test_one_message_with_numbers_where_there_are_no_buttons() -> None:
    told = only_text([message("Yes.", "Report it", "Stop", listed=[SOURCE, SOURCE])], WHATSAPP)
    assert told == (
        "Yes.\n\nSource: Met Police: crime data, 31 March 2026 (and 1 more). https://www.met.police.uk/data?a=1&b=2\n\n"
        "Reply with a number:\n1. Report it\n2. Stop"
    )


def test_titles_too_long_for_messenger_stand_in_the_text_and_short_on_the_buttons() -> None:
    (told,) = render([message("Yes.", "Where figures come from", "Stop")], MESSENGER).now
    assert told.text == "Yes.\n\nReply with a number:\n1. Where figures come from\n2. Stop"
    assert [b["title"] for b in told.buttons] == ["1. Where figures…", "2. Stop"]


def test_more_choices_than_buttons_become_numbers() -> None:
    (told,) = render([message("Yes.", *(f"T{n}" for n in range(13)))], TELEGRAM).now
    assert not told.buttons
    assert told.text.endswith("\n12. T11\n13. T12")


def test_buttons_without_a_text_are_shown() -> None:
    bare = {"text": "", "buttons": buttons(["stop"], CONTENT.labels)}
    assert render([bare], TELEGRAM).now == [Outgoing("What next?", ({"title": "Stop", "payload": "/stop"},))]
    assert only_text([bare], SMS) == "Reply with a number:\n1. Stop"
    assert render([{"text": ""}], TELEGRAM).now == render([{"text": ""}], SMS).now == []


def test_choices_stay_together_in_the_message_after_a_long_text() -> None:
    last = render([message("Word. " * 248, "One thing", "Another thing")], WHATSAPP).now[-1]
    assert last.text == "Reply with a number:\n1. One thing\n2. Another thing"


def test_safety_comes_first_and_numbers_keep_the_order_of_what_was_offered() -> None:
    turn = [message("Figures.", "More"), message("Call 999 now.", "Help", safety=True)]
    assert [o.text for o in render(turn, WHATSAPP).now] == [
        "*Call 999 now.*",
        "Figures.\n\nReply with a number:\n1. More\n2. Help",
    ]
    assert [o.safety for o in render(turn, WHATSAPP).now] == [True, False]


def test_a_warning_brings_its_message_to_the_front() -> None:
    turn = [message("Figures."), message("The Plan.", before=CALL)]
    assert [o.text for o in render(turn, MESSENGER).now] == [f"{CALL}\n\nThe Plan.", "Figures."]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Call 999 now. Then wait.", "<b>Call 999 now.</b> Then wait."),
        (
            "• Emergency: call 999.\n• Galop: call 0800 999 5428, free.",
            "• <b>Emergency: call 999.</b>\n• Galop: call 0800 999 5428, free.",
        ),
        (
            "There were 1,999 or 999,000. See https://a.org/999/x",
            "There were 1,999 or 999,000. See https://a.org/999/x",
        ),
        ("In danger & alone? Call 999 <now>.", "In danger &amp; alone? <b>Call 999 &lt;now&gt;.</b>"),
        ("Call 999.\nCall 999.", "<b>Call 999.</b>\n<b>Call 999.</b>"),
        ("危险请拨打 999。请等", "<b>危险请拨打 999。</b>请等"),
    ],
)
def test_what_to_do_in_danger_stands_out(text: str, expected: str) -> None:
    assert only_text([message(text, safety=True)], TELEGRAM) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Call 999 now. Then wait.", "*Call 999 now.* Then wait."),
        ("- Call *999* now", "• *Call 999 now*"),
        # a mark that is not beside a space would be shown as a star, and would end up in an address
        ("危险请拨打 999。请等", "危险请拨打 999。请等"),
        ("Call 999 or see https://a.org/x", "Call 999 or see https://a.org/x"),
    ],
)
@pytest.mark.parametrize("to", [WHATSAPP, SLACK], ids=lambda to: to.name)
def test_what_to_do_in_danger_stands_out_with_stars(to: Capabilities, text: str, expected: str) -> None:
    assert only_text([message(text, safety=True)], to) == expected


def test_only_the_warning_stands_out_in_an_answer_about_999() -> None:
    told = only_text([message("There were 999 burglaries.", before=CALL)], TELEGRAM)
    assert told == f"<b>{CALL}</b>\n\nThere were 999 burglaries."
    assert "<b>" not in only_text([message("I do not understand. In danger, call 999.")], TELEGRAM)


def test_an_answer_whose_words_stand_in_the_warning_too() -> None:
    assert only_text([message("call 999", before="In danger, call 999.", listed=[SOURCE])], MESSENGER).startswith(
        "In danger, call 999.\n\ncall 999\n\nSource: "
    )


def test_a_title_in_a_source_is_a_link_and_cannot_leave_it() -> None:
    told = {**SOURCE, "title": 'A <b>"title"</b> | & *more*'}
    telegram, slack = (only_text([message("Yes.", listed=[told])], to) for to in (TELEGRAM, SLACK))
    assert telegram.endswith(
        'Source: <a href="https://www.met.police.uk/data?a=1&amp;b=2">A &lt;b&gt;"title"&lt;/b&gt; | &amp; *more*</a>, 31 March 2026.'
    )
    assert slack.endswith(
        'Source: <https://www.met.police.uk/data?a=1&amp;b=2|A &lt;b&gt;"title"&lt;/b&gt; / &amp; more>, 31 March 2026.'
    )


@pytest.mark.parametrize("to", ALL.values(), ids=lambda to: to.name)
def test_a_source_that_is_not_shown_stays_hidden(to: Capabilities) -> None:
    told = compose("Call 999.", {"name": "emergency", "sources": [SOURCE]}, [], show_source=False)  # type: ignore[typeddict-item]
    assert only_text([told], to) == "Call 999."


def test_an_sms_has_the_longest_source_that_fits() -> None:
    first, second, third = short_sources([SOURCE])
    assert only_text([message("Yes.", listed=[SOURCE])], SMS) == f"Yes.\n\n{first}"
    assert first.endswith(" www.met.police.uk/data?a=1&b=2")
    assert only_text([message("Yes.", listed=[LONG_SOURCE])], SMS).endswith(
        " in London in..., looked at 22 November 2026. data.london.gov.uk"
    )
    assert only_text([message("a" * 385, listed=[SOURCE])], SMS).endswith(second)
    assert only_text([message("a" * 405, listed=[SOURCE])], SMS).endswith(third)


def test_the_rest_of_an_sms_comes_on_next_with_the_choices_at_its_end() -> None:
    text = " ".join(f"This is sentence number {n} of a rather long answer." for n in range(1, 16))
    rendered = render([message(text, "Report it", "Stop", listed=[SOURCE])], SMS)
    (first,) = rendered.now
    assert first.text.startswith("This is sentence number 1 of")
    assert f"Reply {NEXT} for the rest.\n\nReply with a number:\n1. Report it\n2. Stop" in first.text
    assert len(rendered.later) == 2
    assert rendered.later[-1].endswith("of a rather long answer.\n\nReply with a number:\n1. Report it\n2. Stop")


def test_a_first_sms_with_room_to_spare_has_the_address_of_its_source() -> None:
    enough = "This first sentence says enough to stand in a message of its own."
    (first,) = render([message(f"{enough} {'And on ' * 70}", listed=[SOURCE])], SMS).now
    assert first.text == f"{enough}\n\n{short_sources([SOURCE])[0]}\n\n{THERE_IS_MORE}"


def test_choices_that_leave_no_room_for_the_answer_come_after_it() -> None:
    titles = [f"A choice with a long title and the number {n}" for n in range(9)]
    rendered = render([message("The answer is given here, and it is told before anything else.", *titles)], SMS)
    (first,) = rendered.now
    assert first.text == f"The answer is given here, and it is told before anything else.\n\n{THERE_IS_MORE}"
    assert "1. A choice" in rendered.later[0] and "9. A choice" in rendered.later[-1]


def test_choices_that_leave_a_few_words_of_the_answer_come_after_it() -> None:
    titles = [f"A choice with a long title and the number {n}" for n in range(8)]
    first = render([message("Few words. " * 10, *titles)], SMS).now[0].text
    assert first.startswith("Few words. Few words. Few words. Few words. Few words. Few words.")
    assert "1. A choice" not in first


def test_choices_that_were_shown_cost_no_message_of_their_own() -> None:
    rest = "This goes on and on, without an end. " * 12
    rendered = render([message(f"{'The first sentence is here. ' * 13}\n\n{rest}", "Report it", "Stop")], SMS)
    assert "2. Stop" in rendered.now[0].text
    assert rendered.later == [rest.strip()]


def test_a_source_longer_than_a_message_is_still_told() -> None:
    small = Capabilities("small", text=40)
    told = [outgoing.text for outgoing in render([message("Yes.", listed=[SOURCE])], small).now]
    assert told == ["Yes.", "Source: www.met.police.uk, 31 March", "2026."]


def test_captions_too_long_are_told_before_the_picture() -> None:
    alt = "Bars: " + ", ".join(f"Borough {n} 1,{n:03}" for n in range(100)) + "."
    *texts, picture = render([message("Text.", "Stop", chart={**CHART, "alt": alt}, picture=PICTURE)], TELEGRAM).now
    assert (picture.text, picture.alt, picture.picture, picture.buttons) == ("Burglaries", "Burglaries", PICTURE, ())
    assert texts[-1].text == f"Burglaries. {alt} Source: Met Police"
    assert texts[-1].buttons


def test_a_caption_is_escaped_and_its_alternative_text_is_not() -> None:
    *_, picture = render(
        [message("Text.", chart={**CHART, "alt": "A & B."}, picture=PICTURE, listed=[SOURCE])], TELEGRAM
    ).now
    assert (picture.text, picture.alt) == ("Burglaries. A &amp; B.", "Burglaries. A & B.")


def test_buttons_that_vanish_stand_below_what_comes_last() -> None:
    turn = [message("Text.", "Stop", chart=CHART, picture=PICTURE)]
    assert [len(o.buttons) for o in render(turn, MESSENGER).now] == [0, 1]
    assert [len(o.buttons) for o in render(turn, TELEGRAM).now] == [1, 0]


def test_an_sms_has_no_picture() -> None:
    assert only_text([message("Text.", chart=CHART, picture=PICTURE)], SMS) == "Text."
