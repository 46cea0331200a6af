"""From the dense predictions of the published family to its detections (FCOS)."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torchvision.ops import batched_nms

from blendmask_live.network.family.fcos_head import LevelPrediction
from blendmask_live.network.family.model import BlendMask, BlendMaskOutput

__all__ = ["PictureDetections", "detect_picture", "level_points"]

SMALLEST_PROBABILITY = 0.05
CANDIDATES_PER_LEVEL = 1000


@dataclass(frozen=True, slots=True)
class PictureDetections:
    """Detections of one picture, best first.

    Attributes:
        boxes_network_px: (N, 4) x0 y0 x1 y1, not clipped.
        scores: (N,).
        class_ids: (N,) int64.
        attention: (N, K, M, M) logits.
    """

    boxes_network_px: Tensor
    scores: Tensor
    class_ids: Tensor
    attention: Tensor


@dataclass(frozen=True, slots=True)
class _Candidates:
    """Candidates of one level; parallel rows."""

    boxes_network_px: Tensor
    scores: Tensor
    class_ids: Tensor
    level: Tensor
    locations: Tensor


def level_points(height: int, width: int, stride: int, device: torch.device) -> Tensor:
    """(h * w, 2) x, y in network px of a level's cells, row by row."""
    rows, columns = torch.arange(height, device=device), torch.arange(width, device=device)
    y, x = torch.meshgrid(rows, columns, indexing="ij")
    return torch.stack([x.flatten(), y.flatten()], dim=1).float() * stride + stride // 2


def detect_picture(
    model: BlendMask,
    output: BlendMaskOutput,
    *,
    picture: int = 0,
    max_instances: int = 100,
    nms_iou: float = 0.6,
    class_mask: Tensor | None = None,
) -> PictureDetections:
    """The detections of one picture of a batch.

    Args:
        max_instances: Detections that are as good as the last one all stay.
        class_mask: (classes,) bool, which classes are wanted; all where absent.
    """
    found = [
        _candidates(level, picture, index, stride, class_mask)
        for index, (level, stride) in enumerate(
            zip(output.levels, model.config.strides, strict=True)
        )
    ]
    boxes = torch.cat([f.boxes_network_px for f in found])
    scores = torch.cat([f.scores for f in found])
    class_ids = torch.cat([f.class_ids for f in found])
    kept = batched_nms(boxes, scores, class_ids, nms_iou)
    if len(kept) > max_instances:
        kept = kept[scores[kept] >= scores[kept[max_instances - 1]]]
    levels, locations = torch.cat([f.level for f in found]), torch.cat([f.locations for f in found])
    return PictureDetections(
        boxes_network_px=boxes[kept],
        scores=scores[kept],
        class_ids=class_ids[kept],
        attention=_attention(model, output, picture, levels[kept], locations[kept]),
    )


def _candidates(
    level: LevelPrediction, picture: int, index: int, stride: int, class_mask: Tensor | None
) -> _Candidates:
    logits = level.class_logits[picture].float()
    classes, height, width = logits.shape
    centerness = level.centerness_logits[picture].float().sigmoid().flatten()
    # (locations, classes), as candidates are counted.
    probability = logits.flatten(1).T.sigmoid() * centerness[:, None]
    if class_mask is not None:
        probability = probability * class_mask
    pairs = torch.nonzero(probability.flatten() > SMALLEST_PROBABILITY).flatten()
    chosen = probability.flatten()[pairs]
    if len(pairs) > CANDIDATES_PER_LEVEL:
        chosen, rows = chosen.topk(CANDIDATES_PER_LEVEL, sorted=False)
        pairs = pairs[rows]
    locations = pairs // classes
    points = level_points(height, width, stride, logits.device)[locations]
    distances = level.distances[picture].float().flatten(1).T[locations] * stride
    return _Candidates(
        boxes_network_px=torch.cat([points - distances[:, :2], points + distances[:, 2:]], dim=1),
        scores=chosen.sqrt(),
        class_ids=pairs % classes,
        level=torch.full_like(pairs, index),
        locations=locations,
    )


def _attention(
    model: BlendMask, output: BlendMaskOutput, picture: int, levels: Tensor, locations: Tensor
) -> Tensor:
    size = model.config.attention_size
    attention = output.bases.new_zeros((len(levels), model.config.bases, size, size))
    for index, level in enumerate(output.levels):
        rows = torch.nonzero(levels == index).flatten()
        features = level.box_features[picture]
        attention[rows] = model.attention(features, locations[rows]).to(attention)
    return attention
