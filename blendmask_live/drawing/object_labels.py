"""Places and draws the labels of an overlay."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from blendmask_live.drawing.canvas import FONT, Canvas
from blendmask_live.drawing.palette import Rgb, text_color
from blendmask_live.masks.compiled import compiled

__all__ = ["LabelPainter"]

_SMALLEST_FONT_SCALE: Final = 0.3
"""Below this, Hershey strokes run into each other."""

Rectangle = tuple[int, int, int, int]
"""x0, y0, x1, y1 in frame px, x1 and y1 exclusive."""


@lru_cache(maxsize=4096)
def _text_size(text: str, scale: float, stroke_px: int) -> tuple[int, int, int]:
    """Width, height above the baseline and depth below it, px; heights equal for any text."""
    (width, _), _ = cv2.getTextSize(text, FONT, scale, stroke_px)
    (_, height), depth = cv2.getTextSize("Ag0", FONT, scale, stroke_px)
    return width, height, depth


class LabelPainter:
    """Draws the labels of one frame so that they stay inside it and off each other.

    A label is dark or white text, by contrast, on a plate of its track's colour, so it reads on
    any background. It stands on its box's upper edge, else inside it, else below the box.
    """

    def __init__(self, canvas: Canvas) -> None:
        """Start a frame."""
        self._canvas = canvas
        self._height, self._width = canvas.size
        self._scale = max(0.38, 0.5 * min(canvas.size) / 720)
        self._taken = np.empty((0, 4), dtype=np.int64)

    def draw(self, text: str, box: NDArray[np.float32], color: Rgb) -> None:
        """Draw one label for a box (4,) x0 y0 x1 y1 frame px.

        A label that is wider than the frame is set smaller; one that cannot fit is left out.
        """
        scale, stroke_px = self._scale, max(1, round(self._scale * 1.6))
        width, height, depth = _text_size(text, scale, stroke_px)
        pad_px = max(2, round(height * 0.35))
        room = (self._width - 2 * pad_px) / max(width, 1)
        if room < 1:
            scale, stroke_px = scale * room, 1
            width, height, depth = _text_size(text, scale, stroke_px)
        plate_w, plate_h = width + 2 * pad_px, height + depth // 2 + 2 * pad_px
        if scale < _SMALLEST_FONT_SCALE or plate_w > self._width or plate_h > self._height // 2:
            return
        x0, y0, x1, y1 = self._place(plate_w, plate_h, box)
        self._taken = np.vstack([self._taken, (x0, y0, x1, y1)])
        self._canvas.fill(x0, y0, x1, y1, color)
        self._canvas.text(
            text,
            x0 + pad_px,
            y0 + pad_px + height,
            text_color(color),
            scale=scale,
            stroke_px=stroke_px,
        )

    def _place(self, plate_w: int, plate_h: int, box: NDArray[np.float32]) -> Rectangle:
        """The first free place of the candidates; the first of all where none is free."""
        first: Rectangle | None = None
        for x, y in self._candidates(plate_w, plate_h, box):
            x0 = min(max(x, 0), self._width - plate_w)
            y0 = min(max(y, 0), self._height - plate_h)
            plate = (x0, y0, x0 + plate_w, y0 + plate_h)
            first = first or plate
            if _is_free(self._taken, *plate):
                return plate
        assert first is not None
        return first

    @staticmethod
    def _candidates(
        plate_w: int, plate_h: int, box: NDArray[np.float32]
    ) -> Iterator[tuple[int, int]]:
        left, top, right, bottom = np.rint(box).astype(int).tolist()
        above = top - plate_h if top >= plate_h else top
        yield left, above
        yield right - plate_w, above
        yield left, top
        yield right - plate_w, top
        yield left, bottom
        for step in (1, 2, 3):
            yield left, above - step * plate_h
            yield left, top + step * plate_h


@compiled
def _is_free(taken: NDArray[np.int64], x0: int, y0: int, x1: int, y1: int) -> bool:
    """Whether a rectangle meets none of (N, 4)."""
    for n in range(len(taken)):
        is_beside = taken[n, 2] <= x0 or x1 <= taken[n, 0]
        if not is_beside and y0 < taken[n, 3] and taken[n, 1] < y1:
            return False
    return True
