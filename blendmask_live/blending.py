"""The blender without PyTorch: bases and attention in, soft masks out, on the CPU.

The same numbers as `network.blender` in a third of its time, because OpenCV samples all bases
of a box at once. The tracker uses it too, for objects that the detector missed.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

__all__ = ["blend_masks", "mask_confidences"]


def blend_masks(
    bases: NDArray[np.float32],
    boxes_base_px: NDArray[np.float32],
    attention: NDArray[np.float32],
    *,
    mask_size: int,
) -> NDArray[np.float32]:
    """(N, R, R) probabilities.

    Args:
        bases: (K, h, w) of the whole frame.
        boxes_base_px: (N, 4) x0 y0 x1 y1 in cells of the bases; may leave them.
        attention: (N, K, M, M) logits.
        mask_size: R, side of a mask in cells.
    """
    groups = [np.ascontiguousarray(group) for group in _by_four(bases)]
    upsampling = _upsampling(attention.shape[-1], mask_size)
    # Planes of a base lie together, so that sums over bases run along memory.
    crops = np.empty((len(bases), len(attention), mask_size, mask_size), dtype=np.float32)
    for row, box in enumerate(boxes_base_px):
        for first, group in enumerate(groups):
            crop = _crop(group, box, mask_size).transpose(2, 0, 1)
            crops[4 * first : 4 * first + 4, row] = crop[: len(bases) - 4 * first]
    weights = upsampling @ attention.transpose(1, 0, 2, 3) @ upsampling.T
    weights = weights.astype(np.float32, copy=False)
    # Softmax over the bases after upsampling: at every cell their weights sum to 1.
    weights -= weights.max(axis=0)
    np.exp(weights, out=weights)
    crops *= weights
    logits = crops.sum(axis=0) / weights.sum(axis=0)
    # The sigmoid in a form that cannot overflow.
    probabilities: NDArray[np.float32] = np.tanh(logits / 2) / 2 + np.float32(0.5)
    return probabilities


def mask_confidences(probabilities: NDArray[np.float32]) -> NDArray[np.float32]:
    """(N,) mean probability inside each (N, R, R) mask, as `network.blender.mask_confidence`."""
    inside = probabilities >= 0.5
    sums = np.einsum("nrs,nrs->n", probabilities, inside)
    cells = np.maximum(np.count_nonzero(inside, axis=(1, 2)), 1)
    confidences: NDArray[np.float32] = (sums / cells).astype(np.float32)
    return confidences


def _upsampling(cells: int, mask_size: int) -> NDArray[np.float32]:
    """(R, M): bilinear weights of the M cells of a side at the centres of R."""
    centres = (np.arange(mask_size) + 0.5) * (cells / mask_size) - 0.5
    position = centres.clip(0, cells - 1)
    weights: NDArray[np.float64] = 1 - np.abs(position[:, None] - np.arange(cells))
    return weights.clip(min=0).astype(np.float32)


def _by_four(bases: NDArray[np.float32]) -> list[NDArray[np.float32]]:
    """(h, w, 4) parts of (K, h, w), filled up with zeros.

    OpenCV samples at exact positions up to four channels, and at 1/32 px beyond.
    """
    missing = -len(bases) % 4
    filled = np.pad(bases, ((0, missing), (0, 0), (0, 0))) if missing else bases
    return [part.transpose(1, 2, 0) for part in filled.reshape(-1, 4, *bases.shape[1:])]


def _crop(
    base_rows: NDArray[np.float32], box_base_px: NDArray[np.float32], mask_size: int
) -> NDArray[np.float32]:
    """(R, R, K) samples of (h, w, K) bases at the centres of a box's cells; 0 outside them."""
    height, width = base_rows.shape[:2]
    x0, y0, x1, y1 = box_base_px.tolist()
    step_x, step_y = (x1 - x0) / mask_size, (y1 - y0) / mask_size
    # Cell centre i + 0.5 of the mask falls on base coordinate x0 + (i + 0.5) * step - 0.5.
    left, top = x0 + step_x / 2 - 0.5, y0 + step_y / 2 - 0.5
    crop = cv2.warpAffine(
        base_rows,
        np.array([[step_x, 0, left], [0, step_y, top]], dtype=np.float64),
        (mask_size, mask_size),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    if x0 < 0 or y0 < 0 or x1 > width or y1 > height:
        # As RoIAlign: the border goes on for one cell, and nothing is beyond.
        x, y = left + np.arange(mask_size) * step_x, top + np.arange(mask_size) * step_y
        crop[(y < -1) | (y > height)] = 0
        crop[:, (x < -1) | (x > width)] = 0
    return crop  # type: ignore[return-value]
