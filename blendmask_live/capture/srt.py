"""SRT streams, which PyAV's FFmpeg does not know: received by the program ffmpeg."""

from __future__ import annotations

import shutil
import subprocess
import threading
from typing import Final

import av
from av.codec.hwaccel import HWAccel
from av.container import InputContainer

from blendmask_live.capture.av_connection import AvConnection
from blendmask_live.errors import SourceOpenError

__all__ = ["connect_srt"]

_ANALYZE_US: Final = "1000000"
_LIST_TIMEOUT_S: Final = 10.0


def connect_srt(
    url: str, name: str, *, open_s: float, read_s: float, accelerator: HWAccel | None
) -> AvConnection:
    """Connect through ffmpeg, which passes the stream on undecoded.

    Other users of this computer can see the address, and its passphrase, in the list of
    programs that run.

    Args:
        url: srt://HOST:PORT with the options of FFmpeg's libsrt protocol.
        name: For people.
        open_s: Give up if there is no video by then.
        read_s: Silence after which the stream counts as lost.
        accelerator: See `AvConnection`.

    Raises:
        SourceOpenError: If there is no ffmpeg with SRT, or no stream.
    """
    receiver = subprocess.Popen(
        _command(url, name, read_s=read_s),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        # Reads must give the bytes that have arrived, not wait for a full buffer.
        bufsize=0,
    )
    # Waiting for a pipe cannot be interrupted; the end of the program ends it.
    limit = threading.Timer(open_s, receiver.kill)
    limit.start()
    try:
        container = av.open(
            receiver.stdout,
            mode="r",
            options={"analyzeduration": _ANALYZE_US},
            metadata_errors="replace",
            hwaccel=accelerator,
        )
        return _SrtConnection(receiver, container, name, accelerator)
    except (av.FFmpegError, SourceOpenError) as failure:
        _end(receiver)
        raise SourceOpenError(
            f"{name}: no video came; check address, port, mode and "
            "passphrase, and that the sender runs"
        ) from failure
    finally:
        limit.cancel()
        limit.join()


class _SrtConnection(AvConnection):
    """Also ends the receiving program."""

    def __init__(
        self,
        receiver: subprocess.Popen[bytes],
        container: InputContainer,
        name: str,
        accelerator: HWAccel | None,
    ) -> None:
        super().__init__(container, name, accelerator)
        self._receiver = receiver

    def close(self) -> None:
        super().close()
        _end(self._receiver)


def _end(receiver: subprocess.Popen[bytes]) -> None:
    receiver.kill()
    receiver.wait()
    if receiver.stdout:
        receiver.stdout.close()


def _command(url: str, name: str, *, read_s: float) -> list[str]:
    program = shutil.which("ffmpeg")
    if program is None or not _knows_srt(program):
        raise SourceOpenError(
            f"{name}: SRT needs the program ffmpeg, built with SRT; install it, or let the "
            "sender use rtsp, http, udp or tcp"
        )
    # As data: the bytes that came, without a look at what they are.
    receive = ["-timeout", str(round(read_s * 10**6)), "-f", "data", "-i", url]
    pass_on = ["-map", "0", "-c", "copy", "-flush_packets", "1", "-f", "data", "pipe:1"]
    return [program, "-nostdin", "-loglevel", "quiet", *receive, *pass_on]


def _knows_srt(program: str) -> bool:
    try:
        listed = subprocess.run(
            [program, "-hide_banner", "-protocols"], capture_output=True, timeout=_LIST_TIMEOUT_S
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return b"srt" in listed.stdout.split()
