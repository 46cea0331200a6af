"""The semantic head of panoptic networks (Kirillov et al., CVPR 2019)."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from blendmask_live.network.family.config import BlendMaskConfig
from blendmask_live.network.family.group_norm import GroupNorm
from blendmask_live.network.family.pyramid import CHANNELS
from blendmask_live.network.family.resnet import NormedConv

__all__ = ["PanopticHead", "semantic_map"]

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
                norm = GroupNorm(32, WIDTH)
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


def semantic_map(
    logits: Tensor, *, content_size: tuple[int, int], frame_size: tuple[int, int]
) -> Tensor:
    """Semantic class of every frame pixel.

    Args:
        logits: (classes, h, w) at stride 4 of the network's input.
        content_size: (height, width) network px without padding.
        frame_size: (height, width) frame px.

    Returns:
        (H, W) uint8, 0 for all countable objects.
    """
    full = F.interpolate(logits[None], scale_factor=4.0, mode="bilinear", align_corners=False)
    content = full[:, :, : content_size[0], : content_size[1]]
    resized = F.interpolate(content, frame_size, mode="bilinear", align_corners=False)
    return resized[0].argmax(dim=0).to(torch.uint8)
