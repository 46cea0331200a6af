"""The published family in other runtimes computes what it computes in PyTorch."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import Tensor

from blendmask_live.errors import ConfigError
from blendmask_live.network.family.model import BlendMask, BlendMaskOutput, build_blendmask
from blendmask_live.runtime import missing_for, open_runtime


def _tensors(dense: BlendMaskOutput) -> list[Tensor]:
    return [dense.bases, *(tensor for level in dense.levels for tensor in level)]


@pytest.fixture(scope="module")
def network() -> BlendMask:
    torch.manual_seed(0)
    model = build_blendmask("blendmask-550-r50")
    assert isinstance(model, BlendMask)
    return model


@pytest.mark.parametrize("name", ["onnxruntime", "openvino"])
def test_pictures_of_any_size_give_the_same(
    network: BlendMask, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if missing := missing_for(name, "cpu"):
        pytest.skip(f"{name} {missing}")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    runtime = open_runtime(network, runtime=name, device="cpu", precision="fp32")
    assert not network.training
    for size in ((64, 96), (75, 101)):
        pictures = torch.arange(size[0] * size[1] * 3).remainder(251).to(torch.uint8)
        pictures = pictures.view(1, *size, 3)
        with torch.inference_mode():
            expected = network(pictures.permute(0, 3, 1, 2).float())
            found = runtime.run(pictures.numpy())
        assert isinstance(found, BlendMaskOutput)
        for ours, reference in zip(_tensors(found), _tensors(expected), strict=True):
            assert float((ours - reference).abs().mean() / reference.std()) < 1e-4


@pytest.mark.parametrize("name", ["onnxruntime", "openvino"])
def test_deformable_convolutions_are_refused(name: str) -> None:
    if missing := missing_for(name, "cpu"):
        pytest.skip(f"{name} {missing}")
    with torch.device("meta"):
        model = build_blendmask("blendmask-r101-dcn")
    with pytest.raises(ConfigError, match="blendmask-r101-dcn needs; choose runtime 'torch'"):
        open_runtime(model, runtime=name, device="cpu")
