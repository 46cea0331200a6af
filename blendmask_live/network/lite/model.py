"""blendmask-lite: a mobile dense detector with BlendMask's top, bottom and blender.

Trunk, pyramid and detection head follow NanoDet-Plus (ShuffleNetV2, Ghost-PAN, generalised
focal head; RangiLyu, Apache-2.0), so that its public weights can start the training. On top
of them stand the two modules of BlendMask (Chen et al., CVPR 2020):

    picture ── stem ── stage2 ── stage3 ── stage4 ── Ghost-PAN ── P3..P6 ── head ── classes
                 │                              │                    │        └──── distances
                 └─ stride-4 feature ─ bottom ◀─ P3..P5              └─ top ─────── attention
                                         └──────────────── bases

The top layer looks at the 3 x 3 neighbourhood of a location in head and pyramid features. It
is evaluated only at the locations that were kept, which gives the numbers of a dense layer
for a fraction of its cost.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from blendmask_live.network.layers import ConvUnit, DepthwiseSeparable, GhostBlock, ShuffleUnit
from blendmask_live.network.lite.config import (
    PYRAMID_CHANNELS,
    RGB_MEAN,
    RGB_STD,
    STRIDES,
    TRUNK_CHANNELS,
    TRUNK_STAGES,
    LiteConfig,
)

__all__ = ["STRIDES", "BlendMaskLite", "DenseOutput", "LiteConfig"]


class DenseOutput(NamedTuple):
    """What the network says at every location; P = locations of all levels, in level order.

    Attributes:
        class_logits: (B, P, classes).
        distance_logits: (B, P, 4, bins), left, top, right, bottom.
        top_features: per level (B, F, h, w), what the top layer looks at.
        bases: (B, K, H / 4, W / 4).
        semantic_logits: (B, classes + 1, H / 8, W / 8), in training only.
        best_logits: (B, P) of the likeliest class; not in training.
    """

    class_logits: Tensor
    distance_logits: Tensor
    top_features: list[Tensor]
    bases: Tensor
    semantic_logits: Tensor | None
    best_logits: Tensor | None = None


class _Trunk(nn.Module):
    """ShuffleNetV2 without its last layer; gives strides 2 (stem), 8, 16, 32."""

    stage2: nn.Sequential
    stage3: nn.Sequential
    stage4: nn.Sequential

    def __init__(self, channels: tuple[int, int, int, int]) -> None:
        super().__init__()
        self.stem = ConvUnit(3, channels[0], 3, stride=2)
        for (name, units), c_in, c_out in zip(
            TRUNK_STAGES.items(), channels[:-1], channels[1:], strict=True
        ):
            first = ShuffleUnit(c_in, c_out, stride=2)
            rest = [ShuffleUnit(c_out, c_out, stride=1) for _ in range(units - 1)]
            setattr(self, name, nn.Sequential(first, *rest))

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        stem = self.stem(x)
        c3 = self.stage2(F.max_pool2d(stem, 3, 2, 1))
        c4 = self.stage3(c3)
        return stem, c3, c4, self.stage4(c4)


class _GhostPan(nn.Module):
    """Path-aggregation pyramid of ghost blocks: strides 8, 16, 32 and 64."""

    def __init__(self, in_channels: tuple[int, ...], channels: int) -> None:
        super().__init__()
        self.reduce = nn.ModuleList(ConvUnit(c, channels, 1) for c in in_channels)
        self.top_down = nn.ModuleList(GhostBlock(2 * channels, channels) for _ in range(2))
        self.down = nn.ModuleList(
            DepthwiseSeparable(channels, channels, 5, stride=2) for _ in range(2)
        )
        self.bottom_up = nn.ModuleList(GhostBlock(2 * channels, channels) for _ in range(2))
        self.extra_in = DepthwiseSeparable(channels, channels, 5, stride=2)
        self.extra_out = DepthwiseSeparable(channels, channels, 5, stride=2)

    def forward(self, features: tuple[Tensor, ...]) -> list[Tensor]:
        c3, c4, c5 = (layer(x) for layer, x in zip(self.reduce, features, strict=True))
        m4 = self.top_down[0](torch.cat([_double(c5), c4], dim=1))
        p3 = self.top_down[1](torch.cat([_double(m4), c3], dim=1))
        p4 = self.bottom_up[0](torch.cat([self.down[0](p3), m4], dim=1))
        p5 = self.bottom_up[1](torch.cat([self.down[1](p4), c5], dim=1))
        return [p3, p4, p5, self.extra_in(c5) + self.extra_out(p5)]


class _Head(nn.Module):
    """Per level: two depthwise-separable convolutions, then classes and distances."""

    def __init__(self, channels: int, outputs: int, distance_outputs: int) -> None:
        super().__init__()
        self.convs = nn.ModuleList(
            nn.Sequential(
                DepthwiseSeparable(channels, channels, 5),
                DepthwiseSeparable(channels, channels, 5),
            )
            for _ in STRIDES
        )
        self.pred = nn.ModuleList(nn.Conv2d(channels, outputs, 1) for _ in STRIDES)
        for pred in self.pred:
            # Nothing is likely at first: the prior of focal losses, 0.01.
            nn.init.constant_(pred.get_parameter("bias")[: outputs - distance_outputs], -4.6)

    def forward(self, pyramid: list[Tensor]) -> tuple[list[Tensor], list[Tensor]]:
        features = [conv(x) for conv, x in zip(self.convs, pyramid, strict=True)]
        return features, [pred(x) for pred, x in zip(self.pred, features, strict=True)]


class _Bottom(nn.Module):
    """BlendMask's bottom module: P3-P5 and a shallow feature in, K bases at stride 4 out."""

    def __init__(self, config: LiteConfig, pyramid_channels: int, stem_channels: int) -> None:
        super().__init__()
        deep, shallow = config.bottom_channels, config.shallow_channels
        self.refine = nn.ModuleList(ConvUnit(pyramid_channels, deep, 3) for _ in range(3))
        self.tower = nn.Sequential(ConvUnit(deep, deep, 3), ConvUnit(deep, deep, 3))
        self.widen = ConvUnit(deep, shallow, 1)
        self.shallow = ConvUnit(stem_channels, shallow, 3, stride=2)
        self.join = nn.Sequential(ConvUnit(shallow, shallow, 3), ConvUnit(shallow, shallow, 3))
        self.bases = nn.Conv2d(shallow, config.bases, 1)
        # Only trains the features (the paper's semantic loss); never evaluated afterwards.
        self.semantic = nn.Conv2d(deep, config.classes + 1, 1)

    def forward(self, stem: Tensor, pyramid: list[Tensor]) -> tuple[Tensor, Tensor | None]:
        p3, p4, p5 = (layer(x) for layer, x in zip(self.refine, pyramid[:3], strict=True))
        deep = self.tower(p3 + _double(p4 + _double(p5)))
        joined = self.join(_double(self.widen(deep)) + self.shallow(stem))
        return self.bases(joined), self.semantic(deep) if self.training else None


class _Top(nn.Module):
    """BlendMask's top layer: attention for a location, evaluated where it is wanted."""

    def __init__(self, config: LiteConfig, feature_channels: int) -> None:
        super().__init__()
        self.bases, self.size = config.bases, config.attention_size
        self.look = nn.Linear(feature_channels * 9 + 4, config.top_channels)
        self.attend = nn.Linear(config.top_channels, config.bases * config.attention_size**2)

    def forward(self, patches: Tensor, box_shape: Tensor) -> Tensor:
        """(..., 9 * F) patches and (..., 4) box shape -> (..., K, M, M) attention logits."""
        hidden = F.leaky_relu(self.look(torch.cat([patches, box_shape], dim=-1)), 0.1)
        return self.attend(hidden).unflatten(-1, (self.bases, self.size, self.size))


class BlendMaskLite(nn.Module):
    """The network. Input sides must be multiples of 32."""

    mean: Tensor
    std: Tensor

    def __init__(self, config: LiteConfig | None = None) -> None:
        super().__init__()
        self.config = config = config or LiteConfig()
        trunk, channels = TRUNK_CHANNELS[config.width], PYRAMID_CHANNELS[config.width]
        self.backbone = _Trunk(trunk)
        self.fpn = _GhostPan(trunk[1:], channels)
        distance_outputs = 4 * config.distance_bins
        self.head = _Head(channels, config.classes + distance_outputs, distance_outputs)
        self.bottom = _Bottom(config, channels, trunk[0])
        # Fixed tiles leave nothing to predict.
        self.top = None if config.blender == "fcis" else _Top(config, 2 * channels)
        self.register_buffer("mean", torch.tensor(RGB_MEAN).view(1, 3, 1, 1), persistent=False)
        self.register_buffer("std", torch.tensor(RGB_STD).view(1, 3, 1, 1), persistent=False)

    def forward(self, pictures: Tensor) -> DenseOutput:
        """Run the network.

        Args:
            pictures: (B, 3, H, W) RGB 0..255, float; H and W multiples of 32.
        """
        stem, pyramid, head_features, flat = self.see(pictures)
        bases, semantic = self.bottom(stem, pyramid)
        classes = self.config.classes
        class_logits = flat[..., :classes]
        return DenseOutput(
            class_logits=class_logits,
            distance_logits=flat[..., classes:].unflatten(-1, (4, self.config.distance_bins)),
            top_features=[
                torch.cat(pair, dim=1) for pair in zip(head_features, pyramid, strict=True)
            ],
            bases=bases,
            semantic_logits=semantic,
            best_logits=None if self.training else class_logits.amax(dim=2),
        )

    def see(self, pictures: Tensor) -> tuple[Tensor, list[Tensor], list[Tensor], Tensor]:
        """Everything below the masks; arguments as for `forward`.

        Returns:
            The stem's feature, the pyramid, the detector's features of each level, and
            (B, P, classes + 4 * bins) logits, classes first.
        """
        stem, *deep = self.backbone((pictures - self.mean) / self.std)
        pyramid = self.fpn(tuple(deep))
        head_features, predictions = self.head(pyramid)
        # Rows of locations: how channels-last convolutions leave them.
        flat = torch.cat([p.permute(0, 2, 3, 1).flatten(1, 2) for p in predictions], dim=1)
        return stem, pyramid, head_features, flat

    def attention(
        self,
        top_features: list[Tensor],
        locations: Tensor,
        distances: Tensor,
        *,
        top: nn.Module | None = None,
    ) -> Tensor:
        """Attention logits at chosen locations; zeros where the blender needs none.

        Args:
            top_features: As in `DenseOutput`.
            locations: (B, D) int64, positions among the P locations.
            distances: (B, D, 4) predicted distances to the sides, in strides.
            top: The network's top layer in another precision, to be used instead.

        Returns:
            (B, D, K, M, M).
        """
        if self.top is None:
            return distances.new_zeros((*locations.shape, self.config.bases, 1, 1))
        patches = _gather_patches(top_features, locations)
        shape = _box_shape(distances).to(patches)
        if top is None:
            return self.top(patches, shape)
        dtype = next(top.parameters()).dtype
        return top(patches.to(dtype), shape.to(dtype)).to(patches)


def _double(x: Tensor) -> Tensor:
    return F.interpolate(x, scale_factor=2.0, mode="bilinear", align_corners=False)


def _box_shape(distances: Tensor) -> Tensor:
    """(..., 4) where in its box a location lies and how large the box is, scale-free."""
    left, top, right, bottom = distances.detach().clamp(min=0.05).unbind(-1)
    width, height = left + right, top + bottom
    return torch.stack(
        [left / width - 0.5, top / height - 0.5, width.log() - 1.5, height.log() - 1.5], dim=-1
    )


def _gather_patches(features: list[Tensor], locations: Tensor) -> Tensor:
    """(B, D, 9 * F): the 3 x 3 neighbourhood of each location, zeros outside its level.

    Every level is asked for every location, and answers zeros for those of other levels: that
    moves less memory than joining the levels, and the shapes do not depend on the detections.
    """
    batch, count = locations.shape
    steps = torch.arange(9, device=locations.device)
    pictures = torch.arange(batch, device=locations.device)[:, None, None]
    patches, start = None, 0
    for level in features:
        height, width = level.shape[-2:]
        local = (locations - start)[..., None]
        rows, columns = local // width + steps // 3 - 1, local % width + steps % 3 - 1
        inside = (rows >= 0) & (rows < height) & (columns >= 0) & (columns < width)
        inside &= (local >= 0) & (local < height * width)
        index = ((pictures * height + rows) * width + columns).where(inside, 0)
        # Channels last, as a runtime gives it, each neighbour is one run of memory.
        cells = level.permute(0, 2, 3, 1).reshape(-1, level.shape[1])
        found = cells.index_select(0, index.flatten()) * inside.view(-1, 1)
        patches = found if patches is None else patches + found
        start += height * width
    assert patches is not None
    return patches.view(batch, count, 9 * features[0].shape[1])
