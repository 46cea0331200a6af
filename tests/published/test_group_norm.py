"""PyTorch's GroupNorm forgets channels-last on a GPU, and with fake tensors everywhere."""

from __future__ import annotations

import pytest
import torch
from torch._subclasses.fake_tensor import FakeTensorMode

from blendmask_live.network.family.group_norm import GroupNorm

LAYOUTS = (torch.channels_last, torch.contiguous_format)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_layout_of_the_input_is_kept(layout: torch.memory_format) -> None:
    with FakeTensorMode():
        features = torch.empty(1, 64, 6, 5).to(memory_format=layout)
        assert GroupNorm(32, 64)(features).is_contiguous(memory_format=layout)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_it_computes_what_pytorch_does(layout: torch.memory_format) -> None:
    features = torch.randn(1, 64, 6, 5).to(memory_format=layout)
    theirs, ours = torch.nn.GroupNorm(32, 64), GroupNorm(32, 64)
    ours.load_state_dict(theirs.state_dict())
    torch.testing.assert_close(ours(features), theirs(features), rtol=0, atol=0)
