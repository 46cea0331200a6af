"""Weights files as they are, without PyTorch: arrays, and what is said of them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, deserialize, safe_open

from blendmask_live.errors import ConfigError, WeightsError
from blendmask_live.network.lite.config import LiteConfig
from blendmask_live.plain_values import from_plain

__all__ = [
    "ARCHITECTURE",
    "TRAINING_ONLY",
    "described_lite",
    "is_safetensors",
    "opened",
    "read_arrays",
    "read_metadata",
    "refuse_unfitting",
]

ARCHITECTURE = "blendmask-lite"
TRAINING_ONLY = ("bottom.semantic.",)
"""Tensors that only training needs; not shipped."""
_FLOATS = {"F64": np.float64, "F32": np.float32, "F16": np.float16}


def is_safetensors(path: Path) -> bool:
    """Whether a file begins as safetensors does: 8 bytes of length, then JSON."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(9)[8:] == b"{"


@contextmanager
def opened(path: Path, framework: str) -> Iterator[Any]:
    """A safetensors file while it is read.

    Raises:
        WeightsError: If the file is missing or damaged.
    """
    if not path.is_file():
        raise WeightsError(f"{path}: no such weights file; see 'blendmask-live weights list'")
    try:
        with safe_open(path, framework=framework) as file:
            yield file
    except (SafetensorError, OSError, ValueError) as error:
        raise WeightsError(
            f"{path}: not a readable safetensors file, damaged or of another kind "
            f"(PyTorch checkpoints need --architecture): {error}"
        ) from error


def read_metadata(path: Path) -> dict[str, str]:
    """What a safetensors file says of itself.

    Raises:
        WeightsError: If the file is missing or damaged.
    """
    with opened(path, "np") as file:
        return dict(file.metadata() or {})


def read_arrays(path: Path) -> dict[str, NDArray[np.float32]]:
    """The floating-point tensors of a safetensors file, in fp32.

    Raises:
        WeightsError: If the file is missing or damaged.
    """
    arrays = {}
    with opened(path, "np"):
        for name, entry in deserialize(path.read_bytes()):
            values = _floats(entry["dtype"], entry["data"])
            if values is not None:
                arrays[name] = values.reshape(entry["shape"])
    return arrays


def _floats(dtype: str, content: bytes) -> NDArray[np.float32] | None:
    """Values of a float type in fp32; None for others."""
    if dtype == "BF16":
        # The upper half of a float32.
        return (np.frombuffer(content, np.uint16).astype(np.uint32) << 16).view(np.float32)
    if dtype not in _FLOATS:
        return None
    return np.frombuffer(content, _FLOATS[dtype]).astype(np.float32)


def described_lite(path: Path, metadata: Mapping[str, str]) -> tuple[LiteConfig, tuple[str, ...]]:
    """Sizes and class names of a blendmask-lite, as its file describes it.

    Raises:
        WeightsError: If the file holds something else, or the description makes no sense.
    """
    architecture = metadata.get("architecture")
    if architecture != ARCHITECTURE:
        raise WeightsError(
            f"{path}: holds {architecture or 'an unnamed architecture'}, expected {ARCHITECTURE} "
            "or one of the published family ('blendmask-live weights list')"
        )
    try:
        config = from_plain(LiteConfig, json.loads(metadata["config"]), "config")
        labels = tuple(str(label) for label in json.loads(metadata["labels"]))
    except (KeyError, TypeError, ValueError) as error:
        raise WeightsError(f"{path}: its description cannot be read ({error!r})") from error
    except ConfigError as error:
        raise WeightsError(f"{path}: its description cannot be used ({error})") from error
    if len(labels) != config.classes:
        raise WeightsError(
            f"{path}: its description names {len(labels)} labels for {config.classes} classes"
        )
    return config, labels


def refuse_unfitting(
    path: Path,
    architecture: str,
    *,
    missing: Iterable[str],
    unknown: Iterable[str],
    wrong: Iterable[str],
) -> None:
    """Tensors that do not fit a network.

    Raises:
        WeightsError: If there are any; names the first.
    """
    kinds = (("missing", missing), ("unknown", unknown), ("of wrong shape", wrong))
    for problem, found in kinds:
        if names := sorted(found):
            more = f" and {len(names) - 1} more" if len(names) > 1 else ""
            raise WeightsError(f"{path}: not {architecture} weights; {names[0]}{more} {problem}")
