"""OpenVINO on the CPU: the same network two to four times faster than eager PyTorch."""

from __future__ import annotations

import hashlib
import logging
import os
import tempfile
import warnings
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from blendmask_live.errors import ConfigError
from blendmask_live.network.lite import BlendMaskLite
from blendmask_live.runtime.graph import GRAPH_VERSION, PlainNetwork, rebuild
from blendmask_live.runtime.runtime import Dense, Network

__all__ = ["OpenVinoRuntime", "cache_folder"]

_log = logging.getLogger(__name__)
_SHAPES_KEPT = 4
"""Compiled networks held at once; each takes some 40 MB."""
_PRECISIONS = {"fp32": "f32", "bf16": "bf16"}


class OpenVinoRuntime:
    """A graph converted once, kept on disk, and compiled per input size.

    Args:
        precision: 'fp32', or 'bf16' where the CPU multiplies it natively.
        threads: CPU threads for the network; 0 lets OpenVINO choose.
    """

    name = "openvino"
    device = "cpu"

    def __init__(self, model: Network, *, precision: str, threads: int = 0) -> None:
        if precision not in _PRECISIONS:
            raise ConfigError(
                f"precision {precision}: runtime 'openvino' offers {', '.join(_PRECISIONS)}"
            )
        import openvino

        self.model, self.precision = model.eval(), precision
        self._core = openvino.Core()
        self._settings: dict[str, Any] = {
            "INFERENCE_PRECISION_HINT": _PRECISIONS[precision],
            "PERFORMANCE_HINT": "LATENCY",
        }
        if threads:
            self._settings["INFERENCE_NUM_THREADS"] = threads
        self._graph = _open_graph(self._core, model)
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
            request = self._core.compile_model(graph, "CPU", self._settings).create_infer_request()
        self._requests[shape] = request
        return request


def cache_folder() -> Path:
    """Where converted graphs are kept; `XDG_CACHE_HOME` is honoured."""
    base = os.environ.get("XDG_CACHE_HOME")
    if not base:
        try:
            base = str(Path.home() / ".cache")
        except RuntimeError:
            # A user without a home directory.
            base = tempfile.gettempdir()
    return Path(base) / "blendmask-live"


def _open_graph(core: Any, model: Network) -> Any:
    """The OpenVINO graph of this network: from the cache, or converted and kept there."""
    import openvino

    versions = f"{GRAPH_VERSION} {openvino.__version__} {torch.__version__} {model.config}"
    digest = hashlib.sha256(versions.encode())
    for name, value in sorted(model.state_dict().items()):
        digest.update(name.encode() + value.cpu().contiguous().numpy().tobytes())
    name = "lite" if isinstance(model, BlendMaskLite) else model.config.name
    path = cache_folder() / f"{name}-{digest.hexdigest()[:20]}.xml"
    if _is_intact(path):
        return core.read_model(path)
    _log.info("preparing the network for OpenVINO (once)")
    graph = _convert(model)
    try:
        _keep(graph, path)
    except (OSError, RuntimeError) as error:
        _log.warning("%s: the prepared network cannot be kept (%s)", path.parent, error)
    return graph


def _convert(model: Network) -> Any:
    import openvino

    example = torch.zeros(1, 64, 96, 3, dtype=torch.uint8)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        # Traced here because the converter's own tracing runs everything twice to check it.
        traced = torch.jit.trace(PlainNetwork(model), example, check_trace=False)
        return openvino.convert_model(
            traced, example_input=example, input=[openvino.PartialShape([-1, -1, -1, 3])]
        )


def _checksum(path: Path) -> str:
    parts = path.read_bytes(), path.with_suffix(".bin").read_bytes()
    return hashlib.sha256(b"".join(parts)).hexdigest()


def _is_intact(path: Path) -> bool:
    """Whether a graph was written completely; a damaged one may load and compute nonsense."""
    try:
        return path.with_suffix(".sha256").read_text() == _checksum(path)
    except (OSError, ValueError):
        return False


def _keep(graph: Any, path: Path) -> None:
    """Write a graph; its checksum comes last, so a kill in between leaves an invalid entry."""
    import openvino

    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent) as scratch:
        made = Path(scratch) / path.name
        openvino.save_model(graph, made, compress_to_fp16=False)
        made.with_suffix(".sha256").write_text(_checksum(made))
        for suffix in (".bin", ".xml", ".sha256"):
            made.with_suffix(suffix).replace(path.with_suffix(suffix))
