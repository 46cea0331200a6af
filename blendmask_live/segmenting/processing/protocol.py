"""What surrounds the network: pictures brought to its input, its answers read and blended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from blendmask_live.config import SegmenterSettings
from blendmask_live.network.blender import Blender
from blendmask_live.network.family.proposals import PictureDetections
from blendmask_live.runtime import Dense

__all__ = ["Blended", "Processing", "frame_px_per_network_px", "on_host"]


@dataclass(frozen=True, slots=True, eq=False)
class Blended:
    """What was found in one picture, in host memory; parallel rows.

    Attributes:
        boxes: (N, 4) float32 x0 y0 x1 y1 frame px; may leave the frame.
        mask_boxes: (N, 4) float32 frame px that the soft masks span; may leave the frame.
        scores: (N,) float32 to report, now that masks are known.
        class_ids: (N,) int64.
        soft_masks: (N, R, R) float32 probabilities.
        attention: (N, K, M, M) logits, still where the network is.
    """

    boxes: NDArray[np.float32]
    mask_boxes: NDArray[np.float32]
    scores: NDArray[np.float32]
    class_ids: NDArray[np.int64]
    soft_masks: NDArray[np.float32]
    attention: Tensor


class Processing(Protocol):
    """How a network wants its pictures and how its answers are read.

    Attributes:
        blender: How its bases become masks.
    """

    blender: Blender

    def default_settings(self) -> SegmenterSettings:
        """What the network was made for."""
        ...

    def network_size(
        self, frame_size: tuple[int, int], settings: SegmenterSettings
    ) -> tuple[int, int]:
        """(height, width) of the network's input for frames of a (height, width)."""
        ...

    def resize(self, image: NDArray[np.uint8], size: tuple[int, int]) -> NDArray[np.uint8]:
        """(H, W, 3) -> (h, w, 3)."""
        ...

    def find(
        self,
        dense: Dense,
        *,
        network_size: tuple[int, int],
        settings: SegmenterSettings,
        class_mask: Tensor | None,
    ) -> PictureDetections:
        """Read what the network said of one picture."""
        ...

    def blend(
        self,
        dense: Dense,
        found: PictureDetections,
        *,
        frame_per_network: tuple[float, float],
        mask_size: int,
    ) -> Blended:
        """Make the masks of what was found, and bring all to the host in one copy.

        Args:
            frame_per_network: Frame px per network px, along x and y.
        """
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


def frame_px_per_network_px(boxes: Tensor, frame_per_network: tuple[float, float]) -> Tensor:
    """(4,) frame px per network px of x0, y0, x1, y1, made where the boxes are."""
    scale = boxes.new_empty(4)
    # Filled, because a copy from the host would wait for the device.
    scale[0::2].fill_(frame_per_network[0])
    scale[1::2].fill_(frame_per_network[1])
    return scale


def on_host(
    boxes: Tensor,
    mask_boxes: Tensor,
    scores: Tensor,
    class_ids: Tensor,
    soft_masks: Tensor,
    attention: Tensor,
) -> Blended:
    """All rows with a class (they come first) in one copy, because each waits for the device."""
    parts = boxes, mask_boxes, scores[:, None], class_ids[:, None], soft_masks.flatten(1)
    rows = _host_rows(torch.cat([part.float() for part in parts], dim=1))
    used = int((rows[:, 9] >= 0).sum())
    # A copy, because pinned memory is scarce.
    rows, attention = rows[:used].copy(), attention[:used]
    return Blended(
        boxes=rows[:, :4],
        mask_boxes=rows[:, 4:8],
        scores=rows[:, 8],
        class_ids=rows[:, 9].astype(np.int64),
        soft_masks=rows[:, 10:].reshape(-1, *soft_masks.shape[1:]),
        attention=attention,
    )


def _host_rows(rows: Tensor) -> NDArray[np.float32]:
    # From a GPU PyTorch copies without blocking into pinned memory, which is faster...
    copied = rows.to("cpu", non_blocking=True)
    if rows.is_cuda:
        # ...but not there before the device is done.
        torch.cuda.current_stream(rows.device).synchronize()
    return copied.numpy()
