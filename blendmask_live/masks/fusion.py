"""Panoptic fusion: every pixel of a picture belongs to one object, one kind of stuff, or nothing.

Kirillov et al., "Panoptic Segmentation", CVPR 2019.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from blendmask_live.masks.crops import CroppedMask

__all__ = ["Panorama", "Segment", "fuse"]


@dataclass(frozen=True, slots=True)
class Segment:
    """One area of a panoptic picture.

    Attributes:
        id: Value of its pixels, from 1.
        is_thing: A countable object; else stuff.
        class_id: Position in the detector's labels, or the semantic head's class, from 1.
        area_px: Its pixels.
        row: Which instance it is; None for stuff.
    """

    id: int
    is_thing: bool
    class_id: int
    area_px: int
    row: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Panorama:
    """Every pixel of a picture.

    Attributes:
        ids: (H, W) int32, segment ids, 0 where nothing is known.
        segments: In the order of their ids.
    """

    ids: NDArray[np.int32]
    segments: tuple[Segment, ...]


def fuse(
    crops: Sequence[CroppedMask],
    scores: Sequence[float] | NDArray[np.floating[Any]],
    class_ids: Sequence[int] | NDArray[np.integer[Any]],
    semantic: NDArray[np.uint8] | None,
    *,
    frame_size: tuple[int, int],
    smallest_score: float = 0.45,
    largest_overlap: float = 0.4,
    smallest_stuff_px: int = 4096,
) -> Panorama:
    """Instances first, best first, then stuff where nothing is yet.

    The defaults are those of the published figures.

    Args:
        crops: One mask per instance, inside the frame.
        scores: One per instance, 0 to 1.
        class_ids: One per instance.
        semantic: (H, W) class of every pixel, 0 for all countable objects; None if unknown.
        frame_size: (H, W) px.
        smallest_score: Instances below are left out.
        largest_overlap: An instance that has more than this share of its pixels on others is
            left out.
        smallest_stuff_px: Smaller stuff areas are left out.
    """
    ids = np.zeros(frame_size, dtype=np.int32)
    segments: list[Segment] = []
    for row in np.argsort(-np.asarray(scores, dtype=np.float64), kind="stable").tolist():
        if scores[row] < smallest_score:
            break
        x0, y0, x1, y1 = crops[row].box
        below = ids[y0:y1, x0:x1]
        free = crops[row].mask & (below == 0)
        area, free_px = crops[row].area, int(np.count_nonzero(free))
        if not free_px or area - free_px > largest_overlap * area:
            continue
        below[free] = len(segments) + 1
        segments.append(Segment(len(segments) + 1, True, int(class_ids[row]), free_px, row))
    if semantic is not None:
        unclaimed = np.where(ids == 0, semantic, 0)
        areas = np.bincount(unclaimed.ravel(), minlength=2)
        for class_id in (np.flatnonzero(areas[1:] >= smallest_stuff_px) + 1).tolist():
            ids[unclaimed == class_id] = len(segments) + 1
            segments.append(Segment(len(segments) + 1, False, class_id, int(areas[class_id])))
    return Panorama(ids, tuple(segments))
