"""Sizes of blendmask-lite."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields

from blendmask_live.config import SMALLEST_SIDE
from blendmask_live.network.blenders import BLENDERS, Blender

__all__ = [
    "LEAKY_SLOPE",
    "PYRAMID_CHANNELS",
    "RGB_MEAN",
    "RGB_STD",
    "STRIDES",
    "TRUNK_CHANNELS",
    "TRUNK_STAGES",
    "LiteConfig",
    "candidates_for",
]

STRIDES = (8, 16, 32, 64)
TRUNK_STAGES = {"stage2": 4, "stage3": 8, "stage4": 4}
"""Units of each stage of the trunk."""
TRUNK_CHANNELS = {"1.0x": (24, 116, 232, 464), "1.5x": (24, 176, 352, 704)}
PYRAMID_CHANNELS = {"1.0x": 96, "1.5x": 128}
RGB_MEAN = (123.675, 116.28, 103.53)
RGB_STD = (58.395, 57.12, 57.375)
LEAKY_SLOPE = 0.1
_CANDIDATES_PER_INSTANCE, _LEAST_CANDIDATES = 3, 300


def candidates_for(max_instances: int, locations: int) -> int:
    """How many (location, class) pairs enter NMS; not few, as many may be of one object."""
    return min(max(_CANDIDATES_PER_INSTANCE * max_instances, _LEAST_CANDIDATES), locations)


@dataclass(frozen=True, slots=True)
class LiteConfig:
    """Size of a blendmask-lite network.

    Raises:
        ValueError: If width or blender is unknown, a number is none from 1 to 4096, the blender
            cannot use these bases and this attention, or the input's sides do not fit.
    """

    width: str = "1.5x"
    """ShuffleNetV2 width, '1.0x' or '1.5x'."""
    classes: int = 80
    distance_bins: int = 8
    """Distances to the box sides are the expectation over 0..bins-1, in strides."""
    bases: int = 4
    attention_size: int = 14
    """M: attention is M x M per base; 1 for the blenders 'yolact' and 'fcis'."""
    bottom_channels: int = 64
    shallow_channels: int = 48
    """Channels of the bottom module at stride 4."""
    top_channels: int = 256
    """Hidden channels of the top layer."""
    blender: Blender = "blend"
    """How bases become masks; 'yolact' and 'fcis' are there to be compared with."""
    short_side: int = 448
    """Size of input at which the network does best, px of the picture's shorter side..."""
    long_side: int = 672
    """...unless the longer side would exceed this."""

    def __post_init__(self) -> None:
        if self.width not in TRUNK_CHANNELS:
            raise ValueError(f"width {self.width!r}: choose one of {', '.join(TRUNK_CHANNELS)}")
        if self.blender not in BLENDERS:
            raise ValueError(f"blender {self.blender!r}: choose one of {', '.join(BLENDERS)}")
        for field in fields(self):
            count = getattr(self, field.name)
            if field.type != "int":
                continue
            if type(count) is not int or not 1 <= count <= 4096:
                raise ValueError(f"{field.name} {count!r}: must be a number from 1 to 4096")
        if not SMALLEST_SIDE <= self.short_side <= self.long_side:
            sides = f"short_side {self.short_side}, long_side {self.long_side}"
            raise ValueError(f"{sides}: need {SMALLEST_SIDE} <= short <= long")
        if self.blender != "blend" and self.attention_size != 1:
            raise ValueError(f"blender {self.blender!r} has attention_size 1")
        if self.blender == "fcis" and math.isqrt(self.bases) ** 2 != self.bases:
            raise ValueError(f"blender 'fcis' has k * k bases (4, 9, ...), not {self.bases}")
