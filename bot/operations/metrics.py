"""The figures that Prometheus reads from the server: docs/monitoring.md says what each is for.

Labels come from closed sets, so that nobody can make new series by what they type. With several workers see multiprocess.py.
"""

from __future__ import annotations

from collections.abc import Iterable

from prometheus_client import Counter, Gauge, Histogram

BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0)
CHANNELS = frozenset({"web", "rest", "telegram", "whatsapp", "sms", "messenger", "slack"})
STEPS = ("waiting", "guard", "understanding", "dialogue", "action", "store_read", "store_write", "total")
OTHER, NONE = "other", "none"

ANSWERS = Counter("plan_answers_total", "Answers given", ["channel", "intent", "status"])
FALLBACKS = Counter("plan_fallbacks_total", "Answers to what was not understood", ["kind"])
SAFETY = Counter("plan_safety_signals_total", "Messages with a sign of danger or harm", ["intent", "by", "level"])
SECONDS = Histogram("plan_step_seconds", "Seconds that the steps of an answer took", ["step"], buckets=BUCKETS)
REPEATS = Counter("plan_repeats_total", "Messages that came again, and got the answer from before")
TURNS = Gauge(
    "plan_turns", "Messages in hand: waiting for their turn, or being answered", ["state"], multiprocess_mode="livesum"
)
MAILBOXES = Gauge(
    "plan_mailbox_messages", "Messages of messaging channels not answered yet", ["channel"], multiprocess_mode="livesum"
)
OUTBOX = Gauge(
    "plan_outbox_answers", "Answers that a platform has not taken yet", ["channel"], multiprocess_mode="livemax"
)
ACTION_CALLS = Counter("plan_action_calls_total", "Calls to the action server", ["action", "outcome"])
ACTION_RETRIES = Counter(
    "plan_action_retries_total", "Calls that were made again, to the same action server or another"
)
MODEL = Gauge("plan_model_info", "Workers that serve with this model", ["model"], multiprocess_mode="livesum")
OFF = Gauge("plan_switched_off", "1 while the service is turned off", multiprocess_mode="livemax")
UP = Gauge("plan_up", "Workers with a model loaded", multiprocess_mode="livesum")


class Labels:
    """A closed set of values of a label; anything else is OTHER, and nothing at all is NONE."""

    def __init__(self, known: Iterable[str] = ()) -> None:
        self._known = frozenset(known)

    def learn(self, known: Iterable[str]) -> None:
        """Takes these values, and no others."""
        self._known = frozenset(known)

    def of(self, value: object) -> str:
        """The value as a label."""
        if not value:
            return NONE
        return str(value) if value in self._known else OTHER


channels, intents, actions, levels, finders = Labels(CHANNELS), Labels(), Labels(), Labels(), Labels()
levels.learn(("sure", "doubt"))
finders.learn(("pattern", "classifier", "history"))


class ServedModel:
    """The name of the model that answers just now; the gauge keeps the ones before at 0."""

    name: str | None = None

    def is_now(self, name: str | None) -> None:
        """Notes that answers come from this model; None: from none."""
        if name != self.name and self.name:
            MODEL.labels(self.name).set(0)
        if name:
            MODEL.labels(name).set(1)
        UP.set(1 if name else 0)
        self.name = name


model = ServedModel()
