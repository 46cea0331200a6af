"""What a live stream or camera gives, decoded with PyAV."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from fractions import Fraction
from functools import partial
from typing import Final

import av
from av.container import InputContainer
from av.video.stream import VideoStream

from blendmask_live.capture.color import RgbConverter, color_info, frame_orientation
from blendmask_live.capture.decoder import video_stream
from blendmask_live.capture.live import LivePicture
from blendmask_live.capture.naming import output_name
from blendmask_live.datatypes import SourceInfo
from blendmask_live.errors import SourceOpenError, SourceReadError

__all__ = ["AvConnection"]

logger = logging.getLogger(__name__)

_NOTICE_S: Final = 5.0
"""How long the last damage is worth a notice."""
_DAMAGE_LIMIT: Final = 50
"""So many failed reads in a row are no passing damage."""


class AvConnection:
    """Pictures of an open container's first video stream, as they come.

    Damaged packets and pictures are skipped and counted. Pictures come in the size that they
    have, also where it changes on the way.
    """

    def __init__(self, container: InputContainer, name: str) -> None:
        """Take over `container`; it is closed with this object, and now if it has no video.

        Raises:
            SourceOpenError: If it has no video stream.
        """
        self._container = container
        self._name = name
        self._converter = RgbConverter()
        self._info: SourceInfo | None = None
        self._damaged = 0
        self._damaged_at = 0.0
        try:
            self._stream = video_stream(container, name)
        except SourceOpenError:
            container.close()
            raise
        # Threads that decode a picture each would hold back as many pictures.
        self._stream.thread_type = "SLICE"

    @property
    def info(self) -> SourceInfo:
        """See `Connection.info`; from the first picture on."""
        assert self._info is not None
        return self._info

    @property
    def notice(self) -> str:
        """See `Connection.notice`."""
        if self._damaged and time.monotonic() - self._damaged_at < _NOTICE_S:
            return f"{self._name}: {self._damaged} damaged packets skipped so far"
        return ""

    def pictures(self) -> Iterator[LivePicture]:
        """See `Connection.pictures`."""
        for packet in self._packets():
            arrived_at = time.monotonic()
            for picture in self._decode(packet):
                self._info = self._info or self._describe(picture)
                to_rgb = partial(self._converter.convert, picture)
                yield LivePicture(to_rgb, _stream_s(picture), arrived_at)

    def close(self) -> None:
        """See `Connection.close`."""
        self._container.close()

    def _packets(self) -> Iterator[av.Packet[VideoStream]]:
        packets = self._container.demux(self._stream)
        failures = 0
        while failures < _DAMAGE_LIMIT:
            try:
                packet = next(packets, None)
            except av.error.InvalidDataError:
                self._count_damage()
                failures += 1
                packets = self._container.demux(self._stream)
                continue
            except av.error.ExitError as failure:
                raise SourceReadError("nothing came for some seconds") from failure
            except av.FFmpegError as failure:
                raise SourceReadError(failure.strerror or str(failure)) from failure
            if packet is None:
                return
            failures = 0
            yield packet
        raise SourceReadError("nothing but damaged data")

    def _decode(self, packet: av.Packet[VideoStream]) -> list[av.VideoFrame]:
        if packet.is_corrupt:
            self._count_damage()
        try:
            pictures = packet.decode()
        except av.FFmpegError:
            self._count_damage()
            return []
        return [picture for picture in pictures if not picture.is_corrupt]

    def _count_damage(self) -> None:
        self._damaged += 1
        self._damaged_at = time.monotonic()
        logger.debug("%s: damaged packet, %d so far", self._name, self._damaged)

    def _describe(self, first: av.VideoFrame) -> SourceInfo:
        orientation = frame_orientation(first)
        width, height = first.width, first.height
        if orientation.transpose:
            width, height = height, width
        return SourceInfo(
            name=output_name(self._name),
            width=width,
            height=height,
            average_fps=self._stream.average_rate or self._stream.guessed_rate or None,
            time_base=self._stream.time_base,
            rotation_deg=orientation.rotation_deg,
            color=color_info(first),
            has_audio=bool(self._container.streams.audio),
            is_live=True,
        )


def _stream_s(picture: av.VideoFrame) -> Fraction | None:
    if picture.pts is None or picture.time_base is None:
        return None
    return picture.pts * Fraction(picture.time_base)
