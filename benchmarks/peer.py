"""Trains Rasa's default pipeline on our phrases: `python -m benchmarks.peer`, a quarter of an hour on 2 cores."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

from bot.nlu import package
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


def ensure() -> tuple[Path, float]:
    """The path of the trained model and the seconds that its training took; trained now if it is not there."""
    path, record = FOLDER / f"{name()}.tar.gz", FOLDER / f"{name()}.json"
    if not record.exists():
        FOLDER.mkdir(parents=True, exist_ok=True)
        started = time.perf_counter()
        config = FOLDER / "config.yml"
        text = CONFIG.read_text(encoding="utf-8")
        config.write_text(text.replace(f"epochs: {SUGGESTED_EPOCHS}", f"epochs: {epochs()}"), encoding="utf-8")
        command = [
            sys.executable,
            "-m",
            "rasa",
            "train",
            "nlu",
            "--nlu",
            str(NLU_DATA),
            "--config",
            str(config),
            "--out",
            str(FOLDER),
        ]
        subprocess.run(
            [*command, "--fixed-model-name", name()],
            cwd=ROOT,
            check=True,
            env={**os.environ, "PEER_EPOCHS": str(epochs())},
        )
        record.write_text(json.dumps({"training_seconds": time.perf_counter() - started}), encoding="utf-8")
    return path, float(json.loads(record.read_text(encoding="utf-8"))["training_seconds"])


if __name__ == "__main__":
    ensure()
