"""The picture of any frame of a video file, by its index."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path, PurePath
from typing import Final

import av

from blendmask_live.addresses import without_secrets
from blendmask_live.capture.clock import FrameClock
from blendmask_live.capture.decoder import FileDecoder
from blendmask_live.capture.frame_table import FrameTable, stored_ticks
from blendmask_live.capture.picture_cache import PictureCache, TimedPicture
from blendmask_live.errors import SourceOpenError

__all__ = ["PictureReader"]

logger = logging.getLogger(__name__)

_NEAR_FRAMES: Final = 8
"""A frame at most this far ahead is reached by decoding on, without the file's packet table."""
_RUN_UP_FRAMES: Final = 12
"""How many frames before the one asked for are decoded too, and kept for stepping back."""
_STEPS_AHEAD: Final = 24
"""How many frames after the one shown are decoded before those that come before it."""
_KEYFRAMES_TRIED: Final = 4
_CACHE_BYTES: Final = 512 * 2**20
"""Holds a usual group (250 frames) of 720p."""


class PictureReader:
    """Decodes frames in order, and from any other place that is asked for.

    To get elsewhere it goes to a keyframe and decodes on, comparing every timestamp on the way
    with those of the file's packets. Where they differ (frames that are never shown) or packets do
    not say, frames are counted from the start: slow, but right. In damaged files it decodes from
    the start too, and packets say which frame each picture is. On a long way,
    pictures that no other one needs are not decoded.

    Used by one thread at a time.
    """

    def __init__(
        self,
        path: Path | str,
        *,
        goes_on: Callable[[], bool],
        hardware: bool = False,
        deinterlace: bool = True,
    ) -> None:
        """Open the file and decode its first picture.

        Args:
            path: Of the file, or its URL.
            goes_on: Asked now and then; where it says no, there are no more pictures.
            hardware, deinterlace: See `FileDecoder`.

        Raises:
            SourceError: If it is no readable video or no picture of it can be decoded.
        """
        self._name = PurePath(without_secrets(path)).name
        self._goes_on = goes_on
        self.decoder = FileDecoder(
            path, goes_on=goes_on, hardware=hardware, deinterlace=deinterlace
        )
        # Nothing is kept until someone steps back.
        self._cache = PictureCache(limit_bytes=0)
        self._table: FrameTable | None = None
        self._must_count = False
        self._may_pass_over = True
        self._asked_before = 0
        self._has_told_of_restart = False
        self._is_damaged = False
        self._begin()
        try:
            first = self.decoder.next_picture()
        except BaseException:
            self.decoder.close()
            raise
        if first is None:
            self.decoder.close()
            shown = without_secrets(path)
            raise SourceOpenError(f"{shown}: holds no video frame that can be decoded")
        self.first = first
        self._first_ticks = self._ticks(first)
        self._take(first, 0)

    def picture_at(self, index: int) -> tuple[int, TimedPicture] | None:
        """The picture of frame `index`, with its index; None past the end.

        Where it is damaged, the next one that can be decoded.

        Raises:
            SourceReadError: If the file cannot be read on.
        """
        asked_before, self._asked_before = self._asked_before, index
        if (cached := self._cache.get(index)) is not None:
            return index, cached
        if not 0 <= index - self._position <= _NEAR_FRAMES:
            # Who steps back wants all the frames before this one next.
            is_step_back = 0 <= asked_before - index <= _RUN_UP_FRAMES
            if not self._approach(index, passes_over=not is_step_back):
                return None
        while self._position <= index:
            if not self._read_on(index):
                return None
        found = index if self._cache.get(index) else self._position - 1
        timed = self._cache.get(found)
        return None if timed is None else (found, timed)

    def is_near(self, index: int) -> bool:
        """Whether frame `index` is kept, or at most some frames are decoded to get there."""
        is_next = 0 <= index - self._position <= _NEAR_FRAMES
        return is_next or self._cache.get(index) is not None

    def prepare(self, index: int, *, goes_on: Callable[[], bool]) -> None:
        """Decode the group of frame `index`, as much as may be kept, so that going there is fast.

        Args:
            index: A frame that was read.
            goes_on: Asked before each packet and picture; where it says no, what was decoded
                so far is kept.

        Raises:
            SourceReadError: If the file cannot be read on.
        """
        table = self._consult_table(lambda: goes_on() and self._goes_on())
        if table is None:
            return
        first, end = self._part_to_keep(index, table)
        if self._position > index:
            # What steps forward need comes first: the rest takes the decoder away from here.
            self._keep_until(min(end, index + _STEPS_AHEAD), goes_on)
        missing = next((i for i in range(first, end) if self._cache.get(i) is None), None)
        if missing is not None and goes_on() and self._approach(missing, passes_over=False):
            self._keep_until(end, goes_on)

    def _keep_until(self, end: int, goes_on: Callable[[], bool]) -> None:
        while self._position < end and goes_on() and self._read_on(end - 1):
            pass

    def _part_to_keep(self, index: int, table: FrameTable) -> tuple[int, int]:
        """First frame and end of the group of frame `index`, or of the part that has room."""
        first, end = table.group_of(index, run_up=_RUN_UP_FRAMES)
        half = self._cache.room // 2
        if half:
            # A part begins every half room, so that a walk through the group asks seldom.
            first += max(0, (index - first) // half - 1) * half
        return first, min(end, first + 2 * half)

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
        self._all_come_from = 0
        """Index from which on no picture is passed over."""
        self._last_ticks: int | None = None
        self._has_jumped = False
        self._clock = FrameClock(
            self._name,
            average_fps=self.decoder.average_fps,
            decode_times_only=self.decoder.decode_times_only,
        )

    def _read_on(self, index: int) -> bool:
        """Take the next picture on the way to frame `index`; False if there is none."""
        picture = self.decoder.next_picture()
        if not self._goes_on():
            return False
        if self.decoder.packets_skipped and not self._is_damaged:
            self._is_damaged = True
            if self._has_jumped or self._all_come_from:
                self._begin_again()
                return True
        place = self._place_of(picture)
        if place is None:
            self._distrust(index)
        elif picture is None:
            return False
        else:
            self._take(picture, place)
        return True

    def _ticks(self, picture: av.VideoFrame) -> int | None:
        return stored_ticks(picture, decode_times_only=self.decoder.decode_times_only)

    def _take(self, picture: av.VideoFrame, index: int) -> None:
        timed = TimedPicture(picture, self._clock.stamp(picture))
        if self._clock.restarts and not self._has_told_of_restart:
            self._has_told_of_restart = True
            at_s = float(timed.pts_s)
            logger.warning("%s: its clock restarts at %.3f s; times go on", self._name, at_s)
        if index >= self._all_come_from:
            self._cache.put(index, timed)
        self._last_ticks = self._ticks(picture)
        self._position = index + 1

    def _approach(self, index: int, *, passes_over: bool) -> bool:
        """Bring the decoder to or before frame `index`; False if there is no such frame."""
        table = self._consult_table(self._goes_on)
        if table is not None and index >= len(table):
            return False
        if table is None or self._is_damaged:
            # What is made up for damaged parts depends on all that was decoded before.
            if index < self._position:
                self._restart()
            return True
        keyframes = table.keyframes_until(index)[:_KEYFRAMES_TRIED].tolist()
        if not (keyframes and keyframes[0] <= self._position <= index) and not any(
            self._jump_to(keyframe, index, table) for keyframe in keyframes
        ):
            self._restart()
        if passes_over:
            self._pass_over(index - _RUN_UP_FRAMES, table)
        return True

    def _pass_over(self, until: int, table: FrameTable) -> None:
        is_sure = self._may_pass_over and not (
            # Deinterlacing needs the neighbours.
            self.decoder.packets_skipped or self.decoder.is_deinterlacing
        )
        if is_sure and until - self._position >= _RUN_UP_FRAMES:
            self._all_come_from = until
            self.decoder.pass_over(until_ticks=int(table.ticks[until]))

    def _consult_table(self, goes_on: Callable[[], bool]) -> FrameTable | None:
        if self._table is None and not self._must_count and self._first_ticks is not None:
            table = self.decoder.scan(first_ticks=self._first_ticks, goes_on=goes_on)
            if not goes_on():
                return None
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
            # A keyframe that is deinterlaced lacks the picture before it.
            first = keyframe + 1 if keyframe and self.decoder.is_deinterlacing else keyframe
            if found is not None and first <= found <= index:
                self._all_come_from = 0
                self._has_jumped = True
                self._clock.jump()
                self._take(picture, found)
                return True
            if ticks > table.ticks[index]:
                return False
        return False

    def _place_of(self, picture: av.VideoFrame | None) -> int | None:
        """Index of the picture that came next; None if the table foretold another one.

        Pictures lost to damage leave a gap in the indexes, known from the packets, wherever reading
        began.
        """
        has_losses = bool(self.decoder.packets_skipped)
        if self._table is None and has_losses:
            self._consult_table(self._goes_on)
        if self._table is None:
            return self._position
        if picture is None or self._position == len(self._table):
            is_end = picture is None and (has_losses or self._position == len(self._table))
            return self._position if is_end else None
        ticks = self._ticks(picture)
        found = None if ticks is None else self._table.index_of(ticks)
        if found is None or found < self._position:
            return None
        if self._position < self._all_come_from:
            return found if found <= self._all_come_from and not has_losses else None
        return found if has_losses or found == self._position else None

    def _distrust(self, index: int) -> None:
        """Get to frame `index` in the next surer way than that which has just failed."""
        if self._all_come_from:
            logger.debug("%s: all pictures are decoded from now on", self._name)
            self._may_pass_over = False
            self._position = -1
            self._approach(index, passes_over=False)
            return
        logger.debug("%s: packets do not identify the frames; counting from the start", self._name)
        self._table = None
        self._must_count = True
        if self._has_jumped:
            self._begin_again()

    def _begin_again(self) -> None:
        self._cache.clear()
        self._restart()

    def _restart(self) -> None:
        self.decoder.restart()
        self._begin()
