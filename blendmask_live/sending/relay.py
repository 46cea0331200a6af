"""The process that encodes and sends: python -m blendmask_live.sending.relay.

In a process of its own, since a write to a receiver that no longer reads cannot be interrupted:
libav waits for ever, and PyAV holds the interpreter meanwhile. A process can be ended.
"""

from __future__ import annotations

import errno
import faulthandler
import io
import os
import shutil
import socket
import stat
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from fractions import Fraction
from pathlib import Path
from typing import Any, BinaryIO, Final

import av
import av.error
import msgspec
import numpy as np
from av.video.frame import PictureType
from av.video.reformatter import ColorRange

from blendmask_live.capture.source import SOUND_RATE
from blendmask_live.sending.job import HEADER, RelayJob

_KEYFRAME_US: Final = 1_000_000
"""A receiver that joins sees a picture after so long."""
_SENT_AHEAD_BYTES: Final = 128 * 1024
"""What the system may keep for a slow receiver; more would only grow old."""
_TICK: Final = Fraction(1, 10**6)
_SWSCALE_MATRICES: Final = {1: 1, 6: 5}
"""libav's codes of what `usual_matrix` gives -> swscale's."""
_NOWHERE: Final = Path(os.devnull).open("w")  # noqa: SIM115 - as long as the process
# What is not in an option set of an encoder is left at its default.
_ENCODER_OPTIONS: Final = {
    "libx264": {"preset": "superfast", "tune": "zerolatency", "crf": "22", "forced-idr": "1"},
    "libx265": {"preset": "superfast", "tune": "zerolatency", "crf": "24", "forced-idr": "1"},
    "libvpx-vp9": {"deadline": "realtime", "cpu-used": "8", "auto-alt-ref": "0", "row-mt": "1"},
}
_TS_WRITE_BYTES: Final = 1316 * 24
_EMPTY_TS: Final = b"\x47\x1f\xff\x10" + b"\xff" * 184
"""A packet of a transport stream that receivers pass over."""

_FAILURES: Final = OSError, ValueError, av.error.FFmpegError


def main() -> None:
    """Do one `RelayJob`."""
    answers, pictures = os.fdopen(os.dup(1), "w", buffering=1), os.fdopen(os.dup(0), "rb")
    os.dup2(2, 1)
    try:
        job = msgspec.json.decode(pictures.readline(), type=RelayJob)
        _Relay(job, answers).run(pictures)
    except BrokenPipeError:
        # Either side has gone; the other end knows best why.
        answers.write("failed BrokenPipeError the receiver ended the connection\n")
    except (EncoderRefused, *_FAILURES) as error:
        answers.write(f"failed {type(error).__name__} {_told(error)}\n")


class EncoderRefused(Exception):
    """An encoder that cannot be opened for these pictures, or on this machine."""


def _told(error: BaseException) -> str:
    """In one line, in the system's words."""
    return " ".join((getattr(error, "strerror", None) or str(error)).split())


class _Relay:
    """Encodes pictures and sound into one open container."""

    def __init__(self, job: RelayJob, answers: Any) -> None:
        self._job, self._answers = job, answers
        self._keyframe_us = 0
        self._samples = 0
        self._sender: _FfmpegSender | None = None
        self._segments: _Segments | None = None
        self._container = self._opened()
        self._video = self._add_video()
        self._audio = self._add_audio() if job.has_sound else None
        self._open_encoder()
        with _limit(job.opening_s):
            self._container.start_encoding()
        _keep_little_waiting()
        answers.write("open\n")

    def run(self, pictures: BinaryIO) -> None:
        """Send what comes until the input ends; then complete."""
        while header := pictures.read(HEADER.size):
            time_us, picture_bytes, sound_bytes = HEADER.unpack(header)
            picture, sound = pictures.read(picture_bytes), pictures.read(sound_bytes)
            if len(picture) < picture_bytes or len(sound) < sound_bytes:
                break
            with _limit(self._job.stuck_s):
                # First, so that the container need not wait for it with the picture.
                if self._audio is not None and sound:
                    self._container.mux(self._audio.encode(self._sound(sound)))
                self._container.mux(self._video.encode(self._picture(picture, time_us)))
            self._require_written()
            self._answers.write("done\n")
        self._complete()

    def _complete(self) -> None:
        with _limit(self._job.stuck_s):
            # What an encoder still holds, and the index.
            for stream in (self._video, self._audio):
                if stream is not None:
                    self._container.mux(stream.encode(None))
            self._container.close()
            if self._sender is not None:
                self._sender.finish()
        self._require_written()

    def _require_written(self) -> None:
        if self._segments is not None and self._segments.failure is not None:
            raise self._segments.failure

    def _opened(self) -> Any:
        job = self._job
        if job.container == "hls":
            self._segments = _Segments()
            return av.open(
                job.url,
                "w",
                format=job.container,
                options=dict(job.options),
                io_open=self._segments.open,
            )
        if not job.needs_ffmpeg:
            return av.open(job.url, "w", format=job.container, options=dict(job.options))
        with _limit(job.opening_s):
            self._sender = _FfmpegSender(job.url)
        return av.open(
            self._sender,
            "w",
            format=job.container,
            options=dict(job.options),
            buffer_size=_TS_WRITE_BYTES,
        )

    def _add_video(self) -> Any:
        job = self._job
        options = dict(_ENCODER_OPTIONS.get(job.encoder, {}))
        rate = Fraction(job.fps).limit_denominator(1001)
        stream: Any = self._container.add_stream(job.encoder, rate=rate, options=options)
        codec = stream.codec_context
        stream.width, stream.height = job.width, job.height
        stream.pix_fmt = "yuva420p" if job.has_alpha else "yuv420p"
        codec.time_base = _TICK
        # Keyframes are asked for by time, since pictures come as they come.
        codec.gop_size = 600
        codec.max_b_frames = 0
        codec.thread_count = max(1, min((os.cpu_count() or 2) // 2, 4))
        codec.bit_rate = job.bit_rate if "crf" not in options else 0
        codec.colorspace, codec.color_range = job.matrix, ColorRange.MPEG
        if job.encoder == "libx264":
            kbits = job.bit_rate // 1000
            codec.options = {
                **options,
                "maxrate": str(job.bit_rate),
                "bufsize": str(max(kbits // 2, 1) * 1000),
            }
        return stream

    def _open_encoder(self) -> None:
        """Before the container, so that a refusal is not taken for one of the receiver."""
        try:
            self._video.codec_context.open()
        except _FAILURES as error:
            raise EncoderRefused(_told(error)) from error

    def _add_audio(self) -> Any:
        codec = "libopus" if self._job.container == "webm" else "aac"
        stream: Any = self._container.add_stream(codec, rate=SOUND_RATE, layout="stereo")
        stream.bit_rate = 128_000
        return stream

    def _picture(self, data: bytes, time_us: int) -> av.VideoFrame:
        job = self._job
        if job.has_alpha:
            pixels = np.frombuffer(data, np.uint8).reshape(job.height, job.width, 4)
            picture = av.VideoFrame.from_ndarray(pixels, format="rgba").reformat(
                format="yuva420p",
                dst_colorspace=_SWSCALE_MATRICES[job.matrix],
                src_color_range=ColorRange.JPEG,
                dst_color_range=ColorRange.MPEG,
            )
        else:
            planes = np.frombuffer(data, np.uint8).reshape(job.height * 3 // 2, job.width)
            picture = av.VideoFrame.from_ndarray(planes, format="yuv420p")
        picture.pts, picture.time_base = time_us, _TICK
        if time_us >= self._keyframe_us:
            picture.pict_type = PictureType.I
            self._keyframe_us = time_us + _KEYFRAME_US
        return picture

    def _sound(self, data: bytes) -> av.AudioFrame:
        samples = np.frombuffer(data, np.int16).reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(samples, format="s16", layout="stereo")
        frame.sample_rate, frame.time_base = SOUND_RATE, Fraction(1, SOUND_RATE)
        frame.pts = self._samples
        self._samples += samples.shape[1] // 2
        return frame


class _Segments:
    """Opens the files of a playlist, and keeps what libav's HLS muxer passes over: a full disk.

    Attributes:
        failure: The first write that failed; None while all is well.
    """

    def __init__(self) -> None:
        self.failure: OSError | None = None

    def open(self, url: str, flags: int, options: dict[str, str]) -> _Segment:
        """For `av.open`."""
        return _Segment(Path(url.removeprefix("file:")), self)


class _Segment(io.RawIOBase):
    """A file that is written from its beginning to its end."""

    def __init__(self, path: Path, owner: _Segments) -> None:
        self._file, self._owner = path.open("wb", buffering=0), owner

    def writable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return False

    def write(self, data: Any) -> int:
        try:
            left = memoryview(data)
            while left:
                left = left[self._file.write(left) :]
        except OSError as error:
            self._owner.failure = self._owner.failure or error
        return len(data)

    def close(self) -> None:
        if not self.closed:
            self._file.close()
        super().close()


class NoSrtReceiver(OSError):
    """Nobody answered, or the passphrase was refused: SRT does not tell which."""


class _FfmpegSender:
    """FFmpeg's program, which sends what is written to it as it is: for SRT.

    Other users of this computer can see the address, and its passphrase, in the list of
    programs that run.
    """

    def __init__(self, url: str) -> None:
        """Start it, and wait until the receiver is there.

        Raises:
            NoSrtReceiver: If nobody is there.
            OSError: If there is no such program, or it ends.
        """
        program = shutil.which("ffmpeg")
        if program is None:
            raise FileNotFoundError("SRT needs the program ffmpeg, built with SRT; install it")
        read = ["-f", "data", "-raw_packet_size", "1316", "-i", "pipe:0"]
        pass_on = ["-map", "0", "-c", "copy", "-flush_packets", "1", "-f", "data", url]
        self._process = subprocess.Popen(
            [program, "-hide_banner", "-nostats", "-loglevel", "info", *read, *pass_on],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            bufsize=0,
        )
        self._last_line = ""
        self._was_reached = False
        self._has_looked = threading.Event()
        self._log = threading.Thread(target=self._read_log, daemon=True)
        self._log.start()
        # It looks for the receiver once it has read something.
        self.write(_EMPTY_TS * 7)
        self._has_looked.wait()
        self._require_running()

    def write(self, data: bytes) -> int:
        """Send."""
        self._require_running()
        assert self._process.stdin is not None
        with suppress(BrokenPipeError):
            self._process.stdin.write(data)
            return len(data)
        self._process.wait()
        self._require_running()
        return 0

    def finish(self) -> None:
        """Send what waits and end."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()

    def _require_running(self) -> None:
        if self._process.poll() is None:
            return
        self._log.join()
        if self._last_line == os.strerror(errno.EIO):
            # So FFmpeg calls whatever happens to SRT.
            if self._was_reached:
                raise ConnectionResetError(errno.ECONNRESET, self._last_line)
            raise NoSrtReceiver(errno.EIO, self._last_line)
        raise OSError(errno.EIO, self._last_line or "the program ffmpeg ended")

    def _read_log(self) -> None:
        assert self._process.stderr is not None
        for line in self._process.stderr:
            if line.startswith(b"Output #0"):
                self._was_reached = True
                self._has_looked.set()
            # "srt://host:port?passphrase=...: Input/output error": the address is known already.
            self._last_line = line.decode(errors="replace").strip().rpartition(": ")[2]
        self._process.wait()
        self._has_looked.set()


@contextmanager
def _limit(seconds: float) -> Iterator[None]:
    """End the process if the block takes longer; 0 lets it take for ever.

    By faulthandler, whose watchdog needs no interpreter: PyAV holds it while it opens outputs.
    """
    if not seconds:
        yield
        return
    faulthandler.dump_traceback_later(seconds, exit=True, file=_NOWHERE)
    try:
        yield
    finally:
        faulthandler.cancel_dump_traceback_later()


def _keep_little_waiting() -> None:
    """Of every TCP connection of this process, let the system keep only a little unsent."""
    for number in range(3, 64):
        with suppress(OSError):
            if not stat.S_ISSOCK(os.fstat(number).st_mode):
                continue
            with socket.socket(fileno=os.dup(number)) as connection:
                if connection.type == socket.SOCK_STREAM:
                    connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SENT_AHEAD_BYTES)
                    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


if __name__ == "__main__":
    main()
