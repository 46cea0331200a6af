"""Files with weights of the published family: official checkpoints in, safetensors out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import save_file
from torch import Tensor

from blendmask_live.atomic import written_beside
from blendmask_live.errors import WeightsError
from blendmask_live.labels import COCO_NAMES
from blendmask_live.network.family.adelaidet import (
    COUNTER,
    KeyReport,
    compare_keys,
    convert_adelaidet_state_dict,
    fitting_architecture,
)
from blendmask_live.network.family.config import FAMILY, family_config
from blendmask_live.network.family.model import BlendMask
from blendmask_live.network.torch_files import read_checkpoint

__all__ = [
    "Conversion",
    "convert_checkpoint",
    "network_from_checkpoint",
    "network_from_tensors",
]


@dataclass(frozen=True, slots=True)
class Conversion:
    """What a conversion found."""

    architecture: str
    """What the file really holds; its keys decide."""
    asked: str
    report: KeyReport
    """Differences; unknown tensors were left out."""
    tensors: int


def convert_checkpoint(checkpoint: Path, output: Path, architecture: str) -> Conversion:
    """Turn an official checkpoint into a safetensors file, written atomically.

    Raises:
        WeightsError: If the checkpoint cannot be read or does not fit, or the output cannot be
            written.
    """
    held, tensors, report = _open(checkpoint, architecture)
    metadata = {"architecture": held, "config": "{}", "labels": json.dumps(COCO_NAMES)}
    # Cloned, because safetensors refuses tensors that share memory.
    tensors = {k: v.detach().clone().contiguous() for k, v in tensors.items()}
    try:
        with written_beside(output) as partial:
            save_file(tensors, partial, metadata)
    except (OSError, SafetensorError) as error:
        raise WeightsError(f"{output}: cannot be written ({error})") from error
    return Conversion(held, architecture, report, len(tensors))


def network_from_checkpoint(
    checkpoint: Path, architecture: str
) -> tuple[BlendMask, tuple[str, ...]]:
    """The network of an official checkpoint, in eval mode, and its class names.

    Raises:
        WeightsError: If the checkpoint cannot be read or does not fit.
    """
    held, tensors, _ = _open(checkpoint, architecture)
    return _build(held, tensors), COCO_NAMES


def network_from_tensors(
    path: Path, tensors: dict[str, Tensor], metadata: Mapping[str, str]
) -> tuple[BlendMask, tuple[str, ...]]:
    """The network that a converted file describes, in eval mode, and its class names.

    Args:
        path: Where the tensors come from, for messages.

    Raises:
        WeightsError: If the file is not complete or damaged.
    """
    architecture = metadata["architecture"]
    try:
        labels = tuple(str(label) for label in json.loads(metadata["labels"]))
    except (KeyError, TypeError, ValueError) as error:
        raise WeightsError(f"{path}: its description cannot be read ({error!r})") from error
    if not labels:
        raise WeightsError(f"{path}: its description names no classes")
    report = compare_keys(tensors, architecture, classes=len(labels))
    if report.summary():
        raise WeightsError(
            f"{path}: not {architecture} weights for {len(labels)} classes; {report.summary()}"
        )
    _require_finite(path, tensors)
    return _build(architecture, tensors, classes=len(labels)), labels


def _open(checkpoint: Path, architecture: str) -> tuple[str, dict[str, Tensor], KeyReport]:
    """Architecture, tensors without unknown ones, and the report."""
    if architecture not in FAMILY:
        raise WeightsError(f"architecture {architecture!r}: choose one of {', '.join(FAMILY)}")
    content = read_checkpoint(checkpoint)
    try:
        tensors = convert_adelaidet_state_dict(content)
        held = fitting_architecture(tensors, architecture)
    except WeightsError as error:
        raise WeightsError(f"{checkpoint}: {error}") from error
    _require_finite(checkpoint, tensors)
    report = compare_keys(tensors, held)
    known = {key: value for key, value in tensors.items() if key not in report.unknown}
    return held, known, report


def _require_finite(path: Path, tensors: Mapping[str, Tensor]) -> None:
    for name, value in tensors.items():
        if not bool(value.isfinite().all()):
            raise WeightsError(f"{path}: damaged; {name} has values that are not finite")


def _build(architecture: str, tensors: dict[str, Tensor], *, classes: int = 80) -> BlendMask:
    with torch.device("meta"):
        model = BlendMask(family_config(architecture, classes=classes))
    # Empty first: initialising a hundred million numbers to overwrite them takes seconds.
    model = model.to_empty(device="cpu")
    for name, counter in model.named_buffers():
        if name.endswith(COUNTER):
            counter.zero_()
    model.load_state_dict(tensors, strict=False)
    model.reset_constants()
    return model.eval()
