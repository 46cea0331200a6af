"""blendmask-prompt: masks of what is pointed at, from the trunk and pyramid of blendmask-lite.

The network looks at a square crop around the object, so small things are seen as large as big
ones. What the user says enters as maps at stride 4, at three depths of a bottom module that
started as blendmask-lite's; self-attention at stride 16 carries it over the whole crop.

    crop ── trunk ── pyramid ── refine P3..P5 ── tower ── context ── widen ── join ── mask
             (blendmask-lite's, frozen)  ▲             ▲                     ▲     └── confidence
    box, clicks, earlier mask ───────────┴─────────────┴─────────────────────┘
    memory: keys and masks of other frames ── attention ── recall (at stride 16)

The clicks as disks follow RITM (Sofiiuk et al., 2021), the recall follows space-time memories
(Oh et al., ICCV 2019), here of the mask alone.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from blendmask_live.network.layers import ConvUnit
from blendmask_live.network.lite.config import LEAKY_SLOPE
from blendmask_live.network.lite.model import BlendMaskLite
from blendmask_live.network.prompt.config import (
    ATTENTION_HEADS,
    PROMPT_CHANNELS,
    REACH,
    PromptConfig,
)

__all__ = ["PromptNetwork", "PromptOutput"]


class PromptOutput(NamedTuple):
    """What the head says of B crops.

    Attributes:
        mask_logits: (B, 1, H / 4, W / 4).
        confidence_logits: (B,) of the IoU that the mask will have with the truth.
        keys: (B, key_channels, H / 16, W / 16) for the memory, unit length.
        recall: (B, 2, H / 16, W / 16): how much of what the memory recalls is object, and how
            much is anything; zeros without a memory.
    """

    mask_logits: Tensor
    confidence_logits: Tensor
    keys: Tensor
    recall: Tensor


class _Attention(nn.Module):
    """One block of self-attention over all cells, with a depthwise look at the neighbours."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.heads = ATTENTION_HEADS
        self.place = nn.Conv2d(channels, channels, 3, padding=1, groups=channels)
        self.norm = nn.LayerNorm(channels)
        self.mix = nn.Linear(channels, 3 * channels)
        self.out = nn.Linear(channels, channels)
        self.norm_mlp = nn.LayerNorm(channels)
        self.widen = nn.Linear(channels, 2 * channels)
        self.narrow = nn.Linear(2 * channels, channels)

    def forward(self, x: Tensor) -> Tensor:
        batch, channels, height, width = x.shape
        x = x + self.place(x)
        rows = x.flatten(2).transpose(1, 2)
        size = channels // self.heads
        parts = self.mix(self.norm(rows)).view(batch, -1, 3, self.heads, size)
        query, key, value = parts.permute(2, 0, 3, 1, 4).unbind(0)
        # So few cells that PyTorch's own attention takes twice as long to learn.
        mixed = (query @ key.transpose(2, 3) * size**-0.5).softmax(dim=3) @ value
        rows = rows + self.out(mixed.transpose(1, 2).flatten(2))
        rows = rows + self.narrow(F.gelu(self.widen(self.norm_mlp(rows))))
        return rows.transpose(1, 2).reshape(batch, channels, height, width)


class PromptNetwork(nn.Module):
    """Trunk and pyramid of blendmask-lite with the prompted head on them.

    Attributes:
        backbone, fpn: blendmask-lite's, never trained here and not stored with the head.
    """

    mean: Tensor
    std: Tensor

    def __init__(self, lite: BlendMaskLite, config: PromptConfig | None = None) -> None:
        """Args:
        lite: Lends its trunk and pyramid.
        """
        super().__init__()
        self.config = config = config or PromptConfig()
        self.backbone, self.fpn = lite.backbone, lite.fpn
        self.head = PromptHead(
            config,
            pyramid_channels=lite.fpn.reduce[0].conv.out_channels,  # type: ignore[union-attr, arg-type]
            stem_channels=lite.backbone.stem.conv.out_channels,
        )
        self.register_buffer("mean", lite.mean.clone(), persistent=False)
        self.register_buffer("std", lite.std.clone(), persistent=False)

    def features(self, crops: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Stem and P3 to P5 of (B, 3, H, W) RGB 0..255 float; H and W multiples of 32."""
        stem, *deep = self.backbone((crops - self.mean) / self.std)
        p3, p4, p5, _ = self.fpn(tuple(deep))
        return stem, p3, p4, p5

    def forward(
        self, crops: Tensor, prompts: Tensor, memory_keys: Tensor, memory_masks: Tensor
    ) -> PromptOutput:
        """Answer one prompt for each crop.

        Args:
            crops: (B, 3, H, W) RGB 0..255, float; H and W multiples of 32.
            prompts: (B, 5, H / 4, W / 4), see `PROMPT_CHANNELS`.
            memory_keys: (B, key_channels, M) of cells of other frames.
            memory_masks: (B, 2, M): object probability and 1 for each of them; zeros for cells
                that say nothing.
        """
        output: PromptOutput = self.head(self.features(crops), prompts, memory_keys, memory_masks)
        return output


class PromptHead(nn.Module):
    """All that is learned."""

    def __init__(self, config: PromptConfig, *, pyramid_channels: int, stem_channels: int) -> None:
        super().__init__()
        deep, shallow, wide = (
            config.deep_channels,
            config.shallow_channels,
            config.context_channels,
        )
        maps = len(PROMPT_CHANNELS)
        # Named and shaped as blendmask-lite's bottom, from which they start.
        self.refine = nn.ModuleList(ConvUnit(pyramid_channels, deep, 3) for _ in range(3))
        self.tower = nn.Sequential(ConvUnit(deep, deep, 3), ConvUnit(deep, deep, 3))
        self.widen = ConvUnit(deep, shallow, 1)
        self.shallow = ConvUnit(stem_channels, shallow, 3, stride=2)
        self.join = nn.Sequential(ConvUnit(shallow, shallow, 3), ConvUnit(shallow, shallow, 3))
        # What is new.
        self.say = ConvUnit(maps, 24, 3)
        self.say_fine = nn.Conv2d(24, shallow, 1)
        self.say_deep = nn.Sequential(ConvUnit(24, 32, 3, stride=2), nn.Conv2d(32, deep, 1))
        self.say_wide = nn.Sequential(
            ConvUnit(24, 32, 3, stride=2), ConvUnit(32, 64, 3, stride=2), nn.Conv2d(64, wide, 1)
        )
        self.key = nn.Conv2d(pyramid_channels, config.key_channels, 1)
        self.sharpness = nn.Parameter(torch.tensor(10.0))
        self.gather = nn.Conv2d(deep, wide, 1)
        self.recalled = nn.Conv2d(2, wide, 3, padding=1)
        self.context = nn.Sequential(*(_Attention(wide) for _ in range(config.context_blocks)))
        self.spread = nn.Conv2d(wide, deep, 1)
        self.reach = nn.ModuleList(_Dilated(deep, dilation) for dilation in REACH)
        self.draw = ConvUnit(shallow, shallow, 3)
        self.mask = nn.Conv2d(shallow, 1, 1)
        self.judge = nn.Sequential(nn.Linear(3 * deep + 4, 64), nn.GELU(), nn.Linear(64, 1))

    def forward(
        self,
        features: tuple[Tensor, Tensor, Tensor, Tensor],
        prompts: Tensor,
        memory_keys: Tensor,
        memory_masks: Tensor,
    ) -> PromptOutput:
        """See `PromptNetwork.forward`; features as `PromptNetwork.features` gives them."""
        stem, p3, p4, p5 = features
        said = self.say(prompts)
        keys = self.remember(p4)
        recall = self._recall(keys, memory_keys, memory_masks)
        r3, r4, r5 = (layer(x) for layer, x in zip(self.refine, (p3, p4, p5), strict=True))
        wide = r4 + _larger(r5, 2)
        context = self.gather(wide) + self.say_wide(said) + self.recalled(recall)
        wide = wide + self.spread(self.context(context))
        deep = self.tower(r3 + _larger(wide, 2) + self.say_deep(said))
        for block in self.reach:
            deep = block(deep)
        joined = _larger(self.widen(deep), 2) + self.shallow(stem) + self.say_fine(said)
        logits = self.mask(self.draw(self.join(joined)))
        return PromptOutput(logits, self._judge(deep, logits), keys, recall)

    def remember(self, p4: Tensor) -> Tensor:
        """(B, key_channels, h, w) by which cells are recognised later, from P4 alone."""
        return F.normalize(self.key(p4).float(), dim=1)

    def _recall(self, keys: Tensor, memory_keys: Tensor, memory_masks: Tensor) -> Tensor:
        """(B, 2, h, w) what the memory's most alike cells say of each cell."""
        batch, channels, height, width = keys.shape
        alike = keys.view(batch, channels, -1).transpose(1, 2) @ memory_keys.float()
        # Cells that say nothing must not draw attention to themselves.
        unsaid = (1 - memory_masks[:, 1:]).float() * 20.0
        weights = (alike * self.sharpness.float() - unsaid).softmax(dim=2)
        said = weights @ memory_masks.float().transpose(1, 2)
        return said.transpose(1, 2).reshape(batch, 2, height, width)

    def _judge(self, deep: Tensor, logits: Tensor) -> Tensor:
        """(B,) logit of the mask's IoU, from the features inside and outside of it."""
        soft = logits.detach().float().sigmoid()
        sure = (2 * soft - 1).abs()
        small = F.avg_pool2d(soft, 2)
        area = small.mean(dim=(2, 3))
        rows = deep.float()
        inside = (rows * small).mean(dim=(2, 3)) / (area + 1e-3)
        edge = small * (1 - small)
        at_edge = (rows * edge).mean(dim=(2, 3)) / (edge.mean(dim=(2, 3)) + 1e-3)
        sureness = (sure * soft).mean(dim=(2, 3)) / (soft.mean(dim=(2, 3)) + 1e-3)
        numbers = [area, edge.mean(dim=(2, 3)), sureness, soft.amax(dim=(2, 3))]
        told = torch.cat([inside, at_edge, rows.mean(dim=(2, 3)), *numbers], dim=1)
        judged: Tensor = self.judge(told)
        return judged[:, 0]


class _Dilated(nn.Module):
    """A dilated convolution beside an unchanged path, at first without effect."""

    def __init__(self, channels: int, dilation: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(
            channels, channels, 3, padding=dilation, dilation=dilation, bias=False
        )
        self.bn = nn.BatchNorm2d(channels)
        nn.init.zeros_(self.bn.weight)

    def forward(self, x: Tensor) -> Tensor:
        return x + F.leaky_relu(self.bn(self.conv(x)), LEAKY_SLOPE)


def _larger(x: Tensor, factor: int) -> Tensor:
    return F.interpolate(x, scale_factor=float(factor), mode="bilinear", align_corners=False)
