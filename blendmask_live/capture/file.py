"""Video files, decoded with PyAV."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Iterator
from fractions import Fraction
from itertools import chain
from pathlib import Path
from typing import Final

import av
from av.container import InputContainer
from av.stream import Disposition
from av.video.stream import VideoStream

from blendmask_live.capture.clock import FrameClock
from blendmask_live.capture.color import RgbConverter, color_info, frame_orientation
from blendmask_live.capture.naming import output_name
from blendmask_live.capture.window import Choice, Choose, take_every
from blendmask_live.datatypes import Frame, SourceInfo
from blendmask_live.errors import SourceOpenError, SourceReadError

__all__ = ["FileSource"]

logger = logging.getLogger(__name__)

_MAX_DECODER_THREADS: Final = 4

_TEXT_FORMATS: Final = frozenset({"adf", "bin", "idf", "tty", "xbin"})
"""Demuxers that draw text files as pictures."""


class FileSource:
    """Frames of the first video stream of a file, in presentation order.

    Rotation and mirroring are applied; pixels that are not square stay as stored; frames whose
    size differs from the first one's are delivered as decoded. Packets that cannot be decoded
    are skipped with a warning; a file that was cut short ends early, with a warning.
    """

    def __init__(self, path: Path) -> None:
        """Open the file and decode its first frame.

        Raises:
            SourceOpenError: If it is no readable video or no frame of it can be decoded.
        """
        self._path = path
        self._lock = threading.Lock()
        self._interrupted = threading.Event()
        self._next_index = 0
        self._packets_skipped = 0
        self._container = _open_container(path)
        try:
            self._stream = _video_stream(self._container, path)
            self._pictures = self._decode()
            first = next(self._pictures, None)
            if first is None:
                raise SourceOpenError(f"{path}: holds no video frame that can be decoded")
            self._info = self._describe(first)
        except BaseException as failure:
            self._container.close()
            if isinstance(failure, SourceReadError):
                raise SourceOpenError(str(failure)) from failure
            raise
        self._pictures = chain([first], self._pictures)
        self._converter = RgbConverter()
        self._clock = FrameClock(
            path.name,
            average_fps=self._info.average_fps,
            decode_times_only=self._container.format.name == "avi",
        )

    @property
    def info(self) -> SourceInfo:
        """See `FrameSource.info`; `frame_count` is the container's word."""
        return self._info

    def read(self) -> Frame | None:
        """See `FrameSource.read`."""
        return self.read_selected(take_every)

    def read_selected(self, choose: Choose) -> Frame | None:
        """See `SelectiveSource.read_selected`: skipped frames are decoded, not converted."""
        with self._lock:
            while not self._interrupted.is_set():
                picture = next(self._pictures, None)
                if picture is None:
                    break
                index, pts_s = self._next_index, self._clock.stamp(picture)
                self._next_index += 1
                choice = choose(index, pts_s)
                if choice is Choice.TAKE:
                    return self._to_frame(picture, index, pts_s)
                if choice is Choice.STOP:
                    break
            self._pictures = iter(())
            return None

    def interrupt(self) -> None:
        """See `FrameSource.interrupt`."""
        self._interrupted.set()

    def close(self) -> None:
        """See `FrameSource.close`; waits for a `read` in another thread."""
        self._interrupted.set()
        with self._lock:
            self._pictures = iter(())
            self._container.close()

    def _to_frame(self, picture: av.VideoFrame, index: int, pts_s: Fraction) -> Frame:
        captured_at = time.monotonic()
        try:
            image = self._converter.convert(picture)
        except (av.FFmpegError, ValueError) as failure:
            raise SourceReadError(
                f"{self._path}: frame {index} ({picture.format.name}) cannot be converted to "
                f"RGB: {failure}"
            ) from failure
        return Frame(image=image, index=index, pts_s=pts_s, captured_at=captured_at)

    def _decode(self) -> Iterator[av.VideoFrame]:
        """Every frame that can be decoded.

        Raises:
            SourceReadError: If the file cannot be read on.
        """
        packets = self._container.demux(self._stream)
        while not self._interrupted.is_set():
            try:
                packet = next(packets, None)
            except av.error.InvalidDataError:
                logger.warning("%s: damaged here, the rest cannot be read", self._path)
                break
            except av.FFmpegError as failure:
                raise SourceReadError(
                    f"{self._path}: cannot be read any further: {failure.strerror}"
                ) from failure
            if packet is None:
                break
            try:
                yield from packet.decode()
            except av.FFmpegError as failure:
                self._count_skipped_packet(failure)
        self._report_losses()

    def _count_skipped_packet(self, failure: av.FFmpegError) -> None:
        self._packets_skipped += 1
        if self._packets_skipped == 1:
            logger.warning(
                "%s: a damaged packet was skipped: %s", self._path, failure.strerror or failure
            )

    def _report_losses(self) -> None:
        if self._packets_skipped:
            logger.warning(
                "%s: %d damaged packets skipped; frames that depend on them may be missing too",
                self._path,
                self._packets_skipped,
            )
        entries = self._stream.index_entries
        if len(entries) and not self._interrupted.is_set():
            last = entries[len(entries) - 1]
            if last.pos + last.size > self._container.size:
                logger.warning("%s: the file was cut short; its last part is missing", self._path)

    def _describe(self, first: av.VideoFrame) -> SourceInfo:
        stream = self._stream
        orientation = frame_orientation(first)
        width, height = first.width, first.height
        if orientation.transpose:
            width, height = height, width
        fps = stream.average_rate or stream.guessed_rate
        return SourceInfo(
            name=output_name(self._path.stem),
            width=width,
            height=height,
            path=self._path,
            frame_count=_frame_count(self._container, stream, fps),
            average_fps=fps or None,
            time_base=stream.time_base,
            rotation_deg=orientation.rotation_deg,
            color=color_info(first),
            has_audio=bool(self._container.streams.audio),
        )


def _open_container(path: Path) -> InputContainer:
    expected = f"{path}: expected a video file (mp4, mov, mkv, webm, avi, ...), found "
    try:
        if path.stat().st_size == 0:
            raise SourceOpenError(f"{path}: the file is empty")
        container = av.open(path, mode="r", metadata_errors="replace")
    except OSError as failure:
        raise SourceOpenError(f"{path}: cannot be opened: {failure.strerror}") from failure
    except av.FFmpegError as failure:
        raise SourceOpenError(
            f"{expected}something else or a damaged file ({failure.strerror})"
        ) from failure
    if container.format.name in _TEXT_FORMATS:
        container.close()
        raise SourceOpenError(f"{expected}text")
    return container


def _video_stream(container: InputContainer, path: Path) -> VideoStream:
    # The cover picture of a song is a video stream too, for libav.
    streams = [s for s in container.streams.video if not s.disposition & Disposition.attached_pic]
    if not streams:
        found = "only audio" if container.streams.audio else "none"
        raise SourceOpenError(f"{path}: expected a video stream, found {found}")
    stream = streams[0]
    if stream.codec_context is None:
        raise SourceOpenError(f"{path}: no decoder for its video stream is available")
    stream.thread_type = "AUTO"
    stream.thread_count = min(_MAX_DECODER_THREADS, os.cpu_count() or 1)
    return stream


def _frame_count(
    container: InputContainer, stream: VideoStream, fps: Fraction | None
) -> int | None:
    if stream.frames:
        return stream.frames
    if stream.duration and stream.time_base:
        duration_s = stream.duration * stream.time_base
    elif container.duration:
        duration_s = Fraction(container.duration, av.time_base)
    else:
        return None
    return max(1, round(duration_s * fps)) if fps else None
