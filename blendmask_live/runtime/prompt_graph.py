"""The prompted network as an OpenVINO graph, made of its arrays; see `PromptHead.forward`."""

from __future__ import annotations

import numpy as np
import openvino
from openvino import opset14 as op

from blendmask_live.network.lite.plain import chained, run_trunk
from blendmask_live.network.prompt.config import ATTENTION_HEADS, KEY_STRIDE, PROMPT_STRIDE
from blendmask_live.network.prompt.plain import Attention, Linear, PlainHead, PlainPrompt
from blendmask_live.runtime.plain_openvino import Node, OpenVinoOperations, weights_node
from blendmask_live.runtime.prompts import MEMORIES

__all__ = ["prompt_graph"]

_NORM_EPSILON = 1e-5
"""PyTorch's default."""
_CELLS = np.array([2, 3])
"""Axes of features (B, C, h, w)."""
_ops = OpenVinoOperations()


def prompt_graph(network: PlainPrompt, batch: int, side: int) -> openvino.Model:
    """The graph for `batch` square crops of `side` px; inputs and results as `Questions` and
    `Answers` have them."""
    head, channels = network.head, network.config.key_channels
    maps_side, cells_side = side // PROMPT_STRIDE, side // KEY_STRIDE
    remembered = MEMORIES * cells_side**2
    maps_shape = [batch, head.say.weight.shape[1], maps_side, maps_side]
    crops = op.parameter([batch, side, side, 3], np.uint8)
    maps = op.parameter(maps_shape, np.float32)
    memory_keys = op.parameter([batch, channels, remembered], np.float32)
    memory_masks = op.parameter([batch, 2, remembered], np.float32)
    stem, (p3, p4, p5, _) = run_trunk(_ops, network.trunk, crops.output(0))
    keys = op.normalize_l2(_ops.conv(p4, head.key), np.array([1]), 1e-24, "max")
    flat_keys = op.reshape(keys, [batch, channels, cells_side**2], False)
    recall = _recall(head, flat_keys, memory_keys, memory_masks)
    recall_cells = op.reshape(recall, [batch, 2, cells_side, cells_side], False)
    said = _ops.conv(maps, head.say)
    deep = _deep(head, (p3, p4, p5), said, recall_cells, batch, cells_side)
    joined = _ops.double(_ops.conv(deep, head.widen))
    joined = op.add(joined, _ops.conv(stem, head.shallow))
    joined = op.add(joined, _ops.conv(said, head.say_fine))
    logits = _ops.conv(_ops.conv(chained(_ops, head.join, joined), head.draw), head.mask)
    results = [
        op.reshape(logits, [batch, maps_side, maps_side], False),
        op.reshape(op.sigmoid(_judge(head, deep, logits)), [batch], False),
        flat_keys,
        recall,
    ]
    return openvino.Model(results, [crops, maps, memory_keys, memory_masks], "blendmask-prompt")


def _recall(head: PlainHead, keys: Node, memory_keys: Node, memory_masks: Node) -> Node:
    """(B, 2, cells) what the memory's most alike cells say of each cell."""
    alike = op.matmul(keys, memory_keys, True, False)
    # Cells that say nothing must not draw attention to themselves.
    says = op.slice(memory_masks, [1], [2], [1], np.array([1]))
    unsaid = op.multiply(op.subtract(_number(1), says), _number(20))
    sharp = op.multiply(alike, _number(head.sharpness))
    weights = op.softmax(op.subtract(sharp, unsaid), 2)
    return op.matmul(memory_masks, weights, False, True)


def _deep(
    head: PlainHead,
    pyramid: tuple[Node, Node, Node],
    said: Node,
    recall: Node,
    batch: int,
    cells_side: int,
) -> Node:
    """(B, deep_channels, h, w) features at stride 8."""
    r3, r4, r5 = (_ops.conv(x, layer) for x, layer in zip(pyramid, head.refine, strict=True))
    wide = op.add(r4, _ops.double(r5))
    context = op.add(_ops.conv(wide, head.gather), chained(_ops, head.say_wide, said))
    context = op.add(context, _ops.conv(recall, head.recalled))
    for block in head.context:
        context = _attention(block, context, batch, cells_side)
    wide = op.add(wide, _ops.conv(context, head.spread))
    deep = op.add(r3, _ops.double(wide))
    deep = chained(_ops, head.tower, op.add(deep, chained(_ops, head.say_deep, said)))
    for layer in head.reach:
        deep = op.add(deep, _ops.conv(deep, layer))
    return deep


def _attention(block: Attention, x: Node, batch: int, side: int) -> Node:
    """A block of self-attention over all cells of (B, C, side, side)."""
    channels, cells = len(block.norm.bias), side**2
    size = channels // ATTENTION_HEADS
    x = op.add(x, _ops.conv(x, block.place))
    rows = op.transpose(op.reshape(x, [batch, channels, cells], False), [0, 2, 1])
    mixed = _linear(_normed(rows, block.norm), block.mix)
    parts = op.reshape(mixed, [batch, cells, 3, ATTENTION_HEADS, size], False)
    parts = op.split(op.transpose(parts, [2, 0, 3, 1, 4]), 0, 3)
    query, key, value = (op.squeeze(part, [0]) for part in parts.outputs())
    alike = op.multiply(op.matmul(query, key, False, True), _number(size**-0.5))
    seen = op.transpose(op.matmul(op.softmax(alike, 3), value, False, False), [0, 2, 1, 3])
    seen = op.reshape(seen, [batch, cells, channels], False)
    rows = op.add(rows, _linear(seen, block.out))
    widened = op.gelu(_linear(_normed(rows, block.norm_mlp), block.widen), "erf")
    rows = op.add(rows, _linear(widened, block.narrow))
    return op.reshape(op.transpose(rows, [0, 2, 1]), [batch, channels, side, side], False)


def _judge(head: PlainHead, deep: Node, logits: Node) -> Node:
    """(B, 1) logit of the mask's IoU, from the features inside and outside of it."""
    soft = op.sigmoid(logits)
    sure = op.abs(op.subtract(op.multiply(soft, _number(2)), _number(1)))
    small = op.avg_pool(soft, [2, 2], [0, 0], [0, 0], [2, 2], False)
    edge = op.multiply(small, op.subtract(_number(1), small))
    area, edge_area = _mean(small), _mean(edge)
    inside = _share(_mean(op.multiply(deep, small)), area)
    at_edge = _share(_mean(op.multiply(deep, edge)), edge_area)
    sureness = _share(_mean(op.multiply(sure, soft)), _mean(soft))
    numbers = [area, edge_area, sureness, op.reduce_max(soft, _CELLS, False)]
    told = op.concat([inside, at_edge, _mean(deep), *numbers], 1)
    first, second = head.judge
    return _linear(op.gelu(_linear(told, first), "erf"), second)


def _mean(x: Node) -> Node:
    return op.reduce_mean(x, _CELLS, False)


def _share(part: Node, whole: Node) -> Node:
    return op.divide(part, op.add(whole, _number(1e-3)))


def _linear(x: Node, layer: Linear) -> Node:
    return op.add(op.matmul(x, weights_node(layer.weight), False, True), op.constant(layer.bias))


def _normed(x: Node, norm: Linear) -> Node:
    found = op.mvn(x, np.array([-1]), True, _NORM_EPSILON, "inside_sqrt")
    return op.add(op.multiply(found, op.constant(norm.weight)), op.constant(norm.bias))


def _number(value: float) -> Node:
    return op.constant(np.float32(value))
