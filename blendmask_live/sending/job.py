"""What the sending process is told, and what it answers.

Standard input: one line of JSON (`RelayJob`), then pictures: `HEADER`, the bytes of the picture,
the bytes of the sound that comes before it (two channels of int16 at `SOUND_RATE`). Standard
output: one line for each event: "open", "done" for each picture, "failed KIND TEXT".
"""

from __future__ import annotations

import struct
from typing import Final

import msgspec

__all__ = ["HEADER", "RelayJob"]

HEADER: Final = struct.Struct("<qII")
"""Time of the picture in microseconds, bytes of the picture, bytes of the sound."""


class RelayJob(msgspec.Struct, frozen=True):
    """One connection, from its opening to its end."""

    url: str
    container: str
    options: dict[str, str]
    encoder: str
    width: int
    """Of all pictures, in px; even."""
    height: int
    fps: float
    """What the encoder plans with; pictures have their own times."""
    bit_rate: int
    """Bits per second at most."""
    has_alpha: bool
    """Pictures are RGBA instead of the planes of yuv420p."""
    has_sound: bool
    matrix: int
    """libav's code of the colour matrix of the planes."""
    needs_ffmpeg: bool
    stuck_s: float
    """The process ends if one step takes longer."""
    opening_s: float
    """The same for opening; 0 waits for ever."""
