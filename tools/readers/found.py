"""What every reader's script has in common; needs numpy only."""

from __future__ import annotations

import pickle
import sys
import warnings
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Found:
    """One object in one frame, as the reader gives it."""

    frame: int
    """As the reader says: from the file's name, or its own number."""
    mask: NDArray[np.bool_]
    """(H, W)."""
    label: str | None = None
    track_id: int | str | None = None


@dataclass(frozen=True)
class Outcome:
    """What one reader made of one file."""

    found: list[Found]
    error: str = ""
    """Type and first line of what the reader raised."""


def report(package: str, readers: Mapping[str, Callable[[Path], Iterable[Found]]]) -> None:
    """Run readers (name of the variant -> function of its folder) and write what they find.

    The command line is the folder of all variants and the file to write.
    """
    warnings.simplefilter("ignore")
    folder, out = map(Path, sys.argv[1:])
    outcomes = {}
    for name, read in readers.items():
        try:
            outcomes[name] = Outcome(list(read(folder / name)))
        except Exception as error:
            while error.__cause__ is not None:
                error = error.__cause__
            text = str(error).replace(str(folder), "").strip().split("\n")[0]
            outcomes[name] = Outcome([], f"{type(error).__name__}: {text}")
    out.write_bytes(pickle.dumps((version(package), outcomes)))
