"""Mask pictures, whose pixel values are objects, in the ways in which tools save them."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from blendmask_live.errors import AnnotationError
from blendmask_live.importing.reading import reported_pictures

__all__ = ["object_values"]

_WANTED: Final = "a picture of object numbers (palette, grey, 1 or 16 bits, DAVIS colours)"
_WHITE_16_BIT: Final = 65535


def object_values(path: Path) -> NDArray[np.int64]:
    """(H, W) object numbers, 0 for background, 255 for white or void.

    Colour pictures are read where they are grey or in the colours of the DAVIS palette;
    transparent pixels are background.

    Raises:
        AnnotationError: If it is damaged or of another kind.
    """
    with reported_pictures(path, wanted=_WANTED), Image.open(path) as picture:
        if picture.mode in ("P", "1"):
            return np.asarray(picture).astype(np.int64)
        if picture.mode == "L":
            return np.asarray(picture) // _grey_step(path)
        if picture.mode.startswith("I"):
            wide = np.asarray(picture).astype(np.int64)
            return np.where(wide == _WHITE_16_BIT, 255, wide)
        if picture.mode in ("RGB", "RGBA", "LA", "PA"):
            return _of_colours(path, np.asarray(picture.convert("RGBA")).astype(np.int64))
        raise AnnotationError(f"{path}: expected {_WANTED}, found mode {picture.mode}")


def _grey_step(path: Path) -> NDArray[np.int64]:
    """How far apart Pillow puts the values of a PNG of 2 or 4 bits."""
    with path.open("rb") as stream:
        head = stream.read(25)
    bits = head[24] if head.startswith(b"\x89PNG") else 8
    return np.array(255 // (2**bits - 1) if bits in (2, 4) else 1, dtype=np.int64)


def _of_colours(path: Path, rgba: NDArray[np.int64]) -> NDArray[np.int64]:
    red, green, blue = (np.where(rgba[..., 3] > 0, rgba[..., i], 0) for i in range(3))
    if (red == green).all() and (green == blue).all():
        return red
    values = np.zeros(red.shape, dtype=np.int64)
    for place in range(8):
        # The palette spreads the bits of the number over red, green and blue, highest first.
        for channel, colour in enumerate((red, green, blue)):
            bit = 3 * place + channel
            values |= ((colour >> (7 - place)) & 1) << bit
    if values.max() > 255:
        row, column = np.argwhere(values > 255)[0].tolist()
        raise AnnotationError(
            f"{path}: expected {_WANTED}, found the colour "
            f"{tuple(rgba[row, column, :3].tolist())}, which is none of the DAVIS palette"
        )
    return values
