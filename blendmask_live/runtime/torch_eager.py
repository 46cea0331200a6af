"""PyTorch, eager mode: runs everywhere PyTorch does."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from blendmask_live.runtime.runtime import Dense, Network

__all__ = ["DTYPES", "TorchRuntime"]

DTYPES = {"fp32": torch.float32, "fp16": torch.float16, "bf16": torch.bfloat16}


class TorchRuntime:
    """The network as it is, channels last, with autocast for fp16 and bf16."""

    name = "torch"

    def __init__(self, model: Network, *, device: str, precision: str) -> None:
        self.device, self.precision = device, precision
        self.model = model.to(device, memory_format=torch.channels_last).eval()  # type: ignore[call-overload]
        self._dtype = DTYPES[precision]

    def run(self, pictures: Tensor) -> Dense:
        """See `Runtime.run`."""
        # NHWC memory seen as NCHW is already channels last: no copy but the float conversion.
        if self.device != "cpu":
            # From pinned memory the copy waits for nothing.
            pictures = pictures.pin_memory().to(self.device, non_blocking=True)
        batch = pictures.permute(0, 3, 1, 2).float()
        enabled = self._dtype is not torch.float32
        with torch.autocast(torch.device(self.device).type, self._dtype, enabled=enabled):
            dense: Dense = _in_fp32(self.model(batch))
        return dense


def _in_fp32(values: Any) -> Any:
    """The same nest of lists and named tuples with every tensor in fp32."""
    if isinstance(values, Tensor):
        return values.float()
    if isinstance(values, list):
        return [_in_fp32(value) for value in values]
    return None if values is None else type(values)(*map(_in_fp32, values))
