"""Prompts as the network sees them: maps over a square crop of the picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from blendmask_live.network.prompt.config import PROMPT_CHANNELS, PROMPT_STRIDE
from blendmask_live.prompting.prompt import LEAST_CARRIED, Box, Checked, SoftMask

__all__ = ["FILL", "Window", "cut_crop", "draw_box", "draw_click", "paste_logits", "prompt_maps"]

FILL = (124, 116, 104)
"""Colour outside the picture: the normalisation mean, which the network sees as zero."""
Maps = NDArray[np.float32]
CLICK_RADIUS = 1.6
"""Of the disk that stands for a click, in map cells."""


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


def cut_crop(image: NDArray[np.uint8], window: Window, side: int) -> NDArray[np.uint8]:
    """(side, side, 3) of an (H, W, 3) picture, filled with grey outside of it."""
    return np.asarray(_cut(image, window, side, FILL), dtype=np.uint8)


def prompt_maps(prompt: Checked, window: Window, side: int, frame_size: tuple[int, int]) -> Maps:
    """(5, s, s) what a prompt says of a window, s = side / 4; see `PROMPT_CHANNELS`.

    Args:
        side: Of the crop, px.
        frame_size: (height, width) px.
    """
    cells = side // PROMPT_STRIDE
    maps = np.zeros((len(PROMPT_CHANNELS), cells, cells), dtype=np.float32)
    scale = cells / window.side

    def placed(x: float, y: float) -> tuple[float, float]:
        return (x - window.x0) * scale, (y - window.y0) * scale

    if prompt.box is not None:
        draw_box(maps[0], [*placed(*prompt.box[:2]), *placed(*prompt.box[2:])])
    for x, y, is_inside in prompt.points:
        draw_click(maps[1 if is_inside else 2], *placed(x, y))
    if prompt.previous is not None:
        soft = prompt.previous
        moved = Window(window.x0 - soft.x0, window.y0 - soft.y0, window.side)
        maps[3] = _cut(soft.values, moved, cells, 0)
    draw_box(maps[4], [*placed(0, 0), *placed(frame_size[1], frame_size[0])])
    return maps


def _cut(pixels: NDArray[Any], window: Window, side: int, fill: object) -> NDArray[Any]:
    height, width = pixels.shape[:2]
    # Whole pixels around the window are enough for its sampling.
    x0, y0 = max(int(np.floor(window.x0)) - 2, 0), max(int(np.floor(window.y0)) - 2, 0)
    x1 = min(int(np.ceil(window.x0 + window.side)) + 2, width)
    y1 = min(int(np.ceil(window.y0 + window.side)) + 2, height)
    part = pixels[y0 : max(y1, y0 + 1), x0 : max(x1, x0 + 1)]
    if not part.size:
        part, x0, y0 = pixels[:1, :1], 0, 0
    scale = side / window.side
    sx = sy = scale
    if scale < 0.6:
        # Shrunk by area first, so that no pixel is skipped.
        small = max(1, round(part.shape[1] * scale)), max(1, round(part.shape[0] * scale))
        sx, sy = scale * part.shape[1] / small[0], scale * part.shape[0] / small[1]
        part = cv2.resize(part, small, interpolation=cv2.INTER_AREA)
    matrix = np.array(
        [
            [sx, 0, (x0 - window.x0) * scale + 0.5 * sx - 0.5],
            [0, sy, (y0 - window.y0) * scale + 0.5 * sy - 0.5],
        ]
    )
    cut: NDArray[Any] = cv2.warpAffine(
        part,
        matrix,
        (side, side),
        flags=cv2.INTER_LINEAR,
        borderValue=fill,  # type: ignore[call-overload]
    )
    return cut


def paste_logits(
    logits: NDArray[np.float32], window: Window, frame_size: tuple[int, int]
) -> SoftMask:
    """Probabilities of the frame pixels that a window covers, where they are worth carrying.

    Args:
        logits: (s, s) over the window.
        frame_size: (height, width) px.
    """
    height, width = frame_size
    left, top, right, bottom = _seen_part(logits, window)
    x0, y0 = max(int(np.floor(left)), 0), max(int(np.floor(top)), 0)
    x1, y1 = min(int(np.ceil(right)), width), min(int(np.ceil(bottom)), height)
    if x1 <= x0 or y1 <= y0:
        return SoftMask(0, 0, np.zeros((0, 0), dtype=np.float32))
    scale = logits.shape[0] / window.side
    # A pixel of a magnified window covers several cells: their mean counts.
    finer = max(1, round(scale))
    step = scale / finer
    matrix = np.array(
        [
            [step, 0, (x0 - window.x0) * scale + 0.5 * step - 0.5],
            [0, step, (y0 - window.y0) * scale + 0.5 * step - 0.5],
        ]
    )
    size = (x1 - x0) * finer, (y1 - y0) * finer
    drawn = cv2.warpAffine(
        logits,
        matrix,
        size,
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    soft = 1 / (1 + np.exp(-np.asarray(drawn, dtype=np.float32)))
    if finer > 1:
        soft = soft.reshape(y1 - y0, finer, x1 - x0, finer).mean(axis=(1, 3))
    return SoftMask(x0, y0, soft.astype(np.float32, copy=False))


def _seen_part(logits: NDArray[np.float32], window: Window) -> Box:
    """The part of a window outside of which its answer says nothing: often most of it."""
    seen = logits > np.log(LEAST_CARRIED / (1 - LEAST_CARRIED))
    rows, columns = np.flatnonzero(seen.any(axis=1)), np.flatnonzero(seen.any(axis=0))
    if not rows.size:
        return window.x0, window.y0, window.x0, window.y0
    # A cell is felt as far as the middle of the next one.
    cell = window.side / len(logits)
    return (
        window.x0 + max(columns[0] - 0.5, 0) * cell,
        window.y0 + max(rows[0] - 0.5, 0) * cell,
        window.x0 + min(columns[-1] + 1.5, len(logits)) * cell,
        window.y0 + min(rows[-1] + 1.5, len(logits)) * cell,
    )
