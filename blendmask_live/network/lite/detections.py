"""From dense predictions to a fixed number of detections; every shape known beforehand."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import torch
from torch import Tensor
from torchvision.ops import box_iou

from blendmask_live.network.lite.config import STRIDES, candidates_for
from blendmask_live.network.lite.model import DenseOutput

__all__ = [
    "Chosen",
    "choose",
    "decode_boxes",
    "distances_from_logits",
    "location_grid",
]

NMS_ROUNDS = 18
"""Longest chain of boxes that suppress each other which is still resolved exactly."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """D detections per picture, best first; unused places have score 0.

    Attributes:
        boxes_network_px: (B, D, 4) x0 y0 x1 y1, not clipped.
        scores: (B, D).
        class_ids: (B, D) int64.
        locations: (B, D) int64, positions among all locations.
        distances: (B, D, 4) from there to the sides, in strides.
    """

    boxes_network_px: Tensor
    scores: Tensor
    class_ids: Tensor
    locations: Tensor
    distances: Tensor


def location_grid(height: int, width: int, device: torch.device) -> tuple[Tensor, Tensor]:
    """Points (P, 2) x, y in network px and strides (P,) of all levels, in level order.

    The point of cell (x, y) is (x, y) * stride, without half a cell: the convention of the
    initial detector.
    """
    # Tensors made in inference mode may not meet autograd, so each mode has its own.
    return _location_grid(height, width, device, torch.is_inference_mode_enabled())


@lru_cache(maxsize=16)
def _location_grid(
    height: int, width: int, device: torch.device, is_inference: bool
) -> tuple[Tensor, Tensor]:
    points, strides = [], []
    for stride in STRIDES:
        rows, columns = -(-height // stride), -(-width // stride)
        y, x = torch.meshgrid(
            torch.arange(rows, device=device), torch.arange(columns, device=device), indexing="ij"
        )
        points.append(torch.stack([x.flatten(), y.flatten()], dim=1).float() * stride)
        strides.append(torch.full((rows * columns,), float(stride), device=device))
    return torch.cat(points), torch.cat(strides)


def distances_from_logits(distance_logits: Tensor) -> Tensor:
    """(..., 4, bins) -> (..., 4) in strides: the expectation over the bins."""
    bins = torch.arange(distance_logits.shape[-1], device=distance_logits.device)
    # No matrix product: autocast would round it to bf16, up to a pixel at stride 32.
    return (distance_logits.float().softmax(dim=-1) * bins).sum(dim=-1)


def decode_boxes(points: Tensor, distances_px: Tensor) -> Tensor:
    """(..., 4) x0 y0 x1 y1 from points (..., 2) and distances (..., 4), all in network px."""
    return torch.cat([points - distances_px[..., :2], points + distances_px[..., 2:]], dim=-1)


def choose(
    dense: DenseOutput,
    *,
    network_size: tuple[int, int],
    max_instances: int = 100,
    score_threshold: float = 0.05,
    nms_iou: float = 0.6,
    class_mask: Tensor | None = None,
    trims: bool = False,
) -> Chosen:
    """Top candidates and per-class NMS.

    Args:
        network_size: (height, width) px of the network's input.
        class_mask: (classes,) bool, which classes are wanted; all where absent.
        trims: Leave out places that no picture uses; waits for the device.
    """
    points, strides = location_grid(*network_size, dense.class_logits.device)
    class_logits, likeliest = dense.class_logits.float(), dense.best_logits
    if class_mask is not None or likeliest is None:
        if class_mask is not None:
            class_logits = class_logits.masked_fill(~class_mask, -torch.inf)
        likeliest = class_logits.amax(dim=2)
    candidates = candidates_for(max_instances, len(points))
    locations, class_ids, best = _best_pairs(class_logits, likeliest, candidates)
    # Sigmoid keeps the order, so only the candidates need it.
    scores = best.sigmoid()
    scores = scores * (scores > score_threshold)
    if trims:
        # Best first: what is too faint comes last, and need not be decoded or compared.
        sure = int((scores > 0).sum(dim=1).max())
        locations, class_ids, scores = (part[:, :sure] for part in (locations, class_ids, scores))
    logits = _take(dense.distance_logits.flatten(2), locations).unflatten(-1, (4, -1))
    distances = distances_from_logits(logits)
    boxes = decode_boxes(points[locations], distances * strides[locations][..., None])
    scores = scores * _survivors(boxes, class_ids, scores, nms_iou)
    count = min(max_instances, scores.shape[1])
    if trims:
        count = min(count, int((scores > 0).sum(dim=1).max()))
    scores, order = scores.topk(count, dim=1)
    locations, distances = locations.gather(1, order), _take(distances, order)
    return Chosen(
        boxes_network_px=_take(boxes, order),
        scores=scores,
        class_ids=class_ids.gather(1, order),
        locations=locations,
        distances=distances,
    )


def _best_pairs(logits: Tensor, likeliest: Tensor, count: int) -> tuple[Tensor, Tensor, Tensor]:
    """The `count` best (location, class) pairs of (B, P, classes) logits, best first.

    The best pairs lie at the locations with the best maxima (B, P), so two small top-k replace
    one over all pairs.
    """
    classes = logits.shape[-1]
    locations = likeliest.topk(count, dim=1).indices
    best, pairs = _take(logits, locations).flatten(1).topk(count, dim=1)
    return locations.gather(1, pairs // classes), pairs % classes, best


def _survivors(boxes: Tensor, class_ids: Tensor, scores: Tensor, nms_iou: float) -> Tensor:
    """(B, N) 1 or 0: greedy per-class NMS of boxes sorted best first, as fixed-shape rounds.

    Each round recomputes who is suppressed by a survivor; it settles on the greedy result
    after as many rounds as the longest chain of suppressions.
    """
    iou = torch.stack([box_iou(b, b) for b in boxes])
    rank = torch.arange(boxes.shape[1], device=boxes.device)
    # Row j says who may suppress j: the better ones of its class that overlap it.
    rivals = (iou > nms_iou) & (class_ids[:, :, None] == class_ids[:, None, :])
    rivals = (rivals & (rank < rank[:, None]) & (scores > 0)[:, None, :]).to(scores)
    alive = torch.ones_like(scores)[..., None]
    for _ in range(NMS_ROUNDS):
        before, alive = alive, (rivals @ alive == 0).to(scores)
        if alive.device.type == "cpu" and torch.equal(before, alive):
            break
    return alive[..., 0]


def _take(values: Tensor, index: Tensor) -> Tensor:
    """Rows `index` (B, D) of values (B, P, C)."""
    return values.gather(1, index[..., None].expand(-1, -1, values.shape[-1]))
