"""Readers of other tools' annotations, and of our own exports."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from pkgutil import resolve_name

from blendmask_live.datatypes import TrackedInstances
from blendmask_live.errors import AnnotationError
from blendmask_live.export import EXPORTERS, importable_formats
from blendmask_live.importing.detect import detect_format
from blendmask_live.importing.sequence import ImportedSequence, ImportTarget, Remarks

__all__ = [
    "ImportTarget",
    "ImportedSequence",
    "Remarks",
    "detect_format",
    "read_annotations",
]


def read_annotations(
    path: str | Path, *, format: str | None = None, target: ImportTarget
) -> ImportedSequence:
    """Read the annotations of one video.

    Args:
        path: A file, or the folder of an export.
        format: One of `export.importable_formats`; detected where absent.
        target: The video.

    Raises:
        AnnotationError: If the format is not known or the annotations cannot be used; while
            the frames are gone through, if every shape is left out.
    """
    name, known = format or detect_format(Path(path)), importable_formats()
    if name not in known:
        raise AnnotationError(f"{path}: {name} cannot be imported; choose from {', '.join(known)}")
    read: Callable[[Path, ImportTarget], ImportedSequence]
    read = resolve_name(EXPORTERS[name].format.importer)
    sequence = read(Path(path), target)
    return replace(sequence, frames=_some(path, sequence))


def _some(path: str | Path, sequence: ImportedSequence) -> Iterator[tuple[int, TrackedInstances]]:
    """The frames; refuses a file in which every shape is left out."""
    is_empty = True
    for index, tracked in sequence.frames:
        is_empty = is_empty and not len(tracked.track_ids)
        yield index, tracked
    if is_empty and sequence.remarks.left_out:
        raise AnnotationError(
            f"{path}: no mask can be used; {'; '.join(sequence.remarks.lines[:3])}"
        )
