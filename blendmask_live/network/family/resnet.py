"""ResNet-50/101 as the published weights expect it (He et al., CVPR 2016; MSRA variant).

The stride of a stage lies in the first 1x1 convolution of its first block. Deformable stages
follow Zhu et al., "Deformable ConvNets v2", CVPR 2019.
"""

from __future__ import annotations

from collections.abc import Callable

from torch import Tensor, nn
from torch.nn import functional as F
from torchvision.ops import FrozenBatchNorm2d, deform_conv2d

__all__ = ["NormedConv", "ResNet"]

BLOCKS = {"resnet50": (3, 4, 6, 3), "resnet101": (3, 4, 23, 3)}
DEFORMABLE_INTERVAL = 3
MakeNorm = Callable[[int], nn.Module]


class _FrozenNorm(FrozenBatchNorm2d):  # type: ignore[misc]
    """BatchNorm as a constant, in the one fused step that leaves the official rounding."""

    def forward(self, x: Tensor) -> Tensor:
        return F.batch_norm(
            x, self.running_mean, self.running_var, self.weight, self.bias, eps=self.eps
        )


class NormedConv(nn.Conv2d):
    """Convolution without bias, then its norm, which the published names put inside it."""

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int,
        *,
        norm: nn.Module,
        stride: int = 1,
    ) -> None:
        super().__init__(
            in_channels, out_channels, kernel_size, stride, kernel_size // 2, bias=False
        )
        self.norm = norm

    def forward(self, x: Tensor) -> Tensor:
        return self.norm(super().forward(x))


class _DeformableConv(NormedConv):
    """Modulated deformable convolution; sampling points come from another layer."""

    def deform(self, x: Tensor, points: Tensor) -> Tensor:
        """Sample where (B, 27, h, w) `points` say: 9 x (dy, dx), then 9 logits of weights."""
        # In fp32: on the CPU there is no other, and positions lose too much in less.
        points = points.float()
        offsets, weights = points[:, :18], points[:, 18:].sigmoid()
        sampled = deform_conv2d(
            x.float(), offsets, self.weight.float(), padding=(1, 1), mask=weights
        )
        return self.norm(sampled.to(x.dtype))


class _Bottleneck(nn.Module):
    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        *,
        stride: int,
        is_deformable: bool,
        make_norm: MakeNorm,
    ) -> None:
        super().__init__()
        narrow = out_channels // 4
        if in_channels != out_channels:
            self.shortcut: NormedConv | None = NormedConv(
                in_channels, out_channels, 1, stride=stride, norm=make_norm(out_channels)
            )
        else:
            self.shortcut = None
        self.conv1 = NormedConv(in_channels, narrow, 1, stride=stride, norm=make_norm(narrow))
        self.conv2_offset = nn.Conv2d(narrow, 27, 3, padding=1) if is_deformable else None
        conv2 = _DeformableConv if is_deformable else NormedConv
        self.conv2 = conv2(narrow, narrow, 3, norm=make_norm(narrow))
        self.conv3 = NormedConv(narrow, out_channels, 1, norm=make_norm(out_channels))
        if self.conv2_offset is not None:
            # An untrained deformable convolution samples where an ordinary one does.
            nn.init.zeros_(self.conv2_offset.weight)
            nn.init.zeros_(self.conv2_offset.get_parameter("bias"))

    def forward(self, x: Tensor) -> Tensor:
        inner = F.relu(self.conv1(x), inplace=True)
        if self.conv2_offset is None:
            inner = self.conv2(inner)
        else:
            assert isinstance(self.conv2, _DeformableConv)
            inner = self.conv2.deform(inner, self.conv2_offset(inner))
        inner = self.conv3(F.relu(inner, inplace=True))
        return F.relu(inner + (x if self.shortcut is None else self.shortcut(x)), inplace=True)


class _Stem(nn.Module):
    def __init__(self, make_norm: MakeNorm) -> None:
        super().__init__()
        self.conv1 = NormedConv(3, 64, 7, stride=2, norm=make_norm(64))

    def forward(self, x: Tensor) -> Tensor:
        return F.max_pool2d(F.relu(self.conv1(x), inplace=True), 3, 2, 1)


class ResNet(nn.Module):
    """Features of strides 4, 8, 16 and 32.

    Args:
        depth: 'resnet50' or 'resnet101'.
        is_deformable: Every third block of res3-res5 has a deformable 3x3 convolution.
        has_frozen_norm: BatchNorm is a constant, in training too; stem and res2 are frozen.
    """

    channels = (256, 512, 1024, 2048)

    def __init__(self, depth: str, *, is_deformable: bool, has_frozen_norm: bool) -> None:
        super().__init__()
        make_norm: MakeNorm = _FrozenNorm if has_frozen_norm else nn.BatchNorm2d
        self.stem = _Stem(make_norm)
        in_channels = 64
        for stage, (blocks, channels) in enumerate(
            zip(BLOCKS[depth], self.channels, strict=True), start=2
        ):
            layers = []
            for index in range(blocks):
                layers.append(
                    _Bottleneck(
                        in_channels,
                        channels,
                        stride=2 if index == 0 and stage > 2 else 1,
                        is_deformable=is_deformable
                        and stage > 2
                        and index % DEFORMABLE_INTERVAL == 0,
                        make_norm=make_norm,
                    )
                )
                in_channels = channels
            setattr(self, f"res{stage}", nn.Sequential(*layers))
        if has_frozen_norm:
            # As published: what such a trunk sees first is never trained further.
            self.stem.requires_grad_(False)
            self.get_submodule("res2").requires_grad_(False)

    def forward(self, x: Tensor) -> list[Tensor]:
        x, features = self.stem(x), []
        for stage in (2, 3, 4, 5):
            x = self.get_submodule(f"res{stage}")(x)
            features.append(x)
        return features
