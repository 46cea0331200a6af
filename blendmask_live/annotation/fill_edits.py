"""Edits that fill frames between masks that are trusted."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from blendmask_live.annotation.change import Change, NewMask
from blendmask_live.annotation.runs import FrameRange, Origin, Run
from blendmask_live.annotation.shapes import between
from blendmask_live.errors import ProjectError

__all__ = ["FillGaps", "Interpolate"]


@dataclass(frozen=True, slots=True)
class Interpolate:
    """Replace what lies between neighbouring keyframes by shapes on the way between them.

    Keyframes are those of the range and its two ends, whichever masks these have. Signed
    distances are mixed, so that an outline wanders evenly (see `shapes.between`).
    """

    track: int
    frames: FrameRange

    @property
    def text(self) -> str:
        return f"interpolate track {self.track}, {self.frames}"

    def apply(self, change: Change) -> None:
        change.require_track(self.track)
        runs = change.runs_of(self.track, self.frames)
        stops = _keyframes(change, runs, self.frames)
        if len(stops) < 2:
            raise ProjectError(
                f"track {self.track}: interpolation needs two masks to go between, "
                f"{self.frames} has {len(stops)}"
            )
        for before, after in pairwise(stops):
            _fill(change, self.track, before, after)


@dataclass(frozen=True, slots=True)
class FillGaps:
    """Interpolate over every stretch of a range in which the track is missing."""

    track: int
    frames: FrameRange
    longest: int = 15
    """Gaps of more frames are left: the object was probably gone."""

    @property
    def text(self) -> str:
        return f"fill gaps of track {self.track}, {self.frames}"

    def apply(self, change: Change) -> None:
        change.require_track(self.track)
        runs = change.runs_of(self.track, self.frames)
        for run, following in pairwise(runs):
            missing = change.frames.between(run.last + 1, following.first - 1)
            if 0 < len(missing) <= self.longest:
                _fill(change, self.track, run.last, following.first)


def _keyframes(change: Change, runs: list[Run], frames: FrameRange) -> list[int]:
    """Frames of the range to go between, ascending."""
    if not runs:
        return []
    first, last = frames.ends
    stops = {max(runs[0].first, first), min(runs[-1].last, last)}
    for run in runs:
        if run.is_keyframe:
            stops |= set(change.frames.between(max(run.first, first), min(run.last, last)).tolist())
    return sorted(stops)


def _fill(change: Change, track: int, before: int, after: int) -> None:
    """Replace all masks between two frames by interpolated ones."""
    targets = change.frames.between(before + 1, after - 1).tolist()
    start, end = change.mask(before, track), change.mask(after, track)
    if not targets or start is None or end is None:
        return
    score = min(change.scores(track, [before, after]))
    size = change.frame_size(before)
    first, last = change.frames.place(before), change.frames.place(after)
    masks = {
        frame: NewMask(
            between(
                start,
                end,
                share=(change.frames.place(frame) - first) / (last - first),
                frame_size=size,
            ),
            score,
        )
        for frame in targets
    }
    change.set_masks(track, masks, origin=Origin.INTERPOLATED)
