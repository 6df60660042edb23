"""What is kept out says so when it is used, and is a module that is not there for who only asks."""

from __future__ import annotations

import inspect
from types import ModuleType

import pytest

from bot.errors import KeptOutError, PlanError
from bot.lean import stand_ins
from bot.lean.imports import KEPT_OUT, LeanImports


def filled(name: str) -> ModuleType:
    module = ModuleType(name)
    stand_ins.fill(module)
    return module


@pytest.mark.parametrize("module", sorted(stand_ins.NAMES))
def test_what_is_asked_of_a_stand_in_is_refused(module: str) -> None:
    made = filled(module)
    with pytest.raises(KeptOutError):
        getattr(made, "anything")  # noqa: B009
    for name in stand_ins.NAMES[module]:
        kind = getattr(made, name)
        assert isinstance(kind, type)
        assert (kind.__module__, kind.__name__) == (module, name)
        for use in (
            lambda kind=kind: kind(),
            lambda kind=kind: kind.load({}, None, None, None),
            lambda kind=kind: kind.get_default_config(),
            lambda kind=kind: hasattr(kind, "required_packages"),
        ):
            with pytest.raises(KeptOutError) as refused:
                use()
            assert f"{module}.{name}" in str(refused.value)


def test_the_refusal_says_what_to_do() -> None:
    with pytest.raises(PlanError, match=r"DIETClassifier.* unset PLAN_LEAN and start again"):
        filled("rasa.nlu.classifiers.diet_classifier").DIETClassifier()


def test_what_python_itself_asks_of_a_class_is_answered() -> None:
    kind = filled("rasa.core.policies.ted_policy").TEDPolicy
    assert not inspect.isabstract(kind)
    assert "TEDPolicy" in repr(kind)
    assert not issubclass(int, kind) and not isinstance(3, kind)
    assert not hasattr(kind, "__wrapped__")


@pytest.mark.parametrize("module", sorted(stand_ins.ERRORS))
def test_exceptions_that_rasa_waits_for_are_exceptions_of_nobody(module: str) -> None:
    made = filled(module)
    for name in stand_ins.ERRORS[module]:
        with pytest.raises(ZeroDivisionError):
            try:
                raise ZeroDivisionError
            except getattr(made, name):
                pytest.fail("an exception of another kind was taken for it")


@pytest.mark.parametrize("name", [*sorted(KEPT_OUT), "tensorflow.keras", "pymongo.mongo_client", "boto3.session"])
def test_an_import_is_told_that_the_module_is_not_there(name: str) -> None:
    finder = LeanImports()
    if stand_ins.has(name):
        assert finder.find_spec(name) is not None
        return
    with pytest.raises(ModuleNotFoundError) as refused:
        finder.find_spec(name)
    assert isinstance(refused.value, KeptOutError)
    assert refused.value.name == name


@pytest.mark.parametrize(
    "name", ["numpy", "rasa", "rasa.core.policies.rule_policy", "tensorflowed", "kerastuner", "bson"]
)
def test_every_other_import_is_left_alone(name: str) -> None:
    assert LeanImports().find_spec(name) is None
