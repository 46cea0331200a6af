"""blendmask-lite as arrays and a list of operations: for runtimes that need no PyTorch.

`plain_lite` takes the weights of the network in `model` and folds shuffles and norms into them;
`dense` says what is computed with them, once for every runtime: `Operations` are OpenVINO's,
ONNX's or NumPy's. What is looked up at single locations comes channels last: that is how these
runtimes compute, and a lookup then reads one run of memory.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from blendmask_live.network.lite.arrays import Chain, Conv, Floats, TensorReader
from blendmask_live.network.lite.channels import StagePlan, plan_stage
from blendmask_live.network.lite.config import (
    PYRAMID_CHANNELS,
    STRIDES,
    TRUNK_CHANNELS,
    TRUNK_STAGES,
    LiteConfig,
)
from blendmask_live.network.weights_file import ARCHITECTURE

if TYPE_CHECKING:
    from blendmask_live.network.lite.model import BlendMaskLite

__all__ = [
    "Operations",
    "PlainDense",
    "PlainLite",
    "Seen",
    "Top",
    "Trunk",
    "chained",
    "dense",
    "plain_lite",
    "read_trunk",
    "run_trunk",
    "see",
]

Value = TypeVar("Value")


class Operations(Protocol[Value]):
    """What a runtime must be able to do with its values; features are (B, C, h, w)."""

    def normalised(self, pictures: Value) -> Value:
        """(B, h, w, 3) uint8 RGB to (B, 3, h, w) float32, less the mean, over the deviation."""
        ...

    def conv(self, x: Value, conv: Conv) -> Value:
        """With bias, and leaky ReLU where it has one."""
        ...

    def max_pool(self, x: Value) -> Value:
        """3 x 3, stride 2, padded by 1."""
        ...

    def double(self, x: Value) -> Value:
        """Bilinear to twice the sides; the outer half cells take the border's value."""
        ...

    def add(self, a: Value, b: Value) -> Value: ...

    def concat(self, parts: Sequence[Value], axis: int) -> Value: ...

    def split(self, x: Value, sizes: Sequence[int], axis: int) -> Sequence[Value]: ...

    def channels_last(self, x: Value) -> Value:
        """(B, C, h, w) to (B, h, w, C)."""
        ...

    def cells_in_a_row(self, x: Value, channels: int) -> Value:
        """(B, h, w, C) to (B, h * w, C)."""
        ...

    def in_four(self, x: Value, bins: int) -> Value:
        """(B, P, 4 * bins) to (B, P, 4, bins)."""
        ...

    def largest(self, x: Value) -> Value:
        """(B, P, C) to (B, P)."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class PlainDense(Generic[Value]):
    """What the network says of B pictures; P = locations of all levels, in level order.

    All but the bases may come as the bits of bfloat16 in uint16; `widened` reads them.

    Attributes:
        class_logits: (B, P, classes).
        distance_logits: (B, P, 4, bins), left, top, right, bottom.
        bases: (B, K, h / 4, w / 4).
        best_logits: (B, P) of the likeliest class.
        top_features: per level (B, h, w, F), what the top layer looks at.
    """

    class_logits: Value
    distance_logits: Value
    bases: Value
    best_logits: Value
    top_features: tuple[Value, ...]

    @classmethod
    def of(cls, values: Sequence[Value]) -> PlainDense[Value]:
        """From the values in the order of `in_order`."""
        classes, distances, bases, best, *features = values
        return cls(classes, distances, bases, best, tuple(features))

    def in_order(self) -> list[Value]:
        """All values, as a graph gives them."""
        first = [self.class_logits, self.distance_logits, self.bases, self.best_logits]
        return [*first, *self.top_features]


@dataclass(frozen=True, slots=True, eq=False)
class Top:
    """The top layer: attention for a location from its 3 x 3 neighbourhood and its box's shape."""

    look_weight: Floats
    look_bias: Floats
    attend_weight: Floats
    attend_bias: Floats


@dataclass(frozen=True, slots=True, eq=False)
class _Stage:
    """A stage of the trunk: the two branches of its first unit, then one branch for each unit."""

    plan: StagePlan
    branches: tuple[Chain, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Ghosts:
    """A ghost block: per ghost layer (primary, cheap), and the shortcut."""

    layers: tuple[Chain, Chain]
    shortcut: Chain


@dataclass(frozen=True, slots=True, eq=False)
class _Pyramid:
    reduce: Chain
    top_down: tuple[_Ghosts, ...]
    down: tuple[Chain, ...]
    bottom_up: tuple[_Ghosts, ...]
    extra_in: Chain
    extra_out: Chain


@dataclass(frozen=True, slots=True, eq=False)
class Trunk:
    """Trunk and pyramid."""

    stem: Conv
    stages: tuple[_Stage, ...]
    pyramid: _Pyramid


@dataclass(frozen=True, slots=True, eq=False)
class _Bottom:
    refine: Chain
    tower: Chain
    widen: Conv
    shallow: Conv
    join: Chain
    bases: Conv


@dataclass(frozen=True, eq=False)
class PlainLite:
    """A blendmask-lite without PyTorch.

    Attributes:
        config: Its sizes.
        tensors: Name -> values, as in the weights file.
        top: None where the blender needs no attention.
    """

    config: LiteConfig
    tensors: Mapping[str, Floats]
    trunk: Trunk = field(repr=False)
    head: tuple[Chain, ...] = field(repr=False)
    bottom: _Bottom = field(repr=False)
    top: Top | None = field(repr=False)

    @classmethod
    def of(cls, model: BlendMaskLite) -> PlainLite:
        """The same network, from PyTorch; it shares its memory on the CPU."""
        state = model.state_dict().items()
        tensors = {name: value.cpu().numpy() for name, value in state}
        return plain_lite(model.config, tensors)

    def module(self) -> BlendMaskLite:
        """The same network in PyTorch, in eval mode."""
        import torch

        from blendmask_live.network.lite.model import BlendMaskLite

        model = BlendMaskLite(self.config)
        state = {name: torch.from_numpy(values.copy()) for name, values in self.tensors.items()}
        model.load_state_dict(state, strict=False)
        return model.eval()


def plain_lite(
    config: LiteConfig, tensors: Mapping[str, Floats], *, path: Path = Path("the network")
) -> PlainLite:
    """A blendmask-lite from its tensors.

    Args:
        path: Where they come from, for messages.

    Raises:
        WeightsError: If names or shapes do not fit, or values are not finite.
    """
    read = TensorReader(tensors)
    trunk, channels = TRUNK_CHANNELS[config.width], PYRAMID_CHANNELS[config.width]
    net = PlainLite(
        config=config,
        tensors=tensors,
        trunk=read_trunk(read, config.width),
        head=_head(read, channels, config.classes + 4 * config.distance_bins),
        bottom=_bottom(read, config, channels, trunk[0]),
        top=None if config.blender == "fcis" else _top(read, config, 2 * channels),
    )
    read.check(path, ARCHITECTURE)
    return net


def read_trunk(read: TensorReader, width: str) -> Trunk:
    """Trunk and pyramid, which blendmask-prompt stands on too."""
    sizes, channels = TRUNK_CHANNELS[width], PYRAMID_CHANNELS[width]
    stages, order = [], None
    for (name, units), c_in, c_out in zip(TRUNK_STAGES.items(), sizes[:-1], sizes[1:], strict=True):
        stages.append(_stage(read, f"backbone.{name}", units, (c_in, c_out), order))
        order = stages[-1].plan.order
    return Trunk(
        stem=read.unit("backbone.stem", (3, sizes[0]), 3, stride=2),
        stages=tuple(stages),
        pyramid=_pyramid(read, [stage.plan.order for stage in stages], sizes[1:], channels),
    )


def _stage(
    read: TensorReader, name: str, units: int, channels: tuple[int, int], order: list[int] | None
) -> _Stage:
    c_in, half = channels[0], channels[1] // 2
    plan, first = plan_stage(units, half), f"{name}.0"

    def work(unit: str, c_in: int, stride: int, order: list[int] | None) -> Chain:
        return (
            read.unit(f"{unit}.branch2.pw1", (c_in, half), 1, order=order),
            read.depthwise(f"{unit}.branch2.dw", half, 3, stride=stride, is_leaky=False),
            read.unit(f"{unit}.branch2.pw2", (half, half), 1),
        )

    keep = (
        read.depthwise(f"{first}.branch1.dw", c_in, 3, stride=2, is_leaky=False, order=order),
        read.unit(f"{first}.branch1.pw", (c_in, half), 1, order=order),
    )
    rest = [
        work(f"{name}.{unit}", half, 1, worked) for unit, worked in enumerate(plan.worked, start=1)
    ]
    return _Stage(plan, (keep, work(first, c_in, 2, order), *rest))


def _pyramid(
    read: TensorReader, orders: list[list[int]], sources: Sequence[int], channels: int
) -> _Pyramid:
    def ghosts(name: str) -> _Ghosts:
        half = channels // 2
        first, second = (
            (
                read.unit(f"{name}.{ghost}.primary", (c_in, half), 1, is_leaky=is_leaky),
                read.depthwise(f"{name}.{ghost}.cheap", half, 3, is_leaky=is_leaky),
            )
            for ghost, c_in, is_leaky in (
                ("ghost1", 2 * channels, True),
                ("ghost2", channels, False),
            )
        )
        shortcut = (
            read.depthwise(f"{name}.short_dw", 2 * channels, 5, is_leaky=False),
            read.unit(f"{name}.short_pw", (2 * channels, channels), 1, is_leaky=False),
        )
        return _Ghosts((first, second), shortcut)

    return _Pyramid(
        reduce=tuple(
            read.unit(f"fpn.reduce.{index}", (source, channels), 1, order=order)
            for index, (source, order) in enumerate(zip(sources, orders, strict=True))
        ),
        top_down=tuple(ghosts(f"fpn.top_down.{index}") for index in range(2)),
        down=tuple(read.separable(f"fpn.down.{i}", channels, 5, stride=2) for i in range(2)),
        bottom_up=tuple(ghosts(f"fpn.bottom_up.{index}") for index in range(2)),
        extra_in=read.separable("fpn.extra_in", channels, 5, stride=2),
        extra_out=read.separable("fpn.extra_out", channels, 5, stride=2),
    )


def _head(read: TensorReader, channels: int, outputs: int) -> tuple[Chain, ...]:
    return tuple(
        (
            *read.separable(f"head.convs.{level}.0", channels, 5),
            *read.separable(f"head.convs.{level}.1", channels, 5),
            read.bare(f"head.pred.{level}", (channels, outputs)),
        )
        for level in range(len(STRIDES))
    )


def _bottom(read: TensorReader, config: LiteConfig, channels: int, stem: int) -> _Bottom:
    deep, shallow = config.bottom_channels, config.shallow_channels

    def units(name: str, channels: tuple[int, int], count: int) -> Chain:
        return tuple(read.unit(f"bottom.{name}.{index}", channels, 3) for index in range(count))

    return _Bottom(
        refine=units("refine", (channels, deep), 3),
        tower=units("tower", (deep, deep), 2),
        widen=read.unit("bottom.widen", (deep, shallow), 1),
        shallow=read.unit("bottom.shallow", (stem, shallow), 3, stride=2),
        join=units("join", (shallow, shallow), 2),
        bases=read.bare("bottom.bases", (shallow, config.bases)),
    )


def _top(read: TensorReader, config: LiteConfig, features: int) -> Top:
    hidden, answers = config.top_channels, config.bases * config.attention_size**2
    return Top(
        look_weight=read.take("top.look.weight", hidden, 9 * features + 4),
        look_bias=read.take("top.look.bias", hidden),
        attend_weight=read.take("top.attend.weight", answers, hidden),
        attend_bias=read.take("top.attend.bias", answers),
    )


# what is computed


@dataclass(frozen=True, slots=True, eq=False)
class Seen(Generic[Value]):
    """What everything below the masks says of B pictures; the masks' part stands on it.

    Attributes:
        stem: (B, C, h / 2, w / 2).
        pyramid: (B, C, h', w') of each level.
        logits: (B, P, classes + 4 * bins), classes first; P as in `PlainDense`.
        top_features: As in `PlainDense`.
    """

    stem: Value
    pyramid: tuple[Value, ...]
    logits: Value
    top_features: tuple[Value, ...]


def see(ops: Operations[Value], net: PlainLite, pictures: Value) -> Seen[Value]:
    """Trunk, pyramid and detector; arguments as for `dense`."""
    stem, pyramid = run_trunk(ops, net.trunk, pictures)
    rows, features = [], []
    for chain, level in zip(net.head, pyramid, strict=True):
        *convs, predict = chain
        seen = chained(ops, tuple(convs), level)
        said = ops.channels_last(ops.conv(seen, predict))
        rows.append(ops.cells_in_a_row(said, len(predict.bias)))
        features.append(ops.channels_last(ops.concat([seen, level], 1)))
    return Seen(stem, tuple(pyramid), ops.concat(rows, 1), tuple(features))


def dense(ops: Operations[Value], net: PlainLite, pictures: Value) -> PlainDense[Value]:
    """The dense part of the network; see `BlendMaskLite.forward`.

    Args:
        pictures: (B, h, w, 3) uint8 RGB; h and w multiples of 32.
    """
    seen = see(ops, net, pictures)
    bins = net.config.distance_bins
    classes, distances = ops.split(seen.logits, [net.config.classes, 4 * bins], 2)
    return PlainDense(
        classes,
        ops.in_four(distances, bins),
        _run_bottom(ops, net.bottom, seen.stem, seen.pyramid),
        ops.largest(classes),
        seen.top_features,
    )


def run_trunk(ops: Operations[Value], trunk: Trunk, pictures: Value) -> tuple[Value, list[Value]]:
    """Stem and pyramid levels of (B, h, w, 3) uint8 RGB; h and w multiples of 32."""
    stem = ops.conv(ops.normalised(pictures), trunk.stem)
    x, deep = ops.max_pool(stem), []
    for stage in trunk.stages:
        x = _run_stage(ops, stage, x)
        deep.append(x)
    return stem, _run_pyramid(ops, trunk.pyramid, deep)


def chained(ops: Operations[Value], chain: Chain, x: Value) -> Value:
    for conv in chain:
        x = ops.conv(x, conv)
    return x


def _run_stage(ops: Operations[Value], stage: _Stage, x: Value) -> Value:
    inputs: list[list[Value]] = [[] for _ in stage.branches[1:]]

    def hand_out(feature: Value, pieces: Sequence[tuple[int, int]]) -> None:
        sizes, readers = zip(*pieces, strict=True)
        parts = ops.split(feature, sizes, 1) if len(sizes) > 1 else [feature]
        for part, reader in zip(parts, readers, strict=True):
            inputs[reader].append(part)

    keep, first, *rest = stage.branches
    hand_out(chained(ops, keep, x), stage.plan.pieces[0])
    hand_out(chained(ops, first, x), stage.plan.pieces[1])
    for unit, (chain, pieces) in enumerate(zip(rest, stage.plan.pieces[2:], strict=True)):
        hand_out(chained(ops, chain, ops.concat(inputs[unit], 1)), pieces)
    return ops.concat(inputs[-1], 1)


def _run_pyramid(ops: Operations[Value], net: _Pyramid, deep: Sequence[Value]) -> list[Value]:
    def ghosts(block: _Ghosts, *parts: Value) -> Value:
        joined = ops.concat(parts, 1)
        x = joined
        for primary, cheap in block.layers:
            half = ops.conv(x, primary)
            x = ops.concat([half, ops.conv(half, cheap)], 1)
        return ops.add(x, chained(ops, block.shortcut, joined))

    c3, c4, c5 = (ops.conv(x, conv) for conv, x in zip(net.reduce, deep, strict=True))
    m4 = ghosts(net.top_down[0], ops.double(c5), c4)
    p3 = ghosts(net.top_down[1], ops.double(m4), c3)
    p4 = ghosts(net.bottom_up[0], chained(ops, net.down[0], p3), m4)
    p5 = ghosts(net.bottom_up[1], chained(ops, net.down[1], p4), c5)
    extra = ops.add(chained(ops, net.extra_in, c5), chained(ops, net.extra_out, p5))
    return [p3, p4, p5, extra]


def _run_bottom(
    ops: Operations[Value], net: _Bottom, stem: Value, pyramid: Sequence[Value]
) -> Value:
    p3, p4, p5 = (ops.conv(x, conv) for conv, x in zip(net.refine, pyramid[:3], strict=True))
    joined = ops.add(p3, ops.double(ops.add(p4, ops.double(p5))))
    wide = ops.double(ops.conv(chained(ops, net.tower, joined), net.widen))
    x = chained(ops, net.join, ops.add(wide, ops.conv(stem, net.shallow)))
    return ops.conv(x, net.bases)
