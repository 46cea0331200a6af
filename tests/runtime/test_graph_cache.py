"""Converted graphs are kept on disk, used again, and never trusted when damaged."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from blendmask_live.network.lite import BlendMaskLite
from blendmask_live.runtime import open_runtime
from blendmask_live.runtime.runtime import Runtime

pytest.importorskip("openvino")

PICTURES = torch.arange(64 * 96 * 3).remainder(256).to(torch.uint8).view(1, 64, 96, 3)


def _open(network: BlendMaskLite) -> Runtime:
    return open_runtime(copy.deepcopy(network), runtime="openvino", device="cpu", precision="fp32")


def _assert_right(runtime: Runtime, network: BlendMaskLite) -> None:
    with torch.inference_mode():
        expected = network(PICTURES.permute(0, 3, 1, 2).float()).class_logits
        found = runtime.run(PICTURES).class_logits
    torch.testing.assert_close(found, expected, rtol=1e-3, atol=1e-3)


def _files(home: Path) -> dict[str, int]:
    """Kept files and when each was written, in ns."""
    return {p.name: p.stat().st_mtime_ns for p in (home / "blendmask-live").iterdir()}


@pytest.fixture
def kept(network: BlendMaskLite, cache_home: Path) -> dict[str, int]:
    """The cache after a first use."""
    _open(network)
    return _files(cache_home)


def test_the_second_start_converts_nothing(
    network: BlendMaskLite, cache_home: Path, kept: dict[str, int]
) -> None:
    assert {Path(name).suffix for name in kept} == {".xml", ".bin", ".sha256"}
    _assert_right(_open(network), network)
    assert _files(cache_home) == kept


def _truncate(folder: Path) -> None:
    for path in folder.glob("*.bin"):
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _flip_a_weight(folder: Path) -> None:
    for path in folder.glob("*.bin"):
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 0x40
        path.write_bytes(content)


@pytest.mark.parametrize("damage", [_truncate, _flip_a_weight])
def test_a_damaged_graph_is_converted_again(
    network: BlendMaskLite,
    cache_home: Path,
    kept: dict[str, int],
    damage: Callable[[Path], None],
) -> None:
    damage(cache_home / "blendmask-live")
    _assert_right(_open(network), network)
    again = _files(cache_home)
    assert again.keys() == kept.keys()
    assert all(again[name] > kept[name] for name in kept)


def test_other_weights_do_not_get_this_graph(
    network: BlendMaskLite, cache_home: Path, kept: dict[str, int]
) -> None:
    other = copy.deepcopy(network)
    with torch.no_grad():
        other.head.pred[0].bias.add_(1.0)
    _assert_right(_open(other), other)
    assert len(_files(cache_home)) == 2 * len(kept)


def test_without_a_place_for_the_cache_the_network_still_runs(
    network: BlendMaskLite,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    monkeypatch.setenv("XDG_CACHE_HOME", str(blocked))
    with caplog.at_level("WARNING"):
        _assert_right(_open(network), network)
    assert "cannot be kept" in caplog.text
    assert blocked.read_text() == "in the way"
