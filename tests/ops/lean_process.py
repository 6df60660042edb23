"""`python -m tests.ops.lean_process`: what a process of its own finds, as JSON; PLAN_LEAN says of which kind it is.

With `parse` it reads texts, one a line, and says what is understood by each; with `libraries` what became of the libraries.
"""

from __future__ import annotations

import asyncio
import importlib.util
import json
import sys
from pathlib import Path
from typing import Any

from bot.cli import agent, training


class Unreachable:
    """A tracker store whose database does not answer."""

    def __init__(self, **_: Any) -> None:
        raise ConnectionRefusedError


def _refused(call: Any) -> str:
    """The names of the kinds of the error that it raises; "" for none."""
    try:
        call()
    except Exception as error:
        return " ".join(kind.__name__ for kind in type(error).__mro__)
    return ""


def _libraries() -> dict[str, Any]:
    agent.quiet()
    import dask
    import joblib
    import sklearn.feature_extraction.text
    import spacy  # noqa: F401
    import thinc.compat
    from rasa.core import channels
    from rasa.core.channels.channel import UserMessage
    from rasa.core.tracker_store import TrackerStore
    from rasa.engine.recipes import default_components
    from rasa.engine.recipes.default_recipe import DefaultV1Recipe
    from rasa.utils.endpoints import EndpointConfig

    # importing all of Rasa's components registers those that are really there
    names = {component.__name__ for component in default_components.DEFAULT_COMPONENTS}
    recipe = DefaultV1Recipe()
    return {
        "thinc_has_tensorflow": thinc.compat.has_tensorflow,
        "import_tensorflow": _refused(lambda: __import__("tensorflow")),
        "find_tensorflow": _refused(lambda: importlib.util.find_spec("tensorflow")),
        "dask_adds": dask.delayed(sum)([1, 2]).compute(scheduler="synchronous"),
        "joblib_adds": joblib.Parallel(n_jobs=1)([joblib.delayed(sum)([1, 2])])[0],
        "sklearn_counts": sklearn.feature_extraction.text.CountVectorizer().fit(["a word"]).vocabulary_.get("word"),
        "components": sorted(names),
        "registered": [
            name for name in ("SpacyNLP", "RulePolicy", "DIETClassifier") if name in recipe._registered_components
        ],
        "use_diet": _refused(lambda: default_components.DIETClassifier({}, None, None, None)),
        "mongo": _refused(lambda: TrackerStore.create(EndpointConfig(type="mongod", url="mongodb://127.0.0.1:9"))),
        # a database that does not answer is still told as Rasa tells it
        "no_database": _refused(lambda: TrackerStore.create(EndpointConfig(type="tests.ops.lean_process.Unreachable"))),
        "same_message_class": channels.UserMessage is UserMessage,
    }


def _parse(lines: list[str]) -> list[dict[str, Any]]:
    loaded = agent.load(training.ensure_model())

    async def all_of_them() -> list[dict[str, Any]]:
        return [await loaded.parse_message(text) for text in lines]

    return asyncio.run(all_of_them())


def main() -> None:
    found = _parse(sys.stdin.read().splitlines()) if sys.argv[1] == "parse" else _libraries()
    maps = Path("/proc/self/maps")
    mapped = "tensorflow" in maps.read_text() if maps.exists() else None
    print(json.dumps({"found": found, "mapped": mapped, "loaded": "tensorflow" in sys.modules}, default=str))


if __name__ == "__main__":
    main()
