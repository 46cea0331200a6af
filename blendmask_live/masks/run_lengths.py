"""Masks as COCO's run lengths: column by column over the whole frame, background first.

What pycocotools makes of whole frames, to the last bit; `rle_text` reads it back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from blendmask_live.masks.compiled import compiled
from blendmask_live.masks.crops import CroppedMask

__all__ = ["RunLengths", "encode_rles", "run_lengths_of"]

_WORD: Final = 8
"""Cells that are compared at once."""
_ALL_INSIDE: Final = np.uint64(0x0101010101010101)
_ALL_OUTSIDE: Final = np.uint64(0)
_MOST_LETTERS: Final = 7
"""For a number below 2^32, five bits each."""


@dataclass(frozen=True, slots=True, eq=False)
class RunLengths:
    """A mask at frame size.

    Attributes:
        lengths: (N,) int64 px, beginning with background; their sum is the frame's area.
        box: x0, y0, x1, y1 (exclusive) frame px around the mask; all 0 for an empty one.
    """

    lengths: NDArray[np.int64]
    box: tuple[int, int, int, int]

    def compressed(self) -> bytes:
        """COCO's compressed text of them; see `rle_text`."""
        return bytes(_letters(self.lengths))


def encode_rles(crops: Sequence[CroppedMask], frame_size: tuple[int, int]) -> list[dict[str, Any]]:
    """Compressed COCO RLE of each crop, at frame size.

    Returns:
        Dicts {"size": [H, W], "counts": bytes}, equal to pycocotools on the whole frame.
    """
    return [
        {"size": list(frame_size), "counts": run_lengths_of(crop, frame_size).compressed()}
        for crop in crops
    ]


def run_lengths_of(crop: CroppedMask, frame_size: tuple[int, int]) -> RunLengths:
    """The runs of a mask that lies inside a frame of this (height, width)."""
    rows, width = crop.mask.shape
    # Columns of the mask as whole words of memory.
    columns = np.zeros((width, -(-rows // _WORD) * _WORD), dtype=np.uint8)
    if crop.mask.size:
        cv2.transpose(crop.mask.view(np.uint8), columns[:, :rows])
    words = columns.view(np.uint64)
    lengths, *box = _scan(columns, words, rows, crop.x0, crop.y0, *frame_size)
    x0, y0, x1, y1 = box
    return RunLengths(lengths, (x0, y0, x1, y1))


@compiled
def _scan(
    columns: NDArray[np.uint8],
    words: NDArray[np.uint64],
    rows: int,
    x0: int,
    y0: int,
    height: int,
    width: int,
) -> tuple[NDArray[np.int64], int, int, int, int]:
    """Run lengths of a frame, and the box, from a crop's columns; their cells are 0 or 1.

    Args:
        columns: (w, rows and a few zeros).
        words: The same memory.
    """
    # A column has an edge before each of its cells at most, and one at its end.
    runs = np.empty(len(columns) * (rows + 1) + 2, np.int64)
    count, begin, inside, same = 0, 0, 0, _ALL_OUTSIDE
    left, top, right, bottom = width, height, 0, 0
    for x in range(len(columns)):
        start, y = (x0 + x) * height + y0, 0
        if inside and columns[x, 0]:
            top, right = 0, x + 1
        while y < rows:
            if y % _WORD == 0 and words[x, y // _WORD] == same:
                y += _WORD
                continue
            if columns[x, y] != inside:
                runs[count] = start + y - begin
                count, begin = count + 1, start + y
                if inside:
                    bottom = max(bottom, y)
                    inside, same = 0, _ALL_OUTSIDE
                else:
                    left, top, right = min(left, x), min(top, y), x + 1
                    inside, same = 1, _ALL_INSIDE
            y += 1
        if inside:
            bottom = rows
        # A run goes on in the next column only where the crop is as high as the frame.
        if inside and (rows < height or x == len(columns) - 1):
            runs[count] = start + rows - begin
            count, begin = count + 1, start + rows
            inside, same = 0, _ALL_OUTSIDE
    if begin < height * width or count == 0:
        runs[count] = height * width - begin
        count += 1
    if not bottom:
        return runs[:count], 0, 0, 0, 0
    return runs[:count], x0 + left, y0 + top, x0 + right, y0 + bottom


@compiled
def _letters(lengths: NDArray[np.int64]) -> NDArray[np.uint8]:
    """Each number, from the fourth on its difference to that two places before, as letters."""
    letters = np.empty(_MOST_LETTERS * len(lengths), np.uint8)
    count = 0
    for n in range(len(lengths)):
        rest = lengths[n] - lengths[n - 2] if n > 2 else lengths[n]
        goes_on = True
        while goes_on:
            bits = rest & 0x1F
            rest >>= 5
            # The fifth bit of the last letter is the sign.
            goes_on = rest != -1 if bits & 0x10 else rest != 0
            letters[count] = bits + (48 + 0x20 if goes_on else 48)
            count += 1
    return letters[:count]
