"""Masks of an object that was followed through the pictures, kept as they come."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from blendmask_live.annotation.change import Change, NewMask
from blendmask_live.annotation.runs import FrameRange, Origin, Run

__all__ = ["KeepFollowed"]


@dataclass(frozen=True, slots=True, eq=False)
class KeepFollowed:
    """Put followed masks into a track; masks that a person made or confirmed stay.

    Kept one by one, as `Project.apply(edit, onto=text of the one before)`, they are one act.
    """

    track: int
    masks: Mapping[int, NewMask]
    """Frame -> mask and how sure it is."""
    label: str
    """Class of the masks."""
    frames: FrameRange
    """All that the act is about so far."""

    @property
    def text(self) -> str:
        return f"follow track {self.track}, {self.frames}"

    def apply(self, change: Change) -> None:
        change.require_track(self.track)
        class_id = change.class_id(self.label)
        for frame, new in sorted(self.masks.items()):
            change.frames.place(frame)
            near = FrameRange(change.frames.shifted(frame, -1), change.frames.shifted(frame, 1))
            runs = change.runs_of(self.track, near)
            if any(run.is_keyframe and run.first <= frame <= run.last for run in runs):
                continue
            change.set_masks(
                self.track,
                {frame: new},
                origin=Origin.PROPAGATED,
                class_id=class_id,
                strand=_strand_beside(change, runs, frame),
            )


def _strand_beside(change: Change, runs: list[Run], frame: int) -> int | None:
    """Where a neighbour is that this act made: together they are one run."""
    for run in runs:
        is_own = run.strand >= change.first_new_strand and run.origin is Origin.PROPAGATED
        if is_own and change.is_free(run.strand, frame):
            return run.strand
    return None
