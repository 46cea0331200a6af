"""Outlines of masks as polygons, with holes and parts joined where a format has one ring."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from blendmask_live.datatypes import CroppedMask

__all__ = ["Ring", "center_rings", "edge_parts", "joined"]

Ring = NDArray[np.float64]
"""(K, 2) x, y in frame px, K >= 3, without repeating the first point."""

_BELOW_CENTER: Final = 0.499
"""Within a pixel: cut and rounded, both give its number, and points between two of them leave their
pixels together. Half would be rounded to even."""
_MARGIN: Final = 0.01
"""How far outlines along a pixel's edges stay within it: cut, both edges give its number."""


def edge_parts(crop: CroppedMask, *, tolerance_px: float) -> list[list[Ring]]:
    """The mask's parts along the edges of its pixels: of each, its outer ring and its holes.

    With tolerance 0, exactly the mask's pixels have their centres inside (even-odd rule), and
    exactly they are painted by readers that cut coordinates to whole numbers and fill a ring with
    its border (labelme, X-AnyLabeling).
    """
    origin = np.array([crop.x0, crop.y0])
    return [
        [
            _within_pixels(_simplified(ring, 2 * tolerance_px), high=1 - _MARGIN) + origin
            for ring in part
        ]
        for part in _traced(_in_cells(crop.mask.view(np.uint8)))
    ]


def center_rings(crop: CroppedMask, *, tolerance_px: float) -> list[Ring]:
    """All rings through the centres of the outermost pixels, as OpenCV's filling takes them.

    Coordinates are a little below the centres, so that readers that round and readers that cut
    come to the same pixels. A ring without area (a pixel, a line one pixel wide) goes round its
    pixels instead, within the same bounds.
    """
    origin = np.array([crop.x0, crop.y0])
    rings = []
    for ring in (ring for part in _traced(crop.mask.view(np.uint8)) for ring in part):
        if cv2.contourArea(ring) == 0:
            rings += [thick + origin for thick in _thickened(ring)]
        else:
            rings.append(_simplified(ring, tolerance_px) + origin + _BELOW_CENTER)
    return rings


def _thickened(ring: NDArray[np.int32]) -> list[Ring]:
    """Rings round the pixels of one that has no area; they touch where pixels meet at corners."""
    low = ring.min(axis=0)
    width, height = np.ptp(ring, axis=0) + 1
    pixels = np.zeros((height, width), dtype=np.uint8)
    cv2.polylines(pixels, [ring - low], True, 1)
    return [
        _within_pixels(traced, high=_BELOW_CENTER) + low
        for part in _traced(_in_cells(pixels))
        for traced in part
    ]


def _in_cells(mask: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The mask with every pixel two cells wide and high: its lowest and highest coordinates."""
    return mask.repeat(2, axis=0).repeat(2, axis=1)


def _within_pixels(cells: NDArray[Any], *, high: float) -> Ring:
    """A ring of cells in px: `_MARGIN` and `high` within their pixels."""
    return cells // 2 + np.where(cells % 2, high, _MARGIN)


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
        if cv2.contourArea(fewer) > 0:
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
