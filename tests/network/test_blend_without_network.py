"""The blend of one mask in numpy agrees with the network's blender."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from blendmask_live.masks import blend_mask
from blendmask_live.network.blender import BASE_STRIDE, blend_logits


@pytest.mark.parametrize("box", [(10.5, 8.25, 70.0, 61.0), (30.0, 30.0, 34.0, 50.0)])
def test_blend_equals_the_networks_inside_the_picture(box: tuple[float, ...]) -> None:
    rng = np.random.default_rng(0)
    bases = rng.normal(0, 3, (4, 24, 32)).astype(np.float32)
    attention = rng.normal(0, 2, (4, 14, 14)).astype(np.float32)
    boxes = np.array([box], dtype=np.float32)
    expected = blend_logits(
        torch.from_numpy(bases)[None],
        torch.from_numpy(boxes),
        torch.from_numpy(attention)[None],
        mask_size=56,
    )
    mask = blend_mask(bases, boxes[0] / BASE_STRIDE, attention, mask_size=56)
    np.testing.assert_allclose(mask, expected[0].sigmoid().numpy(), atol=0.03)
