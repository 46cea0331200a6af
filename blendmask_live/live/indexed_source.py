"""Frames of a source by index."""

from __future__ import annotations

import time

from blendmask_live.capture.source import FrameSource, SeekableSource
from blendmask_live.datatypes import Frame
from blendmask_live.pipeline import StageTimings

__all__ = ["IndexedSource"]


class IndexedSource:
    """Gives frames by index and seeks only where needed; used by one thread.

    A source that cannot seek gives its next frame, whatever index is asked for.

    Attributes:
        timings: Time of each read, as stage "capture"; for live frames, from their arrival.
    """

    def __init__(self, source: FrameSource) -> None:
        self.timings = StageTimings()
        self._source = source
        self._seekable = source if isinstance(source, SeekableSource) else None
        self._kept: tuple[int, Frame] | None = None
        self._next_index: int | None = 0

    @property
    def can_seek(self) -> bool:
        return self._seekable is not None

    def read(self) -> Frame | None:
        """The source's next frame."""
        started_s = time.monotonic()
        frame = self._source.read()
        if frame is not None:
            if self._source.info.is_live:
                # Waiting for a camera does not count.
                started_s = max(started_s, frame.captured_at)
            self.timings.record("capture", (time.monotonic() - started_s) * 1000)
        self._next_index = None if frame is None else frame.index + 1
        return frame

    def get(self, index: int) -> Frame | None:
        """The frame of this index, or of the next one that there is; None past the end."""
        kept, self._kept = self._kept, None
        if kept is not None and (kept[0] == index or self._seekable is None):
            return kept[1]
        if self._seekable is not None and index != self._next_index:
            self._seekable.seek(index)
        return self.read()

    def get_at_or_before(self, index: int) -> Frame | None:
        """The last frame whose index is not larger; None if there is none."""
        first, distance = index, 1
        while first >= 0:
            frame = self.get(first)
            if frame is not None and frame.index <= index:
                return frame if frame.index == index else self._last_until(index, frame)
            if first == 0:
                break
            first, distance = max(0, first - distance), 2 * distance
        return None

    def keep(self, index: int, frame: Frame) -> None:
        """Give `frame` again when `index` is asked for next."""
        self._kept = index, frame

    def close(self) -> None:
        self._kept = None
        self._source.close()

    def _last_until(self, index: int, frame: Frame) -> Frame:
        later = self.get(frame.index + 1)
        while later is not None and later.index <= index:
            frame, later = later, self.get(later.index + 1)
        return frame
