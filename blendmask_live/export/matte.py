"""Matte: white where the objects are, black elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Final

import numpy as np
from numpy.typing import NDArray

from blendmask_live.datatypes import CroppedMask, TrackedFrame
from blendmask_live.export.format import Format
from blendmask_live.export.options import TRACK_OPTIONS, ExportOptions
from blendmask_live.export.sequence import ExportJob
from blendmask_live.export.source_video import SourceVideo
from blendmask_live.export.track_pictures import PictureFile, PngFolder, TrackPictures

__all__ = ["MatteWriter", "matte_of"]

_LARGEST_CRF: Final = 8
"""Half of white is then far from every pixel's value, so that a threshold gives the mask back."""


def _idle_options(options: ExportOptions) -> frozenset[str]:
    return frozenset() if options.matte == "h264" else frozenset({"video_crf"})


class MatteWriter:
    """Writes `matte.mp4` (no sound) or `matte/00000.png`...; see `TrackPictures` for a file per
    track.
    """

    format: ClassVar = Format(
        name="matte",
        validator="blendmask_live.validation.videos:check_matte",
        signs=("matte.*", "matte/*.png", "track_*.mp4"),
        picture_signs={"track_*": lambda p: p is not None and p.mode == "L"},
        suffixes=(".mp4",),
        options=TRACK_OPTIONS | {"matte", "video_crf"},
        idle_options=_idle_options,
    )

    def __init__(self, job: ExportJob) -> None:
        self._job = job
        self._files = TrackPictures(job, "matte", self._open_file, matte_of)

    def _open_file(self, stem: str) -> PictureFile:
        if self._job.options.matte == "png":
            return PngFolder(self._job.folder.path / stem)
        crf = min(self._job.options.video_crf, _LARGEST_CRF)
        return SourceVideo(self._job, stem, crf=crf, has_audio=False)

    def add(self, number: int, tracked_frame: TrackedFrame) -> str:
        self._files.add(number, tracked_frame)
        options = self._job.options
        is_one_folder = options.matte == "png" and not options.one_file_per_track
        return f"matte/{number:05d}.png" if is_one_folder else ""

    def finish(self) -> None:
        self._files.finish()


def matte_of(image: NDArray[np.uint8], crops: Sequence[CroppedMask]) -> NDArray[np.uint8]:
    """(H, W): 255 inside the masks, else 0."""
    matte = np.zeros(image.shape[:2], dtype=np.uint8)
    for crop in crops:
        x0, y0, x1, y1 = crop.box
        matte[y0:y1, x0:x1][crop.mask] = 255
    return matte
