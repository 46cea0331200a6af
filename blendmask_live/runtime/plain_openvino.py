"""The operations of blendmask-lite in OpenVINO."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import openvino
from openvino import opset14 as op

from blendmask_live.network.lite.arrays import Conv
from blendmask_live.network.lite.config import LEAKY_SLOPE, RGB_MEAN, RGB_STD
from blendmask_live.network.lite.plain import PlainLite, Top, dense, see

__all__ = [
    "Node",
    "OpenVinoOperations",
    "lite_graph",
    "seen_graph",
    "top_graph",
    "weights_node",
]

Node = Any
"""OpenVINO's package tells no types."""


def lite_graph(net: PlainLite, *, in_bf16: bool = False) -> Any:
    """The graph of the dense part, for pictures (B, h, w, 3) uint8 of any size.

    Its results are those of `PlainDense.in_order`.

    Args:
        in_bf16: Give all but the bases in bfloat16, as they are computed. Else they are widened
            before they are laid out anew, which takes a twentieth of the network's time.
    """
    pictures = op.parameter([-1, -1, -1, 3], np.uint8, name="pictures")
    operations = _InBfloat16() if in_bf16 else OpenVinoOperations()
    results = dense(operations, net, pictures.output(0)).in_order()
    return openvino.Model(results, [pictures], "blendmask-lite")


def seen_graph(net: PlainLite) -> Any:
    """The graph of what lies below the masks, for pictures as in `lite_graph`.

    Its results are stem, logits, the pyramid's levels and the top features of each.
    """
    pictures = op.parameter([-1, -1, -1, 3], np.uint8, name="pictures")
    seen = see(OpenVinoOperations(), net, pictures.output(0))
    results = [seen.stem, seen.logits, *seen.pyramid, *seen.top_features]
    return openvino.Model(results, [pictures], "blendmask-lite-below")


def top_graph(top: Top, rows: int) -> Any:
    """The graph of the top layer: (rows, 9 * F + 4) to (rows, K * M * M) attention logits."""
    patches = op.parameter([rows, top.look_weight.shape[1]], np.float32)
    looked = op.add(
        op.matmul(patches, weights_node(top.look_weight), False, True), _row(top.look_bias)
    )
    hidden = op.prelu(looked, op.constant(np.array([LEAKY_SLOPE], np.float32)))
    found = op.matmul(hidden, weights_node(top.attend_weight), False, True)
    return openvino.Model([op.add(found, _row(top.attend_bias))], [patches], "top")


def weights_node(values: np.ndarray[Any, np.dtype[np.float32]]) -> Node:
    """A constant that shares the array's memory."""
    return op.constant(values, shared_memory=True)


def _row(values: np.ndarray[Any, np.dtype[np.float32]]) -> Node:
    return op.constant(values[None])


class OpenVinoOperations:
    """See `Operations`; each makes nodes."""

    def normalised(self, pictures: Node) -> Node:
        x = op.convert(op.transpose(pictures, [0, 3, 1, 2]), np.float32)
        mean, deviation = (
            np.array(values, np.float32).reshape(1, 3, 1, 1) for values in (RGB_MEAN, RGB_STD)
        )
        return op.divide(op.subtract(x, mean), deviation)

    def conv(self, x: Node, conv: Conv) -> Node:
        out, inputs, size, _ = conv.weight.shape
        strides, dilations = [conv.stride] * 2, [conv.dilation] * 2
        edges = [size // 2 * conv.dilation] * 2
        weight = np.ascontiguousarray(conv.weight)
        if conv.groups == 1:
            node = op.convolution(x, weights_node(weight), strides, edges, edges, dilations)
        else:
            grouped = weight.reshape(conv.groups, out // conv.groups, inputs, size, size)
            node = op.group_convolution(x, weights_node(grouped), strides, edges, edges, dilations)
        node.set_friendly_name(conv.name)
        node = op.add(node, op.constant(conv.bias.reshape(1, -1, 1, 1)))
        if conv.is_leaky:
            node = op.prelu(node, op.constant(np.array([LEAKY_SLOPE], np.float32)))
        return node.output(0)

    def max_pool(self, x: Node) -> Node:
        return op.max_pool(x, [2, 2], [1, 1], [1, 1], [1, 1], [3, 3]).output(0)

    def double(self, x: Node) -> Node:
        return op.interpolate(
            x,
            np.array([2, 2], np.float32),
            "linear_onnx",
            "scales",
            axes=np.array([2, 3], np.int32),
            coordinate_transformation_mode="pytorch_half_pixel",
        ).output(0)

    def add(self, a: Node, b: Node) -> Node:
        return op.add(a, b).output(0)

    def concat(self, parts: Sequence[Node], axis: int) -> Node:
        return op.concat(list(parts), axis).output(0)

    def split(self, x: Node, sizes: Sequence[int], axis: int) -> Sequence[Node]:
        outputs: Sequence[Node] = op.variadic_split(x, axis, list(sizes)).outputs()
        return outputs

    def channels_last(self, x: Node) -> Node:
        return op.transpose(x, [0, 2, 3, 1]).output(0)

    def cells_in_a_row(self, x: Node, channels: int) -> Node:
        # 0 is the length there was.
        return op.reshape(x, [0, -1, channels], special_zero=True).output(0)

    def in_four(self, x: Node, bins: int) -> Node:
        return op.reshape(x, [0, 0, 4, bins], special_zero=True).output(0)

    def largest(self, x: Node) -> Node:
        return op.reduce_max(x, 2, keep_dims=False).output(0)


class _InBfloat16(OpenVinoOperations):
    """What is given out channels last stays as it was computed."""

    def channels_last(self, x: Node) -> Node:
        return super().channels_last(op.convert(x, openvino.Type.bf16).output(0))
