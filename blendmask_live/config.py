"""Settings of the segmenter, and the choices and defaults that all parts share."""

from __future__ import annotations

from dataclasses import dataclass
from numbers import Integral, Real

from blendmask_live.errors import ConfigError

__all__ = ["DEFAULT_FORMATS", "FAINT_SHARE", "MASK_SIZES", "RUNTIMES", "SegmenterSettings"]

DEFAULT_FORMATS = ("overlay", "youtube-vis", "csv")
"""What `annotate` writes where nothing else is asked for."""
FAINT_SHARE = 0.6
"""Objects down to this share of the score threshold may continue a track, but not begin one."""
MASK_SIZES = (28, 56, 112, 224)
RUNTIMES = {
    "torch": ("fp32", "fp16", "bf16"),
    "compile": ("fp32", "fp16", "bf16"),
    "cudagraph": ("fp32", "fp16", "bf16"),
    "onnxruntime": ("fp32",),
    "openvino": ("fp32", "bf16", "int8"),
    "tensorrt": ("fp32", "fp16"),
}
"""How a network can be run -> the precisions that this offers."""


@dataclass(frozen=True, slots=True)
class SegmenterSettings:
    """What may change between two frames without loading anything again.

    Raises:
        ConfigError: If a value is outside its range.
    """

    short_side: int = 448
    """Network input: the frame's shorter side is brought to this many px (rounded to 32)..."""
    long_side: int = 672
    """...unless the longer side would exceed this; then that one decides."""
    mask_size: int = 56
    """R: a mask is R x R cells over its box; one of 28, 56, 112, 224."""
    score_threshold: float = 0.35
    """Smallest score of a reported object, 0 to 1."""
    mask_threshold: float = 0.45
    """Probability from which a pixel belongs to an object, 0 to 1."""
    nms_iou: float = 0.6
    """Of two boxes of a class that overlap more than this, the weaker one is dropped."""
    drop_duplicates: bool = False
    """Report each object once: of two masks of one object, the weaker is dropped. `annotate`
    does; average precision wants every candidate (dropping some costs 2 to 3 points)."""
    max_instances: int = 100
    """Most objects reported in a frame."""
    classes: tuple[str, ...] | None = None
    """Class names to report; all where absent."""
    as_published: bool = False
    """Paste masks as the published figures were made: into the clipped box, fading at its edge.

    Else masks of objects that leave the picture are not squeezed. Only for the published family.
    """
    keep_latents: bool = False
    """Keep attention and bases with the instances (microscope, re-blending)."""

    panoptic: bool = False
    """Classify every pixel that belongs to no object too; panoptic networks only."""

    def __post_init__(self) -> None:
        for name in ("short_side", "long_side", "mask_size", "max_instances"):
            if not isinstance(getattr(self, name), Integral):
                raise ConfigError(f"{name} {getattr(self, name)!r}: must be a whole number")
        for name in ("score_threshold", "mask_threshold", "nms_iou"):
            if not isinstance(getattr(self, name), Real):
                raise ConfigError(f"{name} {getattr(self, name)!r}: must be a number")
        if self.mask_size not in MASK_SIZES:
            raise ConfigError(f"mask size {self.mask_size}: choose one of {MASK_SIZES}")
        for name in ("score_threshold", "mask_threshold", "nms_iou"):
            if not 0 <= getattr(self, name) <= 1:
                raise ConfigError(f"{name} {getattr(self, name)}: must lie between 0 and 1")
        if not 64 <= self.short_side <= self.long_side <= 4096:
            raise ConfigError(
                f"short side {self.short_side}, long side {self.long_side}: "
                "need 64 <= short <= long <= 4096"
            )
        if self.max_instances < 1:
            raise ConfigError(f"max instances {self.max_instances}: must be 1 or more")
