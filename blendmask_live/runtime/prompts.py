"""How the prompted network is run: PyTorch anywhere, OpenVINO on the CPU."""

from __future__ import annotations

import os
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from blendmask_live.errors import ConfigError
from blendmask_live.measuring.machine import this_machine
from blendmask_live.network.lite.folding import folded
from blendmask_live.network.prompt.model import KEY_STRIDE, PromptNetwork
from blendmask_live.runtime.devices import choose_device
from blendmask_live.runtime.kept_engines import cache_folder, is_intact, keep, network_digest
from blendmask_live.runtime.opening import missing_for
from blendmask_live.runtime.torch_eager import arithmetic

__all__ = ["MEMORIES", "Answers", "PromptRuntime", "Questions", "open_prompt_runtime"]

MEMORIES = 3
"""Remembered crops that a question may bring along."""
_TOGETHER = 2
"""Questions in one run where there are several; runs go side by side, each on its own cores."""
_MOST_STREAMS = 4
_RUNTIMES = {"torch": ("fp32", "bf16"), "openvino": ("fp32", "bf16")}


@dataclass(frozen=True, slots=True)
class Questions:
    """B crops with what is asked of each.

    Attributes:
        crops: (B, side, side, 3) uint8 RGB.
        maps: (B, 5, side / 4, side / 4) float32.
        keys: (B, channels, M) float32, M cells of `MEMORIES` crops.
        memory_masks: (B, 2, M) float32, see `PromptNetwork.forward`.
    """

    crops: NDArray[np.uint8]
    maps: NDArray[np.float32]
    keys: NDArray[np.float32]
    memory_masks: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Answers:
    """What the network says of B questions; see `PromptOutput`.

    Attributes:
        logits: (B, side / 4, side / 4) float32.
        confidences: (B,) float32 expected IoU, 0 to 1.
        keys: (B, channels, cells) float32.
        recall: (B, 2, cells) float32.
    """

    logits: NDArray[np.float32]
    confidences: NDArray[np.float32]
    keys: NDArray[np.float32]
    recall: NDArray[np.float32]


class PromptRuntime(Protocol):
    """Answers questions on one machine in one precision; one thread at a time."""

    name: str
    precision: str

    def ask(self, questions: Questions) -> Answers:
        """Answer any number of questions with crops of one size."""
        ...


def open_prompt_runtime(
    model: PromptNetwork, *, runtime: str, device: str, precision: str, threads: int
) -> PromptRuntime:
    """Prepare the network for running.

    Args:
        runtime: 'torch', 'openvino', or 'auto': OpenVINO on the CPU where it is installed.

    Raises:
        ConfigError: If the combination is not to be had on this machine.
    """
    device = choose_device(device)
    if runtime == "auto":
        runtime = "torch" if missing_for("openvino", device) else "openvino"
    if runtime not in _RUNTIMES:
        offered = ", ".join(_RUNTIMES)
        raise ConfigError(f"runtime {runtime!r}: the prompted network runs with {offered} or auto")
    if missing := missing_for(runtime, device):
        raise ConfigError(f"runtime {runtime!r} {missing}")
    if precision == "auto":
        gains = runtime == "openvino" and this_machine().multiplies_bf16
        precision = "bf16" if gains else "fp32"
    if precision not in _RUNTIMES[runtime]:
        offered = ", ".join(_RUNTIMES[runtime])
        raise ConfigError(f"precision {precision}: runtime {runtime!r} offers {offered}")
    if runtime == "openvino":
        return _OpenVino(model, precision=precision, threads=threads)
    return _Torch(model, device=device, precision=precision)


class _Plain(nn.Module):
    """The folded network with plain inputs and outputs."""

    def __init__(self, model: PromptNetwork) -> None:
        super().__init__()
        self.model = folded(model)
        self.eval()

    def forward(
        self, crops: Tensor, maps: Tensor, keys: Tensor, masks: Tensor
    ) -> tuple[Tensor, ...]:
        output = self.model(crops.permute(0, 3, 1, 2).float(), maps, keys, masks)
        return (
            output.mask_logits[:, 0],
            output.confidence_logits.sigmoid(),
            output.keys.flatten(2),
            output.recall.flatten(2),
        )


class _Torch:
    name = "torch"

    def __init__(self, model: PromptNetwork, *, device: str, precision: str) -> None:
        self.device, self.precision = device, precision
        self._plain = _Plain(model).to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]

    @torch.inference_mode()
    def ask(self, questions: Questions) -> Answers:
        """See `PromptRuntime.ask`."""
        inputs = [torch.from_numpy(part).to(self.device) for part in _parts(questions)]
        with arithmetic(self.device, self.precision):
            outputs = self._plain(*inputs)
        return Answers(*(output.float().cpu().numpy() for output in outputs))


class _OpenVino:
    name = "openvino"

    def __init__(self, model: PromptNetwork, *, precision: str, threads: int) -> None:
        self.precision = precision
        self._model, self._graphs = model, dict[int, Any]()
        self._settings: dict[str, Any] = {
            "INFERENCE_PRECISION_HINT": {"fp32": "f32", "bf16": "bf16"}[precision],
            "PERFORMANCE_HINT": "LATENCY",
        }
        if threads:
            self._settings["INFERENCE_NUM_THREADS"] = threads
        self._streams = min(_MOST_STREAMS, threads or os.cpu_count() or 1)
        self._requests: dict[tuple[int, int], list[Any]] = {}

    def ask(self, questions: Questions) -> Answers:
        """See `PromptRuntime.ask`."""
        count, side = questions.crops.shape[:2]
        batch = 1 if count == 1 else _TOGETHER
        requests = self._requests_for(batch, side)
        parts = [_filled_up(part, -count % batch) for part in _parts(questions)]
        found: list[list[NDArray[np.float32]]] = []
        # A request that runs still reads its inputs.
        running: deque[tuple[Any, list[NDArray[Any]]]] = deque()
        try:
            for number, first in enumerate(range(0, count, batch)):
                if len(running) == len(requests):
                    found.append(_results(running[0][0]))
                    running.popleft()
                inputs = [part[first : first + batch] for part in parts]
                request = requests[number % len(requests)]
                request.start_async(dict(enumerate(inputs)), share_inputs=True)
                running.append((request, inputs))
            found += [_results(request) for request, _ in running]
        except BaseException:
            for request, _ in running:
                request.wait()
            raise
        return Answers(*(np.concatenate(outputs)[:count] for outputs in zip(*found, strict=True)))

    def _requests_for(self, batch: int, side: int) -> list[Any]:
        """What runs side by side; one alone gets all cores."""
        from blendmask_live.runtime.openvino_core import CORE

        if (batch, side) not in self._requests:
            streams = 1 if batch == 1 else self._streams
            settings = self._settings | {"NUM_STREAMS": streams}
            compiled = CORE.compile_model(self._graph(batch, side), "CPU", settings)
            self._requests[batch, side] = [compiled.create_infer_request() for _ in range(streams)]
        return self._requests[batch, side]

    def _graph(self, batch: int, side: int) -> Any:
        """The graph for one shape: as kept on disk, or made and kept."""
        from blendmask_live.runtime.openvino_core import CORE
        from blendmask_live.runtime.openvino_from_torch import convert, save_graph

        digest = network_digest(self._model, "openvino")
        path = cache_folder() / f"prompt-{digest}-{batch}x{side}.xml"
        if is_intact(path, (".bin",)):
            return CORE.read_model(path)
        cells = MEMORIES * (side // KEY_STRIDE) ** 2
        channels = self._model.config.key_channels
        maps = side // 4
        graph = convert(
            _Plain(self._model),
            torch.zeros(batch, side, side, 3, dtype=torch.uint8),
            torch.zeros(batch, 5, maps, maps),
            torch.zeros(batch, channels, cells),
            torch.zeros(batch, 2, cells),
        )
        graph.reshape(
            {
                0: (batch, side, side, 3),
                1: (batch, 5, maps, maps),
                2: (batch, channels, cells),
                3: (batch, 2, cells),
            }
        )
        # Where it cannot be kept, it is made anew the next time.
        with suppress(OSError, RuntimeError):
            keep(path, lambda scratch: save_graph(graph, scratch), (".bin",))
        return graph


def _filled_up(part: NDArray[Any], count: int) -> NDArray[Any]:
    """With the last question again, so that every run is full: each size would be compiled."""
    return np.concatenate([part, np.repeat(part[-1:], count, axis=0)]) if count else part


def _results(request: Any) -> list[NDArray[np.float32]]:
    request.wait()
    return [np.array(request.get_output_tensor(i).data, dtype=np.float32) for i in range(4)]


def _parts(questions: Questions) -> tuple[NDArray[Any], ...]:
    return questions.crops, questions.maps, questions.keys, questions.memory_masks
