"""What is shown in the place of everything outside the masks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageColor, ImageOps

from blendmask_live.datatypes import CroppedMask
from blendmask_live.drawing.backdrop import Backdrop, put_behind
from blendmask_live.errors import ExportError

__all__ = ["Background", "check_background"]


class Background:
    """A colour, the blurred frame itself, or a picture that covers the frame.

    Attributes:
        backdrop: The same, as it is drawn.
    """

    def __init__(self, wanted: str) -> None:
        """Prepare.

        Args:
            wanted: "blur", a colour ("green", "#00b140", "rgb(0, 177, 64)"), or the path of an
                image file.

        Raises:
            ExportError: If it is none of these.
        """
        self.backdrop = _backdrop(wanted)

    def behind(self, image: NDArray[np.uint8], crops: Sequence[CroppedMask]) -> NDArray[np.uint8]:
        """A new (H, W, 3) RGB frame; see `put_behind`."""
        return put_behind(image, crops, self.backdrop)


def _backdrop(wanted: str) -> Backdrop:
    if wanted == "blur":
        return Backdrop("blur")
    try:
        red, green, blue = ImageColor.getrgb(wanted)[:3]
    except ValueError:
        with _opened(wanted) as picture:
            pixels = np.asarray(ImageOps.exif_transpose(picture).convert("RGB"), dtype=np.uint8)
        return Backdrop("picture", picture=pixels)
    return Backdrop("color", color=(red, green, blue))


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
