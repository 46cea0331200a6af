"""What a live stream or camera gives, decoded with PyAV."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import partial
from typing import Final

import av
import numpy as np
from av.codec.hwaccel import HWAccel
from av.container import InputContainer
from av.video.stream import VideoStream
from numpy.typing import NDArray

from blendmask_live.capture.backlog import Backlog
from blendmask_live.capture.color import RgbConverter, color_info, frame_orientation
from blendmask_live.capture.deinterlacing import without_second_field
from blendmask_live.capture.hardware import decoding_device
from blendmask_live.capture.naming import output_name
from blendmask_live.capture.picture_stream import packets_of, pixel_aspect, video_stream
from blendmask_live.capture.reconnecting import LivePicture
from blendmask_live.capture.sound import SoundDecoder
from blendmask_live.counting import counted
from blendmask_live.datatypes import SourceInfo
from blendmask_live.errors import SourceOpenError, SourceReadError

__all__ = ["AvConnection"]

logger = logging.getLogger(__name__)

_NOTICE_S: Final = 5.0
"""How long the last damage is worth a notice."""
_DAMAGE_LIMIT: Final = 50
"""This many failed reads in a row are more than passing damage."""


class AvConnection:
    """Pictures of an open container's video stream, as they come.

    Damaged packets and pictures are skipped and counted. Pictures come in the size that they
    have, also where it changes on the way. Where the stream is too much for this computer, only
    keyframes are decoded until what waits is used up, so that pictures do not grow old.

    Attributes:
        on_sound: See `HeardConnection`.
    """

    def __init__(
        self,
        container: InputContainer,
        name: str,
        accelerator: HWAccel | None = None,
        *,
        deinterlace: bool = True,
    ) -> None:
        """Take over `container`; it is closed with this object, and now if it has no video.

        Args:
            container: Open.
            name: For people.
            accelerator: Decodes, where it can.
            deinterlace: Of flagged pictures of two fields, show one, the rest made up.

        Raises:
            SourceOpenError: If it has no video stream.
        """
        self._container = container
        self._name = name
        self._deinterlaces = deinterlace
        self._converter = RgbConverter()
        self._info: SourceInfo | None = None
        self._backlog = Backlog()
        self._is_behind = False
        self._damaged = 0
        self._damaged_at = 0.0
        self.on_sound: Callable[[Fraction, NDArray[np.int16]], None] | None = None
        self._sound_decoder = SoundDecoder()
        try:
            self._stream = video_stream(container, name)
        except SourceOpenError:
            container.close()
            raise
        # Threads that decode a picture each would hold back as many pictures.
        self._stream.thread_type = "SLICE"
        self._decoded_on = decoding_device(self._stream, accelerator)

    @property
    def info(self) -> SourceInfo:
        """See `Connection.info`; from the first picture on."""
        assert self._info is not None
        return self._info

    @property
    def notice(self) -> str:
        """See `Connection.notice`."""
        if self._damaged and time.monotonic() - self._damaged_at < _NOTICE_S:
            return f"{self._name}: {counted(self._damaged, 'damaged packet')} skipped so far"
        if self._is_behind:
            return f"{self._name}: too much for this computer, only keyframes are shown"
        return ""

    def pictures(self) -> Iterator[LivePicture]:
        """See `Connection.pictures`."""
        asked_at = time.monotonic()
        for packet in self._packets():
            arrived_at = time.monotonic()
            self._keep_up(packet, waited_s=arrived_at - asked_at, now=arrived_at)
            for picture in self._decode(packet):
                self._info = self._info or self._describe(picture)
                to_rgb = partial(self._to_rgb, picture)
                yield LivePicture(to_rgb, _stream_s(picture), arrived_at)
            asked_at = time.monotonic()

    def close(self) -> None:
        """See `Connection.close`."""
        self._container.close()

    def _to_rgb(self, picture: av.VideoFrame) -> NDArray[np.uint8]:
        try:
            if self._deinterlaces and picture.interlaced_frame:
                picture = without_second_field(picture)
            return self._converter.convert(picture)
        except (av.FFmpegError, ValueError) as failure:
            raise SourceReadError(
                f"{self._name}: a picture ({picture.format.name}) cannot be converted to RGB: "
                f"{failure}"
            ) from failure

    def _packets(self) -> Iterator[av.Packet[VideoStream]]:
        streams = self._stream, *self._container.streams.audio[:1]
        packets = packets_of(self._container, *streams)
        failures = 0
        while failures < _DAMAGE_LIMIT:
            try:
                packet = next(packets, None)
            except av.error.InvalidDataError:
                self._count_damage()
                failures += 1
                packets = packets_of(self._container, *streams)
                continue
            except av.error.ExitError as failure:
                raise SourceReadError("nothing came for some seconds") from failure
            except av.FFmpegError as failure:
                raise SourceReadError(failure.strerror or str(failure)) from failure
            if packet is None:
                return
            failures = 0
            if packet.stream is self._stream:
                yield packet
            elif self.on_sound is not None:
                for stream_s, samples in self._sound_decoder.decode(packet):
                    if stream_s is not None:
                        self.on_sound(stream_s, samples)
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

    def _keep_up(self, packet: av.Packet[VideoStream], *, waited_s: float, now: float) -> None:
        if self._backlog.is_behind(waited_s=waited_s, now=now):
            self._is_behind = True
            self._stream.codec_context.skip_frame = "NONKEY"
        elif self._is_behind and packet.is_keyframe:
            # Only from here on can all pictures be decoded again.
            self._is_behind = False
            self._stream.codec_context.skip_frame = "DEFAULT"

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
            pixel_aspect=pixel_aspect(self._stream, is_turned=orientation.transpose),
            color=color_info(first),
            has_audio=bool(self._container.streams.audio),
            is_live=True,
            keeps_fields=not self._deinterlaces,
            decoded_on=self._decoded_on,
        )


def _stream_s(picture: av.VideoFrame) -> Fraction | None:
    if picture.pts is None or picture.time_base is None:
        return None
    return picture.pts * Fraction(picture.time_base)
