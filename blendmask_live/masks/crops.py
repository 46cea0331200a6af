"""Arithmetic of pixel masks: crop, area, IoU.

Masks are handled as crops (an offset and a small boolean array), because whole-frame arrays
are what makes mask code slow.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from blendmask_live.masks.compiled import compiled

__all__ = [
    "CroppedMask",
    "counted",
    "crop_mask",
    "crops_iou",
    "distinct_rows",
    "extent_and_sums",
    "resolve_overlaps",
    "row_major_runs",
    "shared_px",
    "whole_frame_masks",
]


@dataclass(frozen=True, eq=False)
class CroppedMask:
    """A pixel mask cut to a rectangle of the frame.

    Attributes:
        x0, y0: Top left corner of the rectangle in frame px.
        mask: (h, w) bool; h and w may be 0.
    """

    x0: int
    y0: int
    mask: NDArray[np.bool_]

    @cached_property
    def area(self) -> int:
        """Pixels that belong to the object."""
        return int(np.count_nonzero(self.mask))

    @property
    def box(self) -> tuple[int, int, int, int]:
        """The rectangle as x0, y0, x1, y1 in frame px (x1, y1 exclusive)."""
        height, width = self.mask.shape
        return self.x0, self.y0, self.x0 + width, self.y0 + height

    def moved(self, x: int, y: int) -> CroppedMask:
        """The same mask elsewhere, that many px to the right and down."""
        return counted(self.x0 + x, self.y0 + y, self.mask, self.area)

    def tight(self) -> CroppedMask:
        """The same mask in its smallest rectangle; (0, 0) and 0 x 0 if it has no pixel."""
        crop = crop_mask(self.mask)
        if not crop.area:
            return crop
        return CroppedMask(self.x0 + crop.x0, self.y0 + crop.y0, crop.mask)


def counted(x0: int, y0: int, mask: NDArray[np.bool_], area: int) -> CroppedMask:
    """A mask whose pixels need not be counted again."""
    crop = CroppedMask(x0, y0, mask)
    crop.__dict__["area"] = area
    return crop


@compiled
def extent_and_sums(mask: NDArray[np.bool_]) -> tuple[int, int, int, int, int, int]:
    """Of the True pixels of an (h, w) mask: x0, y0, x1, y1 (exclusive), and the sums of x and y.

    All 0 where there are none.
    """
    height, width = mask.shape
    x0, y0, x1, y1, sum_x, sum_y = width, height, 0, 0, 0, 0
    for y in range(height):
        in_row = 0
        for x in range(width):
            if mask[y, x]:
                in_row += 1
                sum_x += x
                x0, x1 = min(x0, x), max(x1, x + 1)
        if in_row:
            y0, y1 = min(y0, y), y + 1
            sum_y += y * in_row
    if not y1:
        x0, y0 = 0, 0
    return x0, y0, x1, y1, sum_x, sum_y


def crop_mask(mask: NDArray[np.bool_]) -> CroppedMask:
    """Cut an (H, W) bool mask to its smallest rectangle; (0, 0) and 0 x 0 if empty."""
    rows = np.flatnonzero(mask.any(axis=1))
    if rows.size == 0:
        return CroppedMask(0, 0, np.zeros((0, 0), dtype=bool))
    y0, y1 = int(rows[0]), int(rows[-1]) + 1
    columns = np.flatnonzero(mask[y0:y1].any(axis=0))
    x0, x1 = int(columns[0]), int(columns[-1]) + 1
    return CroppedMask(x0, y0, np.ascontiguousarray(mask[y0:y1, x0:x1]))


def whole_frame_masks(
    crops: Sequence[CroppedMask], frame_size: tuple[int, int]
) -> NDArray[np.bool_]:
    """(N, H, W) bool masks from crops."""
    masks = np.zeros((len(crops), *frame_size), dtype=bool)
    for mask, crop in zip(masks, crops, strict=True):
        x0, y0, x1, y1 = crop.box
        mask[y0:y1, x0:x1] = crop.mask
    return masks


def row_major_runs(mask: NDArray[np.bool_]) -> list[int]:
    """Run lengths of an (h, w) bool mask, row by row, background first."""
    return _run_lengths(mask.ravel().view(np.uint8))


def _run_lengths(flat: NDArray[np.uint8]) -> list[int]:
    """Run lengths of a 0/1 vector, zeros first."""
    edges = np.flatnonzero(flat[1:] != flat[:-1]) + 1
    runs: list[int] = np.diff(edges, prepend=0, append=flat.size).tolist()
    if flat.size and flat[0]:
        runs.insert(0, 0)
    return runs


def crops_iou(a: Sequence[CroppedMask], b: Sequence[CroppedMask]) -> NDArray[np.float32]:
    """(A, B) mask IoU in [0, 1]."""
    iou = np.zeros((len(a), len(b)), dtype=np.float32)
    for i, j in np.ndindex(iou.shape):
        shared = shared_px(a[i], b[j])
        if shared:
            iou[i, j] = shared / (a[i].area + b[j].area - shared)
    return iou


def shared_px(a: CroppedMask, b: CroppedMask) -> int:
    """Pixels in both of two masks."""
    return _count_shared(a.mask, b.mask, b.x0 - a.x0, b.y0 - a.y0)


@compiled
def _count_shared(a: NDArray[np.bool_], b: NDArray[np.bool_], x: int, y: int) -> int:
    """Pixels in both of two masks, of which `b` begins x px to the right of `a` and y px below."""
    count, first = 0, max(x, 0)
    end = max(min(a.shape[1], x + b.shape[1]), first)
    for row in range(max(y, 0), min(a.shape[0], y + b.shape[0])):
        # Loops over slices become vector code.
        part_a, part_b, in_row = a[row, first:end], b[row - y, first - x : end - x], np.int32(0)
        for column in range(end - first):
            # In 32 bits, of which a vector holds twice as many.
            in_row = np.int32(in_row + (part_a[column] & part_b[column]))
        count += int(in_row)
    return count


def distinct_rows(
    crops: Sequence[CroppedMask],
    scores: NDArray[np.float32],
    class_ids: NDArray[np.int64],
    *,
    max_iou: float,
    max_share: float,
) -> NDArray[np.int64]:
    """Rows left when the weaker one of two masks of the same object is dropped, in order.

    Box NMS works per class and on boxes; an object found as two classes, or as itself and a
    part of itself, passes it.

    Args:
        max_iou: Masks of any classes that overlap more are one object.
        max_share: Of two masks of a class, one that has more than this share of its pixels (or
            of the other's) in common is the same object.
    """
    boxes = np.array([crop.box for crop in crops], dtype=np.int64).reshape(-1, 4)
    areas = np.array([crop.area for crop in crops], dtype=np.int64)
    doubtful = _may_be_one(boxes, areas, class_ids, max_iou, max_share)
    has_rivals = doubtful.any(axis=1)
    is_kept: NDArray[np.bool_] = np.logical_not(has_rivals)
    rivals = np.flatnonzero(has_rivals)
    for row in rivals[np.argsort(-scores[rivals], kind="stable")].tolist():
        for stronger in np.flatnonzero(doubtful[row] & is_kept).tolist():
            shared = shared_px(crops[row], crops[stronger])
            total, smaller = areas[row] + areas[stronger], min(areas[row], areas[stronger])
            if shared > max_iou * (total - shared) or (
                class_ids[row] == class_ids[stronger] and shared > max_share * smaller
            ):
                break
        else:
            is_kept[row] = True
    return np.flatnonzero(is_kept)


@compiled
def _may_be_one(
    boxes: NDArray[np.int64],
    areas: NDArray[np.int64],
    class_ids: NDArray[np.int64],
    max_iou: float,
    max_share: float,
) -> NDArray[np.bool_]:
    """(N, N) whether two masks could share enough, by their rectangles (N, 4) and areas alone."""
    doubtful = np.zeros((len(boxes), len(boxes)), np.bool_)
    for i in range(len(boxes)):
        for j in range(i):
            width = min(boxes[i, 2], boxes[j, 2]) - max(boxes[i, 0], boxes[j, 0])
            height = min(boxes[i, 3], boxes[j, 3]) - max(boxes[i, 1], boxes[j, 1])
            smaller = min(areas[i], areas[j])
            most = min(max(width, 0) * max(height, 0), smaller)
            doubtful[i, j] = doubtful[j, i] = most > max_iou * (areas[i] + areas[j] - most) or (
                class_ids[i] == class_ids[j] and most > max_share * smaller
            )
    return doubtful


def resolve_overlaps(
    crops: Sequence[CroppedMask], scores: NDArray[np.float32], frame_size: tuple[int, int]
) -> tuple[CroppedMask, ...]:
    """Give every contested pixel to the mask with the higher score (ties: the earlier row).

    The one rule of this project for formats that forbid overlap.
    """
    taken = np.zeros(frame_size, dtype=bool)
    resolved: list[CroppedMask] = list(crops)
    for row in np.argsort(-scores, kind="stable"):
        crop = crops[row]
        x0, y0, x1, y1 = crop.box
        free = np.zeros(crop.mask.shape, dtype=bool)
        area = _claim(crop.mask, taken[y0:y1, x0:x1], free)
        resolved[row] = counted(crop.x0, crop.y0, free, area)
    return tuple(resolved)


@compiled
def _claim(mask: NDArray[np.bool_], taken: NDArray[np.bool_], free: NDArray[np.bool_]) -> int:
    """Fill `free` with the pixels of a mask that are not taken, and take them; their number."""
    area = 0
    # What would leave the frame is not there.
    rows, columns = min(mask.shape[0], taken.shape[0]), min(mask.shape[1], taken.shape[1])
    for row in range(rows):
        wanted, here, left, in_row = mask[row], taken[row], free[row], np.int32(0)
        for column in range(columns):
            is_free = wanted[column] & (not here[column])
            left[column] = is_free
            here[column] |= wanted[column]
            # In 32 bits, of which a vector holds twice as many.
            in_row = np.int32(in_row + is_free)
        area += int(in_row)
    return area
