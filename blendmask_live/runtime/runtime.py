"""How the network is run."""

from __future__ import annotations

from typing import Protocol

from torch import Tensor

from blendmask_live.network.family.model import BlendMask, BlendMaskOutput
from blendmask_live.network.lite.model import BlendMaskLite, DenseOutput

__all__ = ["Dense", "Network", "Runtime"]

Network = BlendMaskLite | BlendMask
Dense = DenseOutput | BlendMaskOutput
"""What a network's dense part gives; runtimes only carry it."""


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
        """The network on `device`; its top layer is evaluated at the kept locations."""
        ...

    def run(self, pictures: Tensor) -> Dense:
        """Run the network.

        Args:
            pictures: (B, h, w, 3) uint8 RGB on the CPU; h and w multiples of 32, except for
                the published family, which pads by itself.

        Returns:
            fp32 tensors on `device`, valid until the next call.
        """
        ...
