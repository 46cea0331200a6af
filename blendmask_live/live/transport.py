"""What is asked of playback: play, pause, seek, step, speed, loop, marks."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from blendmask_live.datatypes import Frame, SourceInfo

__all__ = ["PlayedFrame", "Transport"]


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


class Transport:
    """Takes orders from any thread for the thread that reads; see `Player`."""

    def __init__(self, info: SourceInfo, *, can_seek: bool) -> None:
        """Playing from the beginning.

        Args:
            info: Of the source.
            can_seek: Whether it has a past and a future.
        """
        self.info = info
        self.can_seek = can_seek
        self._changed = threading.Condition()
        self._is_interrupted = False
        self._is_paused = False
        self._has_ended = False
        self._target: int | None = None
        self._fetching: int | None = None
        self._wants_repeat = False
        self._speed = 1.0
        self._loop = False
        self._marks: tuple[int | None, int | None] = (None, None)
        self._end: int | None = None
        self._last: PlayedFrame | None = None

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
        """Pause, and show the frame so many further on, or back.

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
        """Give the shown frame again, if none will come by itself."""
        with self._changed:
            self._wants_repeat = True
            self._changed.notify_all()

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
