"""Converted graphs are kept on disk, used again, and never trusted when damaged."""

from __future__ import annotations

import copy
import os
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from blendmask_live.network.checkpoint import build_network
from blendmask_live.network.lite.model import BlendMaskLite
from blendmask_live.runtime import missing_for, open_runtime
from blendmask_live.runtime.kept_engines import keep
from blendmask_live.runtime.onnx_runtime import _engine_cache
from blendmask_live.runtime.runtime import Runtime
from blendmask_live.segmenting.processing.lite import as_plain_dense
from weights.registry import weights_path

PICTURES = torch.arange(64 * 96 * 3).remainder(256).to(torch.uint8).view(1, 64, 96, 3)


RUNTIMES = [name for name in ("openvino", "onnxruntime") if missing_for(name, "cpu") is None]
WEIGHTS = {"openvino": "*.blob", "onnxruntime": "*.onnx"}


@pytest.fixture(params=RUNTIMES)
def name(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A runtime that keeps what it prepares, with a cache of its own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    chosen: str = request.param
    return chosen


def _open(network: BlendMaskLite, name: str) -> Runtime:
    runtime = open_runtime(copy.deepcopy(network), runtime=name, device="cpu", precision="fp32")
    # OpenVINO keeps the network with the first picture.
    runtime.run(PICTURES.numpy())
    return runtime


def _assert_right(runtime: Runtime, network: BlendMaskLite) -> None:
    with torch.inference_mode():
        expected = network(PICTURES.permute(0, 3, 1, 2).float()).class_logits
        found = torch.from_numpy(as_plain_dense(runtime.run(PICTURES.numpy())).class_logits)
    torch.testing.assert_close(found, expected, rtol=1e-3, atol=1e-3)


def _files(home: Path) -> dict[str, int]:
    """Kept files and when each was written, in ns; checksums are touched at every use."""
    return {
        p.name: p.stat().st_mtime_ns
        for p in (home / "blendmask-live").iterdir()
        if p.suffix != ".sha256"
    }


def test_the_second_start_prepares_nothing(
    network: BlendMaskLite, name: str, tmp_path: Path
) -> None:
    _open(network, name)
    kept = _files(tmp_path)
    assert kept
    _assert_right(_open(network, name), network)
    assert _files(tmp_path) == kept


def test_a_network_loaded_again_from_its_file_is_recognised(name: str, tmp_path: Path) -> None:
    for _ in range(2):
        model, _ = build_network(weights_path("blendmask-lite"))
        _open(model, name)
    assert len(list((tmp_path / "blendmask-live").glob(WEIGHTS[name]))) == 1


def _truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _flip_a_weight(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0x40
    path.write_bytes(content)


@pytest.mark.parametrize("damage", [_truncate, _flip_a_weight])
def test_what_is_damaged_is_prepared_again(
    network: BlendMaskLite, name: str, tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    _open(network, name)
    before = _files(tmp_path)
    for path in (tmp_path / "blendmask-live").glob(WEIGHTS[name]):
        damage(path)
    _assert_right(_open(network, name), network)
    again = _files(tmp_path)
    assert again.keys() == before.keys()
    assert all(again[file] > before[file] for file in before)


def test_other_weights_do_not_get_this_graph(
    network: BlendMaskLite, name: str, tmp_path: Path
) -> None:
    _open(network, name)
    before = _files(tmp_path)
    other = copy.deepcopy(network)
    with torch.no_grad():
        other.head.pred[0].bias.add_(1.0)
    _assert_right(_open(other, name), other)
    assert len(_files(tmp_path)) == 2 * len(before)


def test_the_longest_unused_networks_make_room(
    tmp_path: Path,
) -> None:
    paths = [tmp_path / f"lite-{number}.onnx" for number in range(14)]
    for number, path in enumerate(paths):
        keep(path, lambda scratch: scratch.write_text("network"))
        os.utime(path.with_suffix(".sha256"), (number, number))
    assert [path.exists() for path in paths] == [False] * 2 + [True] * 12
    assert len(list(tmp_path.iterdir())) == 24


def test_runtime_goes_on_without_a_place_for_the_cache(
    network: BlendMaskLite,
    name: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    monkeypatch.setenv("XDG_CACHE_HOME", str(blocked))
    with caplog.at_level("WARNING"):
        _assert_right(_open(network, name), network)
    assert [record.message.count("cannot be kept") for record in caplog.records] == [1]
    assert blocked.read_text() == "in the way"


def test_engines_are_not_kept_where_nothing_can_be_written(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    graph = tmp_path / "lite-1.onnx"
    folder = tmp_path / "tensorrt/lite-1"
    assert _engine_cache(graph)["trt_engine_cache_path"] == str(folder)
    folder.rmdir()
    folder.write_text("in the way")
    with caplog.at_level("WARNING"):
        assert _engine_cache(graph) == {}
    assert [record.message.count("cannot be kept") for record in caplog.records] == [1]
