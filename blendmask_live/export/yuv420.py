"""RGB pictures as planar 4:2:0, at a third of libswscale's cost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

__all__ = ["Yuv420", "yuv420_planes", "yuv_matrix"]

# libav's matrix code -> weights of red and blue in luma (ITU-T H.273, table 4).
_LUMA_WEIGHTS: Final[dict[int, tuple[float, float]]] = {
    1: (0.2126, 0.0722),
    4: (0.30, 0.11),
    5: (0.299, 0.114),
    6: (0.299, 0.114),
    7: (0.212, 0.087),
    9: (0.2627, 0.0593),
}


@dataclass(frozen=True, slots=True, eq=False)
class Yuv420:
    """A picture as video files store it.

    Attributes:
        planes: See `yuv420_planes`.
    """

    planes: NDArray[np.uint8]


def yuv_matrix(matrix: int, *, full_range: bool) -> NDArray[np.float32]:
    """(3, 4): what R, G, B and 1 weigh in Y, Cb and Cr, for 8-bit code values.

    Args:
        matrix: libav's code of the colour matrix.
        full_range: 0..255 instead of 16..235 (luma) and 16..240 (chroma).
    """
    red, blue = _LUMA_WEIGHTS[matrix]
    luma = np.array([red, 1 - red - blue, blue])
    chroma_blue = (np.array([0, 0, 1]) - luma) / (2 * (1 - blue))
    chroma_red = (np.array([1, 0, 0]) - luma) / (2 * (1 - red))
    spans, offset = ((1.0, 1.0, 1.0), 0) if full_range else ((219 / 255, *[224 / 255] * 2), 16)
    weights = np.stack([luma, chroma_blue, chroma_red]) * np.array(spans)[:, None]
    return np.hstack([weights, [[offset], [128], [128]]]).astype(np.float32)


def yuv420_planes(image: NDArray[np.uint8], matrix: NDArray[np.float32]) -> NDArray[np.uint8]:
    """The three planes below each other, as libav takes yuv420p.

    Args:
        image: (H, W, 3) RGB, H and W even.
        matrix: Of `yuv_matrix`.

    Returns:
        (H * 3 / 2, W): luma, then both chroma planes, each pixel the mean of four.
    """
    height, width = image.shape[:2]
    planes = np.empty((height * 3 // 2, width), dtype=np.uint8)
    yuv = cv2.transform(image, matrix)
    cv2.extractChannel(yuv, 0, planes[:height])
    for number, chroma in enumerate(planes[height:].reshape(2, height // 2, width // 2), start=1):
        whole = cv2.extractChannel(yuv, number)
        cv2.resize(whole, (width // 2, height // 2), chroma, interpolation=cv2.INTER_AREA)
    return planes
