"""How much what a mask covers looks like the object that it covered in another picture."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from blendmask_live.masks.crops import CroppedMask

__all__ = ["Likeness"]

_LEVELS: Final = 12
"""Of each of the three colours."""
_UNSEEN: Final = 0.02
"""Share of colours that neither the object nor its surroundings had."""
_RING_SHARE: Final = 0.35
"""Width of the surroundings: so much of the root of the object's area."""


class Likeness:
    """The colours of an object and of its surroundings in one picture.

    A pixel votes for the object by Bayes' rule, from how often object and surroundings had its
    colour; the mean vote is compared with that of the object itself. So a mask that was left
    behind on the ground is told, and one whose object has the colours of the ground is not.
    """

    def __init__(self, picture: NDArray[np.uint8], mask: CroppedMask) -> None:
        """Learn from an (H, W, 3) picture and the object's mask in it."""
        inside, ring = _places(picture, mask)
        own = _histogram(inside)
        around = _histogram(ring)
        self._votes = own / (own + around + _UNSEEN / own.size)
        self._usual = self._vote(inside)

    def __call__(self, picture: NDArray[np.uint8], mask: CroppedMask) -> float:
        """0 (nothing of the object) to 1 (as it was) for a mask in another picture."""
        inside, _ = _places(picture, mask)
        return min(self._vote(inside) / max(self._usual, 1e-6), 1.0)

    def _vote(self, colors: NDArray[np.uint8]) -> float:
        if not len(colors):
            return 0.0
        return float(self._votes[tuple(_bins(colors).T)].mean())


def _places(
    picture: NDArray[np.uint8], mask: CroppedMask
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """(n, 3) colours inside of a mask and (m, 3) around it."""
    height, width = picture.shape[:2]
    reach = max(4, round(_RING_SHARE * mask.area**0.5))
    x0, y0, x1, y1 = mask.box
    left, top = max(x0 - reach, 0), max(y0 - reach, 0)
    region = picture[top : min(y1 + reach, height), left : min(x1 + reach, width)]
    inside = np.zeros(region.shape[:2], dtype=np.uint8)
    inside[y0 - top : y1 - top, x0 - left : x1 - left] = mask.mask
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
    near = cv2.dilate(inside, kernel)
    return region[inside > 0], region[near > inside]


def _bins(colors: NDArray[np.uint8]) -> NDArray[np.intp]:
    return (colors.astype(np.intp) * _LEVELS) >> 8


def _histogram(colors: NDArray[np.uint8]) -> NDArray[np.float64]:
    """(levels, levels, levels): shares of the colours, smoothed; they sum to 1."""
    # Loaded when a mask is compared: it takes a quarter of what the window loads at its start.
    from scipy.ndimage import gaussian_filter

    counts = np.zeros((_LEVELS,) * 3)
    np.add.at(counts, tuple(_bins(colors).T), 1.0)
    smooth = gaussian_filter(counts, 0.7, mode="nearest")
    return np.asarray(smooth / max(smooth.sum(), 1.0))
