"""Every network of the family and every blender is trained by the same loop."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from blendmask_live.errors import ConfigError, WeightsError
from blendmask_live.network.checkpoint import build_network, read_weights, save_network
from blendmask_live.network.family.config import family_config
from blendmask_live.network.family.model import BlendMask, build_blendmask
from blendmask_live.network.lite.model import LiteConfig
from blendmask_live.segmenting.segmenter import load_segmenter
from blendmask_live.training.fcos_losses import family_losses
from blendmask_live.training.fcos_targets import Objects, objects_from_batch
from blendmask_live.training.loop import train
from blendmask_live.training.making import make_task
from blendmask_live.training.processes import Processes
from blendmask_live.training.recipe import Recipe
from blendmask_live.training.run import require_precision
from blendmask_live.training.samples import load_data_sets, prepare_batches
from blendmask_live.training.tasks import FamilyTask
from tests.tiny_network import shapes_picture
from tests.training.scenes import LABELS, tiny_recipe

NAME = "blendmask-550-r50"


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Weights of the published family for two classes, one of which the scenes have."""
    torch.manual_seed(0)
    network = BlendMask(family_config(NAME, classes=2))
    path = tmp_path_factory.mktemp("published") / "weights.safetensors"
    save_network(network, path, labels=("dog", "box"))
    return path


def _task(recipe: Recipe, initial: Path | None) -> FamilyTask:
    task = make_task(recipe, LABELS, initial, "cpu", Processes())
    assert isinstance(task, FamilyTask)
    return task


def _recipe(**changes: Any) -> Recipe:
    return tiny_recipe(**{"architecture": NAME, **changes})


def _train(recipe: Recipe, scenes: Path, output: Path, initial: Path | None = None) -> Path:
    return train(recipe, labels=LABELS, data_root=scenes, output=output, initial_weights=initial)


# the published family


def test_a_published_network_is_fine_tuned_to_new_classes(
    published: Path, scenes: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    weights = _train(_recipe(steps=2, accumulate=2), scenes, tmp_path, published)
    expected = "1 of 2 classes are not in the initial weights and start from random values: disc"
    assert expected in caplog.text
    network, labels = build_network(weights)
    assert isinstance(network, BlendMask)
    assert (network.config.name, network.config.classes, labels) == (NAME, 2, LABELS)
    before, after = read_weights(published)[0], read_weights(weights)[0]
    changed = {name for name in before if not torch.equal(before[name], after[name])}
    # As published, the norms of this trunk, its stem and its first stage are constant.
    constant = {
        name
        for name in before
        if name.startswith(("backbone.bottom_up.stem", "backbone.bottom_up.res2"))
        or (name.startswith("backbone.bottom_up") and ".norm." in name)
    }
    assert changed == before.keys() - constant
    segmenter = load_segmenter(weights, device="cpu", score_threshold=0.0, short_side=96)
    assert segmenter.labels == LABELS
    segmenter.segment(shapes_picture(96, 128).numpy())


@pytest.mark.may_log("classes are not in the initial weights")
def test_known_classes_keep_their_layers(published: Path) -> None:
    old = build_network(published)[0].state_dict()
    new = _task(_recipe(), published).network.state_dict()
    layer = "proposal_generator.fcos_head.cls_logits.weight"
    assert torch.equal(new[layer][1], old[layer][1])  # box
    assert not torch.equal(new[layer][0], old[layer][0])  # disc, once dog
    semantic = "basis_module.seg_head.6.weight"
    assert torch.equal(new[semantic][[0, 2]], old[semantic][[0, 2]])  # background, box


def test_a_trunk_without_weights_learns_its_norms() -> None:
    task = _task(_recipe(), None)
    task.set_trunk(learns=True)
    assert all(parameter.requires_grad for parameter in task.network.parameters())
    assert task.network.backbone.bottom_up.stem.conv1.norm.training


@pytest.mark.may_log("stuff classes are not trained")
def test_stuff_is_left_alone() -> None:
    task = _task(_recipe(architecture="blendmask-panoptic-r50"), None)
    task.set_trunk(learns=True)
    assert task.network.panoptic_module is not None
    assert not any(p.requires_grad for p in task.network.panoptic_module.parameters())


def test_weights_of_another_architecture_are_refused(published: Path) -> None:
    with pytest.raises(WeightsError, match=f"holds {NAME}, not blendmask-rt-r50"):
        _task(_recipe(architecture="blendmask-rt-r50"), published)


def test_the_family_has_its_own_blender() -> None:
    network = LiteConfig(blender="fcis", attention_size=1)
    with pytest.raises(ConfigError, match="has the blender 'blend'"):
        _task(_recipe(network=network), None)


def _class_loss(*, has_object: bool, **labelled: Tensor) -> float:
    """What a picture with or without an object teaches about classes."""
    torch.manual_seed(0)
    model = build_blendmask("blendmask-rt-r50")
    assert isinstance(model, BlendMask)
    rows = slice(None) if has_object else slice(0)
    objects = Objects(
        boxes=torch.tensor([[4.0, 4, 36, 36]])[rows],
        class_ids=torch.tensor([0])[rows],
        masks=torch.ones(1, 56, 56, dtype=torch.bool)[rows],
        semantic=torch.zeros(8, 8, dtype=torch.int64),
        **labelled,
    )
    with torch.no_grad():
        output = model.train()(torch.rand(1, 3, 64, 64) * 255)
        return float(family_losses(model, output, [objects])["classes"])


@pytest.mark.parametrize(
    "labelled",
    [
        {"exhaustive": torch.zeros(80, dtype=torch.bool)},
        {"crowds": torch.ones(64, 64, dtype=torch.bool)},
    ],
    ids=["unlabelled classes", "crowds"],
)
def test_what_is_not_labelled_is_no_background(labelled: dict[str, Tensor]) -> None:
    assert _class_loss(has_object=False) > 0
    assert _class_loss(has_object=False, **labelled) == 0
    assert _class_loss(has_object=True, **labelled) > 0


def test_masks_of_a_batch_fill_their_boxes(scenes: Path) -> None:
    recipe = _recipe()
    sets = load_data_sets(recipe, scenes, LABELS)
    batch = next(prepare_batches(recipe, sets, Processes(), first_step=0))
    for objects, masks in zip(objects_from_batch(batch, 56), batch.masks, strict=True):
        for box, mask, cells in zip(objects.boxes.int(), masks, objects.masks, strict=True):
            x0, y0, x1, y1 = box.tolist()
            share = float(mask[y0:y1, x0:x1].float().mean())
            assert float(cells.float().mean()) == pytest.approx(share, abs=0.06)


# the blenders of blendmask-lite


@pytest.mark.parametrize(
    "network",
    [
        LiteConfig(width="1.0x", classes=2, blender="yolact", bases=8, attention_size=1),
        LiteConfig(width="1.0x", classes=2, blender="fcis", bases=9, attention_size=1),
    ],
    ids=["yolact", "fcis"],
)
def test_other_blenders_train_and_segment(
    network: LiteConfig, scenes: Path, tmp_path: Path
) -> None:
    weights = _train(tiny_recipe(network=network, steps=2), scenes, tmp_path)
    assert build_network(weights)[0].config == network
    segmenter = load_segmenter(
        weights, device="cpu", runtime="torch", precision="fp32", score_threshold=0.0
    )
    instances = segmenter.segment(np.asarray(shapes_picture(96, 128)))
    assert len(instances) and np.isfinite(instances.scores).all()


# where it cannot be


def test_half_precision_needs_a_gpu() -> None:
    with pytest.raises(ConfigError, match="'fp16' needs a GPU; on the CPU choose 'bf16'"):
        require_precision("fp16", "cpu")
    require_precision("bf16", "cpu")
