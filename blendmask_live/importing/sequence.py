"""What every importer gives: labels, and exact masks by frame of the source."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import numpy as np

from blendmask_live.counting import counted
from blendmask_live.datatypes import CroppedMask, Instances, TrackedInstances, TrackState
from blendmask_live.errors import AnnotationError
from blendmask_live.importing.frame_names import number_in_names, place_names, place_numbers
from blendmask_live.importing.frames_csv import frames_csv
from blendmask_live.importing.reading import at_place
from blendmask_live.importing.shapes import union
from blendmask_live.masks.segmentations import unusable_ring

__all__ = [
    "FrameNumbers",
    "ImportTarget",
    "ImportedSequence",
    "MaskRow",
    "Remarks",
    "tracked_instances",
    "usable_rings",
    "usable_score",
]

_NAMED: Final = 3
_REMARKS: Final = 8
"""More kinds of remarks would hide the rest."""


@dataclass(frozen=True, slots=True)
class ImportTarget:
    """The video that the annotations belong to."""

    frame_size: tuple[int, int]
    """(height, width) px in display orientation."""
    frame_count: int
    """All frames of the source, whatever range is annotated."""
    pts_s: Sequence[Fraction | None] = ()
    """Presentation time of each frame, where known."""
    picture_names: Sequence[str] = ()
    """File name of each frame where the source is a folder of pictures."""
    name: str = ""
    """The source's, without suffix; tells which of several videos in a file it is."""
    first_frame: int | None = None
    """Number that the annotations give to the first frame, where the user says it."""


class Remarks:
    """Counts what is imported otherwise than it stands in the file, and keeps the first places.

    Attributes:
        counts: How often, by kind.
        places: The first few places, by kind.
        left_out: Shapes that are not imported, in all.
    """

    def __init__(self) -> None:
        self.counts: dict[str, int] = {}
        self.places: dict[str, list[str]] = {}
        self.left_out = 0

    def leave_out(self, why: str, place: str) -> None:
        """A shape is not imported; `place` names it."""
        self.left_out += 1
        self.add(f"left out, {why}", place)

    def add(self, kind: str, place: str) -> None:
        """One more of a kind."""
        self.counts[kind] = self.counts.get(kind, 0) + 1
        places = self.places.setdefault(kind, [])
        if len(places) < _NAMED:
            places.append(place)

    @contextmanager
    def odd_shapes(self, place: str) -> Iterator[None]:
        """Leave out a shape that cannot be read, instead of refusing the file."""
        try:
            with at_place(place):
                yield
        except AnnotationError as error:
            self.leave_out(str(error).removeprefix(f"{place}: "), place)

    @property
    def lines(self) -> list[str]:
        """One for each kind, for people: what, how many, where first."""
        return [
            f"{kind}: {count} ({', '.join(self.places[kind])}"
            f"{', ...' if count > len(self.places[kind]) else ''})"
            for kind, count in self.counts.items()
        ]


@dataclass(frozen=True, slots=True)
class ImportedSequence:
    """Annotations of one video.

    Attributes:
        labels: That the instances' class ids refer to.
        frames: (source frame index, masks), ascending, frames without masks left out. To be
            gone through once.
        assumptions: How what the file does not say was understood, for people.
        remarks: What is left out or changed; complete after `frames`.
    """

    labels: tuple[str, ...]
    frames: Iterable[tuple[int, TrackedInstances]]
    assumptions: Sequence[str] = ()
    remarks: Remarks = field(default_factory=Remarks)

    @property
    def notes(self) -> list[str]:
        """What people should know of the import, a line each; complete after `frames`."""
        lines = self.remarks.lines
        rest = [f"and {len(lines) - _REMARKS} more kinds of remarks"] * (len(lines) > _REMARKS)
        return [*(f"assumed: {text}" for text in self.assumptions), *lines[:_REMARKS], *rest]


@dataclass(frozen=True, slots=True)
class MaskRow:
    """One mask, as a file tells it."""

    track_id: int
    class_id: int
    score: float
    crop: CroppedMask


def tracked_instances(
    rows: Sequence[MaskRow],
    labels: tuple[str, ...],
    frame_size: tuple[int, int],
    *,
    remarks: Remarks,
    place: str,
) -> TrackedInstances:
    """Exact masks of one frame; those without a pixel are left out.

    Several masks of a track are parts of one object. `place` names the frame in `remarks`.
    """
    whole: dict[int, MaskRow] = {}
    for row in rows:
        first = whole.setdefault(row.track_id, row)
        if first is not row:
            remarks.add("joined, masks of one track in one frame", f"{place}, track {row.track_id}")
            whole[row.track_id] = replace(first, crop=union(first.crop, row.crop))
    rows = list(whole.values())
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


def usable_score(value: Any) -> float:
    """A score as a file tells it; 1 where it tells none that a number can hold."""
    try:
        with np.errstate(over="ignore"):
            score = float(np.float32(value))
    except (TypeError, ValueError, OverflowError):
        return 1.0
    return score if np.isfinite(score) else 1.0


def usable_rings(
    segmentation: Any, frame_size: tuple[int, int], *, remarks: Remarks, place: str
) -> Any:
    """Keep those of an object's polygons that can be drawn; anything else as it is.

    A single one may be without the list around it.
    """
    if not isinstance(segmentation, list):
        return segmentation
    if all(isinstance(number, (int, float)) for number in segmentation) and segmentation:
        segmentation = [segmentation]
    rings = [ring for ring in segmentation if unusable_ring(ring, frame_size) is None]
    if rings and len(rings) < len(segmentation):
        remarks.add("parts left out, an outline that cannot be drawn", place)
    return rings or segmentation


class FrameNumbers:
    """Frame numbers of a file -> frame indices of the source.

    Our exports count the exported frames; their frames.csv tells which frames of the source
    these were. Without such a table the numbers are the source's own.

    Attributes:
        assumptions: What was assumed of them, for people.
    """

    def __init__(self, folder: Path | None, target: ImportTarget) -> None:
        """Look for frames.csv in `folder`; None where the file has the source's own numbers.

        Raises:
            AnnotationError: If it cannot be read.
        """
        self._target = target
        self._count = target.frame_count
        self.assumptions: list[str] = []
        self._indices = None if folder is None else _read_frames_csv(frames_csv(folder))

    @property
    def is_ours(self) -> bool:
        """Whether the file is one of our exports."""
        return self._indices is not None

    def index(self, number: int, place: str) -> int:
        """The source's frame; `place` is named in the error.

        Raises:
            AnnotationError: If the video has no such frame.
        """
        if self._indices is not None and number not in self._indices:
            raise AnnotationError(f"{place}: frame {number} is not in frames.csv")
        index = number if self._indices is None else self._indices[number]
        if not 0 <= index < self._count:
            there = counted(self._count, "frame")
            raise AnnotationError(
                f"{place}: frame {index} (from 0), but the video has {there}; "
                "give the video that was annotated"
            )
        return index

    def of_names(self, *spellings: Sequence[str], place: str, first: int = 0) -> list[int | None]:
        """Numbers, for `index`, of frames that a file lists by picture; None: not there.

        Args:
            spellings: As of `place_names`.
            first: Number of the first picture in our own exports.
            place: Of the names, for errors.

        Raises:
            AnnotationError: If they do not fit the video, or in more than one way.
        """
        if self._indices is not None:
            numbers = number_in_names(spellings[0], len(self._indices))
            found: list[int | None] = list(range(len(spellings[0])))
            if numbers is not None:
                found = [number - (first if 0 not in numbers else 0) for number in numbers]
        else:
            placing = place_names(
                spellings,
                self._target.picture_names,
                frame_count=self._count,
                first_frame=self._target.first_frame,
                place=place,
            )
            found = placing.frames
            self.assumptions.append(placing.assumption)
        known = Counter(number for number in found if number is not None)
        for row, number in enumerate(found):
            if number is not None and known[number] > 1:
                raise AnnotationError(
                    f"{place}: several pictures are of frame {number} ({spellings[0][row]} is "
                    "one); give a file of one video, each frame once"
                )
        return found

    def of_numbers(
        self, numbers: Sequence[int], *, usual: int | None, place: str
    ) -> dict[int, int | None]:
        """Numbers, for `index`, of frames that a file lists by its own ones; None: not there.

        Args:
            numbers: All that the file names, each once.
            usual: Number of the first frame as the format has it, if it says so.
            place: Of the numbers, for errors.

        Raises:
            AnnotationError: If the numbers do not fit the video, or in more than one way.
        """
        if not numbers:
            return {}
        if self._indices is not None:
            first = 0 if 0 in numbers else 1
            return {number: number - first for number in numbers}
        placing = place_numbers(
            numbers,
            self._target.picture_names,
            frame_count=self._count,
            first_frame=self._target.first_frame,
            usual=usual,
            place=place,
        )
        self.assumptions.append(placing.assumption)
        return dict(zip(numbers, placing.frames, strict=True))


def _read_frames_csv(path: Path) -> Mapping[int, int] | None:
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
