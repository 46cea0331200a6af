"""What differs between blendmask-lite and the published family around the network itself."""

from __future__ import annotations

from copy import deepcopy
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
from blendmask_live.network.detections import Chosen, choose
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


def method_for(network: Network, precision: str = "fp32") -> Method:
    """The method that belongs to a network, whose dense part runs in that precision."""
    if isinstance(network, BlendMaskLite):
        return LiteMethod(network, precision)
    return FamilyMethod(network)


class LiteMethod:
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
        return _on_host(boxes, mask_boxes, scores, class_ids, probabilities, found.attention)

    @property
    def is_panoptic(self) -> bool:
        return False

    def semantic(
        self, dense: Dense, *, network_size: tuple[int, int], frame_size: tuple[int, int]
    ) -> NDArray[np.uint8] | None:
        return None


def _resized(image: NDArray[np.uint8], size: tuple[int, int]) -> NDArray[np.uint8]:
    return cv2.resize(image, size[::-1], interpolation=cv2.INTER_LINEAR)  # type: ignore[return-value]


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
        boxes = found.boxes_network_px * _scale(found.boxes_network_px, frame_per_network)
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
    scale = _scale(found.boxes_network_px, frame_per_network)
    boxes = found.boxes_network_px * scale
    corners = boxes[:, :2].round()
    ends = boxes[:, 2:].round().maximum(corners + 1)
    return boxes, torch.cat([corners, ends], dim=1), scale


def _scale(boxes: Tensor, frame_per_network: tuple[float, float]) -> Tensor:
    """(4,) frame px per network px of x0, y0, x1, y1, made where the boxes are."""
    scale = boxes.new_empty(4)
    # Filled, because a copy from the host would wait for the device.
    scale[0::2].fill_(frame_per_network[0])
    scale[1::2].fill_(frame_per_network[1])
    return scale


def _on_host(
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
