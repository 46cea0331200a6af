"""Which device the network runs on."""

from __future__ import annotations

import ctypes
import logging
import sys
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import NoReturn

from blendmask_live.errors import ConfigError

__all__ = [
    "choose_device",
    "free_memory",
    "has_driver",
    "out_of_memory",
    "out_of_memory_errors",
    "why_unusable",
]

_log = logging.getLogger(__name__)
_DRIVERS = ("nvcuda.dll",) if sys.platform == "win32" else ("libcuda.so.1", "libcuda.dylib")
"""CUDA's library, which comes with the driver."""
_AMD_DRIVER = Path("/dev/kfd")


@cache
def has_driver() -> bool:
    """Whether there is a driver for a GPU that PyTorch might use; asked without PyTorch."""
    for name in _DRIVERS:
        with suppress(OSError):
            ctypes.CDLL(name)
            return True
    return _AMD_DRIVER.exists()


def choose_device(device: str) -> str:
    """'cpu' or 'cuda:N' for what was asked; 'auto' takes a GPU only where it computes.

    Raises:
        ConfigError: If there is no such device, or it cannot be used.
    """
    # Loading PyTorch takes seconds.
    if device == "cpu" or (device == "auto" and not has_driver()):
        return "cpu"
    import torch

    if device == "auto" and not torch.cuda.is_available():
        return "cpu"
    gpu = "cuda:0" if device in ("auto", "cuda") else device
    kind, _, index = gpu.partition(":")
    if kind != "cuda" or not index.isdigit():
        raise ConfigError(f"device {device!r}: use 'auto', 'cpu' or 'cuda[:N]'")
    reason = why_unusable(gpu)
    if reason is None:
        return gpu
    if device == "auto":
        _log.warning("the GPU cannot be used (%s); going on with the CPU", reason)
        return "cpu"
    count = torch.cuda.device_count()
    raise ConfigError(f"device {device!r}: {reason}; {count} GPU(s) found, use 'cpu' or 'cuda[:N]'")


def why_unusable(gpu: str) -> str | None:
    """Why PyTorch cannot compute on a GPU, in one sentence; None where it can.

    An old driver, a chip that this PyTorch was not built for and a GPU that another process
    owns alone show only when something is computed.

    Args:
        gpu: 'cuda:N'.
    """
    import torch

    try:
        torch.ones(1, device=gpu).sum().item()
    except (AssertionError, RuntimeError) as error:
        # The lines and sentences that follow are for programmers.
        return str(error).strip().partition("\n")[0].partition(". ")[0]
    return None


def out_of_memory_errors() -> tuple[type[Exception], ...]:
    """What is raised where a GPU's memory is full; nothing where PyTorch is not loaded."""
    torch = sys.modules.get("torch")
    return () if torch is None else (torch.OutOfMemoryError,)


def out_of_memory(reason: str) -> NoReturn:
    """Report full memory as PyTorch does.

    Raises:
        torch.OutOfMemoryError: Always.
    """
    import torch

    raise torch.OutOfMemoryError(reason)


def free_memory() -> None:
    """Give back what PyTorch keeps of a GPU's memory."""
    import torch

    torch.cuda.empty_cache()
