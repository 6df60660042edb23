"""What must hold on every messaging channel alike: who is answered, how often, what is refused, what is kept."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.channels.conversation import ERASING, SORRY
from bot.channels.messaging import _Off
from bot.channels.registry import MESSAGING, secrets
from bot.content.store import shared
from bot.dialogue.message import ANSWER
from bot.errors import SetupError
from bot.guard.gate import EMPTY, ONLY_SIGNS
from tests.channels.platforms import PLATFORMS
from tests.channels.platforms.platform import Platform, numbered
from tests.channels.serving import HELLO, is_problem
from tests.channels.talking import Talk, talking

SECOND = {**HELLO, "text": "Second.", "buttons": [], ANSWER: {"name": "x", "text": "Second."}}
NOTICE = "kept for up to 30 days"
KINDS = pytest.mark.parametrize("kind", PLATFORMS, ids=lambda kind: kind.channel.name())


@pytest.fixture(params=PLATFORMS, ids=lambda kind: kind.channel.name())
async def talk(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Talk]:
    async with talking(request.param, tmp_path, monkeypatch) as opened:
        yield opened


async def test_what_is_said_is_answered(talk: Talk) -> None:
    seen = await talk.say("hello there")
    assert talk.agent.heard == ["hello there"]
    assert seen[0].text.startswith("Hello.")
    assert any(NOTICE in s.text for s in seen), "the first contact hears what is kept"
    seen = await talk.say("hello again")
    assert not any(NOTICE in s.text for s in seen)
    assert not talk.platform.seen[talk.platform.another]


async def test_two_people_have_two_conversations(talk: Talk) -> None:
    await asyncio.gather(talk.say("one of us"), talk.say("the other", talk.platform.another))
    assert sorted(talk.agent.heard) == ["one of us", "the other"]
    assert talk.platform.seen[talk.platform.person] and talk.platform.seen[talk.platform.another]


async def test_a_choice_is_made_by_button_number_or_title(talk: Talk) -> None:
    seen = await talk.say("hello there")
    keys = next((s.buttons for s in seen if s.buttons), {})
    if keys:
        await talk.answers(talk.platform.press(talk.platform.person, next(iter(keys.values()))))
        assert talk.agent.heard[-1] == "/ask_plan_overview"
    else:
        assert numbered(seen[0].text) == {"About the Plan": "1"}
    for typed in ("1", "the first one", "about the plan", "abuot the plan"):
        await talk.say(typed)
        assert talk.agent.heard[-1] == "/ask_plan_overview", typed
    talk.agent.says = [SECOND]
    await talk.say("something else")
    await talk.say("1")
    assert talk.agent.heard[-1] == "1", "the question is not the last one any more"


async def test_a_payload_that_is_typed_is_only_text(talk: Talk) -> None:
    await talk.say('/restart{"area": "Camden"}')
    assert not talk.agent.heard[-1].startswith("/")


# ------------------------------------------------------------------- forged, unsigned, replayed


async def test_what_is_not_signed_is_refused(talk: Talk) -> None:
    webhook = talk.platform.unsigned(talk.platform.text(talk.platform.person, "hello there"))
    is_problem(await talk.post(webhook), 403, "hello there")
    await talk.quiet()
    assert (talk.agent.heard, talk.platform.calls) == ([], [])


async def test_what_is_forged_is_refused(talk: Talk) -> None:
    webhook = talk.platform.text(talk.platform.person, "hello there")
    for forged in talk.platform.forged(webhook):
        is_problem(await talk.post(forged), 403, "hello there")
    await talk.quiet()
    assert (talk.agent.heard, talk.platform.calls) == ([], [])
    assert await talk.answers(webhook), "the genuine one still is answered"


async def test_the_same_delivery_is_answered_once(talk: Talk) -> None:
    webhook = talk.platform.text(talk.platform.person, "hello there")
    answers = await asyncio.gather(*(talk.post(webhook) for _ in range(5)))
    await talk.quiet()
    assert (await talk.post(webhook)).status_code == 200
    await talk.quiet()
    assert {answer.status_code for answer in answers} == {200}
    assert talk.agent.heard == ["hello there"]
    assert len([s for s in talk.platform.seen[talk.platform.person] if s.text.startswith("Hello.")]) == 1
    assert await talk.say("hello there"), "the same words in a new message are another message"


@KINDS
async def test_a_delivery_is_remembered_beyond_a_restart(
    kind: type[Platform], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with talking(kind, tmp_path, monkeypatch) as before:
        webhook = before.platform.text(before.platform.person, "hello there")
        assert await before.answers(webhook)
    async with talking(kind, tmp_path, monkeypatch) as after:
        assert (await after.post(webhook)).status_code == 200
        await after.quiet()
        assert after.agent.heard == []


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"null", b'"x"', b"\xff\xfe", b"a=1", b"[" * 5_000, b'{"a":' * 3_000]
)
async def test_a_genuine_request_that_is_no_message_harms_nobody(talk: Talk, body: bytes) -> None:
    answer = await talk.post(talk.platform.signed(body, {}))
    assert answer.status_code in (200, 400, 403), answer.text
    await talk.quiet()
    assert talk.agent.heard == []
    assert await talk.say("hello there")


async def test_a_body_that_is_too_large_is_refused(talk: Talk) -> None:
    is_problem(await talk.post(talk.platform.signed(b"x" * (talk.channel.largest_body + 1), {})), 413)


async def test_other_methods_lead_nowhere(talk: Talk) -> None:
    for method in ("PUT", "DELETE", "PATCH"):
        assert (await talk.client.request(method, talk.platform.path)).status_code == 405
    assert (await talk.client.get(f"/webhooks/{talk.platform.name}/")).status_code == 404


# ------------------------------------------------------------------- what people send that is no question


async def test_an_empty_text_hears_what_to_do(talk: Talk) -> None:
    if talk.platform.name in ("telegram", "messenger", "slack"):
        pytest.skip("this platform has no message without content")
    assert EMPTY in (await talk.say("   "))[0].text
    assert EMPTY in (await talk.say("", talk.platform.another))[0].text
    assert talk.agent.heard == []


async def test_signs_alone_hear_what_to_do_once(talk: Talk) -> None:
    assert [s.text for s in await talk.say("\U0001f44d\U0001f44d")] == [ONLY_SIGNS]
    assert await talk.say("\U0001f620") == [], "said once; a reaction a second needs no reaction"
    assert talk.agent.heard == []


async def test_twenty_fragments_in_a_second_get_few_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for kind in PLATFORMS:
        async with talking(kind, tmp_path, monkeypatch, fragments="0.2", limits=True) as talk:
            for n in range(20):
                assert (await talk.post(talk.platform.text(talk.platform.person, f"word{n}"))).status_code == 200
            await talk.quiet()
            assert 2 <= len(talk.agent.heard) <= 5, talk.agent.heard
            assert " ".join(talk.agent.heard).split() == [f"word{n}" for n in range(20)], "nothing is lost"


async def test_harm_told_in_fragments_is_understood_as_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for kind in PLATFORMS:
        async with talking(kind, tmp_path, monkeypatch, fragments="0.5", limits=True) as talk:
            for fragment in ("hi", "he is", "hitting", "me"):
                await talk.post(talk.platform.text(talk.platform.person, fragment))
            await talk.quiet()
            assert talk.agent.heard == ["hi", "he is hitting me"]


# ------------------------------------------------------------------- the platform has a bad day


@pytest.mark.parametrize("mood", ["busy", "down", "broken", "html"])
async def test_a_platform_that_fails_for_a_moment_gets_the_answer_all_the_same(talk: Talk, mood: str) -> None:
    talk.platform.mood, talk.platform.moody_calls = mood, 2
    if mood == "busy":
        talk.platform.moody_calls = 1
    seen = await talk.say("hello there")
    assert len([s for s in seen if s.text.startswith("Hello.")]) == 1
    assert talk.agent.heard == ["hello there"]


async def test_a_slow_platform_delays_only_itself(talk: Talk) -> None:
    talk.platform.mood, talk.platform.moody_calls = "slow", 1
    answered = await asyncio.wait_for(talk.post(talk.platform.text(talk.platform.person, "hello there")), 0.3)
    assert answered.status_code == 200, "the platform hears at once that its message came"
    await talk.quiet()
    assert talk.platform.seen[talk.platform.person]


async def test_what_could_not_be_sent_is_sent_later_once_and_in_order(talk: Talk) -> None:
    talk.platform.mood = "down"
    assert await talk.say("hello there") == []
    talk.agent.says = [SECOND]
    assert await talk.say("and another thing") == []
    talk.platform.mood = "well"
    desk = talk.channel.desk
    assert desk
    with desk.records._engine.begin() as connection:
        connection.execute(sa.text("UPDATE channel_outbox SET due = 0"))
    for _ in range(3):
        await desk.empty_outbox()
    texts = [s.text.splitlines()[0] for s in talk.platform.seen[talk.platform.person]]
    assert [t for t in texts if t in ("Hello.", "Second.")] == ["Hello.", "Second."]


async def test_a_failure_behind_the_channel_is_an_apology(talk: Talk) -> None:
    talk.agent.error = RuntimeError("no such table")
    seen = await talk.say("hello there")
    assert SORRY in seen[0].text
    assert "table" not in seen[0].text


# ------------------------------------------------------------------- privacy


def _everything(talk: Talk) -> str:
    """All that is kept, as one text."""
    with talk.agent.tracker_store.engine.connect() as connection:
        tables = [row[0] for row in connection.execute(sa.text("SELECT name FROM sqlite_master WHERE type = 'table'"))]
        return json.dumps(
            [[str(v) for v in row] for t in tables for row in connection.execute(sa.text(f"SELECT * FROM {t}"))]
        )


async def test_nothing_that_is_kept_tells_who_it_was(talk: Talk, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        await talk.say("my number is 07700 900999, hello there")
        talk.platform.mood = "down"
        await talk.say("hello again")
    kept = _everything(talk)
    person = talk.platform.person
    for told in (person, person.removeprefix("+"), person[-6:], "Samantha-Quill", "samsecret", "900999"):
        assert told not in kept, told
        assert told not in caplog.text, told
    for secret in secrets():
        assert secret not in caplog.text
    assert "hello there" in kept, "else this test would see nothing"


async def test_delete_my_data_deletes_it(talk: Talk) -> None:
    await talk.say("remember the elephants")
    assert "elephants" in _everything(talk)
    gone = {
        "text": "It is gone.",
        "buttons": [{"title": "Start again", "payload": "/start_over"}],
        ANSWER: {"name": ERASING, "text": "It is gone."},
    }
    talk.agent.says = [gone]
    seen = await talk.say("delete my data")
    assert seen[0].text.startswith("It is gone.")
    assert "elephants" not in _everything(talk)
    assert not numbered(seen[0].text), "a number would choose from what is gone"


# ------------------------------------------------------------------- on and off


@KINDS
async def test_without_its_secrets_a_channel_is_off(kind: type[Platform], monkeypatch: pytest.MonkeyPatch) -> None:
    whole = kind().environment() | {kind.url_variable: "https://api.example.org"}
    for missing in [None, *kind.variables, "PLAN_PUBLIC_URL"]:
        for name, value in whole.items():
            monkeypatch.setenv(name, value)
        if missing:
            monkeypatch.delenv(missing)
        channel = kind.channel.from_credentials(None)
        assert isinstance(channel, _Off) == bool(missing), missing
        if missing:
            assert not channel.blueprint(lambda message: None).routes  # type: ignore[arg-type,return-value]


def test_secrets_in_the_file_are_refused() -> None:
    for channel in MESSAGING:
        with pytest.raises(SetupError, match="credentials.yml holds no secrets"):
            channel.from_credentials({"access_token": "x"})


def test_the_file_names_every_channel() -> None:
    from bot.paths import ROOT

    text = (ROOT / "credentials.yml").read_text()
    for channel in MESSAGING:
        assert f"{channel.__module__}.{channel.__name__}:" in text


def test_the_notice_is_short_enough_for_one_text_message() -> None:
    from datetime import date

    from bot.messaging.gsm7 import segments

    assert segments(shared().current().answer("chat_notice", date(2026, 11, 28)).text) <= 3
