"""Carrying a corrected mask to its neighbours, until the next keyframe.

These functions compute; the result is put into the project with the edit `SetMasks`, so that a
window can show progress and stop in between:

    steps = propagate_by_flow(project, track=3, frame=120, pictures=read_picture)
    project.apply(propagated(3, steps))
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from blendmask_live.annotation.mask_edits import SetMasks
from blendmask_live.annotation.project import Project
from blendmask_live.annotation.runs import FrameRange, Origin
from blendmask_live.errors import ProjectError
from blendmask_live.masks.blending import blend_mask
from blendmask_live.masks.crops import CroppedMask, shared_px
from blendmask_live.masks.flow import carried_mask, flow_between, grey_for_flow
from blendmask_live.masks.likeness import Likeness
from blendmask_live.masks.pasting import paste_soft_masks

__all__ = ["Step", "propagate_by_blending", "propagate_by_flow", "propagated"]


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """A frame and the mask for it."""

    frame: int
    mask: CroppedMask
    confidence: float
    """That it still is the object, 0 to 1: by its colours (flow), or by how sure its pixels are
    and how much it shares with the mask before (blending)."""


ReadPicture = Callable[[int], NDArray[np.uint8]]
"""Source frame index -> (H, W, 3) uint8 RGB."""

_LEAST_OVERLAP = 0.5
"""IoU of a blended mask with that of the frame before; below it the object was lost."""
_LEAST_AREA_SHARE = 0.1
"""Of the first mask; below it the object has gone."""
_LEAST_CONFIDENCE = 0.3
"""Below it the mask lies on something else: the object was lost."""


def propagated(track: int, steps: Iterable[Step], *, score: float = 1.0) -> SetMasks:
    """The edit that puts the masks into the track."""
    masks = {step.frame: step.mask for step in steps}
    return SetMasks(track, masks, origin=Origin.PROPAGATED, score=score)


def propagate_by_flow(
    project: Project,
    *,
    track: int,
    frame: int,
    pictures: ReadPicture,
    is_backward: bool = False,
    frames: FrameRange | None = None,
) -> Iterator[Step]:
    """Carry a mask along with the optical flow of the pictures (DIS, Kroeger et al., 2016).

    Args:
        track: Whose mask is carried...
        frame: ...from this frame.
        pictures: Gives the picture of a frame; neighbours are asked for in order.
        is_backward: Towards the beginning.
        frames: Not beyond these.

    Yields:
        Frame after frame, until a keyframe of the track, the end, or the object has gone or is
        lost.

    Raises:
        ProjectError: If the track has no mask in `frame`.
    """
    mask = _start(project, frame, track)
    smallest = mask.area * _LEAST_AREA_SHARE
    first = pictures(frame)
    likeness, old = Likeness(first, mask), grey_for_flow(first)
    for target in _targets(project, track, frame, is_backward=is_backward, frames=frames):
        picture = pictures(target)
        new = grey_for_flow(picture)
        mask = carried_mask(mask, flow_between(old, new), project.frame_size(target))
        if mask.area < smallest:
            return
        confidence = likeness(picture, mask)
        if confidence < _LEAST_CONFIDENCE:
            return
        yield Step(target, mask, confidence)
        old = new


def propagate_by_blending(
    project: Project,
    *,
    track: int,
    frame: int,
    is_backward: bool = False,
    frames: FrameRange | None = None,
) -> Iterator[Step]:
    """Blend the bases of the next frames with the attention of this frame's mask.

    The box of a frame is that of the mask before, moved as it moved. Needs latents of the
    detection in `frame`; arguments and end as in `propagate_by_flow`.

    Raises:
        ProjectError: If the track has no mask in `frame`, or that has no latents.
    """
    here = project.masks(frame)
    rows = [row for row, run in enumerate(here.runs) if run.track == track]
    mask = _start(project, frame, track)
    soft = here.soft_masks[rows[0]]
    attention = here.attention[rows[0]]
    if attention is None or soft is None:
        raise ProjectError(
            f"track {track}, frame {frame}: has no attention to blend with (it was not detected, "
            "or the project was made without --latents); use optical flow"
        )
    box = soft.box
    for target in _targets(project, track, frame, is_backward=is_backward, frames=frames):
        bases = project.masks(target).bases
        if bases is None:
            return
        size = project.frame_size(target)
        scale = np.array([bases.shape[2] / size[1], bases.shape[1] / size[0]] * 2, np.float32)
        blended = blend_mask(bases, box * scale, attention, mask_size=soft.probabilities.shape[0])
        (new,) = paste_soft_masks(
            blended[None], box[None], frame_size=size, threshold=soft.threshold
        )
        shared = _overlap(mask, new)
        if shared < _LEAST_OVERLAP:
            return
        new = new.tight()
        sure = blended[blended >= soft.threshold]
        yield Step(target, new, shared * float(sure.mean()) if sure.size else 0.0)
        moved = np.array(new.box, np.float32) - np.array(mask.tight().box, np.float32)
        shift = ((moved[:2] + moved[2:]) / 2).clip(-32, 32)
        box = box + np.tile(shift, 2).astype(np.float32)
        mask = new


def _start(project: Project, frame: int, track: int) -> CroppedMask:
    mask = project.mask(frame, track)
    if mask is None:
        raise ProjectError(f"track {track} has no mask in frame {frame} to propagate")
    return mask


def _targets(
    project: Project, track: int, frame: int, *, is_backward: bool, frames: FrameRange | None
) -> Iterator[int]:
    """Frames from the next one up to the next keyframe of the track."""
    first, last = (frames or FrameRange()).ends
    keyframes = [
        (run.first, run.last)
        for lane in project.lanes()
        if lane.track.track_id == track
        for run in lane.runs
        if run.is_keyframe
    ]
    step = -1 if is_backward else 1
    target = project.frames.shifted(frame, step)
    while target in project.frames and first <= target <= last:
        if any(begin <= target <= end for begin, end in keyframes):
            return
        yield target
        target = project.frames.shifted(target, step)


def _overlap(a: CroppedMask, b: CroppedMask) -> float:
    if not a.area or not b.area:
        return 0.0
    shared = shared_px(a, b)
    return shared / (a.area + b.area - shared)
