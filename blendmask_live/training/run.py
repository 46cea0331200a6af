"""One training run: steps, averaged weights, and a checkpoint from which it goes on."""

from __future__ import annotations

import copy
import logging
import math
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from pickle import PickleError

import torch
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel

from blendmask_live.atomic import written_beside
from blendmask_live.errors import ConfigError, WeightsError
from blendmask_live.training.processes import Processes
from blendmask_live.training.recipe import Recipe, recipe_to_dict
from blendmask_live.training.tasks import AnyBatch, Task

__all__ = ["CHECKPOINT", "WEIGHTS", "TrainingRun", "require_precision"]

_log = logging.getLogger(__name__)
CHECKPOINT, WEIGHTS = "checkpoint.pt", "weights.safetensors"
_DTYPES = {"fp32": torch.float32, "bf16": torch.bfloat16, "fp16": torch.float16}


def require_precision(precision: str, device: str) -> None:
    """Raises ConfigError if a device cannot train in a precision."""
    is_cpu = device == "cpu"
    if precision == "fp16" and is_cpu:
        raise ConfigError("precision 'fp16' needs a GPU; on the CPU choose 'bf16' or 'fp32'")
    if precision == "bf16" and not is_cpu and not torch.cuda.is_bf16_supported():
        raise ConfigError(f"{device} has no bf16; choose 'fp16' or 'fp32'")


class TrainingRun:
    """Task, average and optimiser; the average is kept by the first process alone."""

    def __init__(
        self,
        recipe: Recipe,
        task: Task,
        output: Path,
        *,
        device: str,
        labels: tuple[str, ...],
        processes: Processes,
    ) -> None:
        self.recipe, self.task, self.output, self.device = recipe, task, output, device
        self.labels, self.processes = labels, processes
        self.steps_done = 0
        self.average = copy.deepcopy(task.network).requires_grad_(False)
        self.optimizer = torch.optim.AdamW(_parameter_groups(task, recipe), foreach=True)
        self.scaler = torch.amp.GradScaler(
            torch.device(device).type, enabled=recipe.precision == "fp16"
        )
        self._learner: nn.Module | None = None
        # Found once: to look all of them up takes longer than to average them.
        pairs = list(
            zip(
                self.average.state_dict().values(),
                task.network.state_dict().values(),
                strict=True,
            )
        )
        learned = [pair for pair in pairs if pair[0].dtype.is_floating_point]
        self._averaged = [ours for ours, _ in learned], [theirs for _, theirs in learned]
        self._counted = [pair for pair in pairs if not pair[0].dtype.is_floating_point]

    def rate(self, step: int) -> float:
        """Learning rate relative to its peak: linear warm-up, then cosine."""
        recipe = self.recipe
        if step < recipe.warmup_steps:
            return (step + 1) / recipe.warmup_steps
        share = (step - recipe.warmup_steps) / max(1, recipe.steps - recipe.warmup_steps)
        return recipe.final_rate + (1 - recipe.final_rate) * (1 + math.cos(math.pi * share)) / 2

    def step(self, step: int, parts: Sequence[AnyBatch]) -> dict[str, Tensor]:
        """Learn from the batches of one step; gives the mean of each loss."""
        for group in self.optimizer.param_groups:
            group["lr"] = group["peak"] * self.rate(step)
        learner = self._prepare(step)
        self.optimizer.zero_grad(set_to_none=True)
        means: dict[str, Tensor] = {}
        for number, part in enumerate(parts, start=1):
            draw = (step * len(parts) + number - 1) * self.processes.count + self.processes.rank
            for name, loss in self._learn(
                learner, part, draw, share=1 / len(parts), is_last=number == len(parts)
            ).items():
                means[name] = means.get(name, 0) + loss
        self.scaler.unscale_(self.optimizer)
        nn.utils.clip_grad_norm_(
            [p for p in self.task.network.parameters() if p.requires_grad],
            self.recipe.max_gradient_norm,
            foreach=True,
        )
        self.scaler.step(self.optimizer)
        self.scaler.update()
        if self.processes.is_first:
            self._average(step)
        self.steps_done = step + 1
        return means

    def _prepare(self, step: int) -> nn.Module:
        """The task as it learns now; rebuilt when the trunk begins to learn."""
        learns = step >= self.recipe.trunk_start * self.recipe.steps
        if self._learner is None or learns != self.task.trunk_learns:
            self.task.set_trunk(learns=learns)
            self._learner = self.processes.share_gradients(self.task)
        return self._learner

    def _learn(
        self, learner: nn.Module, batch: AnyBatch, draw: int, *, share: float, is_last: bool
    ) -> dict[str, Tensor]:
        """Add the gradients of one batch."""
        dtype = _DTYPES[self.recipe.precision]
        # Gradients travel once, with the last part.
        held: AbstractContextManager[None] = nullcontext()
        if isinstance(learner, DistributedDataParallel) and not is_last:
            held = learner.no_sync()
        with held:
            with torch.autocast(
                torch.device(self.device).type, dtype, enabled=dtype is not torch.float32
            ):
                losses: dict[str, Tensor] = learner(batch.to(self.device), draw)
            total = torch.stack(list(losses.values())).sum() * share
            self.scaler.scale(total).backward()
        return {name: loss.detach() * share for name, loss in losses.items()}

    @torch.no_grad()
    def _average(self, step: int) -> None:
        decay = min(self.recipe.ema_decay, (1 + step) / (10 + step))
        ours, theirs = self._averaged
        torch._foreach_lerp_(ours, theirs, 1 - decay)
        for count, new in self._counted:
            count.copy_(new)

    def save(self) -> None:
        """Write averaged weights and checkpoint; a kill in between leaves the old checkpoint."""
        if not self.processes.is_first:
            return
        self.task.save(self.average, self.output / WEIGHTS, labels=self.labels)
        state = {
            "step": self.steps_done,
            "job": self._job(),
            "model": self.task.network.state_dict(),
            "average": self.average.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "scaler": self.scaler.state_dict(),
        }
        with written_beside(self.output / CHECKPOINT) as partial:
            torch.save(state, partial)

    def _job(self) -> dict[str, object]:
        """What must not change when a run goes on; only its length may."""
        return {**recipe_to_dict(self.recipe), "labels": self.labels, "steps": None}

    def resume(self) -> int:
        """Load an earlier checkpoint of this folder; returns the step to go on with."""
        path = self.output / CHECKPOINT
        if not path.exists():
            return 0
        try:
            # Each part moves its own to the GPU; AdamW's step counters must not go there.
            state = torch.load(path, map_location="cpu", weights_only=True)
            self._require_same_job(state["job"], state["step"])
            self.task.network.load_state_dict(state["model"])
            self.average.load_state_dict(state["average"])
            self.optimizer.load_state_dict(state["optimizer"])
            self.scaler.load_state_dict(state["scaler"])
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


def _parameter_groups(task: Task, recipe: Recipe) -> list[dict[str, object]]:
    groups: dict[tuple[float, float], list[nn.Parameter]] = {}
    for name, parameter in task.network.named_parameters():
        in_trunk = name.startswith(tuple(f"{part}." for part in task.trunk))
        peak = recipe.trunk_learning_rate if in_trunk else recipe.learning_rate
        decay = 0.0 if parameter.ndim == 1 else recipe.weight_decay
        groups.setdefault((peak, decay), []).append(parameter)
    return [
        {"params": params, "peak": peak, "lr": peak, "weight_decay": decay}
        for (peak, decay), params in groups.items()
    ]
