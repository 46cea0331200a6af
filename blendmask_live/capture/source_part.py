"""The part of a source that is asked for: start, end, stride, number of frames."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum
from fractions import Fraction
from typing import Protocol, runtime_checkable

from blendmask_live.capture.source import (
    FrameSource,
    SeekableSource,
    Sound,
    notice_of,
    refuse_negative,
    sound_of,
)
from blendmask_live.datatypes import Frame, SourceInfo
from blendmask_live.errors import SourceOpenError, SourceReadError
from blendmask_live.option import option, seconds, whole

__all__ = [
    "Choose",
    "NextFrame",
    "PartialSource",
    "SelectiveSource",
    "SourcePart",
    "part_of",
    "take_every",
]


class NextFrame(Enum):
    """What to do with the next frame."""

    TAKE = "take"
    SKIP = "skip"
    STOP = "stop"
    """Neither this frame nor any later one is wanted."""


Choose = Callable[[int, Fraction | None], NextFrame]
"""(frame index, exact timestamp) -> what to do with that frame."""


def take_every(index: int, pts_s: Fraction | None) -> NextFrame:
    """A `Choose` that takes all frames."""
    return NextFrame.TAKE


@runtime_checkable
class SelectiveSource(FrameSource, Protocol):
    """A source that can pass over frames without converting them to RGB."""

    def read_selected(self, choose: Choose) -> Frame | None:
        """The next frame that `choose` takes, or None after the last or at a STOP."""
        ...


@dataclass(frozen=True, slots=True)
class SourcePart:
    """Which frames to deliver; times count from the first frame of the source.

    Raises:
        SourceOpenError: If no frame can meet it.
    """

    start_s: float | None = option(
        None, "seconds or HH:MM:SS", flag="--start", read=seconds, metavar="T"
    )
    """Frames before are left out."""
    end_s: float | None = option(
        None, "seconds or HH:MM:SS", flag="--end", read=seconds, metavar="T"
    )
    """Frames from there on are left out."""
    stride: int = option(1, "every K-th frame", flag="--stride", read=whole(1), metavar="K")
    """1 is every frame, 2 every other one, counted from the first one delivered."""
    max_frames: int | None = option(
        None, "at most so many frames", flag="--max-frames", read=whole(1), metavar="N"
    )
    """Deliver at most so many."""

    def __post_init__(self) -> None:
        for name, time_s in (("start", self.start_s), ("end", self.end_s)):
            if time_s is not None and not (math.isfinite(time_s) and time_s >= 0):
                raise SourceOpenError(f"{name} must be a time from 0 s on, found {time_s}")
        if self.end_s is not None and self.end_s <= (self.start_s or 0):
            raise SourceOpenError(
                f"end ({self.end_s} s) must come after start ({self.start_s or 0} s)"
            )
        if self.stride < 1:
            raise SourceOpenError(f"stride must be 1 or more, found {self.stride}")
        if self.max_frames is not None and self.max_frames < 1:
            raise SourceOpenError(f"max-frames must be 1 or more, found {self.max_frames}")

    @property
    def needs_clock(self) -> bool:
        return self.start_s is not None or self.end_s is not None

    def expected_frames(self, info: SourceInfo) -> int | None:
        """Estimate of the frames that will be delivered; None where nothing is known."""
        if info.frame_count is None:
            return self.max_frames
        first, end = 0, info.frame_count
        if info.average_fps:
            first = math.ceil(_exact(self.start_s or 0) * info.average_fps)
            if self.end_s is not None:
                end = min(end, math.ceil(_exact(self.end_s) * info.average_fps))
        expected = max(0, math.ceil((end - first) / self.stride))
        return expected if self.max_frames is None else min(expected, self.max_frames)


def _exact(time_s: float) -> Fraction:
    # Through its decimal form, so that 0.04 is 1/25 and meets the frame at exactly that time.
    return Fraction(str(float(time_s)))


def part_of(source: FrameSource, part: SourcePart) -> PartialSource:
    """The part of `source` that `part` describes; it can do what `source` can.

    Raises:
        SourceOpenError: See `PartialSource`.
    """
    if isinstance(source, SeekableSource):
        return _SeekablePart(source, part)
    return PartialSource(source, part)


class PartialSource:
    """Delivers the part of another source that a `SourcePart` describes.

    The frames on the way to the start are decoded, not seeked over: only so is every index
    certain. They are not converted to RGB where the source can avoid it.
    """

    def __init__(self, source: FrameSource, part: SourcePart) -> None:
        """Take over `source`; it is closed with this object.

        Raises:
            SourceOpenError: If the part lies outside the source, as far as is known, or asks
                for times of a source that has none.
        """
        info = source.info
        if part.needs_clock and info.average_fps is None and info.time_base is None:
            raise SourceOpenError(
                f"{info.name}: start and end need a source with timestamps; "
                "use stride and max-frames instead"
            )
        self._source = source
        self._part = part
        self._start_s = _exact(part.start_s or 0)
        self._end_s = None if part.end_s is None else _exact(part.end_s)
        self._first_pts_s: Fraction | None = None
        self._last_time_s = Fraction(0)
        self._first_taken_index: int | None = None
        self._delivered = 0
        self._ended = False
        self._interrupted = False
        self._found: Frame | None = None
        self._found = self._look_for_late_start(info)

    @property
    def info(self) -> SourceInfo:
        """As of the whole source, with the frame count of this part."""
        info = self._source.info
        return replace(info, frame_count=self._part.expected_frames(info))

    @property
    def notice(self) -> str:
        """See `NoticingSource.notice`."""
        return notice_of(self._source)

    def sound(self) -> Sound | None:
        """See `HeardSource.sound`."""
        return sound_of(self._source)

    def read(self) -> Frame | None:
        """The next frame of the part.

        Raises:
            SourceReadError: Also if there is no frame at all in this part.
        """
        if self._interrupted:
            return None
        if self._found is not None:
            found, self._found = self._found, None
            return found
        if self._ended:
            return None
        frame = self._read_chosen()
        if frame is None:
            self._ended = True
            if self._first_taken_index is None and not self._interrupted:
                raise SourceReadError(self._why_empty())
            return None
        self._delivered += 1
        self._ended = self._delivered == self._part.max_frames
        return frame

    def interrupt(self) -> None:
        """See `FrameSource.interrupt`."""
        self._interrupted = True
        self._source.interrupt()

    def close(self) -> None:
        """See `FrameSource.close`."""
        self._interrupted = True
        self._source.close()

    def _read_chosen(self) -> Frame | None:
        if isinstance(self._source, SelectiveSource):
            return self._source.read_selected(self._choose)
        while (frame := self._source.read()) is not None:
            choice = self._choose(frame.index, frame.pts_s)
            if choice is not NextFrame.SKIP:
                return frame if choice is NextFrame.TAKE else None
        return None

    def _choose(self, index: int, pts_s: Fraction | None) -> NextFrame:
        time_s = self._time_s(index, pts_s)
        self._last_time_s = time_s
        if self._interrupted or (self._end_s is not None and time_s >= self._end_s):
            return NextFrame.STOP
        if time_s < self._start_s:
            return NextFrame.SKIP
        if self._first_taken_index is None:
            self._first_taken_index = index
        on_stride = (index - self._first_taken_index) % self._part.stride == 0
        return NextFrame.TAKE if on_stride else NextFrame.SKIP

    def _time_s(self, index: int, pts_s: Fraction | None) -> Fraction:
        if pts_s is None:
            return index / (self._source.info.average_fps or Fraction(1))
        if self._first_pts_s is None:
            self._first_pts_s = pts_s
        return pts_s - self._first_pts_s

    def _look_for_late_start(self, info: SourceInfo) -> Frame | None:
        """The first frame, where the container says that the start lies after the end.

        Frame counts and rates in containers are estimates, so that only reading shows it.
        """
        if not (info.frame_count and info.average_fps):
            return None
        if self._start_s <= info.frame_count / info.average_fps + 1:
            return None
        try:
            return self.read()
        except SourceReadError as failure:
            raise SourceOpenError(str(failure)) from failure

    def _why_empty(self) -> str:
        if self._end_s is None or self._last_time_s < self._start_s:
            return self._late_start(self._last_time_s)
        return (
            f"{self._source.info.name}: no frame in this range ({float(self._start_s):g} s to "
            f"{float(self._end_s):g} s); widen it"
        )

    def _late_start(self, last_time_s: Fraction) -> str:
        return (
            f"{self._source.info.name}: start ({float(self._start_s):g} s) lies after the "
            f"end of the video (about {float(last_time_s):.2f} s)"
        )


class _SeekablePart(PartialSource):
    """A part of a file, a folder or the demo."""

    def __init__(self, source: SeekableSource, part: SourcePart) -> None:
        super().__init__(source, part)
        self._seekable = source

    def seek(self, index: int) -> None:
        """See `SeekableSource.seek`: `index` counts the frames of the whole source.

        What lies outside the part or off its stride gives way to the next frame that does not.
        """
        refuse_negative(index)
        self._found = None
        if self._first_taken_index is None:
            # Stride and start count from the first frame of the part, so that has to be known.
            self._seekable.seek(0)
            self._ended = self._read_chosen() is None
        if self._first_taken_index is None:
            return
        self._seekable.seek(max(index, self._first_taken_index))
        steps = math.ceil((index - self._first_taken_index) / self._part.stride)
        self._delivered = max(0, steps)
        self._ended = self._part.max_frames is not None and steps >= self._part.max_frames
