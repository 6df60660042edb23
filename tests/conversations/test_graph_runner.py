"""The model's graph gives the same without Dask as with it."""

from __future__ import annotations

from typing import Any

import pytest
from rasa.core.channels.channel import UserMessage
from rasa.engine.exceptions import GraphRunError
from rasa.engine.runner.dask import DaskGraphRunner

from bot.graph_runner import PlainGraphRunner
from tests.assistant import Assistant


def parsed(runner: Any, text: str) -> dict[str, Any]:
    message = UserMessage(text)
    outputs = runner.run(inputs={"__message__": [message], "__tracker__": None}, targets=["run_RegexMessageHandler"])
    return outputs["run_RegexMessageHandler"][0].as_dict()


@pytest.mark.parametrize("text", ["how many burglaries in camden", "he is hitting me", "/ask_mopac", "qwertz"])
def test_the_same_is_understood(assistant: Assistant, text: str) -> None:
    plain = assistant.agent.processor.graph_runner
    assert isinstance(plain, PlainGraphRunner)
    dask = DaskGraphRunner.__new__(DaskGraphRunner)
    dask._graph_schema, dask._instantiated_nodes, dask._execution_context = plain._schema, plain._nodes, None
    one, other = parsed(plain, text), parsed(dask, text)
    assert one["intent"] == other["intent"]
    assert one.get("entities") == other.get("entities")


def test_a_missing_input_is_named(assistant: Assistant) -> None:
    with pytest.raises(GraphRunError, match="was not given"):
        assistant.agent.processor.graph_runner.run(inputs={}, targets=["run_RegexMessageHandler"])


def test_an_input_may_not_be_called_like_a_node(assistant: Assistant) -> None:
    with pytest.raises(GraphRunError, match="may not have the names"):
        assistant.agent.processor.graph_runner.run(inputs={"run_RegexMessageHandler": 1})
