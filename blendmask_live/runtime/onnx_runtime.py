"""ONNX Runtime: on the CPU, on CUDA, and through it TensorRT."""

from __future__ import annotations

import logging
import re
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from blendmask_live.errors import ConfigError
from blendmask_live.network.lite.plain import PlainDense
from blendmask_live.runtime.devices import out_of_memory
from blendmask_live.runtime.kept_engines import (
    is_intact,
    keep,
    kept_path,
    network_digest,
)
from blendmask_live.runtime.runtime import Dense, Network, is_lite, plain_form, torch_form

__all__ = ["OnnxRuntime", "has_provider"]

_log = logging.getLogger(__name__)
_ONLY_ERRORS = 3
"""ONNX Runtime's log level: it warns of every size that is not the traced one."""
_PROVIDERS = {"cpu": "CPUExecutionProvider", "cuda": "CUDAExecutionProvider"}
_TENSORRT = "TensorrtExecutionProvider"


def has_provider(name: str) -> bool:
    """Whether the installed ONNX Runtime, if any, has an execution provider."""
    try:
        import onnxruntime
    except ImportError:
        return False
    return name in onnxruntime.get_available_providers()


class OnnxRuntime:
    """The network exported once to ONNX, kept on disk if it can be, for pictures of any size.

    On a GPU the results travel through host memory.

    Args:
        name: 'onnxruntime' or 'tensorrt'.
        precision: 'fp32'; 'tensorrt' may also use fp16.
        threads: CPU threads for the network; 0 lets ONNX Runtime choose.
    """

    def __init__(
        self, model: Network, *, name: str, device: str, precision: str, threads: int = 0
    ) -> None:
        import onnxruntime

        self.name, self.device, self.precision = name, device, precision
        options = onnxruntime.SessionOptions()
        options.log_severity_level = _ONLY_ERRORS
        options.intra_op_num_threads = threads
        # A pool that spins between frames takes the cores from decoding and drawing.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        path = kept_path(model, network_digest(model, "onnx"), ".onnx")
        graph = _exported(model, path)
        # Where the graph cannot be kept, engines cannot either, and one warning is enough.
        providers = self._providers(None if isinstance(graph, bytes) else path)
        try:
            # With fallback, a provider that fails would be replaced by the CPU's.
            self._session = onnxruntime.InferenceSession(
                graph, options, providers=providers, enable_fallback=0
            )
        except _own_errors() as error:
            raise ConfigError(f"runtime {name!r} cannot run this network: {error}") from error
        used = self._session.get_providers()[0]
        if (wanted := providers[0][0]) != used:
            raise ConfigError(
                f"runtime {name!r} fell back to {used}: {wanted} does not load here; see that "
                "CUDA, cuDNN and TensorRT fit the installed onnxruntime-gpu"
            )
        self._gives_arrays = is_lite(model) and device == "cpu"
        self.model: Network = model
        if not self._gives_arrays:
            self.model = torch_form(model).to(device)

    def run(self, pictures: NDArray[np.uint8]) -> Dense:
        """See `Runtime.run`.

        Raises:
            ConfigError: If it turns out that the network cannot be run here.
        """
        try:
            results = self._session.run(None, {"pictures": pictures})
        except _own_errors() as error:
            reason = " ".join(str(error).split())
            if re.search("allocate memory|out of memory", reason):
                out_of_memory(reason)
            raise ConfigError(
                f"runtime {self.name!r} cannot run this network: {reason}; choose runtime 'torch'"
            ) from error
        if self._gives_arrays:
            return PlainDense.of(results)
        import torch

        from blendmask_live.runtime.graph import rebuild

        return rebuild(self.model, [torch.from_numpy(part).to(self.device) for part in results])

    def _providers(self, kept_graph: Path | None) -> list[tuple[str, dict[str, Any]]]:
        kind, _, index = self.device.partition(":")
        if kind == "cpu":
            return [(_PROVIDERS[kind], {})]
        on_gpu = {"device_id": int(index)}
        cuda = (_PROVIDERS["cuda"], on_gpu)
        if self.name != "tensorrt":
            return [cuda]
        with suppress(ImportError):
            # Loads TensorRT's libraries from its package, where ONNX Runtime does not look.
            import tensorrt  # noqa: F401
        engines: dict[str, Any] = {"trt_fp16_enable": self.precision == "fp16"}
        engines |= {} if kept_graph is None else _engine_cache(kept_graph)
        return [(_TENSORRT, {**on_gpu, **engines}), cuda]


def _own_errors() -> tuple[type[Exception], ...]:
    """ONNX Runtime's errors, which share no base of their own."""
    from onnxruntime.capi import onnxruntime_pybind11_state as state

    names = ("EPFail", "Fail", "InvalidGraph", "NotImplemented", "RuntimeException")
    return RuntimeError, *(getattr(state, name) for name in names)


def _engine_cache(graph: Path) -> dict[str, Any]:
    """TensorRT's options to keep its engines, for those of one graph."""
    folder = graph.parent / "tensorrt" / graph.stem
    try:
        # ONNX Runtime makes one folder, not its parents.
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        _warn_not_kept(folder, error)
        return {}
    return {"trt_engine_cache_enable": True, "trt_engine_cache_path": str(folder)}


def _exported(model: Network, path: Path) -> str | bytes:
    """Path of the network as ONNX, exported and kept there unless it is; else its content."""
    if not is_intact(path):
        _log.info("exporting the network to ONNX (once)")
        content = _onnx(model)
        try:
            keep(path, lambda scratch: scratch.write_bytes(content))
        except OSError as error:
            _warn_not_kept(path.parent, error)
            return content
    return str(path)


def _warn_not_kept(folder: Path, error: OSError) -> None:
    _log.warning(
        "%s: the prepared network cannot be kept, so each start takes longer (%s); set "
        "XDG_CACHE_HOME to a folder that can be written to",
        folder,
        error.strerror,
    )


def _onnx(model: Network) -> bytes:
    if is_lite(model):
        from blendmask_live.runtime.plain_onnx import lite_model

        return lite_model(plain_form(model))
    from blendmask_live.runtime.onnx_from_torch import family_model

    return family_model(torch_form(model).cpu().eval())  # type: ignore[arg-type]
