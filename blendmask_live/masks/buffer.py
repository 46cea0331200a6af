"""Whole-frame masks, frame after frame, in the same memory."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from blendmask_live.masks.crops import CroppedMask

__all__ = ["MaskBuffer"]


class MaskBuffer:
    """Memory for `Instances.masks(into=...)` that is used again; for one thread.

    A hundred masks of 720p are 88 MB. To get these zeroed from the system takes ten times as
    long as to write the masks; here only what the last masks covered is cleared.
    """

    def __init__(self) -> None:
        self._memory = np.zeros(0, dtype=bool)
        self._written: list[NDArray[np.bool_]] = []
        self._frame_size = 0, 0

    def fill(self, crops: Sequence[CroppedMask], frame_size: tuple[int, int]) -> NDArray[np.bool_]:
        """(N, H, W) bool, read-only, until the next call: copy what must last longer."""
        size = len(crops) * frame_size[0] * frame_size[1]
        if size > self._memory.size:
            # A quarter more, so that a slowly growing crowd does not need new memory each time.
            self._memory, self._written = np.zeros(size + size // 4, dtype=bool), []
        # In frames of another size the masks lie elsewhere.
        kept = len(crops) if frame_size == self._frame_size else 0
        for part in self._written[kept:]:
            part[:] = False
        del self._written[kept:]
        masks = self._memory[:size].reshape(len(crops), *frame_size)
        for n, (mask, crop) in enumerate(zip(masks, crops, strict=True)):
            # Mask by mask: what is cleared is often what is written next.
            for old in self._written[n : n + 1]:
                old[:] = False
            x0, y0, x1, y1 = crop.box
            part = mask[y0:y1, x0:x1]
            part[:] = crop.mask
            self._written[n : n + 1] = [part]
        self._frame_size = frame_size
        # Pixels that others wrote outside would otherwise stay there for ever.
        masks.flags.writeable = False
        return masks
