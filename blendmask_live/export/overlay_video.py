"""The overlay video: the source with its masks drawn."""

from __future__ import annotations

from typing import ClassVar

from blendmask_live.datatypes import TrackedFrame
from blendmask_live.drawing.overlay import OverlayStyle, TrackTrails, draw_overlay_on
from blendmask_live.drawing.yuv420_canvas import Yuv420Canvas
from blendmask_live.export.background import Background
from blendmask_live.export.format import Format
from blendmask_live.export.sequence import ExportJob
from blendmask_live.export.source_video import SourceVideo
from blendmask_live.export.video_file import ColorPlanes
from blendmask_live.export.yuv420 import Yuv420

__all__ = ["OverlayWriter"]


class OverlayWriter:
    """Writes `overlay.mp4` (see `SourceVideo`); with a background, only the objects remain."""

    format: ClassVar = Format(
        name="overlay",
        validator="blendmask_live.validation.videos:check_overlay",
        signs=("overlay.*",),
        suffixes=(".mp4",),
        options=frozenset({"opacity", "trail_frames", "video_crf", "background"}),
        draws_pixels=True,
    )

    def __init__(self, job: ExportJob) -> None:
        self._style = OverlayStyle(opacity=job.options.opacity)
        trail_frames = job.options.trail_frames
        self._trails = TrackTrails(trail_frames) if trail_frames else None
        self._background = Background(job.options.background) if job.options.background else None
        self._video = SourceVideo(job, "overlay")
        self._colors = ColorPlanes(job.source.color, job.frame_size)
        job.folder.handles.callback(self._video.abandon)

    def add(self, number: int, tracked_frame: TrackedFrame) -> str:
        frame, tracked = tracked_frame.frame, tracked_frame.tracked
        if self._trails:
            self._trails.update(tracked)
        if self._background:
            crops = tracked.instances.cropped_masks()
            planes = self._colors.planes(self._background.behind(frame.image, crops))
        else:
            planes = self._colors.planes_of(frame)
        canvas = Yuv420Canvas(planes, self._colors.matrix, size=frame.size)
        points = self._trails.points if self._trails else None
        draw_overlay_on(canvas, tracked, self._style, trails=points)
        self._video.write(number, Yuv420(planes), frame)
        return ""

    def finish(self) -> None:
        self._video.finish()
