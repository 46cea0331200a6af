"""Clicks as a patient user makes them: in the middle of what is wrong."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

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
    missed, extra = depth_inside(truth & ~answer), depth_inside(answer & ~truth)
    is_inside = bool(missed.max() >= extra.max())
    depth = missed if is_inside else extra
    if depth.max() == 0:
        return None
    y, x = np.unravel_index(int(depth.argmax()), depth.shape)
    return float(x) + 0.5, float(y) + 0.5, is_inside


def depth_inside(region: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Distance of each place of a region to where it ends, or the picture does."""
    framed = cv2.copyMakeBorder(region.astype(np.uint8), 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
    return np.asarray(cv2.distanceTransform(framed, cv2.DIST_L2, 5)[1:-1, 1:-1], dtype=np.float32)
