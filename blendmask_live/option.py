"""What a setting is called on the command line and in settings files, and how it reads from text.

A setting is declared once, as a field of a dataclass, with `option` as its default. The commands
make their flags from it.
"""

from __future__ import annotations

import argparse
import math
import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import Field, dataclass, field, fields
from typing import Any, TypeVar

__all__ = [
    "Option",
    "checked",
    "device",
    "names",
    "option",
    "options_of",
    "positive",
    "seconds",
    "share",
    "whole",
]

T = TypeVar("T")
_KEY = "option"


@dataclass(frozen=True, slots=True)
class Option:
    """One flag."""

    help: str
    flag: str
    """With its dashes; of a setting that is on by default, what switches it off."""
    read: Callable[[str], Any] | None = None
    """Text to value, raising ArgumentTypeError or ValueError; None for text as it is."""
    metavar: str | None = None
    choices: Collection[Any] | None = None


def option(
    default: T,
    help: str,
    *,
    flag: str,
    read: Callable[[str], Any] | None = None,
    metavar: str | None = None,
    choices: Collection[Any] | None = None,
) -> T:
    """A dataclass field with this default that can be asked for by a flag; args as `Option`."""
    declared = Option(help, flag, read, metavar, choices)
    made: Any = field(default=default, metadata={_KEY: declared})
    return made  # type: ignore[no-any-return]


def options_of(kind: type[Any]) -> Iterator[tuple[Field[Any], Option]]:
    """The fields of a dataclass that have a flag."""
    for one in fields(kind):
        if _KEY in one.metadata:
            yield one, one.metadata[_KEY]


def names(text: str) -> tuple[str, ...]:
    """'person, dog' -> ('person', 'dog'); each once."""
    parts = tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))
    if not parts:
        raise argparse.ArgumentTypeError("expected names separated by commas")
    return parts


def checked(
    read: Callable[[str], T], accepts: Callable[[T], bool], wanted: str
) -> Callable[[str], T]:
    """A reader that refuses values, so that they end as wrong usage."""

    def convert(text: str) -> T:
        try:
            value = read(text)
        except ValueError:
            pass
        else:
            if accepts(value):
                return value
        raise argparse.ArgumentTypeError(f"{text!r}: expected {wanted}")

    return convert


def whole(smallest: int, largest: int | None = None) -> Callable[[str], int]:
    """Whole numbers from `smallest` to `largest`."""
    top = math.inf if largest is None else largest
    limits = f"{smallest} or more" if largest is None else f"{smallest} to {largest}"
    return checked(int, lambda value: smallest <= value <= top, f"a whole number, {limits}")


def _seconds(text: str) -> float:
    value = 0.0
    for part in text.split(":"):
        value = value * 60 + float(part)
    return value


seconds = checked(_seconds, lambda value: 0 <= value < math.inf, "seconds or [HH:]MM:SS[.f]")
share = checked(float, lambda value: 0 <= value <= 1, "a number between 0 and 1")
positive = checked(float, lambda value: 0 < value < math.inf, "a positive number")
# Whether there is such a GPU shows when it is used.
device = checked(
    str, lambda text: bool(re.fullmatch(r"auto|cpu|cuda(:\d+)?", text)), "auto, cpu or cuda[:N]"
)
