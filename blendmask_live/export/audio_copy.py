"""Takes a source's audio packets over into another file, byte for byte."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from fractions import Fraction
from itertools import islice
from pathlib import Path

import av
import av.error
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.packet import Packet
from av.stream import Disposition

from blendmask_live.addresses import ffmpeg_name

__all__ = ["AudioCopy", "count_frames_after"]

logger = logging.getLogger(__name__)


class AudioCopy:
    """The audio packets of a file, in file order, for a file that begins at `start_s`.

    Streams that the file cannot hold are left out, and the log says so. A file that breaks in the
    middle gives the packets before the break.
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
        self._streams: tuple[AudioStream, ...] = ()
        self._outputs: dict[int, AudioStream] = {}
        self._packets: Iterator[Packet[AudioStream]] = iter(())
        self._waiting: Packet[AudioStream] | None = None
        self._path = path

    @property
    def time_bases(self) -> tuple[Fraction, ...]:
        """Seconds per tick of each audio stream."""
        return tuple(s.time_base for s in self._input.streams.audio if s.time_base)

    def add_streams(self, output: OutputContainer) -> None:
        """Declare the streams in `output`, before anything is written to it."""
        for stream in self._input.streams.audio:
            codec = stream.codec_context.codec.canonical_name if stream.codec_context else "unknown"
            if codec in output.supported_codecs:
                self._outputs[stream.index] = output.add_stream_from_template(stream)
            else:
                kind = output.format.name
                logger.warning(
                    "%s: %s cannot hold %s audio; left out", self._path.name, kind, codec
                )
        self._streams = tuple(s for s in self._input.streams.audio if s.index in self._outputs)
        if self._streams:
            if self._start_s is not None and self._start_s > 0:
                # A second early: packets before the start are skipped one by one.
                self._input.seek(int(max(self._start_s - 1, Fraction(0)) * av.time_base))
            self._packets = self._input.demux(self._streams)

    def packets_until(
        self, end_s: Fraction | None, *, shift_s: Fraction
    ) -> Iterator[Packet[AudioStream]]:
        """The next packets that begin before `end_s` of the source (None: all), made for output.

        Args:
            end_s: In seconds of the source.
            shift_s: Added to the packets' times.
        """
        while (packet := self._waiting or self._next_packet()) is not None:
            begin_s, packet_end_s = _span_s(packet)
            if end_s is not None and begin_s >= end_s:
                self._waiting = packet
                return
            self._waiting = None
            if self._start_s is None or packet_end_s > self._start_s:
                yield self._for_output(packet, shift_s)

    def _next_packet(self) -> Packet[AudioStream] | None:
        try:
            # The demuxer ends each stream with an empty packet without times.
            return next((p for p in self._packets if p.size and p.pts is not None), None)
        except av.error.FFmpegError as error:
            logger.warning("%s: audio breaks off: %s", self._path.name, error.strerror)
            self._packets = iter(())
            return None

    def _for_output(self, packet: Packet[AudioStream], shift_s: Fraction) -> Packet[AudioStream]:
        if shift_s and packet.time_base and packet.pts is not None:
            shift_ticks = round(shift_s / packet.time_base)
            packet.pts += shift_ticks
            packet.dts = packet.pts if packet.dts is None else packet.dts + shift_ticks
        packet.stream = self._outputs[packet.stream.index]
        return packet

    def close(self) -> None:
        """Release the file; safe to call twice."""
        self._input.close()


def _span_s(packet: Packet[AudioStream]) -> tuple[Fraction, Fraction]:
    """When a packet begins and ends, in seconds of the source."""
    assert packet.pts is not None and packet.time_base is not None
    begin_s = packet.pts * packet.time_base
    return begin_s, begin_s + (packet.duration or 0) * packet.time_base


def count_frames_after(path: Path, time_s: Fraction, *, at_most: int) -> int:
    """How many frames a file's video shows after `time_s` of the source, counted to `at_most`.

    Counts packets from the key frame before, because the lengths that containers announce are
    estimates, and in some of them those of the longer audio.

    Raises:
        av.error.FFmpegError: If the file cannot be read there.
    """
    with av.open(ffmpeg_name(path)) as container:
        videos = container.streams.video
        stream = next(s for s in videos if not s.disposition & Disposition.attached_pic)
        assert stream.time_base is not None
        container.seek(int(time_s / stream.time_base), stream=stream)
        later = (
            packet
            for packet in container.demux(stream)
            # AVI knows decode times only. What an edit list cuts off is marked to be discarded.
            if packet.size and not packet.is_discard
            if (ticks := packet.dts if packet.pts is None else packet.pts) is not None
            if ticks * stream.time_base > time_s
        )
        return sum(1 for _ in islice(later, at_most))
