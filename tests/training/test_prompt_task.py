"""The prompted head is trained by the same loop, on the trunk of a blendmask-lite."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from blendmask_live.errors import ConfigError
from blendmask_live.network.checkpoint import read_weights, save_network
from blendmask_live.network.prompt.checkpoint import build_prompt_network
from blendmask_live.network.prompt.config import CROP_SIDE, PROMPT
from blendmask_live.training.dataset import load_data_set
from blendmask_live.training.loop import train
from blendmask_live.training.processes import Processes
from blendmask_live.training.prompt_prompts import damage, jittered_box, random_clicks, tight_box
from blendmask_live.training.prompt_samples import PromptBatch, prepare_prompt_batches
from blendmask_live.training.recipe import PromptLearning, Recipe
from tests.tiny_network import tiny_network
from tests.training.scenes import LABELS, tiny_recipe


@pytest.fixture
def trunk(tmp_path: Path) -> Path:
    path = tmp_path / "lite.safetensors"
    save_network(tiny_network(classes=len(LABELS)), path, labels=LABELS)
    return path


def _recipe(*, steps: int = 2) -> Recipe:
    return tiny_recipe(
        architecture=PROMPT,
        steps=steps,
        batch_size=8,
        precision="fp32",
        prompt=PromptLearning(first_side=64, first_share=0.5),
    )


def _train(recipe: Recipe, scenes: Path, output: Path, initial: Path | None) -> Path:
    return train(recipe, labels=LABELS, data_root=scenes, output=output, initial_weights=initial)


def test_only_the_head_learns(scenes: Path, trunk: Path, tmp_path: Path) -> None:
    weights = _train(_recipe(), scenes, tmp_path / "run", trunk)
    # It would refuse a trunk that has changed.
    network, lite, _ = build_prompt_network(weights, trunk)
    learned, start = network.head.state_dict(), lite.bottom.state_dict()
    assert not torch.equal(learned["tower.0.conv.weight"], start["tower.0.conv.weight"])


def test_a_stopped_run_ends_as_if_never_stopped(scenes: Path, trunk: Path, tmp_path: Path) -> None:
    whole = _train(_recipe(steps=4), scenes, tmp_path / "whole", trunk)
    # The switch of the crops' size follows from the length: it must be the same.
    first = _recipe(steps=4)
    run = tmp_path / "parts"

    class Stopped(Exception):
        pass

    def stop(progress: object) -> None:
        raise Stopped

    with pytest.raises(Stopped):
        train(
            first,
            labels=LABELS,
            data_root=scenes,
            output=run,
            initial_weights=trunk,
            report=stop,
            save_every=1,
        )
    parts = _train(first, scenes, run, trunk)
    ours, theirs = read_weights(parts)[0], read_weights(whole)[0]
    assert all(torch.allclose(ours[name], theirs[name], atol=1e-5) for name in theirs)


def test_a_trunk_is_needed(scenes: Path, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="needs a trunk"):
        _train(_recipe(), scenes, tmp_path / "run", None)


def _batches(scenes: Path, recipe: Recipe, first: int = 0) -> list[PromptBatch]:
    sets = [(load_data_set(scenes / "images", scenes / "instances.json", LABELS), 1.0)]
    return list(prepare_prompt_batches(sets, recipe, Processes(), first_step=first))


def test_a_batch_is_a_function_of_its_number(scenes: Path) -> None:
    recipe = _recipe(steps=3)
    all_at_once, last = _batches(scenes, recipe), _batches(scenes, recipe, first=2)
    assert torch.equal(all_at_once[2].images, last[0].images)
    assert torch.equal(all_at_once[2].prompts, last[0].prompts)
    assert torch.equal(all_at_once[2].targets, last[0].targets)
    assert torch.equal(all_at_once[2].memory_images, last[0].memory_images)


def test_crops_grow_during_the_run(scenes: Path) -> None:
    sides = [batch.images.shape[1] for batch in _batches(scenes, _recipe(steps=4))]
    assert sides == [64, 64, CROP_SIDE, CROP_SIDE]


def test_the_answer_lies_on_the_object(scenes: Path) -> None:
    """Objects of the scenes have one colour each: the target must cover what the crop shows."""
    for batch in _batches(scenes, _recipe(steps=6)):
        for image, target in zip(batch.images.numpy(), batch.targets.numpy(), strict=True):
            inside = image[1::2, 1::2][target > 250].astype(float)
            if len(inside) > 20:
                # One colour, however it was changed: little spread beside a background's.
                assert np.median(np.abs(inside - np.median(inside, axis=0))) < 20


def test_clicks_lie_where_they_say() -> None:
    rng = np.random.default_rng(0)
    mask, others = np.zeros((64, 64), np.float32), np.zeros((64, 64), np.float32)
    mask[20:40, 10:50] = 1
    others[44:60, 10:50] = 1
    for _ in range(50):
        for x, y, is_inside in random_clicks(mask, others, rng, more=3):
            assert (mask[int(y), int(x)] >= 0.5) == is_inside
    assert random_clicks(np.zeros_like(mask), others, rng, more=3) == []


def test_damage_leaves_most_of_a_mask_and_keeps_probabilities() -> None:
    rng = np.random.default_rng(0)
    mask, others = np.zeros((96, 96), np.float32), np.zeros((96, 96), np.float32)
    mask[20:70, 30:60] = 1
    overlaps = []
    for _ in range(60):
        worn = damage(mask, others, rng, strength=1.0)
        assert worn.shape == mask.shape
        assert worn.dtype == np.float32
        assert 0 <= worn.min() <= worn.max() <= 1.0001
        both = (worn >= 0.5) & (mask >= 0.5)
        overlaps.append(both.sum() / ((worn >= 0.5) | (mask >= 0.5)).sum())
    assert 0.5 < np.mean(overlaps) < 0.95


def test_boxes_are_moved_a_little() -> None:
    rng = np.random.default_rng(0)
    box = tight_box(np.pad(np.ones((10, 20), np.float32), 5))
    assert box == (5, 5, 25, 15)
    moved = np.array([jittered_box(box, 0.05, rng) for _ in range(100)])
    assert np.abs(moved - box).max() <= 0.05 * 2.5 * 20 + 1e-6
    assert (moved[:, 2:] > moved[:, :2]).all()
