from __future__ import annotations

import pytest
import torch

from blendmask_live.network import build_blendmask
from blendmask_live.network.family.config import FAMILY, family_config
from blendmask_live.network.family.model import BlendMask
from blendmask_live.network.family.proposals import detect_picture
from blendmask_live.network.lite.model import BlendMaskLite
from tests.published.seeded import fill


@pytest.fixture(autouse=True)
def _same_noise_every_time() -> None:
    torch.manual_seed(0)


@pytest.fixture(scope="module")
def network() -> BlendMask:
    model = build_blendmask("blendmask-rt-r50")
    assert isinstance(model, BlendMask)
    fill(model)
    return model


@pytest.mark.parametrize("name", FAMILY)
def test_every_architecture_runs_on_a_picture_of_any_size(name: str) -> None:
    model = build_blendmask(name)
    assert isinstance(model, BlendMask) and not model.training
    with torch.inference_mode():
        output = model(torch.rand(1, 3, 70, 90) * 255)
    assert output.bases.shape == (1, 4, 24, 24)  # 96 x 96 after padding
    assert [level.class_logits.shape[1:] for level in output.levels] == [
        (80, -(-96 // stride), -(-96 // stride)) for stride in model.config.strides
    ]
    assert (output.stuff_logits is not None) == model.config.is_panoptic
    assert output.semantic_logits is None


def test_lite_is_built_by_the_same_function() -> None:
    assert isinstance(build_blendmask("blendmask-lite"), BlendMaskLite)


def test_unknown_architecture_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match=r"mask-rcnn.*blendmask-550-r50"):
        build_blendmask("mask-rcnn")


def test_size_ranges_end_with_the_last_level() -> None:
    infinity = float("inf")
    assert family_config("blendmask-r50").size_ranges_px[-1] == (512, infinity)
    assert family_config("blendmask-550-r50").size_ranges_px[-1] == (256, infinity)
    assert family_config("blendmask-dla34").size_ranges_px[-1] == (128, infinity)
    assert family_config("blendmask-r50").size_ranges_px[0] == (-1, 64)


def test_attention_at_kept_locations_equals_the_dense_layer(network: BlendMask) -> None:
    with torch.inference_mode():
        features = torch.randn(256, 7, 9)
        locations = torch.tensor([0, 8, 9, 31, 62])  # corners, an edge, the inside
        dense = network.top_layer(features[None])[0].flatten(1).T[locations]
        sparse = network.attention(features, locations)
    assert sparse.shape == (5, 4, 14, 14)
    torch.testing.assert_close(sparse.flatten(1), dense, atol=1e-4, rtol=1e-4)


def test_padding_leaves_the_picture_where_it_was(network: BlendMask) -> None:
    picture = torch.rand(1, 3, 64, 80) * 255
    mean = network.mean.expand(1, 3, 64, 96).clone()
    mean[..., :80] = picture
    with torch.inference_mode():
        torch.testing.assert_close(network(picture).bases, network(mean).bases)


def test_only_wanted_classes_are_detected(network: BlendMask) -> None:
    wanted = torch.zeros(80, dtype=torch.bool)
    with torch.inference_mode():
        output = network(torch.rand(1, 3, 128, 160) * 255)
        everything = detect_picture(network, output)
        wanted[everything.class_ids.mode().values] = True
        chosen = detect_picture(network, output, class_mask=wanted)
    assert len(everything.class_ids.unique()) > 1
    assert chosen.class_ids.unique().tolist() == torch.nonzero(wanted).flatten().tolist()


def test_detections_are_limited_but_ties_at_the_cut_stay(network: BlendMask) -> None:
    with torch.inference_mode():
        # One colour: every inner location says the same.
        output = network(torch.full((1, 3, 128, 160), 90.0))
        few = detect_picture(network, output, max_instances=5, nms_iou=1.0)
        none = detect_picture(network, output, class_mask=torch.zeros(80, dtype=torch.bool))
    assert len(few.scores) >= 5
    assert bool((few.scores >= few.scores[4]).all())
    assert len(none.scores) == 0 and none.attention.shape == (0, 4, 14, 14)


def test_networks_in_training_give_semantic_logits() -> None:
    model = build_blendmask("blendmask-rt-r50-bnhead").train()
    output = model(torch.rand(2, 3, 64, 64) * 255)
    assert output.semantic_logits.shape == (2, 81, 8, 8)
