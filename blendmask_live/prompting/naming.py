"""The class of what was pointed at."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["UNKNOWN_CLASS", "likeliest_class"]

UNKNOWN_CLASS = "object"
"""Class of an object that nobody named and the detector does not know."""
_SURE = 0.3
"""Score of a class, times IoU with its detection, from which it is taken."""


def likeliest_class(classes: Sequence[tuple[str, float]], default: str = UNKNOWN_CLASS) -> str:
    """The first of some classes with their scores (`Found.classes`), if it is sure enough."""
    name, score = next(iter(classes), (default, 0.0))
    return name if score >= _SURE else default
