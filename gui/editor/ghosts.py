"""What an act would do to a frame, to be seen before it is done."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from blendmask_live.datatypes import TrackedInstances
from blendmask_live.masks.crops import CroppedMask

__all__ = ["Ghost", "differences"]


@dataclass(frozen=True, slots=True, eq=False)
class Ghost:
    """A mask that would be there, or (`is_going`) that would be there no longer."""

    track: int
    mask: CroppedMask
    text: str
    """Class and number, as the label would be."""
    is_going: bool = False


def differences(before: TrackedInstances, after: TrackedInstances) -> list[Ghost]:
    """The masks of a frame in which two states differ."""
    old, new = _by_track(before), _by_track(after)
    ghosts = [
        Ghost(track, mask, f"{name} {track}", is_going=True)
        for track, (mask, name) in old.items()
        if track not in new
    ]
    for track, (mask, name) in new.items():
        if track not in old or old[track][1] != name or not _are_same(old[track][0], mask):
            ghosts.append(Ghost(track, mask, f"{name} {track}"))
    return ghosts


def _by_track(tracked: TrackedInstances) -> dict[int, tuple[CroppedMask, str]]:
    masks, names = tracked.instances.cropped_masks(), tracked.instances.class_names
    return {track: (masks[row], names[row]) for row, track in enumerate(tracked.track_ids.tolist())}


def _are_same(one: CroppedMask, other: CroppedMask) -> bool:
    one, other = one.tight(), other.tight()
    return one.box == other.box and np.array_equal(one.mask, other.mask)
