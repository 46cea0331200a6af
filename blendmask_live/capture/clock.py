"""Exact presentation times of decoded frames."""

from __future__ import annotations

import logging
from fractions import Fraction
from typing import Final

import av

from blendmask_live.datatypes import NOMINAL_FPS

__all__ = ["FrameClock", "GoingOn"]

logger = logging.getLogger(__name__)

_RESTART_S: Final = Fraction(1, 2)
"""A clock that goes back at least this far was restarted; less is disorder."""
_NEXT_S: Final = 1


class GoingOn:
    """Makes times go on where their clock restarts, as in joined recordings.

    Attributes:
        restarts: How often the clock has restarted so far.
        offset_s: What is added to the clock's times now.
    """

    def __init__(self, step_s: Fraction) -> None:
        """Before the first time; `step_s` lies between the last time and a new start."""
        self.restarts = 0
        self.offset_s = Fraction(0)
        self._step_s = step_s
        self._offset_before_s = Fraction(0)
        self._last_s: Fraction | None = None
        self._furthest_s = Fraction(0)

    def follow(self, stored_s: Fraction) -> Fraction:
        """The next time, in seconds."""
        if self._last_s is None:
            self._furthest_s = stored_s
        elif self._last_s - stored_s > _RESTART_S:
            self.restarts += 1
            self._offset_before_s = self.offset_s
            self.offset_s = self._furthest_s + self._step_s - stored_s
        elif 0 <= stored_s + self._offset_before_s - self._furthest_s <= _NEXT_S:
            # A single wrong time was taken for a new start.
            self.offset_s = self._offset_before_s
        self._last_s = stored_s
        time_s = stored_s + self.offset_s
        self._furthest_s = max(self._furthest_s, time_s)
        return time_s


class FrameClock:
    """Turns a stream's timestamps into exact seconds that never go back.

    The stream's own presentation time is used untouched wherever it exists and does not lie
    before that of the frame shown just before. Where it goes back far, the clock has
    restarted: its times go on after the last one. Otherwise the frame comes one average frame
    duration after its predecessor (the first: at 0).
    """

    def __init__(self, name: str, *, average_fps: Fraction | None, decode_times_only: bool) -> None:
        """Start before the first frame.

        Args:
            name: Of the source, for the log.
            average_fps: For frames without a timestamp.
            decode_times_only: Whether the container keeps decode times only (AVI): frames then
                show in the order and at the distance of their decode times, from 0 on.
        """
        self._name = name
        self._frame_duration_s = 1 / (average_fps or NOMINAL_FPS)
        self._decode_times_only = decode_times_only
        self._first_decode_time_s: Fraction | None = None
        self._last_s: Fraction | None = None
        self._going_on = GoingOn(self._frame_duration_s)

    @property
    def restarts(self) -> int:
        """How often the stream's clock has restarted."""
        return self._going_on.restarts

    def stamp(self, picture: av.VideoFrame) -> Fraction:
        """Presentation time of the next frame, in seconds."""
        stored_s = self._stored_s(picture)
        if stored_s is not None:
            stored_s = self._going_on.follow(stored_s)
        if stored_s is None:
            time_s = Fraction(0) if self._last_s is None else self._last_s + self._frame_duration_s
        elif self._last_s is not None and stored_s < self._last_s:
            logger.debug("%s: timestamp %s after %s", self._name, stored_s, self._last_s)
            time_s = self._last_s + self._frame_duration_s
        else:
            time_s = stored_s
        self._last_s = time_s
        return time_s

    def jump(self) -> None:
        """Expect frames from elsewhere in the stream next."""
        self._last_s = None
        self._going_on = GoingOn(self._frame_duration_s)

    def _stored_s(self, picture: av.VideoFrame) -> Fraction | None:
        ticks = picture.dts if self._decode_times_only else picture.pts
        if ticks is None or picture.time_base is None:
            return None
        time_s = ticks * Fraction(picture.time_base)
        if not self._decode_times_only:
            return time_s
        if self._first_decode_time_s is None:
            self._first_decode_time_s = time_s
        return time_s - self._first_decode_time_s
