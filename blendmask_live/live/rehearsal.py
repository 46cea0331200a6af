"""Compiles what the first frames need, before they come."""

from __future__ import annotations

import numpy as np

from blendmask_live.datatypes import Instances
from blendmask_live.drawing.overlay import draw_overlay
from blendmask_live.masks.blending import blend_masks, mask_confidences
from blendmask_live.masks.crops import distinct_rows
from tracking import MaskTracker

__all__ = ["rehearse"]


def rehearse() -> None:
    """Blend, paste, track and draw two made-up objects; takes seconds, once on each machine."""
    # What the tracker loads when two objects are first claimed by the same track.
    import scipy.optimize  # noqa: F401

    image = np.zeros((360, 640, 3), dtype=np.uint8)
    boxes = np.array([[8, 8, 40, 40], [10, 10, 40, 40]], dtype=np.float32)
    bases = np.ones((4, 16, 16), dtype=np.float32)
    attention = np.zeros((2, 4, 14, 14), dtype=np.float32)
    soft_masks = blend_masks(bases, (boxes / 4).astype(np.float32), attention, mask_size=56)
    instances = Instances(
        boxes=boxes,
        scores=mask_confidences(soft_masks),
        class_ids=np.zeros(2, dtype=np.int64),
        frame_size=image.shape[:2],
        soft_masks=soft_masks,
        mask_boxes=boxes,
    )
    tracker = MaskTracker()
    for time_s in (0.0, 0.1):
        distinct_rows(
            instances.cropped_masks(),
            instances.scores,
            instances.class_ids,
            max_iou=0.5,
            max_share=0.5,
        )
        draw_overlay(image, tracker.update(instances, timestamp_s=time_s))
