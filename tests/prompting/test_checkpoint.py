from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from blendmask_live.errors import WeightsError
from blendmask_live.labels import COCO_NAMES
from blendmask_live.network.checkpoint import read_weights, save_network
from blendmask_live.network.lite.model import BlendMaskLite
from blendmask_live.network.prompt.checkpoint import (
    build_prompt_network,
    save_prompt_network,
    start_head,
)
from blendmask_live.network.prompt.model import PromptNetwork
from blendmask_live.network.prompt.plain import trunk_digest
from tests.tiny_network import tiny_network


@pytest.fixture
def trunk(tmp_path: Path) -> Path:
    return _save_lite(tiny_network(), tmp_path / "lite.safetensors")


def _save_lite(lite: BlendMaskLite, path: Path) -> Path:
    save_network(lite, path, labels=COCO_NAMES, dtype=torch.float16)
    return path


def _save_head(trunk: Path, path: Path) -> Path:
    lite = tiny_network()
    tensors, _ = read_weights(trunk)
    lite.load_state_dict(tensors, strict=False)
    save_prompt_network(PromptNetwork(lite), path, dtype=torch.float16)
    return path


def test_the_file_holds_the_head_alone(trunk: Path, tmp_path: Path) -> None:
    tensors, _ = read_weights(_save_head(trunk, tmp_path / "head.safetensors"))
    assert tensors
    assert all(name.startswith("head.") for name in tensors)


def test_a_head_is_built_on_its_trunk(trunk: Path, tmp_path: Path) -> None:
    head = _save_head(trunk, tmp_path / "head.safetensors")
    network, lite, labels = build_prompt_network(head, trunk)
    assert labels == COCO_NAMES
    assert network.backbone is lite.backbone
    tensors, _ = read_weights(head)
    for name, value in tensors.items():
        assert torch.equal(network.state_dict()[name], value)


def test_another_trunk_is_refused(trunk: Path, tmp_path: Path) -> None:
    head = _save_head(trunk, tmp_path / "head.safetensors")
    other = _save_lite(tiny_network(seed=5), tmp_path / "other.safetensors")
    with pytest.raises(WeightsError, match=r"made for the trunk .* but .*other\.safetensors"):
        build_prompt_network(head, other)


def test_another_top_and_bottom_on_the_same_trunk_will_do(trunk: Path, tmp_path: Path) -> None:
    head = _save_head(trunk, tmp_path / "head.safetensors")
    lite = tiny_network(seed=5)
    tensors, _ = read_weights(trunk)
    shared = {n: v for n, v in tensors.items() if n.startswith(("backbone.", "fpn."))}
    lite.load_state_dict(shared, strict=False)
    build_prompt_network(head, _save_lite(lite, tmp_path / "other.safetensors"))


def test_files_of_another_kind_are_refused(trunk: Path, tmp_path: Path) -> None:
    head = _save_head(trunk, tmp_path / "head.safetensors")
    with pytest.raises(WeightsError, match="expected blendmask-prompt"):
        build_prompt_network(trunk, trunk)
    with pytest.raises(WeightsError):
        build_prompt_network(head, head)


def test_the_digest_does_not_know_the_sign_of_zero() -> None:
    values = np.array([0.0, -0.0, 1.0], np.float32)
    plain = np.array([0.0, 0.0, 1.0], np.float32)
    assert trunk_digest({"fpn.x": values}) == trunk_digest({"fpn.x": plain})
    assert trunk_digest({"fpn.x": values}) != trunk_digest({"fpn.x": plain + 1})


def test_the_head_starts_where_the_bottom_is() -> None:
    lite = tiny_network()
    network = PromptNetwork(lite)
    start_head(network, lite)
    ours, theirs = network.head.state_dict(), lite.bottom.state_dict()
    for name in ("refine.0.conv.weight", "tower.1.conv.weight", "join.1.bn.running_mean"):
        assert torch.equal(ours[name], theirs[name])
