"""How the network is run: by which runtime, on which device, in which precision."""

from __future__ import annotations

from blendmask_live.config import RUNTIMES
from blendmask_live.errors import ConfigError
from blendmask_live.runtime.devices import choose_device, out_of_memory_errors, why_unusable
from blendmask_live.runtime.opening import (
    available_runtimes,
    default_precision,
    missing_for,
    open_as_asked,
)
from blendmask_live.runtime.runtime import Dense, Network, Runtime
from blendmask_live.runtime.selection import Selection, select_runtime

__all__ = [
    "RUNTIMES",
    "Dense",
    "Network",
    "Runtime",
    "Selection",
    "available_runtimes",
    "choose_device",
    "default_precision",
    "missing_for",
    "open_runtime",
    "select_runtime",
    "why_unusable",
]


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
        runtime: One of `RUNTIMES`, or 'auto': the fastest that passes a self-check on this
            machine (see `select_runtime`).
        device: 'auto', 'cpu' or 'cuda[:N]'.
        precision: 'auto', or one that the runtime offers.
        threads: CPU threads for the network; 0 for the runtime's own choice.

    Raises:
        ConfigError: If the combination is not to be had on this machine.
    """
    device = choose_device(device)
    if threads < 0:
        raise ConfigError(f"threads {threads}: must be 0 (the runtime's own choice) or more")
    try:
        if runtime == "auto":
            chosen = select_runtime(model, device=device, precision=precision, threads=threads)
            if chosen.opened is not None:
                return chosen.opened
            runtime, precision = chosen.runtime, chosen.precision
        return open_as_asked(
            model, runtime=runtime, device=device, precision=precision, threads=threads
        )
    except out_of_memory_errors() as error:
        raise ConfigError(
            f"device {device!r}: its memory is not enough to load the network; close other "
            "programs on the GPU, or use 'cpu'"
        ) from error
