"""The search for the nearest topics: what the content means is learnt with the model, so that no message waits for it."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.nlu.constants import SPACY_DOCS
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.content.store import Content, load
from bot.nlu import topic_search
from bot.nlu.gated_classifier import UNDERSTANDING
from bot.nlu.topic_search import MOST_TOPICS, TOPICS, TopicSearch


class Encoder:
    """Gives every text some vector, always the same, and remembers which it was asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def vector(self, text: str) -> np.ndarray:
        return np.random.default_rng(zlib.crc32(text.encode())).normal(size=384).astype(np.float32)

    def pipe(self, texts: Iterable[str]) -> Iterator[Any]:
        for text in texts:
            self.asked.append(text)
            yield SimpleNamespace(vector=self.vector(text))


@pytest.fixture(scope="module")
def content() -> Content:
    return load()


@pytest.fixture
def encoder() -> Encoder:
    return Encoder()


@pytest.fixture
def model(encoder: Encoder) -> Any:
    return SimpleNamespace(model=encoder)


@pytest.fixture
def trained(tmp_path: Path, model: Any, content: Content, monkeypatch: pytest.MonkeyPatch) -> TopicSearch:
    """Trained and kept; with no phrase that is out of scope, so it is told how near a topic must be."""
    use(content, monkeypatch)
    component = TopicSearch(LocalModelStorage(tmp_path), Resource("TopicSearch"))
    component.train(TrainingData([]), model)
    return component


def use(content: Content, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(topic_search, "shared", lambda: SimpleNamespace(current=lambda: content))


def loaded(tmp_path: Path) -> TopicSearch:
    component = TopicSearch.load({}, LocalModelStorage(tmp_path), Resource("TopicSearch"), None)  # type: ignore[arg-type]
    component.nearest = -1.0
    return component


def topics(component: TopicSearch, model: Any, text: str, status: str = "unclear") -> list[str] | None:
    """What the component adds to a message."""
    message = Message({TEXT: text, UNDERSTANDING: {"status": status}})
    message.set(SPACY_DOCS[TEXT], SimpleNamespace(vector=model.model.vector(text), has_vector=True))
    return component.process([message], model)[0].get(TOPICS)


def test_the_first_message_after_a_start_encodes_nothing(
    trained: TopicSearch, tmp_path: Path, encoder: Encoder, model: Any
) -> None:
    assert len(encoder.asked) > 500
    encoder.asked.clear()
    trained.nearest = -1.0
    found = topics(loaded(tmp_path), model, "is it about knives")
    assert encoder.asked == []
    assert found == topics(trained, model, "is it about knives")
    assert found is not None
    assert len(found) == MOST_TOPICS


def test_a_sentence_is_found_by_what_it_means(
    trained: TopicSearch, tmp_path: Path, model: Any, content: Content
) -> None:
    text = content.labels["ask_plan_period"].button.lower()
    assert (topics(loaded(tmp_path), model, text) or [""])[0] == "ask_plan_period"


@pytest.mark.parametrize(("text", "status"), [("is it about knives", "clear"), ("/ask_capabilities", "unclear")])
def test_what_is_clear_is_not_searched_for(
    trained: TopicSearch, tmp_path: Path, model: Any, text: str, status: str
) -> None:
    assert topics(loaded(tmp_path), model, text, status) is None


def test_only_what_was_written_since_is_encoded_by_the_next_message_whatever_it_is(
    trained: TopicSearch,
    tmp_path: Path,
    encoder: Encoder,
    model: Any,
    content: Content,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    component = loaded(tmp_path)
    label = content.labels["ask_plan_period"].copy(update={"button": "A button that is quite new"})
    use(replace(content, labels={**content.labels, "ask_plan_period": label}), monkeypatch)
    encoder.asked.clear()
    topics(component, model, "hello", "clear")
    assert encoder.asked == ["a button that is quite new"]
    assert (topics(component, model, "a button that is quite new") or [""])[0] == "ask_plan_period"
    assert len(encoder.asked) == 1


def test_a_model_from_before_vectors_were_kept_still_searches(
    trained: TopicSearch, tmp_path: Path, encoder: Encoder, model: Any
) -> None:
    resource = Resource("TopicSearch")
    with LocalModelStorage(tmp_path).write_to(resource) as folder:
        (folder / "sentences.npy").unlink()
        (folder / "topics.json").write_text('{"nearest": 0.5}', encoding="utf-8")
    encoder.asked.clear()
    assert len(topics(loaded(tmp_path), model, "is it about knives") or []) == MOST_TOPICS
    assert len(encoder.asked) > 500
