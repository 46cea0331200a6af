"""Changing a mask where a click says so, and nowhere else."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from blendmask_live.masks.crops import CroppedMask, crop_mask
from blendmask_live.prompting.prompt import Point

__all__ = ["corrected"]

_REACH = 0.02
"""How far from a change a click may be that is meant for it, of the picture's longer side."""


def corrected(
    mask: CroppedMask, answer: CroppedMask, points: Sequence[Point], frame_size: tuple[int, int]
) -> CroppedMask:
    """A mask with those changes of an answer that clicks ask for.

    The network answers with a whole mask, whose outline differs a little from the old one
    everywhere. Of the pieces that it adds, those at a click inside are taken, and of the pieces
    that it takes away, those at a click outside; the rest of the mask stays as it was.

    Args:
        mask: As it was.
        answer: What the network makes of it with these clicks.
        points: Clicks in frame px.
        frame_size: (height, width) px.
    """
    old, new = _whole(mask, frame_size), _whole(answer, frame_size)
    inside = [(x, y) for x, y, is_inside in points if is_inside]
    outside = [(x, y) for x, y, is_inside in points if not is_inside]
    reach_px = _REACH * max(frame_size)
    added = _pieces_at(new & ~old, inside, reach_px)
    taken = _pieces_at(old & ~new, outside, reach_px)
    return crop_mask((old | added) & ~taken)


def _pieces_at(
    change: NDArray[np.bool_], places: Sequence[tuple[float, float]], reach_px: float
) -> NDArray[np.bool_]:
    """The connected pieces of a change that hold a click, or the nearest one within reach."""
    chosen = np.zeros_like(change)
    if not places or not change.any():
        return chosen
    _, labels = cv2.connectedComponents(change.astype(np.uint8), connectivity=4)
    away, nearest = cv2.distanceTransformWithLabels(
        (~change).astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    piece_of = np.zeros(int(nearest.max()) + 1, dtype=np.int32)
    piece_of[nearest[change]] = labels[change]
    wanted = {
        int(piece_of[nearest[int(y), int(x)]])
        for x, y in places
        if away[int(y), int(x)] <= reach_px
    }
    for piece in wanted:
        chosen |= labels == piece
    return chosen


def _whole(mask: CroppedMask, frame_size: tuple[int, int]) -> NDArray[np.bool_]:
    whole = np.zeros(frame_size, dtype=bool)
    x0, y0, x1, y1 = mask.box
    whole[y0:y1, x0:x1] = mask.mask
    return whole
