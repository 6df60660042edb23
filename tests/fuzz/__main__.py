"""Fuzzes one target: `python -m tests.fuzz guard --seconds 600`. What breaks something is kept in .build/fuzz/.

When something is mended, move its input to tests/fuzz/found/<target>/, and the tests ask it again every time.
"""

from __future__ import annotations

import argparse
import sys
import time
import warnings
from pathlib import Path

from tests.fuzz import targets

KEPT = Path(".build/fuzz")
SLOW_SECONDS = 5.0
"""Of the processor: an input that takes longer is a finding too, since somebody could stop the server with it."""
STUCK_SECONDS = 120


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("target", choices=targets.TARGETS)
    parser.add_argument("--seconds", type=int, default=0, help="for so long; 0: until --runs, or for ever")
    parser.add_argument("--runs", type=int, default=-1)
    parser.add_argument("--seed", type=int, default=0, help="the same seed and runs do the same; 0: another each time")
    parser.add_argument("--longest", type=int, default=3_000, help="bytes of an input")
    parser.add_argument("--folder", type=Path, default=KEPT)
    asked = parser.parse_args()
    import atheris

    warnings.filterwarnings("ignore")
    with atheris.instrument_imports(include=["bot", "actions"]):
        one = targets.TARGETS[asked.target]()
    corpus = asked.folder / asked.target
    corpus.mkdir(parents=True, exist_ok=True)
    for seed in targets.seeds(asked.target):
        (corpus / targets.name_of(seed)).write_bytes(seed)

    def watched(data: bytes) -> None:
        began = time.process_time()
        try:
            one(data)
            assert time.process_time() - began < SLOW_SECONDS, "too slow"
        except BaseException:
            (asked.folder / f"{asked.target}-{targets.name_of(data)}").write_bytes(data)
            raise

    options = [
        f"-runs={asked.runs}", f"-max_total_time={asked.seconds}", f"-seed={asked.seed}", f"-max_len={asked.longest}",
        f"-timeout={STUCK_SECONDS}", f"-artifact_prefix={corpus.parent}/{asked.target}-", "-print_final_stats=1", "-rss_limit_mb=4096",
    ]  # fmt: skip
    atheris.Setup([sys.argv[0], *options, str(corpus)], watched)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
