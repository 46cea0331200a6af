"""DAVIS palette PNGs: one indexed picture per frame, the index is the object."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import ClassVar, Final

import numpy as np

from blendmask_live.datatypes import TrackedFrame
from blendmask_live.export.format import Format
from blendmask_live.export.mots_objects import is_mots_picture
from blendmask_live.export.pictures import png_bytes
from blendmask_live.export.sequence import ExportJob
from blendmask_live.masks.crops import resolve_overlaps

__all__ = ["IDS_PER_PART", "DavisWriter", "davis_palette"]

logger = logging.getLogger(__name__)

IDS_PER_PART: Final = 253
"""Indices 1 to 253: 0 is background, 254 and 255 are read as void."""


class DavisWriter:
    """Writes `00000.png`, `00001.png`... in palette mode.

    The index of a pixel is its track id: 1 to 253 in this folder, 254 to 506 (less 253) in
    `part2`, and so on; every part has a picture for every frame. Contested pixels belong to the
    better-scored mask (`masks.resolve_overlaps`). Pictures, where asked for, are in `JPEGImages`.
    """

    format: ClassVar = Format(
        name="davis",
        validator="blendmask_live.validation.mots_davis:check_davis",
        importer="blendmask_live.importing.davis:read_davis",
        picture_signs={"": lambda picture: not is_mots_picture(picture)},
        has_tables_beside=True,
        options=frozenset({"frames"}),
        ids_per_part=IDS_PER_PART,
    )

    def __init__(self, job: ExportJob) -> None:
        self._job = job
        self._folder = job.folder
        self._frame_size = job.frame_size
        self._palette = davis_palette()
        self._parts: set[int] = {1}

    def add(self, number: int, tracked_frame: TrackedFrame) -> str:
        indices = {part: np.zeros(self._frame_size, dtype=np.uint8) for part in self._parts}
        instances = tracked_frame.instances
        crops = resolve_overlaps(instances.cropped_masks(), instances.scores, self._frame_size)
        for crop, track_id in zip(crops, tracked_frame.track_ids.tolist(), strict=True):
            part, index = (track_id - 1) // IDS_PER_PART + 1, (track_id - 1) % IDS_PER_PART + 1
            if part not in indices:
                self._start_part(part, frames_before=number)
                indices[part] = np.zeros(self._frame_size, dtype=np.uint8)
            x0, y0, x1, y1 = crop.box
            indices[part][y0:y1, x0:x1][crop.mask] = index
        for part, pixels in indices.items():
            self._path(part, number).write_bytes(png_bytes(pixels, palette=self._palette))
        picture_name = self._job.picture_name(f"JPEGImages/{number:05d}")
        self._job.save_picture(picture_name, tracked_frame.frame)
        return f"{number:05d}.png"

    def _start_part(self, part: int, *, frames_before: int) -> None:
        first = (part - 1) * IDS_PER_PART + 1
        logger.warning(
            "davis: a palette holds %d objects; tracks %d to %d are in %s",
            IDS_PER_PART,
            first,
            first + IDS_PER_PART - 1,
            self._folder.final / f"part{part}",
        )
        self._parts.add(part)
        self._path(part, 0).parent.mkdir()
        blank = png_bytes(np.zeros(self._frame_size, dtype=np.uint8), palette=self._palette)
        for number in range(frames_before):
            self._path(part, number).write_bytes(blank)

    def _path(self, part: int, number: int) -> Path:
        folder = self._folder.path if part == 1 else self._folder.path / f"part{part}"
        return folder / f"{number:05d}.png"

    def finish(self) -> None:
        """Nothing waits: every picture is already written."""


def davis_palette() -> bytes:
    """The palette of PASCAL VOC and DAVIS: bits of the index spread over R, G and B."""
    palette = np.zeros((256, 3), dtype=np.uint8)
    indices = np.arange(256)
    for place in range(8):
        for channel in range(3):
            palette[:, channel] |= (((indices >> channel) & 1) << (7 - place)).astype(np.uint8)
        indices = indices >> 3
    return palette.tobytes()
