"""Edits of identities, classes and visibility: they rewrite runs, never masks.

Their cost follows the number of runs in the range, not of frames. `frames` is the range they
act in: `FrameRange(f)` from here on, `FrameRange.only(f)` here only, `FrameRange(a, b)` between
marks, `FrameRange()` everywhere.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from blendmask_live.annotation.change import Change
from blendmask_live.annotation.runs import FrameRange, Run
from blendmask_live.errors import ProjectError

__all__ = [
    "AddLabel",
    "DeleteMasks",
    "DeleteTrack",
    "HideTrack",
    "MergeTracks",
    "ReassignMasks",
    "Relabel",
    "RenameLabel",
    "RenameTrack",
    "SetKeyframe",
    "SplitTrack",
    "SwapTracks",
]

_EVERYWHERE = FrameRange()


@dataclass(frozen=True, slots=True)
class Relabel:
    """Give a track's masks another class."""

    track: int
    label: str
    frames: FrameRange = _EVERYWHERE

    @property
    def text(self) -> str:
        return f"relabel track {self.track} as {self.label}, {self.frames}"

    def apply(self, change: Change) -> None:
        class_id = change.class_id(self.label)
        change.require_track(self.track)
        taken = change.take(self.track, self.frames)
        change.give(replace(run, class_id=class_id) for run in taken)


@dataclass(frozen=True, slots=True)
class AddLabel:
    """Add a class behind the last; its id is the number of labels before."""

    name: str

    @property
    def text(self) -> str:
        return f"add class {self.name!r}"

    def apply(self, change: Change) -> None:
        _require_new_name(change, self.name)
        change.set_label(len(change.labels()), self.name)


@dataclass(frozen=True, slots=True)
class RenameLabel:
    """Give a class another name."""

    label: str
    name: str

    @property
    def text(self) -> str:
        return f"rename class {self.label!r} to {self.name!r}"

    def apply(self, change: Change) -> None:
        _require_new_name(change, self.name)
        change.set_label(change.class_id(self.label), self.name)


@dataclass(frozen=True, slots=True)
class RenameTrack:
    """Give a track a name of its own."""

    track: int
    name: str

    @property
    def text(self) -> str:
        return f"name track {self.track} {self.name!r}"

    def apply(self, change: Change) -> None:
        change.set_track(self.track, name=self.name)


@dataclass(frozen=True, slots=True)
class HideTrack:
    """Leave a track out of pictures and exports, or (`is_hidden` false) show it again."""

    track: int
    is_hidden: bool = True

    @property
    def text(self) -> str:
        return f"{'hide' if self.is_hidden else 'show'} track {self.track}"

    def apply(self, change: Change) -> None:
        change.set_track(self.track, is_hidden=self.is_hidden)


@dataclass(frozen=True, slots=True)
class DeleteMasks:
    """Remove a track's masks of a range; a track without any is forgotten."""

    track: int
    frames: FrameRange

    @property
    def text(self) -> str:
        return f"delete masks of track {self.track}, {self.frames}"

    def apply(self, change: Change) -> None:
        change.require_track(self.track)
        change.deleted += change.count(change.take(self.track, self.frames))
        change.drop_track_if_empty(self.track)


@dataclass(frozen=True, slots=True)
class DeleteTrack:
    """Remove a track with all its masks."""

    track: int

    @property
    def text(self) -> str:
        return f"delete track {self.track}"

    def apply(self, change: Change) -> None:
        DeleteMasks(self.track, _EVERYWHERE).apply(change)


@dataclass(frozen=True, slots=True)
class SwapTracks:
    """Exchange the masks of two tracks: what one wore the other wears."""

    track: int
    other: int
    frames: FrameRange = _EVERYWHERE

    @property
    def text(self) -> str:
        return f"swap tracks {self.track} and {self.other}, {self.frames}"

    def apply(self, change: Change) -> None:
        _require_two(change, self.track, self.other)
        ours = change.take(self.track, self.frames)
        theirs = change.take(self.other, self.frames)
        change.give(_of(self.other, ours))
        change.give(_of(self.track, theirs))
        change.drop_track_if_empty(self.track)
        change.drop_track_if_empty(self.other)


@dataclass(frozen=True, slots=True)
class MergeTracks:
    """Make two tracks one, which keeps the id `into`.

    Where both have a mask, a keyframe wins over another mask, else the mask of `into` stays.
    """

    into: int
    other: int
    frames: FrameRange = _EVERYWHERE

    @property
    def text(self) -> str:
        return f"merge track {self.other} into {self.into}, {self.frames}"

    def apply(self, change: Change) -> None:
        _require_two(change, self.into, self.other)
        moved = _of(self.into, change.take(self.other, self.frames))
        change.join(change.take(self.into, self.frames), moved)
        change.drop_track_if_empty(self.other)


@dataclass(frozen=True, slots=True)
class ReassignMasks:
    """Move masks of a range to another track, which is made if it is not there.

    Where that one has a mask, a keyframe wins over another mask, else the moved one does.
    """

    track: int
    to: int
    frames: FrameRange = _EVERYWHERE

    @property
    def text(self) -> str:
        return f"give masks of track {self.track} to {self.to}, {self.frames}"

    def apply(self, change: Change) -> None:
        change.ensure_track(self.to)
        _require_two(change, self.track, self.to)
        moved = _of(self.to, change.take(self.track, self.frames))
        change.join(moved, change.take(self.to, self.frames))
        change.drop_track_if_empty(self.track)
        change.drop_track_if_empty(self.to)


@dataclass(frozen=True, slots=True)
class SplitTrack:
    """Make the masks of a range a track of its own, with the next free id."""

    track: int
    frames: FrameRange

    @property
    def text(self) -> str:
        return f"split track {self.track}, {self.frames}"

    def apply(self, change: Change) -> None:
        change.require_track(self.track)
        taken = change.take(self.track, self.frames)
        if not taken or not change.runs_of(self.track):
            raise ProjectError(
                f"track {self.track} has masks on one side of the cut only: "
                "go to the frame at which the second object begins"
            )
        change.give(_of(change.new_track(), taken))


@dataclass(frozen=True, slots=True)
class SetKeyframe:
    """Confirm a track's masks as they are, or (`is_keyframe` false) take that back.

    Interpolation and propagation lean on keyframes and never replace them.
    """

    track: int
    frames: FrameRange
    is_keyframe: bool = True

    @property
    def text(self) -> str:
        action = "confirm" if self.is_keyframe else "unconfirm"
        return f"{action} track {self.track}, {self.frames}"

    def apply(self, change: Change) -> None:
        change.require_track(self.track)
        taken = change.take(self.track, self.frames)
        change.give(replace(run, is_keyframe=self.is_keyframe) for run in taken)


def _of(track: int, runs: Iterable[Run]) -> list[Run]:
    return [replace(run, track=track) for run in runs]


def _require_two(change: Change, track: int, other: int) -> None:
    if track == other:
        raise ProjectError(f"track {track}: choose two different tracks")
    change.require_track(track)
    change.require_track(other)


def _require_new_name(change: Change, name: str) -> None:
    if not name.strip() or name in change.labels():
        raise ProjectError(f"class {name!r}: expected a name that no class has yet")
