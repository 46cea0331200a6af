"""The blender without PyTorch: bases and attention in, soft masks out, on the CPU.

The same numbers as `network.blender` in a third of its time, because OpenCV samples all bases
of a box at once. The tracker uses it too, for objects that the detector missed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

__all__ = ["blend_masks", "mask_confidences"]

_CELLS_AT_ONCE: Final = 25_000
"""Masks are blended in groups of about so many cells, which stay in the processor's cache."""
_MOST_BELOW: Final = 60.0
"""A base whose logit is further below the highest makes no difference in float32 any more."""
_BEYOND: Final = -2.0
"""A place outside the bases, where OpenCV finds zeros."""


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
    by_base = attention.astype(np.float32, copy=False).transpose(1, 0, 2, 3)
    by_base = (by_base - by_base.max(axis=0)).clip(min=-_MOST_BELOW)
    # Softmax depends on differences alone: against the first base, whose weight is 1 then.
    relative = by_base[1:] - by_base[:1]
    places = _sample_places(boxes_base_px, mask_size, base_size=bases.shape[1:])
    masks = np.empty((len(attention), mask_size, mask_size), dtype=np.float32)
    at_once = min(max(_CELLS_AT_ONCE // mask_size**2, 1), max(len(masks), 1))
    # All groups of masks use the same memory: fresh one would cost half as much as the work.
    # Planes of a base lie together, so that sums over bases run along memory.
    crops = np.empty((4 * len(groups), at_once, mask_size, mask_size), dtype=np.float32)
    weights = np.empty((len(bases) - 1, *crops.shape[1:]), dtype=np.float32)
    samples = np.empty((at_once * mask_size, mask_size, 4), dtype=np.float32)
    for first in range(0, len(masks), at_once):
        rows = slice(first, first + at_once)
        count = len(masks[rows])
        _crop(groups, places[rows], samples, out=crops[:, :count])
        np.matmul(upsampling @ relative[:, rows], upsampling.T, out=weights[:, :count])
        _blend(crops[: len(bases), :count], weights[:, :count], out=masks[rows])
    return masks


def _blend(
    crops: NDArray[np.float32], weights: NDArray[np.float32], *, out: NDArray[np.float32]
) -> None:
    """Probabilities (N, R, R) of crops (K, N, R, R) and relative logits (K - 1, N, R, R).

    The logits are overwritten.
    """
    np.exp(weights, out=weights)
    total = 1 + weights.sum(axis=0)
    weights *= crops[1:]
    np.sum(weights, axis=0, out=out)
    out += crops[0]
    out /= total
    # The sigmoid in a form that cannot overflow.
    out /= 2
    np.tanh(out, out=out)
    out /= 2
    out += np.float32(0.5)


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


def _sample_places(
    boxes_base_px: NDArray[np.float32], mask_size: int, *, base_size: tuple[int, ...]
) -> NDArray[np.float32]:
    """(N, R, 2) x and y in base cells of the cells of N masks, along either side."""
    size = np.array(base_size[::-1])
    # Cell centre i + 0.5 of the mask falls on base coordinate x0 + (i + 0.5) * step - 0.5.
    steps = (boxes_base_px[:, 2:] - boxes_base_px[:, :2]) / mask_size
    centres = (np.arange(mask_size) + 0.5)[:, None]
    places = boxes_base_px[:, None, :2] + centres * steps[:, None] - 0.5
    # As RoIAlign: the border goes on for one cell, and nothing is beyond.
    beyond = (places < -1) | (places > size)
    return np.where(beyond, _BEYOND, places.clip(0, size - 1)).astype(np.float32)


def _crop(
    groups: Sequence[NDArray[np.float32]],
    places: NDArray[np.float32],
    samples: NDArray[np.float32],
    *,
    out: NDArray[np.float32],
) -> None:
    """Sample (h, w, 4) groups of bases at (N, R, 2) places, each to four planes of `out`.

    Args:
        samples: (at least N * R, R, 4), overwritten.
        out: (K, N, R, R).
    """
    count, side = places.shape[:2]
    x, y = np.empty((2, count, side, side), dtype=np.float32)
    x[:], y[:] = places[:, None, :, 0], places[:, :, None, 1]
    rows = count * side
    for first, group in enumerate(groups):
        cv2.remap(
            group, x.reshape(rows, side), y.reshape(rows, side), cv2.INTER_LINEAR, samples[:rows]
        )
        sampled = samples[:rows].reshape(count, side, side, 4)
        out[4 * first : 4 * first + 4] = sampled.transpose(3, 0, 1, 2)
