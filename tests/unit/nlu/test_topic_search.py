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
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.content.store import Content, load
from bot.nlu import topic_search
from bot.nlu.topic_search import MOST_TOPICS, TopicSearch


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


def test_the_first_message_after_a_start_encodes_nothing(
    trained: TopicSearch, tmp_path: Path, encoder: Encoder, model: Any
) -> None:
    assert len(encoder.asked) > 500
    encoder.asked.clear()
    asked = encoder.vector("is it about knives") / 20
    trained.nearest = -1.0
    found = loaded(tmp_path).search(asked, model)
    assert encoder.asked == []
    assert found == trained.search(asked, model)
    assert len(found) == MOST_TOPICS


def test_a_sentence_is_found_by_what_it_means(
    trained: TopicSearch, tmp_path: Path, encoder: Encoder, model: Any
) -> None:
    text = load().labels["ask_plan_period"].button.lower()
    assert loaded(tmp_path).search(topic_search._unit(encoder.vector(text)), model)[0] == "ask_plan_period"


def test_only_what_was_written_since_is_encoded(
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
    new = topic_search._unit(encoder.vector("a button that is quite new"))
    assert component.search(new, model)[0] == "ask_plan_period"
    assert encoder.asked == ["a button that is quite new"]
    component.search(new, model)
    assert len(encoder.asked) == 1


def test_a_model_from_before_vectors_were_kept_still_searches(
    trained: TopicSearch, tmp_path: Path, encoder: Encoder, model: Any
) -> None:
    resource = Resource("TopicSearch")
    with LocalModelStorage(tmp_path).write_to(resource) as folder:
        (folder / "sentences.npy").unlink()
        (folder / "topics.json").write_text('{"nearest": 0.5}', encoding="utf-8")
    encoder.asked.clear()
    assert len(loaded(tmp_path).search(encoder.vector("is it about knives"), model)) == MOST_TOPICS
    assert len(encoder.asked) > 500
