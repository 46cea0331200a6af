"""Plays a source: at its pace, and as it is asked to: pause, seek, step, speed, loop, marks."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from blendmask_live.capture.source import FrameSource, Sound, notice_of, sound_of
from blendmask_live.datatypes import Frame, SourceInfo
from blendmask_live.live.indexed_source import IndexedSource
from blendmask_live.live.meters import RateMeter
from blendmask_live.pipeline import StageTimings

__all__ = ["PlayedFrame", "Player"]

_LATEST_S: Final = 0.25
"""If a frame is later than this, playing goes on from there instead of catching up."""
_LONGEST_GAP_S: Final = 10.0
"""A longer gap between timestamps is a jump of the clock; nobody would wait for it."""


@dataclass(frozen=True, slots=True, eq=False)
class PlayedFrame(Frame):
    """A frame as it was played.

    Attributes:
        epoch: Changes where the frame does not follow on the one before: tracks end there.
        is_chosen: It did not come by playing on, but was asked for.
        is_repeat: The same frame again, to be seen with other settings.
    """

    epoch: int = 0
    is_chosen: bool = False
    is_repeat: bool = False


class Player:
    """A `FrameSource` whose frames come when they are due.

    Recorded sources are paced by their timestamps; at their end `read` waits for what is asked
    next. Live sources come when they come; pausing freezes the picture while frames are read on.
    One thread calls `read` and `close`; everything else may be called from any thread.

    Attributes:
        info: Of the source.
        can_seek: Whether the source has a past and a future.
        rate: Frames that come.
        missed: Frames that a live source dropped because nobody read them in time.
    """

    def __init__(self, source: FrameSource, *, on_change: Callable[[], None]) -> None:
        """Take over `source`, to be played from the beginning; it is closed with this object.

        Args:
            source: What to play.
            on_change: Called by the reading thread when the end is reached.
        """
        self._source = source
        self._frames = IndexedSource(source)
        self.info: SourceInfo = source.info
        self.can_seek = self._frames.can_seek and not source.info.is_live
        self.rate = RateMeter()
        self.missed = 0
        self._on_change = on_change
        self._changed = threading.Condition()
        # What was asked for; changed with the condition held, except loop and marks.
        self._is_interrupted = False
        self._is_paused = False
        self._target: int | None = None
        self._wants_repeat = False
        self._speed = 1.0
        self._loop = False
        self._marks: tuple[int | None, int | None] = (None, None)
        # Where playing has got to.
        self._last: PlayedFrame | None = None
        self._fetching: int | None = None
        self._has_ended = False
        self._end: int | None = None
        # Of the reading thread alone.
        self._epoch = 0
        self._jump: int | None = None
        self._follows_jump = False
        self._last_due_s = 0.0
        self._last_read: int | None = None

    # State

    @property
    def frame_count(self) -> int | None:
        """An estimate until the end was seen."""
        return self.info.frame_count if self._end is None else self._end

    @property
    def position(self) -> int:
        """Index of the newest frame played; 0 before the first."""
        last = self._last
        return last.index if last else 0

    @property
    def state(self) -> str:
        """'starting', 'playing', 'paused' or 'ended'."""
        if self._has_ended:
            return "ended"
        if self._last is None:
            return "starting"
        return "paused" if self._is_paused else "playing"

    @property
    def timings(self) -> StageTimings:
        """Time of reading alone, without the wait until frames are due."""
        return self._frames.timings

    @property
    def notice(self) -> str:
        return notice_of(self._source)

    def sound(self) -> Sound | None:
        """See `HeardSource.sound`."""
        return sound_of(self._source)

    # Orders

    @property
    def speed(self) -> float:
        """1 is the pace of the timestamps; negative plays backwards."""
        return self._speed

    @speed.setter
    def speed(self, speed: float) -> None:
        if not 0.1 <= abs(speed) <= 8:
            raise ValueError(f"speed {speed}: must lie between 0.1 and 8, or -8 and -0.1")
        if speed < 0:
            self._require_seekable()
        with self._changed:
            turns = speed * self._speed < 0
            self._speed = speed
            if turns and self._has_ended:
                self._has_ended = False
            self._changed.notify_all()

    @property
    def loop(self) -> bool:
        """Whether playing begins again at the end."""
        return self._loop

    @loop.setter
    def loop(self, loop: bool) -> None:
        self._loop = loop

    @property
    def marks(self) -> tuple[int | None, int | None]:
        """First and last frame to play; None is the source's own."""
        return self._marks

    @marks.setter
    def marks(self, marks: tuple[int | None, int | None]) -> None:
        first, last = marks
        if (first or 0) < 0 or (last is not None and last < (first or 0)):
            raise ValueError(f"marks {marks}: need 0 <= first <= last")
        self._marks = marks

    def play(self) -> None:
        """Go on; at the end: from the beginning, if the source can."""
        with self._changed:
            if self._has_ended:
                self._target = self._first_to_play()
                if self._target is None:
                    return
            self._is_paused = self._has_ended = False
            self._changed.notify_all()

    def pause(self) -> None:
        with self._changed:
            self._is_paused = True
            self._changed.notify_all()

    def seek(self, index: int) -> None:
        """Show this frame next, or the nearest that exists; playing goes on from there.

        Raises:
            ValueError: If the source cannot seek.
        """
        self._require_seekable()
        with self._changed:
            self._is_paused |= self._has_ended
            self._go_to(index)

    def step(self, frames: int) -> None:
        """Pause, and show the frame that is this many further on, or back if negative.

        Raises:
            ValueError: If the source cannot seek.
        """
        self._require_seekable()
        with self._changed:
            self._is_paused = True
            # Orders may come faster than they are carried out.
            orders = (self._target, self._fetching, self.position)
            self._go_to(next(index for index in orders if index is not None) + frames)

    def repeat(self) -> None:
        """Give the shown frame once more, if none will come by itself."""
        with self._changed:
            self._wants_repeat = True
            self._changed.notify_all()

    def interrupt(self) -> None:
        with self._changed:
            self._is_interrupted = True
            self._changed.notify_all()
        self._source.interrupt()

    def _require_seekable(self) -> None:
        if not self.can_seek:
            raise ValueError(f"{self.info.name}: this source can only be played forwards")

    def _go_to(self, index: int) -> None:
        self._target = max(0, index if self._end is None else min(index, self._end - 1))
        self._has_ended = False
        self._changed.notify_all()

    def _first_to_play(self) -> int | None:
        """Where playing begins again; None if it cannot."""
        first, last = self._marks
        if not self.can_seek:
            return None
        if self._speed > 0:
            return first or 0
        return last if last is not None else (self.frame_count or 1) - 1

    # Reading

    def read(self) -> PlayedFrame | None:
        """The next frame, when it is due; None once interrupted or for good at the end."""
        return self._read_live() if self.info.is_live else self._read_recorded()

    def close(self) -> None:
        self._frames.close()

    def _read_live(self) -> PlayedFrame | None:
        while True:
            frame = self._frames.read()
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
        """Count a live frame that came, and those that are missing before it."""
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
        """Remember that this frame is shown next, with the newest settings."""
        with self._changed:
            self._last, self._fetching, self._wants_repeat = frame, None, False

    def _fetch(self, index: int) -> Frame | None:
        """The frame of this index or else the last one; tracks end unless it is a neighbour."""
        before = self._last.index if self._last else -1
        goes_on = index > before
        frame = self._frames.get(index) if goes_on else None
        if frame is None and not self._is_interrupted:
            frame = self._frames.get_at_or_before(index)
            if frame is None:
                # Before the first frame of a part.
                frame = self._frames.get(index)
            elif goes_on:
                self._end = frame.index + 1
        if frame is not None and self._last and abs(index - before) != 1:
            self._epoch += 1
        self._jump = None
        self._last_due_s = time.monotonic()
        return frame

    def _next_to_play(self) -> Frame | None:
        """The frame that follows, once it is due; None if something else must be done first."""
        index = self._following_index()
        backwards = self._speed < 0
        frame = (self._frames.get_at_or_before if backwards else self._frames.get)(index)
        if frame is None and not (backwards or self._is_interrupted or self._jump is not None):
            self._end = index
        if frame is None or self._is_past_mark(frame):
            self._end_or_jump()
            return None
        if not self._wait_until_due(frame):
            self._frames.keep(index, frame)
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
        """Wait until a frame is due; False if something else was asked for meanwhile."""
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
