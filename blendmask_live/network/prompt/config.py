"""What blendmask-prompt sees, and its sizes."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = [
    "ATTENTION_HEADS",
    "CROP_SIDE",
    "KEY_STRIDE",
    "PROMPT",
    "PROMPT_CHANNELS",
    "PROMPT_STRIDE",
    "REACH",
    "PromptConfig",
]

PROMPT = "blendmask-prompt"
"""Name of the architecture and of the built-in weights."""
CROP_SIDE = 192
"""Sides of the crop that the network was trained on, px."""
PROMPT_STRIDE = 4
"""Crop px per cell of the prompt maps and of the mask."""
KEY_STRIDE = 16
"""Crop px per cell of the memory."""
PROMPT_CHANNELS = ("box", "inside", "outside", "previous", "picture")
"""Maps in [0, 1]: the box filled, disks around clicks inside and outside the object, the earlier
mask, and where the crop shows the picture."""


ATTENTION_HEADS = 4
REACH = (2, 4)
"""Dilations of the convolutions that look further, at stride 8."""


@dataclass(frozen=True, slots=True)
class PromptConfig:
    """Size of the prompted head."""

    deep_channels: int = 64
    """At stride 8; blendmask-lite's bottom has as many."""
    shallow_channels: int = 48
    """At stride 4; the same."""
    context_channels: int = 96
    """Of the self-attention at stride 16."""
    context_blocks: int = 2
    key_channels: int = 32
    """What a cell of the memory is recognised by."""
