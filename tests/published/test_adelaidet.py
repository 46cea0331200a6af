from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import Tensor

from blendmask_live.errors import WeightsError
from blendmask_live.network import build_blendmask, convert_adelaidet_state_dict
from blendmask_live.network.family.adelaidet import compare_keys, fitting_architecture

NAME = "blendmask-rt-r50"


@pytest.fixture(scope="module")
def published() -> dict[str, Tensor]:
    """A state dict as the authors' code saves it; do not change it."""
    return dict(build_blendmask(NAME).state_dict())


def test_bare_state_dict_loads_strictly(published: dict[str, Tensor]) -> None:
    model = build_blendmask(NAME)
    model.load_state_dict(convert_adelaidet_state_dict(published))
    key = "backbone.bottom_up.res4.2.conv2.weight"
    assert torch.equal(model.state_dict()[key], published[key])


Wrap = Callable[[dict[str, Tensor]], dict[str, object]]


@pytest.mark.parametrize(
    "wrap",
    [
        lambda sd: {"model": sd, "iteration": 3},
        lambda sd: {"state_dict": sd, "optimizer": {}},
        lambda sd: {f"module.{key}": value for key, value in sd.items()},
        lambda sd: {"model": {f"module.{key}": value.numpy() for key, value in sd.items()}},
        lambda sd: sd | {"pixel_mean": torch.zeros(3, 1, 1), "pixel_std": torch.ones(3, 1, 1)},
    ],
    ids=["model", "state_dict", "module.", "numpy", "pixel constants"],
)
def test_wrappings_are_taken_off(published: dict[str, Tensor], wrap: Wrap) -> None:
    converted = convert_adelaidet_state_dict(wrap(published))
    assert compare_keys(converted, NAME).summary() == ""
    build_blendmask(NAME).load_state_dict(converted)


def test_half_precision_becomes_single(published: dict[str, Tensor]) -> None:
    half = {key: v.half() if v.is_floating_point() else v for key, v in published.items()}
    converted = convert_adelaidet_state_dict(half)
    assert converted["top_layer.bias"].dtype == torch.float32


@pytest.mark.parametrize(
    "other",
    [{}, {"model": {}}, {"backbone.body.conv1.weight": torch.zeros(2)}, {"fc": np.zeros(3)}],
)
def test_another_project_is_refused(other: dict[str, object]) -> None:
    with pytest.raises(WeightsError, match="not a BlendMask checkpoint"):
        convert_adelaidet_state_dict(other)


def test_detector_without_masks_is_refused(published: dict[str, Tensor]) -> None:
    fcos = {key: v for key, v in published.items() if not key.startswith("basis_module")}
    with pytest.raises(WeightsError, match=r"nothing under 'basis_module\.'"):
        convert_adelaidet_state_dict(fcos)


def test_report_names_missing_unknown_and_mismatched(published: dict[str, Tensor]) -> None:
    changed = dict(published) | {"extra.weight": torch.zeros(2), "top_layer.bias": torch.zeros(4)}
    del changed["basis_module.tower.4.bias"]
    report = compare_keys(changed, NAME)
    assert report.missing == ("basis_module.tower.4.bias",)
    assert report.unknown == ("extra.weight",)
    assert report.mismatched == ("top_layer.bias: expected 784, found 4",)
    with pytest.raises(WeightsError, match=r"1 missing \(basis_module\.tower\.4\.bias\)"):
        fitting_architecture(changed, NAME)


def test_another_architecture_is_named(published: dict[str, Tensor]) -> None:
    with pytest.raises(WeightsError, match=f"--architecture {NAME}"):
        fitting_architecture(published, "blendmask-550-r50")


def test_wrong_number_of_classes_is_named(published: dict[str, Tensor]) -> None:
    key = "proposal_generator.fcos_head.cls_logits.weight"
    with pytest.raises(WeightsError, match="has 20 classes, blendmask-rt-r50 has 80"):
        fitting_architecture({**published, key: published[key][:20]}, NAME)


@pytest.mark.parametrize(
    ("held", "asked"),
    [
        ("blendmask-panoptic-r50", "blendmask-r50"),
        ("blendmask-r50", "blendmask-panoptic-r50"),
        ("blendmask-r50", "blendmask-r50"),
    ],
)
def test_keys_decide_between_instance_and_panoptic(held: str, asked: str) -> None:
    assert fitting_architecture(build_blendmask(held).state_dict(), asked) == held
