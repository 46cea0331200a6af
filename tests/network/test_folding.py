"""Without shuffles and norms the network computes the same."""

from __future__ import annotations

import pytest
import torch

from blendmask_live.network.lite.folding import folded
from tests.tiny_network import shapes_picture, tiny_network


@pytest.mark.parametrize("width", ["1.0x", "1.5x"])
@torch.inference_mode()
def test_a_folded_network_computes_the_same_and_leaves_the_original(width: str) -> None:
    network = tiny_network(width=width)
    before = {name: value.clone() for name, value in network.state_dict().items()}
    plain = folded(network)
    picture = shapes_picture(96, 128).permute(2, 0, 1)[None].float()
    expected, found = network(picture), plain(picture)
    for ours, reference in zip(
        (found.class_logits, found.distance_logits, found.bases, *found.top_features),
        (expected.class_logits, expected.distance_logits, expected.bases, *expected.top_features),
        strict=True,
    ):
        assert float((ours - reference).abs().max() / reference.std()) < 1e-3
    for name, value in network.state_dict().items():
        assert torch.equal(value, before[name])


def test_no_norm_is_left() -> None:
    modules = folded(tiny_network()).modules()
    assert not any(isinstance(module, torch.nn.BatchNorm2d) for module in modules)
