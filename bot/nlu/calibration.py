"""Chooses the classifier's thresholds from held-out examples; none is ever set by hand.

Confidence is probability times likeness to the nearest training example, so it is low for what nobody taught.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np

from bot.nlu.safety_intents import REQUESTS

OUT_OF_SCOPE = "out_of_scope"
OUTSIDE_SHARE = 0.04
"""Share of held-out in-scope messages that may be taken for out-of-scope ones. The fit that is held out from knows a fifth
less than the one that serves, so that one turns away fewer."""
SURE_SHARE = 0.96
"""A confidence that this share of held-out out-of-scope messages does not reach is never turned away."""
REJECTED_SHARE = 0.01
"""Share of the held-out in-scope messages left that may be too unlike everything known."""
ASKED_SHARE = 0.04
"""Share of held-out in-scope messages that may be answered by a question back."""
FALSE_ALARM_SHARE = 0.016
"""Share of held-out messages without danger that may raise the safety signal: a missed cry for help is worse than
a false alarm."""
DOUBT_SHARE = 0.03
"""Share of held-out messages without danger that may get the extra line of safety."""


@dataclass(frozen=True)
class Thresholds:
    """`inside`: the likeliest intent's share against out_of_scope, below which a message is not for this assistant;
    `sure`: unless its confidence is at least this.

    `reject`: a confidence below it is not understood. `ask`: below it, with a runner-up in reach, the assistant asks.

    `rival`: the runner-up is in reach when its confidence is at least this share of the winner's.
    `safety`, `doubt`: total confidence of the safety intents above which the signal is raised, or is possible.
    """

    inside: float
    sure: float
    reject: float
    ask: float
    rival: float
    safety: float
    doubt: float

    def as_dict(self) -> dict[str, float]:
        return asdict(self)


def choose(confidences: np.ndarray, intents: list[str], truth: list[str], safety_intents: frozenset[str]) -> Thresholds:
    """Thresholds from held-out confidences [messages, intents] and the messages' true intents."""
    truth_array = np.array(truth)
    inside = truth_array != OUT_OF_SCOPE
    order = np.argsort(-confidences, axis=1)
    rows = np.arange(len(truth))
    best, second = confidences[rows, order[:, 0]], confidences[rows, order[:, 1]]
    names = np.array(intents)
    share = inside_share(confidences, names)
    inside_at = float(np.quantile(share[inside], OUTSIDE_SHARE))
    reject = float(np.quantile(best[inside & (share >= inside_at)], REJECTED_SHARE))
    rival = 0.5
    close = inside & (second >= rival * best) & (best >= reject) & (share >= inside_at)
    ask = _asked_below(best, close, int(ASKED_SHARE * inside.sum()))
    danger = np.isin(names, list(safety_intents))
    signal = confidences[:, danger].sum(axis=1)
    # who asks for help or reports tells of harm too: a signal there is no false alarm
    calm = ~np.isin(truth_array, [*safety_intents, *REQUESTS])
    return Thresholds(
        inside=inside_at,
        sure=float(np.quantile(best_of_ours(confidences, names)[~inside], SURE_SHARE)) if (~inside).any() else 1.0,
        reject=reject,
        ask=max(ask, reject),
        rival=rival,
        safety=float(np.quantile(signal[calm], 1 - FALSE_ALARM_SHARE)),
        doubt=float(np.quantile(signal[calm], 1 - DOUBT_SHARE)),
    )


def inside_share(confidences: np.ndarray, names: np.ndarray) -> np.ndarray:
    """How the likeliest intent of ours stands against out_of_scope, for each message: 0 to 1."""
    outside = confidences[:, names == OUT_OF_SCOPE].sum(axis=1)
    ours = best_of_ours(confidences, names)
    return ours / np.maximum(ours + outside, 1e-9)


def best_of_ours(confidences: np.ndarray, names: np.ndarray) -> np.ndarray:
    """The confidence of the likeliest intent that is not out_of_scope, for each message."""
    return confidences[:, names != OUT_OF_SCOPE].max(axis=1)


def _asked_below(best: np.ndarray, close: np.ndarray, most: int) -> float:
    """The confidence below which at most `most` close calls lie."""
    values = np.sort(best[close])
    if not len(values):
        return 0.0
    return float(values[min(most, len(values) - 1)])
