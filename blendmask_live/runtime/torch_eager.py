"""PyTorch, eager mode: runs everywhere PyTorch does."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from blendmask_live.network.family.model import BlendMask
from blendmask_live.network.lite.model import BlendMaskLite
from blendmask_live.runtime.runtime import Dense

__all__ = ["DTYPES", "TorchRuntime", "arithmetic", "on_device"]

DTYPES = {"fp32": torch.float32, "fp16": torch.float16, "bf16": torch.bfloat16}


@contextmanager
def arithmetic(device: str, precision: str, *, keeps_casts: bool = True) -> Iterator[None]:
    """PyTorch computes in a precision meanwhile.

    fp32 is fp32 on a GPU too, where cuDNN would round to TF32: it is what others are held to.

    Args:
        keeps_casts: Weights that autocast has rounded are used again until the end.
    """
    dtype = DTYPES[precision]
    on_gpu = device != "cpu"
    with (
        torch.backends.cudnn.flags(enabled=True, allow_tf32=False) if on_gpu else nullcontext(),
        torch.autocast(
            torch.device(device).type,
            dtype,
            enabled=dtype is not torch.float32,
            cache_enabled=keeps_casts,
        ),
    ):
        yield


def on_device(pictures: NDArray[np.uint8], device: str) -> Tensor:
    """Pictures where the network is."""
    tensor = torch.from_numpy(pictures)
    # From pinned memory the copy waits for nothing.
    return tensor if device == "cpu" else tensor.pin_memory().to(device, non_blocking=True)


class TorchRuntime:
    """The network as it is, channels last, with autocast for fp16 and bf16."""

    name = "torch"

    def __init__(self, model: BlendMaskLite | BlendMask, *, device: str, precision: str) -> None:
        self.device, self.precision = device, precision
        self.model = model.to(device, memory_format=torch.channels_last).eval()  # type: ignore[call-overload]

    @torch.inference_mode()
    def run(self, pictures: NDArray[np.uint8]) -> Dense:
        """See `Runtime.run`."""
        # NHWC memory seen as NCHW is already channels last: no copy but the float conversion.
        batch = on_device(pictures, self.device).permute(0, 3, 1, 2).float()
        with arithmetic(self.device, self.precision):
            dense: Dense = _in_fp32(self.model(batch))
        return dense


def _in_fp32(values: Any) -> Any:
    """The same nest of lists and named tuples with every tensor in fp32."""
    if isinstance(values, Tensor):
        return values.float()
    if isinstance(values, list):
        return [_in_fp32(value) for value in values]
    return None if values is None else type(values)(*map(_in_fp32, values))
