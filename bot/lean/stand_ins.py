"""What stands in the place of modules that Rasa imports and that are never used when serving.

A stand-in has the names that are imported from the real module, and no more. Whatever is asked of them raises KeptOutError.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from types import ModuleType
from typing import Any, NoReturn

from bot.errors import KeptOutError

NAMES: dict[str, tuple[str, ...]] = {
    # Rasa imports all of its components, whatever the pipeline names; these import TensorFlow
    "rasa.core.policies.ted_policy": ("TEDPolicy",),
    "rasa.core.policies.unexpected_intent_policy": ("UnexpecTEDIntentPolicy",),
    "rasa.nlu.classifiers.diet_classifier": ("DIETClassifier",),
    "rasa.nlu.featurizers.dense_featurizer.convert_featurizer": ("ConveRTFeaturizer",),
    "rasa.nlu.featurizers.dense_featurizer.lm_featurizer": ("LanguageModelFeaturizer",),
    "rasa.nlu.selectors.response_selector": ("ResponseSelector",),
    "rasa.utils.tensorflow.callback": ("RasaModelCheckpoint", "RasaTrainingLogger"),
    "rasa.utils.tensorflow.data_generator": ("RasaBatchDataGenerator",),
    # imports Rasa's tests, and so matplotlib
    "rasa.nlu.extractors.crf_entity_extractor": ("CRFEntityExtractor", "CRFEntityExtractorOptions"),
    # its module of tracker stores imports the clients of MongoDB and DynamoDB
    "boto3": (),
    "boto3.dynamodb": (),
    "boto3.dynamodb.conditions": ("Key",),
    "pymongo": (),
    "pymongo.collection": ("Collection",),
}
"""Modules, with what is imported from each."""
ERRORS = {"pymongo.errors": ("ConnectionFailure", "OperationFailure")}
"""The same, for exceptions that Rasa waits for: nobody raises them here."""
CHANNELS = "rasa.core.channels"
"""This package imports every channel of Rasa's, each with its platform's library. The channels of the project are its own."""
OF_CHANNELS = ("CollectingOutputChannel", "InputChannel", "OutputChannel", "UserMessage")


def has(name: str) -> bool:
    """Whether a module of this name is stood in for."""
    return name in NAMES or name in ERRORS or name == CHANNELS


def fill(module: ModuleType) -> None:
    """Makes a new module of such a name what it is to be."""
    if module.__name__ == CHANNELS:
        real = import_module(f"{CHANNELS}.channel")
        module.__dict__.update({name: getattr(real, name) for name in OF_CHANNELS}, BUILTIN_CHANNELS={})
        return
    origin = {"__module__": module.__name__}
    for name in NAMES.get(module.__name__, ()):
        setattr(module, name, _KeptOut(name, (), origin))
    for name in ERRORS.get(module.__name__, ()):
        setattr(module, name, type(name, (Exception,), origin))
    setattr(module, "__getattr__", _refusing(module.__name__))  # noqa: B010 - a module's own, which mypy takes for a method


class _KeptOut(type):
    """The class of the classes in stand-ins."""

    def __getattr__(cls, name: str) -> NoReturn:
        _refuse(f"{cls.__module__}.{cls.__name__}", name)

    def __call__(cls, *_: Any, **__: Any) -> NoReturn:
        raise KeptOutError(f"{cls.__module__}.{cls.__name__}")


def _refusing(module: str) -> Callable[[str], NoReturn]:
    return lambda name: _refuse(module, name)


def _refuse(owner: str, name: str) -> NoReturn:
    if name.startswith("__"):  # what Python itself asks of anything, such as a class for its abstract methods
        raise AttributeError(name)
    raise KeptOutError(f"{owner}.{name}")
