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
from numpy.typing import NDArray
from scipy.special import ndtri

from blendmask_live.config import SegmenterSettings
from blendmask_live.errors import ConfigError
from blendmask_live.network.lite.choosing import Choice
from blendmask_live.network.lite.config import STRIDES, LiteConfig
from blendmask_live.network.lite.plain import PlainDense
from blendmask_live.runtime import Runtime
from blendmask_live.runtime.runtime import is_lite
from blendmask_live.segmenting.processing import LiteProcessing, processing_for, top_layer
from blendmask_live.segmenting.segmenter import Segmenter

__all__ = ["MAX_FORCED_INSTANCES", "Crowd", "crowded"]

MAX_FORCED_INSTANCES: Final = 300
"""The number of candidates that the network's post-processing looks at."""
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
        self._frame = 0

    def next_choice(self, network_size: tuple[int, int], *, classes: int) -> Choice:
        """What the detector would say of the next frame."""
        height, width = network_size
        boxes = self.boxes(self._frame) * ([width, height] * 2)
        self._frame += 1
        locations, distances = _nearest_locations(boxes, network_size)
        return Choice(
            boxes_network_px=boxes.astype(np.float32),
            scores=np.linspace(*_SCORES, len(boxes), dtype=np.float32),
            # Distinct as far as possible: a class mate inside another would be dropped.
            class_ids=np.arange(len(boxes)) % classes,
            locations=locations,
            distances=distances.astype(np.float32),
        )

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
    runtime = segmenter.runtime
    if not is_lite(runtime.model):
        raise ConfigError("a crowd needs blendmask-lite; other networks take --stacked")
    if not 1 <= count <= MAX_FORCED_INSTANCES:
        raise ConfigError(f"instances {count}: must lie between 1 and {MAX_FORCED_INSTANCES}")
    if isinstance(processing_for(runtime), LiteProcessing):
        return segmenter.with_processing(_CrowdedProcessing(runtime, count))
    from blendmask_live.measuring.crowd_on_device import crowded_on_device

    return segmenter.with_processing(crowded_on_device(runtime, Crowd(count)))


class _CrowdedProcessing(LiteProcessing):
    def __init__(self, runtime: Runtime, count: int) -> None:
        config = runtime.model.config
        assert isinstance(config, LiteConfig)
        super().__init__(config, top_layer(runtime))
        self._crowd = Crowd(count)

    def _choose(
        self,
        dense: PlainDense[NDArray[np.float32]],
        *,
        network_size: tuple[int, int],
        settings: SegmenterSettings,
        class_mask: NDArray[np.bool_] | None,
    ) -> Choice:
        # For its time alone.
        super()._choose(dense, network_size=network_size, settings=settings, class_mask=class_mask)
        return self._crowd.next_choice(network_size, classes=dense.class_logits.shape[-1])


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
