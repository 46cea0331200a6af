"""Our networks against the authors' implementation, with the same seeded weights.

The figures in tests/golden are its outputs; each intermediate is sampled at evenly spaced
positions of the flattened tensor.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor

from blendmask_live.masks.fusion import fuse
from blendmask_live.masks.pasting import paste_as_published
from blendmask_live.network.blender import blend_logits
from blendmask_live.network.family.model import BlendMask, BlendMaskOutput, build_blendmask
from blendmask_live.network.family.proposals import PictureDetections, detect_picture
from blendmask_live.network.family.semantic import semantic_map
from tests.published.seeded import fill, picture_batch

GOLDEN = Path(__file__).parent.parent / "golden"
NAMES = sorted(path.stem for path in GOLDEN.glob("*.npz"))
SIZE = (512, 640)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one of our networks says of the seeded picture, and what the official one said."""

    official: dict[str, NDArray[Any]]
    model: BlendMask
    pyramid: dict[int, Tensor]
    output: BlendMaskOutput
    found: PictureDetections
    soft_masks: NDArray[np.float32]


@pytest.fixture(scope="module", params=NAMES)
def outcome(request: pytest.FixtureRequest) -> Outcome:
    model = build_blendmask(request.param)
    assert isinstance(model, BlendMask)
    fill(model)
    pyramids: list[dict[int, Tensor]] = []
    model.backbone.register_forward_hook(lambda _, inputs, result: pyramids.append(result))
    with torch.inference_mode():
        output = model(picture_batch(0))
        found = detect_picture(model, output)
        logits = blend_logits(output.bases, found.boxes_network_px, found.attention, mask_size=56)
    with np.load(GOLDEN / f"{request.param}.npz") as file:
        official = dict(file)
    return Outcome(official, model, pyramids[0], output, found, logits.sigmoid().numpy())


def _difference(official: NDArray[np.float32], ours: Tensor) -> float:
    positions = np.linspace(0, ours.numel() - 1, len(official)).astype(np.int64)
    return float(np.abs(ours.numpy().ravel()[positions] - official).max())


def test_pyramid_and_bases_agree(outcome: Outcome) -> None:
    for level, features in outcome.pyramid.items():
        assert _difference(outcome.official[f"feature_p{level}"], features) < 7e-4
    assert _difference(outcome.official["bases"], outcome.output.bases) < 3e-3


def test_head_agrees_on_every_level(outcome: Outcome) -> None:
    official = outcome.official
    for index, level in enumerate(outcome.output.levels):
        with torch.inference_mode():
            attention = outcome.model.top_layer(level.box_features)
        assert _difference(official[f"class_logits_{index}"], level.class_logits) < 7e-4
        assert _difference(official[f"box_distances_{index}"], level.distances) < 7e-4
        assert _difference(official[f"centerness_{index}"], level.centerness_logits) < 7e-4
        assert _difference(official[f"attention_{index}"], attention) < 7e-4
    assert f"class_logits_{len(outcome.output.levels)}" not in official


def test_detections_are_the_same_in_the_same_order(outcome: Outcome) -> None:
    found, official = outcome.found, outcome.official
    assert len(found.scores) == len(official["scores"])
    np.testing.assert_allclose(found.scores, official["scores"], atol=1e-4, rtol=0)
    np.testing.assert_array_equal(found.class_ids, official["classes"])
    np.testing.assert_allclose(found.boxes_network_px, official["boxes"], atol=0.05, rtol=0)


def test_soft_masks_agree(outcome: Outcome) -> None:
    official = outcome.official["soft_masks"] / 65535.0
    difference = np.abs(outcome.soft_masks[: len(official)] - official)
    assert difference.max() < 5e-3
    assert difference.mean() < 2e-4


def test_pasted_masks_agree(outcome: Outcome) -> None:
    crops = paste_as_published(outcome.soft_masks, _clipped(outcome.found), frame_size=SIZE)
    ours = np.array([crop.area for crop in crops])
    official = outcome.official["pasted_area_px"]
    # Outside the picture a mask is 0.5 up to rounding, so single pixels may fall either way.
    assert np.median(np.abs(ours - official)) <= 1
    assert np.abs(ours - official).mean() < 10


def test_panorama_agrees(outcome: Outcome) -> None:
    if outcome.output.stuff_logits is None:
        assert "panoptic_4x" not in outcome.official
        return
    semantic = semantic_map(outcome.output.stuff_logits[0], content_size=SIZE, frame_size=SIZE)
    official = outcome.official
    assert (semantic[::4, ::4].numpy() != official["sem_seg_argmax_4x"]).sum() <= 5
    crops = paste_as_published(outcome.soft_masks, _clipped(outcome.found), frame_size=SIZE)
    panorama = fuse(
        crops,
        outcome.found.scores.numpy(),
        outcome.found.class_ids.numpy(),
        semantic.numpy(),
        frame_size=SIZE,
    )
    assert (panorama.ids[::4, ::4] != official["panoptic_4x"]).sum() <= 10
    assert [(s.id, s.is_thing, s.class_id, s.row) for s in panorama.segments] == [
        (s["id"], s["isthing"], s["category_id"], s.get("instance_id"))
        for s in json.loads(str(official["segments"]))
    ]


def _clipped(found: PictureDetections) -> NDArray[np.float32]:
    height, width = SIZE
    return np.clip(found.boxes_network_px.numpy(), 0, [width, height, width, height]).astype(
        np.float32
    )
