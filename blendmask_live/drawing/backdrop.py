"""Replaces what lies behind the objects: blur, a colour, a picture, or a checkerboard."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from blendmask_live.datatypes import CroppedMask
from blendmask_live.drawing.palette import Rgb

__all__ = ["BACKDROPS", "Backdrop", "fit_picture", "put_behind"]

BACKDROPS: Final = ("none", "blur", "color", "picture", "cut-out")
_CHECKER_PX: Final = 16
_EDGE_PX: Final = 2
_BLUR_SCALE: Final = 4
"""A wide blur holds no detail: at a quarter of the size it looks the same, 16 times faster."""
_WIDE_PX: Final = 40
"""Standard deviation from which half of that is enough."""


@dataclass(frozen=True, slots=True, eq=False)
class Backdrop:
    """What is seen behind the objects."""

    kind: str = "none"
    """One of `BACKDROPS`; "cut-out" shows the checkerboard that stands for transparency."""
    blur_share: float = 0.03
    """Blur: standard deviation as a share of the frame's shorter side."""
    color: Rgb = (0, 177, 64)
    picture: NDArray[np.uint8] | None = None
    """(h, w, 3) RGB of any size; fills the frame, cut at the edges."""


def put_behind(
    image: NDArray[np.uint8], crops: Sequence[CroppedMask], backdrop: Backdrop
) -> NDArray[np.uint8]:
    """A new (H, W, 3) RGB picture: the objects of `image` in front of the backdrop.

    Edges are softened inwards over two pixels, since the outermost ones hold the colour of what
    was behind. Objects that touch have no edge between them.
    """
    if backdrop.kind == "none" or (backdrop.kind == "picture" and backdrop.picture is None):
        return image
    covered = np.zeros(image.shape[:2], dtype=np.uint8)
    for crop in crops:
        x0, y0, x1, y1 = crop.box
        covered[y0:y1, x0:x1][crop.mask] = 255
    behind = _behind(image, covered, backdrop)
    x0, y0, width, height = cv2.boundingRect(covered)
    if not width:
        return behind
    # With as much around it as softening looks at, and not beyond the frame.
    place = (
        slice(max(0, y0 - _EDGE_PX), y0 + height + _EDGE_PX),
        slice(max(0, x0 - _EDGE_PX), x0 + width + _EDGE_PX),
    )
    share = _soft_share(covered[place])
    behind[place] = cv2.blendLinear(image[place], behind[place], share, 1 - share)
    return behind


def _soft_share(covered: NDArray[np.uint8]) -> NDArray[np.float32]:
    """(h, w), 0 outside, 1 from two pixels inside; the picture's edge cuts nothing off."""
    near = cv2.blur(covered, (_EDGE_PX * 2 + 1,) * 2, borderType=cv2.BORDER_REPLICATE)
    # In narrow bays the outside is nearly surrounded.
    share = cv2.min(near, covered).astype(np.float32) * (2 / 255) - 1
    return np.maximum(share, 0, out=share)  # type: ignore[no-any-return]


def fit_picture(picture: NDArray[np.uint8], frame_size: tuple[int, int]) -> NDArray[np.uint8]:
    """The middle of a picture, enlarged or reduced so that it fills (height, width)."""
    height, width = frame_size
    if picture.shape[:2] == frame_size:
        return picture
    scale = max(height / picture.shape[0], width / picture.shape[1])
    size = (
        max(width, round(picture.shape[1] * scale)),
        max(height, round(picture.shape[0] * scale)),
    )
    resized = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    top, left = (size[1] - height) // 2, (size[0] - width) // 2
    return np.ascontiguousarray(resized[top : top + height, left : left + width], dtype=np.uint8)


def _behind(
    image: NDArray[np.uint8], covered: NDArray[np.uint8], backdrop: Backdrop
) -> NDArray[np.uint8]:
    """A picture that may be drawn on."""
    size = image.shape[0], image.shape[1]
    if backdrop.kind == "blur":
        return _blurred(image, covered, backdrop.blur_share * min(size))
    if backdrop.kind == "color":
        return _plain(size, backdrop.color).copy()
    if backdrop.kind == "picture":
        return _fitted(backdrop, size).copy()
    return _checkerboard(size).copy()


@lru_cache(maxsize=1)
def _fitted(backdrop: Backdrop, size: tuple[int, int]) -> NDArray[np.uint8]:
    assert backdrop.picture is not None
    return fit_picture(backdrop.picture, size)


@lru_cache(maxsize=2)
def _plain(size: tuple[int, int], color: Rgb) -> NDArray[np.uint8]:
    return np.full((*size, 3), color, dtype=np.uint8)


@lru_cache(maxsize=2)
def _checkerboard(size: tuple[int, int]) -> NDArray[np.uint8]:
    rows, columns = np.ogrid[: size[0], : size[1]]
    is_dark = (rows // _CHECKER_PX + columns // _CHECKER_PX) % 2
    gray = np.where(is_dark, 170, 215).astype(np.uint8)
    return np.repeat(gray[:, :, None], 3, axis=2)


def _blurred(
    image: NDArray[np.uint8], covered: NDArray[np.uint8], sigma_px: float
) -> NDArray[np.uint8]:
    """The blurred frame without its objects, which would else shine around themselves."""
    height, width = image.shape[:2]
    scale = _BLUR_SCALE * (2 if sigma_px >= _WIDE_PX else 1)
    size = max(1, width // scale), max(1, height // scale)
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    around = np.ones((3, 3), dtype=np.uint8)
    is_free = cv2.dilate(cv2.resize(covered, size, interpolation=cv2.INTER_AREA), around) == 0
    # Never 0: deep inside of objects nobody sees what it is divided by.
    weight = np.maximum(is_free.astype(np.float32), 1e-3)[..., None]
    sigma = max(sigma_px / scale, 0.3)
    total = cv2.GaussianBlur(small * weight, (0, 0), sigma)
    free = np.rint(total / cv2.GaussianBlur(weight, (0, 0), sigma)[..., None]).astype(np.uint8)
    large = cv2.resize(free, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(large, dtype=np.uint8)
