"""Holes of masks."""

from __future__ import annotations

import cv2
import numpy as np

from blendmask_live.masks.crops import CroppedMask

__all__ = ["with_holes_filled"]


def with_holes_filled(mask: CroppedMask) -> CroppedMask:
    """The mask with every hole closed that has no way out."""
    if not mask.area:
        return mask
    contours, _ = cv2.findContours(
        mask.mask.view(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE
    )
    filled = mask.mask.astype(np.uint8)
    cv2.drawContours(filled, contours, -1, 1, cv2.FILLED)
    return CroppedMask(mask.x0, mask.y0, filled.view(np.bool_))
