"""Plays a source at its pace, as its transport says."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from blendmask_live.capture.source import FrameSource, notice_of
from blendmask_live.datatypes import Frame
from blendmask_live.live.meters import RateMeter
from blendmask_live.live.reader import FrameReader
from blendmask_live.live.transport import PlayedFrame, Transport
from blendmask_live.pipeline import StageTimings

__all__ = ["Player"]

"""Of folders of images, which have no frame rate."""
_LATEST_S: Final = 0.25
"""Playing that is later than this goes on from where it is instead of hurrying after."""
_LONGEST_GAP_S: Final = 10.0
"""A longer gap between timestamps is a jump of the clock; nobody would wait for it."""


class Player(Transport):
    """A `FrameSource` whose frames come when they are due.

    Recorded sources are paced by their timestamps; at their end `read` waits for what is asked
    next. Live sources come when they come; pausing freezes the picture while frames are read on.
    All methods but `read` and `close` may be called from any thread.

    Attributes:
        rate: Frames that come.
        missed: Frames that a live source dropped because nobody read them in time.
    """

    def __init__(self, source: FrameSource, *, on_change: Callable[[], None]) -> None:
        """Take over `source`; it is closed with this object.

        Args:
            source: What to play.
            on_change: Called by the reading thread when the end is reached.
        """
        self._source = source
        self._reader = FrameReader(source)
        can_seek = self._reader.can_seek and not source.info.is_live
        super().__init__(source.info, can_seek=can_seek)
        self.rate = RateMeter()
        self.missed = 0
        self._on_change = on_change
        # Of the reading thread only:
        self._epoch = 0
        self._jump: int | None = None
        self._follows_jump = False
        self._last_due_s = 0.0
        self._last_read: int | None = None

    @property
    def timings(self) -> StageTimings:
        """Time of reading alone, without the wait until frames are due."""
        return self._reader.timings

    @property
    def notice(self) -> str:
        return notice_of(self._source)

    def read(self) -> PlayedFrame | None:
        """The next frame, when it is due; None once interrupted or for good at the end."""
        return self._read_live() if self.info.is_live else self._read_recorded()

    def interrupt(self) -> None:
        with self._changed:
            self._is_interrupted = True
            self._changed.notify_all()
        self._source.interrupt()

    def close(self) -> None:
        self._reader.close()

    def _read_live(self) -> PlayedFrame | None:
        while True:
            frame = self._reader.read()
            if frame is None:
                self._has_ended = not self._is_interrupted
                return None
            self._count(frame.index)
            with self._changed:
                is_repeat = self._wants_repeat and self._is_paused
            if is_repeat and self._last:
                return self._again(self._last)
            if not self._is_paused or self._last is None:
                return self._played(frame, captured_at=frame.captured_at)

    def _count(self, index: int) -> None:
        """A live frame came; a gap in the indexes tells of frames passed over."""
        self.rate.count()
        if self._last_read is not None and not self._is_paused:
            self.missed += max(index - self._last_read - 1, 0)
        self._last_read = index

    def _read_recorded(self) -> PlayedFrame | None:
        while True:
            with self._changed:
                self._changed.wait_for(self._has_work)
                if self._is_interrupted:
                    return None
                target, self._target = self._target, None
                self._fetching = target
                is_repeat = self._wants_repeat and (self._is_paused or self._has_ended)
            if self._last and (target == self._last.index or (is_repeat and target is None)):
                return self._again(self._last)
            frame = self._next_to_play() if target is None else self._fetch(target)
            if frame is not None:
                self.rate.count()
                is_chosen = target is not None or self._follows_jump
                self._follows_jump = False
                return self._played(frame, captured_at=time.monotonic(), is_chosen=is_chosen)
            if self._has_ended and (not self.can_seek or self._last is None):
                return None

    def _has_work(self) -> bool:
        is_playing = not (self._is_paused or self._has_ended) or self._last is None
        return self._is_interrupted or self._target is not None or self._wants_repeat or is_playing

    def _again(self, frame: PlayedFrame) -> PlayedFrame:
        self._give(frame)
        now_s = time.monotonic()
        return replace(frame, captured_at=now_s, is_chosen=True, is_repeat=True)

    def _played(self, frame: Frame, *, captured_at: float, is_chosen: bool = False) -> PlayedFrame:
        played = PlayedFrame(
            image=frame.image,
            index=frame.index,
            pts_s=frame.pts_s,
            captured_at=captured_at,
            epoch=self._epoch,
            is_chosen=is_chosen,
        )
        self._give(played)
        return played

    def _give(self, frame: PlayedFrame) -> None:
        """This frame is seen next, with the newest settings."""
        with self._changed:
            self._last, self._fetching, self._wants_repeat = frame, None, False

    def _fetch(self, index: int) -> Frame | None:
        """The frame of this index or else the last one; tracks go on only to the neighbours."""
        before = self._last.index if self._last else -1
        goes_on = index > before
        frame = self._reader.get(index) if goes_on else None
        if frame is None and not self._is_interrupted:
            frame = self._reader.get_at_or_before(index)
            if frame is None:
                # Before the first frame of a part.
                frame = self._reader.get(index)
            elif goes_on:
                self._end = frame.index + 1
        if frame is not None and self._last and abs(index - before) != 1:
            self._epoch += 1
        self._jump = None
        self._last_due_s = time.monotonic()
        return frame

    def _next_to_play(self) -> Frame | None:
        """The frame that follows, once it is due; None if something else is to be done first."""
        index = self._following_index()
        backwards = self._speed < 0
        frame = (self._reader.get_at_or_before if backwards else self._reader.get)(index)
        if frame is None and not (backwards or self._is_interrupted or self._jump is not None):
            self._end = index
        if frame is None or self._is_past_mark(frame):
            self._end_or_jump()
            return None
        if not self._wait_until_due(frame):
            self._reader.keep(index, frame)
            return None
        if self._jump is not None:
            self._jump = None
            self._epoch += 1
            self._follows_jump = True
        return frame

    def _following_index(self) -> int:
        if self._jump is not None:
            return self._jump
        if self._last is None:
            return self._marks[0] or 0
        return self._last.index + (1 if self._speed > 0 else -1)

    def _is_past_mark(self, frame: Frame) -> bool:
        """Whether this frame leaves the part between the marks."""
        if self._last is None or self._jump is not None:
            return False
        first, last = self._marks
        if self._speed > 0:
            return last is not None and frame.index > last >= self._last.index
        return first is not None and frame.index < first <= self._last.index

    def _end_or_jump(self) -> None:
        with self._changed:
            if self._is_interrupted or self._target is not None:
                return
            start = self._first_to_play()
            if self._loop and start is not None and self._last and self._jump is None:
                self._jump = start
                return
            self._has_ended = True
        self._on_change()

    def _wait_until_due(self, frame: Frame) -> bool:
        """Wait for the time to show a frame; False if something else was asked meanwhile."""
        with self._changed:
            while True:
                if self._is_interrupted or self._target is not None:
                    return False
                if self._is_paused and self._last is not None:
                    return False
                due_s = self._last_due_s + self._gap_s(frame) / abs(self._speed)
                now_s = time.monotonic()
                if now_s >= due_s:
                    self._last_due_s = due_s if now_s - due_s <= _LATEST_S else now_s
                    return True
                self._changed.wait(due_s - now_s)

    def _gap_s(self, frame: Frame) -> float:
        """Time between the frame shown and this one, in seconds of video."""
        fps = self.info.fps
        if self._last is None or self._jump is not None:
            return float(1 / fps)
        gap_s = (frame.index - self._last.index) / fps
        if frame.pts_s is not None and self._last.pts_s is not None:
            gap_s = frame.pts_s - self._last.pts_s
        return min(abs(float(gap_s)), _LONGEST_GAP_S)
