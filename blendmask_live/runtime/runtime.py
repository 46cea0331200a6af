"""How the network is run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from blendmask_live.network.lite.config import LiteConfig
from blendmask_live.network.lite.plain import PlainDense, PlainLite

if TYPE_CHECKING:
    from blendmask_live.network.family.model import BlendMask, BlendMaskOutput
    from blendmask_live.network.lite.model import BlendMaskLite, DenseOutput

__all__ = ["Dense", "Network", "Runtime", "is_lite", "plain_form", "torch_form"]

Network: TypeAlias = "PlainLite | BlendMaskLite | BlendMask"
Dense: TypeAlias = "PlainDense[NDArray[np.float32]] | DenseOutput | BlendMaskOutput"
"""What a network's dense part gives; runtimes only carry it."""


def is_lite(network: Network) -> bool:
    """Whether it is a blendmask-lite."""
    return isinstance(network.config, LiteConfig)


def plain_form(network: Network) -> PlainLite:
    """A blendmask-lite without PyTorch."""
    assert is_lite(network)
    return network if isinstance(network, PlainLite) else PlainLite.of(network)  # type: ignore[arg-type]


def torch_form(network: Network) -> BlendMaskLite | BlendMask:
    """The network in PyTorch."""
    return network.module() if isinstance(network, PlainLite) else network


class Runtime(Protocol):
    """Runs the network's dense part on one machine in one precision.

    Adding a runtime: one module here, a name in `config.RUNTIMES`, a branch in `runtime.opening`,
    and the contract suite in tests/runtime passes (same outputs as `torch` in fp32 within the
    precision's tolerance).
    """

    @property
    def name(self) -> str:
        """As on the command line."""
        ...

    @property
    def precision(self) -> str:
        """'fp32', 'fp16', 'bf16' or 'int8'."""
        ...

    @property
    def device(self) -> str:
        """'cpu' or 'cuda:N'."""
        ...

    @property
    def model(self) -> Network:
        """The network; in PyTorch, it is on `device`."""
        ...

    def run(self, pictures: NDArray[np.uint8]) -> Dense:
        """Run the network.

        Args:
            pictures: (B, h, w, 3) uint8 RGB; h and w multiples of 32, except for the published
                family, which pads by itself.

        Returns:
            Valid until the next call: arrays (`PlainDense`) where nothing needs PyTorch, else its
            tensors on `device`, in fp32.
        """
        ...
