"""A GPU that is missing, broken or full leads to a clear way out. The failures are injected."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor

from blendmask_live.commands.doctor import _gpus, _reason
from blendmask_live.errors import ConfigError
from blendmask_live.network.lite.model import BlendMaskLite
from blendmask_live.runtime import (
    Dense,
    Network,
    Runtime,
    choose_device,
    devices,
    missing_for,
    open_runtime,
    opening,
    select_runtime,
    selection,
)
from blendmask_live.runtime.opening import open_as_asked

OLD_DRIVER = (
    "The NVIDIA driver on your system is too old (found version 11040). Please update it.\n"
    "More for programmers."
)
NO_KERNEL = "CUDA error: no kernel image is available for execution on the device\nSet this."


@pytest.fixture(params=[OLD_DRIVER, NO_KERNEL])
def reason(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """A GPU that seems to be there, on which nothing can be computed; gives the reason."""

    def ones(*_: object, **__: object) -> Tensor:
        raise RuntimeError(request.param)

    monkeypatch.setattr(torch, "ones", ones)
    monkeypatch.setattr(devices, "has_driver", lambda: True)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 1)
    text: str = request.param
    return text.partition("\n")[0].partition(". ")[0]


def test_auto_goes_on_with_the_cpu_and_says_why(
    reason: str, caplog: pytest.LogCaptureFixture
) -> None:
    assert choose_device("auto") == "cpu"
    assert caplog.messages == [f"the GPU cannot be used ({reason}); going on with the CPU"]


@pytest.mark.parametrize("device", ["cuda", "cuda:0"])
def test_a_gpu_asked_for_by_name_is_refused_with_the_reason(reason: str, device: str) -> None:
    with pytest.raises(ConfigError) as refused:
        choose_device(device)
    assert str(refused.value).startswith(f"device {device!r}: {reason}; 1 GPU(s) found, use 'cpu'")


def test_doctor_says_why_a_gpu_cannot_be_used(reason: str) -> None:
    verdict, found = _gpus(torch)
    assert (verdict.value, found) == ("missing", f"none that PyTorch can use: {reason}")


def test_a_network_that_does_not_fit_is_refused(
    network: BlendMaskLite, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(model: Network, **options: object) -> Runtime:
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 MiB.")

    monkeypatch.setattr(opening, "_open", full)
    with pytest.raises(ConfigError, match=r"memory is not enough to load.*close other programs"):
        open_runtime(network, runtime="torch", device="cpu")


class _Full:
    """A runtime that opens, and then finds no memory to run in."""

    def __init__(self, runtime: Runtime) -> None:
        self.name, self.precision = runtime.name, runtime.precision
        self.device, self.model = runtime.device, runtime.model

    def run(self, pictures: NDArray[np.uint8]) -> Dense:
        raise torch.OutOfMemoryError("CUDA out of memory.")


def test_auto_passes_over_what_runs_out_of_memory_and_doctor_says_so(
    network: BlendMaskLite, monkeypatch: pytest.MonkeyPatch
) -> None:
    if missing := missing_for("onnxruntime", "cpu"):
        pytest.skip(f"onnxruntime {missing}")

    def open_one(model: Network, *, runtime: str, **rest: Any) -> Runtime:
        opened = open_as_asked(model, runtime=runtime, **rest)
        return _Full(opened) if runtime == "onnxruntime" else opened

    monkeypatch.setattr(selection, "open_as_asked", open_one)
    monkeypatch.setattr(selection, "_BY_EXPECTED_SPEED", {"cpu": ("onnxruntime", "torch")})
    monkeypatch.setattr(selection, "_remember", lambda key, selection: None)
    monkeypatch.setattr(selection, "_remembered", lambda key: None)
    found = select_runtime(copy.deepcopy(network), device="cpu", precision="fp32")
    assert found.runtime == "torch"
    assert "onnxruntime fp32 CUDA out of memory." in _reason(found.trials)


class _Session:
    """What ONNX Runtime raises while it runs."""

    def __init__(self, message: str) -> None:
        self._message = message

    def run(self, names: None, inputs: dict[str, Any]) -> list[Any]:
        raise RuntimeError(self._message)


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ("Failed to allocate memory for requested buffer of size 4096", torch.OutOfMemoryError),
        ("CUDA failure 2: out of memory ; GPU=0", torch.OutOfMemoryError),
        ("TensorRT EP failed to create engine\nfrom network", ConfigError),
    ],
)
def test_what_onnx_runtime_raises_in_a_frame_is_told_apart(
    network: BlendMaskLite, message: str, kind: type[Exception]
) -> None:
    if missing := missing_for("onnxruntime", "cpu"):
        pytest.skip(f"onnxruntime {missing}")
    runtime: Any = open_runtime(copy.deepcopy(network), runtime="onnxruntime", device="cpu")
    runtime._session = _Session(message)
    with pytest.raises(kind, match=message.partition("\n")[0]):
        runtime.run(np.zeros((1, 64, 96, 3), dtype=np.uint8))
