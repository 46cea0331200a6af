"""DLA-34 (Yu et al., "Deep Layer Aggregation", CVPR 2018), under its published names.

Written here rather than taken from a library: two hundred lines of layers, and the published
weights hold two projections that take no part in the result.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

__all__ = ["Dla34"]


class _Block(nn.Module):
    def __init__(self, in_channels: int, out_channels: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(in_channels, out_channels, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(out_channels)
        self.conv2 = nn.Conv2d(out_channels, out_channels, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(out_channels)

    def forward(self, x: Tensor, shortcut: Tensor | None = None) -> Tensor:
        inner = F.relu(self.bn1(self.conv1(x)), inplace=True)
        return F.relu(self.bn2(self.conv2(inner)) + (x if shortcut is None else shortcut))


class _Root(nn.Module):
    """Joins what the branches of a tree found."""

    def __init__(self, in_channels: int, out_channels: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(in_channels, out_channels, 1, bias=False)
        self.bn = nn.BatchNorm2d(out_channels)

    def forward(self, *branches: Tensor) -> Tensor:
        return F.relu(self.bn(self.conv(torch.cat(branches, dim=1))))


def _projection(in_channels: int, out_channels: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(in_channels, out_channels, 1, bias=False), nn.BatchNorm2d(out_channels)
    )


class _Tree(nn.Module):
    """Two blocks and a root.

    Args:
        passed_on_channels: Channels of the features from above that reach the root.
    """

    def __init__(
        self, in_channels: int, out_channels: int, stride: int, *, passed_on_channels: int = 0
    ) -> None:
        super().__init__()
        self.stride = stride
        self.tree1 = _Block(in_channels, out_channels, stride)
        self.tree2 = _Block(out_channels, out_channels, 1)
        self.root = _Root(2 * out_channels + passed_on_channels, out_channels)
        changes = in_channels != out_channels
        self.project = _projection(in_channels, out_channels) if changes else None

    def forward(self, x: Tensor, *passed_on: Tensor) -> Tensor:
        shortcut = _shrink(x, self.stride)
        if self.project is not None:
            shortcut = self.project(shortcut)
        first = self.tree1(x, shortcut)
        return self.root(self.tree2(first), first, *passed_on)


class _Level5(_Tree):
    """A tree whose root also sees the level's input."""

    def __init__(self, in_channels: int, out_channels: int) -> None:
        super().__init__(in_channels, out_channels, 2, passed_on_channels=in_channels)

    def forward(self, x: Tensor, *passed_on: Tensor) -> Tensor:
        return super().forward(x, _shrink(x, 2), *passed_on)


class _TwoTrees(nn.Module):
    """Levels 3 and 4: the second tree's root also sees the level's input and the first tree."""

    def __init__(self, in_channels: int, out_channels: int) -> None:
        super().__init__()
        self.tree1 = _Tree(in_channels, out_channels, 2)
        self.tree2 = _Tree(
            out_channels, out_channels, 1, passed_on_channels=in_channels + out_channels
        )
        # In the published weights, but without effect.
        self.project = _projection(in_channels, out_channels).requires_grad_(False)

    def forward(self, x: Tensor) -> Tensor:
        first = self.tree1(x)
        return self.tree2(first, _shrink(x, 2), first)


class Dla34(nn.Module):
    """Features of strides 4, 8, 16 and 32."""

    channels = (64, 128, 256, 512)

    def __init__(self) -> None:
        super().__init__()
        self.base_layer = _plain(3, 16, kernel_size=7)
        self.level0 = _plain(16, 16)
        self.level1 = _plain(16, 32, stride=2)
        self.level2 = _Tree(32, 64, 2)
        self.level3 = _TwoTrees(64, 128)
        self.level4 = _TwoTrees(128, 256)
        self.level5 = _Level5(256, 512)

    def forward(self, x: Tensor) -> list[Tensor]:
        x, features = self.level1(self.level0(self.base_layer(x))), []
        for level in (self.level2, self.level3, self.level4, self.level5):
            x = level(x)
            features.append(x)
        return features


def _plain(
    in_channels: int, out_channels: int, *, kernel_size: int = 3, stride: int = 1
) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(in_channels, out_channels, kernel_size, stride, kernel_size // 2, bias=False),
        nn.BatchNorm2d(out_channels),
        nn.ReLU(inplace=True),
    )


def _shrink(x: Tensor, stride: int) -> Tensor:
    return F.max_pool2d(x, stride, stride) if stride > 1 else x
