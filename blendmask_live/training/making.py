"""The task that a recipe describes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import torch

from blendmask_live.network.checkpoint import ARCHITECTURE
from blendmask_live.network.prompt.config import PROMPT
from blendmask_live.training.processes import Processes
from blendmask_live.training.prompt_task import PromptTask
from blendmask_live.training.recipe import Recipe
from blendmask_live.training.tasks import FamilyTask, LiteTask, Task

__all__ = ["make_task"]


def make_task(
    recipe: Recipe,
    labels: tuple[str, ...],
    initial_weights: Path | None,
    device: str,
    processes: Processes,
) -> Task:
    """The task of a recipe, on its device.

    Raises:
        WeightsError: If the initial weights do not fit.
    """
    kind: Callable[..., Task] = FamilyTask
    if recipe.architecture == ARCHITECTURE:
        kind = LiteTask
    elif recipe.architecture == PROMPT:
        kind = PromptTask
    task = kind(recipe, processes, labels, initial_weights)
    return task.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
