"""Network weights on disk: safetensors with what is needed to rebuild the network."""

from __future__ import annotations

import dataclasses
import json
import logging
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import Tensor

from blendmask_live.atomic import written_beside
from blendmask_live.errors import WeightsError
from blendmask_live.labels import COCO_NAMES
from blendmask_live.network.conversion import network_from_checkpoint, network_from_tensors
from blendmask_live.network.family.config import FAMILY
from blendmask_live.network.family.model import BlendMask
from blendmask_live.network.lite.model import BlendMaskLite
from blendmask_live.network.weights_file import (
    ARCHITECTURE,
    TRAINING_ONLY,
    described_lite,
    is_safetensors,
    opened,
    refuse_unfitting,
)

__all__ = [
    "ARCHITECTURE",
    "TRAINING_ONLY",
    "adopt_classes",
    "build_network",
    "load_network",
    "open_network",
    "read_weights",
    "report_new_classes",
    "save_network",
]

_log = logging.getLogger(__name__)
_NEW_BASES = 0.3
"""Initial values of bases that a file lacks, relative to a network's own."""
_NEW_ATTENTION = -2.0
"""Logit of the attention to them."""
BLENDER_PARTS = ("bottom.bases.", "top.")
"""Tensors whose shape depends on the blender."""


def save_network(
    model: BlendMaskLite | BlendMask,
    path: Path,
    *,
    labels: tuple[str, ...],
    dtype: torch.dtype = torch.float32,
) -> None:
    """Write weights atomically; with fp16, BatchNorm and biases are rounded too."""
    tensors = {
        name: value.to(dtype if value.dtype.is_floating_point else value.dtype).contiguous().cpu()
        for name, value in model.state_dict().items()
        if not name.startswith(TRAINING_ONLY) and not name.endswith("num_batches_tracked")
    }
    metadata = {"architecture": ARCHITECTURE, "config": "{}", "labels": json.dumps(labels)}
    if isinstance(model, BlendMask):
        # The rest follows from the name and the labels.
        metadata["architecture"] = model.config.name
    else:
        metadata["config"] = json.dumps(dataclasses.asdict(model.config))
    with written_beside(path) as partial:
        save_file(tensors, partial, metadata=metadata)
        partial.chmod(0o644)


def read_weights(path: Path) -> tuple[dict[str, Tensor], dict[str, str]]:
    """Tensors (fp32) and metadata of a safetensors file.

    Raises:
        WeightsError: If the file is missing or damaged.
    """
    with opened(path, "pt") as file:
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        metadata = dict(file.metadata() or {})
    tensors = {
        name: value.float() if value.dtype.is_floating_point else value
        for name, value in tensors.items()
    }
    return tensors, metadata


def build_network(path: Path) -> tuple[BlendMaskLite | BlendMask, tuple[str, ...]]:
    """The network that a weights file describes, in eval mode, and its class names.

    Raises:
        WeightsError: If the file is damaged or not one of ours.
    """
    tensors, metadata = read_weights(path)
    if metadata.get("architecture") in FAMILY:
        return network_from_tensors(path, tensors, metadata)
    config, labels = described_lite(path, metadata)
    model = BlendMaskLite(config)
    _load(model, tensors, path, partial=False)
    return model.eval(), labels


def open_network(
    path: Path, architecture: str | None
) -> tuple[BlendMaskLite | BlendMask, tuple[str, ...]]:
    """The network in a file of ours or an official checkpoint, in eval mode, and its class names.

    Args:
        architecture: What the file must hold; needed for official checkpoints.

    Raises:
        WeightsError: If the file is damaged or holds something else.
    """
    if architecture is None:
        return build_network(path)
    if not is_safetensors(path):
        return network_from_checkpoint(path, architecture)
    network, labels = build_network(path)
    held = network.config.name if isinstance(network, BlendMask) else ARCHITECTURE
    if held != architecture:
        raise WeightsError(f"{path}: holds {held}, not {architecture}; leave the architecture out")
    return network, labels


def load_network(
    model: BlendMaskLite, path: Path, *, partial: bool, labels: tuple[str, ...] | None = None
) -> None:
    """Load weights into an existing network.

    Args:
        partial: Accept a file without bottom and top (an initial detector), with ones for
            another blender, or with fewer bases; what does not fit starts from random values.
            The colour order is taken from the metadata, BGR where absent.
        labels: Class names of `model`, if they may differ from the file's: classes are then
            taken over by name, and one that the file does not know keeps its initial values.

    Raises:
        WeightsError: If names or shapes do not fit.
    """
    tensors, metadata = read_weights(path)
    if metadata.get("architecture") != ARCHITECTURE and "backbone.stem.conv.weight" in tensors:
        # Initial detectors take BGR; our networks take RGB.
        stem = tensors["backbone.stem.conv.weight"]
        tensors["backbone.stem.conv.weight"] = stem.flip(1)
    try:
        known = tuple(json.loads(metadata.get("labels", "null")) or COCO_NAMES)
    except (TypeError, ValueError) as error:
        raise WeightsError(f"{path}: its description cannot be read ({error!r})") from error
    if labels is not None and labels != known:
        _adopt_head_classes(model, tensors, labels, known)
    if partial:
        _add_bases(model, tensors)
        _leave_out_other_blender(model, tensors)
    _load(model, tensors, path, partial=partial)


def adopt_classes(
    rows: Tensor, source: Tensor, labels: tuple[str, ...], known: tuple[str, ...]
) -> Tensor:
    """Rows of a class layer for `labels`: from `source` where it knows the class, else `rows`.

    Args:
        rows: (labels, ...) initial values.
        source: (known, ...).
    """
    rows = rows.clone()
    for row, name in enumerate(labels):
        if name in known:
            rows[row] = source[known.index(name)]
    return rows


def report_new_classes(labels: tuple[str, ...], known: tuple[str, ...]) -> None:
    """Say which classes start without knowledge."""
    new = [name for name in labels if name not in known]
    if new:
        _log.warning(
            "%d of %d classes are not in the initial weights and start from random values: %s%s",
            len(new),
            len(labels),
            ", ".join(new[:5]),
            ", ..." if len(new) > 5 else "",
        )


def _adopt_head_classes(
    model: BlendMaskLite,
    tensors: dict[str, Tensor],
    labels: tuple[str, ...],
    known: tuple[str, ...],
) -> None:
    """Rearrange the class rows of the head's predictions from `known` to `labels`."""
    report_new_classes(labels, known)
    ours = model.state_dict()
    for name in [n for n in tensors if n.startswith("head.pred.") and n in ours]:
        classes, distances = ours[name][: len(labels)], tensors[name][len(known) :]
        if distances.shape != ours[name][len(labels) :].shape:
            continue  # Another network; loading says so.
        tensors[name] = torch.cat(
            [adopt_classes(classes, tensors[name][: len(known)], labels, known), distances]
        )


def _add_bases(model: BlendMaskLite, tensors: dict[str, Tensor]) -> None:
    """Keep the bases of a file that has fewer; new ones hardly count at first."""
    ours, cells = model.state_dict(), model.config.attention_size**2
    known = len(tensors.get("bottom.bases.bias", ()))
    attended = len(tensors.get("top.attend.bias", ()))
    if not 0 < known < model.config.bases or attended != known * cells:
        return
    for name in (
        "bottom.bases.weight",
        "bottom.bases.bias",
        "top.attend.weight",
        "top.attend.bias",
    ):
        old, new = tensors.get(name), ours[name]
        if old is None or old.shape[1:] != new.shape[1:]:
            continue  # Told, or left out, when they are loaded.
        rest = new[len(old) :] * _NEW_BASES
        if name == "top.attend.bias":
            rest = torch.full_like(rest, _NEW_ATTENTION)
        tensors[name] = torch.cat([old, rest])


def _leave_out_other_blender(model: BlendMaskLite, tensors: dict[str, Tensor]) -> None:
    ours = model.state_dict()
    foreign = [
        name
        for name, value in tensors.items()
        if name.startswith(BLENDER_PARTS) and (name not in ours or ours[name].shape != value.shape)
    ]
    for name in foreign:
        del tensors[name]
    if foreign:
        _log.warning(
            "the initial weights are for another blender; %s start from random values",
            ", ".join(sorted({name.rpartition(".")[0] for name in foreign})),
        )


def _load(model: BlendMaskLite, tensors: dict[str, Tensor], path: Path, *, partial: bool) -> None:
    ours = model.state_dict()
    optional = TRAINING_ONLY + (("bottom.", "top.") if partial else ())
    unknown = set(tensors) - set(ours)
    missing = [
        name
        for name in set(ours) - set(tensors)
        if not name.startswith(optional) and not name.endswith("num_batches_tracked")
    ]
    wrong = [n for n in set(ours) & set(tensors) if ours[n].shape != tensors[n].shape]
    refuse_unfitting(path, ARCHITECTURE, missing=missing, unknown=unknown, wrong=wrong)
    for name, value in tensors.items():
        if not bool(value.isfinite().all()):
            raise WeightsError(f"{path}: damaged; {name} has values that are not finite")
    model.load_state_dict(tensors, strict=False)
