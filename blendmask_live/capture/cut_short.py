"""Whether the end of a file is missing, judged by the sizes that its container states."""

from __future__ import annotations

import os
from pathlib import Path
from typing import BinaryIO, Final

__all__ = ["is_cut_short"]

_EBML: Final = b"\x1a\x45\xdf\xa3"
_SEGMENT: Final = b"\x18\x53\x80\x67"


def is_cut_short(path: Path) -> bool:
    """Whether a Matroska, WebM or AVI file says that it is longer; False where it does not say."""
    try:
        with path.open("rb") as file:
            length = os.fstat(file.fileno()).st_size
            kind = file.read(4)
            end = None
            if kind == _EBML:
                end = _end_of_segment(file)
            elif kind == b"RIFF":
                size = int.from_bytes(file.read(4), "little")
                # Where a recorder was cut off it has not yet written the size.
                end = None if size in (0, 0xFFFFFFFF) else 8 + size
    except OSError:
        return False
    return end is not None and end > length


def _end_of_segment(file: BinaryIO) -> int | None:
    """Behind the magic number of a Matroska file."""
    head_size = _ebml_size(file)
    if head_size is None:
        return None
    file.seek(head_size, os.SEEK_CUR)
    if file.read(4) != _SEGMENT:
        return None
    size = _ebml_size(file)
    return None if size is None else file.tell() + size


def _ebml_size(file: BinaryIO) -> int | None:
    """The number that comes next (RFC 8794, section 4); None if it means "unknown"."""
    first = file.read(1)
    if not first or not first[0]:
        return None
    more = 8 - first[0].bit_length()
    value = int.from_bytes(bytes([first[0] & ((1 << (7 - more)) - 1)]) + file.read(more), "big")
    return None if value == (1 << (7 * (more + 1))) - 1 else value
