"""Weights that a user trained, by name."""

from __future__ import annotations

from pathlib import Path

from weights.published import user_folder

__all__ = ["list_own", "own_folder"]


def list_own() -> dict[str, Path]:
    """Name -> file."""
    return {path.stem: path for path in sorted(own_folder().glob("*.safetensors"))}


def own_folder() -> Path:
    """Where they are kept."""
    return user_folder() / "own"
