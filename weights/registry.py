"""The model zoo: weights by name, built in, fetched or the user's own."""

from __future__ import annotations

from pathlib import Path

from blendmask_live.errors import WeightsError
from weights.built_in import WeightsEntry, list_weights, verify_weights
from weights.own import list_own
from weights.published import list_published

__all__ = ["WeightsEntry", "list_weights", "verify_weights", "weights_path"]


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
