"""Where frames lie on the timeline; computes, paints nothing."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Callable, Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

__all__ = ["HEADER_PX", "TimeScale"]

HEADER_PX: Final = 150
"""Width of the lanes' names, left of the first frame."""
_MARGIN_PX: Final = 8
_MOST_FRAME_PX: Final = 24.0
_LEAST_TICK_PX: Final = 84
_STEPS_S: Final = (0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600)


class TimeScale:
    """Places are positions among the covered frames, side by side; frames are source indices.

    Attributes:
        indices: Source index of every covered frame, ascending.
        width_px: Of the whole timeline, its header included.
        offset_px: What is scrolled out to the left.
    """

    def __init__(self, indices: NDArray[np.int64], seconds: Callable[[int], float]) -> None:
        """`seconds` gives the presentation time of a frame."""
        self.indices = indices
        self._seconds = seconds
        self._zoom = 1.0
        self.width_px = 2 * HEADER_PX
        self.offset_px = 0

    @property
    def room_px(self) -> int:
        """Width that frames can be seen in."""
        return max(1, self.width_px - HEADER_PX - _MARGIN_PX)

    @property
    def frame_px(self) -> float:
        """Width of a frame."""
        return min(_MOST_FRAME_PX, self.room_px / max(1, len(self.indices)) * self._zoom)

    @property
    def length_px(self) -> int:
        """Of all frames."""
        return math.ceil(len(self.indices) * self.frame_px)

    def place(self, frame: int) -> int:
        """Position of a frame; of the next covered one where it is not covered."""
        return int(np.searchsorted(self.indices, frame))

    def x(self, place: float) -> float:
        """Where a place begins, px from the left of the timeline."""
        return HEADER_PX + place * self.frame_px - self.offset_px

    def span(self, first: int, last: int) -> tuple[float, float]:
        """Where frames from `first` to `last`, both included, begin and end."""
        end = int(np.searchsorted(self.indices, last, side="right"))
        return self.x(self.place(first)), self.x(end)

    def frame_at(self, x_px: float) -> int:
        """The frame drawn there; the first or last one beyond the ends."""
        place = int((x_px - HEADER_PX + self.offset_px) / self.frame_px)
        return int(self.indices[min(max(place, 0), len(self.indices) - 1)])

    def is_visible(self, frame: int) -> bool:
        """Whether a frame is not scrolled out."""
        return HEADER_PX <= self.x(self.place(frame)) <= self.width_px

    def zoom_by(self, factor: float, x_px: float) -> int:
        """Draw frames wider or narrower; returns the offset that keeps the frame at `x_px`."""
        place = (x_px - HEADER_PX + self.offset_px) / self.frame_px
        widest = _MOST_FRAME_PX * max(1, len(self.indices)) / self.room_px
        self._zoom = min(max(1.0, self._zoom * factor), max(1.0, widest))
        return round(place * self.frame_px - (x_px - HEADER_PX))

    def ticks(self) -> Iterator[tuple[float, float]]:
        """Where the ruler is marked: x and the time there in seconds."""
        if not len(self.indices):
            return
        start_s, end_s = self._seconds(int(self.indices[0])), self._seconds(int(self.indices[-1]))
        second_px = self.length_px / max(end_s - start_s, 0.04)
        step_s = next((s for s in _STEPS_S if s * second_px >= _LEAST_TICK_PX), _STEPS_S[-1])
        first_s = max(start_s, self._seconds(self.frame_at(0)))
        number = math.ceil(first_s / step_s - 1e-6)
        while (tick_s := number * step_s) <= end_s:
            x_px = self.x(self._place_at(tick_s))
            if x_px > self.width_px:
                return
            yield x_px, tick_s
            number += 1

    def _place_at(self, seconds: float) -> int:
        places = range(len(self.indices))
        # Ticks and times differ by rounding.
        return bisect_left(
            places, seconds - 1e-6, key=lambda place: self._seconds(int(self.indices[place]))
        )
