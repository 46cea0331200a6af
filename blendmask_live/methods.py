"""What differs between blendmask-lite and the published family around the network itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from blendmask_live.blending import blend_masks, mask_confidences
from blendmask_live.config import SegmenterSettings
from blendmask_live.network.blender import (
    BASE_STRIDE,
    Blender,
    blend_logits,
    mask_confidence,
)
from blendmask_live.network.blendmask import BlendMask, BlendMaskOutput
from blendmask_live.network.detections import detect
from blendmask_live.network.lite import BlendMaskLite, DenseOutput
from blendmask_live.network.panoptic import semantic_map
from blendmask_live.network.proposals import PictureDetections, detect_picture
from blendmask_live.runtime import Dense, Network

__all__ = ["Blended", "FamilyMethod", "LiteMethod", "Method", "method_for"]


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


class Method(Protocol):
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


def method_for(network: Network) -> Method:
    """The method that belongs to a network."""
    return LiteMethod(network) if isinstance(network, BlendMaskLite) else FamilyMethod(network)


class LiteMethod:
    """blendmask-lite."""

    def __init__(self, model: BlendMaskLite) -> None:
        self._model = model
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
        # Down to half size bilinear sampling misses no pixel, and is six times as fast.
        misses = 2 * size[0] < image.shape[0] or 2 * size[1] < image.shape[1]
        interpolation = cv2.INTER_AREA if misses else cv2.INTER_LINEAR
        return cv2.resize(image, size[::-1], interpolation=interpolation)  # type: ignore[return-value]

    def find(
        self,
        dense: Dense,
        *,
        network_size: tuple[int, int],
        settings: SegmenterSettings,
        class_mask: Tensor | None,
    ) -> PictureDetections:
        assert isinstance(dense, DenseOutput)
        found = detect(
            self._model,
            dense,
            network_size=network_size,
            max_instances=settings.max_instances,
            score_threshold=settings.score_threshold,
            nms_iou=settings.nms_iou,
            class_mask=class_mask,
            trims=dense.bases.device.type == "cpu",
        )
        return PictureDetections(
            found.boxes_network_px[0], found.scores[0], found.class_ids[0], found.attention[0]
        )

    def blend(
        self,
        dense: Dense,
        found: PictureDetections,
        *,
        frame_per_network: tuple[float, float],
        mask_size: int,
    ) -> Blended:
        """Masks span whole frame pixels, for which pasting is a plain resize.

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
        return _on_host(boxes, mask_boxes, scores, class_ids, probabilities, found.attention)

    @property
    def is_panoptic(self) -> bool:
        return False

    def semantic(
        self, dense: Dense, *, network_size: tuple[int, int], frame_size: tuple[int, int]
    ) -> NDArray[np.uint8] | None:
        return None


class FamilyMethod:
    """The published family, to the letter (detectron2's resizing, FCOS' scores)."""

    def __init__(self, model: BlendMask) -> None:
        self._model = model
        self.blender: Blender = "blend"

    def default_settings(self) -> SegmenterSettings:
        """Sizes and thresholds as published."""
        config = self._model.config
        return SegmenterSettings(
            short_side=config.short_side,
            long_side=config.long_side,
            mask_threshold=0.5,
            nms_iou=0.6,
        )

    def network_size(
        self, frame_size: tuple[int, int], settings: SegmenterSettings
    ) -> tuple[int, int]:
        """The frame scaled as a whole; the network pads."""
        short, long = min(frame_size), max(frame_size)
        scale = min(settings.short_side / short, settings.long_side / long)
        height, width = (max(1, int(side * scale + 0.5)) for side in frame_size)
        return height, width

    def resize(self, image: NDArray[np.uint8], size: tuple[int, int]) -> NDArray[np.uint8]:
        if size == image.shape[:2]:
            return np.ascontiguousarray(image)
        # Pillow's bilinear filter widens when it shrinks; OpenCV's does not.
        resized = Image.fromarray(image).resize(size[::-1], Image.Resampling.BILINEAR)
        return np.array(resized)

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

    def blend(
        self,
        dense: Dense,
        found: PictureDetections,
        *,
        frame_per_network: tuple[float, float],
        mask_size: int,
    ) -> Blended:
        boxes = found.boxes_network_px * found.boxes_network_px.new_tensor(frame_per_network * 2)
        probabilities = blend_logits(
            dense.bases,
            found.boxes_network_px,
            found.attention,
            mask_size=mask_size,
            blender=self.blender,
        ).sigmoid()
        return _on_host(boxes, boxes, found.scores, found.class_ids, probabilities, found.attention)

    @property
    def is_panoptic(self) -> bool:
        return self._model.config.is_panoptic

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


def _boxes_on_pixels(
    found: PictureDetections, frame_per_network: tuple[float, float]
) -> tuple[Tensor, Tensor, Tensor]:
    """Boxes in frame px, the same moved onto whole pixels, and (4,) frame px per network px."""
    scale = found.boxes_network_px.new_tensor(frame_per_network * 2)
    boxes = found.boxes_network_px * scale
    corners = boxes[:, :2].round()
    ends = boxes[:, 2:].round().maximum(corners + 1)
    return boxes, torch.cat([corners, ends], dim=1), scale


def _on_host(
    boxes: Tensor,
    mask_boxes: Tensor,
    scores: Tensor,
    class_ids: Tensor,
    soft_masks: Tensor,
    attention: Tensor,
) -> Blended:
    """All rows with a class, in one copy: each would wait for the device by itself."""
    parts = boxes, mask_boxes, scores[:, None], class_ids[:, None], soft_masks.flatten(1)
    rows = torch.cat([part.float() for part in parts], dim=1).cpu().numpy()
    used = rows[:, 9] >= 0
    if not used.all():
        rows, attention = rows[used], attention[torch.from_numpy(used).to(attention.device)]
    return Blended(
        boxes=rows[:, :4],
        mask_boxes=rows[:, 4:8],
        scores=rows[:, 8],
        class_ids=rows[:, 9].astype(np.int64),
        soft_masks=rows[:, 10:].reshape(-1, *soft_masks.shape[1:]),
        attention=attention,
    )
