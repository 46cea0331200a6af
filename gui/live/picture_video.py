"""The video of what the window shows."""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from blendmask_live.datatypes import ColorInfo

if TYPE_CHECKING:
    from blendmask_live.export.video_file import VideoFile

__all__ = ["PictureVideo"]

logger = logging.getLogger(__name__)
_WAITING_PICTURES: Final = 8


class PictureVideo:
    """Writes pictures with the times at which they were shown, in a thread of its own.

    If the encoder is too slow, pictures are left out and counted. If it fails, what was written
    until then stays and can be played.

    Attributes:
        path: Of the mp4.
        pictures_dropped: How many the encoder was too slow for.
        failure: Why it ended early, for people; "" if it did not.
    """

    def __init__(
        self,
        path: Path,
        on_failure: Callable[[], None] = lambda: None,
        *,
        pixel_aspect: Fraction = Fraction(1),
    ) -> None:
        """Begin.

        Args:
            path: Of an mp4 whose folder exists.
            on_failure: Called once, in the writing thread, when `failure` is set.
            pixel_aspect: See `SourceInfo.pixel_aspect`.
        """
        self.path = path
        self.pictures_dropped = 0
        self.failure = ""
        self._on_failure = on_failure
        self._pixel_aspect = pixel_aspect
        self._waiting: queue.Queue[tuple[NDArray[np.uint8], float] | None]
        self._waiting = queue.Queue(_WAITING_PICTURES)
        self._thread = threading.Thread(target=self._write, name="picture-video")
        self._thread.start()

    def add(self, image: NDArray[np.uint8]) -> None:
        """Add an (H, W, 3) RGB picture that is shown now; never waits."""
        if self.failure:
            return
        try:
            self._waiting.put_nowait((image, time.monotonic()))
        except queue.Full:
            self.pictures_dropped += 1

    def close(self) -> None:
        """Complete the file; not in the Qt thread, since the encoder may take a while."""
        while self._thread.is_alive():
            # Waits for room in the queue; after a failure there will be none.
            with suppress(queue.Full):
                self._waiting.put(None, timeout=0.1)
                break
        self._thread.join()

    def _write(self) -> None:
        try:
            self._write_all()
        except Exception as error:
            logger.warning("%s: cannot be written", self.path, exc_info=True)
            self.failure = getattr(error, "strerror", None) or str(error) or type(error).__name__
            self._on_failure()

    def _write_all(self) -> None:
        video, started_s, size = None, 0.0, (0, 0)
        try:
            while (item := self._waiting.get()) is not None:
                image, shown_s = item
                if video is None:
                    size, started_s = image.shape[:2], shown_s
                    video = self._opened(size)
                pts_s = Fraction(round((shown_s - started_s) * 90_000), 90_000)
                video.write(_fitted(image, size), pts_s)
            if video is not None:
                video.close()
        finally:
            if video is not None:
                video.abandon()

    def _opened(self, size: tuple[int, int]) -> VideoFile:
        # Brings libav, which the window does not need until something is recorded.
        from blendmask_live.export.video_file import VideoFile, VideoTiming

        timing = VideoTiming(Fraction(1, 90_000), Fraction(30))
        return VideoFile(
            self.path,
            frame_size=size,
            timing=timing,
            color=ColorInfo(),
            pixel_aspect=self._pixel_aspect,
            outlives_failure=True,
        )


def _fitted(image: NDArray[np.uint8], size: tuple[int, int]) -> NDArray[np.uint8]:
    """The picture, cut or filled with black where its size changed during the recording."""
    if image.shape[:2] == size:
        return image
    fitted = np.zeros((*size, 3), dtype=np.uint8)
    height, width = min(size[0], image.shape[0]), min(size[1], image.shape[1])
    fitted[:height, :width] = image[:height, :width]
    return fitted
