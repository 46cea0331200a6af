"""The operations of blendmask-lite in ONNX."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from blendmask_live.network.lite.arrays import Conv
from blendmask_live.network.lite.config import LEAKY_SLOPE, RGB_MEAN, RGB_STD
from blendmask_live.network.lite.plain import PlainLite, dense

__all__ = ["lite_model"]

_OPSET: Final = 17
_IR_VERSION: Final = 8
"""Of the file format that came with that operator set."""
_PICTURES: Final = "pictures"


def lite_model(net: PlainLite) -> bytes:
    """A file's content, for pictures (B, h, w, 3) uint8 of any size.

    Its results are those of `PlainDense.in_order`.
    """
    ops = _Operations()
    results = dense(ops, net, _PICTURES).in_order()
    pictures = helper.make_tensor_value_info(
        _PICTURES, TensorProto.UINT8, ["batch", "height", "width", 3]
    )
    outputs = [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in results]
    graph = helper.make_graph(ops.nodes, "blendmask-lite", [pictures], outputs, ops.constants)
    model = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", _OPSET)], ir_version=_IR_VERSION
    )
    content: bytes = model.SerializeToString()
    return content


class _Operations:
    """See `Operations`; values are names."""

    def __init__(self) -> None:
        self.nodes: list[Any] = []
        self.constants: list[Any] = []

    def _made(self, kind: str, inputs: Sequence[str], **attributes: Any) -> str:
        return self._several(kind, inputs, 1, **attributes)[0]

    def _several(
        self, kind: str, inputs: Sequence[str], count: int, **attributes: Any
    ) -> list[str]:
        names = [f"{kind}-{len(self.nodes)}-{index}" for index in range(count)]
        self.nodes.append(helper.make_node(kind, list(inputs), names, **attributes))
        return names

    def _constant(self, values: NDArray[Any]) -> str:
        name = f"constant-{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def normalised(self, pictures: str) -> str:
        x = self._made("Transpose", [pictures], perm=[0, 3, 1, 2])
        x = self._made("Cast", [x], to=TensorProto.FLOAT)
        mean, deviation = (
            self._constant(np.array(values, np.float32).reshape(1, 3, 1, 1))
            for values in (RGB_MEAN, RGB_STD)
        )
        return self._made("Div", [self._made("Sub", [x, mean]), deviation])

    def conv(self, x: str, conv: Conv) -> str:
        size = conv.weight.shape[-1]
        weight, bias = self._constant(conv.weight), self._constant(conv.bias)
        found = self._made(
            "Conv",
            [x, weight, bias],
            kernel_shape=[size, size],
            strides=[conv.stride] * 2,
            dilations=[conv.dilation] * 2,
            pads=[size // 2 * conv.dilation] * 4,
            group=conv.groups,
        )
        return self._made("LeakyRelu", [found], alpha=LEAKY_SLOPE) if conv.is_leaky else found

    def max_pool(self, x: str) -> str:
        return self._made("MaxPool", [x], kernel_shape=[3, 3], strides=[2, 2], pads=[1] * 4)

    def double(self, x: str) -> str:
        scales = self._constant(np.array([1, 1, 2, 2], np.float32))
        return self._made(
            "Resize",
            [x, "", scales],
            mode="linear",
            coordinate_transformation_mode="pytorch_half_pixel",
        )

    def add(self, a: str, b: str) -> str:
        return self._made("Add", [a, b])

    def concat(self, parts: Sequence[str], axis: int) -> str:
        return self._made("Concat", parts, axis=axis)

    def split(self, x: str, sizes: Sequence[int], axis: int) -> Sequence[str]:
        return self._several(
            "Split", [x, self._constant(np.array(sizes, np.int64))], len(sizes), axis=axis
        )

    def channels_last(self, x: str) -> str:
        return self._made("Transpose", [x], perm=[0, 2, 3, 1])

    def cells_in_a_row(self, x: str, channels: int) -> str:
        # 0 is the length there was.
        return self._made("Reshape", [x, self._constant(np.array([0, -1, channels], np.int64))])

    def in_four(self, x: str, bins: int) -> str:
        return self._made("Reshape", [x, self._constant(np.array([0, 0, 4, bins], np.int64))])

    def largest(self, x: str) -> str:
        return self._made("ReduceMax", [x], axes=[2], keepdims=0)
