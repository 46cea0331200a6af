"""Layers as arrays, read from a file's tensors by name, with norms folded in; no PyTorch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from blendmask_live.errors import WeightsError
from blendmask_live.network.weights_file import TRAINING_ONLY, refuse_unfitting

__all__ = ["Chain", "Conv", "Floats", "TensorReader"]

Floats = NDArray[np.float32]
_NORM_EPSILON = np.float32(1e-5)
"""PyTorch's default."""
_COUNTER = "num_batches_tracked"


@dataclass(frozen=True, slots=True, eq=False)
class Conv:
    """A convolution with its norm folded in; padded by half its reach, so that sizes divide.

    Attributes:
        name: Of the layer in `model`.
        weight: (out, in / groups, k, k).
        bias: (out,).
        is_leaky: Whether a leaky ReLU follows.
        dilation: Distance of the pixels that are looked at.
    """

    name: str
    weight: Floats
    bias: Floats
    stride: int = 1
    groups: int = 1
    is_leaky: bool = True
    dilation: int = 1


Chain = tuple[Conv, ...]


class TensorReader:
    """Takes tensors by name and notes what does not fit."""

    def __init__(self, tensors: Mapping[str, Floats]) -> None:
        self._tensors = tensors
        self._used: set[str] = set()
        self._missing: list[str] = []
        self._wrong: list[str] = []

    def take(self, name: str, *shape: int) -> Floats:
        self._used.add(name)
        found = self._tensors.get(name)
        if found is None:
            self._missing.append(name)
        elif found.shape != shape:
            self._wrong.append(name)
        else:
            return found
        return np.zeros(shape, np.float32)

    def unit(
        self,
        name: str,
        channels: tuple[int, int],
        size: int,
        *,
        stride: int = 1,
        dilation: int = 1,
        is_leaky: bool = True,
        order: list[int] | None = None,
    ) -> Conv:
        """A convolution of all channels (in, out) with its norm.

        Args:
            order: Which input channel of the file each one here is.
        """
        weight = self.take(f"{name}.conv.weight", channels[1], channels[0], size, size)
        if order is not None:
            weight = weight[:, order]
        like = Conv(name, weight, weight, stride, 1, is_leaky, dilation)
        return self._folded(name, weight, slice(None), like)

    def depthwise(
        self,
        name: str,
        channels: int,
        size: int,
        *,
        stride: int = 1,
        is_leaky: bool = True,
        order: list[int] | None = None,
    ) -> Conv:
        """A convolution of each channel by itself, with its norm."""
        weight = self.take(f"{name}.conv.weight", channels, 1, size, size)
        rows = slice(None) if order is None else order
        like = Conv(name, weight, weight, stride, channels, is_leaky)
        return self._folded(name, weight[rows], rows, like)

    def _folded(self, name: str, weight: Floats, rows: slice | list[int], like: Conv) -> Conv:
        """As PyTorch folds a norm, to the last digit."""
        parts = ("weight", "bias", "running_mean", "running_var")
        gain, shift, mean, variance = (
            self.take(f"{name}.bn.{part}", like.weight.shape[0])[rows] for part in parts
        )
        scale = np.float32(1) / np.sqrt(variance + _NORM_EPSILON)
        return replace(
            like,
            weight=weight * (gain * scale)[:, None, None, None],
            bias=-mean * scale * gain + shift,
        )

    def bare(self, name: str, channels: tuple[int, int], size: int = 1, *, groups: int = 1) -> Conv:
        """A convolution without norm and activation."""
        weight = self.take(f"{name}.weight", channels[1], channels[0] // groups, size, size)
        bias = self.take(f"{name}.bias", channels[1])
        return Conv(name, weight, bias, groups=groups, is_leaky=False)

    def separable(self, name: str, channels: int, size: int, *, stride: int = 1) -> Chain:
        return (
            self.depthwise(f"{name}.dw", channels, size, stride=stride),
            self.unit(f"{name}.pw", (channels, channels), 1),
        )

    def check(self, path: Path, architecture: str) -> None:
        """Refuse a file that does not fit what was taken.

        Raises:
            WeightsError: If names or shapes do not fit, or values are not finite.
        """
        known = {
            name
            for name in self._tensors
            if name.startswith(TRAINING_ONLY) or name.endswith(_COUNTER)
        }
        unknown = self._tensors.keys() - self._used - known
        refuse_unfitting(
            path, architecture, missing=self._missing, unknown=unknown, wrong=self._wrong
        )
        for name in self._used:
            if not np.isfinite(self._tensors[name]).all():
                raise WeightsError(f"{path}: damaged; {name} has values that are not finite")
