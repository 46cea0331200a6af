"""From dense predictions to detections on the CPU, without PyTorch; see `detections` for a GPU."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from blendmask_live.masks.compiled import compiled
from blendmask_live.network.lite.config import LEAKY_SLOPE, STRIDES, candidates_for
from blendmask_live.network.lite.plain import PlainDense, Top

__all__ = [
    "Choice",
    "box_shapes",
    "choose_plainly",
    "locations_of",
    "look_at",
    "patches_around",
    "survivors",
    "widened",
]

Floats = NDArray[np.float32]
_LOGIT_MARGIN = 1e-3
"""By so much lower logits are looked at than the threshold asks for; scores decide."""


@dataclass(frozen=True, slots=True, eq=False)
class Choice:
    """What was found in one picture, best first.

    Attributes:
        boxes_network_px: (N, 4) float32 x0 y0 x1 y1, not clipped.
        scores: (N,) float32.
        class_ids: (N,) int64.
        locations: (N,) int64, positions among all locations.
        distances: (N, 4) float32 from there to the sides, in strides.
    """

    boxes_network_px: Floats
    scores: Floats
    class_ids: NDArray[np.int64]
    locations: NDArray[np.int64]
    distances: Floats


def widened(values: NDArray[Any]) -> Floats:
    """Float32 of what may be the bits of bfloat16, in uint16."""
    if values.dtype != np.uint16:
        return values
    return (values.astype(np.uint32) << 16).view(np.float32)


@lru_cache(maxsize=16)
def locations_of(network_size: tuple[int, int]) -> tuple[Floats, Floats]:
    """Points (P, 2) x, y in network px and strides (P,) of all levels; see `location_grid`."""
    points, strides = [], []
    for stride in STRIDES:
        rows, columns = (-(-side // stride) for side in network_size)
        y, x = np.mgrid[:rows, :columns]
        points.append(np.stack([x.ravel(), y.ravel()], axis=1) * np.float32(stride))
        strides.append(np.full(rows * columns, stride, np.float32))
    return np.concatenate(points).astype(np.float32), np.concatenate(strides)


def choose_plainly(
    dense: PlainDense[Floats],
    *,
    network_size: tuple[int, int],
    max_instances: int,
    score_threshold: float,
    nms_iou: float,
    class_mask: NDArray[np.bool_] | None,
) -> Choice:
    """Top candidates and per-class NMS of the first picture; arguments as for `choose`."""
    logits, likeliest = dense.class_logits[0], widened(dense.best_logits[0])
    if class_mask is not None:
        logits = np.where(class_mask, widened(logits), np.float32(-np.inf))
        likeliest = logits.max(axis=1)
    most = candidates_for(max_instances, len(likeliest))
    locations, class_ids, best = _best_pairs(logits, likeliest, most, score_threshold)
    # Logits far below zero are certain to be nothing.
    with np.errstate(over="ignore"):
        scores = np.float32(1) / (np.float32(1) + np.exp(-best))
    sure = scores > score_threshold
    locations, class_ids, scores = locations[sure], class_ids[sure], scores[sure]
    distances = _distances(widened(dense.distance_logits[0][locations]))
    points, strides = locations_of(network_size)
    away = distances * strides[locations, None]
    boxes = np.concatenate([points[locations] - away[:, :2], points[locations] + away[:, 2:]], 1)
    alive = survivors(boxes, class_ids, np.float32(nms_iou))
    rows = np.flatnonzero(alive)[:max_instances]
    return Choice(boxes[rows], scores[rows], class_ids[rows], locations[rows], distances[rows])


def _best_pairs(
    logits: NDArray[Any], likeliest: Floats, most: int, threshold: float
) -> tuple[NDArray[np.int64], NDArray[np.int64], Floats]:
    """Locations, classes and logits of the best pairs of (P, classes) logits, best first.

    Logits may still be narrow.

    At most `most`, from as many locations, and none that is clearly below the threshold.
    """
    with np.errstate(divide="ignore"):
        limit = np.float32(np.log(threshold) - np.log1p(-threshold) - _LOGIT_MARGIN)
    locations = _largest(likeliest, np.flatnonzero(likeliest > limit), most)
    looked_at = widened(logits[locations])
    rows, class_ids = np.nonzero(looked_at > limit)
    pairs = locations[rows]
    values = looked_at[rows, class_ids]
    chosen = _largest(values, np.arange(len(values)), most)
    chosen = chosen[np.argsort(-values[chosen], kind="stable")]
    return pairs[chosen], class_ids[chosen].astype(np.int64), values[chosen]


def _largest(values: Floats, rows: NDArray[np.int64], most: int) -> NDArray[np.int64]:
    """Those of the rows, at most so many, with the largest values."""
    if len(rows) <= most:
        return rows
    return rows[np.argpartition(-values[rows], most - 1)[:most]]


def _distances(logits: Floats) -> Floats:
    """(N, 4, bins) -> (N, 4) in strides: the expectation over the bins."""
    weights = np.exp(logits - logits.max(axis=2, keepdims=True))
    weights /= weights.sum(axis=2, keepdims=True)
    bins = np.arange(logits.shape[2], dtype=np.float32)
    expected: Floats = (weights * bins).sum(axis=2)
    return expected


@compiled
def survivors(
    boxes: NDArray[np.float32], class_ids: NDArray[np.int64], nms_iou: np.float32
) -> NDArray[np.bool_]:
    """(N,) whether each of the boxes, best first, is left by greedy suppression per class."""
    count = len(boxes)
    alive = np.ones(count, np.bool_)
    areas = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    for i in range(count):
        if not alive[i]:
            continue
        for j in range(i + 1, count):
            if alive[j] and class_ids[i] == class_ids[j]:
                width = min(boxes[i, 2], boxes[j, 2]) - max(boxes[i, 0], boxes[j, 0])
                height = min(boxes[i, 3], boxes[j, 3]) - max(boxes[i, 1], boxes[j, 1])
                shared = max(width, np.float32(0)) * max(height, np.float32(0))
                alive[j] = not (shared / (areas[i] + areas[j] - shared) > nms_iou)
    return alive


# the top layer


def patches_around(
    top_features: Sequence[NDArray[Any]], locations: NDArray[np.int64], distances: Floats
) -> Floats:
    """(N, 9 * F + 4) what the top layer looks at: 3 x 3 neighbourhoods, and the boxes' shapes.

    Args:
        top_features: As in `PlainDense`, of one picture.
    """
    features = top_features[0].shape[3]
    patches = np.zeros((len(locations), 9 * features + 4), dtype=np.float32)
    start = 0
    for level in top_features:
        cells = np.ascontiguousarray(level[0])
        is_narrow = cells.dtype == np.uint16
        bits = cells if is_narrow else cells.view(np.uint32)
        shift = np.uint32(16 if is_narrow else 0)
        _copy_patches(bits, shift, locations - start, patches.view(np.uint32))
        start += level.shape[1] * level.shape[2]
    patches[:, 9 * features :] = box_shapes(distances)
    return patches


def box_shapes(distances: Floats) -> Floats:
    """(N, 4) where in its box a location lies and how large the box is, scale-free."""
    left, top, right, bottom = distances.clip(min=np.float32(0.05)).T
    width, height = left + right, top + bottom
    half, even = np.float32(0.5), np.float32(1.5)
    return np.stack(
        [left / width - half, top / height - half, np.log(width) - even, np.log(height) - even],
        axis=1,
    )


@compiled
def _copy_patches(
    cells: NDArray[np.unsignedinteger[Any]],
    shift: np.uint32,
    places: NDArray[np.int64],
    patches: NDArray[np.uint32],
) -> None:
    """Copy the 3 x 3 cells of (h, w, F) around places into (N, 9 * F + 4), where they are any.

    Both are bits of floating-point numbers; shifted, those of bfloat16 are those of float32.
    """
    height, width, features = cells.shape
    for n in range(len(places)):
        row, column = places[n] // width, places[n] % width
        if places[n] < 0 or row >= height:
            continue
        for step in range(9):
            i, j = row + step // 3 - 1, column + step % 3 - 1
            if 0 <= i < height and 0 <= j < width:
                # As a slice at once, this would take a second longer to compile.
                for feature in range(features):
                    value = np.uint32(cells[i, j, feature])
                    patches[n, step * features + feature] = value << shift


def look_at(top: Top, patches: Floats) -> Floats:
    """(N, K * M * M) attention logits of patches, in NumPy."""
    hidden = patches @ top.look_weight.T + top.look_bias
    hidden = np.maximum(hidden, hidden * np.float32(LEAKY_SLOPE))
    found: Floats = hidden @ top.attend_weight.T + top.attend_bias
    return found
