"""MOTS text files in the layout of MOTSChallenge."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import ClassVar, TextIO

from blendmask_live.datatypes import TrackedFrame
from blendmask_live.export.format import Format
from blendmask_live.export.mots_objects import (
    IDS_PER_CLASS,
    OFFICIAL_IDS,
    MotsId,
    MotsObjects,
    mots_class_ids,
)
from blendmask_live.export.sequence import ExportJob
from blendmask_live.masks.run_lengths import encode_rles

__all__ = ["MotsWriter", "mots_class_ids"]

logger = logging.getLogger(__name__)


class MotsWriter:
    """Writes `gt/gt.txt`, `results.txt` (the same lines), `seqinfo.ini`, `seqmap.txt` and
    `classes.csv`; pictures, where asked for, in `img1`.

    Frames count from 1. For object ids, parts and overlaps see `MotsObjects`.
    """

    format: ClassVar = Format(
        name="mots",
        validator="blendmask_live.validation.mots_davis:check_mots",
        importer="blendmask_live.importing.mots:read_mots",
        signs=("gt/gt.txt", "gt.txt", "results.txt"),
        suffixes=(".txt",),
        options=frozenset({"frames", "all_classes"}),
        classes=tuple(OFFICIAL_IDS),
        ids_per_part=IDS_PER_CLASS,
    )

    def __init__(self, job: ExportJob) -> None:
        self._job = job
        self._objects = MotsObjects(job, "mots")
        self._frame_count = 0
        self._first_pts_s: Fraction | None = None
        self._last_pts_s: Fraction | None = None

    def add(self, number: int, tracked_frame: TrackedFrame) -> str:
        self._objects.add(number, tracked_frame)
        self._frame_count = number + 1
        self._last_pts_s = tracked_frame.frame.pts_s
        if number == 0:
            self._first_pts_s = self._last_pts_s
        name = self._job.picture_name(f"{number + 1:06d}")
        self._job.save_picture(f"img1/{name}", tracked_frame.frame)
        return name

    def finish(self) -> None:
        all_classes = self._job.options.all_classes
        class_ids = mots_class_ids(self._job.labels, all_classes=all_classes)
        if all_classes:
            logger.warning("mots: classes beyond the format's own are numbered in classes.csv")
        names = self._objects.number_tracks(class_ids)
        part_count = max((name.part for name in names.values()), default=1)
        folders = [f"part{part}/" if part > 1 else "" for part in range(1, part_count + 1)]
        self._write_masks(names, folders)
        for folder in folders:
            self._write_sequence_info(self._job.folder.open_text(f"{folder}seqinfo.ini"))
        self._write_seqmap(folders)
        self._write_classes(class_ids)

    def _write_masks(self, names: Mapping[int, MotsId], folders: Sequence[str]) -> None:
        height, width = self._job.frame_size
        truths = [self._job.folder.open_text(f"{folder}gt/gt.txt") for folder in folders]
        results = [self._job.folder.open_text(f"{folder}results.txt") for folder in folders]
        for number, masks in self._objects.resolved_frames(names.keys()):
            rles = encode_rles([crop for _, crop in masks], (height, width))
            for (track_id, _), rle in zip(masks, rles, strict=True):
                part, object_id, mots_class = names[track_id]
                counts = rle["counts"].decode("ascii")
                for out in (truths[part - 1], results[part - 1]):
                    out.write(f"{number + 1} {object_id} {mots_class} {height} {width} {counts}\n")

    def _write_sequence_info(self, out: TextIO) -> None:
        height, width = self._job.frame_size
        # Readers expect a whole frame rate; the exact times are in frames.csv.
        frame_rate = max(1, round(self._frames_per_s()))
        out.write(
            f"[Sequence]\nname={self._job.source.name}\nimDir=img1\nframeRate={frame_rate}\n"
            f"seqLength={self._frame_count}\nimWidth={width}\nimHeight={height}\n"
            f"imExt={self._job.picture_name('')}\n"
        )

    def _frames_per_s(self) -> Fraction:
        if self._first_pts_s is not None and self._last_pts_s is not None:
            duration_s = self._last_pts_s - self._first_pts_s
            if duration_s > 0:
                return Fraction(self._frame_count - 1) / duration_s
        return self._job.source.fps

    def _write_seqmap(self, folders: Sequence[str]) -> None:
        """Sequence folders seen from the folder above, as the MOTS readers join them."""
        out = self._job.folder.open_text("seqmap.txt")
        out.write("name\n")
        for folder in folders:
            out.write(f"{self._job.folder.final.name}/{folder}".rstrip("/") + "\n")

    def _write_classes(self, class_ids: Mapping[int, int]) -> None:
        out = self._job.folder.open_text("classes.csv")
        out.write("class_id,name\n")
        for class_id, mots_class in sorted(class_ids.items(), key=lambda item: item[1]):
            name = self._job.labels[class_id].replace('"', '""')
            out.write(f'{mots_class},"{name}"\n')
