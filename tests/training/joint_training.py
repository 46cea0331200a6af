"""What each process of test_processes.py does: `torchrun joint_training.py SCENES OUTPUT`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from blendmask_live.training.making import make_task
from blendmask_live.training.processes import Processes, join_processes
from blendmask_live.training.recipe import Recipe
from blendmask_live.training.run import TrainingRun
from blendmask_live.training.samples import load_data_sets, prepare_batches
from tests.training.scenes import LABELS, tiny_recipe


def family_recipe(**changes: Any) -> Recipe:
    """The published family on small pictures; its losses make no random choices."""
    return tiny_recipe(**{"architecture": "blendmask-rt-r50", **changes})


def take_steps(
    recipe: Recipe, scenes: Path, processes: Processes, *, steps: int, has_constant_norms: bool
) -> TrainingRun:
    """The first steps of a run.

    Args:
        has_constant_norms: On the CPU the statistics of a batch are those of a process' own
            pictures; constants make several processes comparable to one.
    """
    torch.manual_seed(recipe.seed)
    task = make_task(recipe, LABELS, None, "cpu", processes)
    run = TrainingRun(recipe, task, scenes, device="cpu", labels=LABELS, processes=processes)
    batches = prepare_batches(
        recipe, load_data_sets(recipe, scenes, LABELS), processes, first_step=0
    )
    if has_constant_norms:
        for module in task.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.momentum = 0.0
                module.train = lambda mode=True, norm=module: norm  # type: ignore[method-assign]
                module.training = False
    for step in range(steps):
        run.step(step, [next(batches) for _ in range(recipe.accumulate)])
    return run


def gradients(run: TrainingRun) -> dict[str, Tensor]:
    """Of the last step."""
    named = run.task.network.named_parameters()
    return {name: p.grad for name, p in named if p.grad is not None}


def main(scenes: Path, output: Path) -> None:
    torch.set_num_threads(1)
    with join_processes("cpu") as (processes, device):
        assert (processes.count, device) == (2, "cpu")
        run = take_steps(family_recipe(), scenes, processes, steps=1, has_constant_norms=True)
        torch.save(gradients(run), output / f"gradients-{processes.rank}.pt")
        recipe = tiny_recipe(batch_size=4, accumulate=2, steps=4, trunk_start=0.5)
        run = take_steps(recipe, scenes, processes, steps=4, has_constant_norms=False)
        torch.save(dict(run.task.network.named_parameters()), output / f"end-{processes.rank}.pt")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
