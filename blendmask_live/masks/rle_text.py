"""Reads COCO's compressed run lengths back into numbers, and checks them."""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from pycocotools import mask as coco_mask

__all__ = ["check_frame_size", "checked_rle", "run_lengths"]

_LARGEST_FRAME_PX: Final = 1 << 30
"""Larger pictures do not exist; pycocotools counts pixels in 32 bits."""


def run_lengths(counts: bytes) -> list[int]:
    """Column-major run lengths, background first, of a compressed COCO RLE.

    Each number is cut into groups of 5 bits, least first, one character (from 48) each; bit 5
    says that another group follows, bit 4 of the last group is the sign. From the fourth number
    on, the difference to the number two places before is stored.
    """
    groups = np.frombuffer(counts, dtype=np.uint8).astype(np.int64) - 48
    if not groups.size:
        return []
    is_last = (groups & 0x20) == 0
    starts = np.flatnonzero(np.concatenate([[True], is_last[:-1]]))
    lengths = np.diff(starts, append=groups.size)
    places = np.arange(groups.size) - np.repeat(starts, lengths)
    numbers: NDArray[np.int64] = np.add.reduceat((groups & 0x1F) << (5 * places), starts)
    is_negative = (groups[is_last] & 0x10) != 0
    numbers[is_negative] -= np.left_shift(1, 5 * lengths[is_negative])
    numbers[1::2] = np.cumsum(numbers[1::2])
    numbers[2::2] = np.cumsum(numbers[2::2])
    runs: list[int] = numbers.tolist()
    return runs


def check_frame_size(height: int, width: int) -> None:
    """Refuse what cannot be the size of a picture.

    Raises:
        ValueError: If it is none.
    """
    # JSON's true is an int to Python.
    are_whole = all(isinstance(n, int) and not isinstance(n, bool) for n in (height, width))
    if not are_whole or height < 1 or width < 1 or height * width > _LARGEST_FRAME_PX:
        raise ValueError(f"[height, width] [{height}, {width}] is not the size of a picture")


def checked_rle(counts: str | bytes | list[int], height: int, width: int) -> dict[str, Any]:
    """Compressed RLE whose runs fill the frame: pycocotools reads out of bounds otherwise.

    Raises:
        ValueError: If they do not, or there is no such picture.
    """
    check_frame_size(height, width)
    try:
        text = counts.encode("ascii") if isinstance(counts, str) else counts
        runs = run_lengths(text) if isinstance(text, bytes) else text
        is_whole = all(type(run) is int and run >= 0 for run in runs)
    except (IndexError, TypeError, UnicodeEncodeError) as error:
        raise ValueError(f"run lengths cannot be read ({error})") from error
    if not is_whole or sum(runs) != height * width:
        raise ValueError(f"run lengths do not fill a mask of {width} x {height} px")
    rle: dict[str, Any] = coco_mask.frPyObjects(
        {"size": [height, width], "counts": runs}, height, width
    )
    return rle
