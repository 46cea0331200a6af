"""A camera made of pictures in memory, at any rate: for measurements."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from blendmask_live.datatypes import Frame, SourceInfo

__all__ = ["SyntheticCamera", "forth_and_back"]


class SyntheticCamera:
    """A live source that gives pictures forth and back, one each tick.

    As with a camera, ticks at which nobody reads are lost: the next frame is always new.
    """

    def __init__(self, pictures: Sequence[NDArray[np.uint8]], *, fps: float) -> None:
        """Nothing ticks before the first `read`.

        Args:
            pictures: (H, W, 3) uint8 RGB each, all of one size.
            fps: Frames per second.
        """
        self._pictures = pictures
        self._fps = fps
        self._interrupted = threading.Event()
        self._began_s: float | None = None
        self._next_index = 0

    @property
    def info(self) -> SourceInfo:
        height, width = self._pictures[0].shape[:2]
        return SourceInfo(
            "synthetic",
            width,
            height,
            average_fps=Fraction(self._fps).limit_denominator(1000),
            is_live=True,
        )

    def read(self) -> Frame | None:
        """The frame of the next tick, when it comes."""
        now_s = time.monotonic()
        if self._began_s is None:
            self._began_s = now_s
        ticks = int((now_s - self._began_s) * self._fps)
        index = max(self._next_index, ticks)
        due_s = self._began_s + index / self._fps
        if self._interrupted.wait(max(0.0, due_s - time.monotonic())):
            return None
        self._next_index = index + 1
        image = self._pictures[forth_and_back(index, len(self._pictures))]
        return Frame(image, index, None, captured_at=due_s)

    def interrupt(self) -> None:
        """See `FrameSource.interrupt`."""
        self._interrupted.set()

    def close(self) -> None:
        """See `FrameSource.close`."""
        self._interrupted.set()


def forth_and_back(number: int, length: int) -> int:
    """0, 1, ... length - 1, length - 2, ... 1, 0, 1, ...: objects move without a jump."""
    turn = max(2 * (length - 1), 1)
    position = number % turn
    return min(position, turn - position) if length > 1 else 0
