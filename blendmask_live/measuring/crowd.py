"""A synthetic load: a crowded picture, whatever the network sees.

The network runs as ever and its answers are searched as ever; then as many places as asked for
take the place of what was found, and attention, blending, pasting, tracking and drawing go on
with them. Only the network knows what masks look like, so these are what it answers there:
fragments of the scene, of a mask's size and raggedness.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.special import ndtri
from torch import Tensor

from blendmask_live.config import SegmenterSettings
from blendmask_live.errors import ConfigError
from blendmask_live.measuring.benchmark import MAX_FORCED_INSTANCES
from blendmask_live.network.family.proposals import PictureDetections
from blendmask_live.network.lite.model import STRIDES, BlendMaskLite, DenseOutput
from blendmask_live.runtime import Dense
from blendmask_live.segmenting.processing import LiteProcessing
from blendmask_live.segmenting.segmenter import Segmenter

__all__ = ["Crowd", "crowded"]

_LOG_SIZE: Final = -2.58, 0.92
"""Mean and deviation of log(root of box area / root of picture area), and..."""
_LOG_ASPECT: Final = -0.13, 0.73
"""...of log(width / height), in the pictures of COCO with 20 objects and more."""
_LARGEST_SIDE: Final = 0.95
_SWAY: Final = 0.5
"""How far an object moves to either side, in its own sizes."""
_PERIOD_FRAMES: Final = 90
_SCORES: Final = 0.95, 0.55
_LEVEL_CELLS: Final = 8
"""An object is found on the level of which it spans up to so many cells."""


class Crowd:
    """Boxes of many sizes that sway about their places; the same for the same count.

    Args:
        count: How many.
    """

    def __init__(self, count: int) -> None:
        random = np.random.default_rng(count)
        # One object for each step of the distribution, so that ten are as large as a hundred.
        steps = (np.arange(count) + 0.5) / count
        sizes = np.exp(_LOG_SIZE[0] + _LOG_SIZE[1] * ndtri(random.permutation(steps)))
        aspects = np.exp((_LOG_ASPECT[0] + _LOG_ASPECT[1] * ndtri(random.permutation(steps))) / 2)
        self._sides = np.stack([sizes * aspects, sizes / aspects], axis=1).clip(max=_LARGEST_SIDE)
        self._centres = self._sides / 2 + random.random((count, 2)) * (1 - self._sides)
        self._phases = random.random((count, 2))

    def boxes(self, frame: int) -> NDArray[np.float64]:
        """(N, 4) x0 y0 x1 y1 as shares of the picture's width and height; may leave it."""
        sway = np.sin(2 * math.pi * (frame / _PERIOD_FRAMES + self._phases))
        centres = self._centres + _SWAY * self._sides * sway
        return np.concatenate([centres - self._sides / 2, centres + self._sides / 2], axis=1)


def crowded(segmenter: Segmenter, count: int) -> Segmenter:
    """The same segmenter, finding a crowd in every picture.

    All settings but the largest number hold as they are: duplicates, say, are left out.

    Raises:
        ConfigError: If the network is none of blendmask-lite, or `count` is out of range.
    """
    model = segmenter.runtime.model
    if not isinstance(model, BlendMaskLite):
        raise ConfigError("a crowd needs blendmask-lite; other networks take --stacked")
    if not 1 <= count <= MAX_FORCED_INSTANCES:
        raise ConfigError(f"instances {count}: must lie between 1 and {MAX_FORCED_INSTANCES}")
    return segmenter.with_processing(_CrowdedProcessing(model, segmenter.runtime.precision, count))


class _CrowdedProcessing(LiteProcessing):
    def __init__(self, model: BlendMaskLite, precision: str, count: int) -> None:
        super().__init__(model, precision)
        self._crowd = Crowd(count)
        self._frame = 0

    def find(
        self,
        dense: Dense,
        *,
        network_size: tuple[int, int],
        settings: SegmenterSettings,
        class_mask: Tensor | None,
    ) -> PictureDetections:
        assert isinstance(dense, DenseOutput)
        # For its time alone.
        self._choose(dense, network_size=network_size, settings=settings, class_mask=class_mask)
        height, width = network_size
        shares = self._crowd.boxes(self._frame)
        self._frame += 1
        boxes = shares * ([width, height] * 2)
        count, like = len(boxes), dense.bases.new_empty(0, dtype=torch.float32)
        locations, distances = _nearest_locations(boxes, network_size)
        attention = self._model.attention(
            dense.top_features,
            torch.from_numpy(locations)[None].to(like.device),
            torch.from_numpy(distances)[None].to(like),
            top=self._top,
        )
        return PictureDetections(
            boxes_network_px=torch.from_numpy(boxes).to(like),
            scores=torch.linspace(*_SCORES, count).to(like),
            # Distinct as far as possible: a class mate inside another would be dropped.
            class_ids=torch.arange(count, device=like.device) % dense.class_logits.shape[-1],
            attention=attention[0],
        )


def _nearest_locations(
    boxes: NDArray[np.float64], network_size: tuple[int, int]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Where the detector would find (N, 4) boxes, and how far the sides are from there.

    Returns:
        (N,) positions among all locations, and (N, 4) distances in strides.
    """
    strides = np.array(STRIDES)
    grids = -(-np.array(network_size) // strides[:, None])
    starts = np.cumsum([0, *grids.prod(axis=1)[:-1]])
    sizes = np.sqrt((boxes[:, 2:] - boxes[:, :2]).prod(axis=1))
    levels = np.searchsorted(strides[:-1] * _LEVEL_CELLS, sizes)
    own = strides[levels][:, None]
    centres = (boxes[:, :2] + boxes[:, 2:]) / 2
    cells = (centres / own).round().clip(0, grids[levels, ::-1] - 1).astype(np.int64)
    distances = np.concatenate([cells * own - boxes[:, :2], boxes[:, 2:] - cells * own], axis=1)
    return starts[levels] + cells[:, 1] * grids[levels, 1] + cells[:, 0], distances / own
