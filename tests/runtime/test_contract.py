"""Every runtime, in every precision it offers here, computes what PyTorch computes in fp32."""

from __future__ import annotations

import copy
import os
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor

from blendmask_live.config import SegmenterSettings
from blendmask_live.errors import ConfigError
from blendmask_live.network.lite.choosing import patches_around
from blendmask_live.network.lite.model import BlendMaskLite
from blendmask_live.runtime import (
    RUNTIMES,
    Dense,
    Runtime,
    available_runtimes,
    choose_device,
    devices,
    missing_for,
    open_runtime,
)
from blendmask_live.segmenting.processing import top_layer
from blendmask_live.segmenting.processing.lite import as_plain_dense
from blendmask_live.segmenting.processing.lite_on_device import as_tensors
from blendmask_live.segmenting.segmenter import Segmenter
from tests.tiny_network import shapes_picture

TOLERANCE = {"fp32": 1e-4, "fp16": 0.01, "bf16": 0.08}
"""Largest mean difference of an output, relative to how much that output varies.

fp16 keeps 11 bits and bf16 keeps 8: rounding adds up over some sixty layers.
"""
OFFERED = [
    ("torch", "cpu", "fp32"),
    ("torch", "cpu", "fp16"),
    ("torch", "cpu", "bf16"),
    ("compile", "cpu", "fp32"),
    ("onnxruntime", "cpu", "fp32"),
    ("openvino", "cpu", "fp32"),
    ("openvino", "cpu", "bf16"),
    ("torch", "cuda:0", "fp32"),
    ("torch", "cuda:0", "fp16"),
    ("torch", "cuda:0", "bf16"),
    ("compile", "cuda:0", "fp16"),
    ("cudagraph", "cuda:0", "fp32"),
    ("cudagraph", "cuda:0", "fp16"),
    ("cudagraph", "cuda:0", "bf16"),
    ("onnxruntime", "cuda:0", "fp32"),
    ("tensorrt", "cuda:0", "fp16"),
]
COMPILES_FOR_MINUTES = ("compile", "tensorrt")
SIZES = [(64, 96), (160, 128)]


def _pictures(height: int, width: int, *, count: int = 1, seed: int = 0) -> NDArray[np.uint8]:
    """(B, H, W, 3) uint8, all different."""
    pictures = [shapes_picture(height, width, seed=seed + i) for i in range(count)]
    return torch.stack(pictures).numpy()


def _tensors(dense: Dense) -> list[Tensor]:
    dense = as_tensors(dense)
    return [dense.class_logits, dense.distance_logits, dense.bases, *dense.top_features]


@torch.inference_mode()
def _expected(network: BlendMaskLite, pictures: NDArray[np.uint8]) -> list[Tensor]:
    return _tensors(network(torch.from_numpy(pictures).permute(0, 3, 1, 2).float()))


def _open(network: BlendMaskLite, combination: tuple[str, str, str]) -> Runtime:
    name, device, precision = combination
    if device.startswith("cuda") and not torch.cuda.is_available():
        pytest.skip("no GPU here")
    if missing := missing_for(name, device):
        pytest.skip(f"{name} {missing}")
    if name in COMPILES_FOR_MINUTES and not os.environ.get("BLENDMASK_LIVE_SLOW_TESTS"):
        pytest.skip(f"{name} compiles for minutes; set BLENDMASK_LIVE_SLOW_TESTS=1 to test it")
    return open_runtime(copy.deepcopy(network), runtime=name, device=device, precision=precision)


@pytest.fixture(params=OFFERED, ids="-".join, scope="module")
def runtime(network: BlendMaskLite, request: pytest.FixtureRequest) -> Runtime:
    return _open(network, request.param)


def test_every_listed_runtime_is_in_this_suite() -> None:
    assert {name for name, _, _ in OFFERED} == set(RUNTIMES)
    assert "torch" in available_runtimes()


@torch.inference_mode()
def test_outputs_equal_pytorch_in_fp32_within_the_precision(
    runtime: Runtime, network: BlendMaskLite
) -> None:
    for height, width in SIZES:
        pictures = _pictures(height, width)
        found = _tensors(runtime.run(pictures))
        expected = _expected(network, pictures)
        assert len(found) == len(expected)
        for ours, reference in zip(found, expected, strict=True):
            assert ours.dtype == torch.float32
            assert ours.device == torch.device(runtime.device)
            assert ours.shape == reference.shape
            error = (ours.cpu() - reference).abs().mean() / reference.std()
            assert float(error) < TOLERANCE[runtime.precision]


@torch.inference_mode()
def test_a_batch_equals_its_pictures(runtime: Runtime) -> None:
    pictures = _pictures(64, 96, count=2)
    together = [tensor.clone() for tensor in _tensors(runtime.run(pictures))]
    for row in range(2):
        alone = _tensors(runtime.run(pictures[row : row + 1]))
        for joint, single in zip(together, alone, strict=True):
            error = (joint[row] - single[0]).abs().mean() / single.std()
            assert float(error) < TOLERANCE[runtime.precision]


@torch.inference_mode()
def test_the_same_picture_gives_the_same_result_again(runtime: Runtime) -> None:
    first = [tensor.clone() for tensor in _tensors(runtime.run(_pictures(64, 96)))]
    runtime.run(_pictures(160, 128))
    runtime.run(_pictures(64, 96, seed=1))
    for before, after in zip(first, _tensors(runtime.run(_pictures(64, 96))), strict=True):
        torch.testing.assert_close(before, after, rtol=0, atol=0)


@torch.inference_mode()
def test_the_picture_is_left_as_it_was(runtime: Runtime) -> None:
    pictures = _pictures(64, 96)
    before = pictures.copy()
    runtime.run(pictures)
    np.testing.assert_array_equal(pictures, before)


@torch.inference_mode()
def test_attention_can_be_evaluated_on_the_outputs(
    runtime: Runtime, network: BlendMaskLite
) -> None:
    pictures = _pictures(64, 96)
    dense = runtime.run(pictures)
    # More than the top layer takes at once, on every level.
    locations = torch.arange(99)[None] % 40
    distances = torch.full((1, 99, 4), 2.0)
    if runtime.device == "cpu":
        features = as_plain_dense(dense).top_features
        patches = patches_around(features, locations[0].numpy(), distances[0].numpy())
        found = torch.from_numpy(top_layer(runtime)(patches)).view(1, 99, 4, 14, 14)
    else:
        assert isinstance(runtime.model, BlendMaskLite)
        where = (places.to(runtime.device) for places in (locations, distances))
        found = runtime.model.attention(as_tensors(dense).top_features, *where).cpu()
    pictures_nchw = torch.from_numpy(pictures).permute(0, 3, 1, 2).float()
    expected = network.attention(network(pictures_nchw).top_features, locations, distances)
    error = (found - expected).abs().mean() / expected.std()
    assert float(error) < TOLERANCE[runtime.precision]


def test_a_runtime_says_what_it_is(runtime: Runtime, request: pytest.FixtureRequest) -> None:
    combination = request.node.callspec.params["runtime"]
    assert (runtime.name, runtime.device, runtime.precision) == combination


def test_instances_outlive_the_next_frame(runtime: Runtime) -> None:
    labels = tuple(str(number) for number in range(80))
    settings = SegmenterSettings(
        short_side=64, long_side=96, keep_latents=True, max_instances=5, score_threshold=0.0
    )
    segmenter = Segmenter(runtime, labels, settings, weights_path=Path("none"))
    instances = segmenter.segment(shapes_picture(64, 96).numpy())
    assert len(instances)
    names = ("boxes", "scores", "class_ids", "soft_masks", "mask_boxes", "attention", "bases")
    kept = {name: np.array(getattr(instances, name)) for name in names}
    segmenter.segment(shapes_picture(64, 96, seed=3).numpy())
    for name, values in kept.items():
        np.testing.assert_array_equal(getattr(instances, name), values)


# choosing


def test_auto_is_a_combination_of_this_suite(network: BlendMaskLite) -> None:
    runtime = open_runtime(copy.deepcopy(network), device="cpu")
    assert (runtime.name, runtime.device, runtime.precision) in OFFERED


def test_half_precision_on_the_cpu_falls_to_pytorch(network: BlendMaskLite) -> None:
    assert open_runtime(copy.deepcopy(network), device="cpu", precision="fp16").name == "torch"


def test_threads_are_taken_by_every_runtime(network: BlendMaskLite) -> None:
    for name in set(available_runtimes()) - set(COMPILES_FOR_MINUTES):
        runtime = open_runtime(
            copy.deepcopy(network), runtime=name, device="cpu", precision="fp32", threads=1
        )
        assert all(part.isfinite().all() for part in _tensors(runtime.run(_pictures(64, 96))))


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"runtime": "caffe"}, "choose one of torch, compile, cudagraph, onnxruntime, openvino"),
        ({"runtime": "tensorrt"}, "'tensorrt' needs CUDA"),
        ({"runtime": "cudagraph"}, "'cudagraph' needs CUDA"),
        ({"runtime": "openvino", "precision": "fp16"}, "fp16"),
        ({"runtime": "onnxruntime", "precision": "bf16"}, "bf16"),
        ({"runtime": "torch", "precision": "int8"}, "int8"),
        ({"device": "cuda:99"}, "cuda:99"),
        ({"device": "cuda:x"}, "cuda:x"),
        ({"device": "tpu"}, "tpu"),
    ],
    ids=str,
)
def test_combinations_that_do_not_exist_are_refused(
    network: BlendMaskLite, options: dict[str, str], words: str
) -> None:
    if options.get("runtime") == "openvino" and "openvino" not in available_runtimes():
        pytest.skip("openvino is not installed")
    with pytest.raises(ConfigError, match=words):
        open_runtime(network, **{"device": "cpu", **options})


def test_openvino_refuses_a_gpu(network: BlendMaskLite, monkeypatch: pytest.MonkeyPatch) -> None:
    if "openvino" not in available_runtimes():
        pytest.skip("openvino is not installed")
    monkeypatch.setattr(devices, "why_unusable", lambda gpu: None)
    with pytest.raises(ConfigError, match=r"runs on the CPU, not on cuda:0"):
        open_runtime(network, runtime="openvino", device="cuda")


def test_devices_are_named_in_full() -> None:
    assert choose_device("cpu") == "cpu"
    assert choose_device("auto") == ("cuda:0" if torch.cuda.is_available() else "cpu")


def test_the_cache_follows_the_environment(cache_home: Path) -> None:
    from blendmask_live.atomic import cache_folder

    assert cache_folder() == cache_home / "blendmask-live"
