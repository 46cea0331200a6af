"""BlendMask as published (Chen et al., CVPR 2020): FCOS with a top and a bottom module.

    picture -- trunk -- P3..P7 -- head --- classes, distances, centerness
                          |         `---- top layer ---- attention
                          `---- bottom ---- bases
                          `---- panoptic head ---- semantic classes

The attributes carry the published names, so a published state dict loads as it is.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from blendmask_live.network.family.bottom import Bottom
from blendmask_live.network.family.config import BlendMaskConfig, family_config
from blendmask_live.network.family.dla import Dla34
from blendmask_live.network.family.fcos_head import FcosHead, LevelPrediction
from blendmask_live.network.family.pyramid import CHANNELS, Pyramid
from blendmask_live.network.family.resnet import ResNet
from blendmask_live.network.family.semantic import PanopticHead
from blendmask_live.network.lite.model import BlendMaskLite
from blendmask_live.network.weights_file import ARCHITECTURE

__all__ = ["BlendMask", "BlendMaskOutput", "build_blendmask"]

RGB_MEAN = (123.675, 116.28, 103.53)
SIZE_DIVISOR = 32


class BlendMaskOutput(NamedTuple):
    """What the network says everywhere.

    Attributes:
        levels: Predictions of the head, level by level.
        bases: (B, K, H / 4, W / 4) of the padded input.
        semantic_logits: (B, classes + 1, H / 8, W / 8), in training only.
        stuff_logits: (B, semantic classes, H / 4, W / 4), of panoptic networks only.
    """

    levels: list[LevelPrediction]
    bases: Tensor
    semantic_logits: Tensor | None
    stuff_logits: Tensor | None


class _ProposalGenerator(nn.Module):
    """Adds only a name around the head, as in the published checkpoints."""

    def __init__(self, config: BlendMaskConfig) -> None:
        super().__init__()
        self.fcos_head = FcosHead(config)


class BlendMask(nn.Module):
    """One network of the published family."""

    mean: Tensor

    def __init__(self, config: BlendMaskConfig) -> None:
        super().__init__()
        self.config = config
        trunk = _trunk(config)
        self.backbone = Pyramid(
            trunk, trunk.channels, bottom=2 if config.is_panoptic else 3, top=config.pyramid_top
        )
        self.proposal_generator = _ProposalGenerator(config)
        self.basis_module = Bottom(config)
        self.top_layer = nn.Conv2d(CHANNELS, config.bases * config.attention_size**2, 3, padding=1)
        nn.init.normal_(self.top_layer.weight, std=0.01)
        nn.init.zeros_(self.top_layer.get_parameter("bias"))
        self.panoptic_module = PanopticHead(config) if config.is_panoptic else None
        self.register_buffer("mean", torch.empty(1, 3, 1, 1), persistent=False)
        self.reset_constants()

    def reset_constants(self) -> None:
        """Set what is no weight: a network built on the meta device needs it afterwards."""
        self.mean.copy_(torch.tensor(RGB_MEAN).view(1, 3, 1, 1))

    def forward(self, pictures: Tensor) -> BlendMaskOutput:
        """Run the network.

        Args:
            pictures: (B, 3, H, W) RGB 0..255, float, of any size; padded here.
        """
        assert pictures.ndim == 4 and pictures.shape[1] == 3, pictures.shape
        # The published weights take BGR, centred but not scaled, and zeros around it.
        x = (pictures - self.mean).flip(1)
        height, width = x.shape[-2:]
        x = F.pad(x, (0, -width % SIZE_DIVISOR, 0, -height % SIZE_DIVISOR))
        pyramid = self.backbone(x)
        bases, semantic = self.basis_module([pyramid[level] for level in (3, 4, 5)])
        head = self.proposal_generator.fcos_head
        return BlendMaskOutput(
            levels=head([pyramid[level] for level in self.config.levels]),
            bases=bases,
            semantic_logits=semantic,
            stuff_logits=None if self.panoptic_module is None else self.panoptic_module(pyramid),
        )

    def attention(self, box_features: Tensor, locations: Tensor) -> Tensor:
        """Attention logits at chosen locations of one level of one picture.

        The dense layer costs about a fifth of the network; at the kept locations it gives the
        same numbers for next to nothing.

        Args:
            box_features: (256, h, w).
            locations: (n,) int64, row * w + column.

        Returns:
            (n, K, M, M).
        """
        config, width = self.config, box_features.shape[-1]
        rows, columns = locations // width, locations % width
        padded = F.pad(box_features, (1, 1, 1, 1))
        steps = torch.arange(3, device=locations.device)
        patches = padded[
            :, (rows[:, None] + steps)[:, :, None], (columns[:, None] + steps)[:, None, :]
        ]
        logits = F.linear(
            patches.transpose(0, 1).flatten(1),
            self.top_layer.weight.flatten(1),
            self.top_layer.bias,
        )
        return logits.unflatten(1, (config.bases, config.attention_size, config.attention_size))


def build_blendmask(name: str) -> BlendMask | BlendMaskLite:
    """An untrained network in eval mode.

    Args:
        name: One of the ten published architectures, or 'blendmask-lite'.

    Raises:
        ValueError: If there is no such architecture.
    """
    if name == ARCHITECTURE:
        return BlendMaskLite().eval()
    return BlendMask(family_config(name)).eval()


def _trunk(config: BlendMaskConfig) -> ResNet | Dla34:
    if config.backbone == "dla34":
        return Dla34()
    return ResNet(
        config.backbone,
        is_deformable=config.is_deformable,
        has_frozen_norm=config.has_frozen_norm,
    )
