"""A time that always grows, for sources whose own time may be missing or jump."""

from __future__ import annotations

from fractions import Fraction
from typing import Final

__all__ = ["MICROSECOND", "LiveClock"]

_LARGEST_LEAD_S: Final = 2
"""A stream's time may run ahead of the clock on the wall by so much within one frame, not more."""
MICROSECOND: Final = Fraction(1, 10**6)


class LiveClock:
    """Time of live frames in seconds: from 0 on, strictly ascending.

    Between two frames it advances as the stream's own time does, exactly. Where that is
    missing, stands still, goes back or leaps ahead, and across a loss of the connection, it
    advances by the time that passed between the arrivals of the two frames.
    """

    def __init__(self) -> None:
        self._now_s: Fraction | None = None
        self._stream_s: Fraction | None = None
        self._arrived_at = 0.0

    def reconnect(self) -> None:
        """The stream was reconnected: its times have nothing to do with those before."""
        self._stream_s = None

    def stamp(self, stream_s: Fraction | None, arrived_at: float) -> Fraction:
        """Time of the next frame.

        Args:
            stream_s: Its time in the stream, if it has one.
            arrived_at: `time.monotonic()` of its arrival.
        """
        if self._now_s is None:
            self._now_s = Fraction(0)
        else:
            self._now_s += self._step_s(stream_s, arrived_at)
        self._stream_s, self._arrived_at = stream_s, arrived_at
        return self._now_s

    def at(self, stream_s: Fraction) -> Fraction | None:
        """Where a time of the stream lies; None while the stream's own time is not known."""
        if self._now_s is None or self._stream_s is None:
            return None
        return self._now_s + stream_s - self._stream_s

    def _step_s(self, stream_s: Fraction | None, arrived_at: float) -> Fraction:
        passed_s = Fraction(round((arrived_at - self._arrived_at) * 10**6), 10**6)
        if stream_s is not None and self._stream_s is not None:
            step_s = stream_s - self._stream_s
            if 0 < step_s <= passed_s + _LARGEST_LEAD_S:
                return step_s
        return max(passed_s, MICROSECOND)
