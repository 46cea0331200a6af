"""int8 that changes what is seen is refused."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest
import torch

from blendmask_live.errors import ConfigError
from blendmask_live.network.lite.model import BlendMaskLite
from blendmask_live.runtime import open_runtime, quantisation

pytest.importorskip("openvino")

FRAMES = [np.arange(64 * 96 * 3).astype(np.uint8).reshape(1, 64, 96, 3)]


def _graph_of(network: BlendMaskLite) -> Any:
    from blendmask_live.runtime.openvino_cpu import network_graph

    return network_graph(network)


def test_a_graph_that_computes_the_same_is_accepted(network: BlendMaskLite) -> None:
    quantisation._refuse_if_wrong(_graph_of(network), _graph_of(network), FRAMES, network)


@pytest.mark.parametrize("part", ["bases", "classes"])
def test_a_graph_that_computes_something_else_is_refused(network: BlendMaskLite, part: str) -> None:
    other = copy.deepcopy(network)
    with torch.no_grad():
        if part == "bases":
            other.bottom.bases.weight.mul_(1.5)
        else:
            for prediction in other.head.pred:
                prediction.get_parameter("bias").sub_(100.0)
    with pytest.raises(ConfigError, match="int8 changes this network too much"):
        quantisation._refuse_if_wrong(_graph_of(other), _graph_of(network), FRAMES, network)


def test_without_nncf_the_way_out_is_named(
    network: BlendMaskLite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quantisation, "find_spec", lambda name: None)
    with pytest.raises(ConfigError, match=r"pip install 'blendmask-live\[int8\]'"):
        open_runtime(copy.deepcopy(network), runtime="openvino", device="cpu", precision="int8")


def test_frames_to_calibrate_with_come_from_all_over_the_demo() -> None:
    frames = quantisation._demo_frames(4)
    assert [frame.shape for frame in frames] == [(1, 384, 672, 3)] * 4
    assert len({frame.tobytes() for frame in frames}) == 4
