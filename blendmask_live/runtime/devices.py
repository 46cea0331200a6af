"""Which device the network runs on."""

from __future__ import annotations

import logging

import torch

from blendmask_live.errors import ConfigError

__all__ = ["choose_device", "why_unusable"]

_log = logging.getLogger(__name__)


def choose_device(device: str) -> str:
    """'cpu' or 'cuda:N' for what was asked; 'auto' takes a GPU only where it computes.

    Raises:
        ConfigError: If there is no such device, or it cannot be used.
    """
    if device == "cpu" or (device == "auto" and not torch.cuda.is_available()):
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
    try:
        torch.ones(1, device=gpu).sum().item()
    except (AssertionError, RuntimeError) as error:
        # The lines and sentences that follow are for programmers.
        return str(error).strip().partition("\n")[0].partition(". ")[0]
    return None
