"""Reading PyTorch checkpoints of unknown origin: tensors and plain values, never code."""

from __future__ import annotations

import pickle
import re
import warnings
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch

from blendmask_live.errors import WeightsError

__all__ = ["read_checkpoint"]

_TORCH_SAVE_MAGIC = bytes.fromhex("80028a0a6cfc9c46f9206aa85019")
"""How files of `torch.save` began before they were zip archives: a pickled number."""
_BARE_PICKLE = (
    "a bare pickle, not a file of torch.save; if you trust it, load it with Python's pickle and "
    "save its tensors with torch.save"
)


def read_checkpoint(path: Path) -> Mapping[str, Any]:
    """The content of a PyTorch checkpoint; code in it is never run.

    NumPy arrays and scalars may be among it: training frameworks leave them there.

    Raises:
        WeightsError: If the file is missing, damaged, holds code or is no checkpoint.
    """
    if not path.is_file():
        raise WeightsError(f"{path}: no such file")
    try:
        _require_intact(path)
        with warnings.catch_warnings(), torch.serialization.safe_globals(_numpy_globals()):
            warnings.simplefilter("ignore")
            content = torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        raise WeightsError(f"{path}: {_why_refused(path, error)}") from error
    except (RuntimeError, EOFError, OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
        raise WeightsError(f"{path}: {_why_unreadable(path, error)}") from error
    if not isinstance(content, Mapping):
        raise WeightsError(f"{path}: holds a {type(content).__name__}, expected a state dict")
    return content


def _require_intact(path: Path) -> None:
    """Compare checksums, which `torch.load` does not.

    Raises:
        zipfile.BadZipFile: If a part is not what was written.
    """
    if not zipfile.is_zipfile(path):
        return
    with zipfile.ZipFile(path) as archive:
        for part in archive.infolist():
            if part.CRC:  # 0 where the writer computed none.
                with archive.open(part) as file:
                    while file.read(1 << 20):
                        pass


def _numpy_globals() -> list[Any]:
    """What pickled arrays and scalars name; it makes numbers, and runs nothing."""
    # An array and a scalar say themselves what makes them; its module was renamed in NumPy 2.
    makers: list[Any] = [value.__reduce__()[0] for value in (np.zeros(1), np.float64(0))]
    named = [
        (made, f"numpy.{core}.multiarray.{made.__name__}")
        for made in makers
        for core in ("core", "_core")
    ]
    dtypes = {type(np.dtype(code)) for code in "?bBhHiIlLqQefd"}
    return [*named, np.ndarray, np.dtype, *dtypes]


def _why_refused(path: Path, error: pickle.UnpicklingError) -> str:
    if _is_bare_pickle(path):
        return _BARE_PICKLE
    named = re.search(r"GLOBAL (\S+)", str(error))
    if named:
        return (
            f"holds Python objects or code beside tensors ({named[1]}), which is never run; "
            "save its state dict alone"
        )
    return "not a PyTorch checkpoint of tensors (code in a pickle is never run)"


def _why_unreadable(path: Path, error: Exception) -> str:
    if _is_bare_pickle(path):
        return _BARE_PICKLE
    if "TorchScript" in str(error):
        return "a TorchScript program, which is never run; save the state dict of its network"
    return "cannot be read; it is damaged or cut short, fetch or copy it again"


def _is_bare_pickle(path: Path) -> bool:
    with path.open("rb") as file:
        start = file.read(len(_TORCH_SAVE_MAGIC))
    return start[:1] == b"\x80" and not _TORCH_SAVE_MAGIC.startswith(start)
