"""The network in a weights file, for running it: blendmask-lite as arrays, others in PyTorch."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from blendmask_live.errors import WeightsError
from blendmask_live.network.lite.plain import PlainLite, plain_lite
from blendmask_live.network.weights_file import (
    ARCHITECTURE,
    described_lite,
    is_safetensors,
    read_arrays,
    read_metadata,
)

if TYPE_CHECKING:
    from blendmask_live.network.family.model import BlendMask

__all__ = ["holds_lite", "open_for_running"]


def open_for_running(
    path: Path, architecture: str | None
) -> tuple[PlainLite | BlendMask, tuple[str, ...]]:
    """The network in a file of ours or an official checkpoint, and its class names.

    Args:
        architecture: What the file must hold; needed for official checkpoints.

    Raises:
        WeightsError: If the file is damaged or holds something else.
    """
    if (architecture is None or is_safetensors(path)) and holds_lite(path):
        if architecture not in (None, ARCHITECTURE):
            raise WeightsError(
                f"{path}: holds {ARCHITECTURE}, not {architecture}; leave the architecture out"
            )
        config, labels = described_lite(path, read_metadata(path))
        return plain_lite(config, read_arrays(path), path=path), labels
    from blendmask_live.network.checkpoint import open_network
    from blendmask_live.network.lite.model import BlendMaskLite

    network, labels = open_network(path, architecture)
    assert not isinstance(network, BlendMaskLite)
    return network, labels


def holds_lite(path: Path) -> bool:
    """Whether a weights file is of a blendmask-lite.

    Raises:
        WeightsError: If it is damaged.
    """
    return is_safetensors(path) and read_metadata(path).get("architecture") == ARCHITECTURE
