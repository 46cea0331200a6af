"""Decoded pictures kept for stepping back."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from fractions import Fraction

import av

__all__ = ["PictureCache", "TimedPicture"]


@dataclass(frozen=True, slots=True, eq=False)
class TimedPicture:
    """A decoded picture, not yet RGB, and its exact time."""

    picture: av.VideoFrame
    pts_s: Fraction


class PictureCache:
    """The newest pictures, as many as fit; the newest one always.

    Attributes:
        limit_bytes: May be changed at any time.
    """

    def __init__(self, limit_bytes: int) -> None:
        self.limit_bytes = limit_bytes
        self._pictures: OrderedDict[int, TimedPicture] = OrderedDict()
        self._bytes = 0

    @property
    def room(self) -> int:
        """How many pictures like those here fit."""
        return self.limit_bytes * len(self._pictures) // max(1, self._bytes)

    def get(self, index: int) -> TimedPicture | None:
        """The picture of frame `index`, if it is still here."""
        return self._pictures.get(index)

    def put(self, index: int, timed: TimedPicture) -> None:
        """Keep the picture of frame `index`; the oldest make room for it."""
        self._drop(index)
        self._pictures[index] = timed
        self._bytes += _bytes_of(timed.picture)
        while self._bytes > self.limit_bytes and len(self._pictures) > 1:
            self._drop(next(iter(self._pictures)))

    def clear(self) -> None:
        """Forget all pictures."""
        self._pictures.clear()
        self._bytes = 0

    def _drop(self, index: int) -> None:
        timed = self._pictures.pop(index, None)
        if timed is not None:
            self._bytes -= _bytes_of(timed.picture)


def _bytes_of(picture: av.VideoFrame) -> int:
    return sum(plane.buffer_size for plane in picture.planes)
