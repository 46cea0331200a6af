"""Without PyTorch the network says what it says in PyTorch."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from blendmask_live.network.lite.choosing import locations_of
from blendmask_live.network.lite.detections import location_grid
from blendmask_live.network.lite.plain import PlainDense, PlainLite, dense
from blendmask_live.network.lite.plain_numpy import NumpyOperations
from blendmask_live.segmenting.processing.lite import as_plain_dense
from tests.tiny_network import shapes_picture, tiny_network

SIZES: list[dict[str, Any]] = [
    {},
    {"width": "1.5x", "classes": 2, "bases": 6, "attention_size": 7, "distance_bins": 5},
    {"bottom_channels": 32, "shallow_channels": 24, "top_channels": 64},
    {"blender": "yolact", "bases": 8, "attention_size": 1},
    {"blender": "fcis", "bases": 9, "attention_size": 1},
]


@pytest.mark.parametrize("config", SIZES, ids=str)
@torch.inference_mode()
def test_the_plain_network_says_what_pytorch_says(config: dict[str, Any]) -> None:
    network = tiny_network(**config)
    pictures = torch.stack([shapes_picture(96, 160, seed=seed) for seed in range(2)])
    expected = as_plain_dense(network(pictures.permute(0, 3, 1, 2).float()))
    plain = PlainLite.of(network)
    found: PlainDense[NDArray[np.float32]] = dense(NumpyOperations(), plain, pictures.numpy())
    assert (plain.top is None) == (config.get("blender") == "fcis")
    for ours, reference in zip(found.in_order(), expected.in_order(), strict=True):
        assert ours.shape == reference.shape
        assert ours.dtype == np.float32
        assert np.abs(ours - reference).max() < 1e-4 * reference.std()


def test_back_in_pytorch_it_is_the_same_network() -> None:
    network = tiny_network(classes=2)
    again = PlainLite.of(network).module()
    assert again.config == network.config and not again.training
    state = again.state_dict()
    for name, value in network.state_dict().items():
        assert name.startswith("bottom.semantic.") or torch.equal(state[name], value), name


def test_locations_are_where_pytorch_has_them() -> None:
    for size in ((96, 160), (448, 608)):
        expected = location_grid(*size, torch.device("cpu"))
        for ours, reference in zip(locations_of(size), expected, strict=True):
            np.testing.assert_array_equal(ours, reference.numpy())
