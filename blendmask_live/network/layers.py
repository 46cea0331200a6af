"""Small layers shared by the trunk, pyramid and heads of blendmask-lite."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from blendmask_live.network.lite.config import LEAKY_SLOPE

__all__ = ["ConvUnit", "DepthwiseSeparable", "GhostBlock", "ShuffleUnit"]


class ConvUnit(nn.Module):
    """Convolution without bias, BatchNorm, and a leaky ReLU unless `activate` is False."""

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int,
        *,
        stride: int = 1,
        groups: int = 1,
        activate: bool = True,
    ) -> None:
        super().__init__()
        self.conv = nn.Conv2d(
            in_channels,
            out_channels,
            kernel_size,
            stride,
            kernel_size // 2,
            groups=groups,
            bias=False,
        )
        self.bn = nn.BatchNorm2d(out_channels)
        self.activate = activate

    def forward(self, x: Tensor) -> Tensor:
        x = self.bn(self._convolved(x))
        return F.leaky_relu(x, LEAKY_SLOPE, inplace=True) if self.activate else x

    def _convolved(self, x: Tensor) -> Tensor:
        learns_on_cpu = x.requires_grad and x.device.type == "cpu"
        if not (learns_on_cpu and self.conv.groups > 1 and torch.is_autocast_enabled("cpu")):
            return self.conv(x)
        # In bf16 PyTorch takes many times as long for the gradients of a depthwise one.
        with torch.autocast("cpu", enabled=False):
            return self.conv(x.float()).to(x.dtype)


class DepthwiseSeparable(nn.Module):
    """Depthwise convolution, then 1x1, each with norm and activation."""

    def __init__(
        self, in_channels: int, out_channels: int, kernel_size: int, *, stride: int = 1
    ) -> None:
        super().__init__()
        self.dw = ConvUnit(in_channels, in_channels, kernel_size, stride=stride, groups=in_channels)
        self.pw = ConvUnit(in_channels, out_channels, 1)

    def forward(self, x: Tensor) -> Tensor:
        return self.pw(self.dw(x))


class ShuffleUnit(nn.Module):
    """ShuffleNetV2 unit (Ma et al., ECCV 2018), with stride 1 or 2."""

    def __init__(self, in_channels: int, out_channels: int, *, stride: int) -> None:
        super().__init__()
        half = out_channels // 2
        self.stride = stride
        if stride == 2:
            self.branch1 = nn.ModuleDict(
                {
                    "dw": ConvUnit(
                        in_channels, in_channels, 3, stride=2, groups=in_channels, activate=False
                    ),
                    "pw": ConvUnit(in_channels, half, 1),
                }
            )
        self.branch2 = nn.ModuleDict(
            {
                "pw1": ConvUnit(in_channels if stride == 2 else half, half, 1),
                "dw": ConvUnit(half, half, 3, stride=stride, groups=half, activate=False),
                "pw2": ConvUnit(half, half, 1),
            }
        )

    def forward(self, x: Tensor) -> Tensor:
        if self.stride == 2:
            kept, worked = self.keep(x), x
        else:
            kept, worked = x.chunk(2, dim=1)
        return F.channel_shuffle(torch.cat([kept, self.work(worked)], dim=1), 2)

    def keep(self, x: Tensor) -> Tensor:
        """The first branch of a unit with stride 2."""
        return self.branch1["pw"](self.branch1["dw"](x))

    def work(self, x: Tensor) -> Tensor:
        """The second branch: what happens to the channels that are not passed by."""
        return self.branch2["pw2"](self.branch2["dw"](self.branch2["pw1"](x)))


class _Ghost(nn.Module):
    """Half of the channels by a 1x1 convolution, half by a cheap depthwise one on those."""

    def __init__(self, in_channels: int, out_channels: int, *, activate: bool) -> None:
        super().__init__()
        half = out_channels // 2
        self.primary = ConvUnit(in_channels, half, 1, activate=activate)
        self.cheap = ConvUnit(half, half, 3, groups=half, activate=activate)

    def forward(self, x: Tensor) -> Tensor:
        primary = self.primary(x)
        return torch.cat([primary, self.cheap(primary)], dim=1)


class GhostBlock(nn.Module):
    """Two ghost layers beside a depthwise-separable shortcut (Han et al., CVPR 2020)."""

    def __init__(self, in_channels: int, out_channels: int) -> None:
        super().__init__()
        self.ghost1 = _Ghost(in_channels, out_channels, activate=True)
        self.ghost2 = _Ghost(out_channels, out_channels, activate=False)
        self.short_dw = ConvUnit(in_channels, in_channels, 5, groups=in_channels, activate=False)
        self.short_pw = ConvUnit(in_channels, out_channels, 1, activate=False)

    def forward(self, x: Tensor) -> Tensor:
        return self.ghost2(self.ghost1(x)) + self.short_pw(self.short_dw(x))
