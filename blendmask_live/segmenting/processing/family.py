"""Before and after the published family."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from blendmask_live.config import SegmenterSettings
from blendmask_live.network.blender import Blender, blend_logits
from blendmask_live.network.family.model import BlendMask, BlendMaskOutput
from blendmask_live.network.family.proposals import PictureDetections, detect_picture
from blendmask_live.network.family.semantic import semantic_map
from blendmask_live.runtime.runtime import Dense
from blendmask_live.segmenting.processing.protocol import Blended
from blendmask_live.segmenting.processing.tensors import (
    frame_px_per_network_px,
    host_latents,
    on_host,
)

__all__ = ["FamilyProcessing"]


class FamilyProcessing:
    """The published family, to the letter (detectron2's resizing, FCOS' scores)."""

    def __init__(self, model: BlendMask) -> None:
        self._model = model
        self.blender: Blender = "blend"

    def network_size(
        self, frame_size: tuple[int, int], settings: SegmenterSettings
    ) -> tuple[int, int]:
        """The frame scaled as a whole; the network pads.

        First the short side, then the long one, as detectron2 does: in one step a side that ends
        on half a pixel is sometimes rounded the other way.
        """
        short = float(settings.short_side)
        long = short / min(frame_size) * max(frame_size)
        if long > settings.long_side:
            scale = settings.long_side / long
            short, long = short * scale, long * scale
        sides = (short, long) if frame_size[0] < frame_size[1] else (long, short)
        height, width = (max(1, int(side + 0.5)) for side in sides)
        return height, width

    def resize(self, image: NDArray[np.uint8], size: tuple[int, int]) -> NDArray[np.uint8]:
        if size == image.shape[:2]:
            # A copy: sources give pictures that may not be written to, which torch warns of.
            return image.copy()
        # Pillow's bilinear filter widens when it shrinks; OpenCV's does not.
        resized = Image.fromarray(image).resize(size[::-1], Image.Resampling.BILINEAR)
        return np.array(resized)

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
        assert isinstance(dense, BlendMaskOutput)
        return detect_picture(
            self._model,
            dense,
            max_instances=settings.max_instances,
            nms_iou=settings.nms_iou,
            class_mask=class_mask,
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
        assert isinstance(dense, BlendMaskOutput)
        boxes = found.boxes_network_px * frame_px_per_network_px(
            found.boxes_network_px, frame_per_network
        )
        probabilities = blend_logits(
            dense.bases,
            found.boxes_network_px,
            found.attention,
            mask_size=mask_size,
            blender=self.blender,
        ).sigmoid()
        return on_host(boxes, boxes, found.scores, found.class_ids, probabilities, found.attention)

    def latents(
        self, dense: Dense, blended: Blended
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        assert isinstance(dense, BlendMaskOutput)
        return host_latents(dense.bases, blended.attention)

    @property
    def is_panoptic(self) -> bool:
        return self._model.config.is_panoptic

    @torch.inference_mode()
    def semantic(
        self, dense: Dense, *, network_size: tuple[int, int], frame_size: tuple[int, int]
    ) -> NDArray[np.uint8] | None:
        assert isinstance(dense, BlendMaskOutput)
        if dense.stuff_logits is None:
            return None
        classes = semantic_map(
            dense.stuff_logits[0], content_size=network_size, frame_size=frame_size
        )
        return classes.cpu().numpy()
