"""Losses of the published family (Tian et al., ICCV 2019; Chen et al., CVPR 2020)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor
from torch.nn import functional as F
from torchvision.ops import sigmoid_focal_loss

from blendmask_live.network.blender import blend_logits
from blendmask_live.network.family.model import BlendMask, BlendMaskOutput
from blendmask_live.training.fcos_targets import (
    FcosTargets,
    Objects,
    assign_locations,
    location_grid,
)
from blendmask_live.training.targets import SEMANTIC_IGNORED

__all__ = ["family_losses"]

FOCAL_ALPHA, FOCAL_GAMMA = 0.25, 2.0
SEMANTIC_WEIGHT = 0.3
Average = Callable[[Tensor], Tensor]


def _alone(value: Tensor) -> Tensor:
    return value


def family_losses(
    model: BlendMask,
    output: BlendMaskOutput,
    pictures: Sequence[Objects],
    *,
    average: Average = _alone,
) -> dict[str, Tensor]:
    """Losses by name; their sum is to be minimised.

    Args:
        pictures: The objects of each picture of the batch.
        average: Mean of a number over all training processes.

    Returns:
        'classes', 'boxes', 'centerness', 'masks' and 'semantic'.
    """
    shapes = [(level.class_logits.shape[2], level.class_logits.shape[3]) for level in output.levels]
    targets = [assign_locations(model.config, shapes, p.boxes) for p in pictures]
    picture, location = torch.nonzero(torch.stack([t.objects for t in targets]) >= 0, as_tuple=True)
    objects = torch.stack([t.objects for t in targets])[picture, location]
    centerness = torch.stack([t.centerness for t in targets])[picture, location].detach()
    positives = average(location.new_tensor(len(location), dtype=torch.float32)).clamp(min=1.0)
    # Without a positive the sum is 0, and so are the losses that it divides.
    total_centerness = average(centerness.sum()).clamp(min=1e-6)
    predicted = _flat([level.distances for level in output.levels])[picture, location]
    wanted = torch.stack([t.distances for t in targets])[picture, location]
    said = _flat([level.centerness_logits for level in output.levels])[picture, location, 0]
    masks = _mask_losses(model, output, pictures, shapes, picture, location, objects)
    return {
        "classes": _class_loss(model, output, pictures, targets, shapes) / positives,
        "boxes": (_box_losses(predicted, wanted) * centerness).sum() / total_centerness,
        "centerness": F.binary_cross_entropy_with_logits(said, centerness, reduction="sum")
        / positives,
        "masks": (masks * centerness).sum() / total_centerness,
        "semantic": _semantic_loss(output, pictures, average),
    }


def _flat(levels: list[Tensor]) -> Tensor:
    """(B, P, C) of per-level (B, C, h, w), in fp32."""
    return torch.cat([level.flatten(2) for level in levels], dim=2).transpose(1, 2).float()


def _class_loss(
    model: BlendMask,
    output: BlendMaskOutput,
    pictures: Sequence[Objects],
    targets: list[FcosTargets],
    shapes: list[tuple[int, int]],
) -> Tensor:
    logits = _flat([level.class_logits for level in output.levels])
    wanted = torch.zeros_like(logits)
    counted = torch.ones_like(logits, dtype=torch.bool)
    columns, lines = location_grid(model.config, shapes, logits.device)[0].long().unbind(1)
    for row, (objects, target) in enumerate(zip(pictures, targets, strict=True)):
        # Unlabelled objects may be anywhere outside exhaustive classes; crowds hide single ones.
        if objects.exhaustive is not None:
            counted[row] = objects.exhaustive
        if objects.crowds is not None:
            height, width = objects.crowds.shape
            counted[
                row, objects.crowds[lines.clamp(max=height - 1), columns.clamp(max=width - 1)]
            ] = False
        locations = torch.nonzero(target.objects >= 0).flatten()
        classes = objects.class_ids[target.objects[locations]]
        wanted[row, locations, classes] = 1.0
        counted[row, locations, classes] = True
    losses: Tensor = sigmoid_focal_loss(logits, wanted, FOCAL_ALPHA, FOCAL_GAMMA)
    return (losses * counted).sum()


def _box_losses(predicted: Tensor, wanted: Tensor) -> Tensor:
    """(n,) 1 - GIoU of boxes given as (n, 4) distances from a common point, in strides.

    The published form: the IoU has 1 added to both areas.
    """

    def area(distances: Tensor) -> Tensor:
        return (distances[:, :2] + distances[:, 2:]).prod(dim=1)

    intersection = area(torch.minimum(predicted, wanted))
    union = area(predicted) + area(wanted) - intersection
    enclosing = area(torch.maximum(predicted, wanted))
    iou = (intersection + 1.0) / (union + 1.0)
    return 1.0 - (iou - (enclosing - union) / enclosing.clamp(min=1e-6))


def _mask_losses(
    model: BlendMask,
    output: BlendMaskOutput,
    pictures: Sequence[Objects],
    shapes: list[tuple[int, int]],
    picture: Tensor,
    location: Tensor,
    objects: Tensor,
) -> Tensor:
    """(n,) mean cross entropy of the mask of each positive, blended in its object's box."""
    attention = _attention(model, output, shapes, picture, location)
    counts = torch.tensor([len(p.boxes) for p in pictures], device=picture.device)
    rows = (counts.cumsum(0) - counts)[picture] + objects
    boxes = torch.cat([p.boxes for p in pictures])[rows]
    wanted = torch.cat([p.masks for p in pictures])[rows].float()
    logits = blend_logits(
        output.bases.float(),
        boxes,
        attention.float(),
        mask_size=wanted.shape[-1],
        image_index=picture,
    )
    entropy = F.binary_cross_entropy_with_logits(logits, wanted, reduction="none")
    return entropy.mean(dim=(1, 2))


def _attention(
    model: BlendMask,
    output: BlendMaskOutput,
    shapes: list[tuple[int, int]],
    picture: Tensor,
    location: Tensor,
) -> Tensor:
    """(n, K, M, M) at the positives, in their order."""
    found, index, start = [], [], 0
    for level, (height, width) in zip(output.levels, shapes, strict=True):
        for row in range(len(level.box_features)):
            here = (picture == row) & (location >= start) & (location < start + height * width)
            index.append(torch.nonzero(here).flatten())
            found.append(model.attention(level.box_features[row], location[index[-1]] - start))
        start += height * width
    return torch.cat(found)[torch.cat(index).argsort()]


def _semantic_loss(
    output: BlendMaskOutput, pictures: Sequence[Objects], average: Average
) -> Tensor:
    assert output.semantic_logits is not None, "the network is not in training mode"
    logits = output.semantic_logits.float()
    wanted = torch.stack([p.semantic for p in pictures])
    labelled = average((wanted != SEMANTIC_IGNORED).sum().float()).clamp(min=1.0)
    entropy = F.cross_entropy(logits, wanted, ignore_index=SEMANTIC_IGNORED, reduction="sum")
    return SEMANTIC_WEIGHT * entropy / labelled
