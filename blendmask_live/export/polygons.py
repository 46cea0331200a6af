"""Outlines of masks as polygons, with holes and parts joined where a format has one ring."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from blendmask_live.datatypes import CroppedMask

__all__ = ["Ring", "center_rings", "edge_parts", "joined"]

Ring = NDArray[np.float64]
"""(K, 2) x, y in frame px, K >= 3, without repeating the first point."""


def edge_parts(crop: CroppedMask, *, tolerance_px: float) -> list[list[Ring]]:
    """The mask's parts along the edges of its pixels: of each, its outer ring and its holes.

    With tolerance 0, exactly the mask's pixels have their centres inside (even-odd rule).
    """
    height, width = crop.mask.shape
    doubled = crop.mask.repeat(2, axis=0).repeat(2, axis=1).view(np.uint8)
    # A grid of half pixels on which a pixel covers its centre, its edges and its corners.
    grid = np.zeros((2 * height + 1, 2 * width + 1), dtype=np.uint8)
    for dy in (0, 1):
        for dx in (0, 1):
            grid[dy : dy + 2 * height, dx : dx + 2 * width] |= doubled
    origin = np.array([crop.x0, crop.y0])
    parts = _traced(grid)
    return [[_simplified(ring, 2 * tolerance_px) / 2 + origin for ring in part] for part in parts]


def center_rings(crop: CroppedMask, *, tolerance_px: float) -> list[Ring]:
    """All rings through the centres of the outermost pixels, as OpenCV's filling takes them.

    A ring without area (a pixel, a line one pixel wide) goes round its pixels instead.
    """
    origin = np.array([crop.x0, crop.y0]) + 0.5
    rings = []
    for ring in (ring for part in _traced(crop.mask.view(np.uint8)) for ring in part):
        extent = np.ptp(ring, axis=0)
        if extent.min() == 0:
            # A little less than the pixels: rounded down, every corner stays in its pixel.
            (x0, y0), (x1, y1) = ring.min(axis=0) - 0.45, ring.max(axis=0) + 0.45
            rings.append(np.array([(x0, y0), (x1, y0), (x1, y1), (x0, y1)]) + origin)
        else:
            rings.append(_simplified(ring, tolerance_px) + origin)
    return rings


def _traced(mask: NDArray[np.uint8]) -> list[list[NDArray[np.int32]]]:
    """Per part: outer ring and holes, (K, 2) x, y."""
    contours, hierarchy = cv2.findContours(mask, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    parts: dict[int, list[NDArray[np.int32]]] = {}
    parents = hierarchy[0, :, 3].tolist() if len(contours) else []
    for number, (contour, parent) in enumerate(zip(contours, parents, strict=True)):
        ring = np.asarray(contour[:, 0], dtype=np.int32)
        if parent < 0:
            parts.setdefault(number, []).insert(0, ring)
        else:
            parts.setdefault(parent, []).append(ring)
    return list(parts.values())


def _simplified(ring: NDArray[np.int32], tolerance: float) -> Ring:
    if tolerance > 0:
        fewer = cv2.approxPolyDP(ring[:, None], tolerance, True)[:, 0]
        if len(fewer) >= 3:
            return fewer.astype(np.float64)
    return ring.astype(np.float64)


def joined(rings: Sequence[Ring]) -> Ring:
    """One ring: the others are inserted where they are nearest, there and back on one line."""
    whole, *others = sorted(rings, key=lambda ring: -float(np.prod(np.ptp(ring, axis=0))))
    for ring in others:
        distances = ((whole[:, None] - ring[None]) ** 2).sum(axis=2)
        at, first = np.unravel_index(int(distances.argmin()), distances.shape)
        turned = np.roll(ring, -int(first), axis=0)
        whole = np.concatenate([whole[: at + 1], turned, turned[:1], whole[at:]])
    return whole
