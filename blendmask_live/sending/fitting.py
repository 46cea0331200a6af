"""Pictures into the size that a receiver takes."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

__all__ = ["even", "fitted"]


def even(frame_size: tuple[int, int]) -> tuple[int, int]:
    """(height, width) px, one more where odd: 4:2:0 chroma needs pairs."""
    height, width = frame_size
    return height + height % 2, width + width % 2


def fitted(image: NDArray[np.uint8], size: tuple[int, int]) -> NDArray[np.uint8]:
    """The whole picture in (height, width) px: as it is, made even, or scaled with black around."""
    height, width = image.shape[:2]
    if (height, width) == size:
        return image
    if even((height, width)) == size:
        return np.pad(image, ((0, height % 2), (0, width % 2), (0, 0)), mode="edge")
    scale = min(size[0] / height, size[1] / width)
    inner = max(1, round(width * scale)), max(1, round(height * scale))
    whole = np.zeros((*size, image.shape[2]), dtype=np.uint8)
    top, left = (size[0] - inner[1]) // 2, (size[1] - inner[0]) // 2
    whole[top : top + inner[1], left : left + inner[0]] = cv2.resize(
        image, inner, interpolation=cv2.INTER_AREA
    )
    return whole
