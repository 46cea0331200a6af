"""What an object looks like: a colour histogram of its pixels, made once per detection.

Attention tells successive frames apart, but changes with pose; colours last over longer gaps.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from blendmask_live.masks.crops import CroppedMask

__all__ = ["describe"]

_BINS = (4, 8, 8)
"""Of lightness and the two colour axes: light changes more than colour."""
_SIDE_PX = 32
"""About so many rows and columns of an object are read."""


def describe(image: NDArray[np.uint8], crops: Sequence[CroppedMask]) -> NDArray[np.float32]:
    """(N, 256) roots of CIE Lab histograms: their product is the Bhattacharyya coefficient.

    Rows are unit vectors; zeros for masks without a pixel.
    """
    roots = np.zeros((len(crops), int(np.prod(_BINS))), dtype=np.float32)
    for row, crop in zip(roots, crops, strict=True):
        x0, y0, x1, y1 = crop.box
        step_x, step_y = max((x1 - x0) // _SIDE_PX, 1), max((y1 - y0) // _SIDE_PX, 1)
        inside = crop.mask[::step_y, ::step_x]
        pixels = image[y0:y1:step_y, x0:x1:step_x][inside]
        if not len(pixels):
            continue
        lab = cv2.cvtColor(pixels[None], cv2.COLOR_RGB2LAB)[0].astype(np.int32)
        bins = (lab[:, 0] >> 6) << 6 | (lab[:, 1] >> 5) << 3 | lab[:, 2] >> 5
        counts = np.bincount(bins, minlength=row.size)
        row[:] = np.sqrt(counts / len(pixels))
    return roots
