"""Which files of a folder are pictures, and in which order they are frames."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

__all__ = ["IMAGE_SUFFIXES", "is_picture", "natural_key", "pictures_in"]

IMAGE_SUFFIXES: Final = frozenset(
    {".bmp", ".jpeg", ".jpg", ".pgm", ".png", ".ppm", ".tif", ".tiff", ".webp"}
)


def is_picture(path: Path) -> bool:
    """Whether a file counts as a frame, by its name.

    Hidden files do not: macOS writes `._1.png` beside `1.png` on foreign disks.
    """
    return path.suffix.lower() in IMAGE_SUFFIXES and not path.name.startswith(".")


def pictures_in(folder: Path) -> list[Path]:
    """The pictures directly inside a folder; the position of each is its frame index.

    Raises:
        OSError: If the folder cannot be listed.
    """
    return sorted((path for path in folder.iterdir() if is_picture(path)), key=natural_key)


def natural_key(path: Path) -> tuple[list[str | int], str]:
    """Sort key by name: frame2 comes before frame10."""
    parts = re.split(r"(\d+)", path.name.casefold())
    return [int(part) if i % 2 else part for i, part in enumerate(parts)], path.name
