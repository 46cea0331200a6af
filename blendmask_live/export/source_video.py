"""A video made from a source's frames, in the source's time, sound and colours."""

from __future__ import annotations

import logging
from fractions import Fraction
from pathlib import Path

import av.error
import numpy as np
from numpy.typing import NDArray

from blendmask_live.datatypes import Frame
from blendmask_live.export.audio_copy import AudioCopy, count_frames_after
from blendmask_live.export.sequence import ExportJob
from blendmask_live.export.video_file import H264, VideoCodec, VideoFile, VideoTiming
from blendmask_live.export.yuv420 import Yuv420

__all__ = ["SourceVideo"]

logger = logging.getLogger(__name__)


class SourceVideo:
    """A `VideoFile` of an export: exact frame times, audio copied, faststart.

    A frame without a time is shown at its source index / average fps. Frame pictures are in
    display orientation already, so the file carries no rotation. Audio is limited to the time
    of the exported frames, or reaches to the source's own beginning and end where the export
    does.
    """

    def __init__(
        self,
        job: ExportJob,
        stem: str,
        *,
        codec: VideoCodec = H264,
        crf: int | None = None,
        has_audio: bool = True,
    ) -> None:
        """Prepare; the file `stem` + the codec's suffix is made with the first frame.

        Args:
            job: Its folder, source, size and quality are taken.
            stem: Path in the folder, without suffix.
            codec: Kind of file.
            crf: Instead of `ExportOptions.video_crf`.
            has_audio: Whether the source's audio is copied.
        """
        self._job = job
        self._path = job.folder.path / f"{stem}{codec.suffix}"
        self._codec = codec
        self._crf = job.options.video_crf if crf is None else crf
        self._has_audio = has_audio and job.source.has_audio and job.source.path is not None
        source = job.source
        self._timing = VideoTiming.of_source(time_base=source.time_base, fps=source.average_fps)
        self._video: VideoFile | None = None
        self._audio: AudioCopy | None = None
        self._last_index = -1
        self._last_pts_s = Fraction(0)
        self._index_step = 1

    @property
    def path(self) -> Path:
        """Where the file is written."""
        return self._path

    def write(self, number: int, picture: NDArray[np.uint8] | Yuv420, frame: Frame) -> None:
        """Add a picture (see `VideoFile.write`) at the time of `frame`.

        Raises:
            OSError: If the file cannot be written.
        """
        has_begun = self._video is not None
        self._index_step = max(frame.index - self._last_index, 1) if has_begun else 1
        self._last_index, self._last_pts_s = frame.index, self._pts_s(frame)
        if self._video is None:
            self._video = self._open_video(frame)
        self._video.write(picture, self._last_pts_s)

    def _pts_s(self, frame: Frame) -> Fraction:
        return self._job.source.time_s(frame.index, frame.pts_s)

    def _open_video(self, first_frame: Frame) -> VideoFile:
        self._audio = self._open_audio(first_frame) if self._has_audio else None
        if self._audio is not None:
            try:
                return self._open_file()
            except OSError as error:
                kind = self._codec.container
                logger.warning("no audio, %s does not take it: %s", kind, error.strerror)
                self._audio.close()
                self._audio = None
        return self._open_file()

    def _open_audio(self, first_frame: Frame) -> AudioCopy | None:
        path = self._job.source.path
        assert path is not None
        start_s = self._pts_s(first_frame) if first_frame.index else None
        try:
            return AudioCopy(path, start_s=start_s)
        except av.error.FFmpegError as error:
            logger.warning("no audio, %s: %s", path, error.strerror)
            return None

    def _open_file(self) -> VideoFile:
        return VideoFile(
            self._path,
            frame_size=self._job.frame_size,
            timing=self._timing,
            color=self._job.source.color,
            pixel_aspect=self._job.source.pixel_aspect,
            codec=self._codec,
            crf=self._crf,
            audio=self._audio,
        )

    def finish(self) -> None:
        """Complete the file.

        Raises:
            OSError: If the file cannot be written.
        """
        if self._video is not None:
            self._video.close(has_source_ended=self._reaches_end_of_source())
        self.abandon()

    def _reaches_end_of_source(self) -> bool:
        """Whether no frame is left that this stride would have come to."""
        path = self._job.source.path
        if not self._has_audio or path is None:
            return False
        try:
            step = self._index_step
            return count_frames_after(path, self._last_pts_s, at_most=step) < step
        except av.error.FFmpegError:
            return False

    def abandon(self) -> None:
        """Release what is open, whatever its state; safe to call twice."""
        if self._video is not None:
            self._video.abandon()
        if self._audio is not None:
            self._audio.close()
