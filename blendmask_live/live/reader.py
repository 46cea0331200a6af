"""Frames of a recorded source by index, in whichever direction they are asked for."""

from __future__ import annotations

import time
from collections import deque
from typing import Final

from blendmask_live.capture.source import FrameSource, SeekableSource
from blendmask_live.datatypes import Frame
from blendmask_live.pipeline import StageTimings

__all__ = ["FrameReader"]

_REVERSED_BYTES: Final = 64 * 2**20
"""Pictures decoded at once to play backwards."""


class FrameReader:
    """Reads a source and seeks in it only where needed; used by one thread.

    Sources that cannot seek give their next frame whatever index is asked for.

    Attributes:
        timings: Time of each read, as stage "capture".
    """

    def __init__(self, source: FrameSource) -> None:
        self.timings = StageTimings()
        self._source = source
        self._seekable = source if isinstance(source, SeekableSource) else None
        self._ahead: deque[Frame] = deque()
        self._next_index: int | None = 0

    @property
    def can_seek(self) -> bool:
        return self._seekable is not None

    def read(self) -> Frame | None:
        """The source's next frame."""
        started_s = time.perf_counter()
        frame = self._source.read()
        if frame is not None:
            self.timings.record("capture", (time.perf_counter() - started_s) * 1000)
        self._next_index = None if frame is None else frame.index + 1
        return frame

    def get(self, index: int) -> Frame | None:
        """The frame of this index; None if there is none, or after an interruption."""
        if self._seekable is None:
            return self._ahead.popleft() if self._ahead else self.read()
        while self._ahead:
            frame = self._ahead.popleft()
            if frame.index == index:
                return frame
        if index < 0:
            return None
        if index != self._next_index:
            self._seekable.seek(index)
        return self.read()

    def get_backwards(self, index: int) -> Frame | None:
        """As `get`; reads the frames before it too, as those are asked for next."""
        if index < 0 or (self._ahead and self._ahead[0].index == index):
            return self.get(index)
        frame = self.get(index)
        if frame is None:
            return None
        # Seeking decodes from the last key frame; for each frame anew it would take for ever.
        first = max(0, index - _REVERSED_BYTES // max(frame.image.nbytes, 1))
        earlier = [self.get(i) for i in range(first, index)]
        self._ahead.extend(frame for frame in reversed(earlier) if frame is not None)
        return frame

    def get_last_before(self, index: int) -> Frame | None:
        """The last frame that the source has, where `index` lies past its end."""
        distance = 1
        frame = None
        while frame is None and index > 0:
            index = max(0, index - distance)
            distance *= 2
            frame = self.get(index)
        later = frame
        while later is not None:
            frame, later = later, self.get(later.index + 1)
        return frame

    def put_back(self, frame: Frame) -> None:
        """Keep the frame that `get` gave for the next `get`."""
        self._ahead.appendleft(frame)

    def close(self) -> None:
        self._ahead.clear()
        self._source.close()
