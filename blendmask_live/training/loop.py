"""The training loop: deterministic samples, averaged weights, checkpoints that resume."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from itertools import islice
from pathlib import Path

import torch
from filelock import FileLock, Timeout
from torch import Tensor

from blendmask_live.counting import counted
from blendmask_live.errors import ConfigError, WeightsError
from blendmask_live.network.checkpoint import ARCHITECTURE
from blendmask_live.training.log import TrainingLog, TrainingProgress
from blendmask_live.training.making import make_task
from blendmask_live.training.processes import Processes
from blendmask_live.training.recipe import Recipe
from blendmask_live.training.run import WEIGHTS, TrainingRun, require_precision
from blendmask_live.training.samples import DataSets, load_data_sets, prepare_batches
from blendmask_live.training.uninterrupted import uninterrupted

__all__ = ["TrainingProgress", "train"]

NORM_BATCHES = 12
"""Batches that the final BatchNorm statistics are measured on."""
REPORT_EVERY = 10


def train(
    recipe: Recipe,
    *,
    labels: tuple[str, ...],
    data_root: Path,
    output: Path,
    initial_weights: Path | None,
    device: str = "cpu",
    processes: Processes | None = None,
    report: Callable[[TrainingProgress], None] = lambda progress: None,
    save_every: int = 250,
) -> Path:
    """Train, or go on where `output` holds an unfinished run.

    Args:
        labels: Class names in network order.
        data_root: Folder that the recipe's paths are relative to.
        output: Folder for checkpoint, log, curves and the final weights.
        initial_weights: Where training starts, and the teacher of the distillation losses.
        processes: All that train together; this one alone where absent.
        report: Called every few steps, by the first process.

    Returns:
        Path of the weights (EMA) in `output`.

    Raises:
        ConfigError: If the device or the number of processes does not suit the recipe, or another
            run writes to `output`.
        DatasetError: If the data cannot be used.
        WeightsError: If initial weights or checkpoint do not fit.
        KeyboardInterrupt: On Ctrl-C, after saving a checkpoint.
        ValueError: If `labels` are not as many as the recipe's classes.
    """
    if recipe.architecture == ARCHITECTURE and len(labels) != recipe.network.classes:
        raise ValueError(f"{counted(len(labels), 'label')} for {recipe.network.classes} classes")
    processes = processes or Processes()
    require_precision(recipe.precision, device)
    output.mkdir(parents=True, exist_ok=True)
    with _alone_in(output) if processes.is_first else nullcontext():
        torch.manual_seed(recipe.seed)
        task = make_task(recipe, labels, initial_weights, device, processes)
        run = TrainingRun(recipe, task, output, device=device, labels=labels, processes=processes)
        start = run.resume()
        if start < recipe.steps:
            _learn(run, start, data_root, report, save_every)
        elif not (output / WEIGHTS).exists():
            run.save()
        processes.wait()
    return output / WEIGHTS


@contextmanager
def _alone_in(output: Path) -> Iterator[None]:
    """Keep other runs out of a folder; the lock ends with the process, however that ends."""
    lock = FileLock(output / ".lock", timeout=0, is_singleton=False)
    try:
        lock.acquire()
    except Timeout as error:
        raise ConfigError(
            f"{output}: another run is training here; wait for it, or name another output folder"
        ) from error
    try:
        yield
    finally:
        lock.release()
        (output / ".lock").unlink(missing_ok=True)


def _learn(
    run: TrainingRun,
    start: int,
    data_root: Path,
    report: Callable[[TrainingProgress], None],
    save_every: int,
) -> None:
    """All steps that are left."""
    recipe, processes = run.recipe, run.processes
    sets = load_data_sets(recipe, data_root, run.labels)
    batches = run.task.prepare(sets, first_step=start)
    log = TrainingLog(run.output / "progress.csv", start) if processes.is_first else None
    began = time.monotonic()
    try:
        for step in range(start, recipe.steps):
            parts = list(islice(batches, recipe.accumulate))
            # A run stopped within a step could not go on as if it had never stopped.
            with uninterrupted():
                losses = run.step(step, parts)
            is_last = step + 1 == recipe.steps
            if (step + 1) % REPORT_EVERY == 0 or is_last:
                values = processes.mean_losses({n: float(loss) for n, loss in losses.items()})
                _refuse_nan(values, step)
                pace = (time.monotonic() - began) / (step + 1 - start)
                if log:
                    log.write(step + 1, values, run.rate(step))
                    report(TrainingProgress(step + 1, recipe.steps, values, pace))
            if is_last and processes.is_first:
                run.task.finish(run.average, _pictures(run, sets))
            if (step + 1) % save_every == 0 or is_last:
                run.save()
    except KeyboardInterrupt:
        # Not after the last step: a resumed run would skip the measuring that follows it.
        if start < run.steps_done < recipe.steps:
            run.save()
        raise
    finally:
        if log:
            log.close()


def _pictures(run: TrainingRun, sets: DataSets) -> Iterator[Tensor]:
    """Prepared only if they are used."""
    for batch in islice(prepare_batches(run.recipe, sets, Processes(), first_step=0), NORM_BATCHES):
        yield batch.images.to(run.device).float()


def _refuse_nan(losses: dict[str, float], step: int) -> None:
    bad = [name for name, value in losses.items() if not math.isfinite(value)]
    if bad:
        raise WeightsError(
            f"training broke at step {step}: loss {bad[0]} is not a number; "
            "lower the learning rate and resume"
        )
