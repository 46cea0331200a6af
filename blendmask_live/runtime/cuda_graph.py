"""CUDA graphs: the whole network as one launch per frame."""

from __future__ import annotations

import copy
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from blendmask_live.errors import ConfigError
from blendmask_live.network.family.model import BlendMask
from blendmask_live.network.lite.model import BlendMaskLite
from blendmask_live.runtime.graph import PlainNetwork, rebuild
from blendmask_live.runtime.runtime import Dense
from blendmask_live.runtime.torch_eager import DTYPES, arithmetic

__all__ = ["CudaGraphRuntime"]

_SHAPES_KEPT = 4
"""Recorded graphs held at once; each holds the memory of its features."""
_WARM_UP_RUNS = 3
"""PyTorch asks for some before a recording, so that cuDNN has chosen its kernels."""


@dataclass(frozen=True, slots=True, eq=False)
class _Recording:
    """A recorded network with the memory that it reads and writes."""

    graph: torch.cuda.CUDAGraph
    pictures: Tensor
    host_pictures: Tensor
    """Pinned, so that the copy to the device waits for nothing."""
    copied: torch.cuda.Event
    """When `host_pictures` may be overwritten."""
    outputs: tuple[Tensor, ...]


class CudaGraphRuntime:
    """The network recorded once per input size and replayed.

    Raises:
        ConfigError: If the device is not a GPU.
    """

    name = "cudagraph"

    def __init__(self, model: BlendMaskLite | BlendMask, *, device: str, precision: str) -> None:
        if not device.startswith("cuda"):
            raise ConfigError(f"runtime 'cudagraph' needs CUDA, not {device}; choose --device cuda")
        self.device, self.precision = device, precision
        self.model = model.to(device).eval()
        # A copy, because the top layer of `model` goes on in fp32.
        self._network = copy.deepcopy(PlainNetwork(self.model))
        for layer in self._network.modules():
            if isinstance(layer, nn.Conv2d):
                # Cast beforehand: autocast would do it in every replay.
                layer.to(DTYPES[precision], memory_format=torch.channels_last)  # type: ignore[call-overload]
        self._recordings: dict[tuple[int, ...], _Recording] = {}

    @torch.inference_mode()
    def run(self, pictures: NDArray[np.uint8]) -> Dense:
        """See `Runtime.run`."""
        with torch.cuda.device(self.device):
            recording = self._recording(torch.Size(pictures.shape))
            # Waits only for a caller that does not read its results.
            recording.copied.synchronize()
            recording.host_pictures.copy_(torch.from_numpy(pictures))
            recording.pictures.copy_(recording.host_pictures, non_blocking=True)
            recording.copied.record()
            recording.graph.replay()
        return rebuild(self.model, recording.outputs)

    def _recording(self, shape: torch.Size) -> _Recording:
        """The recording for an input shape; a few are kept, the latest used last."""
        recording = self._recordings.pop(tuple(shape), None)
        if recording is None:
            if len(self._recordings) == _SHAPES_KEPT:
                del self._recordings[next(iter(self._recordings))]
            recording = self._record(shape)
        self._recordings[tuple(shape)] = recording
        return recording

    def _record(self, shape: torch.Size) -> _Recording:
        pictures = torch.zeros(shape, dtype=torch.uint8, device=self.device)
        # As PyTorch asks: warmed up and recorded on a stream of its own.
        stream = torch.cuda.Stream(self.device)
        stream.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(stream):
            for _ in range(_WARM_UP_RUNS):
                self._forward(pictures)
        torch.cuda.current_stream().wait_stream(stream)
        graph = torch.cuda.CUDAGraph()
        # Other threads may use the GPU meanwhile, to decode video for instance.
        with torch.cuda.graph(graph, stream=stream, capture_error_mode="thread_local"):
            outputs = self._forward(pictures)
        host_pictures = torch.zeros(shape, dtype=torch.uint8, pin_memory=True)
        return _Recording(graph, pictures, host_pictures, torch.cuda.Event(), outputs)

    def _forward(self, pictures: Tensor) -> tuple[Tensor, ...]:
        # Casts that autocast keeps would be freed memory in a replay.
        with arithmetic(self.device, self.precision, keeps_casts=False):
            return tuple(tensor.float() for tensor in self._network(pictures))
