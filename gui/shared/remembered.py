"""Puts remembered JSON values into settings; a value that does not fit is left out."""

from __future__ import annotations

import dataclasses
import logging
import math
from typing import Any, TypeVar, get_type_hints

import msgspec

from blendmask_live.errors import ConfigError
from blendmask_live.export import ExportOptions
from blendmask_live.export.options import with_todays_names

__all__ = ["with_remembered"]

T = TypeVar("T")
logger = logging.getLogger(__name__)


def with_remembered(default: T, remembered: object, name: str) -> T:
    """The dataclass with the remembered values that fit it; the others are logged.

    Args:
        default: The values where nothing usable was remembered.
        remembered: As JSON gives it: of this version, of another one, or changed by hand.
        name: What it is, for the log.
    """
    if not isinstance(remembered, dict):
        logger.warning("setting %s was not usable and is set back: %r", name, remembered)
        return default
    if isinstance(default, ExportOptions):
        remembered = _options_of_today(remembered)
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


def _options_of_today(remembered: dict[str, object]) -> dict[str, object]:
    """Options of exports as they were meant by the version that remembered them."""
    options = with_todays_names(remembered)
    if "all_classes" not in remembered and options.get("shape") == "mask":
        # Masks were what everybody got who did not ask for polygons.
        del options["shape"]
    return options


def _replaced(default: T, values: dict[str, Any], name: str) -> T:
    try:
        return dataclasses.replace(default, **values)  # type: ignore[type-var]
    except (ConfigError, ValueError):
        pass
    # Some are out of range: keep the others.
    for field, value in values.items():
        try:
            default = dataclasses.replace(default, **{field: value})  # type: ignore[type-var]
        except (ConfigError, ValueError) as error:
            logger.warning("setting %s.%s was not usable and is set back: %s", name, field, error)
    return default


def _typed(value: object, hint: Any, before: object, path: str) -> object:
    """The value as the type that a field is declared with.

    Raises:
        TypeError: If it has another type.
    """
    if dataclasses.is_dataclass(hint):
        return with_remembered(before, value, path)
    try:
        typed = msgspec.convert(value, hint)
    except msgspec.ValidationError as error:
        raise TypeError(f"{value!r}: {error}") from error
    if isinstance(typed, float) and not math.isfinite(typed):
        raise TypeError(f"{value!r} is no number")
    return typed
