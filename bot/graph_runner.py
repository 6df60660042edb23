"""Runs the model's graph node after node in one thread.

Rasa hands the graph to Dask, which plans it anew for each of the three runs of a turn and passes every node through a pool's
futures: about a seventh of a turn in a profile.
A trained graph does not change, so its order is found once for each set of targets.
"""

from __future__ import annotations

from graphlib import CycleError, TopologicalSorter
from typing import Any

from rasa.engine.constants import PLACEHOLDER_MESSAGE
from rasa.engine.exceptions import GraphRunError
from rasa.engine.graph import ExecutionContext, GraphNode, GraphSchema
from rasa.engine.graph import GraphNodeHook as Hook
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.engine.runner.interface import GraphRunner
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.safety_intents import SAFETY
from bot.operations import turn
from bot.operations.turn import step

Step = tuple[str, GraphNode, tuple[str, ...]]


class PlainGraphRunner(GraphRunner):
    """`schema`, `nodes`: a loaded graph, as Rasa's own runner holds them."""

    def __init__(self, schema: GraphSchema, nodes: dict[str, GraphNode]) -> None:
        self._schema, self._nodes = schema, nodes
        self._orders: dict[tuple[str, ...], list[Step]] = {}

    @classmethod
    def create(
        cls, graph_schema: GraphSchema, model_storage: ModelStorage, execution_context: ExecutionContext,
        hooks: list[Hook] | None = None,
    ) -> PlainGraphRunner:  # fmt: skip
        return cls.of(DaskGraphRunner.create(graph_schema, model_storage, execution_context, hooks))

    @classmethod
    def of(cls, runner: DaskGraphRunner) -> PlainGraphRunner:
        """The same graph, with the same components."""
        return cls(runner._graph_schema, runner._instantiated_nodes)

    def run(self, inputs: dict[str, Any] | None = None, targets: list[str] | None = None) -> dict[str, Any]:
        """The outputs of the targets, by node. Raises GraphRunError when an input is missing or has a node's name."""
        wanted = tuple(targets or self._schema.target_names)
        steps = self._orders.get(wanted)
        if steps is None:
            steps = self._orders[wanted] = self._order(wanted)
        understands = PLACEHOLDER_MESSAGE in (inputs or {})
        with step("understanding" if understands else "dialogue"):
            made = self._made(steps, dict(inputs or {}))
        if understands:
            turn.understood(*_taken_for(made.get(wanted[0])))
        return {name: made[name] for name in wanted}

    def _made(self, steps: list[Step], made: dict[str, Any]) -> dict[str, Any]:
        if clash := made.keys() & self._nodes.keys():
            raise GraphRunError(f"Inputs may not have the names of nodes: {', '.join(sorted(clash))}.")
        for name, node, needs in steps:
            try:
                made[name] = node(*((need, made[need]) for need in needs))[1]
            except KeyError as error:
                if error.args and error.args[0] in needs and error.args[0] not in made:
                    raise GraphRunError(f"Node {name} was not given {error.args[0]}.") from error
                raise
        return made

    def _order(self, wanted: tuple[str, ...]) -> list[Step]:
        nodes = self._schema.minimal_graph_schema(list(wanted)).nodes
        needs = {name: tuple(node.needs.values()) for name, node in nodes.items()}
        try:
            order = TopologicalSorter(needs).static_order()
            return [(name, self._nodes[name], needs[name]) for name in order if name in needs]
        except CycleError as error:
            raise GraphRunError("The graph has a circle in it.") from error


def _taken_for(messages: Any) -> tuple[str | None, Any]:
    """The intent of a message that was understood, and its sign of danger."""
    if not (isinstance(messages, list) and messages and isinstance(messages[0], Message)):
        return None, None
    return (messages[0].get(INTENT) or {}).get("name"), messages[0].get(SAFETY)
