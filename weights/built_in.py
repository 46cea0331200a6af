"""The weights that come with the package: origin, licence and checksum from manifest.toml."""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from blendmask_live.errors import WeightsError

__all__ = ["WeightsEntry", "list_weights", "verify_weights"]

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
        )
        for name, entry in content["weights"].items()
    )


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
