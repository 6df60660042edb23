"""Keeps TensorFlow, and other libraries that serving never uses, out of this process.

Who imports one is told that it is not there: libraries that can do without it, such as thinc and so spaCy, do. Rasa cannot, and
gets stand-ins for those of its modules that need it.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType

from bot.errors import KeptOutError, SetupError
from bot.lean import stand_ins

VARIABLE = "PLAN_LEAN"
KEPT_OUT = frozenset({"tensorflow", "tensorflow_hub", "tensorflow_text", "keras", "boto3", "pymongo"})


class LeanImports(MetaPathFinder, Loader):
    """Asked before Python looks into its folders: refuses what is kept out, and makes the stand-ins."""

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if stand_ins.has(name):
            real = PathFinder.find_spec(name, path) if name == stand_ins.CHANNELS else None
            spec = ModuleSpec(name, self, is_package=True)
            spec.submodule_search_locations = real.submodule_search_locations if real else []
            return spec
        if name.partition(".")[0] in KEPT_OUT:
            raise KeptOutError(name)
        return None

    def create_module(self, spec: ModuleSpec) -> None:
        return None

    def exec_module(self, module: ModuleType) -> None:
        stand_ins.fill(module)


def asked_for() -> bool:
    """Whether PLAN_LEAN is 1. Raises SetupError for anything but 1, 0 and nothing."""
    text = os.environ.get(VARIABLE, "").strip() or "0"
    if text not in ("0", "1"):
        raise SetupError(f"{VARIABLE}={text} is neither 1 nor 0: correct it, or unset it.")
    return text == "1"


def active() -> bool:
    """Whether they are kept out of this process."""
    return any(isinstance(finder, LeanImports) for finder in sys.meta_path)


def use_if_asked() -> bool:
    """With PLAN_LEAN=1, keeps them out from now on; says whether they are kept out. Raises SetupError as `asked_for`.

    To be called before Rasa, spaCy or thinc is imported. After a training in this process it is too late: all of it stays.
    """
    if asked_for() and not active() and "tensorflow" not in sys.modules:
        sys.meta_path.insert(0, LeanImports())
    return active()
