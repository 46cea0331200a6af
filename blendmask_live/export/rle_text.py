"""Reads COCO's compressed run lengths back into numbers."""

import numpy as np
from numpy.typing import NDArray

__all__ = ["run_lengths"]


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
