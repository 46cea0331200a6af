"""Where prepared networks are kept on disk, and how they are recognised."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import numpy as np

from blendmask_live.atomic import cache_folder, scratch_folder
from blendmask_live.network.lite.plain import PlainLite
from blendmask_live.network.prompt.plain import PlainPrompt
from blendmask_live.network.weights_file import TRAINING_ONLY
from blendmask_live.runtime.runtime import Network, is_lite

__all__ = ["is_intact", "keep", "kept_path", "network_digest"]

_GRAPH_VERSION = 4
"""Raised whenever the outputs of a graph change, so that kept graphs are replaced."""
_KEPT_PER_KIND = 12
"""Networks of one file type that stay; the longest unused go first."""


def network_digest(model: Network | PlainPrompt, *packages: str) -> str:
    """Names a network's weights and sizes, and the versions of what prepared it.

    Args:
        packages: Distributions on which the result depends; PyTorch is one, where the network
            is its own.
    """
    is_plain = isinstance(model, PlainLite | PlainPrompt)
    names = packages if is_plain else ("torch", *packages)
    made_by = [f"{name} {_version(name)}" for name in names]
    digest = hashlib.sha256(f"{_GRAPH_VERSION} {made_by} {model.config}".encode())
    tensors = model.tensors if isinstance(model, PlainLite | PlainPrompt) else model.state_dict()
    for name, value in sorted(tensors.items()):
        # Parameters that only training uses are not in the weights file: they are random in every
        # process.
        if name.startswith(TRAINING_ONLY):
            continue
        array = value if isinstance(value, np.ndarray) else value.cpu().numpy()
        digest.update(name.encode() + array.tobytes())
    return digest.hexdigest()[:20]


def kept_path(model: Network, digest: str, suffix: str) -> Path:
    """The file that a prepared network belongs into."""
    name = "lite" if is_lite(model) else model.config.name  # type: ignore[union-attr]
    return cache_folder() / f"{name}-{digest}{suffix}"


def is_intact(path: Path, companions: Sequence[str] = ()) -> bool:
    """Whether a file was written completely; a damaged one may load and compute nonsense.

    Args:
        companions: Suffixes of the files that belong to it.
    """
    try:
        intact = _checksum_path(path).read_text() == _checksum(path, companions)
    except (OSError, ValueError):
        return False
    if intact:
        # Remembers the last use.
        with suppress(OSError):
            _checksum_path(path).touch()
    return intact


def keep(path: Path, write: Callable[[Path], object], companions: Sequence[str] = ()) -> None:
    """Write a file; its checksum comes last, so a kill in between leaves an invalid entry.

    Args:
        write: Called with the path of a scratch file.

    Raises:
        OSError, RuntimeError: If it cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with scratch_folder(path) as scratch:
        made = scratch / path.name
        write(made)
        _checksum_path(made).write_text(_checksum(made, companions))
        for suffix in companions:
            made.with_suffix(suffix).replace(path.with_suffix(suffix))
        made.replace(path)
        _checksum_path(made).replace(_checksum_path(path))
    _forget_longest_unused(path, companions)


def _forget_longest_unused(path: Path, companions: Sequence[str]) -> None:
    kept = [
        other for other in path.parent.glob(f"*{path.suffix}") if _checksum_path(other).exists()
    ]
    kept.sort(key=lambda other: _checksum_path(other).stat().st_mtime)
    for old in kept[:-_KEPT_PER_KIND]:
        for file in (_checksum_path(old), old, *(old.with_suffix(s) for s in companions)):
            file.unlink(missing_ok=True)


def _checksum_path(path: Path) -> Path:
    return path.with_suffix(".sha256")


def _checksum(path: Path, companions: Sequence[str]) -> str:
    files = path, *(path.with_suffix(suffix) for suffix in companions)
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


def _version(distribution: str) -> str:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return "not installed"
