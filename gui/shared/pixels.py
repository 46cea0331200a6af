"""Between NumPy pictures and Qt's."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PyQt5.QtGui import QImage

from blendmask_live.datatypes import CroppedMask
from blendmask_live.drawing.overlay import write_bgra
from blendmask_live.drawing.palette import Rgb

__all__ = ["from_qimage", "mask_tint", "to_qimage"]


def to_qimage(image: NDArray[np.uint8], *, into: QImage | None = None) -> QImage:
    """A copy of an (H, W, 3) RGB picture in the format that Qt paints fastest.

    Args:
        image: The picture.
        into: A result of this function that is shown no longer; it is written over and returned
            if it has the same size, since new memory takes longer than the copy.
    """
    height, width = image.shape[:2]
    picture = into
    if picture is None or (picture.width(), picture.height()) != (width, height):
        picture = QImage(width, height, QImage.Format_RGB32)
    if not picture.isNull():
        bits = picture.bits()
        assert bits is not None
        bits.setsize(picture.sizeInBytes())
        rows = np.asarray(bits, dtype=np.uint8).reshape(height, width, 4)
        # Written into Qt's memory, several times faster than Qt does it.
        write_bgra(image, rows)
    return picture


def from_qimage(picture: QImage) -> NDArray[np.uint8]:
    """A copy of a picture as (H, W, 3) RGB."""
    rgb = picture.convertToFormat(QImage.Format_RGB888)
    bits = rgb.constBits()
    assert bits is not None
    bits.setsize(rgb.sizeInBytes())
    rows: NDArray[np.uint8] = np.asarray(bits, dtype=np.uint8).reshape(
        rgb.height(), rgb.bytesPerLine()
    )
    return rows[:, : 3 * rgb.width()].reshape(rgb.height(), rgb.width(), 3).copy()


def mask_tint(crop: CroppedMask, color: Rgb, opacity: float, *, rim_px: int = 0) -> QImage:
    """The mask in one see-through colour, its rim opaque, at the size of its crop."""
    height, width = crop.mask.shape
    tinted = np.zeros((height, width, 4), dtype=np.uint8)
    tinted[crop.mask] = (*color[::-1], round(255 * opacity))
    if rim_px:
        tinted[_rim(crop.mask, rim_px), 3] = 255
    view = QImage(tinted.tobytes(), width, height, 4 * width, QImage.Format_ARGB32)
    return view.copy()


def _rim(mask: NDArray[np.bool_], rim_px: int) -> NDArray[np.bool_]:
    """(H, W): the pixels of a mask that are at most `rim_px` from its outside."""
    height, width = mask.shape
    padded, middle = np.pad(mask, rim_px), slice(rim_px, -rim_px)
    beside = padded[middle, :width] & padded[middle, 2 * rim_px :]
    return mask & ~(beside & padded[:height, middle] & padded[2 * rim_px :, middle])
