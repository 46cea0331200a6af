"""Which locations learn which object, and the batch of targets they learn from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torchvision.ops import box_iou

from blendmask_live.training.augment import Sample

__all__ = ["Assignment", "Batch", "assign", "collate"]

SEMANTIC_STRIDE = 8
SEMANTIC_IGNORED = 255


@dataclass(frozen=True, slots=True)
class Batch:
    """Samples as tensors; objects of all pictures in one list.

    Attributes:
        images: (B, 3, H, W) uint8 RGB.
        boxes: per picture (n, 4) network px.
        class_ids: per picture (n,) int64.
        masks: per picture (n, H, W) bool.
        exhaustive: (B, classes) bool, True where every object of the class is labelled.
        ignored: (B, H, W) bool crowd areas.
        semantic: (B, H / 8, W / 8) int64, 0 background, class + 1, 255 ignored.
    """

    images: Tensor
    boxes: list[Tensor]
    class_ids: list[Tensor]
    masks: list[Tensor]
    exhaustive: Tensor
    ignored: Tensor
    semantic: Tensor

    def to(self, device: str) -> Batch:
        """The batch on another device."""
        return Batch(
            images=self.images.to(device),
            boxes=[b.to(device) for b in self.boxes],
            class_ids=[c.to(device) for c in self.class_ids],
            masks=[m.to(device) for m in self.masks],
            exhaustive=self.exhaustive.to(device),
            ignored=self.ignored.to(device),
            semantic=self.semantic.to(device),
        )


def collate(samples: list[Sample]) -> Batch:
    """Samples of one size to a batch."""
    return Batch(
        images=torch.from_numpy(np.stack([s.image.transpose(2, 0, 1) for s in samples])),
        boxes=[torch.from_numpy(s.boxes()) for s in samples],
        class_ids=[torch.from_numpy(s.class_ids) for s in samples],
        masks=[torch.from_numpy(s.masks) for s in samples],
        exhaustive=torch.from_numpy(np.stack([s.exhaustive for s in samples])),
        ignored=torch.from_numpy(np.stack([s.ignored for s in samples])),
        semantic=torch.from_numpy(np.stack([_semantic(s) for s in samples])),
    )


def _semantic(sample: Sample) -> NDArray[np.int64]:
    """Class map at stride 8; smaller objects painted last."""
    half = SEMANTIC_STRIDE // 2
    masks = sample.masks[:, half::SEMANTIC_STRIDE, half::SEMANTIC_STRIDE]
    background = 0 if sample.exhaustive.all() else SEMANTIC_IGNORED
    target = np.full(
        sample.image[half::SEMANTIC_STRIDE, half::SEMANTIC_STRIDE, 0].shape, background
    )
    target[sample.ignored[half::SEMANTIC_STRIDE, half::SEMANTIC_STRIDE]] = SEMANTIC_IGNORED
    for row in np.argsort(-np.count_nonzero(masks, axis=(1, 2)), kind="stable"):
        target[masks[row]] = sample.class_ids[row] + 1
    return target.astype(np.int64)


@dataclass(frozen=True, slots=True)
class Assignment:
    """Locations that learn an object; parallel arrays over the positives of one picture.

    Attributes:
        locations: (n,) int64.
        objects: (n,) int64, row of the object.
        quality: (n,) IoU of the predicted box with the object's, in [0, 1].
    """

    locations: Tensor
    objects: Tensor
    quality: Tensor


def assign(
    points: Tensor,
    class_scores: Tensor,
    predicted_boxes: Tensor,
    boxes: Tensor,
    class_ids: Tensor,
    *,
    per_object: int = 9,
) -> Assignment:
    """Task-aligned assignment (after TOOD, Feng et al., ICCV 2021) for one picture.

    Each object takes the locations inside its box that already say its class and box best; a
    location wanted by several objects goes to the one whose box it fits best. An object without
    a location inside (tiny ones) takes the nearest.

    Args:
        points: (P, 2) network px.
        class_scores: (P, classes) in [0, 1].
        predicted_boxes: (P, 4) network px.
        boxes: (n, 4) network px.
        class_ids: (n,).
    """
    if not len(boxes):
        none = points.new_zeros(0, dtype=torch.long)
        return Assignment(none, none, points.new_zeros(0))
    iou = box_iou(boxes, predicted_boxes)
    offsets = torch.cat([points - boxes[:, None, :2], boxes[:, None, 2:] - points], dim=2)
    inside = offsets.amin(dim=2) > 0
    centers = (boxes[:, :2] + boxes[:, 2:]) / 2
    nearest = torch.cdist(centers, points).argmin(dim=1)
    inside[torch.arange(len(boxes), device=boxes.device), nearest] = True
    metric = (class_scores[:, class_ids].T + 1e-3).sqrt() * (iou + 1e-3) ** 3 * inside
    best, rows = metric.topk(min(per_object, len(points)), dim=1)
    wanted = torch.zeros_like(metric).scatter_(1, rows, (best > 0).to(metric.dtype)) > 0
    fit = torch.where(wanted, metric, metric.new_tensor(-1.0))
    value, owner = fit.max(dim=0)
    locations = torch.nonzero(value > 0).flatten()
    objects = owner[locations]
    return Assignment(locations, objects, iou[objects, locations])
