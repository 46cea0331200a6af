"""Rates and ages over the last few seconds."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable

import numpy as np

__all__ = ["RateMeter", "RecentValues"]

_WINDOW_S = 3.0


class RecentValues:
    """Values of the last seconds; any thread may call."""

    def __init__(self, window_s: float = _WINDOW_S, *, clock: Callable[[], float] = time.monotonic):
        self._window_s = window_s
        self._clock = clock
        self._lock = threading.Lock()
        self._values: deque[tuple[float, float]] = deque()

    def add(self, value: float) -> None:
        """Add a value of now."""
        with self._lock:
            self._values.append((self._clock(), value))
            self._forget()

    def percentiles(self, *shares: float) -> tuple[float, ...]:
        """Percentiles, 0 to 100 each; zeros where nothing was added lately."""
        with self._lock:
            self._forget()
            values = [value for _, value in self._values]
        if not values:
            return (0.0,) * len(shares)
        return tuple(float(value) for value in np.percentile(values, shares))

    def _forget(self) -> None:
        oldest_s = self._clock() - self._window_s
        while self._values and self._values[0][0] < oldest_s:
            self._values.popleft()


class RateMeter:
    """Events per second over the last seconds; any thread may call."""

    def __init__(self, window_s: float = _WINDOW_S, *, clock: Callable[[], float] = time.monotonic):
        self._window_s = window_s
        self._clock = clock
        self._lock = threading.Lock()
        self._times_s: deque[float] = deque()

    def count(self) -> None:
        """An event happens now."""
        with self._lock:
            self._times_s.append(self._clock())
            self._forget()

    @property
    def rate(self) -> float:
        """Events per second; of fewer than two, 0."""
        with self._lock:
            self._forget()
            if len(self._times_s) < 2:
                return 0.0
            # Up to now, so that a stream which stops falls to 0 instead of keeping its rate.
            span_s = self._clock() - self._times_s[0]
            return (len(self._times_s) - 1) / max(span_s, 1e-9)

    def _forget(self) -> None:
        oldest_s = self._clock() - self._window_s
        while self._times_s and self._times_s[0] < oldest_s:
            self._times_s.popleft()
