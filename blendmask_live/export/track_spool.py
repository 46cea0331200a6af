"""Records that come frame by frame and are wanted track by track, kept on disk."""

from __future__ import annotations

import json
import struct
from array import array
from collections.abc import Iterator
from typing import Any, BinaryIO, Final

from blendmask_live.export.json_text import to_json

__all__ = ["TrackSpool"]

_OFFSET: Final = struct.Struct("<q")
_NONE_BEFORE: Final = -1


class TrackSpool:
    """A file of JSON lines in which each record points to its track's record before.

    Memory follows the number of tracks, not that of records; reading one track takes eight
    bytes for each of its records while it is read.
    """

    def __init__(self, stream: BinaryIO) -> None:
        """Write to `stream`, which nobody else uses."""
        self._stream = stream
        self._end = 0
        self._last_offsets: dict[int, int] = {}

    def __iter__(self) -> Iterator[int]:
        """Track ids in the order of their first records."""
        return iter(self._last_offsets)

    def append(self, track_id: int, record: list[Any]) -> None:
        """Add one record, which JSON can hold."""
        before = self._last_offsets.get(track_id, _NONE_BEFORE)
        self._last_offsets[track_id] = self._end
        self._end += self._stream.write(
            _OFFSET.pack(before) + to_json(record).encode("ascii") + b"\n"
        )

    def read(self, track_id: int) -> Iterator[list[Any]]:
        """The records of one track in the order added; nothing may be appended meanwhile."""
        offsets = array("q")
        offset = self._last_offsets[track_id]
        while offset != _NONE_BEFORE:
            offsets.append(offset)
            self._stream.seek(offset)
            (offset,) = _OFFSET.unpack(self._stream.read(_OFFSET.size))
        for offset in reversed(offsets):
            self._stream.seek(offset + _OFFSET.size)
            yield json.loads(self._stream.readline())
