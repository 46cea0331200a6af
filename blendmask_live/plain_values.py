"""Dataclasses from the plain values of TOML and JSON files, strictly."""

from __future__ import annotations

import re
from typing import Any, Final, TypeVar

import msgspec
from msgspec import inspect

from blendmask_live.errors import ConfigError

__all__ = ["from_plain"]

T = TypeVar("T")
_NAMES: Final = {
    # The only lists of fixed length in our settings are sizes.
    "array of length 2": "[height, width] pairs",
    "array": "a list",
    "object": "a table",
    "int": "a whole number",
    "float": "a number",
    "str": "a text",
    "bool": "true or false",
    "null": "nothing",
}


def from_plain(kind: type[T], content: object, place: str) -> T:
    """A settings dataclass from a table; names and types that it does not have are refused.

    Args:
        kind: The dataclass, of plain values and such dataclasses.
        content: As a TOML or JSON reader gives it.
        place: Of the content, for messages.

    Raises:
        ConfigError: If something cannot be used, with its name.
    """
    _refuse_unknown(inspect.type_info(kind), content, place)
    try:
        return msgspec.convert(content, kind)
    except msgspec.ValidationError as error:
        raise ConfigError(_told(str(error), content, place)) from error
    except ConfigError as error:
        raise ConfigError(f"{place}: {error}") from error


def _refuse_unknown(kind: inspect.Type, content: object, place: str) -> None:
    """msgspec itself would pass over names that a dataclass does not have: a typo, for example."""
    if isinstance(kind, inspect.DataclassType) and isinstance(content, dict):
        fields = {field.name: field.type for field in kind.fields}
        if unknown := sorted(content.keys() - fields.keys()):
            known = ", ".join(sorted(fields))
            raise ConfigError(f"{place}: unknown setting {unknown[0]!r}; known are {known}")
        for name, value in content.items():
            _refuse_unknown(fields[name], value, f"{place}: {name}")
    elif isinstance(kind, inspect.VarTupleType | inspect.ListType) and isinstance(content, list):
        for value in content:
            _refuse_unknown(kind.item_type, value, place)


def _told(message: str, content: Any, place: str) -> str:
    """msgspec's message in our words, with the setting's name and what was found."""
    problem, _, path = message.partition(" - at `$")
    names = re.findall(r"\.(\w+)|\[(\d+)\]", path)
    found = content
    for name, number in names:
        found = found[name] if name else found[int(number)]
    where = ": ".join([place, *(name for name, _ in names if name)])
    if match := re.match(r"Expected (.*?)(, got .*)?$", problem):
        kinds = match[1].replace("`", "").split(" | ")
        wanted = " or ".join(_NAMES.get(kind, kind) for kind in kinds)
        return f"{where}: expected {wanted}, found {found!r}"
    if match := re.search(r"missing required field `(\w+)`", problem):
        return f"{where}: {match[1]!r} is missing"
    if problem.startswith("Invalid enum value"):
        return f"{where}: {found!r} is not one of its values"
    return f"{where}: {problem}"
