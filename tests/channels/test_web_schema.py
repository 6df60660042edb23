"""What the OpenAPI description allows, and more, is asked of a running server: it keeps to its own description."""

from __future__ import annotations

import asyncio
import json
import threading
from collections import Counter
from collections.abc import Iterator
from typing import Any

import httpx
import jsonschema_rs
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi import checks

from bot.web import openapi
from tests.channels.serving import app_of, ids_of, served

EXAMPLES = settings(
    max_examples=30, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)  # fmt: skip
CHECKS = (
    not_a_server_error, checks.status_code_conformance, checks.content_type_conformance, checks.response_schema_conformance,
    checks.negative_data_rejection, checks.positive_data_acceptance, checks.unsupported_method,
)  # fmt: skip
UNKNOWN = schemathesis.openapi.from_dict(openapi.describe(), config=SchemathesisConfig(seed=1))
KNOWN = schemathesis.openapi.from_dict(openapi.describe(), config=SchemathesisConfig(seed=2))


@KNOWN.hook
def map_body(_: schemathesis.HookContext, body: Any) -> Any:
    """Where an id may stand, one that opens a new conversation, and an answer of it; what else is wrong stays wrong."""
    if not isinstance(body, dict) or not _of_length(body.get("conversation"), 1, 160):
        return body
    token, opened = ids_of().issue()
    if _of_length(body.get("answer"), 3, 200):
        body = {**body, "answer": ids_of().sign_answer(opened.sender, "greet", 1.0)}
    return {**body, "conversation": token}


def _of_length(value: Any, least: int, most: int) -> bool:
    return isinstance(value, str) and least <= len(value) <= most


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where a server listens that runs in a thread of its own."""
    found: list[str] = []
    ready, over = threading.Event(), threading.Event()

    async def serve() -> None:
        async with served(app_of(tmp_path_factory.mktemp("described"))) as asker:
            found.append(f"http://127.0.0.1:{asker.port}")
            ready.set()
            await asyncio.to_thread(over.wait)

    thread = threading.Thread(target=lambda: asyncio.run(serve()), daemon=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sanic.Sanic.test_mode", True)
        thread.start()
        assert ready.wait(30)
        yield found[0]
        over.set()
        thread.join(10)


@pytest.fixture(scope="module")
def client(address: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=f"{address}/chat", trust_env=False, timeout=20) as opened:
        yield opened


seen: Counter[tuple[str, int]] = Counter()


def asked(case: schemathesis.Case, address: str) -> None:
    answer = case.call_and_validate(base_url=address, checks=list(CHECKS))
    seen[case.path, answer.status_code] += 1


@UNKNOWN.parametrize()
@EXAMPLES
def test_ids_that_nobody_gave_out(case: schemathesis.Case, address: str) -> None:
    asked(case, address)


@KNOWN.parametrize()
@EXAMPLES
def test_ids_that_are_good(case: schemathesis.Case, address: str) -> None:
    asked(case, address)


def test_the_examples_came_as_far_as_answers() -> None:
    """Examples that are all refused would prove little."""
    if not seen:
        pytest.skip("no example was asked")
    for name, good in (("conversations", 201), ("messages", 200), ("history", 200), ("end", 204), ("feedback", 204)):
        path = f"/chat/{name}"
        assert seen[path, good] >= 3, "\n".join(map(str, sorted(seen.items())))
        assert seen[path, 400] >= 10
        assert seen[path, 405]
        assert seen[path, 401] or name == "conversations"
    assert not [status for _, status in seen if status >= 500]


def as_described(name: str, answer: httpx.Response, status: int) -> Any:
    """The document in an answer, which is what the description calls by that name."""
    assert answer.status_code == status
    document = {"$ref": f"#/components/schemas/{name}", "components": openapi.describe()["components"]}
    jsonschema_rs.validator_for(document).validate(answer.json())
    return answer.json()


def test_a_whole_conversation_is_as_described(client: httpx.Client) -> None:
    mine = {"conversation": as_described("Begun", client.post("/conversations"), 201)["conversation"]}
    for text in ("hello", "   ", "/ask_plan_overview", "hi \x00\u202e<b>", "x" * 2_000):
        answered = as_described("Answer", client.post("/messages", json={**mine, "message": text}), 200)
    told = {**mine, "answer": answered["id"], "helpful": True, "comment": None}
    assert client.post("/feedback", json=told).status_code == 204
    history = as_described("History", client.post("/history", json=mine), 200)
    assert [line["by"] for line in history["said"]] == ["person", "assistant"] * 3
    assert client.post("/end", json=mine).status_code == 204
    for name, more in (("messages", {"message": "hello"}), ("history", {}), ("end", {})):
        as_described("Problem", client.post(f"/{name}", json={**mine, **more}), 410)


WHATEVER = st.text(st.characters() | st.characters(categories=["Cs", "Cc", "Cf"]), max_size=40)


@EXAMPLES
@given(text=WHATEVER, answer=WHATEVER, comment=WHATEVER)
def test_whatever_is_typed_is_answered(client: httpx.Client, text: str, answer: str, comment: str) -> None:
    token, opened = ids_of().issue()
    given_out = ids_of().sign_answer(opened.sender, "greet", 1.0)
    opinion = {"conversation": token, "helpful": True}

    def post(name: str, body: dict[str, Any]) -> httpx.Response:
        return client.post(f"/{name}", content=json.dumps(body).encode())

    as_described("Answer", post("messages", {"conversation": token, "message": text}), 200)
    assert post("feedback", {**opinion, "answer": answer}).status_code in (400, 401)
    assert post("feedback", {**opinion, "answer": given_out, "comment": comment}).status_code == 204
    as_described("History", post("history", {"conversation": token}), 200)
    assert post("end", {"conversation": token + text}).status_code in (204, 400, 401)
