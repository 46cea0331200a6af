"""COCO-like segmentations from files, checked before pycocotools draws them.

pycocotools believes what it is given: coordinates that are far away or not finite make it take
all memory or end the process, run lengths that do not fill the picture make it read out of
bounds. Everything from a file or a person passes through here first.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pycocotools import mask as coco_mask

from blendmask_live.masks.crops import CroppedMask
from blendmask_live.masks.rle_text import check_frame_size, checked_rle

__all__ = [
    "crop_of_rle",
    "polygons_crop",
    "polygons_rle",
    "ring_points",
    "segmentation_rle",
    "unusable_points",
    "unusable_ring",
]

_REACH: Final = 10
"""A point may lie so many times the picture's longer side outside of it."""
_LONGEST_OUTLINE_PX: Final = 1 << 22
"""pycocotools keeps some hundred bytes for each pixel of an outline."""


def unusable_ring(ring: ArrayLike, frame_size: tuple[int, int]) -> str | None:
    """Why a polygon cannot be drawn; None if it can.

    Args:
        ring: x, y, x, y, ... or (K, 2), frame px.
        frame_size: (height, width).
    """
    if problem := unusable_points(ring, frame_size):
        return problem
    points = ring_points(ring)
    if len(points) < 3:
        return f"a polygon needs three points or more, this one has {len(points)}"
    sides = np.abs(np.diff(points, axis=0, append=points[:1])).max(axis=1)
    if sides.sum() > _LONGEST_OUTLINE_PX:
        return f"its outline is {sides.sum():.3g} px long, no mask of that picture needs that"
    return None


def unusable_points(points: ArrayLike, frame_size: tuple[int, int]) -> str | None:
    """Why no outline or line through these points can be drawn; None if one can.

    Args:
        points: x, y, x, y, ... or (K, 2), frame px.
        frame_size: (height, width).
    """
    try:
        pairs = ring_points(points)
    except ValueError as error:
        return str(error)
    if not np.isfinite(pairs).all():
        return "a coordinate is not a finite number"
    limit = _REACH * max(frame_size)
    outside = np.maximum(-pairs, pairs - frame_size[::-1])
    if outside.max(initial=0) > limit:
        worst = pairs.flat[outside.argmax()]
        return f"coordinate {worst:g} is far outside of {frame_size[1]} x {frame_size[0]} px"
    return None


def ring_points(ring: ArrayLike) -> NDArray[np.float64]:
    """(K, 2) x, y of a polygon given so or as x, y, x, y, ...

    Raises:
        ValueError: If it is neither.
    """
    try:
        values = np.asarray(ring, dtype=np.float64)
    except (TypeError, ValueError, OverflowError) as error:
        raise ValueError("a polygon must be numbers x, y, x, y, ... in px") from error
    if values.ndim == 1 and values.size % 2 == 0:
        values = values.reshape(-1, 2)
    if values.ndim != 2 or values.shape[1] != 2:
        raise ValueError("a polygon must be pairs x, y in px")
    return values


def polygons_rle(rings: Sequence[ArrayLike], frame_size: tuple[int, int]) -> dict[str, Any]:
    """Compressed RLE of the pixels inside any of some polygons; see `unusable_ring`.

    Raises:
        ValueError: If one of them cannot be drawn, or there is no such picture.
    """
    check_frame_size(*frame_size)
    for ring in rings:
        if problem := unusable_ring(ring, frame_size):
            raise ValueError(problem)
    if not rings:
        return checked_rle([frame_size[0] * frame_size[1]], *frame_size)
    flat = [ring_points(ring).ravel().tolist() for ring in rings]
    rle: dict[str, Any] = coco_mask.merge(coco_mask.frPyObjects(flat, *frame_size))
    return rle


def polygons_crop(rings: Sequence[ArrayLike], frame_size: tuple[int, int]) -> CroppedMask:
    """What `polygons_rle` tells, as a crop.

    Raises:
        ValueError: See `polygons_rle`.
    """
    return crop_of_rle(polygons_rle(rings, frame_size))


def segmentation_rle(segmentation: Any, frame_size: tuple[int, int]) -> dict[str, Any]:
    """Compressed RLE of a segmentation in a JSON file, as pycocotools reads it.

    Args:
        segmentation: A list of polygons, each x, y, x, y, ..., or RLE of either form.
        frame_size: (height, width).

    Raises:
        ValueError: If it is neither, cannot be drawn, or is made for another size.
    """
    if isinstance(segmentation, list):
        if any(
            isinstance(number, list)
            for ring in segmentation
            if isinstance(ring, list)
            for number in ring
        ):
            raise ValueError("a polygon must be x, y, x, y, ... in one list")
        return polygons_rle(segmentation, frame_size)
    if not isinstance(segmentation, dict):
        kind = "null" if segmentation is None else type(segmentation).__name__
        raise ValueError(f"expected polygons or run lengths, found {kind}")
    if missing := [key for key in ("size", "counts") if key not in segmentation]:
        raise ValueError(f"the run lengths have no {missing[0]!r}")
    if segmentation["size"] not in (list(frame_size), tuple(frame_size)):
        raise ValueError(
            f"made for [height, width] {segmentation['size']}, the picture has {list(frame_size)}"
        )
    return checked_rle(segmentation["counts"], *frame_size)


def crop_of_rle(rle: dict[str, Any]) -> CroppedMask:
    """The pixels of a checked RLE."""
    x, y, w, h = (int(value) for value in coco_mask.toBbox(rle))
    if not w or not h:
        return CroppedMask(0, 0, np.zeros((0, 0), dtype=bool))
    mask = coco_mask.decode(rle)[y : y + h, x : x + w]
    return CroppedMask(x, y, np.ascontiguousarray(mask).astype(bool))
