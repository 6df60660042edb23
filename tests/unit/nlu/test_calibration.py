"""Thresholds: each leaves the share of held-out messages that it says."""

from __future__ import annotations

import numpy as np
import pytest

from bot.nlu import calibration
from bot.nlu.calibration import OUT_OF_SCOPE, Thresholds, choose, inside_share

INTENTS = ["ask_plan", "ask_figures", "emergency", OUT_OF_SCOPE]
SAFETY = frozenset({"emergency"})
COUNT = 2000


@pytest.fixture(scope="module")
def held_out() -> tuple[np.ndarray, list[str]]:
    """Noisy confidences in which the true intent usually comes first."""
    random = np.random.default_rng(7)
    truth = [INTENTS[i] for i in random.integers(0, len(INTENTS), COUNT)]
    scores = random.normal(0, 1, (COUNT, len(INTENTS)))
    scores[np.arange(COUNT), [INTENTS.index(t) for t in truth]] += 3
    powers = np.exp(scores)
    return powers / powers.sum(axis=1, keepdims=True), truth


@pytest.fixture(scope="module")
def chosen(held_out: tuple[np.ndarray, list[str]]) -> Thresholds:
    return choose(*held_out[:1], INTENTS, held_out[1], SAFETY)


def _inside(truth: list[str]) -> np.ndarray:
    return np.array(truth) != OUT_OF_SCOPE


def test_share_taken_for_out_of_scope(held_out: tuple[np.ndarray, list[str]], chosen: Thresholds) -> None:
    confidences, truth = held_out
    inside = _inside(truth)
    refused = inside_share(confidences, np.array(INTENTS))[inside] < chosen.inside
    assert refused.mean() == pytest.approx(calibration.OUTSIDE_SHARE, abs=2 / inside.sum())


def test_share_rejected_of_those_left(held_out: tuple[np.ndarray, list[str]], chosen: Thresholds) -> None:
    confidences, truth = held_out
    left = _inside(truth) & (inside_share(confidences, np.array(INTENTS)) >= chosen.inside)
    rejected = confidences.max(axis=1)[left] < chosen.reject
    assert rejected.mean() == pytest.approx(calibration.REJECTED_SHARE, abs=2 / left.sum())


def test_share_asked_back(held_out: tuple[np.ndarray, list[str]], chosen: Thresholds) -> None:
    confidences, truth = held_out
    inside = _inside(truth)
    ordered = np.sort(confidences, axis=1)
    best, second = ordered[:, -1], ordered[:, -2]
    kept = inside & (inside_share(confidences, np.array(INTENTS)) >= chosen.inside) & (best >= chosen.reject)
    asked = kept & (second >= chosen.rival * best) & (best < chosen.ask)
    assert 0 < asked.sum() <= calibration.ASKED_SHARE * inside.sum()


@pytest.mark.parametrize(
    ("name", "share"), [("safety", calibration.FALSE_ALARM_SHARE), ("doubt", calibration.DOUBT_SHARE)]
)
def test_share_of_calm_messages_that_alarm(
    held_out: tuple[np.ndarray, list[str]], chosen: Thresholds, name: str, share: float
) -> None:
    confidences, truth = held_out
    calm = np.array(truth) != "emergency"
    alarmed = confidences[calm, INTENTS.index("emergency")] > getattr(chosen, name)
    assert alarmed.mean() == pytest.approx(share, abs=2 / calm.sum())


def test_doubt_comes_before_certainty(chosen: Thresholds) -> None:
    assert 0 < chosen.doubt < chosen.safety < 1


def test_question_back_never_below_rejection(chosen: Thresholds) -> None:
    assert chosen.ask >= chosen.reject


def test_no_close_calls_asks_nothing() -> None:
    confidences = np.array([[0.9, 0.02, 0.04, 0.04], [0.03, 0.9, 0.03, 0.04], [0.05, 0.05, 0.1, 0.8]])
    found = choose(confidences, INTENTS, ["ask_plan", "ask_figures", OUT_OF_SCOPE], SAFETY)
    assert found.ask == found.reject == pytest.approx(0.9)


def test_signal_sums_the_safety_intents() -> None:
    intents = ["ask_plan", "emergency", "disclose_harm"]
    confidences = np.array([[0.4, 0.3, 0.3], [0.4, 0.3, 0.3], [0.1, 0.8, 0.1]])
    truth = ["ask_plan", "ask_plan", "emergency"]
    found = choose(confidences, intents, truth, frozenset({"emergency", "disclose_harm"}))
    assert found.safety == pytest.approx(0.6)
    assert choose(confidences, intents, truth, frozenset({"emergency"})).safety == pytest.approx(0.3)


@pytest.mark.parametrize(
    ("row", "share"),
    [
        ([0.3, 0.1, 0.0, 0.1], 0.75),
        ([0.1, 0.3, 0.0, 0.1], 0.75),
        ([0.0, 0.0, 0.0, 0.5], 0.0),
        ([0.5, 0.0, 0.0, 0.0], 1.0),
        ([0.0, 0.0, 0.0, 0.0], 0.0),
    ],
)
def test_inside_share(row: list[float], share: float) -> None:
    assert inside_share(np.array([row]), np.array(INTENTS))[0] == pytest.approx(share)


def test_inside_share_without_out_of_scope() -> None:
    assert inside_share(np.array([[0.2, 0.1]]), np.array(["ask_plan", "emergency"]))[0] == pytest.approx(1.0)


def test_as_dict_makes_the_same_thresholds(chosen: Thresholds) -> None:
    assert Thresholds(**chosen.as_dict()) == chosen
