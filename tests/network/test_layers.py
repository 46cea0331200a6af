"""Layers compute what their papers say, checked against plain arithmetic."""

from __future__ import annotations

import pytest
import torch
from torch.nn import functional as F

from blendmask_live.network.layers import (
    LEAKY_SLOPE,
    ConvUnit,
    DepthwiseSeparable,
    GhostBlock,
    ShuffleUnit,
)


@torch.inference_mode()
def test_conv_unit_is_convolution_then_norm_then_leaky_relu() -> None:
    torch.manual_seed(0)
    unit = ConvUnit(3, 6, 3, stride=2).eval()
    unit.bn.running_mean.uniform_(-1, 1)
    unit.bn.running_var.uniform_(0.5, 2)
    unit.bn.weight.uniform_(0.5, 2)
    unit.bn.bias.uniform_(-1, 1)
    x = torch.randn(2, 3, 9, 12)
    y = F.conv2d(x, unit.conv.weight, stride=2, padding=1)
    scale = unit.bn.weight / (unit.bn.running_var + unit.bn.eps).sqrt()
    y = (y - unit.bn.running_mean[:, None, None]) * scale[:, None, None]
    y = y + unit.bn.bias[:, None, None]
    torch.testing.assert_close(unit(x), torch.where(y > 0, y, y * LEAKY_SLOPE))
    unit.activate = False
    torch.testing.assert_close(unit(x), y)


def test_a_depthwise_convolution_learns_in_fp32_on_the_cpu() -> None:
    unit = ConvUnit(8, 8, 3, groups=8).eval()
    x = torch.randn(2, 8, 9, 12, requires_grad=True)
    with torch.autocast("cpu", torch.bfloat16):
        unit(x * 2).float().sum().backward()
    learned = unit.conv.weight.grad
    assert learned is not None
    unit.zero_grad()
    unit(x * 2).sum().backward()
    torch.testing.assert_close(learned, unit.conv.weight.grad)


@pytest.mark.parametrize(("stride", "channels_out"), [(1, 8), (2, 8), (2, 12)])
@torch.inference_mode()
def test_shuffle_unit_keeps_or_halves_the_size(stride: int, channels_out: int) -> None:
    unit = ShuffleUnit(8, channels_out, stride=stride).eval()
    assert unit(torch.randn(1, 8, 10, 14)).shape == (1, channels_out, 10 // stride, 14 // stride)


@torch.inference_mode()
def test_shuffle_unit_interleaves_the_kept_half_with_the_worked_half() -> None:
    unit = ShuffleUnit(8, 8, stride=1).eval()
    x = torch.randn(1, 8, 5, 5)
    y = unit(x)
    torch.testing.assert_close(y[:, 0::2], x[:, :4])
    assert not torch.allclose(y[:, 1::2], x[:, 4:])


@torch.inference_mode()
def test_units_leave_their_input_untouched() -> None:
    x = torch.randn(1, 8, 6, 6)
    before = x.clone()
    for unit in (
        ShuffleUnit(8, 8, stride=1),
        ShuffleUnit(8, 8, stride=2),
        GhostBlock(8, 4),
        DepthwiseSeparable(8, 4, 5),
    ):
        unit.eval()(x)
        torch.testing.assert_close(x, before, rtol=0, atol=0)


@torch.inference_mode()
def test_ghost_block_adds_its_shortcut() -> None:
    block = GhostBlock(6, 8).eval()
    x = torch.randn(2, 6, 7, 9)
    expected = block.ghost2(block.ghost1(x)) + block.short_pw(block.short_dw(x))
    torch.testing.assert_close(block(x), expected)
    assert block(x).shape == (2, 8, 7, 9)
