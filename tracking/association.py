"""Which detection is which track: pure functions, no state.

Three stages, each an optimal assignment over what the one before left: confident detections by
mask overlap, uncertain detections by mask overlap (the idea of ByteTrack, Zhang et al. 2022),
and at last confident detections by nearness to a track of their class, for objects that moved
further than their size.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from blendmask_live.masks import CroppedMask, shared_px
from tracking.config import TrackerConfig

__all__ = ["Objects", "assign", "associate", "centre_similarity", "mask_overlap"]

_ROWS_COMPARED = 32
"""Mask rows looked at per pair; more do not change who is matched with whom."""
_NEIGHBOURS_COMPARED = 32
"""Pixels are read for this many tracks per detection at most, those whose rectangles agree
best: bounds the time of a frame with thousands of objects on top of each other."""
_SENIORITY_BONUS = 1e-3
"""Decides ties for the older track, and nothing else."""
_LARGEST_AREA_RATIO = 4.0
"""Beyond this, a near object of the same class is not believed to be the same one."""


@dataclass(frozen=True, slots=True, eq=False)
class Objects:
    """One side of the association: tracks where they are expected now, or detections.

    Attributes:
        boxes: (N, 4) float32 xyxy frame px, finite.
        crops: N masks in frame px.
        class_ids: (N,) int64.
        weights: (N,) float64. Detections: score. Tracks: seconds since they began, 0 while
            tentative.
    """

    boxes: NDArray[np.float32]
    crops: Sequence[CroppedMask]
    class_ids: NDArray[np.int64]
    weights: NDArray[np.float64]


def associate(tracks: Objects, detections: Objects, config: TrackerConfig) -> list[tuple[int, int]]:
    """Pair tracks with detections; each is used at most once.

    Returns:
        (track, detection) positions.
    """
    if not len(tracks.crops) or not len(detections.crops):
        return []
    classes_differ = tracks.class_ids[:, None] != detections.class_ids[None]
    # Ages 0 to infinity become 0 to 1.
    seniority = 1 - 1 / (1 + tracks.weights)
    adjust = _SENIORITY_BONUS * seniority[:, None] - config.class_mismatch_penalty * classes_differ

    confident = detections.weights >= config.confident_score
    everyone = np.ones(len(tracks.crops), dtype=bool)
    overlap = mask_overlap(tracks.crops, detections.crops, min_iou=config.min_mask_iou)
    overlap = np.where(overlap > 0, overlap + adjust, 0)
    pairs = assign(overlap, everyone, confident, threshold=config.min_mask_iou)
    pairs += assign(
        overlap, _without(everyone, pairs, 0), ~confident, threshold=config.min_mask_iou
    )

    lonely_tracks = _without(everyone, pairs, 0)
    lonely_detections = _without(confident, pairs, 1)
    if config.max_centre_distance and lonely_tracks.any() and lonely_detections.any():
        near = centre_similarity(
            tracks.boxes, detections.boxes, max_distance=config.max_centre_distance
        )
        # Nearness says nothing about what a thing is: other classes would steal identities.
        near = np.where((near > 0) & ~classes_differ, near + adjust, 0)
        pairs += assign(near, lonely_tracks, lonely_detections, threshold=0.0)
    return pairs


def assign(
    similarity: NDArray[np.float64],
    rows: NDArray[np.bool_],
    columns: NDArray[np.bool_],
    *,
    threshold: float,
) -> list[tuple[int, int]]:
    """The pairing among the allowed rows and columns with the largest total similarity.

    Args:
        similarity: (R, C).
        rows: (R,) which rows take part.
        columns: (C,) which columns take part.
        threshold: Pairs below it, or without any similarity, stay unmatched and add nothing.
    """
    row_index, column_index = np.flatnonzero(rows), np.flatnonzero(columns)
    part = similarity[np.ix_(row_index, column_index)]
    gain = np.where((part >= threshold) & (part > 0), part, 0.0)
    chosen_rows, chosen_columns = linear_sum_assignment(gain, maximize=True)
    matched = gain[chosen_rows, chosen_columns] > 0
    return list(
        zip(
            row_index[chosen_rows[matched]].tolist(),
            column_index[chosen_columns[matched]].tolist(),
            strict=True,
        )
    )


def mask_overlap(
    a: Sequence[CroppedMask], b: Sequence[CroppedMask], *, min_iou: float
) -> NDArray[np.float64]:
    """(A, B) mask IoU; 0 for pairs that cannot reach `min_iou`.

    Rectangles and areas bound the IoU of a pair from above, which rules most pairs out before
    a pixel is read. Of tall intersections only some rows are compared (whole rows, because
    contiguous bytes are what numpy is fast at), so the value is then an estimate.
    """
    boxes_a, areas_a = _extents(a)
    boxes_b, areas_b = _extents(b)
    low = np.maximum(boxes_a[:, None, :2], boxes_b[None, :, :2])
    high = np.minimum(boxes_a[:, None, 2:], boxes_b[None, :, 2:])
    rectangle = np.maximum(high - low, 0).prod(axis=2)
    most = np.minimum(rectangle, np.minimum(areas_a[:, None], areas_b[None]))
    total = areas_a[:, None] + areas_b[None]
    iou = np.zeros(most.shape)
    highest_iou = most / np.maximum(total - most, 1)
    candidates = (most > 0) & (highest_iou >= min_iou)
    if np.count_nonzero(candidates) > _NEIGHBOURS_COMPARED * len(b):
        nearest = np.argsort(-highest_iou, axis=0, kind="stable")[:_NEIGHBOURS_COMPARED]
        chosen = np.zeros_like(candidates)
        np.put_along_axis(chosen, nearest, True, axis=0)
        candidates &= chosen
    for i, j in np.argwhere(candidates).tolist():
        shared = shared_px(a[i], b[j], rows_compared=_ROWS_COMPARED)
        iou[i, j] = min(shared / (total[i, j] - shared), 1.0)
    return iou


def _extents(crops: Sequence[CroppedMask]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    boxes = np.array([crop.box for crop in crops], dtype=np.int64).reshape(-1, 4)
    return boxes, np.array([crop.area for crop in crops], dtype=np.float64)


def centre_similarity(
    a: NDArray[np.float32], b: NDArray[np.float32], *, max_distance: float
) -> NDArray[np.float64]:
    """(A, B) nearness of boxes of similar area, in [0, 1]; 0 from `max_distance` sizes on.

    Args:
        a: (A, 4) xyxy.
        b: (B, 4) xyxy.
        max_distance: Centre distance in object sizes (geometric mean of the root areas).
    """
    sides_a, sides_b = np.maximum(a[:, 2:] - a[:, :2], 1), np.maximum(b[:, 2:] - b[:, :2], 1)
    areas_a = sides_a.astype(np.float64).prod(axis=1)[:, None]
    areas_b = sides_b.astype(np.float64).prod(axis=1)[None]
    centres_a, centres_b = (a[:, :2] + a[:, 2:]) / 2, (b[:, :2] + b[:, 2:]) / 2
    distance = np.linalg.norm(centres_a[:, None] - centres_b[None], axis=2)
    size = (areas_a * areas_b) ** 0.25
    similar = np.abs(np.log(areas_a / areas_b)) <= np.log(_LARGEST_AREA_RATIO)
    return np.where(similar, np.maximum(1 - distance / (max_distance * size), 0), 0)


def _without(
    members: NDArray[np.bool_], pairs: Sequence[tuple[int, int]], side: int
) -> NDArray[np.bool_]:
    """`members` less those already paired; side 0 is tracks, 1 detections."""
    left = members.copy()
    left[[pair[side] for pair in pairs]] = False
    return left
