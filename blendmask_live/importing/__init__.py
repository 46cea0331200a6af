"""Readers of other tools' annotations, and of our own exports."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from pkgutil import resolve_name

from blendmask_live.errors import AnnotationError
from blendmask_live.export import EXPORTERS, importable_formats
from blendmask_live.importing.detect import detect_format
from blendmask_live.importing.sequence import ImportedSequence, ImportTarget

__all__ = ["ImportTarget", "ImportedSequence", "detect_format", "read_annotations"]


def read_annotations(
    path: str | Path, *, format: str | None = None, target: ImportTarget
) -> ImportedSequence:
    """Read the annotations of one video.

    Args:
        path: A file, or the folder of an export.
        format: One of `export.importable_formats`; detected where absent.
        target: The video.

    Raises:
        AnnotationError: If the format is not known or the annotations cannot be used.
    """
    name, known = format or detect_format(Path(path)), importable_formats()
    if name not in known:
        raise AnnotationError(f"{path}: {name} cannot be imported; choose from {', '.join(known)}")
    read: Callable[[Path, ImportTarget], ImportedSequence]
    read = resolve_name(EXPORTERS[name].format.importer)
    return read(Path(path), target)
