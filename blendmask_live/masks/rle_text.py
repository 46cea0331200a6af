"""Reads COCO's compressed run lengths back into numbers."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from pycocotools import mask as coco_mask

__all__ = ["checked_rle", "run_lengths"]


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


def checked_rle(counts: str | list[int], height: int, width: int) -> dict[str, Any]:
    """Compressed RLE whose runs fill the frame: pycocotools reads out of bounds otherwise.

    Raises:
        ValueError: If they do not.
    """
    try:
        runs = run_lengths(counts.encode("ascii")) if isinstance(counts, str) else counts
        is_whole = all(type(run) is int and run >= 0 for run in runs)
    except (IndexError, TypeError) as error:
        raise ValueError(f"run lengths cannot be read ({error})") from error
    if not is_whole or sum(runs) != height * width:
        raise ValueError(f"run lengths do not fill a mask of {width} x {height} px")
    rle: dict[str, Any] = coco_mask.frPyObjects(
        {"size": [height, width], "counts": runs}, height, width
    )
    return rle
