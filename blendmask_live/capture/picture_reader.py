"""The picture of any frame of a video file, by its index."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path, PurePath
from typing import Final

import av

from blendmask_live.capture.clock import FrameClock
from blendmask_live.capture.decoder import FileDecoder
from blendmask_live.capture.frame_table import FrameTable, stored_ticks
from blendmask_live.capture.picture_cache import PictureCache, TimedPicture
from blendmask_live.errors import SourceOpenError

__all__ = ["PictureReader"]

logger = logging.getLogger(__name__)

_NEAR_FRAMES: Final = 8
"""So few frames ahead are reached by decoding on, without a look at the file's packets."""
_KEYFRAMES_TRIED: Final = 4
_CACHE_BYTES: Final = 256 * 2**20


class PictureReader:
    """Decodes frames in order, and from any other place that is asked for.

    To get elsewhere it goes to a keyframe and decodes on, comparing every timestamp on the way
    with those of the file's packets. Where they differ (damage, frames that are never shown) or
    packets do not tell, frames are counted from the start: slow, but right.

    Used by one thread at a time.
    """

    def __init__(
        self, path: Path | str, *, goes_on: Callable[[], bool], hardware: bool = False
    ) -> None:
        """Open the file and decode its first picture.

        Args:
            path: Of the file, or its URL.
            goes_on: Asked now and then; where it says no, there are no more pictures.
            hardware: See `FileDecoder`.

        Raises:
            SourceError: If it is no readable video or no picture of it can be decoded.
        """
        self._name = PurePath(path).name
        self._goes_on = goes_on
        self.decoder = FileDecoder(path, goes_on=goes_on, hardware=hardware)
        # Nothing is kept until someone steps back.
        self._cache = PictureCache(limit_bytes=0)
        self._table: FrameTable | None = None
        self._must_count = False
        self._begin()
        try:
            first = self.decoder.next_picture()
        except BaseException:
            self.decoder.close()
            raise
        if first is None:
            self.decoder.close()
            raise SourceOpenError(f"{path}: holds no video frame that can be decoded")
        self.first = first
        self._first_ticks = self._ticks(first)
        self._take(first)

    def picture_at(self, index: int) -> TimedPicture | None:
        """The picture of frame `index`; None past the end.

        Raises:
            SourceReadError: If the file cannot be read on.
        """
        if (cached := self._cache.get(index)) is not None:
            return cached
        if not 0 <= index - self._position <= _NEAR_FRAMES and not self._approach(index):
            return None
        while self._position <= index:
            picture = self.decoder.next_picture()
            if not self._goes_on():
                return None
            if not self._is_foretold(picture):
                self._distrust_table()
            elif picture is None:
                return None
            else:
                self._take(picture)
        return self._cache.get(index)

    def keep_pictures(self) -> None:
        """From now on keep some pictures, so that stepping back is fast."""
        self._cache.limit_bytes = _CACHE_BYTES

    def close(self) -> None:
        """Release the file."""
        self._cache.clear()
        self.decoder.close()

    def _begin(self) -> None:
        self._position = 0
        """Index of the picture that the decoder gives next."""
        self._last_ticks: int | None = None
        self._has_jumped = False
        self._clock = FrameClock(
            self._name,
            average_fps=self.decoder.average_fps,
            decode_times_only=self.decoder.decode_times_only,
        )

    def _ticks(self, picture: av.VideoFrame) -> int | None:
        return stored_ticks(picture, decode_times_only=self.decoder.decode_times_only)

    def _take(self, picture: av.VideoFrame) -> None:
        self._cache.put(self._position, TimedPicture(picture, self._clock.stamp(picture)))
        self._last_ticks = self._ticks(picture)
        self._position += 1

    def _approach(self, index: int) -> bool:
        """Bring the decoder to or before frame `index`; False if there is no such frame."""
        table = self._consult_table()
        if table is None:
            if index < self._position:
                self._restart()
            return True
        if index >= len(table):
            return False
        keyframes = table.keyframes_until(index)[:_KEYFRAMES_TRIED].tolist()
        if not (keyframes and keyframes[0] <= self._position <= index) and not any(
            self._jump_to(keyframe, index, table) for keyframe in keyframes
        ):
            self._restart()
        return True

    def _consult_table(self) -> FrameTable | None:
        if self._table is None and not self._must_count and self._first_ticks is not None:
            table = self.decoder.scan(first_ticks=self._first_ticks)
            is_right_so_far = (
                table is not None
                and self._position <= len(table)
                and table.ticks[self._position - 1] == self._last_ticks
            )
            self._table = table if is_right_so_far else None
            self._must_count = not is_right_so_far
        return self._table

    def _jump_to(self, keyframe: int, index: int, table: FrameTable) -> bool:
        """Decode from a keyframe; False if the first picture lies behind frame `index`."""
        if not self.decoder.start_at(int(table.ticks[keyframe])):
            return False
        while (picture := self.decoder.next_picture()) is not None:
            ticks = self._ticks(picture)
            if ticks is None:
                return False
            found = table.index_of(ticks)
            if found is not None and keyframe <= found <= index:
                self._position = found
                self._has_jumped = True
                self._clock.jump()
                self._take(picture)
                return True
            if ticks > table.ticks[index]:
                return False
        return False

    def _is_foretold(self, picture: av.VideoFrame | None) -> bool:
        if self._table is None:
            return True
        if picture is None or self._position == len(self._table):
            return picture is None and self._position == len(self._table)
        return bool(self._ticks(picture) == self._table.ticks[self._position])

    def _distrust_table(self) -> None:
        logger.debug("%s: packets do not tell the frames; counting from the start", self._name)
        self._table = None
        self._must_count = True
        if self._has_jumped:
            self._cache.clear()
            self._restart()

    def _restart(self) -> None:
        self.decoder.restart()
        self._begin()
