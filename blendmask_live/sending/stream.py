"""Pictures and sound into a stream or a file that is read while it grows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from blendmask_live.capture.source import SOUND_RATE, Sound
from blendmask_live.datatypes import usual_matrix
from blendmask_live.errors import ConfigError
from blendmask_live.export.yuv420 import yuv420_planes, yuv_matrix
from blendmask_live.sending.attempts import ReceiverLost
from blendmask_live.sending.connection import ConnectionLost, RelayConnection
from blendmask_live.sending.fitting import even, fitted
from blendmask_live.sending.job import RelayJob
from blendmask_live.sending.sender import Picture
from blendmask_live.sending.target import Target

__all__ = ["Encoding", "StreamOutlet", "check_encoder"]

_OPENING_S: Final = 8.0
_STUCK_S: Final = 5.0
_BITS_PER_PIXEL: Final = 0.12
"""Enough for H.264 at a quality where moving masks show no blocks."""
_LONGEST_SILENCE_S: Final = 2.0


@dataclass(frozen=True, slots=True)
class Encoding:
    """How pictures are encoded."""

    encoder: str = ""
    """FFmpeg's name; "" for H.264, or VP9 where transparency is kept."""
    bit_rate: int = 0
    """Bits per second at most; 0 for what suits the size."""
    fps: float = 25.0
    """What to plan with."""


def check_encoder(target: Target, encoder: str) -> None:
    """Find out whether the container takes what the encoder makes.

    Raises:
        ConfigError: If there is no such encoder, or not for this container.
    """
    import av

    if not encoder or target.is_camera:
        return
    try:
        codec = av.codec.Codec(encoder, "w")
    except ValueError:
        raise ConfigError(
            f"{encoder}: this build of FFmpeg has no such encoder; leave out --encoder for H.264"
        ) from None
    with av.open("/dev/null", "w", format=target.container) as container:
        supported = container.supported_codecs
    if codec.type != "video" or codec.canonical_name not in supported:
        raise ConfigError(
            f"{target.shown}: {target.container} cannot hold {codec.canonical_name}, "
            f"which {encoder} makes; leave out --encoder for H.264"
        )


class StreamOutlet:
    """Sends pictures of one size; others are fitted into it, with black around them."""

    def __init__(
        self,
        target: Target,
        frame_size: tuple[int, int],
        encoding: Encoding,
        sound: Sound | None = None,
    ) -> None:
        """Start to connect.

        Args:
            target: Not a virtual camera.
            frame_size: (height, width) px of what is sent, but for an odd row or column.
            encoding: How.
            sound: Of the source, where it shall be sent.
        """
        height, width = even(frame_size)
        matrix = usual_matrix(width=width, height=height)
        rate = round(width * height * encoding.fps * _BITS_PER_PIXEL)
        self._target = target
        self._encoder = encoding.encoder or ("libvpx-vp9" if target.has_alpha else "libx264")
        self._size = height, width
        self._matrix = yuv_matrix(matrix, full_range=False)
        self._sound = sound
        self._origin_s: float | None = None
        self._time_us = -1000
        self._samples = 0
        self._heard: tuple[float, float] | None = None
        self._connection = RelayConnection(
            RelayJob(
                url=target.url,
                container=target.container,
                options=target.options,
                encoder=self._encoder,
                width=width,
                height=height,
                fps=encoding.fps,
                bit_rate=encoding.bit_rate or max(rate, 300_000),
                has_alpha=target.has_alpha,
                has_sound=sound is not None,
                matrix=matrix,
                needs_ffmpeg=target.needs_ffmpeg,
                stuck_s=_STUCK_S,
                opening_s=0.0 if target.waits_for_receiver else _OPENING_S,
            )
        )

    @property
    def is_open(self) -> bool:
        """See `Outlet.is_open`."""
        return self._connection.is_open

    def wait_ready(self) -> bool:
        """See `Outlet.wait_ready`."""
        try:
            return self._connection.wait_ready()
        except ConnectionLost as lost:
            raise self._lost(lost) from lost

    def send(self, picture: Picture) -> None:
        """See `Outlet.send`."""
        if self._origin_s is None:
            self._origin_s = picture.captured_at
        # Containers count milliseconds, some of them, and time must grow.
        time_us = round((picture.captured_at - self._origin_s) * 10**6)
        self._time_us = max(time_us, self._time_us + 1000)
        try:
            self._connection.send(
                self._pixels(picture.image), self._sound_until(picture), time_us=self._time_us
            )
        except ConnectionLost as lost:
            raise self._lost(lost) from lost

    def finish(self) -> None:
        """See `Outlet.finish`."""
        try:
            self._connection.finish()
        except ConnectionLost as lost:
            raise self._lost(lost) from lost

    def kill(self) -> None:
        """See `Outlet.kill`."""
        self._connection.kill()

    def _pixels(self, image: NDArray[np.uint8]) -> memoryview:
        whole: Any = fitted(image, self._size)
        channels = whole.shape[2]
        if self._target.has_alpha:
            rgba: Any = whole if channels == 4 else cv2.cvtColor(whole, cv2.COLOR_RGB2RGBA)
            return memoryview(np.ascontiguousarray(rgba).data).cast("B")
        rgb = whole if channels == 3 else cv2.cvtColor(whole, cv2.COLOR_RGBA2RGB)
        planes: Any = yuv420_planes(rgb, self._matrix)
        return memoryview(planes).cast("B")

    def _sound_until(self, picture: Picture) -> bytes:
        """What belongs before a picture: as long as the time since the last one."""
        if self._sound is None:
            return b""
        until = self._time_us * SOUND_RATE // 10**6
        count, self._samples = until - self._samples, until
        captured_at, heard = picture.captured_at, self._heard
        source_s = None if picture.source_s is None else float(picture.source_s)
        self._heard = None if source_s is None else (captured_at, source_s)
        if source_s is None or heard is None or count > _LONGEST_SILENCE_S * SOUND_RATE:
            return b"\0" * (count * 4)
        passed_s, played_s = captured_at - heard[0], source_s - heard[1]
        # Where a video is searched, stands or plays at another speed, there is no sound.
        if abs(passed_s - played_s) > max(0.1, 0.2 * passed_s):
            return b"\0" * (count * 4)
        return self._sound.read(source_s - count / SOUND_RATE, count).tobytes()

    def _lost(self, lost: ConnectionLost) -> ReceiverLost:
        is_file = self._target.path is not None
        reason = _reason(lost, is_file=is_file)
        if lost.kind == "EncoderRefused":
            reason = (
                f"the encoder {self._encoder} does not work here ({lost.reason}); choose another "
                "one, or leave out --encoder"
            )
        return ReceiverLost(reason, is_final=is_file or _is_final(lost))


def _is_final(lost: ConnectionLost) -> bool:
    return lost.kind in (
        "EncoderRefused",
        "ProtocolNotFoundError",
        "ValueError",
        "ArgumentError",
        "FileNotFoundError",
    )


def _reason(lost: ConnectionLost, *, is_file: bool) -> str:
    if is_file:
        return f"cannot be written ({lost.reason or 'the disk does not answer'})"
    match lost.kind:
        case "":
            return f"no answer within {_STUCK_S:g} to {_OPENING_S:g} s; check address and network"
        case "ConnectionRefusedError":
            return "connection refused; check address and port, and that the receiver runs"
        case "HTTPUnauthorizedError" | "HTTPForbiddenError":
            return "user or password refused; they stand before the host in the address"
        case "BrokenPipeError" | "ConnectionResetError":
            return "the receiver ended the connection"
        case "NoSrtReceiver":
            return (
                "no SRT receiver answers; check address, port, mode and passphrase, and that the "
                "receiver runs"
            )
        case "ProtocolNotFoundError":
            return "this build of FFmpeg does not know the protocol"
        case "FileNotFoundError":
            return lost.reason
    return f"{lost.reason or lost.kind}; check address and network"
