"""Counts and times the actions' answers, for Prometheus."""

from __future__ import annotations

from prometheus_client import Counter, Histogram

ANSWERS = Counter("plan_action_answers_total", "Answers of the action server", ["action", "status"])
SECONDS = Histogram("plan_action_seconds", "Time to answer, in seconds", ["action"])


def observe(action: str, status: str, seconds: float) -> None:
    """Notes one answer; `status` is answered, no_answer, out_of_time or failed."""
    ANSWERS.labels(action, status).inc()
    SECONDS.labels(action).observe(seconds)
