"""The blender without PyTorch: bases and attention in, soft masks out, on the CPU.

The same numbers as `network.blender` in a fraction of its time, because OpenCV samples four
bases and many boxes at once. The tracker uses it too, for objects that the detector missed.
"""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

__all__ = ["blend_masks", "mask_confidences"]

_LEAST_LOGIT: Final = -60.0
"""A base this far below the strongest counts for nothing; more could underflow to 0 / 0."""
_CELLS_AT_ONCE: Final = 50_000
"""What fits a core's cache, four bases and their weights; and OpenCV's 32,767 rows."""


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
    # What the bases have in common does not count in a softmax.
    relative = attention - attention.max(axis=1, keepdims=True)
    relative = relative.clip(min=_LEAST_LOGIT).astype(np.float32, copy=False)
    groups = list(zip(_by_four(bases, axis=0), _by_four(relative, axis=1), strict=True))
    # Bases that only fill up the last group count for nothing.
    counts = (np.arange(4 * len(groups)) < len(bases)).astype(np.float32).reshape(-1, 4)

    def blend(rows: slice) -> NDArray[np.float32]:
        boxes = boxes_base_px[rows]
        places = _sampling_places(boxes, mask_size)
        maps = _sampling_maps(places)
        logits, total = np.zeros((2, len(boxes) * mask_size**2), dtype=np.float32)
        weights = np.empty((len(logits), 4), dtype=np.float32)
        one_by_one = weights.reshape(len(boxes), mask_size, mask_size, 4)
        for (group, cells), count in zip(groups, counts, strict=True):
            for cell, weight in zip(cells[rows], one_by_one, strict=True):
                cv2.resize(cell, (mask_size, mask_size), weight)
            # Softmax over the bases after upsampling: at every cell their weights sum to 1.
            np.exp(weights, out=weights)
            total += weights @ count
            crops = cv2.remap(group, *maps, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
            weights *= crops.reshape(weights.shape)
            logits += weights @ count
        logits /= total
        _clear_beyond(logits.reshape(one_by_one.shape[:3]), places, bases.shape[1:])
        # The sigmoid in a form that cannot overflow.
        logits *= 0.5
        np.tanh(logits, out=logits)
        logits *= 0.5
        logits += 0.5
        return logits.reshape(one_by_one.shape[:3])

    count, step = len(attention), max(_CELLS_AT_ONCE // mask_size**2, 1)
    masks = np.empty((count, mask_size, mask_size), dtype=np.float32)
    for first in range(0, count, step):
        rows = slice(first, first + step)
        masks[rows] = blend(rows)
    return masks


def mask_confidences(probabilities: NDArray[np.float32]) -> NDArray[np.float32]:
    """(N,) mean probability inside each (N, R, R) mask, as `network.blender.mask_confidence`."""
    inside = probabilities >= 0.5
    sums = np.einsum("nrs,nrs->n", probabilities, inside)
    cells = np.maximum(np.count_nonzero(inside, axis=(1, 2)), 1)
    confidences: NDArray[np.float32] = (sums / cells).astype(np.float32)
    return confidences


def _by_four(planes: NDArray[np.float32], *, axis: int) -> list[NDArray[np.float32]]:
    """Groups of four along an axis, which becomes the last; filled up with zeros.

    Four channels is what OpenCV samples at once, and at exact positions.
    """
    last = np.moveaxis(planes, axis, -1)
    missing = [(0, 0)] * (planes.ndim - 1) + [(0, -planes.shape[axis] % 4)]
    filled = np.pad(last, missing)
    return [
        np.ascontiguousarray(filled[..., first : first + 4])
        for first in range(0, filled.shape[-1], 4)
    ]


def _sampling_places(
    boxes_base_px: NDArray[np.float32], mask_size: int
) -> NDArray[np.float64]:
    """(N, R, 2) x of the columns and y of the rows of each box's cells, in the bases."""
    boxes = boxes_base_px.astype(np.float64)
    steps = (boxes[:, None, 2:] - boxes[:, None, :2]) / mask_size
    # Cell centre i + 0.5 of the mask falls on base coordinate x0 + (i + 0.5) * step - 0.5.
    places: NDArray[np.float64] = boxes[:, None, :2] + steps / 2 - 0.5
    return places + np.arange(mask_size)[:, None] * steps


def _sampling_maps(
    places: NDArray[np.float64],
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """(N * R, R) x and y of all cells, one box below the other."""
    count, mask_size = places.shape[:2]
    x, y = np.empty((2, count, mask_size, mask_size), dtype=np.float32)
    x[:] = places[:, None, :, 0]
    y[:] = places[:, :, None, 1]
    return x.reshape(-1, mask_size), y.reshape(-1, mask_size)


def _clear_beyond(
    logits: NDArray[np.float32], places: NDArray[np.float64], size: tuple[int, ...]
) -> None:
    """As RoIAlign: the border of (height, width) bases goes on for a cell; nothing is beyond."""
    beyond = (places < -1) | (places > size[::-1])
    for row in np.flatnonzero(beyond.any(axis=(1, 2))):
        logits[row][beyond[row, :, 1]] = 0
        logits[row][:, beyond[row, :, 0]] = 0
