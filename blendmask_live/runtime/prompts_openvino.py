"""The prompted network in OpenVINO, on the CPU."""

from __future__ import annotations

import hashlib
import os
from collections import deque
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from blendmask_live.atomic import cache_folder
from blendmask_live.measuring.machine import this_machine
from blendmask_live.network.prompt.plain import PlainPrompt
from blendmask_live.runtime.kept_engines import network_digest
from blendmask_live.runtime.openvino_core import compiled_or_kept
from blendmask_live.runtime.prompt_graph import prompt_graph
from blendmask_live.runtime.prompts import Answers, Questions

__all__ = ["OpenVinoPrompts"]

_TOGETHER = 2
"""Questions in one run where there are several; runs go side by side, each on its own cores."""
_MOST_STREAMS = 4


class OpenVinoPrompts:
    """See `PromptRuntime`."""

    name = "openvino"

    def __init__(self, network: PlainPrompt, *, precision: str, threads: int) -> None:
        self.precision = precision
        self._network = network
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
        count = len(questions.crops)
        together = count - 1 if _is_last_alone(count, self._streams) else count
        found = self._answered([part[:together] for part in questions.parts()], _TOGETHER)
        found += self._answered([part[together:] for part in questions.parts()], 1)
        return Answers(*(np.concatenate(outputs)[:count] for outputs in zip(*found, strict=True)))

    def _answered(
        self, parts: Sequence[NDArray[Any]], batch: int
    ) -> list[list[NDArray[np.float32]]]:
        """What the network gives in each of the runs of `batch` questions that are needed."""
        count, side = parts[0].shape[:2]
        if not count:
            return []
        requests = self._requests_for(batch, side)
        parts = [_filled_up(part, -count % batch) for part in parts]
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
            return found + [_results(request) for request, _ in running]
        except BaseException:
            for request, _ in running:
                request.wait()
            raise

    def _requests_for(self, batch: int, side: int) -> list[Any]:
        """What runs side by side; one alone gets all cores."""
        if (batch, side) not in self._requests:
            streams = 1 if batch == 1 else self._streams
            settings = self._settings | {"NUM_STREAMS": streams}
            compiled = compiled_or_kept(
                self._path(batch, side, settings),
                lambda: prompt_graph(self._network, batch, side),
                settings,
            )
            self._requests[batch, side] = [compiled.create_infer_request() for _ in range(streams)]
        return self._requests[batch, side]

    def _path(self, batch: int, side: int, settings: dict[str, Any]) -> Path:
        """Where the network is kept, compiled for one shape on this machine."""
        made_for = f"{batch}x{side} {sorted(settings.items())} {this_machine()}"
        digest = f"{network_digest(self._network, 'openvino')} {made_for}"
        return cache_folder() / f"prompt-{hashlib.sha256(digest.encode()).hexdigest()[:20]}.blob"


def _is_last_alone(count: int, streams: int) -> bool:
    """Whether the last question gets all cores: with a copy of itself it would hold one alone."""
    runs, left = divmod(count, _TOGETHER)
    return left == 1 and runs % streams == 0


def _filled_up(part: NDArray[Any], count: int) -> NDArray[Any]:
    """With the last question again, so that every run is full: each size would be compiled."""
    return np.concatenate([part, np.repeat(part[-1:], count, axis=0)]) if count else part


def _results(request: Any) -> list[NDArray[np.float32]]:
    request.wait()
    return [np.array(request.get_output_tensor(i).data, dtype=np.float32) for i in range(4)]
