"""Which detection is which track: pure functions, no state.

Three stages, each an optimal assignment over what the one before left: confident detections by
overlap, uncertain detections by overlap (the idea of ByteTrack, Zhang et al. 2022), and at last
confident detections by nearness to a track of their class that was seen lately, for objects
that moved further than their size. Overlap is that of masks and of boxes.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from blendmask_live.masks.compiled import compiled
from blendmask_live.masks.crops import CroppedMask, shared_px
from tracking.config import TrackerConfig

__all__ = [
    "Objects",
    "assign",
    "associate",
    "centre_similarity",
    "common_shift",
    "highest_iou",
    "mask_overlap",
    "shape_agreement",
]

_NEIGHBOURS_COMPARED = 32
"""Pixels are read for this many tracks per detection at most, those whose rectangles agree
best: bounds the time of a frame with thousands of objects on top of each other."""
_LEAST_MASK_IOU = 0.1
"""Pairs of masks that cannot overlap this much are not compared."""
_NEGLIGIBLE = 1e-6
"""In overlap; rounding errors are smaller."""
_SENIORITY_BONUS = 1e-3
"""Decides ties for the older track, and nothing else."""
_LEAST_SHAPE_AGREEMENT = 0.5
"""Below this, a near object of the same class is not believed to be the same one."""
_FEWEST_MOVED = 3
"""So many objects must have moved together for the camera to be held responsible."""


@dataclass(frozen=True, slots=True, eq=False)
class Objects:
    """One side of the association: tracks where they are expected now, or detections.

    Attributes:
        boxes: (N, 4) float32 xyxy frame px, finite.
        crops: N masks in frame px.
        class_ids: (N,) int64.
        weights: (N,) float64. Detections: score. Tracks: seconds since they began, 0 while
            tentative.
        reaches: (N,) float64, in object sizes. Tracks: how far from its box each is looked for
            by nearness. Of no meaning for detections.
        attention: (N, D) float32 unit vectors, zeros for objects that carry none.
    """

    boxes: NDArray[np.float32]
    crops: Sequence[CroppedMask]
    class_ids: NDArray[np.int64]
    weights: NDArray[np.float64]
    reaches: NDArray[np.float64]
    attention: NDArray[np.float32]


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
    adjust -= config.attention_penalty * attention_difference(
        tracks.attention, detections.attention
    )

    confident = detections.weights >= config.confident_score
    everyone = np.ones(len(tracks.crops), dtype=bool)
    box_overlap = config.box_share * box_iou(tracks.boxes, detections.boxes)
    # Pairs of masks that overlap less would be refused below, whatever their pixels say.
    mask_share = 1 - config.box_share
    needed = (config.min_overlap - adjust - box_overlap) / max(mask_share, _NEGLIGIBLE)
    min_iou = np.maximum(_LEAST_MASK_IOU, needed - _NEGLIGIBLE)
    most = highest_iou(tracks.crops, detections.crops)
    can_match = mask_share * most + box_overlap + adjust >= config.min_overlap - _NEGLIGIBLE
    # A pair that boxes alone make, and that no other competes with, needs no pixels.
    is_sure = (box_overlap > 0) & (box_overlap + adjust >= config.min_overlap)
    min_iou[is_sure & _alone(can_match)] = np.inf
    overlap = mask_share * mask_overlap(tracks.crops, detections.crops, min_iou=min_iou, most=most)
    overlap += box_overlap
    overlap = np.where(overlap > 0, overlap + adjust, 0)
    pairs = assign(overlap, everyone, confident, threshold=config.min_overlap)
    pairs += assign(overlap, _without(everyone, pairs, 0), ~confident, threshold=config.min_overlap)

    lonely_tracks = _without(tracks.reaches > 0, pairs, 0)
    lonely_detections = _without(confident, pairs, 1)
    if lonely_tracks.any() and lonely_detections.any():
        near = centre_similarity(tracks.boxes, detections.boxes, tracks.reaches)
        # Nearness says nothing about what a thing is: other classes would steal identities.
        near = np.where((near > 0) & ~classes_differ, near + adjust, 0)
        pairs += assign(near, lonely_tracks, lonely_detections, threshold=0.0)
    return pairs


def _alone(pairs: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """(A, B) which of the pairs (A, B) share neither side with another one."""
    alone: NDArray[np.bool_] = (
        pairs & (pairs.sum(axis=1, keepdims=True) == 1) & (pairs.sum(axis=0) == 1)
    )
    return alone


def attention_difference(a: NDArray[np.float32], b: NDArray[np.float32]) -> NDArray[np.float64]:
    """(A, B) 1 - cosine of unit vectors (A, D) and (B, D), 0 to 1; 0 where either is all zeros."""
    if a.shape[1] != b.shape[1]:
        return np.zeros((len(a), len(b)))
    is_known = np.outer(_has_any(a), _has_any(b))
    return np.where(is_known, np.clip(1 - a @ b.T, 0, 1), 0).astype(np.float64)


def _has_any(vectors: NDArray[np.float32]) -> NDArray[np.bool_]:
    """`vectors.any(axis=1)`, which takes four times as long."""
    has_any: NDArray[np.bool_] = vectors.max(axis=1, initial=0) > 0
    has_any |= vectors.min(axis=1, initial=0) < 0
    return has_any


def common_shift(
    tracks: Objects, detections: Objects, config: TrackerConfig
) -> NDArray[np.float64]:
    """(2,) px by which the camera moved the picture beyond what the tracks expected.

    The median over objects, taken from a rough pairing by nearness; zero where they do not
    agree. Takes no pixels, so it costs little and works on any source; it sees nothing where
    fewer than three objects are in view.

    Args:
        tracks: Boxes, classes and reaches are used; tracks with reach 0 are left out.
        detections: Boxes, classes and scores are used.
    """
    near = centre_similarity(
        tracks.boxes,
        detections.boxes,
        np.full(len(tracks.boxes), config.max_camera_step),
    )
    near[tracks.class_ids[:, None] != detections.class_ids[None]] = 0
    confident = detections.weights >= config.confident_score
    pairs = assign(near, tracks.reaches > 0, confident, threshold=0.0)
    if len(pairs) < _FEWEST_MOVED:
        return np.zeros(2)
    rows, columns = np.array(pairs).T
    moves = _centres(detections.boxes[columns]) - _centres(tracks.boxes[rows])
    median = np.median(moves, axis=0)
    spread = np.median(np.abs(moves - median), axis=0)
    agreed: np.bool_ = np.linalg.norm(median) > np.linalg.norm(spread)
    return median * agreed


def assign(
    similarity: NDArray[np.float64],
    rows: NDArray[np.bool_],
    columns: NDArray[np.bool_],
    *,
    threshold: float,
) -> list[tuple[int, int]]:
    """The pairing among the allowed rows and columns with the largest total of similarity cubed.

    Cubed, so that one good pair is worth more than two poor ones: of two objects that meet, one
    is often missed, and what is left must not be shared out among both tracks.

    Args:
        similarity: (R, C).
        rows: (R,) which rows take part.
        columns: (C,) which columns take part.
        threshold: Pairs below it, or without any similarity, stay unmatched and add nothing.
    """
    row_index, column_index = np.flatnonzero(rows), np.flatnonzero(columns)
    part = similarity[np.ix_(row_index, column_index)]
    # Not `part**3`, which takes five times as long.
    gain = np.where((part >= threshold) & (part > 0), part * part * part, 0.0)
    chosen_rows, chosen_columns = _largest_gain(gain)
    return list(
        zip(row_index[chosen_rows].tolist(), column_index[chosen_columns].tolist(), strict=True)
    )


def _largest_gain(
    gain: NDArray[np.floating[Any]],
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Rows and columns of the pairs whose gains (R, C), none negative, add up to the most."""
    rows, columns = np.nonzero(gain)
    is_alone = (np.bincount(rows, minlength=1)[rows] == 1) & (
        np.bincount(columns, minlength=1)[columns] == 1
    )
    if not is_alone.all():
        # Loaded when two claim the same: it takes longer than all else that tracking loads.
        from scipy.optimize import linear_sum_assignment

        rows, columns = linear_sum_assignment(gain, maximize=True)
        has_gain = gain[rows, columns] > 0
        rows, columns = rows[has_gain], columns[has_gain]
    return rows, columns


def mask_overlap(
    a: Sequence[CroppedMask],
    b: Sequence[CroppedMask],
    *,
    min_iou: float | NDArray[np.float64],
    most: NDArray[np.float64] | None = None,
) -> NDArray[np.float64]:
    """(A, B) mask IoU; 0 for pairs that cannot reach `min_iou`, one number or (A, B).

    Args:
        a, b: Masks in frame px.
        min_iou: Smaller ones are of no interest.
        most: `highest_iou` of these, where known; it rules most pairs out before a pixel is read.
    """
    most = highest_iou(a, b) if most is None else most
    candidates = (most > 0) & (most >= min_iou)
    if np.count_nonzero(candidates) > _NEIGHBOURS_COMPARED * len(b):
        nearest = np.argsort(-most, axis=0, kind="stable")[:_NEIGHBOURS_COMPARED]
        chosen = np.zeros_like(candidates)
        np.put_along_axis(chosen, nearest, True, axis=0)
        candidates &= chosen
    iou = np.zeros(most.shape)
    for i, j in np.argwhere(candidates).tolist():
        shared = shared_px(a[i], b[j])
        iou[i, j] = shared / (a[i].area + b[j].area - shared)
    return iou


def highest_iou(a: Sequence[CroppedMask], b: Sequence[CroppedMask]) -> NDArray[np.float64]:
    """(A, B) IoU that masks could have by their rectangles and areas."""
    return _highest_iou(*_extents(a), *_extents(b))


def _extents(crops: Sequence[CroppedMask]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    parts = [(crop.x0, crop.y0, *crop.mask.shape, crop.area) for crop in crops]
    x0, y0, height, width, areas = np.array(parts, dtype=np.float64).reshape(-1, 5).T
    return np.stack([x0, y0, x0 + width, y0 + height], axis=1), areas


@compiled
def _highest_iou(
    boxes_a: NDArray[np.float64],
    areas_a: NDArray[np.float64],
    boxes_b: NDArray[np.float64],
    areas_b: NDArray[np.float64],
) -> NDArray[np.float64]:
    """(A, B) IoU that masks could have by their rectangles (., 4) and areas (.,)."""
    highest = np.zeros((len(boxes_a), len(boxes_b)))
    for i in range(len(boxes_a)):
        for j in range(len(boxes_b)):
            most = min(_shared_area(boxes_a[i], boxes_b[j]), areas_a[i], areas_b[j])
            highest[i, j] = most / max(areas_a[i] + areas_b[j] - most, 1.0)
    return highest


@compiled
def box_iou(a: NDArray[np.float32], b: NDArray[np.float32]) -> NDArray[np.float64]:
    """(A, B) IoU of (A, 4) and (B, 4) xyxy boxes."""
    iou = np.zeros((len(a), len(b)))
    for i in range(len(a)):
        for j in range(len(b)):
            shared = _shared_area(a[i], b[j])
            total = _shared_area(a[i], a[i]) + _shared_area(b[j], b[j]) - shared
            iou[i, j] = shared / max(total, 1.0)
    return iou


@compiled
def _shared_area(a: NDArray[np.floating[Any]], b: NDArray[np.floating[Any]]) -> float:
    """What two (4,) xyxy boxes have in common."""
    width, height = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    return float(max(width, 0.0)) * float(max(height, 0.0))


@compiled
def shape_agreement(a: NDArray[np.float32], b: NDArray[np.float32]) -> float:
    """IoU that two (4,) xyxy boxes would have with a common centre: alike in size and aspect."""
    width_a, height_a = float(max(a[2] - a[0], 1.0)), float(max(a[3] - a[1], 1.0))
    width_b, height_b = float(max(b[2] - b[0], 1.0)), float(max(b[3] - b[1], 1.0))
    shared = min(width_a, width_b) * min(height_a, height_b)
    return shared / (width_a * height_a + width_b * height_b - shared)


@compiled
def centre_similarity(
    a: NDArray[np.float32], b: NDArray[np.float32], max_distance: NDArray[np.float64]
) -> NDArray[np.float64]:
    """(A, B) nearness of boxes of like shape, in [0, 1]; 0 from `max_distance` on.

    Args:
        a: (A, 4) xyxy.
        b: (B, 4) xyxy.
        max_distance: (A,) centre distance in object sizes (geometric mean of the root areas).
    """
    similarity = np.zeros((len(a), len(b)))
    for i in range(len(a)):
        for j in range(len(b)):
            shape = shape_agreement(a[i], b[j])
            if shape < _LEAST_SHAPE_AGREEMENT:
                continue
            x = float(b[j, 0] + b[j, 2] - a[i, 0] - a[i, 2]) / 2
            y = float(b[j, 1] + b[j, 3] - a[i, 1] - a[i, 3]) / 2
            size = math.sqrt(_root_area(a[i]) * _root_area(b[j]))
            nearness = 1 - math.sqrt(x * x + y * y) / (max(max_distance[i], 1e-9) * size)
            similarity[i, j] = max(nearness, 0.0) * shape
    return similarity


@compiled
def _root_area(box: NDArray[np.float32]) -> float:
    return math.sqrt(float(max(box[2] - box[0], 1.0)) * float(max(box[3] - box[1], 1.0)))


def _centres(boxes: NDArray[np.float32]) -> NDArray[np.float64]:
    return (boxes[:, :2] + boxes[:, 2:]).astype(np.float64) / 2


def _without(
    members: NDArray[np.bool_], pairs: Sequence[tuple[int, int]], side: int
) -> NDArray[np.bool_]:
    """`members` less those already paired; side 0 is tracks, 1 detections."""
    left = members.copy()
    left[[pair[side] for pair in pairs]] = False
    return left
