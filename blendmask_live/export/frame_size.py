"""Brings frames of a changed size back to the size that an export began with."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from blendmask_live.datatypes import Instances, TrackedFrame

__all__ = ["fit_to_size"]


def fit_to_size(tracked_frame: TrackedFrame, size: tuple[int, int]) -> TrackedFrame:
    """Scale picture and masks to `size` (height, width); the same object if they have it.

    Sequence formats know one size. A source whose size changes in the middle is rare, so this
    takes the simple way over whole frames.
    """
    if tracked_frame.frame.size == size:
        return tracked_frame
    height, width = size
    image = np.asarray(
        cv2.resize(tracked_frame.frame.image, (width, height), interpolation=cv2.INTER_AREA),
        dtype=np.uint8,
    )
    instances = tracked_frame.instances
    masks = np.zeros((len(instances), height, width), dtype=bool)
    for row, mask in enumerate(instances.masks()):
        scaled = cv2.resize(
            mask.view(np.uint8), (width, height), interpolation=cv2.INTER_NEAREST_EXACT
        )
        masks[row] = scaled.view(bool)
    scaled_instances = Instances.from_masks(
        masks, class_ids=instances.class_ids, scores=instances.scores, labels=instances.labels
    )
    if instances.semantic is not None:
        semantic = cv2.resize(
            instances.semantic, (width, height), interpolation=cv2.INTER_NEAREST_EXACT
        )
        scaled_instances = replace(scaled_instances, semantic=semantic.astype(np.uint8))
    return replace(
        tracked_frame,
        frame=replace(tracked_frame.frame, image=image, planes=None),
        tracked=replace(tracked_frame.tracked, instances=scaled_instances),
    )
