"""The authors' weights: where they come from, where they are kept, what they were at first."""

from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from blendmask_live.atomic import written_beside
from blendmask_live.errors import WeightsError

__all__ = ["FirstSeen", "PublishedWeights", "list_published", "user_folder"]

_MANIFEST = Path(__file__).parent / "published.toml"
RECORD = "first-seen.json"


@dataclass(frozen=True, slots=True)
class PublishedWeights:
    """One checkpoint that the authors offer.

    Attributes:
        name: What `fetch` and `--weights` take.
        architecture: What it is expected to hold.
        file: Its name on the authors' page.
        base_url: The page's address; `file` follows it.
        licence: The authors' terms.
        origin: Whom to credit.
        accuracy: As the authors report it.
    """

    name: str
    architecture: str
    file: str
    base_url: str
    licence: str
    origin: str
    accuracy: Mapping[str, float]

    @property
    def path(self) -> Path:
        """Where it is kept after fetching, in our format."""
        return user_folder() / f"{self.name}.safetensors"


def list_published() -> dict[str, PublishedWeights]:
    """Name -> weights, in the order of published.toml."""
    content = tomllib.loads(_MANIFEST.read_text(encoding="utf-8"))
    return {
        name: PublishedWeights(
            name=name,
            architecture=entry.get("architecture", name),
            file=entry["file"],
            base_url=content["base_url"],
            licence=content["licence"],
            origin=content["origin"],
            accuracy=entry["accuracy"],
        )
        for name, entry in content["weights"].items()
    }


def user_folder() -> Path:
    """Where fetched weights are kept: with the data of the user's other programs.

    Earlier versions kept them in ~/.local/share, or XDG_DATA_HOME, on every system; what is there
    stays in use.
    """
    try:
        folder = platformdirs.user_data_path("blendmask-live", appauthor=False) / "weights"
        base = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    except RuntimeError as error:
        raise WeightsError(
            "no place for weights: this user has no home folder; set XDG_DATA_HOME to a folder"
        ) from error
    earlier = Path(base) / "blendmask-live" / "weights"
    return earlier if earlier.is_dir() and not folder.is_dir() else folder


class FirstSeen:
    """SHA-256 of each file when it was first fetched, on disk in the user's folder.

    Kept by file name, so a mirror cannot offer another file under a known name.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / RECORD

    def require_same(self, file: str, sha256: str) -> None:
        """Refuse a file that is not what it was.

        Raises:
            WeightsError: If another SHA-256 was recorded, or the record cannot be read.
        """
        known = self._read().get(file)
        if known not in (None, sha256):
            raise WeightsError(
                f"{file}: SHA-256 {sha256[:12]}... differs from {known[:12]}..., recorded when it "
                f"was first fetched; if you trust the new file, remove its line from {self._path}"
            )

    def record(self, file: str, sha256: str) -> None:
        """Remember a file that was not known before."""
        known = self._read() | {file: sha256}
        with written_beside(self._path) as partial:
            partial.write_text(json.dumps(known, indent=2, sort_keys=True) + "\n", encoding="utf-8")

    def _read(self) -> dict[str, str]:
        if not self._path.exists():
            return {}
        try:
            known = json.loads(self._path.read_text(encoding="utf-8"))
            return {str(file): str(sha256) for file, sha256 in known.items()}
        except (OSError, ValueError, AttributeError) as error:
            raise WeightsError(
                f"{self._path}: the recorded checksums cannot be read ({error}); "
                "repair the file, or remove it to trust the next download"
            ) from error
