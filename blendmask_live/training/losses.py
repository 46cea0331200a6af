"""Losses of blendmask-lite.

Detection: quality focal, distribution focal and GIoU losses (Li et al., NeurIPS 2020), and
distillation towards a frozen teacher. Masks: cross entropy and dice on blended masks.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F
from torchvision.ops import generalized_box_iou_loss, roi_align

from blendmask_live.network.blender import blend_logits
from blendmask_live.network.lite.detections import (
    decode_boxes,
    distances_from_logits,
    location_grid,
)
from blendmask_live.network.lite.model import BlendMaskLite, DenseOutput
from blendmask_live.training.targets import SEMANTIC_IGNORED, Assignment, Batch, assign

__all__ = [
    "LossWeights",
    "blended_losses",
    "compute_losses",
    "cover_targets",
    "jitter_boxes",
    "paired_iou",
    "semantic_loss",
]

Average = Callable[[Tensor], Tensor]
"""Mean of a number over all training processes; all of them must ask equally often."""


@dataclass(frozen=True, slots=True)
class LossWeights:
    """Weight of each loss; a weight of 0 switches it off."""

    classification: float = 1.0
    box: float = 2.0
    distribution: float = 0.25
    mask: float = 2.0
    dice: float = 2.0
    semantic: float = 0.3
    distill_classes: float = 1.0
    distill_distances: float = 0.5
    contested: float = 2.0
    """How much more pixels of other objects inside the box weigh in the mask loss."""


def compute_losses(
    model: BlendMaskLite,
    dense: DenseOutput,
    batch: Batch,
    teacher: DenseOutput | None,
    weights: LossWeights,
    *,
    mask_size: int,
    masks_per_picture: int,
    generator: torch.Generator,
    average: Average = Tensor.detach,
) -> dict[str, Tensor]:
    """Weighted losses by name; their sum is to be minimised."""
    height, width = batch.images.shape[-2:]
    points, strides = location_grid(height, width, batch.images.device)
    distances = distances_from_logits(dense.distance_logits)
    boxes = decode_boxes(points, distances * strides[:, None])
    assignments = [
        assign(points, scores, predicted, truth, classes)
        for scores, predicted, truth, classes in zip(
            dense.class_logits.detach().float().sigmoid(),
            boxes.detach(),
            batch.boxes,
            batch.class_ids,
            strict=True,
        )
    ]
    losses = _detection_losses(dense, batch, assignments, points, strides, boxes, weights, average)
    losses |= _mask_losses(
        model,
        dense,
        batch,
        assignments,
        boxes.detach(),
        distances.detach(),
        weights,
        mask_size=mask_size,
        masks_per_picture=masks_per_picture,
        generator=generator,
        average=average,
    )
    assert dense.semantic_logits is not None
    losses |= semantic_loss(dense.semantic_logits, batch.semantic, weights, average)
    if teacher is not None:
        losses |= _distillation_losses(dense, teacher, weights, average)
    return losses


def _detection_losses(
    dense: DenseOutput,
    batch: Batch,
    assignments: list[Assignment],
    points: Tensor,
    strides: Tensor,
    boxes: Tensor,
    weights: LossWeights,
    average: Average,
) -> dict[str, Tensor]:
    logits = dense.class_logits.float()
    target = torch.zeros_like(logits)
    # Unlabelled objects may be anywhere outside exhaustive classes; crowds hide single objects.
    counted = batch.exhaustive[:, None, :].expand_as(logits).clone()
    for row, found in enumerate(assignments):
        columns, lines = points.long().unbind(1)
        crowd = batch.ignored[row][
            lines.clamp(max=batch.ignored.shape[1] - 1),
            columns.clamp(max=batch.ignored.shape[2] - 1),
        ]
        counted[row, crowd] = False
        classes = batch.class_ids[row][found.objects]
        target[row, found.locations, classes] = found.quality
        counted[row, found.locations, classes] = True
    quality = torch.cat([found.quality for found in assignments])
    total = average(quality.sum()).clamp(min=1.0)
    focal = F.binary_cross_entropy_with_logits(logits, target, reduction="none")
    focal = focal * (target - logits.sigmoid()).abs().square() * counted
    losses = {"classification": weights.classification * focal.sum() / total}
    if not len(quality):
        return losses
    picture = _picture_index(assignments)
    locations = torch.cat([found.locations for found in assignments])
    truth = torch.cat([b[found.objects] for b, found in zip(batch.boxes, assignments, strict=True)])
    giou = generalized_box_iou_loss(boxes[picture, locations], truth)
    losses["box"] = weights.box * (giou * quality).sum() / total
    scale = strides[locations][:, None]
    wanted = torch.cat([points[locations] - truth[:, :2], truth[:, 2:] - points[locations]], dim=1)
    bins = dense.distance_logits.shape[-1]
    wanted = (wanted / scale).clamp(0, bins - 1 - 0.01)
    losses["distribution"] = (
        weights.distribution
        * (
            _distribution_focal(dense.distance_logits[picture, locations].float(), wanted) * quality
        ).sum()
        / total
    )
    return losses


def _distribution_focal(logits: Tensor, wanted: Tensor) -> Tensor:
    """(n, 4, bins) logits and (n, 4) distances in strides -> (n,)."""
    lower = wanted.long()
    share = wanted - lower
    log_p = logits.log_softmax(dim=-1)
    at_lower = log_p.gather(-1, lower[..., None])[..., 0]
    at_upper = log_p.gather(-1, lower[..., None] + 1)[..., 0]
    return -(at_lower * (1 - share) + at_upper * share).mean(dim=1)


def _picture_index(assignments: list[Assignment]) -> Tensor:
    return torch.cat(
        [torch.full_like(found.locations, row) for row, found in enumerate(assignments)]
    )


def _mask_losses(
    model: BlendMaskLite,
    dense: DenseOutput,
    batch: Batch,
    assignments: list[Assignment],
    boxes: Tensor,
    distances: Tensor,
    weights: LossWeights,
    *,
    mask_size: int,
    masks_per_picture: int,
    generator: torch.Generator,
    average: Average,
) -> dict[str, Tensor]:
    """Blend masks at a fixed number of positives per picture, in the boxes predicted there."""
    size = len(assignments)
    locations = boxes.new_zeros((size, masks_per_picture), dtype=torch.long)
    used = torch.zeros_like(locations, dtype=torch.bool)
    objects, start = torch.zeros_like(locations), 0
    for row, found in enumerate(assignments):
        order = torch.randperm(len(found.locations), generator=generator)[:masks_per_picture]
        order = order.to(boxes.device)
        locations[row, : len(order)] = found.locations[order]
        objects[row, : len(order)] = found.objects[order] + start
        used[row, : len(order)] = True
        start += len(batch.boxes[row])
    if not used.any():
        average(boxes.new_zeros(()))  # The other processes take part in this sum too.
        return {}
    attention = model.attention(
        dense.top_features, locations, distances.gather(1, locations[..., None].expand(-1, -1, 4))
    )[used]
    picture = torch.arange(size, device=boxes.device)[:, None].expand_as(used)[used]
    objects = objects[used]
    truth = torch.cat(batch.boxes)[objects]
    predicted = boxes[picture, locations[used]]
    quality = paired_iou(predicted, truth)
    # Blend where inference would; a box that misses its object teaches nothing about its mask.
    rois = torch.where((quality > 0.5)[:, None], predicted, jitter_boxes(truth, generator))
    logits = blend_logits(
        dense.bases.float(),
        rois,
        attention.float(),
        mask_size=mask_size,
        image_index=picture,
        blender=model.config.blender,
    )
    own, others = cover_targets(batch, rois, objects, picture, mask_size)
    return blended_losses(logits, own, others, quality, weights, average)


def blended_losses(
    logits: Tensor,
    own: Tensor,
    others: Tensor,
    quality: Tensor,
    weights: LossWeights,
    average: Average = Tensor.detach,
) -> dict[str, Tensor]:
    """Cross entropy and dice of blended masks.

    Args:
        logits: (n, R, R) of the masks.
        own: (n, R, R) the object's coverage of each cell.
        others: (n, R, R) that of all other objects.
        quality: (n,) IoU of each box with its object's; better ones count more.
    """
    per_mask = quality.clamp(min=0.3)
    per_mask = per_mask / average(per_mask.sum())
    pixel_weight = 1.0 + (weights.contested - 1.0) * others
    entropy = F.binary_cross_entropy_with_logits(logits, own, reduction="none") * pixel_weight
    probability = logits.sigmoid()
    overlap = 2 * (probability * own).sum(dim=(1, 2)) + 1.0
    dice = 1 - overlap / (probability.square().sum(dim=(1, 2)) + own.sum(dim=(1, 2)) + 1.0)
    return {
        "mask": weights.mask * (entropy.mean(dim=(1, 2)) * per_mask).sum(),
        "dice": weights.dice * (dice * per_mask).sum(),
    }


def semantic_loss(
    logits: Tensor, semantic: Tensor, weights: LossWeights, average: Average = Tensor.detach
) -> dict[str, Tensor]:
    """Cross entropy of the bottom's class map, (B, classes + 1, h, w) against (B, h, w)."""
    labelled = (semantic != SEMANTIC_IGNORED).sum()
    total = average(labelled.float()).clamp(min=1.0)
    if not (weights.semantic and bool(labelled)):
        return {}
    entropy = F.cross_entropy(
        logits.float(), semantic, ignore_index=SEMANTIC_IGNORED, reduction="sum"
    )
    return {"semantic": weights.semantic * entropy / total}


def cover_targets(
    batch: Batch, rois: Tensor, objects: Tensor, picture: Tensor, mask_size: int
) -> tuple[Tensor, Tensor]:
    """(n, R, R) the object's coverage of each cell, and that of all other objects."""

    def cut(masks: Tensor, index: Tensor) -> Tensor:
        regions = torch.cat([index[:, None].float(), rois], dim=1)
        return roi_align(masks.float()[:, None], regions, (mask_size, mask_size), 1.0, 2, True)[
            :, 0
        ]

    own = cut(torch.cat(batch.masks), objects)
    anyone = torch.stack([masks.any(dim=0) for masks in batch.masks])
    return own, (cut(anyone, picture) - own).clamp(min=0)


def jitter_boxes(boxes: Tensor, generator: torch.Generator) -> Tensor:
    """Move each side by up to 8 % of the box."""
    sides = (boxes[:, 2:] - boxes[:, :2]).repeat(1, 2)
    noise = torch.rand(boxes.shape, generator=generator).to(boxes.device) - 0.5
    return boxes + sides * noise * 0.16


def paired_iou(a: Tensor, b: Tensor) -> Tensor:
    """(n,) IoU of row i of both (n, 4)."""
    shared = (torch.min(a[:, 2:], b[:, 2:]) - torch.max(a[:, :2], b[:, :2])).clamp(min=0).prod(1)
    union = (a[:, 2:] - a[:, :2]).prod(1) + (b[:, 2:] - b[:, :2]).prod(1) - shared
    return shared / union.clamp(min=1e-6)


def _distillation_losses(
    dense: DenseOutput, teacher: DenseOutput, weights: LossWeights, average: Average
) -> dict[str, Tensor]:
    """Stay close to a teacher: its class scores everywhere, its distances where it is sure."""
    scores = teacher.class_logits.float().sigmoid()
    logits = dense.class_logits.float()
    focal = F.binary_cross_entropy_with_logits(logits, scores, reduction="none")
    focal = focal * (scores - logits.detach().sigmoid()).abs().square()
    sure = scores.amax(dim=2)
    sure = sure * (sure > 0.05)
    total = average(sure.sum()).clamp(min=1.0)
    divergence = F.kl_div(
        dense.distance_logits.float().log_softmax(-1),
        teacher.distance_logits.float().log_softmax(-1),
        reduction="none",
        log_target=True,
    ).sum(dim=(2, 3))
    return {
        "distill_classes": weights.distill_classes * focal.sum() / total,
        "distill_distances": weights.distill_distances * (divergence * sure).sum() / total,
    }
