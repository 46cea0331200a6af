"""The published BlendMask family: one table of ten architectures.

Chen et al., "BlendMask: Top-Down Meets Bottom-Up for Instance Segmentation", CVPR 2020.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

__all__ = ["FAMILY", "BlendMaskConfig", "family_config"]


@dataclass(frozen=True, slots=True)
class BlendMaskConfig:
    """Everything that distinguishes one published network from another."""

    name: str
    backbone: Literal["resnet50", "resnet101", "dla34"] = "resnet50"
    is_deformable: bool = False
    """Modulated deformable 3x3 convolutions in every third block of res3-res5."""
    has_frozen_norm: bool = True
    """The trunk's BatchNorm is a constant, in training too."""
    pyramid_top: int = 7
    """Last level that the head looks at: P5, P6 or P7."""
    short_side: int = 800
    """Network input: the picture's shorter side in px..."""
    long_side: int = 1333
    """...unless the longer side would exceed this."""
    shared_convs: int = 0
    """Tower convolutions that classes and boxes share."""
    own_convs: int = 4
    """Convolutions of the class tower and of the box tower, each."""
    head_norm: Literal["group", "batch-per-level", "none"] = "group"
    bottom_convs: int = 3
    """Convolutions of the bottom module before it doubles its resolution."""
    is_panoptic: bool = False
    """Has P2 and a semantic head for `stuff`."""
    classes: int = 80
    bases: int = 4
    attention_size: int = 14
    """M: attention is M x M per base."""
    semantic_classes: int = 54
    """Classes of the panoptic head: 0 is every countable object, then the stuff classes."""

    @property
    def levels(self) -> tuple[int, ...]:
        """Pyramid levels that the head looks at; level n has stride 2 ** n."""
        return tuple(range(3, self.pyramid_top + 1))

    @property
    def strides(self) -> tuple[int, ...]:
        """Network px per cell of each of `levels`."""
        return tuple(2**level for level in self.levels)

    @property
    def size_ranges_px(self) -> tuple[tuple[float, float], ...]:
        """Per level, the range (inclusive) of an object's largest side distance it learns."""
        limits = (-1.0, 64.0, 128.0, 256.0, 512.0)[: len(self.levels)]
        return tuple(pairwise((*limits, float("inf"))))


def _real_time(name: str, **options: object) -> BlendMaskConfig:
    return BlendMaskConfig(
        name,
        has_frozen_norm=False,
        pyramid_top=5,
        short_side=512,
        long_side=736,
        **options,  # type: ignore[arg-type]
    )


_SHARED = {"shared_convs": 3, "own_convs": 0, "bottom_convs": 2}
_ALL = (
    BlendMaskConfig(
        "blendmask-550-r50",
        pyramid_top=6,
        short_side=550,
        long_side=916,
        shared_convs=3,
        own_convs=0,
        bottom_convs=2,
    ),
    _real_time("blendmask-rt-r50", **_SHARED),
    _real_time("blendmask-rt-r50-bnhead", head_norm="batch-per-level", **_SHARED),
    _real_time("blendmask-dla34", backbone="dla34"),
    BlendMaskConfig("blendmask-r50"),
    BlendMaskConfig("blendmask-r101", backbone="resnet101"),
    BlendMaskConfig("blendmask-r101-dcn", backbone="resnet101", is_deformable=True),
    BlendMaskConfig("blendmask-panoptic-r50", is_panoptic=True),
    BlendMaskConfig("blendmask-panoptic-r101", backbone="resnet101", is_panoptic=True),
    BlendMaskConfig(
        "blendmask-panoptic-r101-dcn", backbone="resnet101", is_deformable=True, is_panoptic=True
    ),
)
FAMILY: dict[str, BlendMaskConfig] = {config.name: config for config in _ALL}
"""Architecture name -> configuration."""


def family_config(name: str, *, classes: int = 80) -> BlendMaskConfig:
    """The configuration of a published architecture.

    Args:
        classes: Countable classes; 80 as published.

    Raises:
        ValueError: If there is no such architecture.
    """
    if name not in FAMILY:
        raise ValueError(f"architecture {name!r}: choose one of {', '.join(FAMILY)}")
    return replace(FAMILY[name], classes=classes)
