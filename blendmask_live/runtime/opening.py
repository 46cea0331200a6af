"""Opens one runtime in one precision, or says what is missing for it."""

from __future__ import annotations

from importlib.util import find_spec

from blendmask_live.config import RUNTIMES
from blendmask_live.errors import ConfigError
from blendmask_live.measuring.machine import this_machine
from blendmask_live.network.family.config import BlendMaskConfig
from blendmask_live.runtime.runtime import Network, Runtime, is_lite, torch_form

__all__ = ["IN_PYTORCH", "available_runtimes", "default_precision", "missing_for", "open_as_asked"]

_ON_CPU_ONLY = ("openvino",)
_ON_GPU_ONLY = ("cudagraph", "tensorrt")
IN_PYTORCH = ("torch", "compile", "cudagraph")


def available_runtimes(device: str = "cpu") -> tuple[str, ...]:
    """The runtimes that can be used on a device of this machine."""
    return tuple(name for name in RUNTIMES if missing_for(name, device) is None)


def missing_for(runtime: str, device: str) -> str | None:
    """Why a runtime cannot be used on a device here, with the way out; None where it can.

    Args:
        runtime: One of `RUNTIMES`.
        device: 'cpu' or 'cuda:N'.
    """
    on_cpu = device == "cpu"
    if runtime in _ON_CPU_ONLY and not on_cpu:
        return f"runs on the CPU, not on {device}; choose --device cpu"
    if runtime in _ON_GPU_ONLY and on_cpu:
        return "needs CUDA, and no GPU is used here"
    if runtime == "compile":
        from blendmask_live.runtime.torch_compiled import missing_compiler

        lacking = missing_compiler(device)
        return lacking and f"needs {lacking}"
    if runtime == "openvino" and not find_spec("openvino"):
        return "is not installed; pip install openvino"
    if runtime in ("onnxruntime", "tensorrt"):
        return _missing_for_onnx(runtime, on_cpu=on_cpu)
    return None


def _missing_for_onnx(runtime: str, *, on_cpu: bool) -> str | None:
    from blendmask_live.runtime.onnx_runtime import has_provider

    if not (find_spec("onnx") and find_spec("onnxruntime")):
        return f"is not installed; pip install 'blendmask-live[{'onnx' if on_cpu else 'tensorrt'}]'"
    provider = "Tensorrt" if runtime == "tensorrt" else "CPU" if on_cpu else "CUDA"
    if has_provider(f"{provider}ExecutionProvider"):
        return None
    # Both packages write the same files.
    return (
        f"needs ONNX Runtime with {provider}; pip uninstall onnxruntime, then pip install "
        "'blendmask-live[tensorrt]'"
    )


def default_precision(model: Network, runtime: str, device: str) -> str:
    """The fastest precision of a runtime that needs no check of its own."""
    if device != "cpu":
        return "fp16" if "fp16" in RUNTIMES[runtime] else "fp32"
    # The published figures were made in fp32, and PyTorch's casts cost what bf16 gains.
    gains = runtime == "openvino" and is_lite(model) and this_machine().multiplies_bf16
    return "bf16" if gains else "fp32"


def open_as_asked(
    model: Network, *, runtime: str, device: str, precision: str, threads: int
) -> Runtime:
    """Prepare a network for a named runtime; arguments as in `open_runtime`.

    Raises:
        ConfigError: If the combination is not to be had on this machine.
    """
    if runtime not in RUNTIMES:
        raise ConfigError(f"runtime {runtime!r}: choose one of {', '.join(RUNTIMES)}")
    if missing := missing_for(runtime, device):
        raise ConfigError(f"runtime {runtime!r} {missing}")
    if precision == "auto":
        precision = default_precision(model, runtime, device)
    if precision not in RUNTIMES[runtime]:
        offered = ", ".join(RUNTIMES[runtime])
        raise ConfigError(f"precision {precision}: runtime {runtime!r} offers {offered}")
    config = model.config
    if isinstance(config, BlendMaskConfig) and config.is_deformable and runtime not in IN_PYTORCH:
        raise ConfigError(
            f"runtime {runtime!r} has no deformable convolution, which "
            f"{config.name} needs; choose runtime 'torch'"
        )
    return _open(model, runtime=runtime, device=device, precision=precision, threads=threads)


def _open(model: Network, *, runtime: str, device: str, precision: str, threads: int) -> Runtime:
    # Imported when used: each runtime is a library of its own.
    if runtime == "openvino":
        from blendmask_live.runtime.openvino_cpu import OpenVinoRuntime

        return OpenVinoRuntime(model, precision=precision, threads=threads)
    if runtime in ("onnxruntime", "tensorrt"):
        from blendmask_live.runtime.onnx_runtime import OnnxRuntime

        return OnnxRuntime(model, name=runtime, device=device, precision=precision, threads=threads)
    import torch

    if threads and device == "cpu":
        torch.set_num_threads(threads)
    module = torch_form(model)
    if runtime == "compile":
        from blendmask_live.runtime.torch_compiled import CompiledRuntime

        return CompiledRuntime(module, device=device, precision=precision)
    if runtime == "cudagraph":
        from blendmask_live.runtime.cuda_graph import CudaGraphRuntime

        return CudaGraphRuntime(module, device=device, precision=precision)
    from blendmask_live.runtime.torch_eager import TorchRuntime

    return TorchRuntime(module, device=device, precision=precision)
