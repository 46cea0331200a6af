"""Pictures of a video on the disk, shown while a frame that takes long to reach is decoded."""

from __future__ import annotations

import logging
import shutil
import tempfile
from bisect import bisect_left
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from typing import IO, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from blendmask_live.atomic import cache_folder
from blendmask_live.capture.source_part import NextFrame, SelectiveSource
from blendmask_live.datatypes import Frame, SourceInfo

__all__ = ["StandIns"]

logger = logging.getLogger(__name__)

_BUDGET_BYTES: Final = 2**30
_SHARE_OF_FREE: Final = 0.1
"""Of the free disk, so much may be taken."""
_LONG_SIDE_PX: Final = 1920
_QUALITY: Final = 90
_USUAL_BYTES_PER_PX: Final = 0.22
"""Of a JPEG of this quality; as many frames are wanted as the budget would hold of these."""


@dataclass(frozen=True, slots=True)
class _Kept:
    index: int
    size: tuple[int, int]
    """Height and width of the frame."""
    begin: int
    """Where its JPEG begins in the file."""
    length: int


class StandIns:
    """Grows while nobody needs the processor, up to a tenth of the free disk; used by one thread.

    At most 1 GiB is taken, in a file without a name that is gone with the process: 5000 pictures of
    720p. Of a longer video every n-th frame is kept. A disk that is full costs nothing but them.
    """

    def __init__(self, open_video: Callable[[], SelectiveSource], frames: Sequence[int]) -> None:
        """Keep nothing yet.

        Args:
            open_video: Opens the video once more, at its start; called when it is first needed.
            frames: Indexes of the frames that may be shown, ascending.
        """
        self._open_video = open_video
        self._wanted: Sequence[int] = frames
        self._video: SelectiveSource | None = None
        self._file: IO[bytes] | None = None
        self._kept: list[_Kept] = []
        self._budget_bytes = self._bytes = 0
        self.is_complete = not len(frames)

    def grow(self, *, goes_on: Callable[[], bool]) -> None:
        """Read the video on, while `goes_on` says so.

        Raises:
            SourceError: If the video is broken; it stays as it is then.
        """
        try:
            while not self.is_complete and goes_on():
                self._add_next()
        except OSError as error:
            # The edits of the project need the disk more.
            logger.debug("no room for pictures of the video: %s", error)
            self._forget()
        except BaseException:
            self.is_complete = True
            raise
        finally:
            if self.is_complete:
                self._release_video()

    def near(self, index: int) -> tuple[int, NDArray[np.uint8]] | None:
        """The nearest frame that is kept, at most half the usual distance away.

        Returns:
            Its index, and its (H, W, 3) RGB picture as large as the video; of a video of more than
            1920 px it is less sharp.
        """
        place = bisect_left(self._kept, index, key=lambda kept: kept.index)
        beside = self._kept[max(0, place - 1) : place + 1]
        found = min(beside, key=lambda kept: abs(kept.index - index), default=None)
        if found is None or abs(found.index - index) > self._half_distance:
            return None
        return found.index, _decoded(self._read(found), found.size)

    def close(self) -> None:
        """Release the video and the disk."""
        self._release_video()
        self._forget()

    def _release_video(self) -> None:
        if self._video is not None:
            self._video.close()
            self._video = None

    def _forget(self) -> None:
        self.is_complete = True
        self._kept.clear()
        if self._file is not None:
            # What a full disk refused is refused once more, and then the file is closed.
            with suppress(OSError):
                self._file.close()
            self._file = None

    @property
    def _half_distance(self) -> int:
        return (self._wanted[-1] - self._wanted[0]) // (2 * max(1, len(self._wanted) - 1))

    def _add_next(self) -> None:
        if self._file is None or self._video is None:
            self._begin()
            return
        frame = self._video.read_selected(self._choose)
        if frame is None:
            self.is_complete = True
            return
        encoded = _encoded(frame)
        self._file.seek(self._bytes)
        self._file.write(encoded)
        # A full disk is told here.
        self._file.flush()
        self._kept.append(_Kept(frame.index, frame.size, self._bytes, len(encoded)))
        self._bytes += len(encoded)
        if self._bytes >= self._budget_bytes:
            self.is_complete = True

    def _begin(self) -> None:
        """Open video and file, and choose the frames that have room."""
        folder = cache_folder()
        folder.mkdir(parents=True, exist_ok=True)
        free_bytes = shutil.disk_usage(folder).free
        self._budget_bytes = min(_BUDGET_BYTES, int(free_bytes * _SHARE_OF_FREE))
        self._video = self._open_video()
        usual_bytes = _usual_bytes(self._video.info)
        if self._budget_bytes < usual_bytes:
            self.is_complete = True
            return
        step = max(1, ceil(len(self._wanted) * usual_bytes / self._budget_bytes))
        self._wanted = [int(frame) for frame in self._wanted[::step]]
        self._file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115

    def _choose(self, index: int, pts_s: Fraction | None) -> NextFrame:
        place = bisect_left(self._wanted, index)
        if place == len(self._wanted):
            return NextFrame.STOP
        return NextFrame.TAKE if self._wanted[place] == index else NextFrame.SKIP

    def _read(self, kept: _Kept) -> bytes:
        assert self._file is not None
        self._file.seek(kept.begin)
        return self._file.read(kept.length)


def _kept_size(height: int, width: int) -> tuple[int, int]:
    share = min(1.0, _LONG_SIDE_PX / max(height, width))
    return max(1, round(height * share)), max(1, round(width * share))


def _usual_bytes(info: SourceInfo) -> float:
    height, width = _kept_size(info.height, info.width)
    return _USUAL_BYTES_PER_PX * height * width


def _encoded(frame: Frame) -> bytes:
    height, width = _kept_size(*frame.size)
    image: NDArray[np.uint8] = frame.image
    if (height, width) != frame.size:
        image = np.asarray(cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA))
    options = (cv2.IMWRITE_JPEG_QUALITY, _QUALITY)
    _, encoded = cv2.imencode(".jpg", cv2.cvtColor(image, cv2.COLOR_RGB2BGR), options)
    return encoded.tobytes()


def _decoded(encoded: bytes, size: tuple[int, int]) -> NDArray[np.uint8]:
    picture = cv2.imdecode(np.frombuffer(encoded, np.uint8), cv2.IMREAD_COLOR)
    # It was encoded here.
    assert picture is not None
    picture = cv2.cvtColor(picture, cv2.COLOR_BGR2RGB, dst=picture)
    if picture.shape[:2] != size:
        picture = cv2.resize(picture, size[::-1], interpolation=cv2.INTER_LINEAR)
    return np.asarray(picture, np.uint8)
