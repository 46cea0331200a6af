"""Which stream of a file or broadcast holds the pictures that people want."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from fractions import Fraction
from typing import Any, Final, cast

from av.container import InputContainer
from av.format import Flags
from av.packet import Packet
from av.stream import Disposition, Stream
from av.video.stream import VideoStream

from blendmask_live.errors import SourceOpenError

__all__ = ["may_restart", "packets_of", "pixel_aspect", "video_stream"]

_NO_VIDEO: Final = Disposition.attached_pic | Disposition.timed_thumbnails
"""The cover of a song is a video stream too, for libav, and so are pictures for a seek bar."""

_NARROWEST: Final = Fraction(1, 16)


def video_stream(container: InputContainer, name: str) -> VideoStream:
    """The stream of moving pictures: the default one of its file, else the largest.

    Raises:
        SourceOpenError: If there is none, no decoder for it, or it is a part of a picture only.
    """
    streams = [s for s in container.streams.video if not s.disposition & _NO_VIDEO]
    if not streams:
        found = "only audio" if container.streams.audio else "none"
        raise SourceOpenError(f"{name}: expected a video stream, found {found}")
    tiles = [s for s in streams if s.disposition & Disposition.dependent and s.frames == 1]
    if len(tiles) > 1:
        raise SourceOpenError(
            f"{name}: a picture of {len(tiles)} tiles, which cannot be put together here; "
            "convert it to JPEG or PNG"
        )
    decodable = [s for s in streams if s.codec_context is not None]
    if not decodable:
        raise SourceOpenError(f"{name}: no decoder for its video stream is available")
    return max(decodable, key=_preference)


def _preference(stream: VideoStream) -> tuple[bool, bool, bool, int]:
    """The larger the better; of equal ones the first is taken."""
    disposition = stream.disposition
    is_still = stream.frames == 1 or bool(disposition & Disposition.still_image)
    return (
        not disposition & Disposition.dependent,
        not is_still,
        bool(disposition & Disposition.default),
        stream.width * stream.height,
    )


def pixel_aspect(stream: VideoStream, *, is_turned: bool) -> Fraction:
    """Width of a pixel over its height as it is shown; 1 where the stream states none, or nonsense.

    Args:
        stream: Of the pictures.
        is_turned: Whether columns become rows for display.
    """
    stored = stream.sample_aspect_ratio
    if not stored or not _NARROWEST <= stored <= 1 / _NARROWEST:
        return Fraction(1)
    return 1 / stored if is_turned else stored


def packets_of(container: InputContainer, *streams: Stream) -> Iterator[Packet[Any]]:
    """The packets of these streams, in file order, then an empty one for each.

    Raises:
        av.FFmpegError: If the file cannot be read on.
    """
    # Where a further stream appears on the way, PyAV stumbles over it behind the last packet.
    with suppress(IndexError):
        yield from container.demux(streams)


def may_restart(container: InputContainer) -> bool:
    """Whether the clock of such a file may restart on the way, as in joined recordings."""
    return bool(container.format.flags & cast(int, Flags.ts_discont.value))
