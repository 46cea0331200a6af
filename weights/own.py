"""Weights that a user trained, by name."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from blendmask_live.atomic import written_beside
from blendmask_live.errors import WeightsError
from weights.published import user_folder

__all__ = ["install_weights", "list_own"]


def list_own() -> dict[str, Path]:
    """Name -> file."""
    return {path.stem: path for path in sorted(_folder().glob("*.safetensors"))}


def install_weights(path: Path, name: str) -> str:
    """Copy a weights file to where it is found by name; one of that name is replaced.

    Returns:
        The name, with characters replaced that files cannot have.

    Raises:
        WeightsError: If the file cannot be copied.
    """
    name = re.sub(r"[^\w.-]+", "-", name).strip("-.") or "trained"
    target = _folder() / f"{name}.safetensors"
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with written_beside(target) as partial:
            shutil.copyfile(path, partial)
    except OSError as error:
        raise WeightsError(f"{target}: cannot be written ({error.strerror})") from error
    return name


def _folder() -> Path:
    return user_folder() / "own"
