"""Puts followed objects among those that the tracker knows, each object once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from blendmask_live.datatypes import Instances, TrackedInstances, TrackState
from blendmask_live.masks.crops import CroppedMask, crops_iou

__all__ = ["FollowedMask", "agreeing_rows", "joined"]

_SAME_IOU = 0.5
"""From which a followed mask and a detection are the same object."""


@dataclass(frozen=True, slots=True, eq=False)
class FollowedMask:
    """A followed object in one frame.

    Attributes:
        track_id: Positive, of no track of the tracker.
        class_id: In the labels that are given to `joined`.
        confidence: 0 to 1.
        crop: Has at least one pixel, all inside the frame.
    """

    track_id: int
    class_id: int
    confidence: float
    crop: CroppedMask


def agreeing_rows(masks: Sequence[CroppedMask], instances: Instances) -> list[NDArray[np.int64]]:
    """For each followed mask the rows of detections that are the same object."""
    if not masks or not len(instances):
        return [np.zeros(0, dtype=np.int64) for _ in masks]
    overlaps = crops_iou(list(masks), instances.cropped_masks())
    return [np.flatnonzero(row >= _SAME_IOU) for row in overlaps]


def joined(
    tracked: TrackedInstances, followed: Sequence[FollowedMask], labels: tuple[str, ...]
) -> TrackedInstances:
    """The tracker's rows without those of followed objects, then these.

    Args:
        tracked: What the tracker says of the frame.
        followed: The objects seen in it.
        labels: Begin with those of `tracked`.
    """
    if not followed:
        return tracked
    same = agreeing_rows([mask.crop for mask in followed], tracked.instances)
    rest = _without(tracked, {int(row) for rows in same for row in rows})
    class_ids = np.array([mask.class_id for mask in followed], dtype=np.int64)
    detected = rest.detected_class_ids
    return replace(
        rest,
        instances=_appended(rest.instances, followed, class_ids, labels),
        track_ids=np.append(rest.track_ids, [mask.track_id for mask in followed]).astype(np.int64),
        states=rest.states + (TrackState.FOLLOWED,) * len(followed),
        detected_class_ids=None if detected is None else np.append(detected, class_ids),
    )


def _without(tracked: TrackedInstances, rows: set[int]) -> TrackedInstances:
    """Without some rows, as if their tracks ended: what is held back must not wait for them."""
    if not rows:
        return tracked
    gone = {int(tracked.track_ids[row]) for row in rows}
    kept = np.array([row for row in range(len(tracked.states)) if row not in rows], dtype=np.int64)
    lost = [early for early, final in tracked.confirmations.items() if final in gone]
    confirmations: Mapping[int, int] = {
        early: final for early, final in tracked.confirmations.items() if final not in gone
    }
    return replace(
        tracked.select(kept), confirmations=confirmations, dropped=(*tracked.dropped, *lost)
    )


def _appended(
    instances: Instances,
    followed: Sequence[FollowedMask],
    class_ids: NDArray[np.int64],
    labels: tuple[str, ...],
) -> Instances:
    crops = tuple(mask.crop for mask in followed)
    boxes = np.array([crop.box for crop in crops], dtype=np.float32)
    soft, spans = instances.soft_masks, instances.mask_boxes
    pasted = (*instances.cropped_masks(), *crops)
    if soft is not None and spans is not None:
        # Cells for those who move or soften masks; the pixels stay as they were found.
        soft = np.concatenate([soft, _cells(crops, soft.shape[-1])])
        spans = np.concatenate([spans, boxes])
    attention = instances.attention
    if attention is not None:
        blank = np.zeros((len(crops), *attention.shape[1:]), dtype=np.float32)
        attention = np.concatenate([attention, blank])
    confidences = [mask.confidence for mask in followed]
    return replace(
        instances,
        boxes=np.concatenate([instances.boxes, boxes]),
        scores=np.append(instances.scores, confidences).astype(np.float32),
        class_ids=np.append(instances.class_ids, class_ids).astype(np.int64),
        labels=labels,
        soft_masks=soft,
        mask_boxes=spans,
        exact_masks=None if instances.exact_masks is None else pasted,
        attention=attention,
        _pasted=[pasted],
    )


def _cells(crops: Sequence[CroppedMask], side: int) -> NDArray[np.float32]:
    """(N, side, side) share of each cell of the crop that is object."""
    cells = [
        cv2.resize(crop.mask.astype(np.float32), (side, side), interpolation=cv2.INTER_AREA)
        for crop in crops
    ]
    return np.asarray(np.stack(cells), dtype=np.float32)
