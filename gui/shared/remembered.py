"""Settings as plain JSON values, and back; what does not fit is left as it was."""

from __future__ import annotations

import dataclasses
import logging
import math
from types import UnionType
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from blendmask_live.errors import ConfigError

__all__ = ["with_remembered"]

T = TypeVar("T")
logger = logging.getLogger(__name__)


def with_remembered(default: T, remembered: object, name: str) -> T:
    """The dataclass with those remembered values that it can have; the others are logged.

    Args:
        default: What holds where nothing was remembered.
        remembered: As JSON gives it: of this version, of another one, or changed by hand.
        name: What it is, for the log.
    """
    if not isinstance(remembered, dict):
        logger.warning("setting %s was not usable and is set back: %r", name, remembered)
        return default
    hints = get_type_hints(type(default))
    values: dict[str, Any] = {}
    for field in dataclasses.fields(default):  # type: ignore[arg-type]
        if field.init and field.name in remembered:
            path, before = f"{name}.{field.name}", getattr(default, field.name)
            try:
                values[field.name] = _typed(remembered[field.name], hints[field.name], before, path)
            except TypeError as error:
                logger.warning("setting %s was not usable and is set back: %s", path, error)
    return _replaced(default, values, name)


def _replaced(default: T, values: dict[str, Any], name: str) -> T:
    try:
        return dataclasses.replace(default, **values)  # type: ignore[type-var]
    except (ConfigError, ValueError):
        pass
    # Some are out of range: each that is not is kept.
    for field, value in values.items():
        try:
            default = dataclasses.replace(default, **{field: value})  # type: ignore[type-var]
        except (ConfigError, ValueError) as error:
            logger.warning("setting %s.%s was not usable and is set back: %s", name, field, error)
    return default


def _typed(value: object, hint: Any, before: object, path: str) -> object:
    """The value as the type that a field is declared with.

    Raises:
        TypeError: If it is of another.
    """
    origin, arguments = get_origin(hint), get_args(hint)
    if dataclasses.is_dataclass(hint):
        return with_remembered(before, value, path)
    if origin is Literal and value in arguments:
        return value
    if origin in (Union, UnionType):
        for choice in arguments:
            try:
                return _typed(value, choice, before, path)
            except TypeError:
                continue
    elif origin is tuple and isinstance(value, list) and arguments[1:] == (Ellipsis,):
        return tuple(_typed(item, arguments[0], None, path) for item in value)
    elif hint is float and type(value) in (int, float) and math.isfinite(value):  # type: ignore[arg-type]
        return float(value)  # type: ignore[arg-type]
    elif isinstance(hint, type) and type(value) is hint:
        return value
    raise TypeError(f"{value!r} is no {getattr(hint, '__name__', hint)}")
