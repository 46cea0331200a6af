"""Which detection is which track: pure functions, no state.

Three stages, each an optimal assignment over what the one before left: confident detections by
overlap, uncertain detections by overlap (the idea of ByteTrack, Zhang et al. 2022), and at last
confident detections by nearness to a track of their class that was seen lately, for objects
that moved further than their size. Overlap is that of masks and of boxes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from blendmask_live.masks import CroppedMask, shared_px, shared_rectangles
from tracking.config import TrackerConfig

__all__ = [
    "Objects",
    "assign",
    "associate",
    "centre_similarity",
    "common_shift",
    "mask_overlap",
    "shape_agreement",
]

_ROWS_COMPARED = 32
"""Mask rows looked at per pair; more do not change who is matched with whom."""
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
    # Of masks that overlap less, the pair would be refused below whatever their pixels say.
    mask_share = 1 - config.box_share
    needed = (config.min_overlap - adjust - box_overlap) / max(mask_share, _NEGLIGIBLE)
    min_iou = np.maximum(_LEAST_MASK_IOU, needed - _NEGLIGIBLE)
    overlap = mask_share * mask_overlap(tracks.crops, detections.crops, min_iou=min_iou)
    overlap += box_overlap
    overlap = np.where(overlap > 0, overlap + adjust, 0)
    pairs = assign(overlap, everyone, confident, threshold=config.min_overlap)
    pairs += assign(overlap, _without(everyone, pairs, 0), ~confident, threshold=config.min_overlap)

    lonely_tracks = _without(tracks.reaches > 0, pairs, 0)
    lonely_detections = _without(confident, pairs, 1)
    if lonely_tracks.any() and lonely_detections.any():
        near = centre_similarity(tracks.boxes, detections.boxes, max_distance=tracks.reaches)
        # Nearness says nothing about what a thing is: other classes would steal identities.
        near = np.where((near > 0) & ~classes_differ, near + adjust, 0)
        pairs += assign(near, lonely_tracks, lonely_detections, threshold=0.0)
    return pairs


def attention_difference(a: NDArray[np.float32], b: NDArray[np.float32]) -> NDArray[np.float64]:
    """(A, B) 1 - cosine of unit vectors (A, D) and (B, D), 0 to 1; 0 where either is all zeros."""
    if a.shape[1] != b.shape[1]:
        return np.zeros((len(a), len(b)))
    is_known = np.outer(a.any(axis=1), b.any(axis=1))
    return np.where(is_known, np.clip(1 - a @ b.T, 0, 1), 0).astype(np.float64)


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
        max_distance=np.full(len(tracks.boxes), config.max_camera_step),
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
    a: Sequence[CroppedMask], b: Sequence[CroppedMask], *, min_iou: float | NDArray[np.float64]
) -> NDArray[np.float64]:
    """(A, B) mask IoU; 0 for pairs that cannot reach `min_iou`, one number or (A, B).

    Rectangles and areas bound the IoU of a pair from above, which rules most pairs out before
    a pixel is read. Of tall intersections only some rows are compared (whole rows, because
    contiguous bytes are what numpy is fast at), so the value is then an estimate.
    """
    boxes_a, areas_a = _extents(a)
    boxes_b, areas_b = _extents(b)
    most = np.minimum(
        shared_rectangles(boxes_a, boxes_b), np.minimum(areas_a[:, None], areas_b[None])
    )
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


def box_iou(a: NDArray[np.float32], b: NDArray[np.float32]) -> NDArray[np.float64]:
    """(A, B) IoU of (A, 4) and (B, 4) xyxy boxes."""
    shared = shared_rectangles(a.astype(np.float64), b.astype(np.float64))
    areas_a, areas_b = (a[:, 2:] - a[:, :2]).prod(axis=1), (b[:, 2:] - b[:, :2]).prod(axis=1)
    iou: NDArray[np.float64] = shared / np.maximum(areas_a[:, None] + areas_b[None] - shared, 1)
    return iou


def shape_agreement(a: NDArray[np.float32], b: NDArray[np.float32]) -> NDArray[np.float64]:
    """(A, B) IoU that the boxes would have with a common centre: alike in size and aspect."""
    sides_a, sides_b = np.maximum(a[:, 2:] - a[:, :2], 1), np.maximum(b[:, 2:] - b[:, :2], 1)
    narrower, flatter = (
        np.minimum(a[:, None], b).astype(np.float64)
        for a, b in zip(sides_a.T, sides_b.T, strict=True)
    )
    shared = narrower * flatter
    total = sides_a.prod(axis=1)[:, None] + sides_b.prod(axis=1)[None] - shared
    agreement: NDArray[np.float64] = shared / total
    return agreement


def centre_similarity(
    a: NDArray[np.float32], b: NDArray[np.float32], *, max_distance: NDArray[np.float64]
) -> NDArray[np.float64]:
    """(A, B) nearness of boxes of like shape, in [0, 1]; 0 from `max_distance` on.

    Args:
        a: (A, 4) xyxy.
        b: (B, 4) xyxy.
        max_distance: (A,) centre distance in object sizes (geometric mean of the root areas).
    """
    (a_x, a_y), (b_x, b_y) = _centres(a).T, _centres(b).T
    distance = np.sqrt((a_x[:, None] - b_x) ** 2 + (a_y[:, None] - b_y) ** 2)
    size = np.sqrt(_root_areas(a)[:, None] * _root_areas(b)[None])
    reach = np.maximum(max_distance, 1e-9)[:, None] * size
    shape = shape_agreement(a, b)
    nearness: NDArray[np.float64] = np.maximum(1 - distance / reach, 0) * shape
    return np.where(shape >= _LEAST_SHAPE_AGREEMENT, nearness, 0)


def _centres(boxes: NDArray[np.float32]) -> NDArray[np.float64]:
    return (boxes[:, :2] + boxes[:, 2:]).astype(np.float64) / 2


def _root_areas(boxes: NDArray[np.float32]) -> NDArray[np.float64]:
    sides = np.maximum(boxes[:, 2:] - boxes[:, :2], 1).astype(np.float64)
    areas: NDArray[np.float64] = sides.prod(axis=1)
    return np.sqrt(areas)


def _without(
    members: NDArray[np.bool_], pairs: Sequence[tuple[int, int]], side: int
) -> NDArray[np.bool_]:
    """`members` less those already paired; side 0 is tracks, 1 detections."""
    left = members.copy()
    left[[pair[side] for pair in pairs]] = False
    return left
