"""Before and after blendmask-lite on the CPU, without PyTorch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from blendmask_live.config import SegmenterSettings
from blendmask_live.masks.blending import blend_masks, mask_confidences
from blendmask_live.network.blenders import BASE_STRIDE, Blender
from blendmask_live.network.lite.choosing import Choice, choose_plainly, patches_around
from blendmask_live.network.lite.config import LiteConfig
from blendmask_live.network.lite.plain import PlainDense
from blendmask_live.runtime.runtime import Dense
from blendmask_live.segmenting.processing.protocol import Blended

__all__ = ["LiteProcessing", "as_plain_dense", "lite_network_size", "resize_for_lite"]

Floats = NDArray[np.float32]
Look = Callable[[Floats], Floats]
"""The top layer: (N, 9 * F + 4) patches to (N, K * M * M) attention logits."""


class LiteProcessing:
    """blendmask-lite whose blender is 'blend', on the CPU.

    Args:
        config: Of the network.
        look: Its top layer.
    """

    def __init__(self, config: LiteConfig, look: Look) -> None:
        self._config, self._look = config, look
        self.blender: Blender = "blend"

    def network_size(
        self, frame_size: tuple[int, int], settings: SegmenterSettings
    ) -> tuple[int, int]:
        """See `lite_network_size`."""
        return lite_network_size(frame_size, settings)

    def resize(self, image: NDArray[np.uint8], size: tuple[int, int]) -> NDArray[np.uint8]:
        return resize_for_lite(image, size)

    def class_mask(self, wanted: NDArray[np.bool_]) -> NDArray[np.bool_]:
        return wanted

    def find(
        self,
        dense: Dense,
        *,
        network_size: tuple[int, int],
        settings: SegmenterSettings,
        class_mask: Any,
    ) -> tuple[Choice, Floats]:
        """What is found, and its attention (N, K, M, M)."""
        plain = as_plain_dense(dense)
        found = self._choose(
            plain, network_size=network_size, settings=settings, class_mask=class_mask
        )
        patches = patches_around(plain.top_features, found.locations, found.distances)
        size = self._config.attention_size
        return found, self._look(patches).reshape(-1, self._config.bases, size, size)

    def _choose(
        self,
        dense: PlainDense[Floats],
        *,
        network_size: tuple[int, int],
        settings: SegmenterSettings,
        class_mask: NDArray[np.bool_] | None,
    ) -> Choice:
        return choose_plainly(
            dense,
            network_size=network_size,
            max_instances=settings.max_instances,
            score_threshold=settings.score_threshold,
            nms_iou=settings.nms_iou,
            class_mask=class_mask,
        )

    def blend(
        self,
        dense: Dense,
        found: Any,
        *,
        frame_per_network: tuple[float, float],
        mask_size: int,
    ) -> Blended:
        """Masks span whole frame pixels.

        The bases are sampled over the moved box, so only attention shifts, by half a px at most.
        """
        choice, attention = found
        scale = np.array(frame_per_network * 2, np.float32)
        boxes = choice.boxes_network_px * scale
        corners = boxes[:, :2].round()
        ends = np.maximum(boxes[:, 2:].round(), corners + 1)
        mask_boxes = np.concatenate([corners, ends], axis=1)
        soft_masks = blend_masks(
            as_plain_dense(dense).bases[0],
            mask_boxes / (scale * np.float32(BASE_STRIDE)),
            attention,
            mask_size=mask_size,
        )
        scores = choice.scores * mask_confidences(soft_masks)
        return Blended(boxes, mask_boxes, scores, choice.class_ids, soft_masks, attention)

    def latents(self, dense: Dense, blended: Blended) -> tuple[Floats, Floats]:
        return blended.attention, as_plain_dense(dense).bases[0]

    @property
    def is_panoptic(self) -> bool:
        return False

    def semantic(
        self, dense: Dense, *, network_size: tuple[int, int], frame_size: tuple[int, int]
    ) -> NDArray[np.uint8] | None:
        return None


def as_plain_dense(dense: Any) -> PlainDense[Floats]:
    """What PyTorch says on the CPU as arrays, which share its memory; arrays as they are."""
    if isinstance(dense, PlainDense):
        return dense
    best = dense.class_logits.amax(dim=2) if dense.best_logits is None else dense.best_logits
    features = (level.permute(0, 2, 3, 1) for level in dense.top_features)
    parts = (dense.class_logits, dense.distance_logits, dense.bases, best, *features)
    return PlainDense.of([part.numpy() for part in parts])


def lite_network_size(frame_size: tuple[int, int], settings: SegmenterSettings) -> tuple[int, int]:
    """The frame's shape, rounded to multiples of 32."""
    short, long = min(frame_size), max(frame_size)
    scale = min(settings.short_side / short, settings.long_side / long)
    height, width = (max(64, round(side * scale / 32) * 32) for side in frame_size)
    return height, width


def resize_for_lite(image: NDArray[np.uint8], size: tuple[int, int]) -> NDArray[np.uint8]:
    """(H, W, 3) -> (h, w, 3)."""
    # Down to half size bilinear sampling misses no pixel; of exactly half it is the mean of
    # four. So frames are halved as often as can be, at a seventh of the cost of the means
    # over areas.
    height, width = image.shape[:2]
    while 2 * size[0] < height or 2 * size[1] < width:
        height = height // 2 if 2 * size[0] < height else height
        width = width // 2 if 2 * size[1] < width else width
        image = _resized(image, (height, width))
    return _resized(image, size)


def _resized(image: NDArray[np.uint8], size: tuple[int, int]) -> NDArray[np.uint8]:
    return cv2.resize(image, size[::-1], interpolation=cv2.INTER_LINEAR)  # type: ignore[return-value]
