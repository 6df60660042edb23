"""Loads the trained assistant into this process, for the shell, bulk parsing and tests."""

from __future__ import annotations

import logging
import os
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

from bot.lean import imports

if TYPE_CHECKING:
    from rasa.core.agent import Agent


def quiet() -> None:
    """Silences what libraries say to developers, so that a conversation can be read. Before Rasa is imported."""
    imports.use_if_asked()
    warnings.filterwarnings("ignore")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
    os.environ.setdefault("SQLALCHEMY_SILENCE_UBER_WARNING", "1")
    for name in ("rasa", "sanic", "matplotlib", "tensorflow", "absl", "root"):
        logging.getLogger(name).setLevel(logging.ERROR)
    from rasa.utils.log_utils import configure_structlog

    configure_structlog(logging.ERROR)


def load(model: Path, action_url: str | None = None) -> Agent:
    """The agent of the model, with the words of content/; conversations stay in memory. Raises ModelRefusedError."""
    quiet()
    from rasa.core.agent import Agent
    from rasa.core.nlg import NaturalLanguageGenerator
    from rasa.utils.endpoints import EndpointConfig

    from bot.models import loading

    agent = Agent(
        action_endpoint=EndpointConfig(action_url) if action_url else None,
        generator=NaturalLanguageGenerator.create(EndpointConfig(type="bot.nlg.ContentNLG"), None),
    )
    return loading.load_into(agent, model)
