"""Runs: stretches of a strand's masks that belong to one track."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum

from blendmask_live.annotation.database import Row

__all__ = ["FrameRange", "Origin", "Run", "without"]


class Origin(IntEnum):
    """How a mask came to be."""

    DETECTED = 0
    """By the network."""
    COASTED = 1
    """By the tracker, for an object that was not detected."""
    CORRECTED = 2
    """Drawn or changed by a person."""
    INTERPOLATED = 3
    """Between two masks of the track."""
    PROPAGATED = 4
    """From a neighbouring frame, along with the picture."""
    IMPORTED = 5
    """From a file of another tool."""


@dataclass(frozen=True, slots=True)
class FrameRange:
    """Frames from `first` to `last`, both included; an absent end is open.

    `FrameRange.only(7)` is frame 7, `FrameRange(7)` all from there on, `FrameRange()` all.
    """

    first: int | None = None
    last: int | None = None

    @classmethod
    def only(cls, frame: int) -> FrameRange:
        """One frame."""
        return cls(frame, frame)

    @property
    def ends(self) -> tuple[int, int]:
        """First and last frame as numbers."""
        low = -1 if self.first is None else self.first
        return low, (1 << 62) if self.last is None else self.last

    def __str__(self) -> str:
        match self.first, self.last:
            case None, None:
                return "all frames"
            case first, None:
                return f"frame {first} on"
            case None, last:
                return f"up to frame {last}"
            case first, last if first == last:
                return f"frame {first}"
            case first, last:
                return f"frames {first} to {last}"
        raise AssertionError


@dataclass(frozen=True, slots=True)
class Run:
    """Masks of one strand in every frame from `first` to `last`, all of one track."""

    strand: int
    first: int
    last: int
    """Included."""
    track: int
    class_id: int
    origin: Origin
    is_keyframe: bool
    """Whether a person made or confirmed these masks."""

    @classmethod
    def from_row(cls, row: Row) -> Run:
        strand, first, last, track, class_id, origin, is_keyframe = row
        return cls(strand, first, last, track, class_id, Origin(origin), bool(is_keyframe))

    @property
    def row(self) -> Row:
        return (
            self.strand,
            self.first,
            self.last,
            self.track,
            self.class_id,
            int(self.origin),
            int(self.is_keyframe),
        )

    def continues(self, other: Run) -> bool:
        """Whether the two differ in nothing but their frames."""
        return replace(self, first=other.first, last=other.last) == other


def without(
    runs: Iterable[Run], taken: Sequence[tuple[int, int]], shifted: Callable[[int, int], int]
) -> list[Run]:
    """What is left of runs outside the taken frames.

    Args:
        taken: (first, last) spans, ascending and disjoint.
        shifted: (frame, n) -> the frame n later.
    """
    starts = [first for first, _ in taken]
    left = []
    for run in runs:
        begin = run.first
        for first, last in taken[max(bisect_right(starts, begin) - 1, 0) :]:
            if first > run.last:
                break
            if last < begin:
                continue
            if first > begin:
                left.append(replace(run, first=begin, last=shifted(first, -1)))
            begin = shifted(last, 1)
        if begin <= run.last:
            left.append(replace(run, first=begin))
    return left
