"""Sound read from files and packets."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import suppress
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import av
import numpy as np
from av.audio.resampler import AudioResampler
from numpy.typing import NDArray

from blendmask_live.addresses import ffmpeg_name, without_secrets
from blendmask_live.capture.kept_sound import KeptSound
from blendmask_live.capture.source import SOUND_RATE

__all__ = ["FileSound", "SoundDecoder"]

logger = logging.getLogger(__name__)
_SEEK_AHEAD_S: Final = 5.0
"""Sound so far ahead is reached by a seek instead of decoding up to it."""
_SLACK_S: Final = 0.02


class SoundDecoder:
    """Packets of one audio stream to samples at `SOUND_RATE`."""

    def __init__(self) -> None:
        self._resampler = AudioResampler(format="s16", layout="stereo", rate=SOUND_RATE)

    def decode(self, packet: av.Packet[Any]) -> Iterator[tuple[Fraction | None, NDArray[np.int16]]]:
        """(time in the stream, (n, 2) samples) of each piece; nothing of what is damaged."""
        with suppress(av.FFmpegError, ValueError):
            frames: Any = packet.decode()
            for frame in frames:
                begin_s = None
                if frame.pts is not None and frame.time_base is not None:
                    begin_s = frame.pts * Fraction(frame.time_base)
                for piece in self._resampler.resample(frame):
                    samples: Any = piece.to_ndarray()
                    yield begin_s, samples.reshape(-1, 2)
                    begin_s = (
                        None if begin_s is None else begin_s + Fraction(piece.samples, SOUND_RATE)
                    )


class FileSound:
    """The sound of a file, read beside its pictures; used by one thread.

    A file whose sound cannot be read is silent, and the log says so once.
    """

    def __init__(self, path: Path | str) -> None:
        """Nothing is opened before the first `read`."""
        self._path = path
        self._kept = KeptSound()
        self._container: Any = None
        self._pieces: Iterator[tuple[float, NDArray[np.int16]]] = iter(())
        self._is_broken = False

    def read(self, start_s: float, samples: int) -> NDArray[np.int16]:
        """See `Sound.read`."""
        if not self._is_broken:
            try:
                self._decode_until(start_s, start_s + samples / SOUND_RATE)
            except (av.FFmpegError, OSError, IndexError) as error:
                self._is_broken = True
                logger.warning("%s: its sound cannot be read (%s)", self._shown, error)
        return self._kept.read(start_s, samples)

    @property
    def _shown(self) -> str:
        return without_secrets(self._path)

    def _decode_until(self, start_s: float, end_s: float) -> None:
        begin_s, heard_s = self._kept.begin_s, self._kept.end_s
        is_near = (
            begin_s is not None
            and heard_s is not None
            and begin_s - _SLACK_S <= start_s <= heard_s + _SEEK_AHEAD_S
        )
        if not is_near:
            self._seek(start_s)
        while (self._kept.end_s or -np.inf) < end_s:
            piece = next(self._pieces, None)
            if piece is None:
                return
            self._kept.add(*piece)

    def _seek(self, start_s: float) -> None:
        if self._container is None:
            self._container = av.open(ffmpeg_name(self._path), metadata_errors="replace")
        stream = self._container.streams.audio[0]
        if start_s > 1:
            # A little earlier, since decoders begin with a packet that sounds of nothing.
            self._container.seek(round((start_s - 0.2) / stream.time_base), stream=stream)
        else:
            self._container.seek(0)
        self._kept.clear()
        self._pieces = self._decoded(stream)

    def _decoded(self, stream: Any) -> Iterator[tuple[float, NDArray[np.int16]]]:
        decoder = SoundDecoder()
        for packet in self._container.demux(stream):
            for begin_s, samples in decoder.decode(packet):
                if begin_s is not None:
                    yield float(begin_s), samples
