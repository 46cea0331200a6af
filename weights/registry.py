"""The model zoo: weights by name, with origin, licence and checksum from manifest.toml."""

from __future__ import annotations

import hashlib
import tomllib
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from blendmask_live.config import SegmenterSettings
from blendmask_live.errors import WeightsError
from weights.own import list_own
from weights.published import list_published

__all__ = ["WeightsEntry", "list_weights", "own_size", "verify_weights", "weights_path"]

_FOLDER = Path(__file__).parent
_MANIFEST = _FOLDER / "manifest.toml"


@dataclass(frozen=True, slots=True)
class WeightsEntry:
    """One entry of the manifest."""

    name: str
    architecture: str
    path: Path
    sha256: str
    licence: str
    origin: str
    accuracy: dict[str, Any]
    """Measured figures and what they were measured on."""
    network_time: float | None
    """Of the network on pictures of one size, beside that of blendmask-lite."""

    @property
    def finds_objects(self) -> bool:
        """Whether a segmenter can be made of it; the prompted head answers prompts alone."""
        return self.architecture != "blendmask-prompt"


def list_weights() -> tuple[WeightsEntry, ...]:
    """All entries of the manifest."""
    content = tomllib.loads(_MANIFEST.read_text(encoding="utf-8"))
    return tuple(
        WeightsEntry(
            name=name,
            architecture=entry["architecture"],
            path=_FOLDER / entry["file"],
            sha256=entry["sha256"],
            licence=entry["licence"],
            origin=entry["origin"],
            accuracy=entry.get("accuracy", {}),
            network_time=entry.get("network_time"),
        )
        for name, entry in content["weights"].items()
    )


def weights_path(name_or_path: str | Path) -> Path:
    """The file behind a name (built in or fetched), or the given path.

    Raises:
        WeightsError: If there is neither such a name nor such a file, or it is not fetched yet.
    """
    name, entries = str(name_or_path), {entry.name: entry for entry in list_weights()}
    if name in entries:
        return entries[name].path
    published = list_published()
    if name in published:
        if not published[name].path.is_file():
            raise WeightsError(f"{name}: not fetched yet; 'blendmask-live weights fetch {name}'")
        return published[name].path
    own = list_own()
    if name in own:
        return own[name]
    path = Path(name_or_path)
    if not path.is_file():
        known = ", ".join([*entries, *own, *published])
        raise WeightsError(f"{name_or_path}: neither a weights file nor one of {known}")
    return path


def own_size(name_or_path: str | Path) -> tuple[int, int]:
    """Short and long side, px, of the input that a blendmask-lite was made for.

    Of other networks, and of what cannot be read, the usual size.
    """
    from blendmask_live.network.opening import holds_lite
    from blendmask_live.network.weights_file import described_lite, read_metadata

    usual = SegmenterSettings()
    # Whoever loads them is told what is wrong.
    with suppress(WeightsError):
        path = weights_path(name_or_path)
        if holds_lite(path):
            config, _ = described_lite(path, read_metadata(path))
            return config.short_side, config.long_side
    return usual.short_side, usual.long_side


def verify_weights(entry: WeightsEntry) -> None:
    """Compare a file with its checksum.

    Raises:
        WeightsError: If the file is missing or differs.
    """
    if not entry.path.is_file():
        raise WeightsError(f"{entry.path}: missing; install the package again")
    digest = hashlib.sha256(entry.path.read_bytes()).hexdigest()
    if digest != entry.sha256:
        raise WeightsError(
            f"{entry.path}: SHA-256 {digest[:12]}... differs from weights/manifest.toml "
            f"({entry.sha256[:12]}...); install the package again"
        )
