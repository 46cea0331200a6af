"""Network streams, through PyAV."""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import partial
from typing import Final

import av
from av.codec.hwaccel import HWAccel

from blendmask_live.addresses import ffmpeg_name, without_secrets
from blendmask_live.capture.av_connection import AvConnection
from blendmask_live.capture.hardware import find_accelerator
from blendmask_live.capture.reconnecting import ReconnectingSource, RetryPauses
from blendmask_live.capture.srt import connect_srt
from blendmask_live.errors import SourceOpenError

__all__ = ["StreamTimeouts", "open_stream"]

_NO_ANSWER: Final = "no answer within {:g} s; check address and network"
_STREAM_OPTIONS: Final = {
    # A second of data is enough to find size and codec; the default of five delays the first
    # picture.
    "analyzeduration": "1000000",
    # Over UDP a router or a full buffer loses packets, and every loss is seen for seconds.
    "rtsp_transport": "tcp",
    # A full UDP buffer loses the oldest data instead of ending the stream.
    "overrun_nonfatal": "1",
}


@dataclass(frozen=True, slots=True)
class StreamTimeouts:
    """How long to wait for a stream, in seconds."""

    open_s: float = 5.0
    read_s: float = 3.0


def open_stream(
    url: str,
    *,
    hardware: bool = False,
    deinterlace: bool = True,
    timeouts: StreamTimeouts | None = None,
    pauses: RetryPauses | None = None,
) -> ReconnectingSource:
    """Connect to rtsp, http, udp, tcp or whatever else this build of FFmpeg can do.

    SRT is received through the program ffmpeg where PyAV does not know it.

    Args:
        url: With user and password where needed; they stay out of messages.
        hardware: Decode on the graphics processor; if it cannot be done, a warning says so.
        deinterlace: See `AvConnection`.
        timeouts: For each connection.
        pauses: Between attempts.

    Raises:
        SourceOpenError: If there is no such stream, or it gives no picture in time.
    """
    limits = timeouts or StreamTimeouts()
    name = without_secrets(url)
    accelerator = find_accelerator() if hardware else None
    return ReconnectingSource(
        name, partial(_connect, url, name, limits, accelerator, deinterlace), pauses=pauses
    )


def _connect(
    url: str,
    name: str,
    timeouts: StreamTimeouts,
    accelerator: HWAccel | None,
    deinterlace: bool,
) -> AvConnection:
    started_s = time.monotonic()
    try:
        container = av.open(
            ffmpeg_name(url),
            options=dict(_STREAM_OPTIONS),
            timeout=(timeouts.open_s, timeouts.read_s),
            metadata_errors="replace",
            hwaccel=accelerator,
        )
    except av.FFmpegError as failure:
        if isinstance(failure, av.error.ProtocolNotFoundError) and url.startswith("srt://"):
            return connect_srt(
                url, name, open_s=timeouts.open_s, read_s=timeouts.read_s, accelerator=accelerator
            )
        # Some protocols report a timeout as damaged data.
        is_late = time.monotonic() - started_s >= timeouts.open_s
        reason = _NO_ANSWER.format(timeouts.open_s) if is_late else _why_not_open(failure)
        raise SourceOpenError(f"{name}: {reason}") from failure
    return AvConnection(container, name, accelerator, deinterlace=deinterlace)


def _why_not_open(failure: av.FFmpegError) -> str:
    match failure:
        case av.error.ProtocolNotFoundError():
            return "this build of FFmpeg does not know the protocol; give rtsp, http, udp or tcp"
        case av.error.ConnectionRefusedError():
            return "connection refused; check address and port, and that the sender runs"
        case av.error.HTTPUnauthorizedError() | av.error.HTTPForbiddenError():
            return "user or password refused; they stand before the host in the address"
        case av.error.HTTPNotFoundError():
            return "no such stream on this server (404); check the path"
        case av.error.InvalidDataError():
            return "expected a video stream, found something else"
    return f"cannot be opened ({failure.strerror}); check address and network"
