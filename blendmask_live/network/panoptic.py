"""Panoptic segmentation (Kirillov et al., CVPR 2019): semantic head and fusion."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from blendmask_live.network.family import BlendMaskConfig
from blendmask_live.network.pyramid import CHANNELS
from blendmask_live.network.resnet import NormedConv

__all__ = ["PanopticHead", "Panorama", "Segment", "fuse", "semantic_map"]

WIDTH = 128
CONVS = {2: 1, 3: 1, 4: 2, 5: 3}
"""Convolutions per pyramid level; each is followed by doubling, except at P2."""


class PanopticHead(nn.Module):
    """P2-P5 in, semantic logits at stride 4 out."""

    def __init__(self, config: BlendMaskConfig) -> None:
        super().__init__()
        for level, convs in CONVS.items():
            layers: list[nn.Module] = []
            for index in range(convs):
                norm = nn.GroupNorm(32, WIDTH)
                layers.append(NormedConv(WIDTH if index else CHANNELS, WIDTH, 3, norm=norm))
                double = nn.Upsample(scale_factor=2, mode="bilinear", align_corners=False)
                layers.append(double if level > 2 else nn.Identity())
            self.add_module(f"p{level}", nn.ModuleList(layers))
        self.predictor = nn.Conv2d(WIDTH, config.semantic_classes, 1)

    def forward(self, pyramid: dict[int, Tensor]) -> Tensor:
        """(B, semantic classes, H / 4, W / 4)."""
        return self.predictor(sum(self._level(level, pyramid[level]) for level in CONVS))

    def _level(self, level: int, x: Tensor) -> Tensor:
        convs_and_doubling = list(self.get_submodule(f"p{level}").children())
        for conv, double in zip(convs_and_doubling[::2], convs_and_doubling[1::2], strict=True):
            x = double(F.relu(conv(x)))
        return x


@dataclass(frozen=True, slots=True)
class Segment:
    """One area of a panoptic picture.

    Attributes:
        id: Value of its pixels, from 1.
        is_thing: A countable object; else stuff.
        category_id: Class of the detector, or of the semantic head from 1.
        area_px: Its pixels.
        row: Which instance it is; None for stuff.
        score: Of the instance; None for stuff.
    """

    id: int
    is_thing: bool
    category_id: int
    area_px: int
    row: int | None = None
    score: float | None = None


@dataclass(frozen=True, slots=True)
class Panorama:
    """Every pixel of a picture.

    Attributes:
        ids: (H, W) int32, segment ids, 0 where nothing is known.
        segments: In the order of their ids.
    """

    ids: Tensor
    segments: tuple[Segment, ...]


def semantic_map(
    logits: Tensor, *, content_size: tuple[int, int], frame_size: tuple[int, int]
) -> Tensor:
    """Semantic class of every frame pixel.

    Args:
        logits: (classes, h, w) at stride 4 of the network's input.
        content_size: (height, width) network px without padding.
        frame_size: (height, width) frame px.

    Returns:
        (H, W) int64.
    """
    full = F.interpolate(logits[None], scale_factor=4.0, mode="bilinear", align_corners=False)
    content = full[:, :, : content_size[0], : content_size[1]]
    resized = F.interpolate(content, frame_size, mode="bilinear", align_corners=False)
    return resized[0].argmax(dim=0)


def fuse(
    masks: Sequence[Tensor],
    scores: Sequence[float],
    class_ids: Sequence[int],
    semantic: Tensor,
    *,
    smallest_score: float = 0.45,
    largest_overlap: float = 0.4,
    smallest_stuff_px: int = 4096,
) -> Panorama:
    """Instances first, best first, then stuff where nothing is yet.

    Args:
        masks: (H, W) bool each, best first.
        semantic: (H, W) int64; 0 is every countable object.
        largest_overlap: An instance that has more than this share of its pixels on others is
            left out.
        smallest_stuff_px: Smaller stuff areas are left out.
    """
    ids = torch.zeros_like(semantic, dtype=torch.int32)
    segments: list[Segment] = []
    for row, (mask, score, class_id) in enumerate(zip(masks, scores, class_ids, strict=True)):
        if score < smallest_score:
            break
        area = int(mask.sum())
        free = mask & (ids == 0)
        free_px = int(free.sum())
        if not area or area - free_px > largest_overlap * area:
            continue
        ids[free] = len(segments) + 1
        segments.append(Segment(len(segments) + 1, True, int(class_id), free_px, row, float(score)))
    for category_id in semantic.unique().tolist():
        free = (semantic == category_id) & (ids == 0)
        area = int(free.sum())
        if category_id == 0 or area < smallest_stuff_px:
            continue
        ids[free] = len(segments) + 1
        segments.append(Segment(len(segments) + 1, False, int(category_id), area))
    return Panorama(ids, tuple(segments))
