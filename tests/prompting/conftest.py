from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from blendmask_live.datatypes import Instances
from blendmask_live.network.prompt.config import PromptConfig
from blendmask_live.network.prompt.model import PromptNetwork
from blendmask_live.prompting.prompter import Picture, Prompter
from blendmask_live.runtime.prompts import PromptRuntime, open_prompt_runtime
from tests.tiny_network import shapes_picture, tiny_network

torch.set_num_threads(1)


def untrained_network(*, seed: int = 0, config: PromptConfig | None = None) -> PromptNetwork:
    """A random prompted network in eval mode whose answers depend on what is asked."""
    lite = tiny_network(seed=seed)
    state = torch.get_rng_state()
    torch.manual_seed(seed)
    network = PromptNetwork(lite, config)
    for module in network.head.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.momentum = 1.0
            torch.nn.init.ones_(module.weight)
    network.train()
    with torch.no_grad():
        network(
            torch.rand(4, 3, 128, 128) * 255,
            torch.rand(4, 5, 32, 32),
            torch.zeros(4, network.config.key_channels, 64),
            torch.zeros(4, 2, 64),
        )
    torch.set_rng_state(state)
    return network.eval()


def finds_nothing(image: NDArray[np.uint8]) -> Instances:
    return Instances.empty((image.shape[0], image.shape[1]))


def prompter_on(
    runtime: PromptRuntime,
    network: PromptNetwork,
    *,
    detect: Callable[[NDArray[np.uint8]], Instances] = finds_nothing,
) -> Prompter:
    """A prompter on small crops."""
    return Prompter(
        runtime,
        weights_path=Path("untrained.safetensors"),
        weights_sha256="",
        detect=detect,
        key_channels=network.config.key_channels,
        crop_side=128,
    )


@pytest.fixture(scope="session")
def network() -> PromptNetwork:
    """Do not change it."""
    return untrained_network()


@pytest.fixture(scope="session")
def prompter(network: PromptNetwork) -> Prompter:
    runtime = open_prompt_runtime(
        network, runtime="torch", device="cpu", precision="fp32", threads=0
    )
    return prompter_on(runtime, network)


@pytest.fixture
def picture(prompter: Prompter) -> Picture:
    """120 x 200 px."""
    return prompter.open(np.ascontiguousarray(shapes_picture(120, 200).numpy()))


@pytest.fixture(scope="package", autouse=True)
def cache_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Converted graphs are kept for these tests alone."""
    folder = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("XDG_CACHE_HOME", str(folder))
        yield folder
