"""What surrounds the network: pictures brought to its input, its answers read and blended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from blendmask_live.config import SegmenterSettings
from blendmask_live.network.blenders import Blender
from blendmask_live.runtime.runtime import Dense

__all__ = ["Blended", "Processing"]


Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Blended:
    """What was found in one picture, in host memory; parallel rows.

    Attributes:
        boxes: (N, 4) float32 x0 y0 x1 y1 frame px; may leave the frame.
        mask_boxes: (N, 4) float32 frame px that the soft masks span; may leave the frame.
        scores: (N,) float32 to report, now that masks are known.
        class_ids: (N,) int64.
        soft_masks: (N, R, R) float32 probabilities.
        attention: (N, K, M, M) logits, still where the network is: an array or a tensor.
    """

    boxes: NDArray[np.float32]
    mask_boxes: NDArray[np.float32]
    scores: NDArray[np.float32]
    class_ids: NDArray[np.int64]
    soft_masks: NDArray[np.float32]
    attention: Any


class Processing(Protocol):
    """How a network wants its pictures and how its answers are read.

    Attributes:
        blender: How its bases become masks.
    """

    blender: Blender

    def network_size(
        self, frame_size: tuple[int, int], settings: SegmenterSettings
    ) -> tuple[int, int]:
        """(height, width) of the network's input for frames of a (height, width)."""
        ...

    def resize(self, image: NDArray[np.uint8], size: tuple[int, int]) -> NDArray[np.uint8]:
        """(H, W, 3) -> (h, w, 3)."""
        ...

    def class_mask(self, wanted: NDArray[np.bool_]) -> Any:
        """(classes,) which classes are wanted, as `find` takes it."""
        ...

    def find(
        self,
        dense: Dense,
        *,
        network_size: tuple[int, int],
        settings: SegmenterSettings,
        class_mask: Any,
    ) -> Any:
        """Read what the network said of one picture.

        Args:
            class_mask: From `class_mask`.

        Returns:
            For `blend`.
        """
        ...

    def blend(
        self,
        dense: Dense,
        found: Any,
        *,
        frame_per_network: tuple[float, float],
        mask_size: int,
    ) -> Blended:
        """Make the masks of what was found, and bring all to the host in one copy.

        Args:
            frame_per_network: Frame px per network px, along x and y.
        """
        ...

    def latents(self, dense: Dense, blended: Blended) -> tuple[Floats, Floats]:
        """Attention (N, K, M, M) and bases (K, h, w) in host memory, of one picture."""
        ...

    @property
    def is_panoptic(self) -> bool:
        """Whether `semantic` gives something."""
        ...

    def semantic(
        self, dense: Dense, *, network_size: tuple[int, int], frame_size: tuple[int, int]
    ) -> NDArray[np.uint8] | None:
        """(H, W) class of every frame pixel, 0 for all countable objects."""
        ...
