"""Several processes train one network, as one process would."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from torch import Tensor

from blendmask_live.errors import ConfigError
from blendmask_live.network.checkpoint import build_network
from blendmask_live.training.processes import Processes, join_processes
from blendmask_live.training.run import CHECKPOINT
from blendmask_live.training.samples import load_data_sets, prepare_batches
from tests.training.joint_training import family_recipe, gradients, take_steps
from tests.training.scenes import LABELS, tiny_recipe

ROOT = Path(__file__).parents[2]
RECIPE = """
steps = 3
batch_size = 2
sizes = [[64, 96]]
precision = "bf16"
[network]
width = "1.0x"
[[data]]
images = "images"
annotations = "instances.json"
"""


def _start_two(*arguments: str | Path) -> None:
    """Two processes with gloo."""
    launch = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2"]
    done = subprocess.run(
        [*launch, *map(str, arguments)],
        cwd=ROOT,
        env={**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def joint(scenes: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of what two processes of joint_training.py left."""
    output = tmp_path_factory.mktemp("joint")
    _start_two("-m", "tests.training.joint_training", scenes, output)
    return output


def _tensors(path: Path) -> dict[str, Tensor]:
    content: dict[str, Tensor] = torch.load(path, weights_only=True)
    return content


def test_two_processes_learn_what_one_learns_from_the_joint_batch(
    joint: Path, scenes: Path
) -> None:
    first, second = (_tensors(joint / f"gradients-{rank}.pt") for rank in range(2))
    alone = take_steps(family_recipe(), scenes, Processes(), steps=1, has_constant_norms=True)
    expected = gradients(alone)
    assert first.keys() == second.keys() == expected.keys()
    largest = max(float(gradient.abs().max()) for gradient in expected.values())
    assert largest > 0
    for name, gradient in expected.items():
        assert torch.equal(first[name], second[name]), name
        torch.testing.assert_close(first[name], gradient, rtol=1e-3, atol=1e-5 * largest, msg=name)


def test_all_processes_end_with_the_same_parameters(joint: Path) -> None:
    first, second = (_tensors(joint / f"end-{rank}.pt") for rank in range(2))
    assert first.keys() == second.keys()
    assert all(torch.equal(first[name], second[name]) for name in first)


def test_the_command_runs_jointly(scenes: Path, tmp_path: Path) -> None:
    (tmp_path / "recipe.toml").write_text(RECIPE)
    options = ["--recipe", tmp_path / "recipe.toml", "--data-root", scenes, "--device", "cpu"]
    options += ["--labels-from-data", "--weights", "none", "--json", tmp_path / "result.json"]
    _start_two("main.py", "train", "-o", tmp_path / "run", *options)
    network, labels = build_network(tmp_path / "run" / "weights.safetensors")
    assert labels == LABELS and network.config.classes == 2
    assert sorted(path.name for path in (tmp_path / "run").iterdir()) == [
        CHECKPOINT,
        "curves.png",
        "progress.csv",
        "weights.safetensors",
    ]
    assert json.loads((tmp_path / "result.json").read_text())["steps"] == 3


def test_processes_and_parts_share_the_samples_of_a_step(scenes: Path) -> None:
    def pictures(processes: Processes, accumulate: int) -> list[Tensor]:
        recipe = tiny_recipe(batch_size=4, steps=1, accumulate=accumulate)
        sets = load_data_sets(recipe, scenes, LABELS)
        return [b.images for b in prepare_batches(recipe, sets, processes, first_step=0)]

    (whole,) = pictures(Processes(), 1)
    halves = pictures(Processes(), 2)
    torch.testing.assert_close(torch.cat(halves), whole)
    ranks = [pictures(Processes(rank, 2), 2) for rank in range(2)]
    shared = [part for parts in zip(*ranks, strict=True) for part in parts]
    torch.testing.assert_close(torch.cat(shared), whole)


def test_samples_that_cannot_be_shared_evenly_are_refused(scenes: Path) -> None:
    recipe = tiny_recipe(batch_size=4)
    sets = load_data_sets(recipe, scenes, LABELS)
    with pytest.raises(ConfigError, match=r"batch_size 4: 3 processes .* multiple of 3"):
        prepare_batches(recipe, sets, Processes(0, 3), first_step=0)


@pytest.mark.parametrize("absent", ["RANK", "MASTER_ADDR"])
def test_processes_without_a_meeting_place_are_refused(
    monkeypatch: pytest.MonkeyPatch, absent: str
) -> None:
    for name in ("RANK", "LOCAL_RANK", "MASTER_ADDR", "MASTER_PORT"):
        monkeypatch.setenv(name, "0")
    monkeypatch.setenv("WORLD_SIZE", "2")
    monkeypatch.delenv(absent)
    with (
        pytest.raises(ConfigError, match=f"{absent} is not.*start with 'torchrun"),
        join_processes("cpu"),
    ):
        pass


def test_a_meeting_place_that_cannot_be_used_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    values = {"RANK": "0", "LOCAL_RANK": "0", "WORLD_SIZE": "2", "MASTER_ADDR": "localhost"}
    for name, value in {**values, "MASTER_PORT": "no port"}.items():
        monkeypatch.setenv(name, value)
    with (
        pytest.raises(ConfigError, match="cannot be met at localhost:no port"),
        join_processes("cpu"),
    ):
        pass


@pytest.mark.skipif(torch.cuda.is_available(), reason="needs a machine without GPU")
def test_a_process_without_a_gpu_of_its_own_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    values = {"RANK": "1", "LOCAL_RANK": "1", "WORLD_SIZE": "2", "MASTER_ADDR": "localhost"}
    for name, value in {**values, "MASTER_PORT": "1"}.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(ConfigError, match=r"has no GPU.*--device cpu"), join_processes("cuda"):
        pass
