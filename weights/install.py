"""Gives a user's weights a name."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from blendmask_live.atomic import written_beside
from blendmask_live.errors import WeightsError
from weights.own import own_folder
from weights.published import list_published
from weights.registry import list_weights

__all__ = ["install_weights", "own_name"]

_WORDS = frozenset({"none"})
"""What commands take instead of a name."""


def own_name(name: str) -> str:
    """The name that own weights get, with characters replaced that files cannot have.

    Raises:
        WeightsError: If other weights are found by that name.
    """
    name = re.sub(r"[^\w.-]+", "-", name).strip("-.") or "trained"
    taken = {entry.name for entry in list_weights()} | set(list_published()) | _WORDS
    if name.casefold() in {other.casefold() for other in taken}:
        raise WeightsError(
            f"{name}: other weights have that name and would be used instead; choose another one"
        )
    return name


def install_weights(path: Path, name: str) -> str:
    """Copy a weights file to where it is found by name; own weights of that name are replaced.

    Returns:
        See `own_name`.

    Raises:
        WeightsError: If the name is taken, or the file cannot be copied.
    """
    name = own_name(name)
    target = own_folder() / f"{name}.safetensors"
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with written_beside(target) as partial:
            shutil.copyfile(path, partial)
    except OSError as error:
        raise WeightsError(f"{target}: cannot be written ({error.strerror})") from error
    return name
