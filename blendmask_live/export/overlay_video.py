"""The overlay video: the source with its masks drawn."""

from __future__ import annotations

from typing import ClassVar

from blendmask_live.datatypes import TrackedFrame
from blendmask_live.drawing.overlay import OverlayStyle, TrackTrails, draw_overlay
from blendmask_live.export.background import Background
from blendmask_live.export.format import Format
from blendmask_live.export.sequence import ExportJob
from blendmask_live.export.source_video import SourceVideo

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
        job.folder.handles.callback(self._video.abandon)

    def add(self, number: int, tracked_frame: TrackedFrame) -> str:
        image, tracked = tracked_frame.frame.image, tracked_frame.tracked
        if self._trails:
            self._trails.update(tracked)
        if self._background:
            image = self._background.behind(image, tracked.instances.cropped_masks())
        points = self._trails.points if self._trails else None
        picture = draw_overlay(image, tracked, self._style, trails=points)
        self._video.write(number, picture, tracked_frame.frame)
        return ""

    def finish(self) -> None:
        self._video.finish()
