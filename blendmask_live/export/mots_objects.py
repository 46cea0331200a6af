"""What MOTS text and MOTS PNG share: one class per track, object ids, no overlaps."""

from __future__ import annotations

import json
import logging
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Final, NamedTuple

import numpy as np
from PIL.Image import Image
from pycocotools import mask as coco_mask

from blendmask_live.datatypes import CroppedMask, TrackedFrame
from blendmask_live.export.json_text import to_json
from blendmask_live.export.sequence import ExportJob
from blendmask_live.export.track_classes import TrackClasses
from blendmask_live.masks.crops import resolve_overlaps
from blendmask_live.masks.rle_text import run_lengths

__all__ = [
    "IDS_PER_CLASS",
    "IGNORE_REGION",
    "OFFICIAL_IDS",
    "MotsId",
    "MotsObjects",
    "class_ids_of",
    "is_mots_picture",
    "mots_class_ids",
]

logger = logging.getLogger(__name__)

OFFICIAL_IDS: Final = {"car": 1, "person": 2}
IGNORE_REGION: Final = 10
IDS_PER_CLASS: Final = 999


class MotsId(NamedTuple):
    """What a track is called in the files."""

    part: int
    """Counted from 1; part 2 holds the objects that part 1 has no ids for."""
    object_id: int
    """class * 1000 + instance."""
    mots_class: int


def is_mots_picture(picture: Image | None) -> bool:
    """Whether a picture has class * 1000 + instance in 16 bits (KITTI: a folder for a sequence)."""
    # 65535 is white: a mask of one object.
    return (
        picture is not None
        and picture.mode.startswith("I")
        and 1000 <= int(np.asarray(picture).max()) < 65535
    )


def mots_class_ids(labels: Sequence[str], *, all_classes: bool) -> dict[int, int]:
    """Class id -> MOTS class: car 1, person 2, others from 3 up (10 is the ignore region)."""
    return class_ids_of(range(len(labels)), labels, all_classes=all_classes)


def class_ids_of(
    used: Collection[int], labels: Sequence[str], *, all_classes: bool
) -> dict[int, int]:
    """As `mots_class_ids`, for the `used` class ids only."""
    ids = {i: OFFICIAL_IDS[labels[i]] for i in used if labels[i] in OFFICIAL_IDS}
    if all_classes:
        free = (number for number in range(3, 2**31) if number != IGNORE_REGION)
        ids.update(zip((i for i in used if i not in ids), free, strict=False))
    return ids


class MotsObjects:
    """Masks of a sequence, kept as they are in a spool until all votes for classes are in.

    Contested pixels belong to the better-scored of the exported masks
    (`masks.resolve_overlaps`).
    """

    def __init__(self, job: ExportJob, format_name: str) -> None:
        self._job = job
        self._format_name = format_name
        self._classes = TrackClasses()
        self._spool = job.folder.open_spool()
        self._seen_track_ids: dict[int, None] = {}

    def add(self, number: int, tracked_frame: TrackedFrame) -> None:
        """Keep one frame's masks."""
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

    def used_classes(self) -> list[int]:
        """Class ids that tracks have, ascending."""
        return sorted({self._classes.class_of(track_id) for track_id in self._seen_track_ids})

    def number_tracks(self, class_ids: Mapping[int, int]) -> dict[int, MotsId]:
        """Track id -> its name, for tracks whose class is in `class_ids` (class id -> MOTS's).

        Instances count from 1 within a class; from the thousandth on they go to part 2 and so
        on, each a whole sequence of its own.
        """
        counts: dict[int, int] = {}
        names = {}
        left_out: set[int] = set()
        for track_id in self._seen_track_ids:
            class_id = self._classes.class_of(track_id)
            if class_id not in class_ids:
                left_out.add(class_id)
                continue
            mots_class = class_ids[class_id]
            earlier = counts.get(mots_class, 0)
            counts[mots_class] = earlier + 1
            part, instance = earlier // IDS_PER_CLASS + 1, earlier % IDS_PER_CLASS + 1
            names[track_id] = MotsId(part, mots_class * 1000 + instance, mots_class)
        self._say_what_differs(left_out, most_instances=max(counts.values(), default=0))
        return names

    def resolved_frames(
        self, track_ids: Collection[int]
    ) -> Iterator[tuple[int, list[tuple[int, CroppedMask]]]]:
        """Number of each frame with masks of these tracks, and (track id, its own pixels)."""
        self._spool.seek(0)
        records = map(json.loads, self._spool)
        for number, rows in groupby(records, key=itemgetter(0)):
            kept = [row for row in rows if row[1] in track_ids]
            scores = np.array([row[2] for row in kept], dtype=np.float32)
            crops = [_crop(*row[3:]) for row in kept]
            resolved = resolve_overlaps(crops, scores, self._job.frame_size)
            yield (
                number,
                [(row[1], crop) for row, crop in zip(kept, resolved, strict=True) if crop.area],
            )

    def _say_what_differs(self, left_out: set[int], *, most_instances: int) -> None:
        name = self._format_name
        if left_out:
            names = ", ".join(self._job.labels[class_id] for class_id in sorted(left_out))
            if self._job.options.all_classes:
                logger.warning(
                    "%s: pixels have no numbers for more classes; left out %s", name, names
                )
            else:
                logger.warning(
                    "%s: the format knows person and car; left out %s (--all-classes keeps them)",
                    name,
                    names,
                )
        if most_instances > IDS_PER_CLASS:
            logger.warning(
                "%s: %d objects of one class, ids end at %d; the rest is in %s and later parts",
                name,
                most_instances,
                IDS_PER_CLASS,
                self._job.folder.final / "part2",
            )


def _crop(x0: int, y0: int, size: list[int], counts: str) -> CroppedMask:
    runs = run_lengths(counts.encode("ascii"))
    mask = np.repeat(np.arange(len(runs)) % 2 == 1, runs).reshape(size, order="F")
    return CroppedMask(x0, y0, mask)
