from __future__ import annotations

import pytest
import torch

from blendmask_live.network.lite.model import BlendMaskLite
from tests.tiny_network import tiny_network

torch.set_num_threads(1)


@pytest.fixture(scope="session")
def network() -> BlendMaskLite:
    """A random network in eval mode; do not change it."""
    return tiny_network()
