"""Video files, decoded with PyAV."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path, PurePath

import av
from av.container import InputContainer
from av.video.stream import VideoStream

from blendmask_live.addresses import without_secrets
from blendmask_live.capture.color import RgbConverter, color_info, frame_orientation
from blendmask_live.capture.naming import output_name
from blendmask_live.capture.picture_cache import TimedPicture
from blendmask_live.capture.picture_reader import PictureReader
from blendmask_live.capture.picture_stream import pixel_aspect
from blendmask_live.capture.sound import FileSound
from blendmask_live.capture.source import refuse_negative
from blendmask_live.capture.source_part import Choose, NextFrame, take_every
from blendmask_live.datatypes import Frame, SourceInfo
from blendmask_live.errors import SourceOpenError, SourceReadError

__all__ = ["FileSource"]


class FileSource:
    """Frames of the video stream of a file, in presentation order.

    Rotation and mirroring are applied; pixels that are not square stay as stored; frames whose
    size differs from the first one's are delivered as decoded. Packets that cannot be decoded
    are skipped, and a file that was cut short ends early: `notice` says so, and a warning.

    `seek` is exact and, but for odd files, fast: see `PictureReader`. A frame that is damaged
    leaves a gap in the indexes, and a seek to it leads to the next one.
    """

    def __init__(
        self, path: Path | str, *, hardware: bool = False, deinterlace: bool = True
    ) -> None:
        """Open the file and decode its first frame.

        Args:
            path: Of the file, or a URL that gives a whole file.
            hardware: Decode on the graphics processor; if it cannot be done, a warning says so.
            deinterlace: Make pictures of two fields whole, where they are flagged; a warning
                says so.

        Raises:
            SourceOpenError: If it is no readable video or no frame of it can be decoded.
        """
        self._path = path
        self._lock = threading.Lock()
        self._interrupted = threading.Event()
        self._next_index = 0
        self._is_ended = False
        try:
            self._reader = PictureReader(
                path,
                goes_on=lambda: not self._interrupted.is_set(),
                hardware=hardware,
                deinterlace=deinterlace,
            )
        except SourceReadError as failure:
            raise SourceOpenError(str(failure)) from failure
        self._info = _describe(path, self._reader, keeps_fields=not deinterlace)
        self._converter = RgbConverter()

    @property
    def info(self) -> SourceInfo:
        """See `FrameSource.info`; `frame_count` is the container's word."""
        return self._info

    @property
    def notice(self) -> str:
        """See `NoticingSource.notice`."""
        return self._reader.decoder.notice

    def read(self) -> Frame | None:
        """See `FrameSource.read`."""
        return self.read_selected(take_every)

    def read_selected(self, choose: Choose) -> Frame | None:
        """See `SelectiveSource.read_selected`: skipped frames are decoded, not converted."""
        with self._lock:
            while not (self._is_ended or self._interrupted.is_set()):
                found = self._reader.picture_at(self._next_index)
                if found is None:
                    break
                index, timed = found
                self._next_index = index + 1
                choice = choose(index, timed.pts_s)
                if choice is NextFrame.TAKE:
                    return self._to_frame(timed, index)
                if choice is NextFrame.STOP:
                    break
            self._is_ended = True
            return None

    def seek(self, index: int) -> None:
        """See `SeekableSource.seek`; the work is done by the next `read`."""
        refuse_negative(index)
        with self._lock:
            self._next_index = index
            self._is_ended = False
            self._reader.keep_pictures()

    def is_near(self, index: int) -> bool:
        """See `PreparingSource.is_near`."""
        with self._lock:
            return self._reader.is_near(index)

    def prepare(self, index: int, *, goes_on: Callable[[], bool]) -> None:
        """See `PreparingSource.prepare`: the frame's group is decoded, as much as may be kept."""
        with self._lock:
            if not self._interrupted.is_set():
                self._reader.keep_pictures()
                self._reader.prepare(index, goes_on=goes_on)

    def sound(self) -> FileSound | None:
        """See `HeardSource.sound`."""
        return FileSound(self._path) if self._info.has_audio else None

    def interrupt(self) -> None:
        """See `FrameSource.interrupt`."""
        self._interrupted.set()

    def close(self) -> None:
        """See `FrameSource.close`; waits for a `read` in another thread."""
        self._interrupted.set()
        with self._lock:
            self._reader.close()

    def _to_frame(self, timed: TimedPicture, index: int) -> Frame:
        captured_at = time.monotonic()
        try:
            image, planes = self._converter.convert_with_planes(timed.picture)
        except (av.FFmpegError, ValueError) as failure:
            raise SourceReadError(
                f"{without_secrets(self._path)}: frame {index} ({timed.picture.format.name}) "
                f"cannot be converted to RGB: {failure}"
            ) from failure
        is_as_described = color_info(timed.picture) == self._info.color
        return Frame(
            image, index, timed.pts_s, captured_at, planes=planes if is_as_described else None
        )


def _describe(path: Path | str, reader: PictureReader, *, keeps_fields: bool) -> SourceInfo:
    first, stream = reader.first, reader.decoder.stream
    orientation = frame_orientation(first)
    width, height = first.width, first.height
    if orientation.transpose:
        width, height = height, width
    fps = reader.decoder.average_fps
    return SourceInfo(
        name=output_name(PurePath(without_secrets(path)).stem),
        width=width,
        height=height,
        path=path if isinstance(path, Path) else None,
        frame_count=_frame_count(reader.decoder.container, stream, fps),
        average_fps=fps,
        time_base=stream.time_base,
        rotation_deg=orientation.rotation_deg,
        pixel_aspect=pixel_aspect(stream, is_turned=orientation.transpose),
        color=color_info(first),
        has_audio=bool(reader.decoder.container.streams.audio),
        keeps_fields=keeps_fields,
        decoded_on=reader.decoder.decoded_on,
    )


def _frame_count(
    container: InputContainer, stream: VideoStream, fps: Fraction | None
) -> int | None:
    """As the container states; None where that cannot be true."""
    duration_s = _duration_s(container, stream)
    by_time = None if not (duration_s and fps) else max(1, round(duration_s * fps))
    count = stream.frames or by_time
    entries = stream.index_entries
    is_more = len(entries) > stream.frames
    if stream.frames and (is_more or (by_time and abs(by_time - stream.frames) > 1)):
        # Edit lists leave frames out, and some recorders of AVI count too few.
        listed = sum(not entry.is_discard for entry in entries)
        is_by_time = by_time is not None and abs(listed - by_time) <= 1
        count = listed if is_more or is_by_time else stream.frames
    # A frame takes a byte at least.
    return None if count and 0 < container.size < count else count


def _duration_s(container: InputContainer, stream: VideoStream) -> Fraction | None:
    if stream.duration and stream.time_base:
        return stream.duration * stream.time_base
    if not container.duration:
        return None
    duration_s = Fraction(container.duration, av.time_base)
    start_s = (stream.start_time or 0) * (stream.time_base or 0)
    # Matroska files count from 0 on, also where the pictures begin late: after their sound, or at
    # the time of the wall clock.
    counts_from_zero = container.format.name.startswith("matroska")
    return duration_s - start_s if counts_from_zero and 0 < start_s < duration_s else duration_s
