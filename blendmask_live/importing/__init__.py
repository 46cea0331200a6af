"""Readers of other tools' annotations, and of our own exports."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from blendmask_live.datatypes import TrackedInstances
from blendmask_live.errors import AnnotationError
from blendmask_live.importing.coco import read_coco
from blendmask_live.importing.cvat import read_cvat
from blendmask_live.importing.davis import read_davis
from blendmask_live.importing.detect import detect_format
from blendmask_live.importing.labelme import read_labelme
from blendmask_live.importing.mots import read_mots, read_mots_png
from blendmask_live.importing.sequence import ImportedSequence, ImportTarget, Remarks
from blendmask_live.importing.youtube_vis import read_youtube_vis

__all__ = [
    "IMPORTERS",
    "ImportTarget",
    "ImportedSequence",
    "Remarks",
    "detect_format",
    "read_annotations",
]

IMPORTERS: dict[str, Callable[[Path, ImportTarget], ImportedSequence]] = {
    "youtube-vis": read_youtube_vis,
    "coco": read_coco,
    "mots": read_mots,
    "mots-png": read_mots_png,
    "davis": read_davis,
    "cvat": read_cvat,
    "labelme": read_labelme,
}
"""Format name -> what reads it."""


def read_annotations(
    path: str | Path, *, format: str | None = None, target: ImportTarget
) -> ImportedSequence:
    """Read the annotations of one video.

    Args:
        path: A file, or the folder of an export.
        format: A key of `IMPORTERS`; detected where absent.
        target: The video.

    Raises:
        AnnotationError: If the format is not known or the annotations cannot be used; while
            the frames are gone through, if every shape is left out.
    """
    name = format or detect_format(Path(path))
    if name not in IMPORTERS:
        raise AnnotationError(
            f"{path}: {name} cannot be imported; choose from {', '.join(IMPORTERS)}"
        )
    sequence = IMPORTERS[name](Path(path), target)
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
