"""What overlays are drawn on: a picture in RGB, or the three planes of a video frame."""

from __future__ import annotations

from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from blendmask_live.datatypes import CroppedMask
from blendmask_live.drawing.palette import Rgb

__all__ = ["FONT", "Canvas", "RgbCanvas", "core_of", "draw_contours"]

FONT = cv2.FONT_HERSHEY_SIMPLEX


class Canvas(Protocol):
    """A picture that is drawn on. All coordinates are frame px; what lies outside is cut off."""

    @property
    def size(self) -> tuple[int, int]:
        """(height, width) px."""
        ...

    def mask(
        self, crop: CroppedMask, color: Rgb, *, opacity: float, rim_px: int, has_line: bool
    ) -> None:
        """Tint a mask's pixels, the outermost `rim_px` of them in full colour.

        Args:
            has_line: A smooth line of one pixel goes along the mask's edges, those of holes too.
        """
        ...

    def frame(self, x0: int, y0: int, x1: int, y1: int, color: Rgb) -> None:
        """The outermost pixels of a rectangle; x1 and y1 exclusive."""
        ...

    def fill(self, x0: int, y0: int, x1: int, y1: int, color: Rgb) -> None:
        """All pixels of a rectangle; x1 and y1 exclusive."""
        ...

    def line(self, points: NDArray[np.int32], color: Rgb, *, width_px: int) -> None:
        """A smooth line through (K, 2) points."""
        ...

    def text(self, text: str, x: int, y: int, color: Rgb, *, scale: float, stroke_px: int) -> None:
        """A text that begins at `x` and stands on `y`."""
        ...


class RgbCanvas:
    """See `Canvas`.

    Attributes:
        pixels: (H, W, 3) uint8, drawn on.
    """

    def __init__(self, pixels: NDArray[np.uint8]) -> None:
        self.pixels = pixels

    @property
    def size(self) -> tuple[int, int]:
        return self.pixels.shape[0], self.pixels.shape[1]

    def mask(
        self, crop: CroppedMask, color: Rgb, *, opacity: float, rim_px: int, has_line: bool
    ) -> None:
        if rim_px or opacity > 0:
            self._tint(crop, color, opacity=opacity, rim_px=rim_px)
        if has_line:
            draw_contours(self.pixels, crop, color, offset=(crop.x0, crop.y0))

    def _tint(self, crop: CroppedMask, color: Rgb, *, opacity: float, rim_px: int) -> None:
        x0, y0, x1, y1 = crop.box
        mask, region = crop.mask.view(np.uint8), self.pixels[y0:y1, x0:x1]
        # Filled by OpenCV, which is ten times faster at three-channel constants than NumPy.
        solid = np.empty(region.shape, dtype=np.uint8)
        cv2.rectangle(solid, (0, 0), (x1 - x0, y1 - y0), color, cv2.FILLED)
        if opacity > 0:
            tinted = cv2.addWeighted(region, 1 - opacity, solid, opacity, 0)
            cv2.copyTo(tinted, mask, region)
        if rim_px:
            cv2.copyTo(solid, mask - core_of(mask, rim_px), region)

    def frame(self, x0: int, y0: int, x1: int, y1: int, color: Rgb) -> None:
        cv2.rectangle(self.pixels, (x0, y0), (x1 - 1, y1 - 1), color, 1)

    def fill(self, x0: int, y0: int, x1: int, y1: int, color: Rgb) -> None:
        cv2.rectangle(self.pixels, (x0, y0), (x1 - 1, y1 - 1), color, cv2.FILLED)

    def line(self, points: NDArray[np.int32], color: Rgb, *, width_px: int) -> None:
        cv2.polylines(self.pixels, [points.reshape(-1, 1, 2)], False, color, width_px, cv2.LINE_AA)

    def text(self, text: str, x: int, y: int, color: Rgb, *, scale: float, stroke_px: int) -> None:
        cv2.putText(self.pixels, text, (x, y), FONT, scale, color, stroke_px, cv2.LINE_AA)


def core_of(mask: NDArray[np.uint8], rim_px: int) -> NDArray[np.uint8]:
    """A mask of 0 and 1 without its outermost pixels."""
    core = cv2.erode(
        mask,
        np.ones((3, 3), dtype=np.uint8),
        iterations=rim_px,
        borderType=cv2.BORDER_CONSTANT,
        borderValue=0,
    )
    return core.astype(np.uint8, copy=False)


def draw_contours(
    pixels: NDArray[np.uint8], crop: CroppedMask, color: Rgb | int, *, offset: tuple[int, int]
) -> None:
    """Draw a mask's edges on (H, W, 3) or (H, W).

    Args:
        offset: Where the mask's first pixel lies, x and y.
    """
    found, _ = cv2.findContours(crop.mask.view(np.uint8), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    cv2.drawContours(pixels, found, -1, color, 1, cv2.LINE_AA, offset=offset)
