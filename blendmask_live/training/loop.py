"""The training loop: deterministic samples, EMA, checkpoints that resume."""

from __future__ import annotations

import copy
import csv
import logging
import math
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from pickle import PickleError

import cv2
import numpy as np
import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset

from blendmask_live.errors import DatasetError, WeightsError
from blendmask_live.network.checkpoint import load_network, save_network
from blendmask_live.network.lite import BlendMaskLite
from blendmask_live.training.augment import make_sample
from blendmask_live.training.dataset import DataSet, load_data_set
from blendmask_live.training.interrupts import uninterrupted
from blendmask_live.training.losses import compute_losses
from blendmask_live.training.norms import remeasure_norms
from blendmask_live.training.recipe import Recipe, recipe_to_dict
from blendmask_live.training.targets import Batch, collate

__all__ = ["Progress", "train"]

_log = logging.getLogger(__name__)
CHECKPOINT = "checkpoint.pt"
NORM_BATCHES = 12
"""Batches that the final BatchNorm statistics are measured on."""
TRUNK = ("backbone", "fpn", "head")
"""Their BatchNorm statistics come from the initial weights; small batches would spoil them."""


@dataclass(frozen=True, slots=True)
class Progress:
    """One line of the training log."""

    step: int
    steps: int
    losses: dict[str, float]
    seconds_per_step: float


def train(
    recipe: Recipe,
    *,
    labels: tuple[str, ...],
    data_root: Path,
    output: Path,
    initial_weights: Path | None,
    device: str = "cpu",
    report: Callable[[Progress], None] = lambda progress: None,
    save_every: int = 250,
) -> Path:
    """Train, or go on where `output` holds an unfinished run.

    Args:
        labels: Class names in network order.
        data_root: Folder that the recipe's paths are relative to.
        output: Folder for checkpoint, log, curves and the final weights.
        initial_weights: Where training starts, and the teacher of the distillation losses.
        report: Called every few steps.

    Returns:
        Path of the weights (EMA) in `output`.

    Raises:
        DatasetError: If the data cannot be used.
        WeightsError: If initial weights or checkpoint do not fit.
        KeyboardInterrupt: On Ctrl-C, after saving a checkpoint.
        ValueError: If `labels` are not as many as the recipe's classes.
    """
    if len(labels) != recipe.network.classes:
        raise ValueError(f"{len(labels)} labels for {recipe.network.classes} classes")
    output.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(recipe.seed)
    model = BlendMaskLite(recipe.network)
    teacher = None
    if initial_weights is not None:
        load_network(model, initial_weights, partial=True, labels=labels)
        if recipe.losses.distill_classes or recipe.losses.distill_distances:
            teacher = copy.deepcopy(model).to(device).eval().requires_grad_(False)
    model.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    run = _Run(recipe, model, output, device, labels)
    start = run.resume()
    weights = output / "weights.safetensors"
    if start == recipe.steps:
        if not weights.exists():
            run.save()
        return weights
    sets = [
        (
            load_data_set(
                data_root / d.images, data_root / d.annotations if d.annotations else None, labels
            ),
            d.share,
        )
        for d in recipe.data
    ]
    batches = _batches(recipe, sets, first_step=start)
    log = _Log(output / "progress.csv", start)
    began = time.monotonic()
    try:
        for step, batch in enumerate(batches, start=start):
            # Half a step would not go on as if never stopped.
            with uninterrupted():
                losses = run.step(step, _to(batch, device), teacher)
            if (step + 1) % 10 == 0 or step + 1 == recipe.steps:
                values = {name: float(loss) for name, loss in losses.items()}
                _refuse_nan(values, step)
                pace = (time.monotonic() - began) / (step + 1 - start)
                log.write(step + 1, values, run.rate(step))
                report(Progress(step + 1, recipe.steps, values, pace))
            if step + 1 == recipe.steps:
                measuring = islice(_batches(recipe, sets, first_step=0), NORM_BATCHES)
                remeasure_norms(run.average, (b.images.to(device).float() for b in measuring))
            if (step + 1) % save_every == 0 or step + 1 == recipe.steps:
                run.save()
    except KeyboardInterrupt:
        # After the last step, what is still to be measured would be missing for ever.
        if start < run.steps_done < recipe.steps:
            run.save()
        raise
    finally:
        log.close()
    return weights


class _Run:
    """Model, average, optimiser; one step; saving and resuming."""

    def __init__(
        self,
        recipe: Recipe,
        model: BlendMaskLite,
        output: Path,
        device: str,
        labels: tuple[str, ...],
    ) -> None:
        self.recipe, self.model, self.output, self.device = recipe, model, output, device
        self.labels = labels
        self.steps_done = 0
        self.average = copy.deepcopy(model).requires_grad_(False)
        self.optimizer = torch.optim.AdamW(_parameter_groups(model, recipe))

    def rate(self, step: int) -> float:
        """Learning rate relative to its peak: linear warm-up, then cosine."""
        recipe = self.recipe
        if step < recipe.warmup_steps:
            return (step + 1) / recipe.warmup_steps
        share = (step - recipe.warmup_steps) / max(1, recipe.steps - recipe.warmup_steps)
        return recipe.final_rate + (1 - recipe.final_rate) * (1 + math.cos(math.pi * share)) / 2

    def step(self, step: int, batch: Batch, teacher: BlendMaskLite | None) -> dict[str, Tensor]:
        recipe = self.recipe
        for group in self.optimizer.param_groups:
            group["lr"] = group["peak"] * self.rate(step)
        trunk_learns = step >= recipe.trunk_start * recipe.steps
        self.model.train()
        for name in TRUNK:
            self.model.get_submodule(name).eval().requires_grad_(trunk_learns)
        pictures = batch.images.float().contiguous(memory_format=torch.channels_last)
        generator = torch.Generator().manual_seed(recipe.seed * 1_000_003 + step)
        with torch.autocast(
            self.device.split(":")[0], torch.bfloat16, enabled=recipe.precision == "bf16"
        ):
            dense = self.model(pictures)
            with torch.no_grad():
                taught = teacher(pictures) if teacher and trunk_learns else None
            losses = compute_losses(
                self.model,
                dense,
                batch,
                taught,
                recipe.losses,
                mask_size=recipe.mask_size,
                masks_per_picture=recipe.masks_per_picture,
                generator=generator,
            )
        self.optimizer.zero_grad(set_to_none=True)
        total = torch.stack(list(losses.values())).sum()
        if total.requires_grad:  # A frozen trunk learns nothing where there are no objects.
            total.backward()
            nn.utils.clip_grad_norm_(self.model.parameters(), recipe.max_gradient_norm)
            self.optimizer.step()
        self._average(step)
        self.steps_done = step + 1
        return {name: loss.detach() for name, loss in losses.items()}

    @torch.no_grad()
    def _average(self, step: int) -> None:
        decay = min(self.recipe.ema_decay, (1 + step) / (10 + step))
        ours = self.average.state_dict()
        for name, value in self.model.state_dict().items():
            if value.dtype.is_floating_point:
                ours[name].lerp_(value, 1 - decay)
            else:
                ours[name].copy_(value)

    def save(self) -> None:
        """Write averaged weights and checkpoint; a kill in between leaves the old checkpoint."""
        save_network(self.average, self.output / "weights.safetensors", labels=self.labels)
        state = {
            "step": self.steps_done,
            "job": self._job(),
            "model": self.model.state_dict(),
            "average": self.average.state_dict(),
            "optimizer": self.optimizer.state_dict(),
        }
        partial = self.output / f"{CHECKPOINT}.partial"
        torch.save(state, partial)
        partial.replace(self.output / CHECKPOINT)

    def _job(self) -> dict[str, object]:
        """What must not change when a run goes on; only its length may."""
        return {**recipe_to_dict(self.recipe), "labels": self.labels, "steps": None}

    def resume(self) -> int:
        """Load an earlier checkpoint of this folder; returns the step to go on with."""
        path = self.output / CHECKPOINT
        if not path.exists():
            return 0
        try:
            state = torch.load(path, map_location=self.device, weights_only=True)
            self._require_same_job(state["job"], state["step"])
            self.model.load_state_dict(state["model"])
            self.average.load_state_dict(state["average"])
            self.optimizer.load_state_dict(state["optimizer"])
        except (OSError, EOFError, LookupError, RuntimeError, ValueError, PickleError) as error:
            reason = str(error).partition("\n")[0]
            raise WeightsError(
                f"{path}: does not continue this recipe; name another output folder ({reason})"
            ) from error
        _log.info("going on at step %d", state["step"])
        self.steps_done = int(state["step"])
        return self.steps_done

    def _require_same_job(self, job: dict[str, object], step: int) -> None:
        """Raises ValueError."""
        other = [name for name, value in self._job().items() if job.get(name) != value]
        if other:
            raise ValueError(f"{other[0]} is another one")
        if step > self.recipe.steps:
            raise ValueError(f"{step} steps are done, {self.recipe.steps} asked for")


def _parameter_groups(model: BlendMaskLite, recipe: Recipe) -> list[dict[str, object]]:
    groups: dict[tuple[float, float], list[nn.Parameter]] = {}
    for name, parameter in model.named_parameters():
        old = name.split(".")[0] in TRUNK
        peak = recipe.trunk_learning_rate if old else recipe.learning_rate
        decay = 0.0 if parameter.ndim == 1 else recipe.weight_decay
        groups.setdefault((peak, decay), []).append(parameter)
    return [
        {"params": params, "peak": peak, "lr": peak, "weight_decay": decay}
        for (peak, decay), params in groups.items()
    ]


class _Samples(Dataset["Batch | DatasetError"]):
    """Batch i is a function of (seed, i) alone, so a run can be stopped and resumed anywhere.

    Unusable data are returned, not raised: the loader would bury them in a worker's traceback.
    """

    def __init__(self, recipe: Recipe, sets: list[tuple[DataSet, float]]) -> None:
        self.recipe = recipe
        self.sets = [data for data, _ in sets]
        shares = np.array([share for _, share in sets], dtype=np.float64)
        self.shares = shares / shares.sum()
        self.donors = tuple(
            picture for data in self.sets for picture in data.pictures if picture.annotations
        )

    def __len__(self) -> int:
        return self.recipe.steps

    def __getitem__(self, step: int) -> Batch | DatasetError:
        try:
            return self._batch(step)
        except DatasetError as error:
            return error

    def _batch(self, step: int) -> Batch:
        rng = np.random.default_rng([self.recipe.seed, step])
        size = self.recipe.sizes[rng.integers(len(self.recipe.sizes))]
        samples = []
        for _ in range(self.recipe.batch_size):
            pictures = self.sets[rng.choice(len(self.sets), p=self.shares)].pictures
            samples.append(
                make_sample(
                    pictures[rng.integers(len(pictures))],
                    self.donors,
                    size=size,
                    config=self.recipe.augment,
                    rng=rng,
                )
            )
        return collate(samples)


def _batches(
    recipe: Recipe, sets: list[tuple[DataSet, float]], *, first_step: int
) -> Iterator[Batch]:
    if not sets:
        raise DatasetError("the recipe names no data; give --images and --annotations")
    loader = DataLoader(
        _Samples(recipe, sets),
        batch_size=None,
        sampler=range(first_step, recipe.steps),
        num_workers=max(1, min(8, (os.cpu_count() or 2) - 1)),
        worker_init_fn=_calm_worker,
    )
    threads = cv2.getNumThreads()
    # OpenCV's threads do not survive a fork: a worker would wait for them forever.
    cv2.setNumThreads(1)
    try:
        prepared = iter(loader)
    finally:
        cv2.setNumThreads(threads)
    return map(_raise_error, prepared)


def _calm_worker(worker: int) -> None:
    cv2.setNumThreads(1)


def _raise_error(prepared: Batch | DatasetError) -> Batch:
    if isinstance(prepared, DatasetError):
        raise prepared
    return prepared


def _to(batch: Batch, device: str) -> Batch:
    return Batch(
        images=batch.images.to(device),
        boxes=[b.to(device) for b in batch.boxes],
        class_ids=[c.to(device) for c in batch.class_ids],
        masks=[m.to(device) for m in batch.masks],
        exhaustive=batch.exhaustive.to(device),
        ignored=batch.ignored.to(device),
        semantic=batch.semantic.to(device),
    )


def _refuse_nan(losses: dict[str, float], step: int) -> None:
    bad = [name for name, value in losses.items() if not math.isfinite(value)]
    if bad:
        raise WeightsError(
            f"training broke at step {step}: loss {bad[0]} is not a number; "
            "lower the learning rate and resume"
        )


class _Log:
    """progress.csv: one row every few steps; a resumed run drops rows it will write again."""

    def __init__(self, path: Path, first_step: int) -> None:
        kept: list[list[str]] = []
        if first_step and path.exists():
            with path.open(newline="") as old:
                rows = list(csv.reader(old))[1:]
            kept = [row for row in rows if int(row[0]) <= first_step]
        self._file = path.open("w", newline="")
        self._writer = csv.writer(self._file)
        self._writer.writerow(["step", "rate", "loss", "value"])
        self._writer.writerows(kept)

    def write(self, step: int, losses: dict[str, float], rate: float) -> None:
        for name, value in losses.items():
            self._writer.writerow([step, f"{rate:.5f}", name, f"{value:.5f}"])
        self._file.flush()

    def close(self) -> None:
        self._file.close()
