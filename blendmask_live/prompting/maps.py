"""Prompts as the network sees them: maps over a square crop of the picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from blendmask_live.network.prompt.model import CROP_SIDE, PROMPT_CHANNELS, PROMPT_STRIDE

__all__ = ["FILL", "MAP_SIDE", "Click", "Window", "cut_crop", "draw_box", "draw_click"]

FILL = (124, 116, 104)
"""Colour outside the picture: the normalisation mean, which the network sees as zero."""
MAP_SIDE = CROP_SIDE // PROMPT_STRIDE
CLICK_RADIUS = 1.6
"""Of the disk that stands for a click, in map cells."""
Click = tuple[float, float, bool]
"""x, y and whether it lies inside the object."""


@dataclass(frozen=True, slots=True)
class Window:
    """A square part of the picture that becomes a crop; may leave the picture.

    Attributes:
        x0, y0: Top left corner, frame px.
        side: frame px.
    """

    x0: float
    y0: float
    side: float

    @classmethod
    def around(cls, box: Sequence[float], margin: float, *, least_side: float = 8.0) -> Window:
        """The square around a box x0 y0 x1 y1 with a margin on each side.

        Args:
            margin: Share of the box's longer side.
        """
        x0, y0, x1, y1 = (float(value) for value in box)
        side = max(max(x1 - x0, y1 - y0) * (1 + 2 * margin), least_side)
        return cls((x0 + x1 - side) / 2, (y0 + y1 - side) / 2, side)

    @property
    def cells_per_px(self) -> float:
        """Map cells per frame px."""
        return MAP_SIDE / self.side


def draw_box(target: NDArray[np.float32], box: Sequence[float]) -> None:
    """Fill a box x0 y0 x1 y1, in cells of the (h, w) map, with the share that it covers of each."""
    for_rows = _covered(target.shape[0], box[1], box[3])
    for_columns = _covered(target.shape[1], box[0], box[2])
    np.maximum(target, for_rows[:, None] * for_columns, out=target)


def _covered(count: int, low: float, high: float) -> NDArray[np.float32]:
    cells = np.arange(count, dtype=np.float32)
    return (np.minimum(cells + 1, high) - np.maximum(cells, low)).clip(0, 1).astype(np.float32)


def draw_click(target: NDArray[np.float32], x: float, y: float) -> None:
    """Draw the disk of a click at x, y in cells of the (h, w) map."""
    reach = int(CLICK_RADIUS) + 2
    top, left = max(int(y) - reach, 0), max(int(x) - reach, 0)
    part = target[top : int(y) + reach + 1, left : int(x) + reach + 1]
    if not part.size:
        return
    rows = np.arange(top, top + part.shape[0], dtype=np.float32)[:, None] + 0.5 - y
    columns = np.arange(left, left + part.shape[1], dtype=np.float32) + 0.5 - x
    disk = (CLICK_RADIUS + 0.5 - np.hypot(rows, columns)).clip(0, 1)
    np.maximum(part, disk, out=part)


def cut_crop(image: NDArray[np.uint8], window: Window) -> NDArray[np.uint8]:
    """(CROP_SIDE, CROP_SIDE, 3) of an (H, W, 3) picture, filled with grey outside of it."""
    height, width = image.shape[:2]
    # Whole pixels around the window are enough for its sampling.
    x0, y0 = max(int(np.floor(window.x0)) - 2, 0), max(int(np.floor(window.y0)) - 2, 0)
    x1 = min(int(np.ceil(window.x0 + window.side)) + 2, width)
    y1 = min(int(np.ceil(window.y0 + window.side)) + 2, height)
    if x1 <= x0 or y1 <= y0:
        return np.full((CROP_SIDE, CROP_SIDE, 3), FILL, dtype=np.uint8)
    part = image[y0:y1, x0:x1]
    scale = CROP_SIDE / window.side
    sx = sy = scale
    if scale < 0.6:
        # Shrunk by area first, so that no pixel is skipped.
        small = max(1, round(part.shape[1] * scale)), max(1, round(part.shape[0] * scale))
        sx, sy = scale * part.shape[1] / small[0], scale * part.shape[0] / small[1]
        part = np.asarray(cv2.resize(part, small, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    matrix = np.array(
        [
            [sx, 0, (x0 - window.x0) * scale + 0.5 * sx - 0.5],
            [0, sy, (y0 - window.y0) * scale + 0.5 * sy - 0.5],
        ]
    )
    return np.asarray(
        cv2.warpAffine(part, matrix, (CROP_SIDE, CROP_SIDE), flags=cv2.INTER_LINEAR, borderValue=FILL),
        dtype=np.uint8,
    )
