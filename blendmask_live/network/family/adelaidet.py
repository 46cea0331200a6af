"""Checkpoints of the authors' project (AdelaiDet): what is in them, whether it fits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import torch
from torch import Tensor

from blendmask_live.errors import WeightsError
from blendmask_live.network.family.config import FAMILY, family_config
from blendmask_live.network.family.model import BlendMask

__all__ = ["KeyReport", "compare_keys", "convert_adelaidet_state_dict", "fitting_architecture"]

NESTS = ("model", "state_dict")
"""Where training frameworks put the state dict inside a checkpoint."""
NOT_WEIGHTS = ("pixel_mean", "pixel_std")
"""Constants of the preprocessing, which our networks hold themselves."""
MARKS = ("backbone.bottom_up.", "proposal_generator.fcos_head.", "basis_module.", "top_layer.")
ARRAY_KINDS = "biuf"
"""NumPy's letters for what can become a tensor."""
PANOPTIC_MARK = "panoptic_module."
COUNTER = "num_batches_tracked"
CLASS_LAYER = "proposal_generator.fcos_head.cls_logits.weight"


@dataclass(frozen=True, slots=True)
class KeyReport:
    """How a state dict differs from what an architecture expects."""

    unknown: tuple[str, ...]
    missing: tuple[str, ...]
    mismatched: tuple[str, ...]
    """Key, expected and found shape."""

    @property
    def fits(self) -> bool:
        """Everything expected is there; unknown tensors can be left out."""
        return not self.missing and not self.mismatched

    def summary(self) -> str:
        """One line with the first key of each kind."""
        kinds = (
            ("missing", self.missing),
            ("of another shape", self.mismatched),
            ("unknown", self.unknown),
        )
        return "; ".join(
            f"{len(keys)} {kind} ({keys[0]}{', ...' if len(keys) > 1 else ''})"
            for kind, keys in kinds
            if keys
        )


def convert_adelaidet_state_dict(state_dict: Mapping[str, Any]) -> dict[str, Tensor]:
    """Turn an official checkpoint into a state dict of `build_blendmask`.

    Our networks carry the published names, so this unwraps, cleans and checks.

    Args:
        state_dict: The state dict, bare or under 'model' or 'state_dict', with or without
            'module.' before each key; tensors or NumPy arrays.

    Raises:
        WeightsError: If this is no BlendMask checkpoint.
    """
    for nest in NESTS:
        inner = state_dict.get(nest)
        if isinstance(inner, Mapping):
            state_dict = inner
    tensors = {
        str(key).removeprefix("module."): torch.as_tensor(value)
        for key, value in state_dict.items()
        if isinstance(value, Tensor)
        or (isinstance(value, np.ndarray) and value.dtype.kind in ARRAY_KINDS)
    }
    absent = [mark for mark in MARKS if not any(key.startswith(mark) for key in tensors)]
    if absent:
        keys = sorted({str(key).split(".")[0] for key in tensors or state_dict})
        found = ", ".join(keys[:4]) or "nothing"
        raise WeightsError(
            f"not a BlendMask checkpoint: nothing under '{absent[0]}'; it holds {found}"
        )
    return {
        key: value.float() if value.is_floating_point() else value
        for key, value in tensors.items()
        if key not in NOT_WEIGHTS
    }


def compare_keys(
    tensors: Mapping[str, Tensor], architecture: str, *, classes: int = 80
) -> KeyReport:
    """Compare a converted state dict with what an architecture of so many classes expects."""
    expected = _expected_shapes(architecture, classes)
    found = {key: tuple(value.shape) for key, value in tensors.items()}
    # Batch counters take no part in the result and come and go between PyTorch versions.
    return KeyReport(
        unknown=tuple(k for k in found if k not in expected and not k.endswith(COUNTER)),
        missing=tuple(k for k in expected if k not in found and not k.endswith(COUNTER)),
        mismatched=tuple(
            f"{key}: expected {_times(shape)}, found {_times(found[key])}"
            for key, shape in expected.items()
            if key in found and found[key] != shape
        ),
    )


def fitting_architecture(tensors: Mapping[str, Tensor], asked: str) -> str:
    """The architecture that a converted state dict really holds.

    The authors offer files under the same name for instance and panoptic networks, so the keys
    decide between these two.

    Returns:
        `asked`, or its panoptic (or instance) counterpart.

    Raises:
        WeightsError: If the state dict fits neither; the message names what is wrong.
        ValueError: If there is no such architecture.
    """
    architecture = family_config(asked).name
    is_panoptic = any(key.startswith(PANOPTIC_MARK) for key in tensors)
    if is_panoptic != FAMILY[asked].is_panoptic:
        plain = asked.replace("panoptic-", "")
        counterpart = plain.replace("blendmask-", "blendmask-panoptic-") if is_panoptic else plain
        architecture = counterpart if counterpart in FAMILY else asked
    classes = tensors[CLASS_LAYER].shape[0] if CLASS_LAYER in tensors else None
    if classes not in (None, FAMILY[architecture].classes):
        raise WeightsError(
            f"has {classes} classes, {architecture} has {FAMILY[architecture].classes}; "
            "only checkpoints for COCO's classes can be converted"
        )
    report = compare_keys(tensors, architecture)
    if report.fits:
        return architecture
    likely = [name for name in FAMILY if compare_keys(tensors, name).fits]
    hint = f"; it fits {likely[0]}, use --architecture {likely[0]}" if likely else ""
    raise WeightsError(f"does not fit {architecture}: {report.summary()}{hint}")


@cache
def _expected_shapes(architecture: str, classes: int) -> dict[str, tuple[int, ...]]:
    with torch.device("meta"):
        model = BlendMask(family_config(architecture, classes=classes))
    return {key: tuple(value.shape) for key, value in model.state_dict().items()}


def _times(shape: tuple[int, ...]) -> str:
    return "x".join(map(str, shape)) or "a number"
