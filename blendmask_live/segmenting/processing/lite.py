"""Before and after blendmask-lite."""

from __future__ import annotations

from copy import deepcopy

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from blendmask_live.config import SegmenterSettings
from blendmask_live.masks.blending import blend_masks, mask_confidences
from blendmask_live.network.blender import BASE_STRIDE, Blender, blend_logits, mask_confidence
from blendmask_live.network.family.proposals import PictureDetections
from blendmask_live.network.lite.detections import Chosen, choose
from blendmask_live.network.lite.model import BlendMaskLite, DenseOutput
from blendmask_live.runtime import Dense
from blendmask_live.segmenting.processing.protocol import Blended, frame_px_per_network_px, on_host

__all__ = ["LiteProcessing"]


class LiteProcessing:
    """blendmask-lite."""

    def __init__(self, model: BlendMaskLite, precision: str = "fp32") -> None:
        self._model = model
        # As precise as the features it reads; a third of the time.
        self._top = deepcopy(model.top).bfloat16() if model.top and precision == "bf16" else None
        self.blender: Blender = model.config.blender

    def default_settings(self) -> SegmenterSettings:
        return SegmenterSettings()

    def network_size(
        self, frame_size: tuple[int, int], settings: SegmenterSettings
    ) -> tuple[int, int]:
        """The frame's shape, rounded to multiples of 32."""
        short, long = min(frame_size), max(frame_size)
        scale = min(settings.short_side / short, settings.long_side / long)
        height, width = (max(64, round(side * scale / 32) * 32) for side in frame_size)
        return height, width

    def resize(self, image: NDArray[np.uint8], size: tuple[int, int]) -> NDArray[np.uint8]:
        # Down to half size bilinear sampling misses no pixel; of exactly half it is the mean of
        # four. So frames are halved as often as can be, at a seventh of the cost of the means
        # over areas.
        height, width = image.shape[:2]
        while 2 * size[0] < height or 2 * size[1] < width:
            height = height // 2 if 2 * size[0] < height else height
            width = width // 2 if 2 * size[1] < width else width
            image = _resized(image, (height, width))
        return _resized(image, size)

    def find(
        self,
        dense: Dense,
        *,
        network_size: tuple[int, int],
        settings: SegmenterSettings,
        class_mask: Tensor | None,
    ) -> PictureDetections:
        assert isinstance(dense, DenseOutput)
        chosen = self._choose(
            dense, network_size=network_size, settings=settings, class_mask=class_mask
        )
        attention = self._model.attention(
            dense.top_features, chosen.locations, chosen.distances, top=self._top
        )
        return PictureDetections(
            chosen.boxes_network_px[0], chosen.scores[0], chosen.class_ids[0], attention[0]
        )

    def _choose(
        self,
        dense: DenseOutput,
        *,
        network_size: tuple[int, int],
        settings: SegmenterSettings,
        class_mask: Tensor | None,
    ) -> Chosen:
        return choose(
            dense,
            network_size=network_size,
            max_instances=settings.max_instances,
            score_threshold=settings.score_threshold,
            nms_iou=settings.nms_iou,
            class_mask=class_mask,
            trims=dense.bases.device.type == "cpu",
        )

    def blend(
        self,
        dense: Dense,
        found: PictureDetections,
        *,
        frame_per_network: tuple[float, float],
        mask_size: int,
    ) -> Blended:
        """Masks span whole frame pixels.

        The bases are sampled over the moved box, so only attention shifts, by half a px at most.
        """
        if found.scores.device.type == "cpu" and self.blender == "blend":
            return self._blend_on_cpu(dense, found, frame_per_network, mask_size)
        return self._blend_on_device(dense, found, frame_per_network, mask_size)

    def _blend_on_cpu(
        self,
        dense: Dense,
        found: PictureDetections,
        frame_per_network: tuple[float, float],
        mask_size: int,
    ) -> Blended:
        boxes, mask_boxes, scale = _boxes_on_pixels(found, frame_per_network)
        soft_masks = blend_masks(
            dense.bases[0].numpy(),
            (mask_boxes / (scale * BASE_STRIDE)).numpy(),
            found.attention.float().numpy(),
            mask_size=mask_size,
        )
        return Blended(
            boxes.numpy(),
            mask_boxes.numpy(),
            found.scores.numpy() * mask_confidences(soft_masks),
            found.class_ids.numpy(),
            soft_masks,
            found.attention,
        )

    def _blend_on_device(
        self,
        dense: Dense,
        found: PictureDetections,
        frame_per_network: tuple[float, float],
        mask_size: int,
    ) -> Blended:
        boxes, mask_boxes, scale = _boxes_on_pixels(found, frame_per_network)
        probabilities = blend_logits(
            dense.bases,
            mask_boxes / scale,
            found.attention,
            mask_size=mask_size,
            blender=self.blender,
        ).sigmoid()
        scores = found.scores * mask_confidence(probabilities)
        # Places that nothing was found for.
        class_ids = found.class_ids.where(found.scores > 0, -1)
        return on_host(boxes, mask_boxes, scores, class_ids, probabilities, found.attention)

    @property
    def is_panoptic(self) -> bool:
        return False

    def semantic(
        self, dense: Dense, *, network_size: tuple[int, int], frame_size: tuple[int, int]
    ) -> NDArray[np.uint8] | None:
        return None


def _resized(image: NDArray[np.uint8], size: tuple[int, int]) -> NDArray[np.uint8]:
    return cv2.resize(image, size[::-1], interpolation=cv2.INTER_LINEAR)  # type: ignore[return-value]


def _boxes_on_pixels(
    found: PictureDetections, frame_per_network: tuple[float, float]
) -> tuple[Tensor, Tensor, Tensor]:
    """Boxes in frame px, the same moved onto whole pixels, and (4,) frame px per network px."""
    scale = frame_px_per_network_px(found.boxes_network_px, frame_per_network)
    boxes = found.boxes_network_px * scale
    corners = boxes[:, :2].round()
    ends = boxes[:, 2:].round().maximum(corners + 1)
    return boxes, torch.cat([corners, ends], dim=1), scale
