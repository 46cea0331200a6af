"""Weights and pictures that follow from names and seeds alone.

The reference figures in tests/golden were made by the authors' implementation with weights
filled by this rule, so no checkpoint is needed to prove that the networks agree.
"""

from __future__ import annotations

import math
import zlib

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

PIXEL_GAIN = 2.0 / 64.0**2
"""For layers that see pixels of 0..255."""
CONV_GAINS = (
    (("stem.conv1", "base_layer.0"), PIXEL_GAIN),
    (("cls_logits", "bbox_pred"), 3.0),
    (("ctrness", "conv2_offset"), 0.5),
    (("fpn_", "top_layer", "tower.6"), 1.0),
)


def seeded_tensor(key: str, shape: tuple[int, ...], *, seed: int = 0) -> Tensor:
    """The tensor that belongs to a published key."""
    if key.endswith("num_batches_tracked"):
        return torch.zeros(shape, dtype=torch.int64)
    random = np.random.RandomState((zlib.crc32(key.encode()) + 7919 * seed) % 2**32)
    noise = random.standard_normal(shape).astype(np.float32)
    return torch.from_numpy(np.asarray(_scaled(key, noise), dtype=np.float32))


def _scaled(key: str, noise: NDArray[np.float32]) -> NDArray[np.float32]:
    leaf = key.rpartition(".")[2]
    if leaf == "running_var":
        return 1.0 + 0.2 * np.abs(noise)
    if leaf in ("running_mean", "bias"):
        if leaf == "bias" and "cls_logits" in key:
            return -6.0 + 0.2 * noise
        if leaf == "bias" and "bbox_pred" in key:
            return 3.0 + 0.2 * noise
        return 0.1 * noise
    if noise.ndim == 1:
        ends_residual = "conv3.norm" in key or "tree2.bn2" in key
        return (0.3 if ends_residual else 1.0) * (1.0 + 0.1 * noise)
    gain = next((gain for marks, gain in CONV_GAINS if any(m in key for m in marks)), 2.0)
    return noise * math.sqrt(gain / math.prod(noise.shape[1:]))


def fill(model: nn.Module, *, seed: int = 0) -> None:
    """Give every tensor of a network its seeded values."""
    model.load_state_dict(
        {
            key: seeded_tensor(key, tuple(value.shape), seed=seed)
            for key, value in model.state_dict().items()
        }
    )


def seeded_picture(seed: int = 0, *, height: int = 512, width: int = 640) -> NDArray[np.uint8]:
    """(height, width, 3) uint8 BGR: striped, overlapping ellipses."""
    random = np.random.RandomState(1234 + seed)
    y, x = np.mgrid[:height, :width].astype(np.float64)
    picture = np.broadcast_to(random.uniform(40, 120, 3), (height, width, 3)).copy()
    for _ in range(40):
        centre_y, centre_x = random.uniform(0, height), random.uniform(0, width)
        radius_a, radius_b = random.uniform(15, 140, 2)
        angle = random.uniform(0, np.pi)
        along = (x - centre_x) * np.cos(angle) + (y - centre_y) * np.sin(angle)
        across = (y - centre_y) * np.cos(angle) - (x - centre_x) * np.sin(angle)
        inside = (along / radius_a) ** 2 + (across / radius_b) ** 2 < 1
        colour, frequency = random.uniform(0, 255, 3), random.uniform(0.02, 0.4)
        stripes = 255 * (0.5 + 0.5 * np.sin(frequency * along[inside]))
        picture[inside] = 0.75 * colour + 0.25 * stripes[:, None]
    return np.floor(picture).clip(0, 255).astype(np.uint8)


def picture_batch(*seeds: int) -> Tensor:
    """(B, 3, 512, 640) RGB 0..255 float, as the networks take it."""
    pictures = np.stack([seeded_picture(seed)[..., ::-1] for seed in seeds])
    return torch.from_numpy(pictures.copy()).permute(0, 3, 1, 2).float()
