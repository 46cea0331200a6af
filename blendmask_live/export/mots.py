"""MOTS text files in the layout of MOTSChallenge."""

from __future__ import annotations

import json
import logging
from collections.abc import Container, Iterator, Sequence
from fractions import Fraction
from itertools import groupby
from operator import itemgetter
from typing import Final, TextIO

import numpy as np
from pycocotools import mask as coco_mask

from blendmask_live.datatypes import CroppedMask, TrackedFrame
from blendmask_live.export.json_text import to_json
from blendmask_live.export.rle_text import run_lengths
from blendmask_live.export.sequence import ExportJob
from blendmask_live.export.track_classes import TrackClasses
from blendmask_live.masks import encode_rles, resolve_overlaps

__all__ = ["MotsWriter", "mots_class_ids"]

logger = logging.getLogger(__name__)

_OFFICIAL_IDS: Final = {"car": 1, "person": 2}
_IGNORE_REGION: Final = 10
_IDS_PER_CLASS: Final = 999


def mots_class_ids(labels: Sequence[str], *, all_classes: bool) -> dict[int, int]:
    """Class id -> MOTS class: car 1, person 2, others from 3 up (10 is the ignore region)."""
    ids = {i: _OFFICIAL_IDS[name] for i, name in enumerate(labels) if name in _OFFICIAL_IDS}
    if all_classes:
        free = (number for number in range(3, 2**31) if number != _IGNORE_REGION)
        others = (class_id for class_id in range(len(labels)) if class_id not in ids)
        ids.update(zip(others, free, strict=False))
    return ids


class MotsWriter:
    """Writes `gt/gt.txt`, `results.txt` (the same lines), `seqinfo.ini`, `seqmap.txt` and
    `classes.csv`.

    Frames count from 1. Contested pixels belong to the better-scored of the exported masks
    (`masks.resolve_overlaps`). A track has one class, the one with the largest summed score, so
    masks wait in a spool, as they are, until all votes are in. Object ids are class * 1000 +
    instance, where instances count from 1 within a class; from the thousandth on they go to
    `part2` and so on, each a whole sequence of its own.
    """

    def __init__(self, job: ExportJob) -> None:
        self._job = job
        self._class_ids = mots_class_ids(job.labels, all_classes=job.options.mots_all_classes)
        self._classes = TrackClasses()
        self._spool = job.folder.open_spool()
        self._seen_track_ids: dict[int, None] = {}
        self._frame_count = 0
        self._first_pts_s: Fraction | None = None
        self._last_pts_s: Fraction | None = None

    def add(self, number: int, tracked_frame: TrackedFrame) -> str:
        self._classes.add(tracked_frame)
        ids = tracked_frame.track_ids.tolist()
        self._seen_track_ids.update(dict.fromkeys(ids))
        instances = tracked_frame.instances
        for track_id, score, crop in zip(
            ids, instances.scores.tolist(), instances.cropped_masks(), strict=True
        ):
            rle = coco_mask.encode(np.asfortranarray(crop.mask).view(np.uint8))
            place = [crop.x0, crop.y0, rle["size"], rle["counts"].decode("ascii")]
            self._spool.write(to_json([number, track_id, score, *place]).encode("ascii") + b"\n")
        self._frame_count = number + 1
        self._last_pts_s = tracked_frame.frame.pts_s
        if number == 0:
            self._first_pts_s = self._last_pts_s
        return f"{number + 1:06d}.jpg"

    def finish(self) -> None:
        object_ids = self._number_objects()
        part_count = max((part for part, _, _ in object_ids.values()), default=1)
        folders = [f"part{part}/" if part > 1 else "" for part in range(1, part_count + 1)]
        truths = [self._job.folder.open_text(f"{folder}gt/gt.txt") for folder in folders]
        results = [self._job.folder.open_text(f"{folder}results.txt") for folder in folders]
        for time, track_id, size_and_counts in self._resolved_masks(object_ids):
            part, object_id, mots_class = object_ids[track_id]
            for out in (truths[part - 1], results[part - 1]):
                out.write(f"{time} {object_id} {mots_class} {size_and_counts}\n")
        for folder in folders:
            self._write_sequence_info(self._job.folder.open_text(f"{folder}seqinfo.ini"))
        self._write_seqmap(folders)
        self._write_classes()

    def _resolved_masks(self, track_ids: Container[int]) -> Iterator[tuple[int, int, str]]:
        """Time, track id and "height width counts" of each mask's own pixels, frame by frame."""
        height, width = self._job.frame_size
        self._spool.seek(0)
        records = map(json.loads, self._spool)
        for number, rows in groupby(records, key=itemgetter(0)):
            kept = [row for row in rows if row[1] in track_ids]
            scores = np.array([row[2] for row in kept], dtype=np.float32)
            crops = resolve_overlaps([_crop(*row[3:]) for row in kept], scores, (height, width))
            rles = encode_rles(crops, (height, width))
            for row, crop, rle in zip(kept, crops, rles, strict=True):
                if crop.area:
                    yield number + 1, row[1], f"{height} {width} {rle['counts'].decode()}"

    def _number_objects(self) -> dict[int, tuple[int, int, int]]:
        """Track id -> (part, object id, MOTS class), for the exported tracks."""
        counts: dict[int, int] = {}
        object_ids = {}
        left_out: set[int] = set()
        for track_id in self._seen_track_ids:
            class_id = self._classes.class_of(track_id)
            if class_id not in self._class_ids:
                left_out.add(class_id)
                continue
            mots_class = self._class_ids[class_id]
            earlier = counts.get(mots_class, 0)
            counts[mots_class] = earlier + 1
            part, instance = earlier // _IDS_PER_CLASS + 1, earlier % _IDS_PER_CLASS + 1
            object_ids[track_id] = (part, mots_class * 1000 + instance, mots_class)
        self._say_what_differs(left_out, most_instances=max(counts.values(), default=0))
        return object_ids

    def _say_what_differs(self, left_out: set[int], *, most_instances: int) -> None:
        if left_out:
            names = ", ".join(self._job.labels[class_id] for class_id in sorted(left_out))
            logger.warning(
                "mots: the format knows person and car; left out %s (--all-classes keeps them)",
                names,
            )
        if self._job.options.mots_all_classes:
            logger.warning("mots: classes beyond the format's own are numbered in classes.csv")
        if most_instances > _IDS_PER_CLASS:
            logger.warning(
                "mots: %d objects of one class, ids end at %d; the rest is in %s and later parts",
                most_instances,
                _IDS_PER_CLASS,
                self._job.folder.final / "part2",
            )

    def _write_sequence_info(self, out: TextIO) -> None:
        height, width = self._job.frame_size
        # Readers expect a whole frame rate; the exact times are in frames.csv.
        frame_rate = max(1, round(self._frames_per_s()))
        out.write(
            f"[Sequence]\nname={self._job.source.name}\nimDir=img1\nframeRate={frame_rate}\n"
            f"seqLength={self._frame_count}\nimWidth={width}\nimHeight={height}\nimExt=.jpg\n"
        )

    def _frames_per_s(self) -> Fraction:
        if self._first_pts_s is not None and self._last_pts_s is not None:
            duration_s = self._last_pts_s - self._first_pts_s
            if duration_s > 0:
                return Fraction(self._frame_count - 1) / duration_s
        return self._job.source.average_fps or Fraction(25)

    def _write_seqmap(self, folders: Sequence[str]) -> None:
        """Sequence folders seen from the folder above, as the MOTS readers join them."""
        out = self._job.folder.open_text("seqmap.txt")
        out.write("name\n")
        for folder in folders:
            out.write(f"{self._job.folder.final.name}/{folder}".rstrip("/") + "\n")

    def _write_classes(self) -> None:
        out = self._job.folder.open_text("classes.csv")
        out.write("class_id,name\n")
        for class_id, mots_class in sorted(self._class_ids.items(), key=lambda item: item[1]):
            name = self._job.labels[class_id].replace('"', '""')
            out.write(f'{mots_class},"{name}"\n')


def _crop(x0: int, y0: int, size: list[int], counts: str) -> CroppedMask:
    runs = run_lengths(counts.encode("ascii"))
    mask = np.repeat(np.arange(len(runs)) % 2 == 1, runs).reshape(size, order="F")
    return CroppedMask(x0, y0, mask)
