"""Where an export lists the frames of the source that it holds."""

from __future__ import annotations

from pathlib import Path

from blendmask_live.export.staging import table_beside

__all__ = ["frames_csv"]


def frames_csv(folder: Path) -> Path:
    """The frames.csv of an output folder: in it, or beside it."""
    inside = folder / "frames.csv"
    return inside if inside.is_file() else table_beside(folder, "frames.csv")
