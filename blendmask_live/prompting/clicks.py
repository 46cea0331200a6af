"""Clicks as a patient user makes them: in the middle of what is wrong."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from blendmask_live.masks.crops import crop_mask

__all__ = ["correcting_click", "depth_inside"]


def correcting_click(
    truth: NDArray[np.bool_], answer: NDArray[np.bool_]
) -> tuple[float, float, bool] | None:
    """The middle of the largest error, as a patient user would click; None where none is left.

    The middle is the place farthest from where the answer is right, the picture's edge
    included.

    Returns:
        x, y, and whether the place belongs to the object.
    """
    wrong = crop_mask(truth != answer)
    if not wrong.area:
        return None
    x0, y0, x1, y1 = wrong.box
    part = truth[y0:y1, x0:x1]
    missed, extra = depth_inside(wrong.mask & part), depth_inside(wrong.mask & ~part)
    is_inside = bool(missed.max() >= extra.max())
    depth = missed if is_inside else extra
    y, x = np.unravel_index(int(depth.argmax()), depth.shape)
    return float(x + x0) + 0.5, float(y + y0) + 0.5, is_inside


def depth_inside(region: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Distance of each place of a region to where it ends, or the picture does."""
    framed = cv2.copyMakeBorder(region.astype(np.uint8), 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
    return np.asarray(cv2.distanceTransform(framed, cv2.DIST_L2, 5)[1:-1, 1:-1], dtype=np.float32)
