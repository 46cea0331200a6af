"""What differs between blendmask-lite and the published family around the network itself."""

from __future__ import annotations

from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from blendmask_live.config import SegmenterSettings
from blendmask_live.network.blender import Blender, mask_confidence
from blendmask_live.network.blendmask import BlendMask, BlendMaskOutput
from blendmask_live.network.detections import detect
from blendmask_live.network.lite import BlendMaskLite, DenseOutput
from blendmask_live.network.panoptic import semantic_map
from blendmask_live.network.proposals import PictureDetections, detect_picture
from blendmask_live.runtime import Dense, Network

__all__ = ["FamilyMethod", "LiteMethod", "Method", "method_for"]


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

    def final_scores(self, scores: Tensor, soft_masks: Tensor) -> Tensor:
        """(N,) scores to report, now that (N, R, R) masks are known."""
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
        )
        count = int((found.scores[0] > 0).sum())
        return PictureDetections(
            found.boxes_network_px[0, :count],
            found.scores[0, :count],
            found.class_ids[0, :count],
            found.attention[0, :count],
        )

    def final_scores(self, scores: Tensor, soft_masks: Tensor) -> Tensor:
        return scores * mask_confidence(soft_masks)

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

    def final_scores(self, scores: Tensor, soft_masks: Tensor) -> Tensor:
        return scores

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
