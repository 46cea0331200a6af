"""Cutout: the objects alone, over transparency or another background."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from blendmask_live.datatypes import CroppedMask, TrackedFrame
from blendmask_live.export.background import Background
from blendmask_live.export.format import Format
from blendmask_live.export.matte import matte_of
from blendmask_live.export.options import TRACK_OPTIONS, ExportOptions
from blendmask_live.export.sequence import ExportJob
from blendmask_live.export.source_video import SourceVideo
from blendmask_live.export.track_pictures import PictureFile, PngFolder, TrackPictures
from blendmask_live.export.video_file import H264, PRORES_ALPHA, VP9_ALPHA

__all__ = ["CutoutWriter"]

_CODECS: Final = {"prores": PRORES_ALPHA, "vp9": VP9_ALPHA}
_FRINGE_PX: Final = 8
"""Colour kept around a mask, invisible, so that lossy coding does not darken its edge."""


def _idle_options(options: ExportOptions) -> frozenset[str]:
    if options.background:
        # Nothing is transparent.
        return frozenset({"cutout"})
    return frozenset() if options.cutout == "vp9" else frozenset({"video_crf"})


class CutoutWriter:
    """Writes `cutout.mov`, `cutout.webm` or `cutout/00000.png`... with alpha (not premultiplied);
    with a background `cutout.mp4`.

    See `SourceVideo` for times and sound, `TrackPictures` for a file per track (these have no
    sound).
    """

    format: ClassVar = Format(
        name="cutout",
        validator="blendmask_live.validation.videos:check_cutout",
        signs=("cutout.*", "cutout/*.png", "track_*.mov", "track_*.webm"),
        weak_signs=("track_*.mp4",),
        picture_signs={"track_*": lambda p: p is not None and p.mode == "RGBA"},
        suffixes=(".mov", ".webm", ".mp4"),
        options=TRACK_OPTIONS | {"cutout", "video_crf", "background"},
        idle_options=_idle_options,
        draws_pixels=True,
    )

    def __init__(self, job: ExportJob) -> None:
        self._job = job
        wanted = job.options.background
        self._background = Background(wanted) if wanted else None
        self._files = TrackPictures(job, "cutout", self._open_file, self._draw)

    def _open_file(self, stem: str) -> PictureFile:
        kind = self._job.options.cutout
        if self._background is None and kind == "png":
            return PngFolder(self._job.folder.path / stem)
        codec = H264 if self._background else _CODECS[kind]
        has_audio = not self._job.options.one_file_per_track
        return SourceVideo(self._job, stem, codec=codec, has_audio=has_audio)

    def _draw(self, image: NDArray[np.uint8], crops: Sequence[CroppedMask]) -> NDArray[np.uint8]:
        return self._background.behind(image, crops) if self._background else _cut(image, crops)

    def add(self, number: int, tracked_frame: TrackedFrame) -> str:
        self._files.add(number, tracked_frame)
        is_png = self._job.options.cutout == "png" and self._background is None
        is_one = not self._job.options.one_file_per_track
        return f"cutout/{number:05d}.png" if is_png and is_one else ""

    def finish(self) -> None:
        self._files.finish()


def _cut(image: NDArray[np.uint8], crops: Sequence[CroppedMask]) -> NDArray[np.uint8]:
    """(H, W, 4): alpha 255 inside the masks; far from them all is 0."""
    alpha = matte_of(image, crops)
    side = 2 * _FRINGE_PX + 1
    near = cv2.dilate(alpha, np.ones((side, side), dtype=np.uint8))
    cut = np.zeros((*alpha.shape, 4), dtype=np.uint8)
    cv2.copyTo(cv2.cvtColor(image, cv2.COLOR_RGB2RGBA), near, cut)
    cut[..., 3] = alpha
    return cut
