"""Sound by the times of the source's frames."""

from __future__ import annotations

import threading
from collections import deque
from typing import Final

import numpy as np
from numpy.typing import NDArray

from blendmask_live.capture.source import SOUND_RATE

__all__ = ["KeptSound"]

_KEPT_S: Final = 5.0
_SLACK_S: Final = 0.02
"""Times of packets are rounded; a smaller gap than this is none."""


class KeptSound:
    """Sound that was heard lately; one thread adds, another reads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pieces: deque[tuple[int, NDArray[np.int16]]] = deque()

    @property
    def end_s(self) -> float | None:
        """Where the newest piece ends; None if there is none."""
        with self._lock:
            return (
                (self._pieces[-1][0] + len(self._pieces[-1][1])) / SOUND_RATE
                if self._pieces
                else None
            )

    @property
    def begin_s(self) -> float | None:
        """Where the oldest piece begins; None if there is none."""
        with self._lock:
            return self._pieces[0][0] / SOUND_RATE if self._pieces else None

    def add(self, begin_s: float, samples: NDArray[np.int16]) -> None:
        """Add (n, 2) samples that begin at this time of the source."""
        begin = round(begin_s * SOUND_RATE)
        with self._lock:
            if self._pieces:
                end = self._pieces[-1][0] + len(self._pieces[-1][1])
                if abs(begin - end) < _SLACK_S * SOUND_RATE:
                    begin = end
            self._pieces.append((begin, samples))
            while self._pieces[0][0] < begin - _KEPT_S * SOUND_RATE:
                self._pieces.popleft()

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._pieces.clear()

    def read(self, start_s: float, samples: int) -> NDArray[np.int16]:
        """See `Sound.read`."""
        heard = np.zeros((samples, 2), dtype=np.int16)
        start = round(start_s * SOUND_RATE)
        with self._lock:
            pieces = list(self._pieces)
        for begin, piece in pieces:
            first, last = max(begin, start), min(begin + len(piece), start + samples)
            if first < last:
                heard[first - start : last - start] = piece[first - begin : last - begin]
        return heard
