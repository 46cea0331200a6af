"""FCOS head (Tian et al., ICCV 2019), one for all levels."""

from __future__ import annotations

import math
from typing import NamedTuple

from torch import Tensor, nn
from torch.nn import functional as F

from blendmask_live.network.family.config import BlendMaskConfig
from blendmask_live.network.family.group_norm import GroupNorm
from blendmask_live.network.family.pyramid import CHANNELS

__all__ = ["FcosHead", "LevelPrediction"]

PRIOR = 0.01
"""Probability of every class before training, which keeps focal loss calm."""


class LevelPrediction(NamedTuple):
    """What the head says of one level.

    Attributes:
        class_logits: (B, classes, h, w).
        distances: (B, 4, h, w) left, top, right, bottom in strides, not negative.
        centerness_logits: (B, 1, h, w).
        box_features: (B, 256, h, w), what the top layer looks at.
    """

    class_logits: Tensor
    distances: Tensor
    centerness_logits: Tensor
    box_features: Tensor


class FcosHead(nn.Module):
    """Shared tower, class tower and box tower, then the predictions."""

    def __init__(self, config: BlendMaskConfig) -> None:
        super().__init__()
        self.share_tower = _tower(config.shared_convs, config)
        self.cls_tower = _tower(config.own_convs, config)
        self.bbox_tower = _tower(config.own_convs, config)
        self.cls_logits = nn.Conv2d(CHANNELS, config.classes, 3, padding=1)
        self.bbox_pred = nn.Conv2d(CHANNELS, 4, 3, padding=1)
        self.ctrness = nn.Conv2d(CHANNELS, 1, 3, padding=1)
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.normal_(module.weight, std=0.01)
                nn.init.zeros_(module.get_parameter("bias"))
        nn.init.constant_(self.cls_logits.get_parameter("bias"), -math.log(1 / PRIOR - 1))

    def forward(self, pyramid: list[Tensor]) -> list[LevelPrediction]:
        """One prediction per level of the pyramid, in its order."""
        return [self._level(x, index) for index, x in enumerate(pyramid)]

    def _level(self, x: Tensor, index: int) -> LevelPrediction:
        shared = _climb(self.share_tower, x, index)
        class_features = _climb(self.cls_tower, shared, index)
        box_features = _climb(self.bbox_tower, shared, index)
        return LevelPrediction(
            class_logits=self.cls_logits(class_features),
            distances=F.relu(self.bbox_pred(box_features)),
            centerness_logits=self.ctrness(box_features),
            box_features=box_features,
        )


def _tower(convs: int, config: BlendMaskConfig) -> nn.Sequential:
    layers: list[nn.Module] = []
    for _ in range(convs):
        layers.append(nn.Conv2d(CHANNELS, CHANNELS, 3, padding=1))
        if config.head_norm == "group":
            layers.append(GroupNorm(32, CHANNELS))
        elif config.head_norm == "batch-per-level":
            layers.append(nn.ModuleList(nn.BatchNorm2d(CHANNELS) for _ in config.levels))
        layers.append(nn.ReLU(inplace=True))
    return nn.Sequential(*layers)


def _climb(tower: nn.Sequential, x: Tensor, level_index: int) -> Tensor:
    for layer in tower:
        # Norm per level is chosen by the level, not by the order of calls.
        x = layer[level_index](x) if isinstance(layer, nn.ModuleList) else layer(x)
    return x
