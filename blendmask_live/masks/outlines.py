"""Masks as outlines and back, for drawing them and changing their corners."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from blendmask_live.masks.crops import CroppedMask

__all__ = ["enclosed", "outlines"]

_FRACTION_BITS = 4
"""OpenCV draws at 1/16 px."""


def outlines(mask: CroppedMask, *, tolerance_px: float = 0.0) -> list[NDArray[np.float64]]:
    """The edges of a mask, those of its holes too.

    Args:
        mask: In its frame.
        tolerance_px: How far corners may lie from the true edge; more makes them fewer.

    Returns:
        (n, 2) x and y in frame px, through the middles of the outermost pixels; each is closed.
    """
    found, _ = cv2.findContours(mask.mask.view(np.uint8), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    if tolerance_px > 0:
        found = [cv2.approxPolyDP(contour, tolerance_px, True) for contour in found]
    middle = np.array([mask.x0 + 0.5, mask.y0 + 0.5])
    return [contour[:, 0] + middle for contour in found]


def enclosed(edges: Sequence[NDArray[np.float64]], *, frame_size: tuple[int, int]) -> CroppedMask:
    """What outlines enclose; what lies inside of two of them is a hole.

    Args:
        edges: As `outlines` gives them.
        frame_size: (height, width) px.
    """
    drawn = np.zeros(frame_size, dtype=np.uint8)
    fixed = [
        np.rint((edge - 0.5) * (1 << _FRACTION_BITS)).astype(np.int32)
        for edge in edges
        if len(edge)
    ]
    if fixed:
        cv2.fillPoly(drawn, fixed, 1, cv2.LINE_8, _FRACTION_BITS)
    return CroppedMask(0, 0, drawn.view(np.bool_)).tight()
