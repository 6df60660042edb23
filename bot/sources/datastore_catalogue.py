"""The shape of the London Datastore's catalogue, read liberally: it has changed before."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit


@dataclass(frozen=True)
class Wanted:
    """A file of the catalogue. `dataset`: its id; `slug`: its name in addresses; `words`: all stand in the file's name, and none
    of `without`, case and punctuation aside."""

    dataset: str
    slug: str
    words: tuple[str, ...]
    without: tuple[str, ...] = ()


def is_it(dataset: Any, wanted: Wanted) -> bool:
    """Whether an entry of the catalogue is the dataset."""
    if not isinstance(dataset, dict):
        return False
    slug = text(dataset, "slug")
    return text(dataset, "id") == wanted.dataset or slug == wanted.slug or slug.endswith(f"-{wanted.dataset}")


def resources(dataset: Any) -> Iterator[dict[str, Any]]:
    """A dataset's files: an object by their ids, or a list of objects, possibly under `result`."""
    if isinstance(dataset, dict) and isinstance(dataset.get("result"), dict):
        dataset = dataset["result"]
    listed = dataset.get("resources") if isinstance(dataset, dict) else None
    if isinstance(listed, dict):
        yield from ({"key": key, **value} for key, value in listed.items() if isinstance(value, dict))
    elif isinstance(listed, list):
        yield from (value for value in listed if isinstance(value, dict))


def fits(resource: dict[str, Any], wanted: Wanted) -> bool:
    """Whether an entry of a dataset is the file, as a table of text."""
    names = (text(resource, "title"), text(resource, "name"), file_name(resource))
    joined = "".join(re.findall(r"[a-z0-9]+", " ".join(names).casefold()))
    table = text(resource, "format").casefold() == "csv" or any(name.casefold().endswith(".csv") for name in names)
    return table and all(w in joined for w in wanted.words) and not any(w in joined for w in wanted.without)


def file_name(resource: dict[str, Any]) -> str:
    """The file's name, told or from its address; "" when there is none."""
    try:
        return text(resource, "filename") or unquote(urlsplit(text(resource, "url")).path.rpartition("/")[2])
    except ValueError:
        return ""


def text(of: dict[str, Any], *names: str) -> str:
    """The first of the fields that holds a text."""
    return next((value for name in names if isinstance(value := of.get(name), str) and value), "")
