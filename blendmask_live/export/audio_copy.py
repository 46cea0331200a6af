"""Takes a source's audio packets over into another file, byte for byte."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import Any, Final, cast

import av
import av.error
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.packet import Packet
from av.stream import Stream
from av.video.stream import VideoStream

from blendmask_live.addresses import ffmpeg_name
from blendmask_live.capture.clock import GoingOn
from blendmask_live.capture.picture_stream import may_restart, packets_of, video_stream
from blendmask_live.datatypes import NOMINAL_FPS

__all__ = ["PRIMING_S", "AudioCopy", "count_frames_after"]

logger = logging.getLogger(__name__)

PRIMING_S: Final = Fraction(1, 10)
"""So long at most is what an encoder puts before the sound."""
_MOST_PACKETS_WAITING: Final = 500


class AudioCopy:
    """The audio packets of a file, in file order, for a file that begins at `start_s`.

    Streams that the file cannot hold are left out, and the log says so. A file that breaks in the
    middle gives the packets before the break. Where the clock of a recording restarts, audio
    goes on as its video does (`GoingOn`).
    """

    def __init__(self, path: Path, *, start_s: Fraction | None) -> None:
        """Open the file.

        Args:
            path: A media file.
            start_s: Packets that end before this time of the source are left out; None takes
                all from the beginning, an encoder's priming before time 0 too.

        Raises:
            av.error.FFmpegError: If the file cannot be opened.
        """
        self._start_s = start_s
        self._input = av.open(ffmpeg_name(path))
        self._outputs: dict[int, AudioStream] = {}
        self._packets: Iterator[_TimedPacket] = iter(())
        self._waiting: _TimedPacket | None = None
        self._last_dts: dict[int, int] = {}
        self._left_out = 0
        self._path = path

    @property
    def time_bases(self) -> tuple[Fraction, ...]:
        """Seconds per tick of each audio stream."""
        return tuple(s.time_base for s in self._input.streams.audio if s.time_base)

    @property
    def first_s(self) -> Fraction | None:
        """When the first packet begins, in seconds of the source; None where there is none."""
        while self._waiting is None or self._is_before_start(self._waiting):
            self._waiting = self._next_packet()
            if self._waiting is None:
                break
        return self._waiting.begin_s if self._waiting else None

    def add_streams(self, output: OutputContainer) -> None:
        """Declare the streams in `output`, before anything is written to it."""
        for stream in self._input.streams.audio:
            codec = stream.codec_context.codec.canonical_name if stream.codec_context else "unknown"
            if codec in output.supported_codecs and _fits(stream, output.format.name):
                self._outputs[stream.index] = output.add_stream_from_template(stream)
            else:
                kind = output.format.name
                logger.warning(
                    "%s: %s cannot hold %s audio; left out", self._path.name, kind, codec
                )
        streams = tuple(s for s in self._input.streams.audio if s.index in self._outputs)
        if not streams:
            return
        if may_restart(self._input):
            # Times do not lead to places there.
            video = video_stream(self._input, self._path.name)
            self._packets = _going_on(packets_of(self._input, video, *streams), video)
            return
        if self._start_s is not None and self._start_s > 0:
            # A second early: packets before the start are skipped one by one.
            self._input.seek(int(max(self._start_s - 1, Fraction(0)) * av.time_base))
        self._packets = _heard(packets_of(self._input, *streams))

    def leave_out_before(self, start_s: Fraction) -> None:
        """Leave out packets that end before this time of the source."""
        self._start_s = start_s

    def copy(self, output: OutputContainer, *, until_s: Fraction | None, shift_s: Fraction) -> None:
        """Write the next packets that begin before `until_s` of the source (None: all).

        Packets that the file does not take, and those before the last one of their stream, are
        left out; `close` logs them.

        Args:
            output: Has the streams of `add_streams`.
            until_s: In seconds of the source.
            shift_s: Added to the packets' times.

        Raises:
            OSError: If the file cannot be written.
        """
        while (timed := self._waiting or self._next_packet()) is not None:
            if until_s is not None and timed.begin_s >= until_s:
                self._waiting = timed
                return
            self._waiting = None
            if not self._is_before_start(timed):
                self._write(output, timed, shift_s)

    def _is_before_start(self, timed: _TimedPacket) -> bool:
        return self._start_s is not None and timed.end_s <= self._start_s

    def _next_packet(self) -> _TimedPacket | None:
        try:
            return next(self._packets, None)
        except av.error.FFmpegError as error:
            logger.warning("%s: audio breaks off: %s", self._path.name, error.strerror)
            self._packets = iter(())
            return None

    def _write(self, output: OutputContainer, timed: _TimedPacket, shift_s: Fraction) -> None:
        packet, shift_s = timed.packet, shift_s + timed.offset_s
        if shift_s and packet.time_base and packet.pts is not None:
            shift_ticks = round(shift_s / packet.time_base)
            packet.pts += shift_ticks
            packet.dts = packet.pts if packet.dts is None else packet.dts + shift_ticks
        index = packet.stream.index
        last, dts = self._last_dts.get(index), packet.pts if packet.dts is None else packet.dts
        assert dts is not None
        if last is not None and dts <= last:
            self._left_out += 1
            return
        packet.stream = self._outputs[index]
        try:
            output.mux(packet)
        except OSError:
            raise
        except av.error.FFmpegError as error:
            logger.debug("%s: packet at %d: %s", self._path.name, dts, error.strerror)
            self._left_out += 1
        else:
            self._last_dts[index] = dts

    def close(self) -> None:
        """Release the file; safe to call twice."""
        if self._left_out:
            logger.warning(
                "%s: damaged packets of audio left out: %d", self._path.name, self._left_out
            )
            self._left_out = 0
        self._input.close()


@dataclass(frozen=True, slots=True)
class _TimedPacket:
    packet: Packet[AudioStream]
    offset_s: Fraction
    """From the packet's own times to those of the source's frames."""

    @property
    def begin_s(self) -> Fraction:
        """In seconds of the source."""
        assert self.packet.pts is not None and self.packet.time_base is not None
        return self.packet.pts * self.packet.time_base + self.offset_s

    @property
    def end_s(self) -> Fraction:
        """In seconds of the source."""
        assert self.packet.time_base is not None
        return self.begin_s + (self.packet.duration or 0) * self.packet.time_base


def _fits(stream: AudioStream, container: str) -> bool:
    """Whether such a file may hold this stream: codecs may be experimental, details unknown."""
    try:
        with av.open(BytesIO(), "w", format=container) as trial:
            trial.add_stream_from_template(stream)
            trial.start_encoding()
    except (av.error.FFmpegError, ValueError):
        return False
    return True


def _is_timed(packet: Packet[Any]) -> bool:
    # The demuxer ends each stream with an empty packet without times.
    return bool(packet.size and packet.pts is not None and packet.time_base is not None)


def _heard(packets: Iterable[Packet[Any]]) -> Iterator[_TimedPacket]:
    """The packets without those that an edit list cuts off, but for an encoder's priming."""
    cut_off: dict[int, list[_TimedPacket]] = {}
    for packet in filter(_is_timed, packets):
        timed = _TimedPacket(packet, Fraction(0))
        before = cut_off.setdefault(packet.stream.index, [])
        if packet.is_discard:
            before.append(timed)
            continue
        is_priming = not before or timed.begin_s - before[0].begin_s <= PRIMING_S
        # The first packet that is heard may begin earlier than the edit.
        from_s = timed.end_s - PRIMING_S
        yield from (earlier for earlier in before if is_priming or earlier.begin_s > from_s)
        before.clear()
        yield timed


def _going_on(packets: Iterable[Packet[Stream]], video: VideoStream) -> Iterator[_TimedPacket]:
    """The audio packets, those after the n-th new start of the clock moved as the video is.

    Audio comes a little before or after its video: its packets wait until that is known.
    """
    clock = GoingOn(1 / (video.average_rate or video.guessed_rate or NOMINAL_FPS))
    offsets_s = [Fraction(0)]
    own_clocks: dict[int, GoingOn] = {}
    waiting: deque[tuple[Packet[AudioStream], int]] = deque()
    for packet in packets:
        if not _is_timed(packet):
            continue
        assert packet.pts is not None and packet.time_base is not None
        # Decode times, as presentation times of video go to and fro.
        time_s = (packet.pts if packet.dts is None else packet.dts) * packet.time_base
        if packet.stream.index == video.index:
            clock.follow(time_s)
            if len(offsets_s) <= clock.restarts:
                offsets_s.append(clock.offset_s)
        else:
            own = own_clocks.setdefault(packet.stream.index, GoingOn(Fraction(0)))
            own.follow(time_s)
            waiting.append((cast("Packet[AudioStream]", packet), own.restarts))
        while waiting and (waiting[0][1] < len(offsets_s) or len(waiting) > _MOST_PACKETS_WAITING):
            audio, restarts = waiting.popleft()
            yield _TimedPacket(audio, offsets_s[min(restarts, len(offsets_s) - 1)])
    for audio, restarts in waiting:
        yield _TimedPacket(audio, offsets_s[min(restarts, len(offsets_s) - 1)])


def count_frames_after(path: Path, time_s: Fraction, *, at_most: int) -> int:
    """How many frames a file's video shows after `time_s` of the source, counted to `at_most`.

    Counts packets from the key frame before, because the lengths that containers announce are
    estimates, and in some of them those of the longer audio.

    Raises:
        av.error.FFmpegError: If the file cannot be read there.
    """
    with av.open(ffmpeg_name(path)) as container:
        stream = video_stream(container, path.name)
        assert stream.time_base is not None
        container.seek(int(time_s / stream.time_base), stream=stream)
        later = (
            packet
            for packet in packets_of(container, stream)
            # AVI knows decode times only. What an edit list cuts off is marked to be discarded.
            if packet.size and not packet.is_discard
            if (ticks := packet.dts if packet.pts is None else packet.pts) is not None
            if ticks * stream.time_base > time_s
        )
        return sum(1 for _ in islice(later, at_most))
