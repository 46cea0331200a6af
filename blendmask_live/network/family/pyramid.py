"""Feature pyramid (Lin et al., CVPR 2017) with P6 and P7 as in FCOS."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional as F

__all__ = ["CHANNELS", "Pyramid"]

CHANNELS = 256


class _TopBlock(nn.Module):
    """P6 from P5, P7 from P6."""

    def __init__(self, top: int) -> None:
        super().__init__()
        for level in range(6, top + 1):
            self.add_module(f"p{level}", nn.Conv2d(CHANNELS, CHANNELS, 3, 2, 1))

    def forward(self, p5: Tensor) -> list[Tensor]:
        levels: list[Tensor] = []
        for layer in self.children():
            levels.append(layer(F.relu(levels[-1]) if levels else p5))
        return levels


class Pyramid(nn.Module):
    """Trunk and pyramid; keeps the published names, which nest the trunk inside.

    Args:
        bottom_up: Gives features of strides 4 to 32, with `channels`.
        bottom: First pyramid level, 2 or 3.
        top: Last pyramid level, 5 to 7.
    """

    def __init__(
        self, bottom_up: nn.Module, channels: tuple[int, ...], *, bottom: int, top: int
    ) -> None:
        super().__init__()
        self.levels = tuple(range(bottom, 6))
        for level in self.levels:
            self.add_module(f"fpn_lateral{level}", nn.Conv2d(channels[level - 2], CHANNELS, 1))
            self.add_module(f"fpn_output{level}", nn.Conv2d(CHANNELS, CHANNELS, 3, 1, 1))
        self.top_block = _TopBlock(top)
        self.bottom_up = bottom_up

    def forward(self, pictures: Tensor) -> dict[int, Tensor]:
        """Level -> (B, 256, h, w) of normalised (B, 3, H, W)."""
        features = self.bottom_up(pictures)
        pyramid: dict[int, Tensor] = {}
        above: Tensor | None = None
        for level in reversed(self.levels):
            merged = self.get_submodule(f"fpn_lateral{level}")(features[level - 2])
            if above is not None:
                merged = merged + F.interpolate(above, scale_factor=2.0, mode="nearest")
            pyramid[level] = self.get_submodule(f"fpn_output{level}")(merged)
            above = merged
        pyramid |= dict(enumerate(self.top_block(pyramid[5]), start=6))
        return dict(sorted(pyramid.items()))
