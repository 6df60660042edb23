"""Trains Rasa's default pipeline on our phrases: `python -m benchmarks.peer`, a quarter of an hour on 2 cores."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

from bot.nlu import package
from bot.nlu.training_text import phrases
from bot.paths import BUILD, NLU_DATA, ROOT

CONFIG = Path(__file__).parent / "rasa_default.yml"
FOLDER = BUILD / "peer"
SUGGESTED_EPOCHS = 100
USUAL_EPOCHS = "12"


def epochs() -> int:
    """How many epochs the peer is trained for."""
    return int(os.environ.get("PEER_EPOCHS", USUAL_EPOCHS))


def name() -> str:
    """The peer's model for the training phrases as they are now."""
    return f"rasa-default-{epochs()}-" + package.checksum([CONFIG, *sorted(NLU_DATA.glob("*.yml"))])[:12]


def ensure() -> tuple[Path, dict[str, float]]:
    """The path of the trained model, and {training_seconds, phrases, epochs}; trained now if it is not there.

    PEER_REUSE=1 takes the newest model of earlier phrases instead: its own number of phrases is then reported.
    """
    path, record = FOLDER / f"{name()}.tar.gz", FOLDER / f"{name()}.json"
    if not record.exists() and os.environ.get("PEER_REUSE"):
        record = max(FOLDER.glob("*.json"), key=lambda found: found.stat().st_mtime, default=record)
        path = record.with_suffix(".tar.gz")
    if not record.exists():
        FOLDER.mkdir(parents=True, exist_ok=True)
        config = FOLDER / "config.yml"
        text = CONFIG.read_text(encoding="utf-8")
        config.write_text(text.replace(f"epochs: {SUGGESTED_EPOCHS}", f"epochs: {epochs()}"), encoding="utf-8")
        started = time.perf_counter()
        command = [sys.executable, "-m", "rasa", "train", "nlu", "--nlu", str(NLU_DATA), "--config", str(config)]
        command += ["--out", str(FOLDER), "--fixed-model-name", name()]
        subprocess.run(command, cwd=ROOT, check=True)
        took = {"training_seconds": time.perf_counter() - started, "phrases": len(list(phrases())), "epochs": epochs()}
        record.write_text(json.dumps(took), encoding="utf-8")
    return path, json.loads(record.read_text(encoding="utf-8"))


if __name__ == "__main__":
    ensure()
