"""Pixels of the shapes that other tools draw.

Coordinates are frame px with pixel edges at whole numbers, unless a function says otherwise.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from blendmask_live.datatypes import CroppedMask
from blendmask_live.masks.crops import crop_mask

__all__ = [
    "box_ring",
    "cut_to_frame",
    "disc_as_labelme",
    "ellipse_crop",
    "stroke_as_labelme",
    "union",
]

_STROKE_PX: Final = 10
_FARTHEST_PX: Final = 1e6


def box_ring(
    x0: float, y0: float, x1: float, y1: float, *, clockwise_deg: float = 0.0
) -> NDArray[np.float64]:
    """(4, 2) corners of a box turned about its centre."""
    centre = np.array([(x0 + x1) / 2, (y0 + y1) / 2])
    corners = np.array([(x0, y0), (x1, y0), (x1, y1), (x0, y1)]) - centre
    cosine, sine = math.cos(math.radians(clockwise_deg)), math.sin(math.radians(clockwise_deg))
    # y points down, so this turns clockwise.
    turned: NDArray[np.float64] = corners @ np.array([(cosine, sine), (-sine, cosine)]) + centre
    return turned


def ellipse_crop(
    centre: tuple[float, float],
    radii: tuple[float, float],
    frame_size: tuple[int, int],
    *,
    clockwise_deg: float = 0.0,
) -> CroppedMask:
    """Pixels whose centres are inside an ellipse, turned about its centre.

    Raises:
        ValueError: If a number is not finite or a radius is not positive.
    """
    numbers = np.array([*centre, *radii, clockwise_deg])
    if not np.isfinite(numbers).all() or min(radii) <= 0:
        raise ValueError("an ellipse needs a centre and positive radii")
    (cx, cy), (rx, ry), (height, width) = centre, radii, frame_size
    reach = max(radii)
    x0, x1 = (int(np.clip(v, 0, width)) for v in (cx - reach, cx + reach + 1))
    y0, y1 = (int(np.clip(v, 0, height)) for v in (cy - reach, cy + reach + 1))
    ys, xs = np.mgrid[y0:y1, x0:x1]
    dx, dy = xs + 0.5 - cx, ys + 0.5 - cy
    cosine, sine = math.cos(math.radians(clockwise_deg)), math.sin(math.radians(clockwise_deg))
    along, across = dx * cosine + dy * sine, dy * cosine - dx * sine
    return CroppedMask(x0, y0, (along / rx) ** 2 + (across / ry) ** 2 <= 1).tight()


def disc_as_labelme(
    centre: Sequence[float], radius: float, frame_size: tuple[int, int]
) -> CroppedMask:
    """The pixels that labelme 7.9 paints for a circle or point: one px wider than the circle.

    Raises:
        ValueError: If the coordinates are not usable.
    """
    x, y = _checked([centre])[0]
    canvas = _canvas(frame_size)
    box = x - radius, y - radius, x + radius, y + radius
    ImageDraw.Draw(canvas).ellipse(_checked_box(box), outline=1, fill=1)
    return crop_mask(np.asarray(canvas) > 0)


def stroke_as_labelme(
    points: Sequence[Sequence[float]], frame_size: tuple[int, int]
) -> CroppedMask:
    """The pixels that labelme 7.9 paints for a line or line strip, 10 px wide.

    Raises:
        ValueError: If there are fewer than two points or they are not usable.
    """
    if len(points) < 2:
        raise ValueError("a line needs two points or more")
    canvas = _canvas(frame_size)
    ImageDraw.Draw(canvas).line(_checked(points), fill=1, width=_STROKE_PX, joint="curve")
    return crop_mask(np.asarray(canvas) > 0)


def cut_to_frame(crop: CroppedMask, frame_size: tuple[int, int]) -> CroppedMask:
    """Without the parts outside the frame."""
    x0, y0, x1, y1 = crop.box
    left, top = max(x0, 0), max(y0, 0)
    right, bottom = max(min(x1, frame_size[1]), left), max(min(y1, frame_size[0]), top)
    return CroppedMask(left, top, crop.mask[top - y0 : bottom - y0, left - x0 : right - x0])


def union(a: CroppedMask, b: CroppedMask) -> CroppedMask:
    """The pixels of either of two masks."""
    a, b = a.tight(), b.tight()
    if not (a.area and b.area):
        return a if a.area else b
    left, top = min(a.x0, b.x0), min(a.y0, b.y0)
    right, bottom = max(a.box[2], b.box[2]), max(a.box[3], b.box[3])
    mask = np.zeros((bottom - top, right - left), dtype=bool)
    for crop in (a, b):
        x0, y0, x1, y1 = crop.box
        mask[y0 - top : y1 - top, x0 - left : x1 - left] |= crop.mask
    return CroppedMask(left, top, mask)


def _canvas(frame_size: tuple[int, int]) -> Image.Image:
    return Image.new("L", (frame_size[1], frame_size[0]))


def _checked(points: Sequence[Sequence[float]]) -> list[tuple[float, float]]:
    array = np.asarray(points, dtype=np.float64)
    if array.ndim != 2 or array.shape[1] != 2:
        raise ValueError("expected points of two coordinates")
    if not (np.abs(array) <= _FARTHEST_PX).all():
        raise ValueError("coordinates are not finite or far outside the picture")
    return [(x, y) for x, y in array.tolist()]


def _checked_box(box: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    (x0, y0), (x1, y1) = _checked([box[:2], box[2:]])
    return x0, y0, x1, y1
