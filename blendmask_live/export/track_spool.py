"""Texts that come frame by frame and are wanted track by track, kept on disk."""

from __future__ import annotations

import struct
from array import array
from collections.abc import Iterator, Sequence
from typing import BinaryIO, Final

__all__ = ["TrackSpool"]

_OFFSET: Final = struct.Struct("<q")
_NONE_BEFORE: Final = -1


class TrackSpool:
    """A file of records, each some ASCII texts, in which each points to its track's record before.

    Memory follows the number of tracks, not that of records; to read one track takes eight
    bytes for each of its records. Nothing may be appended meanwhile.
    """

    def __init__(self, stream: BinaryIO, *, texts: int) -> None:
        """Write to `stream`, which nobody else uses, records of so many texts."""
        self._stream = stream
        self._lengths = struct.Struct(f"<{texts}q")
        self._end = 0
        self._last_offsets: dict[int, int] = {}

    def __iter__(self) -> Iterator[int]:
        """Track ids in the order of their first records."""
        return iter(self._last_offsets)

    def append(self, track_id: int, texts: Sequence[str]) -> None:
        """Add one record."""
        before = self._last_offsets.get(track_id, _NONE_BEFORE)
        self._last_offsets[track_id] = self._end
        lengths = self._lengths.pack(*(len(text) for text in texts))
        head = _OFFSET.pack(before) + lengths
        self._end += self._stream.write(head + "".join(texts).encode("ascii"))

    def places(self, track_id: int) -> array[int]:
        """Where the records of one track are, in the order added."""
        offsets = array("q")
        offset = self._last_offsets[track_id]
        while offset != _NONE_BEFORE:
            offsets.append(offset)
            self._stream.seek(offset)
            (offset,) = _OFFSET.unpack(self._stream.read(_OFFSET.size))
        offsets.reverse()
        return offsets

    def read(self, place: int, texts: Sequence[int]) -> list[str]:
        """Some texts of one record, by their positions, which rise."""
        self._stream.seek(place + _OFFSET.size)
        lengths = self._lengths.unpack(self._stream.read(self._lengths.size))
        found, next_text = [], 0
        for text in texts:
            self._stream.seek(sum(lengths[next_text:text]), 1)
            found.append(self._stream.read(lengths[text]).decode("ascii"))
            next_text = text + 1
        return found
