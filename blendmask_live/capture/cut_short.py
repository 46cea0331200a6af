"""Whether the end of a file is missing, judged by the sizes that its container states."""

from __future__ import annotations

import os
import struct
from pathlib import Path
from typing import BinaryIO, Final

__all__ = ["is_cut_short"]

_EBML: Final = b"\x1a\x45\xdf\xa3"
_SEGMENT: Final = b"\x18\x53\x80\x67"
_FLV_SIZE: Final = b"\x00\x08filesize\x00"
_MXF_KEY: Final = b"\x06\x0e\x2b\x34"
_MXF_KEY_BYTES: Final = 16
_MXF_BEFORE_FOOTER: Final = 24
"""Versions, grid, and where this part and the one before begin (SMPTE ST 377-1)."""
_HEAD_BYTES: Final = 4096


def is_cut_short(path: Path) -> bool:
    """Whether a Matroska, WebM, AVI, FLV or MXF file says that it is longer.

    False where it does not say.
    """
    try:
        with path.open("rb") as file:
            length = os.fstat(file.fileno()).st_size
            kind = file.read(4)
            end: float | None = None
            if kind == _EBML:
                end = _end_of_segment(file)
            elif kind == b"RIFF":
                size = int.from_bytes(file.read(4), "little")
                # Where a recorder was cut off it has not yet written the size.
                end = None if size in (0, 0xFFFFFFFF) else 8 + size
            elif kind == b"FLV\x01":
                end = _end_of_flv(file.read(_HEAD_BYTES))
            elif kind == _MXF_KEY:
                end = _footer_of_mxf(file.read(_HEAD_BYTES))
    except OSError:
        return False
    return end is not None and end > length


def _end_of_flv(head: bytes) -> float | None:
    at = head.find(_FLV_SIZE)
    number = head[at + len(_FLV_SIZE) :][:8]
    return None if at < 0 or len(number) < 8 else float(struct.unpack(">d", number)[0])


def _footer_of_mxf(after_magic: bytes) -> int:
    """Where its last part has begun; 0 while that is not yet known."""
    head = after_magic[_MXF_KEY_BYTES - len(_MXF_KEY) :]
    # The length that follows takes a byte, and as many more as that says.
    more = head[0] & 0x7F if head and head[0] & 0x80 else 0
    return int.from_bytes(head[1 + more + _MXF_BEFORE_FOOTER :][:8], "big") + 1


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
