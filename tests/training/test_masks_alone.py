"""Bottom and top learn alone what they would learn through the whole network."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from blendmask_live.errors import ConfigError, WeightsError
from blendmask_live.network.checkpoint import load_network, read_weights, save_network
from blendmask_live.network.lite.model import BlendMaskLite, LiteConfig
from blendmask_live.training.loop import train
from blendmask_live.training.losses import compute_losses
from blendmask_live.training.masks_alone import MaskBatch, mask_losses, prepare_mask_batches
from blendmask_live.training.processes import Processes
from blendmask_live.training.recipe import DataConfig, Recipe
from blendmask_live.training.samples import load_data_sets, prepare_batches
from tests.tiny_network import shapes_picture, tiny_network
from tests.training.scenes import LABELS, tiny_recipe, write_scenes


def _recipe(**changes: object) -> Recipe:
    return tiny_recipe(**{"trunk_start": 1.0, "reuse": 2, **changes})


@pytest.fixture(scope="module")
def initial(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("initial") / "initial.safetensors"
    save_network(tiny_network(classes=len(LABELS)), path, labels=LABELS)
    return path


def _train(recipe: Recipe, scenes: Path, output: Path, initial: Path) -> Path:
    return train(
        recipe,
        labels=LABELS,
        data_root=scenes,
        output=output,
        initial_weights=initial,
        save_every=2,
    )


def _batches(
    recipe: Recipe, scenes: Path, network: BlendMaskLite, *, first: int
) -> list[MaskBatch]:
    sets = load_data_sets(recipe, scenes, LABELS)
    prepared = prepare_mask_batches(recipe, sets, Processes(), network, first_step=first)
    return list(islice(prepared, recipe.steps - first))


def test_losses_are_those_of_the_whole_network(scenes: Path) -> None:
    recipe, network = _recipe(steps=1), tiny_network(classes=len(LABELS))
    (batch,) = _batches(recipe, scenes, network, first=0)
    sets = load_data_sets(recipe, scenes, LABELS)
    whole = next(prepare_batches(recipe, sets, Processes(), first_step=0))
    network.bottom.training = True  # Gives the class map; the norms stay in eval mode.
    with torch.no_grad():
        found = mask_losses(network, batch, recipe, torch.Tensor.detach)
        network.training = True
        expected = compute_losses(
            network,
            network(whole.images.float()),
            whole,
            None,
            recipe.losses,
            mask_size=recipe.mask_size,
            masks_per_picture=recipe.masks_per_picture,
            generator=torch.Generator().manual_seed(recipe.seed * 1_000_003),
        )
    assert found.keys() == {"mask", "dice", "semantic"}
    for name, value in found.items():
        torch.testing.assert_close(value, expected[name], rtol=0.01, atol=0.001, msg=name)


def test_only_bottom_and_top_learn(scenes: Path, initial: Path, tmp_path: Path) -> None:
    weights = _train(_recipe(), scenes, tmp_path / "run", initial)
    before, after = read_weights(initial)[0], read_weights(weights)[0]
    changed = {name for name in before if not torch.equal(before[name], after[name])}
    assert {name.split(".")[0] for name in changed} == {"bottom", "top"}


def test_a_run_that_goes_on_has_the_batches_of_one_that_never_stopped(scenes: Path) -> None:
    network = tiny_network(classes=len(LABELS))
    rest, whole = (_batches(_recipe(), scenes, network, first=first) for first in (3, 0))
    for ours, expected in zip(rest, whole[3:], strict=True):
        assert torch.equal(ours.rois, expected.rois) and torch.equal(ours.own, expected.own)


def test_a_prepared_batch_is_learned_from_as_often_as_asked(scenes: Path) -> None:
    recipe = _recipe(steps=40, reuse=4)
    batches = _batches(recipe, scenes, tiny_network(classes=len(LABELS)), first=0)
    assert len(batches) == 40 and len({id(batch) for batch in batches}) <= 10


def test_pictures_without_objects_teach_no_mask(tmp_path: Path) -> None:
    scenes = write_scenes(tmp_path / "scenes", count=2)
    recipe = _recipe(steps=1, data=(DataConfig("images"),))
    network = tiny_network(classes=len(LABELS)).train()
    (batch,) = _batches(recipe, scenes, network.eval(), first=0)
    losses = mask_losses(network.train(), batch, recipe, torch.Tensor.detach)
    assert losses.keys() == {"mask", "dice"} and not sum(losses.values())


@pytest.mark.parametrize(
    "changes", [{"trunk_start": 0.5}, {"architecture": "blendmask-550-r50"}, {"reuse": -1}]
)
def test_reuse_needs_a_trunk_that_stays(changes: dict[str, object]) -> None:
    with pytest.raises(ConfigError, match="reuse"):
        replace(_recipe(), **changes)


def test_a_network_with_more_bases_begins_as_the_one_with_fewer(initial: Path) -> None:
    grown = BlendMaskLite(LiteConfig(width="1.0x", classes=len(LABELS), bases=8))
    load_network(grown, initial, partial=True, labels=LABELS)
    known = read_weights(initial)[0]
    cells = grown.config.attention_size**2
    state = grown.state_dict()
    for name, rows in (("bottom.bases.weight", 4), ("top.attend.weight", 4 * cells)):
        assert torch.equal(state[name][:rows], known[name])
        assert state[name][rows:].abs().max() > 0
    assert (state["top.attend.bias"][4 * cells :] == -2).all()
    picture = shapes_picture(64, 96).permute(2, 0, 1)[None].float()
    with torch.no_grad():
        assert grown.eval()(picture).bases.shape[1] == 8


def test_weights_that_lack_a_layer_are_told_in_one_line(initial: Path, tmp_path: Path) -> None:
    tensors, metadata = read_weights(initial)
    del tensors["top.attend.weight"], tensors["fpn.reduce.0.conv.weight"]
    save_file(tensors, tmp_path / "part.safetensors", metadata=metadata)
    grown = BlendMaskLite(LiteConfig(width="1.0x", classes=len(LABELS), bases=8))
    with pytest.raises(WeightsError, match=r"fpn\.reduce\.0"):
        load_network(grown, tmp_path / "part.safetensors", partial=True, labels=LABELS)
