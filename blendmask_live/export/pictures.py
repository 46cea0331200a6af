"""Pictures as files: frames beside annotations, palette, grey and alpha PNGs."""

from __future__ import annotations

import io
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

__all__ = ["png_bytes", "save_frame"]


def save_frame(path: Path, image: NDArray[np.uint8]) -> None:
    """Write an (H, W, 3) RGB picture as the suffix says: .jpg (quality 95) or .png."""
    path.parent.mkdir(parents=True, exist_ok=True)
    bgr = cv2.cvtColor(image, cv2.COLOR_RGB2BGR)
    # Encoded in memory, since OpenCV's own file writing hides the reason of a failure.
    path.write_bytes(cv2.imencode(path.suffix, bgr)[1].tobytes())


def png_bytes(pixels: NDArray[np.uint8] | NDArray[np.uint16], *, palette: bytes = b"") -> bytes:
    """A PNG of (H, W) or (H, W, 4) pixels; with a palette, they are its indices."""
    picture = Image.fromarray(pixels)
    if palette:
        # From grey values to indices, since Pillow adds a palette in place.
        picture.putpalette(palette)
    png = io.BytesIO()
    # Runs of equal values are all there is to gain: the fastest level finds them.
    picture.save(png, format="PNG", compress_level=1)
    return png.getvalue()
