"""How the network is run: PyTorch or OpenVINO, on which device, in which precision."""

from __future__ import annotations

import importlib.util

import torch

from blendmask_live.config import RUNTIMES
from blendmask_live.errors import ConfigError
from blendmask_live.machine import this_machine
from blendmask_live.network.lite import BlendMaskLite
from blendmask_live.runtime.runtime import Dense, Network, Runtime

__all__ = [
    "RUNTIMES",
    "Dense",
    "Network",
    "Runtime",
    "available_runtimes",
    "choose_device",
    "open_runtime",
]


def available_runtimes() -> tuple[str, ...]:
    """The runtimes that are installed."""
    return tuple(RUNTIMES) if importlib.util.find_spec("openvino") else ("torch",)


def open_runtime(
    model: Network,
    *,
    runtime: str = "auto",
    device: str = "auto",
    precision: str = "auto",
    threads: int = 0,
) -> Runtime:
    """Prepare a network for running.

    Args:
        runtime: 'auto', 'torch' or 'openvino'. 'auto': OpenVINO on the CPU where it is
            installed, PyTorch otherwise and for the published family.
        device: 'auto', 'cpu' or 'cuda[:N]'.
        precision: 'auto', 'fp32', 'fp16' or 'bf16'.
        threads: CPU threads for the network; 0 for the runtime's own choice.

    Raises:
        ConfigError: If the combination is not to be had on this machine.
    """
    device = choose_device(device)
    if threads < 0:
        raise ConfigError(f"threads {threads}: must be 0 (the runtime's own choice) or more")
    if runtime == "auto":
        # The published family takes pictures of any size, and each would be compiled anew.
        on_cpu = device == "cpu" and precision != "fp16" and isinstance(model, BlendMaskLite)
        runtime = "openvino" if on_cpu and "openvino" in available_runtimes() else "torch"
    if runtime not in available_runtimes():
        known = ", ".join(RUNTIMES)
        hint = "pip install openvino" if runtime in RUNTIMES else f"choose one of {known}"
        raise ConfigError(f"runtime {runtime!r} is not installed; {hint}")
    if runtime == "openvino":
        if device != "cpu":
            raise ConfigError(f"runtime 'openvino' runs on the CPU, not on {device}")
        from blendmask_live.runtime.openvino_cpu import OpenVinoRuntime

        if precision == "auto":
            # The published figures were made in fp32.
            is_lite = isinstance(model, BlendMaskLite)
            precision = "bf16" if is_lite and this_machine().multiplies_bf16 else "fp32"
        return OpenVinoRuntime(model, precision=precision, threads=threads)
    from blendmask_live.runtime.torch_eager import TorchRuntime

    if precision == "auto":
        precision = "fp16" if device.startswith("cuda") else "fp32"
    if threads and device == "cpu":
        torch.set_num_threads(threads)
    return TorchRuntime(model, device=device, precision=precision)


def choose_device(device: str) -> str:
    """'cpu' or 'cuda:N' for what was asked.

    Raises:
        ConfigError: If there is no such device.
    """
    if device == "auto":
        return "cuda:0" if torch.cuda.is_available() else "cpu"
    if device == "cuda":
        device = "cuda:0"
    count = torch.cuda.device_count()
    if device.startswith("cuda:") and device[5:].isdigit() and int(device[5:]) < count:
        return device
    if device == "cpu":
        return device
    raise ConfigError(f"device {device!r}: use 'auto', 'cpu' or 'cuda[:N]'; {count} GPU(s) found")
