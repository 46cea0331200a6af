"""Settings of the segmenter, and the choices and defaults that all parts share."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields, replace
from numbers import Integral, Real

from blendmask_live.errors import ConfigError
from blendmask_live.option import device, names, option, share, whole

__all__ = [
    "DEFAULT_FORMATS",
    "FAINT_SHARE",
    "LARGEST_SIDE",
    "MASK_SIZES",
    "PRECISIONS",
    "RUNTIMES",
    "SMALLEST_SIDE",
    "NetworkChoice",
    "SegmenterChoice",
    "SegmenterSettings",
]

DEFAULT_FORMATS = ("overlay", "youtube-vis", "csv")
"""What `annotate` writes where nothing else is asked for."""
FAINT_SHARE = 0.6
"""Objects down to this share of the score threshold may continue a track, but not begin one."""
MASK_SIZES = (28, 56, 112, 224)
SMALLEST_SIDE, LARGEST_SIDE = 64, 4096
"""Limits of the network's input, in px."""
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
    multi_scale: bool = False
    """Look at each picture in two sizes, .79 and 1.36 times as large as asked for: large objects
    are found in the small one, small ones in the large one. The network's time is 2.5 times as
    long. Instances then have no bases, so their masks cannot be blended again; not with
    `panoptic`."""

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
        if not SMALLEST_SIDE <= self.short_side <= self.long_side <= LARGEST_SIDE:
            raise ConfigError(
                f"short side {self.short_side}, long side {self.long_side}: "
                f"need {SMALLEST_SIDE} <= short <= long <= {LARGEST_SIDE}"
            )
        if self.multi_scale and self.panoptic:
            raise ConfigError("panoptic pictures are seen in one size; leave out one of the two")
        if self.max_instances < 1:
            raise ConfigError(f"max instances {self.max_instances}: must be 1 or more")


_DEFAULT = SegmenterSettings()
PRECISIONS = tuple(dict.fromkeys(name for offered in RUNTIMES.values() for name in offered))


@dataclass(frozen=True, slots=True)
class SegmenterChoice:
    """Those of `SegmenterSettings` that are asked for; None leaves the network's own default."""

    short_side: int | None = option(
        None,
        "network input: the frame's shorter side in px (default: "
        f"the weights' own; of blendmask-lite {_DEFAULT.short_side}, with the longer side capped "
        f"at {_DEFAULT.long_side})",
        flag="--short-side",
        read=whole(SMALLEST_SIDE, LARGEST_SIDE),
        metavar="N",
    )
    long_side: int | None = None
    """Where only the short side is asked for, the cap keeps its ratio to it."""
    mask_size: int | None = option(
        None, f"default: {_DEFAULT.mask_size}", flag="--mask-size", read=int, choices=MASK_SIZES
    )
    score_threshold: float | None = option(
        None,
        "smallest score at which a track begins; it may go on with fainter detections, "
        f"down to {FAINT_SHARE} of this (default: {_DEFAULT.score_threshold})",
        flag="--score",
        read=share,
        metavar="S",
    )
    mask_threshold: float | None = None
    nms_iou: float | None = None
    drop_duplicates: bool | None = None
    max_instances: int | None = option(
        None, "most objects a frame", flag="--max-instances", read=whole(1), metavar="N"
    )
    classes: tuple[str, ...] | None = option(
        None, "report only these classes", flag="--classes", read=names, metavar="A,B"
    )
    as_published: bool | None = option(
        None,
        "published family: paste masks exactly as for the authors' figures",
        flag="--as-published",
    )
    panoptic: bool | None = option(
        None,
        "panoptic networks: classify every pixel that belongs to no object too",
        flag="--panoptic",
    )
    multi_scale: bool | None = option(
        None,
        "look at each picture in two sizes: finds more small and more large objects, in 2.5 times "
        "the network's time",
        flag="--multi-scale",
    )

    @classmethod
    def of(cls, settings: SegmenterSettings) -> SegmenterChoice:
        """All that these settings say; whether latents are kept is the job's to decide."""
        return cls(**{one.name: getattr(settings, one.name) for one in fields(cls)})

    def applied_to(self, default: SegmenterSettings) -> SegmenterSettings:
        """The settings with what is asked for.

        Raises:
            ConfigError: If a value is outside its range.
        """
        given = {name: value for name, value in asdict(self).items() if value is not None}
        side = self.short_side
        if isinstance(side, Integral) and self.long_side is None:
            longer = max(side, round(side * default.long_side / default.short_side))
            given["long_side"] = max(side, min(longer, LARGEST_SIDE))
        return replace(default, **given)


@dataclass(frozen=True, slots=True)
class NetworkChoice:
    """Which network, and how it is run."""

    weights: str = option(
        "blendmask-lite", "default: %(default)s", flag="--weights", metavar="NAME|PATH"
    )
    architecture: str | None = option(
        None,
        "of an official PyTorch checkpoint ('weights list')",
        flag="--architecture",
        metavar="A",
    )
    device: str = option(
        "auto", "auto, cpu or cuda[:N]", flag="--device", read=device, metavar="DEVICE"
    )
    runtime: str = option("auto", "", flag="--runtime", choices=("auto", *RUNTIMES))
    precision: str = option("auto", "", flag="--precision", choices=("auto", *PRECISIONS))
    threads: int = option(
        0, "CPU threads for the network", flag="--threads", read=whole(0), metavar="N"
    )
