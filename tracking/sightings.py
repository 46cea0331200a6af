"""What of a frame's instances can be tracked."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from blendmask_live.datatypes import Instances
from blendmask_live.masks.crops import CroppedMask, counted
from tracking.association import Objects

__all__ = ["Sighting", "read_sightings", "unit_attention"]


@dataclass(frozen=True, slots=True, eq=False)
class Sighting:
    """One detection as the tracker sees it.

    Attributes:
        box: (4,) float32 xyxy frame px, finite and inside the frame.
        crop: The pixel mask, with at least one pixel.
        score: In [0, 1].
        class_id: As detected in this frame.
        seen_s: The tracker's clock.
        attention: (K, M, M) float32 logits, where the instances carry them.
        direction: (K * M * M,) the same as a vector of length 1; zeros where it says nothing.
    """

    box: NDArray[np.float32]
    crop: CroppedMask
    score: float
    class_id: int
    seen_s: float
    attention: NDArray[np.float32] | None = None
    direction: NDArray[np.float32] | None = None

    def kept_alone(self) -> Sighting:
        """The same in memory of its own: else, all that its frame shows would stay with it."""
        mask, crop = self.crop.mask, self.crop
        if mask.base is None:
            return self
        return replace(
            self,
            box=self.box.copy(),
            crop=counted(crop.x0, crop.y0, mask.copy(), crop.area),
            attention=None if self.attention is None else self.attention.copy(),
            direction=None if self.direction is None else self.direction.copy(),
        )


def read_sightings(instances: Instances, now_s: float) -> tuple[list[int], list[Sighting], Objects]:
    """The rows that can be tracked, what was seen there, and the same for the association."""
    usable = np.isfinite(instances.boxes).all(axis=1) & np.isfinite(instances.scores)
    if instances.mask_boxes is not None:
        usable &= np.isfinite(instances.mask_boxes).all(axis=1)
    # The whole mask is pasted because its pixels are kept: drawing and exporting need them next.
    readable = instances if usable.all() else instances.select(usable)
    crops = readable.cropped_masks()
    seen = np.array([row for row, crop in enumerate(crops) if crop.area], dtype=np.int64)
    height, width = instances.frame_size
    boxes = np.clip(readable.boxes, 0, np.array([width, height, width, height], np.float32))
    attention = readable.attention
    directions = None if attention is None else _directions(attention)
    unknown = np.zeros((len(crops), 0), dtype=np.float32)
    objects = Objects(
        boxes=boxes[seen].astype(np.float32, copy=False),
        crops=[crops[row] for row in seen.tolist()],
        class_ids=readable.class_ids[seen],
        weights=readable.scores[seen].astype(np.float64),
        reaches=np.zeros(len(seen)),
        attention=(unknown if directions is None else directions)[seen],
    )
    sightings = [
        Sighting(
            box,
            crop,
            score,
            class_id,
            now_s,
            None if attention is None else attention[row],
            None if directions is None else directions[row],
        )
        for box, crop, score, class_id, row in zip(
            objects.boxes,
            objects.crops,
            objects.weights.tolist(),
            objects.class_ids.tolist(),
            seen.tolist(),
            strict=True,
        )
    ]
    return np.flatnonzero(usable)[seen].tolist(), sightings, objects


def unit_attention(sightings: Sequence[Sighting]) -> NDArray[np.float32]:
    """(N, D) attention maps as vectors of length 1; zeros where a sighting has none."""
    known = [seen.direction for seen in sightings]
    size = next((direction.size for direction in known if direction is not None), 0)
    vectors = np.zeros((len(known), size), dtype=np.float32)
    for row, direction in enumerate(known):
        if direction is not None and direction.size == size:
            vectors[row] = direction
    return vectors


def _directions(attention: NDArray[np.float32]) -> NDArray[np.float32]:
    """(N, D) vectors of length 1 from (N, ...) logits."""
    size = math.prod(attention.shape[1:])
    vectors = attention.reshape(len(attention), size).astype(np.float32)
    highest = vectors.max(axis=1, initial=0, keepdims=True)
    lowest = vectors.min(axis=1, initial=0, keepdims=True)
    # NaN and infinity say nothing about an object.
    is_finite = np.isfinite(highest) & np.isfinite(lowest)
    vectors[~is_finite[:, 0]] = 0
    largest = np.where(is_finite, np.maximum(highest, -lowest), 0)
    vectors /= np.maximum(largest, np.float32(1e-9))
    vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
    return vectors
