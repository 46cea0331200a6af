"""Without PyTorch the prompted network says what it says in PyTorch."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest
import torch

from blendmask_live.network.prompt.config import CROP_SIDE, PromptConfig
from blendmask_live.network.prompt.model import PromptNetwork
from blendmask_live.network.prompt.plain import PlainPrompt
from blendmask_live.runtime.prompts import MEMORIES, Questions, needs_pytorch, open_prompt_runtime
from tests.prompting.conftest import untrained_network
from tests.tiny_network import shapes_picture

pytest.importorskip("openvino")

OTHER_SIZES = PromptConfig(
    deep_channels=32, shallow_channels=24, context_channels=48, context_blocks=1, key_channels=16
)


def questions(network: PromptNetwork, count: int, side: int) -> Questions:
    """The last ones remember nothing, or half of what can be remembered."""
    random = np.random.default_rng(count)
    cells = MEMORIES * (side // 16) ** 2
    masks = np.zeros((count, 2, cells), np.float32)
    masks[0] = random.random((2, cells)) > 0.4
    masks[-1, 1, : cells // 2] = 1
    crops = [shapes_picture(side, side, seed=seed).numpy() for seed in range(count)]
    keys = random.normal(size=(count, network.config.key_channels, cells)).astype(np.float32)
    return Questions(
        crops=np.stack(crops).astype(np.uint8),
        maps=random.random((count, 5, side // 4, side // 4)).astype(np.float32),
        keys=keys / np.linalg.norm(keys, axis=1, keepdims=True),
        memory_masks=masks,
    )


@pytest.mark.parametrize(
    ("config", "count", "side"), [(None, 1, CROP_SIDE), (None, 3, 96), (OTHER_SIZES, 2, 128)]
)
def test_the_graph_says_what_pytorch_says(
    config: PromptConfig | None, count: int, side: int
) -> None:
    network = untrained_network(config=config)
    with torch.no_grad():
        network.head.sharpness.fill_(3.0)
    expected, found = (
        open_prompt_runtime(network, runtime=name, device="cpu", precision="fp32", threads=1).ask(
            questions(network, count, side)
        )
        for name in ("torch", "openvino")
    )
    for field in fields(expected):
        reference, ours = getattr(expected, field.name), getattr(found, field.name)
        assert ours.shape == reference.shape and ours.dtype == np.float32
        assert np.abs(ours - reference).max() < 2e-4 * max(reference.std(), 0.05), field.name
    assert expected.logits.std() > 0.01 and expected.recall.std() > 0.01


def test_back_in_pytorch_it_is_the_same_network(network: PromptNetwork) -> None:
    again = PlainPrompt.of(network).module()
    assert again.config == network.config and not again.training
    state = again.state_dict()
    for name, value in network.state_dict().items():
        assert torch.equal(state[name], value), name


def test_pytorch_is_needed_on_gpus_alone() -> None:
    assert not needs_pytorch("cpu")
    assert needs_pytorch("cuda:0")
