"""Targets and losses, and their agreement with the authors' implementation."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from blendmask_live.network.family.config import family_config
from blendmask_live.network.family.model import BlendMask, BlendMaskOutput, build_blendmask
from blendmask_live.training.fcos_losses import family_losses
from blendmask_live.training.fcos_targets import (
    Objects,
    assign_locations,
    mask_in_box,
    objects_from_polygons,
    semantic_target,
)
from tests.published.seeded import fill, picture_batch

OFFICIAL: dict[str, Any] = json.loads(
    (Path(__file__).parent.parent / "golden" / "blendmask-training.json").read_text()
)
OFFICIAL_NAMES = {
    "classes": "loss_fcos_cls",
    "boxes": "loss_fcos_loc",
    "centerness": "loss_fcos_ctr",
    "masks": "loss_mask",
    "semantic": "loss_basis_sem",
}


def _objects(
    outlines: list[list[float]], classes: list[int], picture_size: tuple[int, int] = (64, 64)
) -> Objects:
    corners = [np.array(outline).reshape(-1, 2) for outline in outlines]
    boxes = np.array([[*c.min(axis=0), *c.max(axis=0)] for c in corners]).reshape(-1, 4)
    return objects_from_polygons(
        [[outline] for outline in outlines],
        torch.from_numpy(boxes.astype(np.float32)),
        torch.tensor(classes, dtype=torch.int64),
        picture_size=picture_size,
        mask_size=56,
    )


@pytest.mark.parametrize("name", ["blendmask-550-r50", "blendmask-rt-r50-bnhead"])
def test_losses_and_gradients_agree_with_the_official_ones(name: str) -> None:
    model = build_blendmask(name)
    assert isinstance(model, BlendMask)
    fill(model)
    model.train()
    batch = OFFICIAL["batch"]
    output = model(picture_batch(*(picture["picture_seed"] for picture in batch)))
    pictures = [_objects(picture["polygons"], picture["classes"], (512, 640)) for picture in batch]
    losses = family_losses(model, output, pictures)
    for loss, official in OFFICIAL_NAMES.items():
        assert losses[loss].item() == pytest.approx(OFFICIAL[name]["losses"][official], rel=1e-4)
    torch.stack(list(losses.values())).sum().backward()
    for part, official in OFFICIAL[name]["gradient_norms"].items():
        squares = [
            p.grad.square().sum().item()
            for key, p in model.named_parameters()
            if key.startswith(part) and p.grad is not None
        ]
        assert sum(squares) ** 0.5 == pytest.approx(official, rel=5e-3), part


def test_overlapping_objects_give_a_location_to_the_smaller_one() -> None:
    config = family_config("blendmask-rt-r50")
    boxes = torch.tensor([[0.0, 0, 120, 120], [40, 40, 80, 80]])
    targets = assign_locations(config, [(16, 16), (8, 8), (4, 4)], boxes)
    p3 = targets.objects[:256].reshape(16, 16)
    # Within 12 px of the common centre (60, 60); the large object is none of P3's sizes.
    assert set(p3.unique().tolist()) == {-1, 1}
    assert torch.nonzero(p3 == 1).tolist() == [[y, x] for y in (6, 7, 8) for x in (6, 7, 8)]
    p4 = targets.objects[256:320].reshape(8, 8)
    assert (p4 == 0).any() and not (p4 == 1).any()


def test_centerness_is_one_in_the_middle_and_distances_count_in_strides() -> None:
    config = family_config("blendmask-rt-r50")
    targets = assign_locations(config, [(8, 8), (4, 4), (2, 2)], torch.tensor([[4.0, 4, 36, 36]]))
    middle = 2 * 8 + 2  # (20, 20)
    assert targets.centerness[middle] == 1.0
    assert targets.distances[middle].tolist() == [2.0, 2.0, 2.0, 2.0]


def test_mask_fills_its_box() -> None:
    square = [10.0, 20, 30, 20, 30, 60, 10, 60]
    assert mask_in_box([square], np.array([10, 20, 30, 60], dtype=np.float32), 28).all()
    left_half = mask_in_box([square], np.array([10, 20, 50, 60], dtype=np.float32), 28)
    assert left_half[:, :14].all() and not left_half[:, 14:].any()


def test_semantic_target_paints_later_objects_over_earlier_ones() -> None:
    outlines = [[[0.0, 0, 64, 0, 64, 64, 0, 64]], [[0.0, 0, 32, 0, 32, 64, 0, 64]]]
    target = semantic_target(outlines, [4, 0], (64, 96))
    assert target.shape == (8, 12)
    assert (target[:, :4] == 1).all() and (target[:, 4:8] == 5).all()
    assert (target[:, 8:] == 0).all()


def test_pictures_without_objects_teach_background_only() -> None:
    torch.manual_seed(0)
    model = build_blendmask("blendmask-rt-r50")
    assert isinstance(model, BlendMask)
    output: BlendMaskOutput = model.train()(torch.rand(2, 3, 64, 64) * 255)
    losses = family_losses(model, output, [_objects([], []), _objects([], [])])
    assert losses["boxes"] == losses["masks"] == losses["centerness"] == 0
    assert losses["classes"] > 0 and losses["semantic"] > 0
    torch.stack(list(losses.values())).sum().backward()


def test_normalisers_are_averaged_over_processes() -> None:
    torch.manual_seed(0)
    model = build_blendmask("blendmask-rt-r50")
    assert isinstance(model, BlendMask)
    with torch.no_grad():
        output = model.train()(torch.rand(1, 3, 64, 64) * 255)
        pictures = [_objects([[4.0, 4, 36, 4, 36, 36, 4, 36]], [0])]
        alone = family_losses(model, output, pictures)
        shared = family_losses(model, output, pictures, average=lambda value: 2 * value)
    for name, loss in shared.items():
        assert loss.item() == pytest.approx(alone[name].item() / 2)
