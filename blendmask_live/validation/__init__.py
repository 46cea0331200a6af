"""Checks exports, ours and others', as the formats' own readers would."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from pkgutil import resolve_name

from blendmask_live.errors import AnnotationError
from blendmask_live.export import EXPORTERS
from blendmask_live.importing.detect import detect_format
from blendmask_live.validation.common import EXPORT_AGAIN
from blendmask_live.validation.report import Report, Violation

__all__ = ["Report", "Violation", "validate"]


def validate(path: str | Path, *, format: str | None = None) -> Report:
    """Check a file, or the folder of one export.

    Args:
        path: What to check.
        format: A key of `export.EXPORTERS`; detected where absent.

    Raises:
        AnnotationError: If the format is not known.
    """
    path = Path(path)
    name = format or detect_format(path)
    if name not in EXPORTERS:
        raise AnnotationError(f"{path}: unknown format {name!r}; one of {', '.join(EXPORTERS)}")
    check: Callable[[Path], Iterator[Violation]] = resolve_name(EXPORTERS[name].format.validator)
    violations: list[Violation] = []
    try:
        violations.extend(check(path))
    except AnnotationError as error:
        # Nothing more can be checked in a file that cannot be read.
        place, _, problem = str(error).partition(": ")
        violations.append(Violation(place, problem, EXPORT_AGAIN))
    except (AttributeError, KeyError, OverflowError, TypeError, ValueError) as error:
        # Where text stands for a number, or a number for an object, readers fail just so.
        problem = f"a value of another kind than {name} has there ({error})"
        violations.append(Violation(str(path), problem, EXPORT_AGAIN))
    return Report(path, name, tuple(violations))
