"""One image file to upright 8-bit RGB."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

__all__ = ["UNREADABLE", "brightest_value", "load_rgb"]

# What Pillow raises for damaged pictures, depending on the format.
UNREADABLE: Final = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    struct.error,
    Image.DecompressionBombError,
)
_BITS_PER_SAMPLE: Final = 258
_MAX_SAMPLE_VALUE: Final = 281
_ORIENTATION: Final = 274
_BRIGHTER_PERCENT: Final = 1
"""This share of pixels may be brighter than white: lamps, reflections, broken ones."""
_SAMPLES: Final = 9
"""How many pictures of a folder are read to find its brightest values."""


def load_rgb(path: Path, *, brightest: int | None = None) -> NDArray[np.uint8]:
    """Decode an image to (H, W, 3) uint8 RGB, contiguous, turned as its EXIF data says.

    Transparent pixels are composited over black; of a file with several pages, the first is read.

    Args:
        path: Of the file.
        brightest: The value that is white where there are more than 8 bits; where absent, that of
            `brightest_value` of this file alone.

    Raises:
        OSError, SyntaxError, ValueError, EOFError, struct.error, DecompressionBombError: If it
            is not an image that can be decoded.
    """
    with Image.open(path) as stored:
        if stored.mode == "F":
            raise ValueError("expected integer pixels, found floating-point ones")
        if _is_deep(path, stored):
            values = _deep_values(path, stored)
            white = brightest or _told_white(stored) or _white_of([_brightest(values)])
            stored_exif, picture = stored.getexif(), Image.fromarray(_to_8_bit(values, white))
            picture.getexif()[_ORIENTATION] = stored_exif.get(_ORIENTATION, 1)
        else:
            picture = stored
        picture = ImageOps.exif_transpose(picture)
        if picture.mode.endswith(("A", "a")) or "transparency" in picture.info:
            picture = _over_black(picture.convert("RGBA"))
        return np.ascontiguousarray(np.asarray(picture.convert("RGB")))


def brightest_value(files: Sequence[Path]) -> int | None:
    """The value that is white in pictures of more than 8 bits; None if the first has no more.

    Cameras of 10, 12 or 14 bits write their values into files of 16: what the file says counts,
    else the bits that the bright pixels of some of the files need.
    """
    with Image.open(files[0]) as first:
        if not _is_deep(files[0], first):
            return None
        if told := _told_white(first):
            return told
    step = max(1, len(files) // _SAMPLES)
    return _white_of([_brightest_in(path) for path in files[::step]])


def _brightest_in(path: Path) -> int:
    try:
        with Image.open(path) as stored:
            return _brightest(_deep_values(path, stored)) if _is_deep(path, stored) else 0
    except UNREADABLE:
        return 0


def _brightest(values: NDArray[np.uint16]) -> int:
    # Alpha uses all bits.
    colours = values[..., :3] if values.ndim == 3 else values
    return int(np.percentile(colours, 100 - _BRIGHTER_PERCENT, method="higher"))


def _white_of(values: list[int]) -> int:
    """The highest value of so many bits as these need."""
    return int(2 ** max(8, max(values).bit_length()) - 1)


def _is_deep(path: Path, stored: Image.Image) -> bool:
    """Whether there are more than 8 bits; of colours Pillow keeps the upper 8."""
    if stored.mode.startswith("I"):
        return True
    if stored.format == "TIFF":
        return stored.mode != "P" and max(_tags(stored, _BITS_PER_SAMPLE) or (8,)) > 8
    if stored.format != "PNG":
        return False
    with path.open("rb") as file:
        # Signature, length and name of the first chunk, width, height, then the depth.
        return file.read(25)[24:] == b"\x10"


def _tags(stored: Image.Image, number: int) -> tuple[int, ...]:
    value = getattr(stored, "tag_v2", {}).get(number) or ()
    return tuple(value) if isinstance(value, tuple) else (value,)


def _told_white(stored: Image.Image) -> int | None:
    """What a TIFF says of its values; other formats have no place for it."""
    if told := [int(value) for value in _tags(stored, _MAX_SAMPLE_VALUE) if value > 255]:
        return max(told)
    bits = max(_tags(stored, _BITS_PER_SAMPLE) or (16,))
    return int(2**bits - 1) if 8 < bits < 16 else None


def _deep_values(path: Path, stored: Image.Image) -> NDArray[np.uint16]:
    """(H, W) grey, (H, W, 3) RGB or (H, W, 4) RGBA, not turned."""
    if stored.mode.startswith("I"):
        return np.asarray(np.clip(np.asarray(stored), 0, 65535), dtype=np.uint16)
    encoded = np.frombuffer(path.read_bytes(), dtype=np.uint8)
    decoded = cv2.imdecode(encoded, cv2.IMREAD_UNCHANGED)
    if decoded is None or decoded.dtype != np.uint16:
        raise ValueError("expected 16-bit colours that can be decoded, found others")
    if decoded.ndim == 2:
        return np.asarray(decoded, dtype=np.uint16)
    order = cv2.COLOR_BGRA2RGBA if decoded.shape[2] == 4 else cv2.COLOR_BGR2RGB
    return np.asarray(cv2.cvtColor(decoded, order), dtype=np.uint16)


def _to_8_bit(values: NDArray[np.uint16], white: int) -> NDArray[np.uint8]:
    scaled = (np.minimum(values, white).astype(np.uint32) * 255 + white // 2) // white
    eight = scaled.astype(np.uint8)
    if eight.ndim == 3 and eight.shape[2] == 4:
        eight[..., 3] = values[..., 3] >> 8
    return eight


def _over_black(picture: Image.Image) -> Image.Image:
    black = Image.new("RGB", picture.size)
    black.paste(picture, mask=picture.getchannel("A"))
    return black
