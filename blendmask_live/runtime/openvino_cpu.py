"""OpenVINO on the CPU: the same network two to four times faster than eager PyTorch."""

from __future__ import annotations

import copy
import hashlib
import logging
import threading
from pathlib import Path
from typing import Any

import numpy as np
import openvino
from numpy.typing import NDArray

from blendmask_live.measuring.machine import this_machine, usable_cores
from blendmask_live.network.lite.plain import PlainDense, Top
from blendmask_live.runtime.kept_engines import is_intact, keep, kept_path, network_digest
from blendmask_live.runtime.openvino_core import CORE, compiled_or_kept
from blendmask_live.runtime.plain_openvino import lite_graph, top_graph
from blendmask_live.runtime.runtime import Dense, Network, is_lite, plain_form

__all__ = ["OpenVinoRuntime", "OpenVinoTop", "network_graph"]

_log = logging.getLogger(__name__)
_SHAPES_KEPT = 8
"""Compiled networks held at once; each takes some 40 MB. Pictures of four shapes may be seen in two
sizes."""
_PRECISIONS = {"fp32": "f32", "bf16": "bf16", "int8": "bf16"}
"""Precision -> what OpenVINO calls that of the layers which are not quantised."""
_STREAMS = 2
"""Pictures at once, where latency does not matter."""
_SHAPES_ON_DISK = 2
"""So many shapes of a process are kept: what a start needs. Each takes 12 MB."""
_WEIGHTS = (".bin",)
_TOP_ROWS = 32
"""Locations that the top layer looks at in one go. One shape, since each is prepared anew."""


class OpenVinoRuntime:
    """A network compiled per input size.

    Args:
        precision: 'fp32', 'bf16' or 'int8', where the CPU multiplies it natively.
        threads: CPU threads for the network; 0 lets OpenVINO choose.

    Raises:
        ConfigError: If quantising goes wrong.
    """

    name = "openvino"
    device = "cpu"

    def __init__(self, model: Network, *, precision: str, threads: int = 0) -> None:
        self.model, self.precision = model, precision
        self._threads = threads
        self._compiler = _Compiler(model, precision, {"PERFORMANCE_HINT": "LATENCY"}, threads)
        self._requests: dict[tuple[int, ...], Any] = {}

    def run(self, pictures: NDArray[np.uint8]) -> Dense:
        """See `Runtime.run`."""
        request = self._request(pictures.shape)
        results = request.infer({0: pictures}, share_inputs=True, share_outputs=True)
        outputs = [results[i] for i in range(len(results))]
        if is_lite(self.model):
            # OpenVINO gives bfloat16 as if it were float16; other numbers are not of that type.
            bits = (o.view(np.uint16) if o.dtype == np.float16 else o for o in outputs)
            return PlainDense.of(list(bits))
        import torch

        from blendmask_live.runtime.graph import rebuild

        return rebuild(self.model, [torch.from_numpy(output) for output in outputs])

    def in_parallel(self) -> list[OpenVinoRuntime]:
        """Runtimes of this network that run at the same time and share the threads.

        Each picture takes longer than here, all together take less: no thread waits for another
        at the end of each layer. With one thread there is nothing to gain.
        """
        if (self._threads or usable_cores()) < _STREAMS:
            return [self]
        settings = {
            "PERFORMANCE_HINT": "THROUGHPUT",
            "NUM_STREAMS": _STREAMS,
            # Decoding and encoding need the cores too, now one and now the other.
            "ENABLE_CPU_PINNING": False,
        }
        compiler = _Compiler(self.model, self.precision, settings, self._threads)
        runtimes = [copy.copy(self) for _ in range(_STREAMS)]
        for runtime in runtimes:
            runtime._compiler, runtime._requests = compiler, {}
        return runtimes

    def _request(self, shape: tuple[int, ...]) -> Any:
        """The network compiled for an input shape; a few are kept, the latest used last."""
        request = self._requests.pop(shape, None)
        if request is None:
            if len(self._requests) == _SHAPES_KEPT:
                del self._requests[next(iter(self._requests))]
            request = self._compiler.compiled(shape).create_infer_request()
        self._requests[shape] = request
        return request


class _Compiler:
    """Compiles a network for input shapes; for any thread.

    The graph of blendmask-lite is made of its weights in a moment; compiled, it is kept on disk.
    Others are converted from PyTorch or quantised once, and kept as graphs.
    """

    def __init__(
        self, model: Network, precision: str, settings: dict[str, Any], threads: int
    ) -> None:
        self.model, self.precision = model, precision
        self._settings = {"INFERENCE_PRECISION_HINT": _PRECISIONS[precision], **settings}
        if threads:
            self._settings["INFERENCE_NUM_THREADS"] = threads
        # What is kept compiled needs no graph.
        self._is_quick = is_lite(model) and precision != "int8"
        self._graph = None if self._is_quick else self._open_graph()
        self._turn = threading.Lock()
        self._sizes_seen = 0
        self._networks: dict[tuple[int, ...], Any] = {}

    def compiled(self, shape: tuple[int, ...]) -> Any:
        """The network for an input shape; the same one for all that ask."""
        with self._turn:
            found = self._networks.pop(shape, None)
            if found is None:
                if len(self._networks) == _SHAPES_KEPT:
                    del self._networks[next(iter(self._networks))]
                found = self._as_kept_or_compiled(shape)
            self._networks[shape] = found
            return found

    def _as_kept_or_compiled(self, shape: tuple[int, ...]) -> Any:
        self._sizes_seen += 1
        if not self._is_quick or self._sizes_seen > _SHAPES_ON_DISK:
            return self._compile(shape)
        return compiled_or_kept(
            self._path_of(shape), lambda: self._graph_for(shape), self._settings
        )

    def _compile(self, shape: tuple[int, ...]) -> Any:
        return CORE.compile_model(self._graph_for(shape), "CPU", self._settings)

    def _graph_for(self, shape: tuple[int, ...]) -> Any:
        if self._graph is None:
            self._graph = network_graph(self.model, in_bf16=self.precision == "bf16")
        graph = self._graph.clone()
        graph.reshape(shape)
        return graph

    def _path_of(self, shape: tuple[int, ...]) -> Path:
        """Where the network is kept, compiled for a shape on this machine."""
        made_for = f"{shape} {sorted(self._settings.items())} {this_machine()}"
        digest = f"{network_digest(self.model, 'openvino')} {made_for}"
        return kept_path(self.model, hashlib.sha256(digest.encode()).hexdigest()[:20], ".blob")

    def _open_graph(self) -> Any:
        """The OpenVINO graph of this network: as kept, or prepared and kept."""
        is_rounded = self.precision == "int8"
        packages = ("openvino", "nncf") if is_rounded else ("openvino",)
        digest = network_digest(self.model, *packages)
        path = kept_path(self.model, digest, "-int8.xml" if is_rounded else ".xml")
        if is_intact(path, _WEIGHTS):
            return CORE.read_model(path)
        _log.info("preparing the network for OpenVINO (once)")
        graph = network_graph(self.model)
        if is_rounded:
            from blendmask_live.runtime.quantisation import quantised

            graph = quantised(graph, self.model)
        try:
            keep(
                path,
                lambda scratch: openvino.save_model(graph, scratch, compress_to_fp16=False),
                _WEIGHTS,
            )
        except (OSError, RuntimeError) as error:
            _log.warning("%s: the prepared network cannot be kept (%s)", path.parent, error)
        return graph


def network_graph(network: Network, *, in_bf16: bool = False) -> Any:
    """The graph of a network, for pictures (B, h, w, 3) uint8 of any size.

    Args:
        in_bf16: As for `lite_graph`; other networks give fp32.
    """
    if is_lite(network):
        return lite_graph(plain_form(network), in_bf16=in_bf16)
    from blendmask_live.runtime.openvino_from_torch import family_graph

    return family_graph(network.eval())  # type: ignore[union-attr, arg-type]


class OpenVinoTop:
    """The top layer in OpenVINO, for any number of locations; for one thread at a time.

    Args:
        precision: Of the network whose features it reads; bf16 is as precise as they are then.
    """

    def __init__(self, top: Top, precision: str) -> None:
        hint = "bf16" if precision == "bf16" else "f32"
        # A second thread would take longer to wake than the work takes.
        settings = {"INFERENCE_PRECISION_HINT": hint, "INFERENCE_NUM_THREADS": 1}
        compiled = CORE.compile_model(top_graph(top, _TOP_ROWS), "CPU", settings)
        self._request = compiled.create_infer_request()
        self._outputs = len(top.attend_bias)

    def __call__(self, patches: NDArray[np.float32]) -> NDArray[np.float32]:
        """(N, 9 * F + 4) -> (N, K * M * M) attention logits."""
        found = np.empty((len(patches), self._outputs), np.float32)
        for first in range(0, len(patches), _TOP_ROWS):
            rows = patches[first : first + _TOP_ROWS]
            count = len(rows)
            if count < _TOP_ROWS:
                rows = np.concatenate(
                    [rows, np.zeros((_TOP_ROWS - count, rows.shape[1]), np.float32)]
                )
            results = self._request.infer({0: rows}, share_inputs=True, share_outputs=True)
            found[first : first + count] = results[0][:count]
        return found
