"""The overlay video: the source with its masks drawn, in its own time, sound and colours."""

from __future__ import annotations

import logging
from fractions import Fraction

import av.error

from blendmask_live.datatypes import Frame, TrackedFrame
from blendmask_live.export.audio_copy import AudioCopy, count_frames_after
from blendmask_live.export.h264 import H264File, VideoTiming
from blendmask_live.export.sequence import ExportJob
from blendmask_live.overlay import OverlayStyle, TrackTrails, draw_overlay

__all__ = ["OverlayWriter"]

logger = logging.getLogger(__name__)


class OverlayWriter:
    """Writes `overlay.mp4` (see `H264File`): faststart, exact frame times, audio copied.

    A frame without a time is shown at its source index / average fps. Frame pictures are in
    display orientation already, so the file carries no rotation. Audio is limited to the time
    of the exported frames, or reaches to the source's own beginning and end where the export
    does.
    """

    def __init__(self, job: ExportJob) -> None:
        self._job = job
        self._style = OverlayStyle(opacity=job.options.opacity)
        trail_frames = job.options.trail_frames
        self._trails = TrackTrails(trail_frames) if trail_frames else None
        source = job.source
        self._timing = VideoTiming.of_source(time_base=source.time_base, fps=source.average_fps)
        self._video: H264File | None = None
        self._last_index = -1
        self._last_pts_s = Fraction(0)
        self._index_step = 1

    def add(self, number: int, tracked_frame: TrackedFrame) -> str:
        frame = tracked_frame.frame
        self._index_step = max(frame.index - self._last_index, 1) if number else 1
        self._last_index, self._last_pts_s = frame.index, self._pts_s(frame)
        if self._video is None:
            self._video = self._open_video(frame)
        if self._trails:
            self._trails.update(tracked_frame.tracked)
        picture = draw_overlay(
            frame.image,
            tracked_frame.tracked,
            self._style,
            trails=self._trails.points if self._trails else None,
        )
        self._video.write(picture, self._last_pts_s)
        return ""

    def _pts_s(self, frame: Frame) -> Fraction:
        return frame.index / self._timing.fps if frame.pts_s is None else frame.pts_s

    def _open_video(self, first_frame: Frame) -> H264File:
        audio = self._open_audio(first_frame)
        if audio is not None:
            try:
                return self._open_file(audio)
            except OSError as error:
                logger.warning("overlay: no audio, mp4 does not take it: %s", error.strerror)
        return self._open_file(None)

    def _open_audio(self, first_frame: Frame) -> AudioCopy | None:
        source = self._job.source
        if not source.has_audio or source.path is None:
            return None
        start_s = self._pts_s(first_frame) if first_frame.index else None
        try:
            audio = AudioCopy(source.path, start_s=start_s)
        except av.error.FFmpegError as error:
            logger.warning("overlay: no audio, %s: %s", source.path, error.strerror)
            return None
        self._job.folder.handles.callback(audio.close)
        return audio

    def _open_file(self, audio: AudioCopy | None) -> H264File:
        video = H264File(
            self._job.folder.path / "overlay.mp4",
            frame_size=self._job.frame_size,
            timing=self._timing,
            color=self._job.source.color,
            crf=self._job.options.video_crf,
            audio=audio,
        )
        self._job.folder.handles.callback(video.abandon)
        return video

    def finish(self) -> None:
        assert self._video is not None, "a writer is made for the first frame"
        self._video.close(has_source_ended=self._reaches_end_of_source())

    def _reaches_end_of_source(self) -> bool:
        """Whether no frame is left that this stride would have come to."""
        source = self._job.source
        if not source.has_audio or source.path is None:
            return False
        try:
            step = self._index_step
            return count_frames_after(source.path, self._last_pts_s, at_most=step) < step
        except av.error.FFmpegError:
            return False
