"""The bottom module: P3-P5 in, K bases at stride 4 out."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional as F

from blendmask_live.network.family.config import BlendMaskConfig
from blendmask_live.network.family.pyramid import CHANNELS

__all__ = ["Bottom"]

WIDTH = 128


class Bottom(nn.Module):
    """ProtoNet-like bottom module with the semantic head that only training uses."""

    def __init__(self, config: BlendMaskConfig) -> None:
        super().__init__()
        self.refine = nn.ModuleList(_unit(CHANNELS) for _ in range(3))
        self.tower = nn.Sequential(
            *(_unit(WIDTH) for _ in range(config.bottom_convs)),
            nn.Upsample(scale_factor=2, mode="bilinear", align_corners=False),
            _unit(WIDTH),
            nn.Conv2d(WIDTH, config.bases, 1),
        )
        self.seg_head = nn.Sequential(
            *_unit(CHANNELS), *_unit(WIDTH), nn.Conv2d(WIDTH, config.classes + 1, 1)
        )

    def forward(self, pyramid: list[Tensor]) -> tuple[Tensor, Tensor | None]:
        """Bases, and semantic logits at stride 8 in training.

        Args:
            pyramid: P3, P4, P5, each (B, 256, h, w).

        Returns:
            (B, K, H / 4, W / 4), and (B, classes + 1, H / 8, W / 8) or None.
        """
        joined, *deeper = (layer(x) for layer, x in zip(self.refine, pyramid, strict=True))
        for x in deeper:
            joined = joined + F.interpolate(
                x, joined.shape[-2:], mode="bilinear", align_corners=False
            )
        return self.tower(joined), self.seg_head(pyramid[0]) if self.training else None


def _unit(in_channels: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(in_channels, WIDTH, 3, padding=1, bias=False),
        nn.BatchNorm2d(WIDTH),
        nn.ReLU(inplace=True),
    )
