"""What every importer gives: labels, and exact masks by frame of the source."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np

from blendmask_live.datatypes import CroppedMask, Instances, TrackedInstances, TrackState
from blendmask_live.errors import AnnotationError
from blendmask_live.importing.frame_table import frame_table

__all__ = [
    "FrameNumbers",
    "ImportTarget",
    "ImportedSequence",
    "MaskRow",
    "numbers_of_names",
    "tracked_instances",
]


@dataclass(frozen=True, slots=True)
class ImportTarget:
    """The video that the annotations belong to."""

    frame_size: tuple[int, int]
    """(height, width) px in display orientation."""
    frame_count: int
    """All frames of the source, whatever range is annotated."""
    pts_s: Sequence[Fraction | None] = ()
    """Presentation time of each frame, where known."""


@dataclass(frozen=True, slots=True)
class ImportedSequence:
    """Annotations of one video.

    Attributes:
        labels: That the instances' class ids refer to.
        frames: (source frame index, masks), ascending, frames without masks left out. To be
            gone through once; reading a damaged mask raises AnnotationError.
    """

    labels: tuple[str, ...]
    frames: Iterable[tuple[int, TrackedInstances]]


@dataclass(frozen=True, slots=True)
class MaskRow:
    """One mask, as a file tells it."""

    track_id: int
    class_id: int
    score: float
    crop: CroppedMask


def tracked_instances(
    rows: Sequence[MaskRow], labels: tuple[str, ...], frame_size: tuple[int, int], *, place: str
) -> TrackedInstances:
    """Exact masks of one frame; those without a pixel are left out.

    Raises:
        AnnotationError: If two masks have the same track id, or one has none; names `place`.
    """
    ids = [row.track_id for row in rows]
    if len(set(ids)) < len(ids) or min(ids, default=1) < 1:
        raise AnnotationError(f"{place}: track ids must be positive and used once: {sorted(ids)}")
    visible = [row for row in rows if row.crop.area]
    crops = tuple(row.crop.tight() for row in visible)
    instances = Instances(
        boxes=np.array([crop.box for crop in crops], dtype=np.float32).reshape(-1, 4),
        scores=np.array([row.score for row in visible], dtype=np.float32),
        class_ids=np.array([row.class_id for row in visible], dtype=np.int64),
        frame_size=frame_size,
        labels=labels,
        exact_masks=crops,
    )
    track_ids = np.array([row.track_id for row in visible], dtype=np.int64)
    return TrackedInstances(instances, track_ids, (TrackState.CONFIRMED,) * len(visible))


class FrameNumbers:
    """Frame numbers of a file -> frame indices of the source.

    Our exports count the exported frames; their frames.csv tells which frames of the source
    these were. Without such a table the numbers are the source's own.
    """

    def __init__(self, folder: Path | None, target: ImportTarget) -> None:
        """Look for frames.csv in `folder`; None where the file has the source's own numbers.

        Raises:
            AnnotationError: If it cannot be read.
        """
        self._count = target.frame_count
        self._indices = None if folder is None else _frame_table(frame_table(folder))

    def index(self, number: int, place: str) -> int:
        """The source's frame; `place` is named in the error.

        Raises:
            AnnotationError: If the video has no such frame.
        """
        if self._indices is not None and number not in self._indices:
            raise AnnotationError(f"{place}: frame {number} is not in frames.csv")
        index = number if self._indices is None else self._indices[number]
        if not 0 <= index < self._count:
            raise AnnotationError(
                f"{place}: frame {index} (from 0), but the video has {self._count} frames; "
                "give the video that was annotated"
            )
        return index

    def of_names(self, names: Sequence[str]) -> list[int]:
        """Numbers of frames that a file lists by picture; see `numbers_of_names`."""
        count = len(names) if self._indices is not None else self._count
        return numbers_of_names(names, frame_count=count)


def _frame_table(path: Path) -> Mapping[int, int] | None:
    try:
        with path.open(encoding="utf-8", newline="") as stream:
            rows = list(csv.DictReader(stream))
            if rows and "source_index" not in rows[0]:
                return None
            return {int(row["index"]): int(row["source_index"]) for row in rows}
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError) as error:
        raise AnnotationError(f"{path}: not a table of index and source_index ({error})") from error


def numbers_of_names(names: Sequence[str], *, frame_count: int) -> list[int]:
    """Frame numbers, from 0, of pictures.

    As many pictures as the video has frames are its frames. Else the last number in each name
    counts, from 1 if the lowest one is 1. Without numbers, the order counts.
    """
    order = list(range(len(names)))
    if len(names) == frame_count:
        return order
    found = [re.findall(r"\d+", Path(name).stem) for name in names]
    if not all(found):
        return order
    numbers = [int(digits[-1]) for digits in found]
    if len(set(numbers)) < len(numbers):
        return order
    first = 1 if min(numbers, default=0) == 1 else 0
    return [number - first for number in numbers]
