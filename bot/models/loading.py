"""Loads a checked model: with the language package that belongs to it, and its graph run by our own runner."""

from __future__ import annotations

import logging
import tempfile
from pathlib import Path
from typing import Any

from rasa.core.agent import Agent
from rasa.core.channels.channel import UserMessage
from rasa.core.processor import MessageProcessor
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.runner.interface import GraphRunner
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.storage import ModelMetadata
from rasa.nlu.utils.spacy_utils import SpacyNLP
from rasa.shared.core.trackers import DialogueStateTracker

from bot.dialogue import still_in_danger
from bot.graph_runner import PlainGraphRunner
from bot.lean.language import load_once
from bot.models import checking
from bot.models.manifest import language_of
from bot.nlu.safety_intents import SAFETY
from bot.operations import turn
from bot.tracker_store import seconds_since_saved

log = logging.getLogger(__name__)


class CheckedProcessor(MessageProcessor):
    """Rasa's processor, which loads no model that was not checked, and ends no session because a clock was put forward.

    What a message means depends on one thing that was said before it: see bot/dialogue/still_in_danger.py.
    """

    @staticmethod
    def _load_model(model_path: str | Path) -> tuple[str, ModelMetadata, GraphRunner]:
        """What Rasa's own gives: name of the file, metadata, graph. Raises ModelRefusedError."""
        model = Path(model_path)
        log.info("loading model %s", model.name)
        with tempfile.TemporaryDirectory(prefix="plan-model-") as folder:
            copy, parts = Path(folder) / model.name, Path(folder) / "parts"
            checking.checked(model, copy)
            parts.mkdir()
            storage, metadata = LocalModelStorage.from_model_archive(parts, copy)
            schema = metadata.predict_schema
            _use_language(schema, language_of(model))
            load_once(schema)
            context = ExecutionContext(graph_schema=schema, model_id=metadata.model_id)
            return model.name, metadata, PlainGraphRunner.create(schema, storage, context)

    async def parse_message(
        self, message: UserMessage, tracker: DialogueStateTracker | None = None, only_output_properties: bool = True
    ) -> dict[str, Any]:
        """Rasa's parse data; after the answer for danger, read as what it is then."""
        parsed = await super().parse_message(message, tracker, only_output_properties)
        if tracker is None:
            return parsed
        read = still_in_danger.read_on(parsed, (event.as_dict() for event in reversed(tracker.events)))
        if read is not parsed:
            turn.understood(read["intent"]["name"], read.get(SAFETY))
        return read

    def _has_session_expired(self, tracker: DialogueStateTracker) -> bool:
        since, minutes = seconds_since_saved(tracker), self.domain.session_config.session_expiration_time
        return super()._has_session_expired(tracker) and (since is None or since > minutes * 60)


def _use_language(schema: GraphSchema, package: Path) -> None:
    """The package that the model was trained with: the one in .build/ is that of the last training."""
    for node in schema.nodes.values():
        if issubclass(node.uses, SpacyNLP):
            node.config = {**node.config, "model": str(package)}


def processor(agent: Agent, model: Path) -> MessageProcessor:
    """A processor of the model with the stores, the actions and the words of the agent; the agent stays as it is.

    Raises ModelRefusedError.
    """
    old = agent.processor
    more: dict[str, Any] = {"max_number_of_predictions": old.max_number_of_predictions} if old else {}
    return CheckedProcessor(
        model_path=model, tracker_store=agent.tracker_store, lock_store=agent.lock_store, generator=agent.nlg,
        action_endpoint=agent.action_endpoint, http_interpreter=agent.http_interpreter, **more,
    )  # fmt: skip


def swap(agent: Agent, fresh: MessageProcessor) -> None:
    """From now on new turns go to it; those in progress finish where they began. On the event loop, in one go."""
    agent.processor, agent.domain = fresh, fresh.domain
    agent.tracker_store.domain = fresh.domain
    agent._set_fingerprint()


def load_into(agent: Agent, model: Path) -> Agent:
    """The agent, with the model. Raises ModelRefusedError."""
    swap(agent, processor(agent, model))
    return agent
