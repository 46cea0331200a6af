"""Weights of the prompted head on disk; the trunk they stand on is named, not stored again."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import Tensor

from blendmask_live.atomic import written_beside
from blendmask_live.errors import WeightsError
from blendmask_live.network.checkpoint import build_network, read_weights
from blendmask_live.network.lite.model import BlendMaskLite
from blendmask_live.network.prompt.model import PromptConfig, PromptNetwork

__all__ = ["PROMPT", "build_prompt_network", "save_prompt_network", "start_head", "trunk_digest"]

PROMPT = "blendmask-prompt"
"""Name of the architecture and of the built-in weights."""
_TRUNK = ("backbone.", "fpn.")
_BOTTOM = ("refine.", "tower.", "widen.", "shallow.", "join.")
"""Parts of the head that have the names and shapes of blendmask-lite's bottom."""


def trunk_digest(tensors: Mapping[str, Tensor]) -> str:
    """SHA-256 of trunk and pyramid, in hexadecimal digits.

    Of their values in fp16, as they are shipped, so that it does not matter how a file was read.

    Args:
        tensors: A state dict of blendmask-lite or of the prompted network.
    """
    digest = hashlib.sha256()
    for name in sorted(tensors):
        if name.startswith(_TRUNK) and not name.endswith("num_batches_tracked"):
            # Zeros lose their sign where averages are taken.
            values = tensors[name].cpu().half() + 0.0
            digest.update(name.encode() + values.contiguous().numpy().tobytes())
    return digest.hexdigest()


def save_prompt_network(
    model: PromptNetwork, path: Path, *, dtype: torch.dtype = torch.float32
) -> None:
    """Write the head atomically, with the digest of the trunk that it was trained on."""
    tensors = {
        name: value.to(dtype if value.dtype.is_floating_point else value.dtype).contiguous().cpu()
        for name, value in model.state_dict().items()
        if name.startswith("head.") and not name.endswith("num_batches_tracked")
    }
    metadata = {
        "architecture": PROMPT,
        "config": json.dumps(dataclasses.asdict(model.config)),
        "trunk_sha256": trunk_digest(model.state_dict()),
    }
    with written_beside(path) as partial:
        save_file(tensors, partial, metadata=metadata)
        partial.chmod(0o644)


def build_prompt_network(
    path: Path, trunk: Path
) -> tuple[PromptNetwork, BlendMaskLite, tuple[str, ...]]:
    """The network of a weights file on its trunk, in eval mode.

    Args:
        path: Weights of the head.
        trunk: Weights of the blendmask-lite that lends the trunk.

    Returns:
        The prompted network, the blendmask-lite whose trunk it shares, and that one's class
        names.

    Raises:
        WeightsError: If a file is damaged, is not what it should be, or the trunk is another
            one than that which the head was trained on.
    """
    tensors, metadata = read_weights(path)
    if metadata.get("architecture") != PROMPT:
        held = metadata.get("architecture") or "an unnamed architecture"
        raise WeightsError(f"{path}: holds {held}, expected {PROMPT}")
    try:
        config = PromptConfig(**json.loads(metadata["config"]))
        expected = str(metadata["trunk_sha256"])
    except (KeyError, TypeError, ValueError) as error:
        raise WeightsError(f"{path}: its description cannot be read ({error!r})") from error
    lite, labels = build_network(trunk)
    if not isinstance(lite, BlendMaskLite):
        raise WeightsError(f"{trunk}: not blendmask-lite, whose trunk {PROMPT} stands on")
    found = trunk_digest(lite.state_dict())
    if found != expected:
        raise WeightsError(
            f"{path}: made for the trunk {expected[:12]}..., but {trunk} has the trunk "
            f"{found[:12]}...; use the two files of one version of the package"
        )
    model = PromptNetwork(lite, config)
    _load_head(model, tensors, path)
    return model.eval(), lite, labels


def start_head(model: PromptNetwork, lite: BlendMaskLite) -> None:
    """Let the head begin where blendmask-lite's bottom is."""
    ours = model.head.state_dict()
    for name, value in lite.bottom.state_dict().items():
        if name.startswith(_BOTTOM) and name in ours and ours[name].shape == value.shape:
            ours[name] = value
    model.head.load_state_dict(ours)


def _load_head(model: PromptNetwork, tensors: dict[str, Tensor], path: Path) -> None:
    ours = {
        name: value
        for name, value in model.state_dict().items()
        if name.startswith("head.") and not name.endswith("num_batches_tracked")
    }
    wrong = sorted(ours.keys() ^ tensors.keys()) or sorted(
        name for name, value in tensors.items() if ours[name].shape != value.shape
    )
    if wrong:
        raise WeightsError(f"{path}: not {PROMPT} weights; {wrong[0]} is missing, new or misshaped")
    for name, value in tensors.items():
        if not bool(value.isfinite().all()):
            raise WeightsError(f"{path}: damaged; {name} has values that are not finite")
    model.load_state_dict(tensors, strict=False)
