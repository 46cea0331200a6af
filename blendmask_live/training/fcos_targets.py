"""Targets of the published family: FCOS locations, masks in boxes, the semantic map."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torchvision.ops import roi_align

from blendmask_live.masks.segmentations import polygons_crop
from blendmask_live.network.family.config import BlendMaskConfig
from blendmask_live.network.family.proposals import level_points
from blendmask_live.training.targets import SEMANTIC_STRIDE, Batch

__all__ = [
    "FcosTargets",
    "Objects",
    "assign_locations",
    "location_grid",
    "objects_from_batch",
    "objects_from_polygons",
]

CENTER_RADIUS = 1.5
"""Positives lie within this many strides of an object's centre."""
Polygons = Sequence[Sequence[float]]
"""Parts of one object, each x0 y0 x1 y1 ... in network px."""


@dataclass(frozen=True, slots=True)
class Objects:
    """The labelled objects of one picture.

    Attributes:
        boxes: (n, 4) x0 y0 x1 y1 network px.
        class_ids: (n,) int64.
        masks: (n, R, R) bool, each object in its box.
        semantic: (H / 8, W / 8) int64, 0 background, class + 1, 255 ignored.
        exhaustive: (classes,) bool, True where every object of the class is labelled; all
            where absent.
        crowds: (H, W) bool, where single objects are not told apart; nowhere where absent.
    """

    boxes: Tensor
    class_ids: Tensor
    masks: Tensor
    semantic: Tensor
    exhaustive: Tensor | None = None
    crowds: Tensor | None = None


def objects_from_batch(batch: Batch, mask_size: int) -> list[Objects]:
    """The objects of each picture of a batch.

    Args:
        mask_size: R, side of the mask targets in cells.
    """
    return [
        Objects(
            boxes=boxes,
            class_ids=class_ids,
            masks=_masks_in_boxes(masks, boxes, mask_size),
            semantic=semantic,
            exhaustive=exhaustive,
            crowds=crowds,
        )
        for boxes, class_ids, masks, semantic, exhaustive, crowds in zip(
            batch.boxes,
            batch.class_ids,
            batch.masks,
            batch.semantic,
            batch.exhaustive,
            batch.ignored,
            strict=True,
        )
    ]


def objects_from_polygons(
    outlines: Sequence[Polygons],
    boxes: Tensor,
    class_ids: Tensor,
    *,
    picture_size: tuple[int, int],
    mask_size: int,
) -> Objects:
    """The objects of one picture, drawn exactly as for the published weights.

    Args:
        outlines: Of each object.
        boxes: (n, 4) network px.
        class_ids: (n,) int64.
        picture_size: (height, width) network px with padding, multiples of 8.
        mask_size: R, side of the mask targets in cells.
    """
    masks = [
        mask_in_box(outline, box, mask_size)
        for outline, box in zip(outlines, boxes.numpy(), strict=True)
    ]
    semantic = semantic_target(outlines, class_ids.tolist(), picture_size)
    return Objects(
        boxes=boxes,
        class_ids=class_ids,
        masks=torch.from_numpy(np.array(masks, dtype=bool).reshape(-1, mask_size, mask_size)),
        semantic=torch.from_numpy(semantic),
    )


def _masks_in_boxes(masks: Tensor, boxes: Tensor, size: int) -> Tensor:
    """(n, R, R) bool: the cells of each box that its (H, W) mask covers by half."""
    rows = torch.arange(len(boxes), device=boxes.device, dtype=boxes.dtype)
    regions = torch.cat([rows[:, None], boxes], dim=1)
    coverage = roi_align(masks.float()[:, None], regions, (size, size), 1.0, 2, True)
    return coverage[:, 0] >= 0.5


@dataclass(frozen=True, slots=True)
class FcosTargets:
    """What every location of one picture is to say; P locations of all levels in order.

    Attributes:
        objects: (P,) int64, row of the object, -1 for background.
        distances: (P, 4) to the object's sides in strides; meaningless for background.
        centerness: (P,) in [0, 1]; meaningless for background.
    """

    objects: Tensor
    distances: Tensor
    centerness: Tensor


def assign_locations(
    config: BlendMaskConfig, shapes: Sequence[tuple[int, int]], boxes: Tensor
) -> FcosTargets:
    """Which location learns which object (FCOS with centre sampling).

    Args:
        shapes: (h, w) of each level.
        boxes: (n, 4) network px.
    """
    points, strides, ranges = location_grid(config, shapes, boxes.device)
    if not len(boxes):
        none = points.new_zeros(len(points))
        return FcosTargets(none.long() - 1, none[:, None].expand(-1, 4), none)
    sides = torch.cat(
        [points[:, None] - boxes[None, :, :2], boxes[None, :, 2:] - points[:, None]], dim=2
    )
    centers = (boxes[:, :2] + boxes[:, 2:]) / 2
    reach = strides[:, None, None] * CENTER_RADIUS
    low = torch.maximum(centers - reach, boxes[:, :2])
    high = torch.minimum(centers + reach, boxes[:, 2:])
    is_central = ((points[:, None] > low) & (points[:, None] < high)).all(dim=2)
    largest = sides.amax(dim=2)
    fits_level = (largest >= ranges[:, :1]) & (largest <= ranges[:, 1:])
    areas = (boxes[:, 2:] - boxes[:, :2]).prod(dim=1)
    # Where objects overlap, the smallest one is learned.
    cost = areas.expand(len(points), -1).masked_fill(~(is_central & fits_level), torch.inf)
    best, objects = cost.min(dim=1)
    distances = sides[torch.arange(len(points), device=boxes.device), objects]
    return FcosTargets(
        objects=objects.masked_fill(best == torch.inf, -1),
        distances=distances / strides[:, None],
        centerness=_centerness(distances),
    )


def location_grid(
    config: BlendMaskConfig, shapes: Sequence[tuple[int, int]], device: torch.device
) -> tuple[Tensor, Tensor, Tensor]:
    """Points (P, 2), strides (P,) and size ranges (P, 2) of all levels."""
    points = [
        level_points(*shape, stride, device)
        for shape, stride in zip(shapes, config.strides, strict=True)
    ]
    counts = torch.tensor([len(p) for p in points], device=device)
    strides = torch.tensor(config.strides, dtype=torch.float32, device=device)
    ranges = torch.tensor(config.size_ranges_px, device=device)
    return (
        torch.cat(points),
        strides.repeat_interleave(counts),
        ranges.repeat_interleave(counts, dim=0),
    )


def _centerness(distances: Tensor) -> Tensor:
    """(P,) 1 in the middle of a box, 0 at its sides; (P, 4) distances of any unit."""
    across, down = distances[:, 0::2], distances[:, 1::2]
    ratios = across.amin(1) / across.amax(1) * (down.amin(1) / down.amax(1))
    return ratios.clamp(min=0).sqrt()


def mask_in_box(polygons: Polygons, box: NDArray[np.float32], size: int) -> NDArray[np.bool_]:
    """(size, size) bool: an object's outline rasterised in its box."""
    left, top, right, bottom = (float(side) for side in box)
    # A box may be thinner than a pixel.
    scale = np.array([size / max(right - left, 0.1), size / max(bottom - top, 0.1)])
    moved = [
        ((np.asarray(part, dtype=np.float64).reshape(-1, 2) - (left, top)) * scale).ravel()
        for part in polygons
    ]
    return _rasterise(moved, size, size)


def semantic_target(
    outlines: Sequence[Polygons], class_ids: Sequence[int], picture_size: tuple[int, int]
) -> NDArray[np.int64]:
    """(H / 8, W / 8) class + 1 of the last object painted there, 0 background."""
    height, width = picture_size
    target = np.zeros((height // SEMANTIC_STRIDE, width // SEMANTIC_STRIDE), dtype=np.int64)
    for polygons, class_id in zip(outlines, class_ids, strict=True):
        mask = _rasterise([np.asarray(part, dtype=np.float64) for part in polygons], height, width)
        target[mask[::SEMANTIC_STRIDE, ::SEMANTIC_STRIDE]] = class_id + 1
    return target


def _rasterise(parts: list[NDArray[np.float64]], height: int, width: int) -> NDArray[np.bool_]:
    mask = np.zeros((height, width), dtype=bool)
    crop = polygons_crop(parts, (height, width))
    x0, y0, x1, y1 = crop.box
    mask[y0:y1, x0:x1] = crop.mask
    return mask
