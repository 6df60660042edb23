"""Reads one YAML file of content into its schema, and names file, line and reason when it is refused."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from bot.errors import ContentError

NESTED = re.compile(r"(?:[\[{]\s*){30}")
Model = TypeVar("Model", bound=BaseModel)


def read(path: Path, model: type[Model]) -> Model:
    """The file's content as `model`. Raises ContentError when it cannot be read or does not fit."""
    quick = _read_quickly(path, model)
    if quick is not None:
        return quick
    raw = read_yaml(path)
    try:
        return model.parse_obj(raw)
    except ValidationError as error:
        first = error.errors()[0]
        where = [step for step in first["loc"] if step != "__root__"]
        name = ".".join(str(step) for step in where)
        raise ContentError(path.name, _line(raw, where), f"{name}: {first['msg']}") from error
    except Exception as error:
        raise ContentError(path.name, None, f"cannot be understood ({type(error).__name__})") from error


def _read_quickly(path: Path, model: type[Model]) -> Model | None:
    """The same without line numbers, ten times as fast; None when anything is wrong, so that the slow way can say what."""
    try:
        return model.parse_obj(YAML(typ="safe").load(_text_of(path)))
    except Exception:
        return None


def read_yaml(path: Path) -> Any:
    """The file as plain data that remembers its line numbers. Raises ContentError."""
    try:
        return YAML(typ="rt").load(_text_of(path))
    except OSError as error:
        raise ContentError(path.name, None, f"cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise ContentError(path.name, None, "is not UTF-8 text: save it as UTF-8") from error
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise ContentError(path.name, line, f"is not valid YAML: {error.problem or error}") from error
    except (YAMLError, ValueError) as error:  # a control character, or a date such as 2026-02-30
        raise ContentError(path.name, None, f"cannot be understood: {error}") from error
    except (
        Exception
    ) as error:  # a list as a name, or lists within lists without end: whatever the library stumbles over
        raise ContentError(path.name, None, f"cannot be understood ({type(error).__name__})") from error


def _text_of(path: Path) -> str:
    """Raises ValueError for what would take the YAML library very long: answers wait while content is read."""
    text = path.read_text(encoding="utf-8")
    if NESTED.search(text):
        raise ValueError("there are lists within lists within lists, to no end")
    return text


def _line(raw: Any, where: list) -> int | None:
    """The line (from 1) of the deepest part of the path that the file really has."""
    line = None
    for step in where:
        positions: Any = getattr(raw, "lc", None)
        try:
            line = (positions.key(step) if isinstance(raw, dict) else positions.item(step))[0] + 1
            raw = raw[step]
        except (AttributeError, KeyError, IndexError, TypeError):
            break
    return line
