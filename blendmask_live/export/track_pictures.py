"""Pictures of chosen tracks as videos or PNG files: one for all, or one for each track."""

from __future__ import annotations

import csv
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from blendmask_live.datatypes import CroppedMask, Frame, TrackedFrame
from blendmask_live.export.pictures import png_bytes
from blendmask_live.export.sequence import ExportJob, pts_text

__all__ = ["PictureFile", "PngFolder", "TrackPictures"]

logger = logging.getLogger(__name__)
_CLOSE_AFTER_FRAMES: Final = 50
"""A track unseen for longer continues in a file of its own, so that memory has a limit."""

Draw = Callable[[NDArray[np.uint8], Sequence[CroppedMask]], NDArray[np.uint8]]
"""The frame's image and masks -> the picture to write."""


class PictureFile(Protocol):
    """A video, or a folder of pictures; `SourceVideo` is one."""

    @property
    def path(self) -> Path: ...

    def write(self, number: int, picture: NDArray[np.uint8], frame: Frame) -> None:
        """Add one picture."""
        ...

    def finish(self) -> None:
        """Complete it."""
        ...

    def abandon(self) -> None:
        """Release it whatever its state; after `finish` nothing happens."""
        ...


class PngFolder:
    """Numbered PNG files."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.mkdir(parents=True, exist_ok=True)

    def write(self, number: int, picture: NDArray[np.uint8], frame: Frame) -> None:
        (self.path / f"{number:05d}.png").write_bytes(png_bytes(picture))

    def finish(self) -> None:
        """Every picture is already written."""

    def abandon(self) -> None:
        """Nothing is open."""


@dataclass(slots=True)
class _OpenTrack:
    file: PictureFile
    track_id: int
    class_name: str
    first_number: int
    first_pts_s: str
    frames: int = 0
    unseen_frames: int = field(default=0)


class TrackPictures:
    """Writes what `draw` makes of the chosen tracks' masks.

    One file holds a picture for every frame. Files per track begin with the track's first frame
    and hold every frame up to some after its last; `tracks.csv` says where each begins.
    """

    def __init__(
        self, job: ExportJob, stem: str, open_file: Callable[[str], PictureFile], draw: Draw
    ) -> None:
        """Prepare.

        Args:
            job: Its options choose the tracks, and whether each gets a file.
            stem: Name of the one file.
            open_file: Opens a file of this stem.
            draw: Makes the pictures.
        """
        self._stem = stem
        self._chosen = frozenset(job.options.tracks)
        self._missing = set(self._chosen)
        self._open_file, self._draw = open_file, draw
        self._open: dict[int, _OpenTrack] = {}
        self._file_counts: dict[int, int] = {}
        self._folder = job.folder.path
        self._whole = None if job.options.one_file_per_track else open_file(stem)
        job.folder.handles.callback(self._abandon)
        if self._whole is None:
            self._rows = csv.writer(job.folder.open_text("tracks.csv"), lineterminator="\n")
            self._rows.writerow(
                ["file", "track_id", "class", "first_index", "first_pts_s", "frames"]
            )

    def add(self, number: int, tracked_frame: TrackedFrame) -> None:
        """Write one frame."""
        frame, instances = tracked_frame.frame, tracked_frame.instances
        rows = {
            track_id: row
            for row, track_id in enumerate(tracked_frame.track_ids.tolist())
            if not self._chosen or track_id in self._chosen
        }
        self._missing -= rows.keys()
        crops = instances.cropped_masks()
        if self._whole is not None:
            picture = self._draw(frame.image, [crops[row] for row in rows.values()])
            self._whole.write(number, picture, frame)
            return
        for track_id, row in rows.items():
            if track_id not in self._open:
                self._begin(track_id, instances.class_names[row], number, frame)
        for track_id, track in list(self._open.items()):
            own = [crops[rows[track_id]]] if track_id in rows else []
            track.file.write(number, self._draw(frame.image, own), frame)
            track.frames += 1
            track.unseen_frames = 0 if own else track.unseen_frames + 1
            if track.unseen_frames >= _CLOSE_AFTER_FRAMES:
                self._end(track_id)

    def _begin(self, track_id: int, class_name: str, number: int, frame: Frame) -> None:
        count = self._file_counts[track_id] = self._file_counts.get(track_id, 0) + 1
        stem = f"track_{track_id:05d}" + (f"-{count}" if count > 1 else "")
        file = self._open_file(stem)
        self._open[track_id] = _OpenTrack(file, track_id, class_name, number, pts_text(frame.pts_s))

    def _end(self, track_id: int) -> None:
        track = self._open.pop(track_id)
        track.file.finish()
        name = track.file.path.relative_to(self._folder).as_posix()
        self._rows.writerow(
            [name, track_id, track.class_name, track.first_number, track.first_pts_s, track.frames]
        )

    def finish(self) -> None:
        """Complete all files."""
        if self._missing:
            ids = ", ".join(map(str, sorted(self._missing)))
            logger.warning("%s: no frame shows track %s", self._stem, ids)
        if self._whole is not None:
            self._whole.finish()
        for track_id in list(self._open):
            self._end(track_id)

    def _abandon(self) -> None:
        for file in (self._whole, *(track.file for track in self._open.values())):
            if file is not None:
                file.abandon()
