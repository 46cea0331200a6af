"""What is shown in the place of everything outside the masks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageColor, ImageOps

from blendmask_live.datatypes import CroppedMask
from blendmask_live.errors import ExportError

__all__ = ["Background", "check_background"]

_BLUR_SHARE: Final = 1 / 40
"""Standard deviation of the blur, as a share of the frame's shorter side."""
_BLUR_SCALE: Final = 4
"""Blurred at a quarter of the size: a sixteenth of the work, and nobody sees it."""


class Background:
    """A colour, the blurred frame itself, or a picture that covers the frame."""

    def __init__(self, wanted: str) -> None:
        """Prepare.

        Args:
            wanted: "blur", a colour ("green", "#00b140", "rgb(0, 177, 64)"), or the path of an
                image file.

        Raises:
            ExportError: If it is none of these.
        """
        self._color: tuple[int, ...] | None = None
        self._image: Image.Image | None = None
        self._fitted: NDArray[np.uint8] | None = None
        if wanted == "blur":
            return
        try:
            self._color = ImageColor.getrgb(wanted)[:3]
        except ValueError:
            with _opened(wanted) as picture:
                self._image = ImageOps.exif_transpose(picture).convert("RGB")

    def behind(self, image: NDArray[np.uint8], crops: Sequence[CroppedMask]) -> NDArray[np.uint8]:
        """A new (H, W, 3) RGB frame: `image` inside the masks, the background elsewhere."""
        canvas = self._canvas(image)
        for crop in crops:
            if crop.mask.size:
                x0, y0, x1, y1 = crop.box
                mask = crop.mask.view(np.uint8)
                cv2.copyTo(image[y0:y1, x0:x1], mask, canvas[y0:y1, x0:x1])
        return canvas

    def _canvas(self, image: NDArray[np.uint8]) -> NDArray[np.uint8]:
        height, width = image.shape[:2]
        if self._color is not None:
            return np.full_like(image, self._color)
        if self._image is None:
            return _blurred(image)
        if self._fitted is None or self._fitted.shape != image.shape:
            self._fitted = np.asarray(ImageOps.fit(self._image, (width, height)), dtype=np.uint8)
        return self._fitted.copy()


def check_background(wanted: str) -> None:
    """Find out quickly whether `Background` could be made: of an image, only the head is read.

    Raises:
        ExportError: If it could not.
    """
    if wanted == "blur":
        return
    try:
        ImageColor.getrgb(wanted)
    except ValueError:
        with _opened(wanted):
            pass


@contextmanager
def _opened(path: str) -> Iterator[Image.Image]:
    try:
        with Image.open(Path(path)) as picture:
            yield picture
    except (OSError, ValueError, Image.DecompressionBombError) as error:
        reason = getattr(error, "strerror", None) or "not an image"
        raise ExportError(
            f"background {path!r}: expected 'blur', a colour like 'green' or '#00b140', or an "
            f"image file ({reason})"
        ) from error


def _blurred(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    height, width = image.shape[:2]
    small_size = (max(width // _BLUR_SCALE, 1), max(height // _BLUR_SCALE, 1))
    small = cv2.resize(image, small_size, interpolation=cv2.INTER_AREA)
    deviation_px = max(min(height, width) * _BLUR_SHARE / _BLUR_SCALE, 0.5)
    blurred = cv2.GaussianBlur(small, (0, 0), deviation_px)
    large = cv2.resize(blurred, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(large, dtype=np.uint8)
