"""The same network for inference: no channel shuffles, no BatchNorm.

`channels` says how the shuffles go. Only roundings differ.
"""

from __future__ import annotations

import copy
from typing import TypeVar

import torch
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from blendmask_live.network.layers import ConvUnit, ShuffleUnit
from blendmask_live.network.lite.channels import plan_stage
from blendmask_live.network.lite.model import BlendMaskLite
from blendmask_live.network.prompt.model import PromptNetwork

__all__ = ["folded"]


T = TypeVar("T", BlendMaskLite, PromptNetwork)
"""Networks with the trunk and the pyramid of blendmask-lite."""


def folded(model: T) -> T:
    """A copy of a network, for inference, with shuffles and norms folded into its weights."""
    model = copy.deepcopy(model).eval()
    trunk, order = model.backbone, None
    with torch.no_grad():
        for index, name in enumerate(("stage2", "stage3", "stage4")):
            units = list(trunk.get_submodule(name).children())
            if order is not None:
                _reorder_first(units[0], order)
            stage = _Stage(units)
            order = stage.order
            setattr(trunk, name, stage)
            _reorder_inputs(_conv(model.fpn, f"reduce.{index}"), order)
    for unit in [module for module in model.modules() if isinstance(module, ConvUnit)]:
        unit.conv, unit.bn = fuse_conv_bn_eval(unit.conv, unit.bn), nn.Identity()  # type: ignore[assignment]
    return model


class _Stage(nn.Module):
    """One stage of the trunk without shuffles.

    Attributes:
        order: Which channel of the shuffled feature each channel of the output is.
    """

    def __init__(self, units: list[nn.Module]) -> None:
        super().__init__()
        self.units = nn.ModuleList(units)
        plan = plan_stage(len(units), _conv(units[0], "branch2.pw2").out_channels)
        for unit, worked in zip(units[1:], plan.worked, strict=True):
            _reorder_inputs(_conv(unit, "branch2.pw1"), worked)
        self.order = plan.order
        self._pieces = plan.pieces

    def forward(self, x: Tensor) -> Tensor:
        first, *rest = self.units
        inputs: list[list[Tensor]] = [[] for _ in self.units]

        def hand_out(feature: Tensor, pieces: tuple[tuple[int, int], ...]) -> None:
            sizes, readers = zip(*pieces, strict=True)
            for part, reader in zip(feature.split(sizes, dim=1), readers, strict=True):
                inputs[reader].append(part)

        assert isinstance(first, ShuffleUnit)
        hand_out(first.keep(x), self._pieces[0])
        hand_out(first.work(x), self._pieces[1])
        for reader, (unit, pieces) in enumerate(zip(rest, self._pieces[2:], strict=True)):
            assert isinstance(unit, ShuffleUnit)
            hand_out(unit.work(torch.cat(inputs[reader], dim=1)), pieces)
        return torch.cat(inputs[-1], dim=1)


def _conv(unit: nn.Module, path: str) -> nn.Conv2d:
    conv = unit.get_submodule(f"{path}.conv")
    assert isinstance(conv, nn.Conv2d)
    return conv


def _reorder_inputs(conv: nn.Conv2d, order: list[int]) -> None:
    """Let a convolution take its input channels in another order."""
    conv.weight = nn.Parameter(conv.weight[:, order])


def _reorder_first(unit: nn.Module, order: list[int]) -> None:
    """The same for a stage's first unit, one branch of which starts with a depthwise one."""
    _reorder_inputs(_conv(unit, "branch2.pw1"), order)
    depthwise, norm = _conv(unit, "branch1.dw"), unit.get_submodule("branch1.dw.bn")
    depthwise.weight = nn.Parameter(depthwise.weight[order])
    for values in (*norm.parameters(), norm.running_mean, norm.running_var):
        assert isinstance(values, Tensor)
        values.copy_(values[order].clone())
    _reorder_inputs(_conv(unit, "branch1.pw"), order)
