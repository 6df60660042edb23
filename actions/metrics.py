"""Counts and times the actions' answers, for Prometheus."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)

ANSWERS = Counter("plan_action_answers_total", "Answers of the action server", ["action", "status"])
SECONDS = Histogram("plan_action_seconds", "Time to answer, in seconds", ["action"], buckets=BUCKETS)
REFUSED = Counter("plan_action_refused_total", "Calls that were not answered, by the status they got", ["status"])
UP = Gauge("plan_action_server_up", "Action servers that run", multiprocess_mode="livesum")


def observe(action: str, status: str, seconds: float) -> None:
    """Notes one answer; `status` is answered, no_answer, out_of_time or failed."""
    ANSWERS.labels(action, status).inc()
    SECONDS.labels(action).observe(seconds)
