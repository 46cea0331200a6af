"""Where an export tells which frames of the source it holds."""

from __future__ import annotations

from pathlib import Path

from blendmask_live.export.staging import table_beside

__all__ = ["frame_table"]


def frame_table(folder: Path) -> Path:
    """The frames.csv of an output folder: in it, or beside it."""
    inside = folder / "frames.csv"
    return inside if inside.is_file() else table_beside(folder, "frames.csv")
