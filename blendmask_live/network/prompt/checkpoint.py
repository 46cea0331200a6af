"""Weights of the prompted head on disk; the trunk they stand on is named, not stored again."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import torch
from safetensors.torch import save_file

from blendmask_live.atomic import written_beside
from blendmask_live.network.checkpoint import build_network
from blendmask_live.network.lite.model import BlendMaskLite
from blendmask_live.network.prompt.config import PROMPT
from blendmask_live.network.prompt.model import PromptNetwork
from blendmask_live.network.prompt.plain import PlainPrompt, read_prompt, trunk_digest

__all__ = ["build_prompt_network", "save_prompt_network", "start_head"]

_BOTTOM = ("refine.", "tower.", "widen.", "shallow.", "join.")
"""Parts of the head that have the names and shapes of blendmask-lite's bottom."""


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
        "trunk_sha256": trunk_digest(PlainPrompt.of(model).tensors),
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
    plain = read_prompt(path, trunk)
    lite, labels = build_network(trunk)
    assert isinstance(lite, BlendMaskLite)
    model = PromptNetwork(lite, plain.config)
    state = {name: torch.from_numpy(values.copy()) for name, values in plain.tensors.items()}
    model.load_state_dict(state, strict=False)
    return model.eval(), lite, labels


def start_head(model: PromptNetwork, lite: BlendMaskLite) -> None:
    """Let the head begin where blendmask-lite's bottom is."""
    ours = model.head.state_dict()
    for name, value in lite.bottom.state_dict().items():
        if name.startswith(_BOTTOM) and name in ours and ours[name].shape == value.shape:
            ours[name] = value
    model.head.load_state_dict(ours)
