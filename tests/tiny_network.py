"""A small random network with lively outputs, and a picture for it: for tests of structure."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor

from blendmask_live.network.lite.model import BlendMaskLite, LiteConfig


def tiny_network(*, seed: int = 0, **config: Any) -> BlendMaskLite:
    """A random network in eval mode.

    One pass over noise sets the BatchNorm statistics; without them, random layers would shrink
    every signal to nothing and all pictures would look alike.
    """
    generator_state = torch.get_rng_state()
    torch.manual_seed(seed)
    model = BlendMaskLite(LiteConfig(**{"width": "1.0x", **config}))
    for module in model.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.momentum = 1.0
    with torch.no_grad():
        model.train()(torch.rand(4, 3, 128, 160) * 255)
    for module in model.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.momentum = 0.1
    torch.set_rng_state(generator_state)
    return model.eval()


def shapes_picture(height: int, width: int, *, seed: int = 0) -> Tensor:
    """(H, W, 3) uint8 coloured waves and a disc: closer to a photograph than noise is."""
    y, x = np.mgrid[:height, :width] / 20.0 + seed
    channels = [np.sin(x) * np.cos(y), np.sin(x * 0.7 + y), (np.hypot(x - 5, y - 4) < 3) - 0.5]
    return torch.from_numpy((np.stack(channels, axis=2) * 100 + 128).astype(np.uint8))
