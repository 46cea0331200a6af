"""Small pictures of a video, to be shown while a frame that takes long to reach is decoded."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from blendmask_live.capture.source_part import NextFrame, SelectiveSource
from blendmask_live.datatypes import Frame

__all__ = ["StandIns"]

_BUDGET_BYTES: Final = 128 * 2**20
_USUAL_BYTES: Final = 32 * 2**10
"""Of one picture; as many frames are wanted as the budget would hold of these."""
_LONG_SIDE_PX: Final = 640
_QUALITY: Final = 80


@dataclass(frozen=True, slots=True, eq=False)
class _Small:
    index: int
    size: tuple[int, int]
    """Height and width of the frame."""
    encoded: NDArray[np.uint8]

    @classmethod
    def of(cls, frame: Frame) -> _Small:
        height, width = frame.size
        share = min(1.0, _LONG_SIDE_PX / max(width, height))
        size = max(1, round(width * share)), max(1, round(height * share))
        small = cv2.resize(frame.image, size, interpolation=cv2.INTER_AREA)
        options = (cv2.IMWRITE_JPEG_QUALITY, _QUALITY)
        _, encoded = cv2.imencode(".jpg", cv2.cvtColor(small, cv2.COLOR_RGB2BGR), options)
        return cls(frame.index, frame.size, np.asarray(encoded, np.uint8))

    def picture(self) -> NDArray[np.uint8]:
        height, width = self.size
        decoded = cv2.imdecode(self.encoded, cv2.IMREAD_COLOR)
        # It was encoded here.
        assert decoded is not None
        small = cv2.cvtColor(decoded, cv2.COLOR_BGR2RGB)
        picture = cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR)
        return np.asarray(picture, np.uint8)


class StandIns:
    """Grows while nobody needs the processor, up to 128 MiB; used by one thread.

    Of a long video every n-th frame is kept: about one for each second of an hour.
    """

    def __init__(self, open_video: Callable[[], SelectiveSource], frames: Sequence[int]) -> None:
        """Keep nothing yet.

        Args:
            open_video: Opens the video once more, at its start; called when it is first needed.
            frames: Indexes of the frames that may be shown, ascending.
        """
        step = max(1, -(-len(frames) * _USUAL_BYTES // _BUDGET_BYTES))
        self._open_video = open_video
        self._wanted = [int(frame) for frame in frames[::step]]
        self._video: SelectiveSource | None = None
        self._kept: list[_Small] = []
        self._bytes = 0
        self.is_complete = not self._wanted

    def grow(self, *, goes_on: Callable[[], bool]) -> None:
        """Read the video on, while `goes_on` says so.

        Raises:
            SourceError: If the video is broken; it stays as it is then.
        """
        try:
            while not self.is_complete and goes_on():
                self._add_next()
        except BaseException:
            self.is_complete = True
            raise
        finally:
            if self.is_complete:
                self.close()

    def near(self, index: int) -> tuple[int, NDArray[np.uint8]] | None:
        """The nearest frame that is kept, at most half the usual distance away.

        Returns:
            Its index, and its (H, W, 3) RGB picture as large as the video, but less sharp.
        """
        place = bisect_left(self._kept, index, key=lambda small: small.index)
        beside = self._kept[max(0, place - 1) : place + 1]
        found = min(beside, key=lambda small: abs(small.index - index), default=None)
        if found is None or abs(found.index - index) > self._half_distance:
            return None
        return found.index, found.picture()

    def close(self) -> None:
        """Release the video; what is kept stays."""
        if self._video is not None:
            self._video.close()
            self._video = None

    @property
    def _half_distance(self) -> int:
        return (self._wanted[-1] - self._wanted[0]) // (2 * max(1, len(self._wanted) - 1))

    def _add_next(self) -> None:
        if self._video is None:
            self._video = self._open_video()
        frame = self._video.read_selected(self._choose)
        if frame is None:
            self.is_complete = True
            return
        small = _Small.of(frame)
        self._kept.append(small)
        self._bytes += small.encoded.nbytes
        if self._bytes >= _BUDGET_BYTES:
            self.is_complete = True

    def _choose(self, index: int, pts_s: Fraction | None) -> NextFrame:
        place = bisect_left(self._wanted, index)
        if place == len(self._wanted):
            return NextFrame.STOP
        return NextFrame.TAKE if self._wanted[place] == index else NextFrame.SKIP
