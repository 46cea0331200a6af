"""Which frames of the source a project covers, and when each is shown."""

from __future__ import annotations

import math
import zlib
from collections.abc import Sequence
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from blendmask_live.annotation.database import Database
from blendmask_live.errors import ProjectError

__all__ = ["CoveredFrames", "append_frames"]

_NO_TIME = np.iinfo(np.int64).min
_CHUNK = 4096


class CoveredFrames:
    """Frames by their index in the source, ascending; read whole, as it is small.

    Attributes:
        indices: (n,) int64 source frame indices.
    """

    def __init__(self, database: Database) -> None:
        chunks = database.rows("SELECT time_base, entries FROM frames ORDER BY first")
        entries = [np.frombuffer(zlib.decompress(blob), "<i8").reshape(-1, 2) for _, blob in chunks]
        table = np.concatenate([np.zeros((0, 2), np.int64), *entries])
        self.indices: NDArray[np.int64] = table[:, 0]
        self._ticks = table[:, 1]
        self._time_bases = [Fraction(text) for text, _ in chunks]
        self._chunk_starts = np.cumsum([0, *map(len, entries)])
        self._sizes: dict[int, tuple[int, int]] = {
            frame: (height, width)
            for frame, height, width in database.rows("SELECT * FROM frame_sizes")
        }

    def __len__(self) -> int:
        return len(self.indices)

    def __contains__(self, frame: int) -> bool:
        place = self._place(frame)
        return place < len(self.indices) and bool(self.indices[place] == frame)

    def pts_s(self, frame: int) -> Fraction | None:
        """Presentation time of a frame, exact; None where the source has no clock.

        Raises:
            ProjectError: If the project does not cover the frame.
        """
        place = self.place(frame)
        ticks = int(self._ticks[place])
        if ticks == _NO_TIME:
            return None
        chunk = int(np.searchsorted(self._chunk_starts, place, side="right")) - 1
        return ticks * self._time_bases[chunk]

    def size(self, frame: int, *, default: tuple[int, int]) -> tuple[int, int]:
        """(height, width) px of a frame."""
        return self._sizes.get(frame, default)

    def place(self, frame: int) -> int:
        """Position of a frame among those covered, from 0.

        Raises:
            ProjectError: If the project does not cover it.
        """
        if frame not in self:
            raise ProjectError(f"frame {frame} is not part of this project ({self.described})")
        return self._place(frame)

    def between(self, first: int, last: int) -> NDArray[np.int64]:
        """Frames from `first` to `last`, both included."""
        return self.indices[self._place(first) : self._place(last + 1)]

    def shifted(self, frame: int, by: int) -> int:
        """The frame `by` frames later (earlier if negative); beyond the ends, a number there."""
        place = self._place(frame) + by
        if place < 0:
            return -1
        if place >= len(self.indices):
            return int(self.indices[-1]) + 1
        return int(self.indices[place])

    @property
    def described(self) -> str:
        """The extent, for people."""
        if not len(self):
            return "which has no frame"
        return f"frames {self.indices[0]} to {self.indices[-1]}"

    def _place(self, frame: int) -> int:
        return int(np.searchsorted(self.indices, frame))


def append_frames(
    database: Database,
    indices: Sequence[int],
    times: Sequence[Fraction | None],
    *,
    time_base: Fraction | None,
) -> None:
    """Add frames behind those there are; inside a transaction.

    Args:
        indices: Ascending.
        times: Presentation times in seconds.
        time_base: The stream's, so that times become small whole numbers.
    """
    for start in range(0, len(indices), _CHUNK):
        part = slice(start, start + _CHUNK)
        known = [time for time in times[part] if time is not None]
        base = time_base or Fraction(1)
        if any((time / base).denominator != 1 for time in known):
            base = Fraction(1, math.lcm(*(time.denominator for time in known)))
        ticks = [_NO_TIME if time is None else int(time / base) for time in times[part]]
        entries = np.array([indices[part], ticks], dtype="<i8").T
        database.run(
            "INSERT INTO frames VALUES (?, ?, ?)",
            (indices[start], str(base), zlib.compress(np.ascontiguousarray(entries).tobytes())),
        )
