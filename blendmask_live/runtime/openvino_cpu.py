"""OpenVINO on the CPU: the same network two to four times faster than eager PyTorch."""

from __future__ import annotations

import logging
import warnings
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from blendmask_live.runtime.graph import PlainNetwork, rebuild
from blendmask_live.runtime.kept_engines import is_intact, keep, kept_path, network_digest
from blendmask_live.runtime.openvino_core import CORE
from blendmask_live.runtime.runtime import Dense, Network

__all__ = ["OpenVinoRuntime", "convert", "save_graph"]

_log = logging.getLogger(__name__)
_SHAPES_KEPT = 4
"""Compiled networks held at once; each takes some 40 MB."""
_PRECISIONS = {"fp32": "f32", "bf16": "bf16", "int8": "bf16"}
"""Precision -> what OpenVINO calls that of the layers which are not quantised."""
_WEIGHTS = (".bin",)


class OpenVinoRuntime:
    """A graph converted once, kept on disk, and compiled per input size.

    Args:
        precision: 'fp32', 'bf16' or 'int8', where the CPU multiplies it natively.
        threads: CPU threads for the network; 0 lets OpenVINO choose.

    Raises:
        ConfigError: If quantising goes wrong.
    """

    name = "openvino"
    device = "cpu"

    def __init__(self, model: Network, *, precision: str, threads: int = 0) -> None:
        self.model, self.precision = model.eval(), precision
        self._settings: dict[str, Any] = {
            "INFERENCE_PRECISION_HINT": _PRECISIONS[precision],
            "PERFORMANCE_HINT": "LATENCY",
        }
        if threads:
            self._settings["INFERENCE_NUM_THREADS"] = threads
        self._graph = self._open_graph()
        self._requests: dict[tuple[int, ...], Any] = {}

    def run(self, pictures: Tensor) -> Dense:
        """See `Runtime.run`."""
        request = self._request(tuple(pictures.shape))
        results = request.infer({0: pictures.numpy()}, share_inputs=True, share_outputs=True)
        tensors = [torch.from_numpy(results[i]) for i in range(len(results))]
        return rebuild(self.model, tensors)

    def _request(self, shape: tuple[int, ...]) -> Any:
        """The network compiled for an input shape; a few are kept, the latest used last."""
        request = self._requests.pop(shape, None)
        if request is None:
            if len(self._requests) == _SHAPES_KEPT:
                del self._requests[next(iter(self._requests))]
            graph = self._graph.clone()
            graph.reshape(shape)
            request = CORE.compile_model(graph, "CPU", self._settings).create_infer_request()
        self._requests[shape] = request
        return request

    def _open_graph(self) -> Any:
        """The OpenVINO graph of this network: as kept, or prepared and kept."""
        packages = ("openvino", "nncf") if self.precision == "int8" else ("openvino",)
        digest = network_digest(self.model, *packages)
        path = kept_path(self.model, digest, "-int8.xml" if self.precision == "int8" else ".xml")
        if is_intact(path, _WEIGHTS):
            return CORE.read_model(path)
        _log.info("preparing the network for OpenVINO (once)")
        graph = _convert(self.model)
        if self.precision == "int8":
            from blendmask_live.runtime.quantisation import quantised

            graph = quantised(graph, self.model)
        try:
            keep(path, lambda scratch: save_graph(graph, scratch), _WEIGHTS)
        except (OSError, RuntimeError) as error:
            _log.warning("%s: the prepared network cannot be kept (%s)", path.parent, error)
        return graph


def convert(module: nn.Module, *examples: Tensor) -> Any:
    """The OpenVINO graph of a module, for the shapes of the examples.

    Through the frontend itself: `openvino.convert_model` reports its use over the network.
    """
    from openvino.frontend import FrontEndManager

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from openvino.frontend.pytorch.ts_decoder import TorchScriptPythonDecoder

        traced = torch.jit.trace(module, examples, check_trace=False)
        frontend = FrontEndManager().load_by_framework("pytorch")
        # OpenVINO's frontend does not keep it alive by itself.
        decoder = TorchScriptPythonDecoder(traced, example_input=examples)
        return frontend.convert(frontend.load(decoder))


def _convert(model: Network) -> Any:
    """For pictures of any size."""
    import openvino

    graph = convert(PlainNetwork(model), torch.zeros(1, 64, 96, 3, dtype=torch.uint8))
    graph.inputs[0].get_node().set_partial_shape(openvino.PartialShape([-1, -1, -1, 3]))
    graph.validate_nodes_and_infer_types()
    return graph


def save_graph(graph: Any, path: Path) -> None:
    """Write a graph and its weights beside it."""
    import openvino

    openvino.save_model(graph, path, compress_to_fp16=False)
