"""A training run as data: what to train on, how long, how fast. Read from a TOML file."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from math import inf
from pathlib import Path
from typing import Any

import msgspec

from blendmask_live.errors import ConfigError
from blendmask_live.network.family.config import FAMILY
from blendmask_live.network.lite.model import LiteConfig
from blendmask_live.network.prompt.config import PROMPT
from blendmask_live.network.weights_file import ARCHITECTURE as LITE
from blendmask_live.plain_values import from_plain
from blendmask_live.training.augment import AugmentConfig
from blendmask_live.training.losses import LossWeights

__all__ = ["PRECISIONS", "DataConfig", "PromptLearning", "Recipe", "load_recipe", "recipe_to_dict"]

PRECISIONS = ("fp32", "bf16", "fp16")


@dataclass(frozen=True, slots=True)
class DataConfig:
    """One source of training pictures."""

    images: str
    """Folder of pictures, relative to the data root."""
    annotations: str | None = None
    """COCO instances JSON, relative to the data root; absent for unlabelled pictures."""
    share: float = 1.0
    """Relative frequency of this source's pictures in the samples."""


@dataclass(frozen=True, slots=True)
class PromptLearning:
    """How blendmask-prompt learns."""

    first_side: int = 128
    """Sides of the crops at first, px, a multiple of 32; later they are as in use."""
    first_share: float = 0.6
    """Share of the steps with crops of the first size: they cost half."""
    corrected_share: float = 0.3
    """Of a batch, the questions that are asked again with a click on the largest error."""

    def __post_init__(self) -> None:
        is_side = self.first_side >= 64 and self.first_side % 32 == 0
        _require(is_side, "first_side", self.first_side, "must be a multiple of 32 from 64")
        for name in ("first_share", "corrected_share"):
            _require(0 <= getattr(self, name) <= 1, name, getattr(self, name), "must be 0 to 1")


@dataclass(frozen=True, slots=True)
class Recipe:
    """Everything that decides the outcome of a training run.

    Raises:
        ConfigError: If a value is outside its range.
    """

    architecture: str = LITE
    """'blendmask-lite', 'blendmask-prompt' or one of the published family."""
    seed: int = 0
    steps: int = 2000
    batch_size: int = 8
    """Pictures per step, of all processes together."""
    accumulate: int = 1
    """Parts that a process learns one after the other before the weights move: saves memory."""
    sizes: tuple[tuple[int, int], ...] = ((416, 544), (544, 416), (480, 480), (352, 640))
    """(height, width) px of samples, multiples of 32 from 64; one is drawn per batch."""
    learning_rate: float = 1e-3
    """Of all but the trunk."""
    trunk_learning_rate: float = 1e-4
    """Of the trunk: for blendmask-lite backbone, pyramid and detection head, for the published
    family the backbone."""
    trunk_start: float = 0.0
    """Share of the steps after which the trunk learns too, 0 to 1."""
    reuse: int = 0
    """How often a prepared batch is learned from while only bottom and top of blendmask-lite
    learn (`trunk_start` 1); 0: every batch is new and passes through the whole network."""
    weight_decay: float = 0.05
    warmup_steps: int = 100
    final_rate: float = 0.02
    """Learning rate at the end, relative to its peak; cosine in between."""
    ema_decay: float = 0.998
    mask_size: int = 56
    masks_per_picture: int = 32
    """Locations that learn a mask; the published family learns at all."""
    precision: str = "bf16"
    """'fp32', or with autocast 'bf16' or (on GPUs) 'fp16'."""
    max_gradient_norm: float = 10.0
    data: tuple[DataConfig, ...] = ()
    network: LiteConfig = field(default_factory=LiteConfig)
    """Of blendmask-lite; the class count follows from the labels. Where all is as by default,
    `train` takes the size of the initial weights."""
    augment: AugmentConfig = field(default_factory=AugmentConfig)
    losses: LossWeights = field(default_factory=LossWeights)
    """Of blendmask-lite; the published family has those of its paper."""
    prompt: PromptLearning = field(default_factory=PromptLearning)
    """Of blendmask-prompt."""

    def __post_init__(self) -> None:
        known = (LITE, PROMPT, *FAMILY)
        _require(self.architecture in known, "architecture", self.architecture, f"not of {known}")
        for name in ("steps", "batch_size", "accumulate", "mask_size", "masks_per_picture"):
            _require(getattr(self, name) >= 1, name, getattr(self, name), "must be 1 or more")
        for name in ("learning_rate", "trunk_learning_rate", "max_gradient_norm"):
            _require(0 < getattr(self, name) < inf, name, getattr(self, name), "must be positive")
        for name in ("trunk_start", "final_rate", "ema_decay", "weight_decay"):
            _require(0 <= getattr(self, name) <= 1, name, getattr(self, name), "must be 0 to 1")
        fit = all(side >= 64 and side % 32 == 0 for size in self.sizes for side in size)
        _require(bool(self.sizes) and fit, "sizes", self.sizes, "need multiples of 32 from 64")
        _require(self.reuse >= 0, "reuse", self.reuse, "must be 0 or more")
        alone = self.architecture == LITE and self.trunk_start == 1
        _require(not self.reuse or alone, "reuse", self.reuse, f"needs {LITE} and trunk_start 1")
        _require(self.seed >= 0, "seed", self.seed, "must be 0 or more")
        _require(self.warmup_steps >= 0, "warmup_steps", self.warmup_steps, "must be 0 or more")
        _require(
            self.precision in PRECISIONS, "precision", self.precision, f"choose of {PRECISIONS}"
        )
        for source in self.data:
            _require(0 < source.share < inf, "share", source.share, "must be positive")

    @classmethod
    def for_fine_tuning(cls, architecture: str = LITE) -> Recipe:
        """A short, gentle run that starts from trained weights."""
        if architecture in FAMILY:
            config = FAMILY[architecture]
            short = round(config.short_side / 32) * 32
            long = round(short * 4 / 3 / 32) * 32
            return cls(
                architecture=architecture,
                steps=500,
                batch_size=4,
                sizes=((short, long), (long, short)),
                learning_rate=1e-4,
                trunk_learning_rate=2e-5,
                # As published: scaled and flipped.
                augment=AugmentConfig(
                    max_scale=1.2, max_stretch=1.0, paste_probability=0, photometric_probability=0
                ),
            )
        if architecture == PROMPT:
            return cls(architecture=PROMPT, steps=500, batch_size=16, learning_rate=2e-4)
        return cls(
            steps=500,
            learning_rate=3e-4,
            trunk_learning_rate=5e-5,
            losses=LossWeights(distill_classes=0.0, distill_distances=0.0),
        )


def _require(holds: bool, name: str, value: object, rule: str) -> None:
    if not holds:
        raise ConfigError(f"{name} {value!r}: {rule}")


def load_recipe(path: Path) -> Recipe:
    """Read a recipe.

    Raises:
        ConfigError: If the file is missing, no TOML, or has a name or type we do not know.
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read ({error.strerror})") from error
    except ValueError as error:
        raise ConfigError(f"{path}: not valid TOML ({error})") from error
    return from_plain(Recipe, content, str(path))


def recipe_to_dict(recipe: Recipe) -> dict[str, Any]:
    """The recipe as plain values, as `load_recipe` reads them."""
    values: dict[str, Any] = msgspec.to_builtins(recipe)
    return values
