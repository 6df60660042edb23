"""What a platform's request says, in one form for all channels."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any

from bot.places import Point


class Kind(Enum):
    """TEXT: typed. BUTTON: a payload. PLACE: where they are. UNREADABLE: voice, picture, sticker and the like.

    GROUP: said where others read it.
    """

    TEXT = "text"
    BUTTON = "button"
    PLACE = "place"
    UNREADABLE = "unreadable"
    GROUP = "group"


@dataclass(frozen=True)
class Received:
    """`person`: who, in the platform's own words, never stored. `delivery`: the same for the same message sent again.

    `to`: what is needed to answer. `at`: when it was said, seconds since 1970, where the platform tells.
    `acknowledge`: a call that must be made at once, such as the end of a button's waiting sign. `message_id`: of its turn in the
    conversation, empty when it has none; `again`: another worker may have answered it already, and not sent its answer.
    """

    kind: Kind
    person: str
    delivery: str
    to: dict[str, Any]
    text: str = ""
    point: Point | None = None
    at: float | None = None
    acknowledge: dict[str, Any] | None = None
    message_id: str = ""
    again: bool = False


def point_of(latitude: Any, longitude: Any) -> Point | None:
    """The point of two numbers or texts; None for what is no place on Earth."""
    try:
        point = Point(float(latitude), float(longitude))
    except (TypeError, ValueError, OverflowError):
        return None
    return point if abs(point.latitude) <= 90 and abs(point.longitude) <= 180 else None
