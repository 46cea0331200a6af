"""Overlays on the planes of a video frame, so that no whole picture has to be converted.

All that is drawn is a colour with a coverage, 0 to 255 for each pixel of luma. A sample of chroma
takes the mean coverage of its four pixels: what the mean of the four drawn pixels would give.
"""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from blendmask_live.datatypes import CroppedMask
from blendmask_live.drawing.canvas import FONT, draw_contours
from blendmask_live.drawing.palette import Rgb
from blendmask_live.masks.compiled import compiled

__all__ = ["Yuv420Canvas"]

Patch = NDArray[np.uint8]
"""Coverage; begins at even coordinates and has even sides."""


class Yuv420Canvas:
    """See `Canvas`.

    Attributes:
        planes: (H * 3 / 2, W) uint8, contiguous, drawn on: luma, then both chroma planes. H and W
            are even.
    """

    def __init__(
        self, planes: NDArray[np.uint8], matrix: NDArray[np.float32], *, size: tuple[int, int]
    ) -> None:
        """Draw on planes.

        Args:
            matrix: (3, 4) of `yuv_matrix`.
            size: (height, width) px of the picture; the planes may have a row or a column more.
        """
        self.planes, self._size = planes, size
        self._weights = tuple(matrix.ravel().tolist())

    @property
    def size(self) -> tuple[int, int]:
        return self._size

    def mask(
        self, crop: CroppedMask, color: Rgb, *, opacity: float, rim_px: int, has_line: bool
    ) -> None:
        x0, y0, x1, y1 = crop.box
        # Smooth lines reach a pixel further.
        patch, x, y = _patch(x0 - 1, y0 - 1, x1 + 1, y1 + 1)
        inside = patch[y0 - y : y1 - y, x0 - x : x1 - x]
        mask, tint = crop.mask.view(np.uint8), round(255 * opacity)
        if rim_px or tint:
            _cover(np.ascontiguousarray(mask), rim_px, tint, inside)
        if has_line:
            draw_contours(patch, crop, 255, offset=(x0 - x, y0 - y))
        self._blend(patch, x, y, color)

    def frame(self, x0: int, y0: int, x1: int, y1: int, color: Rgb) -> None:
        self.fill(x0, y0, x1, y0 + 1, color)
        self.fill(x0, y1 - 1, x1, y1, color)
        self.fill(x0, y0 + 1, x0 + 1, y1 - 1, color)
        self.fill(x1 - 1, y0 + 1, x1, y1 - 1, color)

    def fill(self, x0: int, y0: int, x1: int, y1: int, color: Rgb) -> None:
        height, width = self._size
        # What the planes have more repeats the last pixels.
        x1 += width % 2 if x0 < width <= x1 else 0
        y1 += height % 2 if y0 < height <= y1 else 0
        _fill(self.planes, x0, y0, x1, y1, *_code_values(self._weights, color))

    def line(self, points: NDArray[np.int32], color: Rgb, *, width_px: int) -> None:
        (x0, y0), (x1, y1) = points.min(axis=0).tolist(), points.max(axis=0).tolist()
        reach = width_px + 1
        patch, x, y = _patch(x0 - reach, y0 - reach, x1 + reach, y1 + reach)
        places = (points - (x, y)).astype(np.int32).reshape(-1, 1, 2)
        cv2.polylines(patch, [places], False, 255, width_px, cv2.LINE_AA)
        self._blend(patch, x, y, color)

    def text(self, text: str, x: int, y: int, color: Rgb, *, scale: float, stroke_px: int) -> None:
        patch, left, top = _text_patch(text, x % 2, y % 2, scale, stroke_px)
        self._blend(patch, x - x % 2 + left, y - y % 2 + top, color)

    def _blend(self, coverage: Patch, x: int, y: int, color: Rgb) -> None:
        height, width = self._size[0] - y, self._size[1] - x
        if height % 2 and 0 < height < coverage.shape[0]:
            coverage = coverage.copy()
            coverage[height] = coverage[height - 1]
        if width % 2 and 0 < width < coverage.shape[1]:
            coverage = coverage.copy()
            coverage[:, width] = coverage[:, width - 1]
        _blend(self.planes, coverage, x, y, *_code_values(self._weights, color))


@lru_cache(maxsize=4096)
def _code_values(weights: tuple[float, ...], color: Rgb) -> tuple[float, float, float]:
    """Luma, blue and red of a colour, by a flat `yuv_matrix`."""
    r, g, b = color
    rows = (weights[start : start + 4] for start in (0, 4, 8))
    luma, blue, red = (round(row[0] * r + row[1] * g + row[2] * b + row[3]) for row in rows)
    # As compiled code takes them.
    return float(luma), float(blue), float(red)


def _patch(x0: int, y0: int, x1: int, y1: int) -> tuple[Patch, int, int]:
    """No coverage for an area and what is needed around it, and the corner where it begins."""
    left, top = x0 // 2 * 2, y0 // 2 * 2
    right, bottom = -(-x1 // 2) * 2, -(-y1 // 2) * 2
    return np.zeros((bottom - top, right - left), dtype=np.uint8), left, top


# Labels stay for many frames, and to write one takes three times as long as to put it there.
@lru_cache(maxsize=512)
def _text_patch(text: str, x: int, y: int, scale: float, stroke_px: int) -> tuple[Patch, int, int]:
    """A text that begins at x and stands on y, and the corner where its patch begins."""
    (width, height), depth = cv2.getTextSize(text, FONT, scale, stroke_px)
    reach = stroke_px + 1
    patch, left, top = _patch(x - reach, y - height - reach, x + width + reach, y + depth + reach)
    place = (x - left, y - top)
    cv2.putText(patch, text, place, FONT, scale, 255, stroke_px, cv2.LINE_AA)
    return patch, left, top


@compiled
def _cover(mask: NDArray[np.uint8], rim_px: int, tint: int, coverage: Patch) -> None:
    """Fill (h, w) coverage from a mask of 0 and 1: its outermost pixels wholly, others a part."""
    height, width = mask.shape
    # A pixel is inside if all are that lie so near: first those of its row, then those rows.
    near = mask.copy()
    for row in range(height):
        here, inside = near[row], mask[row]
        for away in range(1, min(rim_px, width) + 1):
            for column in range(width - away):
                here[column] &= inside[column + away]
            for column in range(width - away):
                here[column + away] &= inside[column]
        for column in range(min(rim_px, width)):
            here[column], here[width - 1 - column] = 0, 0
    inner = np.empty(width, np.uint8)
    most, less = (255, 255 - tint) if rim_px else (tint, 0)
    for row in range(height):
        inner[:] = 1 if rim_px <= row < height - rim_px else 0
        for other in range(max(row - rim_px, 0), min(row + rim_px + 1, height)):
            above = near[other]
            for column in range(width):
                inner[column] &= above[column]
        here, inside = coverage[row], mask[row]
        for column in range(width):
            here[column] = np.uint8(inside[column] * most - inner[column] * less)


@compiled
def _blend(
    planes: NDArray[np.uint8], coverage: Patch, x: int, y: int, luma: float, blue: float, red: float
) -> None:
    """Put a colour over the planes, as much of it as the coverage says."""
    height, width = planes.shape[0] // 3 * 2, planes.shape[1]
    first_row, end_row = max(0, -y), min(coverage.shape[0], height - y)
    first, end = max(0, -x), min(coverage.shape[1], width - x)
    if first >= end:
        # Slices would count from the other side.
        return
    chroma = planes[height:].reshape(2, height // 2, width // 2)
    # In float32, so that the loops over pixels become vector code.
    luma32, blue32, red32 = np.float32(luma), np.float32(blue), np.float32(red)
    whole, half = np.float32(1 / 255), np.float32(0.5)
    for row in range(first_row, end_row):
        covers, lumas = coverage[row, first:end], planes[y + row, x + first : x + end]
        for column in range(len(covers)):
            old = np.float32(lumas[column])
            mixed = old + (luma32 - old) * (np.float32(covers[column]) * whole)
            lumas[column] = np.uint8(np.int32(mixed + half))
    for row in range(first_row, end_row, 2):
        upper, lower = coverage[row, first:end], coverage[row + 1, first:end]
        blues = chroma[0, (y + row) // 2, (x + first) // 2 : (x + end) // 2]
        reds = chroma[1, (y + row) // 2, (x + first) // 2 : (x + end) // 2]
        for cell in range(len(blues)):
            covered = np.float32(upper[2 * cell]) + np.float32(upper[2 * cell + 1])
            covered += np.float32(lower[2 * cell]) + np.float32(lower[2 * cell + 1])
            share = covered * (whole * np.float32(0.25))
            old_blue, old_red = np.float32(blues[cell]), np.float32(reds[cell])
            blues[cell] = np.uint8(np.int32(old_blue + (blue32 - old_blue) * share + half))
            reds[cell] = np.uint8(np.int32(old_red + (red32 - old_red) * share + half))


@compiled
def _fill(
    planes: NDArray[np.uint8],
    x0: int,
    y0: int,
    x1: int,
    y1: int,
    luma: float,
    blue: float,
    red: float,
) -> None:
    """Paint the part of a rectangle that is inside the planes."""
    height, width = planes.shape[0] // 3 * 2, planes.shape[1]
    x0, y0, x1, y1 = max(x0, 0), max(y0, 0), min(x1, width), min(y1, height)
    chroma = planes[height:].reshape(2, height // 2, width // 2)
    if x0 >= x1:
        return
    for row in range(y0, y1):
        planes[row, x0:x1] = np.uint8(luma)
    for row in range(y0 // 2, (y1 + 1) // 2):
        rows = min(y1, 2 * row + 2) - max(y0, 2 * row)
        for column in range(x0 // 2, (x1 + 1) // 2):
            share = rows * (min(x1, 2 * column + 2) - max(x0, 2 * column)) / 4
            old_blue, old_red = float(chroma[0, row, column]), float(chroma[1, row, column])
            chroma[0, row, column] = np.uint8(old_blue + (blue - old_blue) * share + 0.5)
            chroma[1, row, column] = np.uint8(old_red + (red - old_red) * share + 0.5)
