"""MOTS PNG: one 16-bit picture per frame, whose values are object ids."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar, Final

import numpy as np

from blendmask_live.datatypes import CroppedMask, TrackedFrame
from blendmask_live.export.format import Format
from blendmask_live.export.mots_objects import (
    IDS_PER_CLASS,
    IGNORE_REGION,
    OFFICIAL_IDS,
    MotsId,
    MotsObjects,
    class_ids_of,
    is_mots_picture,
)
from blendmask_live.export.pictures import png_bytes
from blendmask_live.export.sequence import ExportJob

__all__ = ["MotsPngWriter"]

_LARGEST_CLASS: Final = 64
"""Of 16 bits: 64 * 1000 + 999 < 65536."""


class MotsPngWriter:
    """Writes `instances/000001.png`... and `instances/labels.txt`; pictures, where asked for,
    in `images`.

    A pixel is class * 1000 + instance, 0 for background. Line k of labels.txt names class k.
    With `all_classes` the classes that occur are numbered from 3 up, since 16 bits hold
    64 of them. For object ids, parts (`part2/instances`...) and overlaps see `MotsObjects`.
    """

    format: ClassVar = Format(
        name="mots-png",
        validator="blendmask_live.validation.mots_davis:check_mots_png",
        importer="blendmask_live.importing.mots:read_mots_png",
        signs=("instances/*.png",),
        picture_signs={"": is_mots_picture},
        has_tables_beside=True,
        options=frozenset({"frames", "all_classes"}),
        classes=tuple(OFFICIAL_IDS),
        ids_per_part=IDS_PER_CLASS,
    )

    def __init__(self, job: ExportJob) -> None:
        self._job = job
        self._objects = MotsObjects(job, "mots-png")
        self._frame_count = 0

    def add(self, number: int, tracked_frame: TrackedFrame) -> str:
        self._objects.add(number, tracked_frame)
        self._frame_count = number + 1
        stem = f"{number + 1:06d}"
        self._job.save_picture(self._job.picture_name(f"images/{stem}"), tracked_frame.frame)
        return f"instances/{stem}.png"

    def finish(self) -> None:
        class_ids = {
            class_id: mots_class
            for class_id, mots_class in class_ids_of(
                self._objects.used_classes(),
                self._job.labels,
                all_classes=self._job.options.all_classes,
            ).items()
            if mots_class <= _LARGEST_CLASS
        }
        names = self._objects.number_tracks(class_ids)
        part_count = max((name.part for name in names.values()), default=1)
        for part in range(1, part_count + 1):
            self._write_labels(part, class_ids)
        for number, masks in self._every_frame(names):
            pictures = np.zeros((part_count, *self._job.frame_size), dtype=np.uint16)
            for track_id, crop in masks:
                x0, y0, x1, y1 = crop.box
                pixels = pictures[names[track_id].part - 1, y0:y1, x0:x1]
                pixels[crop.mask] = names[track_id].object_id
            for part, picture in enumerate(pictures, start=1):
                path = self._job.folder.path / _folder(part) / f"{number + 1:06d}.png"
                path.write_bytes(png_bytes(picture))

    def _every_frame(
        self, names: Mapping[int, MotsId]
    ) -> Iterator[tuple[int, list[tuple[int, CroppedMask]]]]:
        next_number = 0
        for number, masks in self._objects.resolved_frames(names.keys()):
            yield from ((blank, []) for blank in range(next_number, number))
            yield number, masks
            next_number = number + 1
        yield from ((blank, []) for blank in range(next_number, self._frame_count))

    def _write_labels(self, part: int, class_ids: Mapping[int, int]) -> None:
        names = {number: name for name, number in OFFICIAL_IDS.items()}
        names |= {number: self._job.labels[i] for i, number in class_ids.items()}
        names[IGNORE_REGION] = "ignored"
        last = max(number for number in names if number != IGNORE_REGION)
        out = self._job.folder.open_text(f"{_folder(part)}/labels.txt")
        for number in range(1, last + 1):
            out.write(f"{names[number]}\n")


def _folder(part: int) -> str:
    return f"part{part}/instances" if part > 1 else "instances"
