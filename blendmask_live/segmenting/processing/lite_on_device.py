"""Before and after blendmask-lite in PyTorch: on a GPU, and with blenders other than 'blend'."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from blendmask_live.config import SegmenterSettings
from blendmask_live.network.blender import Blender, blend_logits, mask_confidence
from blendmask_live.network.family.proposals import PictureDetections
from blendmask_live.network.lite.choosing import widened
from blendmask_live.network.lite.detections import Chosen, choose
from blendmask_live.network.lite.model import BlendMaskLite, DenseOutput
from blendmask_live.runtime.runtime import Dense
from blendmask_live.segmenting.processing.lite import lite_network_size, resize_for_lite
from blendmask_live.segmenting.processing.protocol import Blended
from blendmask_live.segmenting.processing.tensors import (
    frame_px_per_network_px,
    host_latents,
    on_host,
)

__all__ = ["DeviceLiteProcessing", "as_tensors"]


class DeviceLiteProcessing:
    """blendmask-lite where its network is."""

    def __init__(self, model: BlendMaskLite, precision: str = "fp32") -> None:
        self._model = model
        # As precise as the features it reads; a third of the time.
        self._top = deepcopy(model.top).bfloat16() if model.top and precision == "bf16" else None
        self.blender: Blender = model.config.blender

    def network_size(
        self, frame_size: tuple[int, int], settings: SegmenterSettings
    ) -> tuple[int, int]:
        """See `lite_network_size`."""
        return lite_network_size(frame_size, settings)

    def resize(self, image: NDArray[np.uint8], size: tuple[int, int]) -> NDArray[np.uint8]:
        return resize_for_lite(image, size)

    def class_mask(self, wanted: NDArray[np.bool_]) -> Tensor:
        return torch.from_numpy(wanted).to(self._model.mean.device)

    @torch.inference_mode()
    def find(
        self,
        dense: Dense,
        *,
        network_size: tuple[int, int],
        settings: SegmenterSettings,
        class_mask: Tensor | None,
    ) -> PictureDetections:
        dense = as_tensors(dense)
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

    @torch.inference_mode()
    def blend(
        self,
        dense: Dense,
        found: PictureDetections,
        *,
        frame_per_network: tuple[float, float],
        mask_size: int,
    ) -> Blended:
        """Masks span whole frame pixels, as in `LiteProcessing`."""
        boxes, mask_boxes, scale = _boxes_on_pixels(found, frame_per_network)
        probabilities = blend_logits(
            as_tensors(dense).bases,
            mask_boxes / scale,
            found.attention,
            mask_size=mask_size,
            blender=self.blender,
        ).sigmoid()
        scores = found.scores * mask_confidence(probabilities)
        # Places that nothing was found for.
        class_ids = found.class_ids.where(found.scores > 0, -1)
        return on_host(boxes, mask_boxes, scores, class_ids, probabilities, found.attention)

    def latents(
        self, dense: Dense, blended: Blended
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        return host_latents(as_tensors(dense).bases, blended.attention)

    @property
    def is_panoptic(self) -> bool:
        return False

    def semantic(
        self, dense: Dense, *, network_size: tuple[int, int], frame_size: tuple[int, int]
    ) -> NDArray[np.uint8] | None:
        return None


def as_tensors(dense: Any) -> DenseOutput:
    """What a runtime without PyTorch says as tensors; fp32 shares its memory."""
    if isinstance(dense, DenseOutput):
        return dense
    parts = (torch.from_numpy(widened(part)) for part in dense.in_order())
    classes, distances, bases, best, *features = parts
    levels = [feature.permute(0, 3, 1, 2) for feature in features]
    return DenseOutput(classes, distances, levels, bases, None, best)


def _boxes_on_pixels(
    found: PictureDetections, frame_per_network: tuple[float, float]
) -> tuple[Tensor, Tensor, Tensor]:
    """Boxes in frame px, the same moved onto whole pixels, and (4,) frame px per network px."""
    scale = frame_px_per_network_px(found.boxes_network_px, frame_per_network)
    boxes = found.boxes_network_px * scale
    corners = boxes[:, :2].round()
    ends = boxes[:, 2:].round().maximum(corners + 1)
    return boxes, torch.cat([corners, ends], dim=1), scale
