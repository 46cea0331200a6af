"""torch.compile: PyTorch with its kernels fused, on the CPU and on CUDA."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from blendmask_live.errors import ConfigError
from blendmask_live.network.family.model import BlendMask
from blendmask_live.network.lite.model import BlendMaskLite
from blendmask_live.runtime.graph import PlainNetwork, rebuild
from blendmask_live.runtime.runtime import Dense
from blendmask_live.runtime.torch_eager import arithmetic, on_device

__all__ = ["CompiledRuntime", "missing_compiler"]


def missing_compiler(device: str) -> str | None:
    """What torch.compile lacks for a device, or None."""
    if device == "cpu":
        # Loaded when asked for: it takes a second.
        from torch._inductor.cpp_builder import get_cpp_compiler
        from torch._inductor.exc import InvalidCxxCompiler

        try:
            get_cpp_compiler()
        except (InvalidCxxCompiler, OSError):
            return "a C++ compiler; install g++, or set CXX to one"
        return None
    from torch.utils._triton import has_triton

    return None if has_triton() else "Triton, which torch.compile uses on a GPU"


class CompiledRuntime:
    """The network compiled at the first picture of each input size.

    That takes up to a minute; PyTorch keeps the result on disk for the next start.
    """

    name = "compile"

    def __init__(self, model: BlendMaskLite | BlendMask, *, device: str, precision: str) -> None:
        self.device, self.precision = device, precision
        self.model = model.to(device).eval()
        network = PlainNetwork(self.model).to(memory_format=torch.channels_last)
        self._compiled: Any = torch.compile(network, dynamic=False)

    @torch.inference_mode()
    def run(self, pictures: NDArray[np.uint8]) -> Dense:
        """See `Runtime.run`.

        Raises:
            ConfigError: If the network cannot be compiled here.
        """
        try:
            with warnings.catch_warnings(), arithmetic(self.device, self.precision):
                warnings.simplefilter("ignore")
                tensors = self._compiled(on_device(pictures, self.device))
        except torch._dynamo.exc.TorchDynamoException as error:
            first_line = str(error).strip().splitlines()[0]
            raise ConfigError(
                f"runtime 'compile' cannot compile this network here ({first_line}); "
                "choose runtime 'torch'"
            ) from error
        return rebuild(self.model, [tensor.float() for tensor in tensors])
