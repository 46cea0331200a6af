"""The processes of one training run: one alone, or several that torchrun started."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

import torch
from torch import Tensor, distributed, nn
from torch.nn.parallel import DistributedDataParallel

from blendmask_live.errors import ConfigError
from blendmask_live.runtime import choose_device

__all__ = ["Processes", "join_processes"]

_RENDEZVOUS = ("RANK", "LOCAL_RANK", "WORLD_SIZE", "MASTER_ADDR", "MASTER_PORT")
_LONGEST_WAIT = timedelta(minutes=10)
START_WITH = "start with 'torchrun --nproc-per-node N --no-python blendmask-live train ...'"


@dataclass(frozen=True, slots=True)
class Processes:
    """All processes of a run, seen from one of them.

    What involves other processes must be called by all of them, in the same order.
    """

    rank: int = 0
    count: int = 1

    @property
    def is_first(self) -> bool:
        """Whether this one writes, logs and keeps the average."""
        return self.rank == 0

    def mean(self, value: Tensor) -> Tensor:
        """Mean over all processes, without gradient."""
        if self.count == 1:
            return value.detach()
        total = value.detach().clone()
        distributed.all_reduce(total)
        return total / self.count

    def mean_losses(self, losses: dict[str, float]) -> dict[str, float]:
        """Mean of each loss; where a process has none of a kind, it counts as 0."""
        if self.count == 1:
            return losses
        everyone: list[dict[str, float]] = [{} for _ in range(self.count)]
        distributed.all_gather_object(everyone, losses)
        names = dict.fromkeys(name for found in everyone for name in found)
        return {
            name: sum(found.get(name, 0.0) for found in everyone) / self.count for name in names
        }

    def wait(self) -> None:
        """Wait for all processes."""
        if self.count > 1:
            distributed.barrier()

    def share_gradients(self, module: nn.Module) -> nn.Module:
        """The module with gradients averaged over all processes.

        On GPUs its BatchNorm statistics are those of the joint batch, too.
        """
        if self.count == 1:
            return module
        if next(module.parameters()).is_cuda:
            module = nn.SyncBatchNorm.convert_sync_batchnorm(module)
        # A process whose pictures hold no object leaves the mask layers unused.
        return DistributedDataParallel(module, find_unused_parameters=True)


@contextmanager
def join_processes(device: str) -> Iterator[tuple[Processes, str]]:
    """Join the run that torchrun started, if it did; gives this process' place and device.

    Args:
        device: 'auto', 'cpu' or 'cuda[:N]'; of several processes each takes its own GPU.

    Raises:
        ConfigError: If the other processes cannot be met or there is no such device.
    """
    if os.environ.get("WORLD_SIZE", "1") == "1":
        yield Processes(), choose_device(device)
        return
    missing = [name for name in _RENDEZVOUS if name not in os.environ]
    if missing:
        raise ConfigError(
            f"WORLD_SIZE is set, {missing[0]} is not, so the other processes cannot be met; "
            f"{START_WITH}, or unset WORLD_SIZE"
        )
    device = _own_device(device, int(os.environ["LOCAL_RANK"]))
    on_gpu = device != "cpu"
    try:
        distributed.init_process_group(
            "nccl" if on_gpu else "gloo",
            timeout=_LONGEST_WAIT,
            # Otherwise NCCL guesses the GPU at the first barrier.
            device_id=torch.device(device) if on_gpu else None,
        )
    except (RuntimeError, ValueError) as error:
        place = f"{os.environ['MASTER_ADDR']}:{os.environ['MASTER_PORT']}"
        reason = str(error).partition("\n")[0]
        raise ConfigError(
            f"the other processes cannot be met at {place} ({reason}); {START_WITH}"
        ) from error
    try:
        yield Processes(distributed.get_rank(), distributed.get_world_size()), device
    finally:
        distributed.destroy_process_group()


def _own_device(device: str, local_rank: int) -> str:
    if device == "cpu" or (device == "auto" and not torch.cuda.is_available()):
        return "cpu"
    if ":" in device:
        raise ConfigError(f"device {device!r}: each process takes its own GPU; use 'cuda'")
    count = torch.cuda.device_count()
    if local_rank >= count:
        raise ConfigError(
            f"process {local_rank + 1} of this machine has no GPU, there are {count}; "
            f"start {max(count, 1)} of them, or use --device cpu"
        )
    device = choose_device(f"cuda:{local_rank}")
    torch.cuda.set_device(device)
    return device
