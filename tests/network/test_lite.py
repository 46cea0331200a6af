"""The network's outputs have the documented shapes and mean what they say."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from blendmask_live.network.checkpoint import load_network
from blendmask_live.network.lite.detections import location_grid
from blendmask_live.network.lite.model import STRIDES, BlendMaskLite, DenseOutput, LiteConfig
from tests.tiny_network import shapes_picture, tiny_network

SHARED_INIT = Path(__file__).parents[2].parent / "shared" / "init"
SIZES = [(64, 64), (96, 160), (160, 96), (224, 352), (32, 32)]


def _pictures(count: int, height: int, width: int, *, seed: int = 0) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.rand(count, 3, height, width, generator=generator) * 255


@pytest.mark.parametrize(("height", "width"), SIZES)
@torch.inference_mode()
def test_outputs_have_the_documented_shapes(
    network: BlendMaskLite, height: int, width: int
) -> None:
    dense = network(_pictures(2, height, width))
    levels = [(-(-height // stride), -(-width // stride)) for stride in STRIDES]
    locations = sum(rows * columns for rows, columns in levels)
    assert dense.class_logits.shape == (2, locations, 80)
    assert dense.distance_logits.shape == (2, locations, 4, 8)
    assert dense.bases.shape == (2, 4, height // 4, width // 4)
    assert [tuple(level.shape[2:]) for level in dense.top_features] == levels
    assert {level.shape[1] for level in dense.top_features} == {192}
    assert dense.semantic_logits is None
    assert all(torch.isfinite(part).all() for part in (*dense[:2], *dense.top_features, dense[3]))
    points, strides = location_grid(height, width, torch.device("cpu"))
    assert len(points) == len(strides) == locations


def test_semantic_logits_exist_in_training_only() -> None:
    dense = tiny_network().train()(_pictures(2, 64, 96))
    assert dense.semantic_logits is not None
    assert dense.semantic_logits.shape == (2, 81, 8, 12)


@pytest.mark.parametrize("side", range(32, 257, 32))
@torch.inference_mode()
def test_every_multiple_of_32_is_accepted(network: BlendMaskLite, side: int) -> None:
    assert network(_pictures(1, side, 64)).bases.shape[2:] == (side // 4, 16)


@torch.inference_mode()
def test_config_decides_the_shapes() -> None:
    config = {"classes": 3, "distance_bins": 5, "bases": 6, "attention_size": 7}
    network = tiny_network(**config)
    dense = network(_pictures(1, 64, 64))
    assert dense.class_logits.shape[2] == 3
    assert dense.distance_logits.shape[2:] == (4, 5)
    assert dense.bases.shape[1] == 6
    attention = network.attention(
        dense.top_features, torch.zeros(1, 2, dtype=torch.long), torch.ones(1, 2, 4)
    )
    assert attention.shape == (1, 2, 6, 7, 7)


@torch.inference_mode()
def test_a_picture_gives_the_same_alone_and_in_a_batch(network: BlendMaskLite) -> None:
    pictures = _pictures(2, 96, 128)
    together = network(pictures)
    for row in range(2):
        alone = network(pictures[row : row + 1])
        for joint, single in zip(_tensors(together), _tensors(alone), strict=True):
            torch.testing.assert_close(joint[row : row + 1], single, rtol=1e-4, atol=1e-4)


def _tensors(dense: DenseOutput) -> list[Tensor]:
    return [dense.class_logits, dense.distance_logits, dense.bases, *dense.top_features]


@pytest.mark.parametrize("learns", [False, True])
@pytest.mark.parametrize(("height", "width"), [(64, 96), (96, 160)])
def test_attention_at_every_location_equals_a_dense_convolution(
    network: BlendMaskLite, height: int, width: int, learns: bool
) -> None:
    with torch.set_grad_enabled(learns):
        _check_attention_everywhere(network, height, width)


def _check_attention_everywhere(network: BlendMaskLite, height: int, width: int) -> None:
    dense = network(_pictures(2, height, width))
    count = dense.class_logits.shape[1]
    generator = torch.Generator().manual_seed(1)
    distances = torch.rand(2, count, 4, generator=generator) * 6 + 0.1
    order = torch.stack([torch.randperm(count, generator=generator) for _ in range(2)])
    found = network.attention(
        dense.top_features, order, distances.gather(1, order[..., None].expand(-1, -1, 4))
    )
    expected = _dense_attention(network, dense.top_features, distances)
    for row in range(2):
        torch.testing.assert_close(found[row], expected[row, order[row]], rtol=1e-4, atol=1e-4)


def _dense_attention(network: BlendMaskLite, features: list[Tensor], distances: Tensor) -> Tensor:
    """(B, P, K, M, M): the top layer as a zero-padded 3x3 convolution over whole levels."""
    top, channels = network.top, features[0].shape[1]
    # The layer's inputs are neighbour by neighbour, then four numbers on the box.
    kernel = top.look.weight[:, : 9 * channels].unflatten(1, (3, 3, channels)).permute(0, 3, 1, 2)
    seen = torch.cat([F.conv2d(level, kernel, padding=1).flatten(2) for level in features], dim=2)
    left, above, right, below = distances.unbind(-1)
    width, height = left + right, above + below
    shape = [left / width - 0.5, above / height - 0.5, width.log() - 1.5, height.log() - 1.5]
    on_box = F.linear(torch.stack(shape, dim=-1), top.look.weight[:, 9 * channels :], top.look.bias)
    attention = top.attend(F.leaky_relu(seen.transpose(1, 2) + on_box, 0.1))
    return attention.unflatten(-1, (top.bases, top.size, top.size))


@torch.inference_mode()
def test_attention_is_finite_for_a_box_without_extent(network: BlendMaskLite) -> None:
    dense = network(_pictures(1, 64, 64))
    locations = torch.arange(5)[None]
    attention = network.attention(dense.top_features, locations, torch.zeros(1, 5, 4))
    assert torch.isfinite(attention).all()


# the initial detector


@pytest.fixture(scope="module")
def initial_detector() -> ModuleType:
    source = SHARED_INIT / "nanodet_plus.py"
    if not source.is_file():
        pytest.skip("the initial detector's reference code is not part of the project")
    spec = importlib.util.spec_from_file_location("initial_detector", source)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("width", "file"),
    [
        ("1.0x", "nanodet_plus_m_416_coco_bn.safetensors"),
        ("1.5x", "nanodet_plus_m15_416_coco_bn.safetensors"),
    ],
)
@torch.inference_mode()
def test_trunk_and_head_equal_the_initial_detector(
    initial_detector: ModuleType, width: str, file: str
) -> None:
    from safetensors.torch import load_file

    if not (SHARED_INIT / file).is_file():
        pytest.skip(f"{file} is not part of the project")
    reference = initial_detector.NanoDetPlus(width, bn=True).eval()
    reference.load_state_dict(load_file(SHARED_INIT / file), strict=False)
    ours = BlendMaskLite(LiteConfig(width=width)).eval()
    load_network(ours, SHARED_INIT / file, partial=True)
    pictures = shapes_picture(160, 224).permute(2, 0, 1)[None].float()
    mean = torch.tensor(initial_detector.MEAN_BGR).view(1, 3, 1, 1)
    std = torch.tensor(initial_detector.STD_BGR).view(1, 3, 1, 1)
    levels = reference((pictures.flip(1) - mean) / std)
    expected = torch.cat([level.flatten(2) for level in levels], dim=2).transpose(1, 2)
    dense = ours(pictures)
    torch.testing.assert_close(dense.class_logits, expected[..., :80], rtol=0, atol=1e-4)
    torch.testing.assert_close(
        dense.distance_logits.flatten(2), expected[..., 80:], rtol=0, atol=1e-4
    )
