"""What a GPU would record, on a GPU that is not there.

PyTorch's fake tensors carry device, type and shape, but no numbers. So whatever needs numbers
(a shape that depends on them, a branch, a copy to the host) fails, and so does every operation
that meets tensors of two devices. What passes can be recorded in a CUDA graph, and waits for
nothing where it is not.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch._subclasses.fake_tensor import (
    DataDependentOutputException,
    DynamicOutputShapeException,
    FakeTensorMode,
    unset_fake_temporarily,
)
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from blendmask_live.network.family.model import build_blendmask
from blendmask_live.network.lite.model import BlendMaskLite
from blendmask_live.runtime import Network
from blendmask_live.runtime.cuda_graph import CudaGraphRuntime
from blendmask_live.runtime.graph import PlainNetwork, rebuild
from blendmask_live.runtime.torch_eager import DTYPES
from blendmask_live.segmenting.processing import default_settings, lite_on_device, tensors
from tests.runtime.test_contract import TOLERANCE
from tests.tiny_network import shapes_picture

pytestmark = pytest.mark.skipif(
    torch.version.cuda is None, reason="needs a PyTorch that was built for CUDA, but no GPU"
)
GPU = torch.device("cuda:0")
SIZES = {
    "blendmask-lite": (288, 512),
    "blendmask-rt-r50": (512, 736),
    "blendmask-550-r50": (550, 733),
    "blendmask-panoptic-r101-dcn": (256, 384),
}


class _GpuAlone(TorchDispatchMode):
    """Fails where an operation touches a tensor of the host, or a constant is copied from it."""

    def __init__(self) -> None:
        super().__init__()
        self.convolved: list[Tensor] = []

    def __torch_dispatch__(
        self, func: Any, types: Any, args: Any = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        name = str(func)
        assert "lift_fresh" not in name, "a constant is copied from the host"
        found = func(*args, **(kwargs or {}))
        for value in tree_leaves((args, kwargs, found)):
            # Numbers travel with a kernel's arguments.
            if isinstance(value, Tensor) and value.ndim and "prim.device" not in name:
                assert value.device == GPU, f"{name} touches the host"
        if "aten.conv" in name:
            self.convolved += args[:2]
        return found


@pytest.fixture(autouse=True)
def gpu(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """All new tensors are fake, and a GPU there seems to be."""
    # Autocast switches itself off where it finds none.
    monkeypatch.setattr("torch.cuda.amp.common.amp_definitely_not_available", lambda: False)
    monkeypatch.setattr("torch.cuda.is_bf16_supported", lambda *_: True)
    with torch.inference_mode(), FakeTensorMode():
        yield


def _runtime(name: str, precision: str) -> tuple[Network, CudaGraphRuntime]:
    """A runtime with fake weights on the GPU, which are laid out as the true ones would be."""
    with unset_fake_temporarily():
        network = build_blendmask(name)
        # The weights stay on the CPU until `_move`.
        network.to = lambda *_, **__: network  # type: ignore[method-assign]
        runtime = CudaGraphRuntime(network, device="cuda:0", precision=precision)
    _move(network)
    _move(runtime._network)
    return network, runtime


def _move(module: nn.Module) -> None:
    def fake(value: Tensor) -> Tensor:
        return torch.empty_strided(value.shape, value.stride(), dtype=value.dtype, device=GPU)

    for layer in module.modules():
        for name, value in list(layer.named_parameters(recurse=False)):
            setattr(layer, name, nn.Parameter(fake(value), requires_grad=False))
        for name, value in list(layer.named_buffers(recurse=False)):
            setattr(layer, name, fake(value))


def _pictures(name: str) -> Tensor:
    return torch.zeros((1, *SIZES[name], 3), dtype=torch.uint8, device=GPU)


@pytest.mark.parametrize(
    ("name", "precision"),
    [
        *((name, "fp16") for name in SIZES),
        ("blendmask-lite", "bf16"),
        ("blendmask-lite", "fp32"),
        ("blendmask-rt-r50", "fp32"),
    ],
)
def test_the_network_stays_on_the_gpu_with_fixed_shapes(name: str, precision: str) -> None:
    network, runtime = _runtime(name, precision)
    pictures = _pictures(name)
    with _GpuAlone() as seen:
        outputs = runtime._forward(pictures)
    for output in outputs:
        assert (output.device, output.dtype) == (GPU, torch.float32)
    dense = rebuild(network, outputs)
    height, width = (-(-side // 32) * 8 for side in SIZES[name])
    assert dense.bases.shape == (1, 4, height, width)
    # What tensor cores take; convolutions would work with others, slowly. Torchvision's
    # deformable ones give no other layout, and PyTorch keeps it in bf16 only on a real GPU.
    keeps_layout = precision != "bf16" and not name.endswith("dcn")
    for tensor in seen.convolved:
        assert tensor.dtype == DTYPES[precision]
        assert not keeps_layout or tensor.is_contiguous(memory_format=torch.channels_last)


@pytest.mark.parametrize("precision", sorted(DTYPES))
def test_what_is_recorded_computes_what_pytorch_does(
    network: BlendMaskLite, precision: str
) -> None:
    """With numbers, and so on the CPU."""
    with unset_fake_temporarily():
        ours = copy.deepcopy(network)
        ours.to = lambda *_, **__: ours  # type: ignore[method-assign]
        runtime = CudaGraphRuntime(ours, device="cuda:0", precision=precision)
        runtime.device = "cpu"
        pictures = shapes_picture(64, 96)[None]
        expected = PlainNetwork(network)(pictures)
        for found, reference in zip(runtime._forward(pictures), expected, strict=True):
            error = (found - reference).abs().mean() / reference.std()
            assert float(error) < TOLERANCE[precision]


class _Waits(Exception):
    """The program reached the place where it waits for the GPU."""


def test_post_processing_of_the_lite_network_waits_once(monkeypatch: pytest.MonkeyPatch) -> None:
    network, runtime = _runtime("blendmask-lite", "fp16")
    assert isinstance(network, BlendMaskLite)
    processing = lite_on_device.DeviceLiteProcessing(network)
    size, settings = SIZES["blendmask-lite"], default_settings(network.config)
    copied: list[Tensor] = []

    def copy(rows: Tensor) -> None:
        copied.append(rows)
        raise _Waits

    monkeypatch.setattr(tensors, "_host_rows", copy)
    dense = rebuild(network, runtime._forward(_pictures("blendmask-lite")))
    wanted = torch.empty(80, dtype=torch.bool, device=GPU)
    with _GpuAlone():
        found = processing.find(dense, network_size=size, settings=settings, class_mask=wanted)
        with pytest.raises(_Waits):
            processing.blend(dense, found, frame_per_network=(2.5, 2.5), mask_size=56)
    (rows,) = copied
    assert rows.shape == (settings.max_instances, 10 + 56 * 56)


@pytest.mark.parametrize(
    "wait",
    [
        lambda values: values.cpu(),
        lambda values: values.sum().item(),
        lambda values: bool((values > 0).any()),
        lambda values: values[values > 0],
        lambda values: values.nonzero(),
        lambda values: values * values.new_tensor([1.0, 2.0]),
        lambda values: values + torch.ones(2),
    ],
)
def test_what_waits_for_the_gpu_is_noticed(wait: Callable[[Tensor], object]) -> None:
    values = torch.empty(2, device=GPU)
    failures = AssertionError, DataDependentOutputException, DynamicOutputShapeException
    with _GpuAlone(), pytest.raises(failures):
        wait(values)
