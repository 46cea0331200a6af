"""How entries of a file are told apart; other tools' object identities -> track ids from 1 up."""

from __future__ import annotations

import math
import re
from collections.abc import Hashable, Iterable
from typing import Any, Final

__all__ = ["TrackIds", "entry_id", "usable_identity"]

_LARGEST: Final = 2**31 - 1
_NO_NAMES: Final = frozenset({"", "-", "n/a", "nan", "none", "null", "undefined"})


def usable_identity(value: Any) -> int | str | None:
    """An identity as a file tells it; None where it tells none.

    Whole numbers may be written as floats or text. Tools write -1, an empty text or the word
    for nothing for objects that they do not track.
    """
    if isinstance(value, str):
        value = value.strip()
        if re.fullmatch(r"[+-]?[0-9]{1,300}(\.0*)?", value):
            value = int(value.partition(".")[0])
        elif value.casefold() in _NO_NAMES:
            return None
    if isinstance(value, float) and math.isfinite(value) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, (int, str)):
        return None
    return value if isinstance(value, str) or value >= 0 else None


def entry_id(value: Any) -> int | str:
    """What other entries of a file call an image, a video or a category.

    A number may be written as text in one place and as a number in another.

    Raises:
        ValueError: If it is neither number nor text.
    """
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        raise ValueError(f"expected an id, found {value!r}")
    try:
        return int(value)
    except ValueError:
        return str(value)


class TrackIds:
    """Gives each identity an id, and new ones to what has none.

    Numbers stay as they are; all are one higher where the file counts from 0. Names, numbers
    beyond 31 bits, and numbers that several kinds of objects share, get ids behind these.
    """

    def __init__(self, identities: Iterable[tuple[Hashable, int | str | None]]) -> None:
        """Take all identities of a file.

        Args:
            identities: Of every object in the file's order: what makes it one object, and the
                number or name that it has there.
        """
        known = {key: value for key, value in identities if value is not None}
        numbers = {
            key: value
            for key, value in known.items()
            if isinstance(value, int) and value < _LARGEST
        }
        shift = 1 if 0 in numbers.values() else 0
        self._free = max(numbers.values(), default=0) + shift
        self._ids: dict[Hashable, int] = {}
        taken: set[int] = set()
        for key, number in numbers.items():
            if number not in taken:
                taken.add(number)
                self._ids[key] = number + shift
        for key in known:
            if key not in self._ids:
                self._ids[key] = self.new()

    def of(self, key: Hashable) -> int:
        """The id of one of the identities given before."""
        return self._ids[key]

    def new(self) -> int:
        """An id that nothing has yet."""
        self._free += 1
        return self._free
