"""blendmask-prompt as arrays, for runtimes that need no PyTorch; see `model` for what it is."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from blendmask_live.errors import ConfigError, WeightsError
from blendmask_live.network.lite.arrays import Chain, Conv, Floats, TensorReader
from blendmask_live.network.lite.config import PYRAMID_CHANNELS, TRUNK_CHANNELS, LiteConfig
from blendmask_live.network.lite.plain import Trunk, read_trunk
from blendmask_live.network.prompt.config import PROMPT, PROMPT_CHANNELS, REACH, PromptConfig
from blendmask_live.network.weights_file import described_lite, read_arrays, read_metadata
from blendmask_live.plain_values import from_plain

if TYPE_CHECKING:
    from blendmask_live.network.prompt.model import PromptNetwork

__all__ = ["Attention", "Linear", "PlainHead", "PlainPrompt", "read_prompt", "trunk_digest"]

_TRUNK = ("backbone.", "fpn.")


@dataclass(frozen=True, slots=True, eq=False)
class Linear:
    """weight (out, in), bias (out,); of a norm, (channels,) both."""

    weight: Floats
    bias: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Attention:
    """A block of self-attention."""

    place: Conv
    norm: Linear
    mix: Linear
    out: Linear
    norm_mlp: Linear
    widen: Linear
    narrow: Linear


@dataclass(frozen=True, slots=True, eq=False)
class PlainHead:
    """The layers of `PromptHead`, by its names."""

    refine: Chain
    tower: Chain
    widen: Conv
    shallow: Conv
    join: Chain
    say: Conv
    say_fine: Conv
    say_deep: Chain
    say_wide: Chain
    key: Conv
    sharpness: float
    gather: Conv
    recalled: Conv
    context: tuple[Attention, ...]
    spread: Conv
    reach: Chain
    draw: Conv
    mask: Conv
    judge: tuple[Linear, Linear]


@dataclass(frozen=True, eq=False)
class PlainPrompt:
    """A blendmask-prompt without PyTorch.

    Attributes:
        config: Sizes of the head.
        width: Of the trunk, see `LiteConfig`.
        tensors: Name -> values, of trunk, pyramid and head.
    """

    config: PromptConfig
    width: str
    tensors: Mapping[str, Floats]
    trunk: Trunk = field(repr=False)
    head: PlainHead = field(repr=False)

    @classmethod
    def of(cls, model: PromptNetwork) -> PlainPrompt:
        """The same network, from PyTorch; it shares its memory on the CPU."""
        tensors = {name: value.cpu().numpy() for name, value in model.state_dict().items()}
        stem = len(tensors["backbone.stem.conv.weight"])
        deep = len(tensors["backbone.stage2.0.branch2.pw2.conv.weight"])
        width = next(
            width for width, sizes in TRUNK_CHANNELS.items() if sizes[:2] == (stem, 2 * deep)
        )
        return _plain_prompt(model.config, width, tensors, path=Path("the network"))

    def module(self) -> PromptNetwork:
        """The same network in PyTorch, in eval mode."""
        import torch

        from blendmask_live.network.lite.model import BlendMaskLite
        from blendmask_live.network.prompt.model import PromptNetwork

        model = PromptNetwork(BlendMaskLite(LiteConfig(width=self.width)), self.config)
        state = {name: torch.from_numpy(values.copy()) for name, values in self.tensors.items()}
        model.load_state_dict(state, strict=False)
        return model.eval()


def trunk_digest(tensors: Mapping[str, Floats]) -> str:
    """SHA-256 of trunk and pyramid, in hexadecimal digits.

    Of their values in fp16, as they are shipped, so that it does not matter how a file was read.

    Args:
        tensors: Of blendmask-lite or of the prompted network.
    """
    digest = hashlib.sha256()
    for name in sorted(tensors):
        if name.startswith(_TRUNK) and not name.endswith("num_batches_tracked"):
            # Zeros lose their sign where averages are taken.
            values = tensors[name].astype(np.float16) + np.float16(0)
            digest.update(name.encode() + values.tobytes())
    return digest.hexdigest()


def read_prompt(path: Path, trunk: Path) -> PlainPrompt:
    """The network of a weights file on its trunk.

    Args:
        path: Weights of the head.
        trunk: Weights of the blendmask-lite that lends the trunk.

    Raises:
        WeightsError: If a file is damaged, is not what it should be, or the trunk is another
            one than that which the head was trained on.
    """
    config, expected = _described(path)
    lite, _ = described_lite(trunk, read_metadata(trunk))
    tensors = {n: v for n, v in read_arrays(trunk).items() if n.startswith(_TRUNK)}
    found = trunk_digest(tensors)
    if found != expected:
        raise WeightsError(
            f"{path}: made for the trunk {expected[:12]}..., but {trunk} has the trunk "
            f"{found[:12]}...; use the two files of one version of the package"
        )
    return _plain_prompt(config, lite.width, {**tensors, **read_arrays(path)}, path=path)


def _described(path: Path) -> tuple[PromptConfig, str]:
    """Sizes, and the digest of the trunk, as a file describes them."""
    metadata = read_metadata(path)
    if metadata.get("architecture") != PROMPT:
        held = metadata.get("architecture") or "an unnamed architecture"
        raise WeightsError(
            f"{path}: holds {held}, expected {PROMPT}; leave weights out, or name some of that kind"
        )
    try:
        config = from_plain(PromptConfig, json.loads(metadata["config"]), "config")
        return config, str(metadata["trunk_sha256"])
    except (ConfigError, KeyError, TypeError, ValueError) as error:
        raise WeightsError(f"{path}: its description cannot be read ({error!r})") from error


def _plain_prompt(
    config: PromptConfig, width: str, tensors: Mapping[str, Floats], *, path: Path
) -> PlainPrompt:
    read = TensorReader(tensors)
    net = PlainPrompt(config, width, tensors, read_trunk(read, width), _head(read, config, width))
    read.check(path, PROMPT)
    return net


def _head(read: TensorReader, config: PromptConfig, width: str) -> PlainHead:
    pyramid, stem = PYRAMID_CHANNELS[width], TRUNK_CHANNELS[width][0]
    deep, shallow, wide = config.deep_channels, config.shallow_channels, config.context_channels

    def unit(name: str, channels: tuple[int, int], size: int = 3, *, stride: int = 1) -> Conv:
        return read.unit(f"head.{name}", channels, size, stride=stride)

    def bare(name: str, channels: tuple[int, int], size: int = 1) -> Conv:
        return read.bare(f"head.{name}", channels, size)

    def linear(name: str, channels: tuple[int, int]) -> Linear:
        return _linear(read, f"head.{name}", channels)

    return PlainHead(
        refine=tuple(unit(f"refine.{level}", (pyramid, deep)) for level in range(3)),
        tower=(unit("tower.0", (deep, deep)), unit("tower.1", (deep, deep))),
        widen=unit("widen", (deep, shallow), 1),
        shallow=unit("shallow", (stem, shallow), stride=2),
        join=(unit("join.0", (shallow, shallow)), unit("join.1", (shallow, shallow))),
        say=unit("say", (len(PROMPT_CHANNELS), 24)),
        say_fine=bare("say_fine", (24, shallow)),
        say_deep=(unit("say_deep.0", (24, 32), stride=2), bare("say_deep.1", (32, deep))),
        say_wide=(
            unit("say_wide.0", (24, 32), stride=2),
            unit("say_wide.1", (32, 64), stride=2),
            bare("say_wide.2", (64, wide)),
        ),
        key=bare("key", (pyramid, config.key_channels)),
        sharpness=float(read.take("head.sharpness")),
        gather=bare("gather", (deep, wide)),
        recalled=bare("recalled", (2, wide), 3),
        context=tuple(
            _attention(read, f"head.context.{block}", wide)
            for block in range(config.context_blocks)
        ),
        spread=bare("spread", (wide, deep)),
        reach=tuple(
            read.unit(f"head.reach.{block}", (deep, deep), 3, dilation=dilation)
            for block, dilation in enumerate(REACH)
        ),
        draw=unit("draw", (shallow, shallow)),
        mask=bare("mask", (shallow, 1)),
        judge=(linear("judge.0", (3 * deep + 4, 64)), linear("judge.2", (64, 1))),
    )


def _attention(read: TensorReader, name: str, channels: int) -> Attention:
    def norm(part: str) -> Linear:
        weight, bias = (read.take(f"{name}.{part}.{of}", channels) for of in ("weight", "bias"))
        return Linear(weight, bias)

    return Attention(
        place=read.bare(f"{name}.place", (channels, channels), 3, groups=channels),
        norm=norm("norm"),
        mix=_linear(read, f"{name}.mix", (channels, 3 * channels)),
        out=_linear(read, f"{name}.out", (channels, channels)),
        norm_mlp=norm("norm_mlp"),
        widen=_linear(read, f"{name}.widen", (channels, 2 * channels)),
        narrow=_linear(read, f"{name}.narrow", (2 * channels, channels)),
    )


def _linear(read: TensorReader, name: str, channels: tuple[int, int]) -> Linear:
    return Linear(
        read.take(f"{name}.weight", channels[1], channels[0]),
        read.take(f"{name}.bias", channels[1]),
    )
