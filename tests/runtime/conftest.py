from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from blendmask_live.network.lite.model import BlendMaskLite
from tests.tiny_network import tiny_network

torch.set_num_threads(1)


@pytest.fixture(scope="session")
def network() -> BlendMaskLite:
    """A random network in eval mode; do not change it."""
    return tiny_network()


@pytest.fixture(scope="package", autouse=True)
def cache_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """One folder for converted graphs: converting takes seconds, so tests share it."""
    folder = tmp_path_factory.mktemp("cache")
    threads = torch.get_num_threads()
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("XDG_CACHE_HOME", str(folder))
        yield folder
    torch.set_num_threads(threads)
