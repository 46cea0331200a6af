"""Masks for tracks that the detector missed: the new frame's bases, the track's old attention.

An object's attention changes slowly from frame to frame while the bases show where it is now,
so the two together give nearly the mask that a detection in the same box would have had.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from blendmask_live.datatypes import Instances
from blendmask_live.masks.blending import blend_mask
from blendmask_live.masks.crops import CroppedMask, shared_px
from blendmask_live.masks.pasting import paste_soft_masks
from tracking.association import mask_overlap

__all__ = ["CoastedMask", "append_rows", "coast"]

_LEAST_OVERLAP = 0.4
"""With the predicted mask; below it the bases show something else in the box."""
_LEAST_CONFIDENCE = 0.7
"""Mean probability inside the mask."""
_LARGEST_COVERED_SHARE = 0.3
"""Of the mask, by masks of this frame: beyond it the object is hidden, not missed."""


@dataclass(frozen=True, slots=True, eq=False)
class CoastedMask:
    """A row to append to a frame's instances.

    Attributes:
        box: (4,) float32 xyxy frame px that the mask spans; may leave the frame.
        soft_mask: (R, R) float32 probabilities over `box`.
        attention: (K, M, M) float32 logits it was made with.
        score: In [0, 1].
        class_id: Of the track.
        area: Pixels of the mask in the frame.
    """

    box: NDArray[np.float32]
    soft_mask: NDArray[np.float32]
    attention: NDArray[np.float32]
    score: float
    class_id: int
    area: int


def coast(
    instances: Instances,
    *,
    box: NDArray[np.float32],
    expected: CroppedMask,
    attention: NDArray[np.float32],
    score: float,
    class_id: int,
    present: Sequence[CroppedMask],
) -> CoastedMask | None:
    """The mask of an unseen object in a frame with bases, if it is plausible.

    Args:
        instances: Of this frame; its bases are read.
        box: (4,) xyxy frame px where the object is expected.
        expected: The mask expected there.
        attention: (K, M, M) of its last detection.
        score: Of its last detection.
        class_id: Of its track.
        present: Masks of the objects that were detected.
    """
    assert instances.bases is not None and instances.soft_masks is not None
    height, width = instances.frame_size
    base_height, base_width = instances.bases.shape[1:]
    scale = np.array([base_width / width, base_height / height] * 2, dtype=np.float32)
    size = instances.soft_masks.shape[-1]
    soft_mask = blend_mask(instances.bases, box * scale, attention, mask_size=size)
    inside = soft_mask >= instances.mask_threshold
    if not inside.any() or soft_mask[inside].mean() < _LEAST_CONFIDENCE:
        return None
    (crop,) = paste_soft_masks(
        soft_mask[None],
        box[None],
        frame_size=instances.frame_size,
        threshold=instances.mask_threshold,
    )
    if not crop.area or mask_overlap([crop], [expected], min_iou=0)[0, 0] < _LEAST_OVERLAP:
        return None
    most_covered = _LARGEST_COVERED_SHARE * crop.area
    if any(shared_px(crop, other) > most_covered for other in present):
        return None
    return CoastedMask(box, soft_mask, attention, score, class_id, crop.area)


def append_rows(instances: Instances, rows: Sequence[CoastedMask]) -> Instances:
    """The instances with coasted masks after them; their bases and own rows stay as they are."""
    if not rows:
        return instances
    assert instances.soft_masks is not None and instances.mask_boxes is not None
    height, width = instances.frame_size
    boxes = np.stack([row.box for row in rows])
    attention = instances.attention
    if attention is not None:
        attention = np.concatenate([attention, np.stack([row.attention for row in rows])])
    appended = replace(
        instances,
        boxes=np.concatenate([instances.boxes, boxes.clip(0, [width, height] * 2)]).astype(
            np.float32
        ),
        scores=np.append(instances.scores, [row.score for row in rows]).astype(np.float32),
        class_ids=np.append(instances.class_ids, [row.class_id for row in rows]).astype(np.int64),
        soft_masks=np.concatenate([instances.soft_masks, np.stack([r.soft_mask for r in rows])]),
        mask_boxes=np.concatenate([instances.mask_boxes, boxes]),
        attention=attention,
        _pasted=[],
    )
    if instances._pasted:
        # Their pixels may be finer than their cells.
        new = appended.select(np.arange(len(instances), len(appended)))
        appended._pasted.append((*instances.cropped_masks(), *new.cropped_masks()))
    return appended
