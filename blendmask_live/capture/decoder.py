"""Decoding of a video file, from its start or from a keyframe on."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Final

import av
from av.codec.hwaccel import HWAccel
from av.container import InputContainer
from av.video.stream import VideoStream

from blendmask_live.addresses import ffmpeg_name, without_secrets
from blendmask_live.capture.cut_short import is_cut_short
from blendmask_live.capture.deinterlacing import Deinterlacer
from blendmask_live.capture.frame_table import FrameTable, scan_frames, stored_ticks
from blendmask_live.capture.hardware import decoding_device, find_accelerator
from blendmask_live.capture.picture_stream import packets_of, video_stream
from blendmask_live.counting import counted
from blendmask_live.errors import SourceOpenError, SourceReadError
from blendmask_live.measuring.machine import usable_cores

__all__ = ["FileDecoder"]

logger = logging.getLogger(__name__)

_MAX_DECODER_THREADS: Final = 8
"""Two for each processor: frames differ in cost, so some wait for others."""
_SKIPS_EXACTLY: Final = frozenset({"h264"})
"""Decoders that know for sure, from a packet alone, that no other picture needs its picture."""
_LARGEST_RATE: Final = 1000
"""A higher rate is believed only if the file states no other."""
_DOWNLOAD_TIMEOUT_S: Final = 10.0

_TEXT_FORMATS: Final = frozenset({"adf", "bin", "idf", "tty", "xbin"})
"""Demuxers that draw text files as pictures."""


class FileDecoder:
    """Pictures of a file's video stream, in presentation order.

    Packets that cannot be decoded are skipped, pictures may be damaged, and a file that was cut
    short ends early: `notice` says so, and a warning. Used by one thread at a time.
    """

    def __init__(
        self,
        path: Path | str,
        *,
        goes_on: Callable[[], bool],
        hardware: bool = False,
        deinterlace: bool = True,
    ) -> None:
        """Open the file; decoding starts at its beginning.

        Args:
            path: Of the file, or its URL.
            goes_on: Asked between packets; where it says no, the pictures end.
            hardware: Whether to decode on the graphics processor, if it can be done.
            deinterlace: Whether to make pictures of two fields whole, where they are flagged.

        Raises:
            SourceOpenError: If it is no readable video.
        """
        self._path = path
        self._name = without_secrets(path)
        self._goes_on = goes_on
        self._deinterlacer = Deinterlacer() if deinterlace else None
        self._accelerator = find_accelerator() if hardware else None
        self._skipped: set[tuple[int | None, int | None]] = set()
        self._damaged: set[int | None] = set()
        self._missing_end = ""
        self._passes_until_ticks: int | None = None
        self._has_reported = False
        self._has_told_of_fields = False
        self._pictures: Iterator[av.VideoFrame] = iter(())
        self._open()

    @property
    def container(self) -> InputContainer:
        return self._container

    @property
    def stream(self) -> VideoStream:
        return self._stream

    @property
    def packets_skipped(self) -> int:
        """How many packets could not be decoded."""
        return len(self._skipped)

    @property
    def decode_times_only(self) -> bool:
        """Whether the container keeps decode times only (AVI)."""
        return bool(self._container.format.name == "avi")

    @property
    def average_fps(self) -> Fraction | None:
        """As the stream states it, if it does."""
        rates = (self._stream.average_rate, self._stream.guessed_rate, self._stream.base_rate)
        # Of raw DV the first one is the number of ticks.
        credible = (rate for rate in rates if rate and rate <= _LARGEST_RATE)
        return next(credible, rates[0] or None)

    @property
    def notice(self) -> str:
        """What of the file is lost, as far as it was read, for people; "" if nothing is."""
        count = self.packets_skipped
        skipped = (
            f"{counted(count, 'damaged packet')} skipped; frames that depend on "
            f"{'them' if count > 1 else 'it'} may be missing too"
        )
        damaged = counted(len(self._damaged), "damaged picture")
        losses = [
            *[skipped] * bool(count),
            *[f"{damaged}, shown as far as possible"] * bool(self._damaged),
            *[self._missing_end] * bool(self._missing_end),
        ]
        return f"{self._name}: {'; '.join(losses)}" if losses else ""

    def next_picture(self) -> av.VideoFrame | None:
        """The next picture that can be decoded; None after the last.

        Raises:
            SourceReadError: If the file cannot be read on.
        """
        picture = next(self._pictures, None)
        if self.is_deinterlacing and not self._has_told_of_fields:
            self._has_told_of_fields = True
            logger.warning("%s: is interlaced; its pictures are deinterlaced", self._name)
        return picture

    @property
    def is_deinterlacing(self) -> bool:
        """Whether a picture of two fields was made whole."""
        return self._deinterlacer is not None and self._deinterlacer.count > 0

    def restart(self) -> None:
        """Go back to the start; by opening the file again, as some formats cannot seek."""
        self.close()
        self._open()

    def start_at(self, keyframe_ticks: int) -> bool:
        """Make decoding start with the keyframe of exactly this time.

        Returns:
            Whether it was found.
        """
        self._decode_all()
        try:
            self._container.seek(keyframe_ticks, stream=self._stream)
        except av.FFmpegError as failure:
            logger.debug("%s: no seek to %d: %s", self._name, keyframe_ticks, failure)
            return False
        packets = packets_of(self._container, self._stream)
        for packet in self._packets(packets):
            ticks = stored_ticks(packet, decode_times_only=self.decode_times_only)
            if ticks == keyframe_ticks and packet.is_keyframe:
                # Pictures of an open group, shown before its keyframe, lack what they need.
                self._tells_damage = False
                self._pictures = self._whole(self._decode(packets, first=packet))
                return True
        return False

    def pass_over(self, *, until_ticks: int) -> None:
        """Leave out pictures that no other one needs, until a packet of this time or later.

        All pictures shown from then on come, exact to the bit; those before may be missing or
        incomplete. Ended by `start_at` and `restart`. Of no effect where the codec is not sure.
        """
        if self._stream.codec_context.name in _SKIPS_EXACTLY:
            self._passes_until_ticks = until_ticks
            self._stream.codec_context.skip_frame = "NONREF"

    def scan(self, *, first_ticks: int, goes_on: Callable[[], bool]) -> FrameTable | None:
        """Table of all frames, by a pass over the file's packets; see `scan_frames`."""
        try:
            with _open_container(self._path) as container:
                stream = video_stream(container, self._name)
                return scan_frames(
                    packets_of(container, stream),
                    self._stream,
                    first_ticks=first_ticks,
                    decode_times_only=self.decode_times_only,
                    goes_on=goes_on,
                )
        except (av.FFmpegError, SourceOpenError) as failure:
            logger.debug("%s: no frame table: %s", self._name, failure)
            return None

    def close(self) -> None:
        """Release the file; no picture follows."""
        self._pictures = iter(())
        self._container.close()

    def _open(self) -> None:
        self._container = _open_container(self._path, self._accelerator)
        self._passes_until_ticks = None
        self._tells_damage = True
        try:
            self._stream: VideoStream = video_stream(self._container, self._name)
        except SourceOpenError:
            self._container.close()
            raise
        self._stream.thread_type = "AUTO"
        self._stream.thread_count = min(_MAX_DECODER_THREADS, 2 * usable_cores())
        self.decoded_on = decoding_device(self._stream, self._accelerator)
        if self.decoded_on == "cpu":
            # The warning comes once, not again when the file is reopened.
            self._accelerator = None
        pictures = self._decode(packets_of(self._container, self._stream))
        self._pictures = self._whole(pictures)

    def _whole(self, pictures: Iterator[av.VideoFrame]) -> Iterator[av.VideoFrame]:
        if self._deinterlacer is None:
            return pictures
        return self._deinterlacer.whole(pictures)

    def _packets(
        self, packets: Iterator[av.Packet[VideoStream]]
    ) -> Iterator[av.Packet[VideoStream]]:
        while self._goes_on():
            try:
                packet = next(packets, None)
            except av.error.InvalidDataError:
                self._missing_end = "damaged, the rest cannot be read"
                return
            except av.FFmpegError as failure:
                raise SourceReadError(
                    f"{self._name}: cannot be read any further: {failure.strerror}"
                ) from failure
            if packet is None:
                return
            yield packet

    def _decode(
        self, packets: Iterator[av.Packet[VideoStream]], first: av.Packet[VideoStream] | None = None
    ) -> Iterator[av.VideoFrame]:
        if first is not None:
            yield from self._pictures_of(first)
        for packet in self._packets(packets):
            yield from self._pictures_of(packet)
        self._report_losses()

    def _decode_all(self) -> None:
        self._passes_until_ticks = None
        self._stream.codec_context.skip_frame = "DEFAULT"

    def _pictures_of(self, packet: av.Packet[VideoStream]) -> list[av.VideoFrame]:
        if self._passes_until_ticks is not None:
            ticks = stored_ticks(packet, decode_times_only=self.decode_times_only)
            if ticks is None or ticks >= self._passes_until_ticks:
                self._decode_all()
        try:
            pictures = packet.decode()
        except av.FFmpegError as failure:
            was_whole = not self._skipped
            self._skipped.add((packet.pts, packet.pos))
            if was_whole:
                logger.warning("%s (%s)", self.notice, failure.strerror or failure)
            return []
        if self._tells_damage:
            self._damaged.update(picture.pts for picture in pictures if picture.is_corrupt)
        return pictures

    def _report_losses(self) -> None:
        if self._has_reported or not self._goes_on():
            return
        self._has_reported = True
        if self._lacks_end():
            self._missing_end = "cut short, its last part is missing"
        if self.notice:
            logger.warning("%s", self.notice)

    def _lacks_end(self) -> bool:
        entries = self._stream.index_entries
        if len(entries):
            last = entries[len(entries) - 1]
            if last.pos + last.size > self._container.size:
                return True
        return isinstance(self._path, Path) and is_cut_short(self._path)


def _open_container(path: Path | str, accelerator: HWAccel | None = None) -> InputContainer:
    name = without_secrets(path)
    expected = f"{name}: expected a video file (mp4, mov, mkv, webm, avi, ...), found "
    try:
        if isinstance(path, Path) and path.stat().st_size == 0:
            raise SourceOpenError(f"{name}: the file is empty")
        container = av.open(
            ffmpeg_name(path),
            mode="r",
            # FFmpeg takes a name with % for a list of pictures, before it looks at the content.
            format="apng" if Path(path).suffix.lower() == ".png" else None,
            options={"pattern_type": "none"},
            metadata_errors="replace",
            hwaccel=accelerator,
            timeout=None if isinstance(path, Path) else _DOWNLOAD_TIMEOUT_S,
        )
    except FileNotFoundError as failure:
        # Sources look for it before they open it the first time.
        raise SourceOpenError(f"{name}: the file is gone; was it moved or deleted?") from failure
    except OSError as failure:
        raise SourceOpenError(f"{name}: cannot be opened: {failure.strerror}") from failure
    except av.FFmpegError as failure:
        raise SourceOpenError(
            f"{expected}something else or a damaged file ({failure.strerror})"
        ) from failure
    if container.format.name in _TEXT_FORMATS:
        container.close()
        raise SourceOpenError(f"{expected}text")
    return container
