"""Keeps the newest frame until it is taken."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

from blendmask_live.datatypes import TrackedFrame
from blendmask_live.live.meters import RateMeter, RecentValues

__all__ = ["NewestFrame"]


class NewestFrame:
    """A sink that keeps the newest frame until it is taken; any thread may take it.

    Attributes:
        rate: Frames taken.
        ages_ms: From the capture of each frame to the moment it was taken.
        has_shown: Whether any frame came.
        missed: Frames that nobody took before the next one came.
    """

    def __init__(self, on_change: Callable[[], None]) -> None:
        self.rate = RateMeter()
        self.ages_ms = RecentValues()
        self._on_change = on_change
        self._lock = threading.Lock()
        self._newest: TrackedFrame | None = None
        self.has_shown = False
        self.missed = 0

    def take(self) -> TrackedFrame | None:
        """The newest frame if it was not taken yet."""
        with self._lock:
            newest, self._newest = self._newest, None
        if newest is not None:
            self.rate.count()
            self.ages_ms.add((time.monotonic() - newest.frame.captured_at) * 1000)
        return newest

    def write(self, tracked: TrackedFrame) -> None:
        with self._lock:
            self.missed += self._newest is not None
            self._newest = tracked
            self.has_shown = True
        self._on_change()

    def close(self) -> tuple[Path, ...]:
        return ()

    def discard(self) -> None:
        # Also called after a failure: the state of the session has changed.
        self._on_change()
