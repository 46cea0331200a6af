"""The operations of blendmask-lite in NumPy: slow, plain, and what other runtimes are held to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from blendmask_live.network.lite.arrays import Conv
from blendmask_live.network.lite.config import LEAKY_SLOPE, RGB_MEAN, RGB_STD

__all__ = ["NumpyOperations"]

Floats = NDArray[np.float32]


class NumpyOperations:
    """See `Operations`."""

    def normalised(self, pictures: NDArray[Any]) -> Floats:
        mean, deviation = (np.array(values, np.float32) for values in (RGB_MEAN, RGB_STD))
        x: Floats = (pictures.astype(np.float32) - mean) / deviation
        return x.transpose(0, 3, 1, 2)

    def conv(self, x: Floats, conv: Conv) -> Floats:
        apart = conv.dilation
        reach = (conv.weight.shape[-1] - 1) * apart
        if reach:
            edge = reach // 2
            x = np.pad(x, ((0, 0), (0, 0), (edge, edge), (edge, edge)))
        windows = sliding_window_view(x, (reach + 1, reach + 1), axis=(2, 3))
        windows = windows[:, :, :: conv.stride, :: conv.stride, ::apart, ::apart]
        if conv.groups == 1:
            found = np.tensordot(windows, conv.weight, axes=((1, 4, 5), (1, 2, 3)))
            found = found.transpose(0, 3, 1, 2)
        else:
            found = np.einsum("bcyxij,cij->bcyx", windows, conv.weight[:, 0], optimize=True)
        found = found + conv.bias[:, None, None]
        return np.maximum(found, found * np.float32(LEAKY_SLOPE)) if conv.is_leaky else found

    def max_pool(self, x: Floats) -> Floats:
        padded = np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1)), constant_values=-np.inf)
        windows = sliding_window_view(padded, (3, 3), axis=(2, 3))[:, :, ::2, ::2]
        largest: Floats = windows.max(axis=(4, 5))
        return largest

    def double(self, x: Floats) -> Floats:
        for axis in (2, 3):
            near = np.repeat(x, 2, axis=axis)
            # Each new cell lies a quarter off the middle of an old one, towards one neighbour.
            cells = np.arange(x.shape[axis])
            neighbours = np.stack([cells - 1, cells + 1], axis=1).ravel().clip(0, cells[-1])
            x = np.float32(0.75) * near + np.float32(0.25) * x.take(neighbours, axis=axis)
        return x

    def add(self, a: Floats, b: Floats) -> Floats:
        return a + b

    def concat(self, parts: Sequence[Floats], axis: int) -> Floats:
        return np.concatenate(parts, axis=axis)

    def split(self, x: Floats, sizes: Sequence[int], axis: int) -> Sequence[Floats]:
        return np.split(x, np.cumsum(sizes)[:-1], axis=axis)

    def channels_last(self, x: Floats) -> Floats:
        return x.transpose(0, 2, 3, 1)

    def cells_in_a_row(self, x: Floats, channels: int) -> Floats:
        return x.reshape(len(x), -1, channels)

    def in_four(self, x: Floats, bins: int) -> Floats:
        return x.reshape(*x.shape[:2], 4, bins)

    def largest(self, x: Floats) -> Floats:
        best: Floats = x.max(axis=2)
        return best
