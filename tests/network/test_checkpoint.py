"""Weights survive the disk, and bad files end in one line that names file and problem."""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor

from blendmask_live.errors import WeightsError
from blendmask_live.labels import COCO_NAMES
from blendmask_live.network.checkpoint import (
    build_network,
    load_network,
    read_weights,
    save_network,
)
from blendmask_live.network.lite.model import BlendMaskLite, LiteConfig
from blendmask_live.network.lite.plain import PlainLite
from blendmask_live.network.opening import open_for_running
from tests.tiny_network import tiny_network

PICTURE = torch.linspace(0, 255, 3 * 64 * 96).view(1, 3, 64, 96)
Edit = Callable[[dict[str, Tensor], dict[str, str]], object]


@pytest.fixture
def saved(network: BlendMaskLite, tmp_path: Path) -> Path:
    path = tmp_path / "lite.safetensors"
    save_network(network, path, labels=COCO_NAMES)
    return path


def _edited(saved: Path, edit: Edit) -> Path:
    """A copy of the file with changed tensors or metadata."""
    with safe_open(saved, framework="pt") as file:
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        metadata = dict(file.metadata())
    edit(tensors, metadata)
    path = saved.with_name("edited.safetensors")
    save_file(tensors, path, metadata=metadata)
    return path


def _assert_refused(path: Path, *words: str) -> None:
    messages = []
    for open_one in (build_network, lambda path: open_for_running(path, None)):
        with pytest.raises(WeightsError) as caught:
            open_one(path)
        messages.append(str(caught.value))
    for message in messages:
        assert message.startswith(str(path)), message
        assert "\n" not in message
        for word in words:
            assert word in message, message


# round trips


@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float32, 0.0), (torch.float16, 0.1)])
@torch.inference_mode()
def test_a_network_is_rebuilt_from_its_file(
    network: BlendMaskLite, tmp_path: Path, dtype: torch.dtype, tolerance: float
) -> None:
    path = tmp_path / "lite.safetensors"
    save_network(network, path, labels=COCO_NAMES, dtype=dtype)
    rebuilt, labels = build_network(path)
    assert labels == COCO_NAMES
    assert rebuilt.config == network.config
    assert not rebuilt.training
    assert all(value.dtype == torch.float32 for value in rebuilt.parameters())
    for found, expected in zip(rebuilt(PICTURE)[:2], network(PICTURE)[:2], strict=True):
        torch.testing.assert_close(found, expected, rtol=0, atol=tolerance)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float16, torch.bfloat16])
def test_arrays_are_read_as_tensors_are(
    network: BlendMaskLite, tmp_path: Path, dtype: torch.dtype
) -> None:
    path = tmp_path / "lite.safetensors"
    save_network(network, path, labels=COCO_NAMES, dtype=dtype)
    plain, labels = open_for_running(path, "blendmask-lite")
    assert isinstance(plain, PlainLite)
    assert (plain.config, labels) == (network.config, COCO_NAMES)
    expected, _ = read_weights(path)
    assert plain.tensors.keys() == expected.keys()
    for name, values in plain.tensors.items():
        np.testing.assert_array_equal(values, expected[name].numpy())


def test_config_and_labels_travel_with_the_weights(tmp_path: Path) -> None:
    network = tiny_network(classes=2, bases=6, attention_size=7)
    path = tmp_path / "two.safetensors"
    save_network(network, path, labels=("weld seam", "Schweißnaht"))
    rebuilt, labels = build_network(path)
    assert labels == ("weld seam", "Schweißnaht")
    assert rebuilt.config == network.config


def test_what_only_training_needs_is_not_shipped(saved: Path) -> None:
    tensors, _ = read_weights(saved)
    assert not [n for n in tensors if "semantic" in n or n.endswith("num_batches_tracked")]
    network = BlendMaskLite(LiteConfig(width="1.0x"))
    load_network(network, saved, partial=False)


def test_saving_replaces_an_older_file_and_leaves_nothing_else(
    network: BlendMaskLite, saved: Path
) -> None:
    saved.write_bytes(b"older")
    save_network(network, saved, labels=COCO_NAMES)
    build_network(saved)
    assert list(saved.parent.iterdir()) == [saved]


def test_loading_half_precision_gives_single_precision(
    network: BlendMaskLite, tmp_path: Path
) -> None:
    path = tmp_path / "half.safetensors"
    save_network(network, path, labels=COCO_NAMES, dtype=torch.float16)
    tensors, _ = read_weights(path)
    assert {value.dtype for value in tensors.values()} == {torch.float32}


# files that are no weights


@pytest.mark.parametrize("keep", [0, 7, 100, 60_000, -1])
def test_a_truncated_file_is_refused(saved: Path, keep: int) -> None:
    saved.write_bytes(saved.read_bytes()[:keep])
    _assert_refused(saved, "not a readable safetensors file")


@pytest.mark.parametrize("seed", range(5))
def test_random_bytes_are_refused(tmp_path: Path, seed: int) -> None:
    path = tmp_path / "noise.safetensors"
    path.write_bytes(np.random.default_rng(seed).bytes(5000))
    _assert_refused(path, "not a readable safetensors file")


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    _assert_refused(tmp_path / "absent.safetensors", "no such weights file")
    _assert_refused(tmp_path, "no such weights file")


class _Bomb:
    """Unpickling this creates a file."""

    def __init__(self, target: Path) -> None:
        self.target = target

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (self.target,)


@pytest.mark.parametrize("zipped", [False, True], ids=["pickle", "torch_zip"])
def test_a_renamed_pickle_is_refused_and_its_code_never_runs(tmp_path: Path, zipped: bool) -> None:
    path, target = tmp_path / "evil.safetensors", tmp_path / "it_ran"
    if zipped:
        torch.save({"weights": _Bomb(target)}, path)
    else:
        path.write_bytes(pickle.dumps(_Bomb(target)))
    _assert_refused(path, "not a readable safetensors file")
    assert not target.exists()
    pickle.loads(pickle.dumps(_Bomb(target)))
    assert target.exists(), "the bomb of this test is a dud"


# files of something else


def test_weights_of_another_architecture_are_refused(saved: Path) -> None:
    def rename(_: dict[str, Tensor], metadata: dict[str, str]) -> None:
        metadata["architecture"] = "mask-rcnn"

    _assert_refused(_edited(saved, rename), "mask-rcnn", "expected blendmask-lite")


def test_tensors_without_a_description_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "bare.safetensors"
    save_file({"weight": torch.zeros(2)}, path)
    _assert_refused(path, "expected blendmask-lite")


def _config(**changes: Any) -> Edit:
    def edit(_: dict[str, Tensor], metadata: dict[str, str]) -> None:
        metadata["config"] = json.dumps({**json.loads(metadata["config"]), **changes})

    return edit


def _metadata(**changes: str) -> Edit:
    return lambda _, metadata: metadata.update(changes)


@pytest.mark.parametrize(
    "edit",
    [
        _metadata(config="{"),
        _metadata(config="[1, 2]"),
        _metadata(labels="person"),
        _metadata(labels="17"),
        _metadata(labels='["person"]'),
        _config(width="9x"),
        _config(width=None),
        _config(colour="red"),
        _config(classes="80"),
        _config(classes=-1),
        _config(bases=0),
        _config(top_channels=10**15),
        lambda _, metadata: metadata.pop("config"),
        lambda _, metadata: metadata.pop("labels"),
    ],
    ids="config_no_json config_list labels_no_json labels_number too_few_labels unknown_width "
    "no_width unknown_setting text_for_number negative zero gigantic no_config no_labels".split(),
)
def test_a_damaged_description_is_refused(saved: Path, edit: Edit) -> None:
    _assert_refused(_edited(saved, edit), "description")


def test_a_missing_tensor_is_named(saved: Path) -> None:
    path = _edited(saved, lambda tensors, _: tensors.pop("top.look.weight"))
    _assert_refused(path, "top.look.weight missing")


def test_an_extra_tensor_is_named(saved: Path) -> None:
    path = _edited(saved, lambda tensors, _: tensors.update({"neck.extra": torch.zeros(1)}))
    _assert_refused(path, "neck.extra unknown")


def test_a_misshaped_tensor_is_named_and_others_are_counted(saved: Path) -> None:
    def reshape(tensors: dict[str, Tensor], _: dict[str, str]) -> None:
        tensors["bottom.bases.weight"] = torch.zeros(4, 48, 3, 3)
        tensors["top.attend.bias"] = torch.zeros(3)

    _assert_refused(_edited(saved, reshape), "bottom.bases.weight and 1 more of wrong shape")


def test_a_tensor_that_is_no_number_is_refused(saved: Path) -> None:
    def poison(tensors: dict[str, Tensor], _: dict[str, str]) -> None:
        tensors["top.look.bias"][0] = float("nan")

    _assert_refused(_edited(saved, poison), "top.look.bias", "not finite")


# initial detectors


def test_an_initial_detector_brings_trunk_and_head_and_its_stem_is_turned_to_rgb(
    network: BlendMaskLite, tmp_path: Path
) -> None:
    trunk = {
        name: value.clone()
        for name, value in network.state_dict().items()
        if not name.startswith(("bottom.", "top."))
    }
    stem = "backbone.stem.conv.weight"
    path = tmp_path / "detector.safetensors"
    save_file({**trunk, stem: trunk[stem].flip(1).contiguous()}, path)
    fresh = tiny_network(seed=1)
    bottom = fresh.bottom.bases.weight.clone()
    load_network(fresh, path, partial=True)
    for name, value in trunk.items():
        torch.testing.assert_close(fresh.state_dict()[name], value, rtol=0, atol=0)
    torch.testing.assert_close(fresh.bottom.bases.weight, bottom, rtol=0, atol=0)
    with pytest.raises(WeightsError, match=r"bottom\..* missing"):
        load_network(fresh, path, partial=False)


def test_our_own_weights_start_a_training_in_their_own_colour_order(
    network: BlendMaskLite, saved: Path
) -> None:
    fresh = tiny_network(seed=1)
    load_network(fresh, saved, partial=True)
    torch.testing.assert_close(fresh.backbone.stem.conv.weight, network.backbone.stem.conv.weight)


# other classes


@pytest.mark.may_log("classes are not in the initial weights")
def test_classes_are_taken_over_by_name(tmp_path: Path) -> None:
    old, path = tiny_network(classes=3), tmp_path / "three.safetensors"
    save_network(old, path, labels=("cat", "dog", "cup"))
    new = tiny_network(seed=1, classes=2)
    before = {name: value.clone() for name, value in new.state_dict().items()}
    load_network(new, path, partial=True, labels=("weld seam", "cat"))
    for level in range(4):
        for kind in ("weight", "bias"):
            name = f"head.pred.{level}.{kind}"
            found, source = new.state_dict()[name], old.state_dict()[name]
            torch.testing.assert_close(found[0], before[name][0], rtol=0, atol=0)
            torch.testing.assert_close(found[1], source[0], rtol=0, atol=0)
            torch.testing.assert_close(found[2:], source[3:], rtol=0, atol=0)
    torch.testing.assert_close(new.bottom.bases.weight, old.bottom.bases.weight)


def test_the_same_classes_in_another_order_give_the_same_scores(
    network: BlendMaskLite, saved: Path
) -> None:
    turned = tiny_network(seed=1)
    load_network(turned, saved, partial=True, labels=COCO_NAMES[::-1])
    with torch.inference_mode():
        expected = network(PICTURE).class_logits.flip(2)
        torch.testing.assert_close(turned(PICTURE).class_logits, expected, rtol=1e-5, atol=1e-5)


@pytest.mark.may_log("the initial weights are for another blender")
def test_other_classes_do_not_hide_that_the_network_is_another(saved: Path) -> None:
    wider = BlendMaskLite(LiteConfig(width="1.5x", classes=2))
    with pytest.raises(WeightsError, match=r"of wrong shape"):
        load_network(wider, saved, partial=True, labels=("cat", "dog"))
    broken = _edited(saved, _metadata(labels="{"))
    with pytest.raises(WeightsError, match="description"):
        load_network(wider, broken, partial=True, labels=("cat", "dog"))


def test_weights_for_another_blender_lend_all_but_bases_and_top(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "blend.safetensors"
    old = tiny_network(classes=2)
    save_network(old, path, labels=("cat", "dog"))
    config = LiteConfig(width="1.0x", classes=2, blender="yolact", bases=32, attention_size=1)
    new = BlendMaskLite(config)
    load_network(new, path, partial=True, labels=("cat", "dog"))
    assert "another blender; bottom.bases, top.attend start from random values" in caplog.text
    torch.testing.assert_close(new.bottom.tower[0].conv.weight, old.bottom.tower[0].conv.weight)
    save_network(new, path, labels=("cat", "dog"))
    assert build_network(path)[0].config == config


def test_new_classes_are_named(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "two.safetensors"
    save_network(tiny_network(classes=2), path, labels=("cat", "dog"))
    new = tiny_network(classes=3)
    load_network(new, path, partial=True, labels=("dog", "weld seam", "crack"))
    assert "2 of 3 classes are not in the initial weights" in caplog.text
    assert "weld seam, crack" in caplog.text


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"blender": "mean"}, "blender 'mean': choose one of blend, yolact, fcis"),
        ({"blender": "yolact"}, "'yolact' has attention_size 1"),
        (
            {"blender": "fcis", "attention_size": 1, "bases": 8},
            r"k \* k bases \(4, 9, ...\), not 8",
        ),
    ],
)
def test_blenders_that_cannot_be_are_refused(changes: dict[str, Any], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        LiteConfig(**changes)
