"""Reads pictures of a video in any order, in a thread of its own."""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from blendmask_live.errors import SourceError

if TYPE_CHECKING:
    from blendmask_live.capture.source import SeekableSource
    from blendmask_live.capture.stand_ins import StandIns

__all__ = ["FrameReader", "PictureAccess"]

logger = logging.getLogger(__name__)

_KEPT_BYTES: Final = 192 << 20
_REST_S: Final = 0.5
"""When nothing was asked for this long, frames near the last one are prepared."""
_SETTLE_S: Final = 0.025
"""So long a kept picture is shown before its frame is decoded: a pointer moves in less."""


class PictureAccess:
    """Pictures by index; used by one thread."""

    def __init__(self, source: str | Path, *, keeps_fields: bool = False) -> None:
        """Open the video; with `keeps_fields` interlaced pictures stay as they are.

        Raises:
            SourceError: If it cannot be opened, or not be read in any order.
        """
        from blendmask_live.capture import open_source
        from blendmask_live.capture.source import PreparingSource, SeekableSource

        opened = open_source(source, deinterlace=not keeps_fields)
        if not isinstance(opened, SeekableSource):
            opened.close()
            raise SourceError(f"{source}: cannot be read in any order; give a file or a folder")
        self._source: SeekableSource = opened
        self._open_again = partial(open_source, source, deinterlace=not keeps_fields)
        self._preparing = opened if isinstance(opened, PreparingSource) else None
        self._next: int | None = None
        self._kept: OrderedDict[int, NDArray[np.uint8]] = OrderedDict()

    def __call__(self, index: int) -> NDArray[np.uint8]:
        """The (H, W, 3) RGB picture of a frame.

        Raises:
            SourceError: If the video ends before this frame or is broken.
        """
        if index in self._kept:
            self._kept.move_to_end(index)
            return self._kept[index]
        if index != self._next:
            self._source.seek(index)
        frame = self._source.read()
        self._next = None if frame is None else frame.index + 1
        if frame is None or frame.index != index:
            lacks = "there is no" if frame is None else "nothing can be decoded of"
            raise SourceError(f"{self._source.info.name}: {lacks} frame {index}")
        self._kept[index] = frame.image
        while len(self._kept) * frame.image.nbytes > _KEPT_BYTES and len(self._kept) > 1:
            self._kept.popitem(last=False)
        return frame.image

    def prepare(self, index: int, *, goes_on: Callable[[], bool]) -> None:
        """Prepare frames near one that was read, to be read quickly, while `goes_on` is true.

        Raises:
            SourceError: If the video is broken.
        """
        if self._preparing is not None:
            self._preparing.prepare(index, goes_on=goes_on)

    def is_near(self, index: int) -> bool:
        """Whether a frame can be had within some milliseconds."""
        if self._preparing is None or index in self._kept:
            return True
        return self._preparing.is_near(index)

    def stand_ins(self, frames: Sequence[int]) -> StandIns:
        """Kept pictures of these frames; of none where every frame is near."""
        from blendmask_live.capture.source_part import SelectiveSource
        from blendmask_live.capture.stand_ins import StandIns

        def open_video() -> SelectiveSource:
            opened = self._open_again()
            # What has to be prepared is a file, and files pass over frames.
            assert isinstance(opened, SelectiveSource)
            return opened

        return StandIns(open_video, () if self._preparing is None else frames)

    def close(self) -> None:
        """Release the video."""
        self._source.close()


class FrameReader:
    """Reads the frame that was asked for last.

    Earlier requests are dropped if their reading has not begun. If it has, it is finished, so that
    pictures follow a pointer that drags along the timeline. Where a frame takes long, a kept
    picture of it, or of one near it, comes first, if there is one: they are made while nothing is
    asked for.
    """

    def __init__(
        self,
        source: str | Path,
        *,
        on_picture: Callable[[int, NDArray[np.uint8]], None],
        on_error: Callable[[Exception], None],
        on_stand_in: Callable[[int, NDArray[np.uint8]], None] = lambda index, image: None,
        frames: Sequence[int] = (),
        is_free: Callable[[], bool] = lambda: True,
        keeps_fields: bool = False,
    ) -> None:
        """Begin.

        Args:
            source: The video.
            on_picture, on_error: Called from the reader's thread, as the other callbacks.
            on_stand_in: Takes the index of a frame and its kept picture.
            frames: Of which pictures may be kept, ascending.
            is_free: Whether they may be made now, since nothing else needs the processor.
            keeps_fields: As of `PictureAccess`.
        """
        self._source, self._keeps_fields = source, keeps_fields
        self._on_picture, self._on_error = on_picture, on_error
        self._on_stand_in, self._frames, self._is_free = on_stand_in, frames, is_free
        self._changed = threading.Condition()
        self._wanted: int | None = None
        self._is_closed = False
        self._thread = threading.Thread(target=self._run, name="editor-frames")
        self._thread.start()

    def request(self, index: int) -> None:
        """Ask for a frame; returns at once."""
        with self._changed:
            self._wanted = index
            self._changed.notify()

    def close(self) -> None:
        """End the thread; waits for the picture being read."""
        with self._changed:
            self._is_closed = True
            self._changed.notify()
        self._thread.join()

    def _run(self) -> None:
        try:
            pictures = PictureAccess(self._source, keeps_fields=self._keeps_fields)
        except Exception as error:
            self._on_error(error)
            return
        stand_ins = pictures.stand_ins(self._frames)
        try:
            while (index := self._next_wanted()) is not None:
                try:
                    self._show(index, pictures, stand_ins)
                    if self._rests(_REST_S):
                        pictures.prepare(index, goes_on=self._is_idle)
                        self._grow(stand_ins)
                except Exception as error:
                    self._on_error(error)
        finally:
            stand_ins.close()
            pictures.close()

    def _show(self, index: int, pictures: PictureAccess, stand_ins: StandIns) -> None:
        if not pictures.is_near(index) and (found := stand_ins.near(index)) is not None:
            self._on_stand_in(*found)
            # Who drags along the timeline has chosen the next frame by then.
            if not self._rests(_SETTLE_S):
                return
        self._on_picture(index, pictures(index))

    def _grow(self, stand_ins: StandIns) -> None:
        while self._is_idle() and not stand_ins.is_complete:
            if not self._is_free():
                self._rests(_REST_S)
                continue
            try:
                stand_ins.grow(goes_on=lambda: self._is_idle() and self._is_free())
            except SourceError as failure:
                # Who goes to the broken place is told there.
                logger.debug("no more pictures are kept: %s", failure)

    def _rests(self, span_s: float) -> bool:
        """Wait so long for a request; whether there was none."""
        with self._changed:
            return not self._changed.wait_for(lambda: not self._is_idle(), span_s)

    def _is_idle(self) -> bool:
        return self._wanted is None and not self._is_closed

    def _next_wanted(self) -> int | None:
        with self._changed:
            self._changed.wait_for(lambda: not self._is_idle())
            wanted, self._wanted = self._wanted, None
            return None if self._is_closed else wanted
