"""Loads the network, which takes long: to be called in a worker thread."""

from __future__ import annotations

import atexit
import ctypes
import gc
import importlib
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final

from blendmask_live.config import NetworkChoice, SegmenterChoice
from gui.shared.languages import translate as _tr

if TYPE_CHECKING:
    from blendmask_live.segmenting.segmenter import Segmenter

__all__ = [
    "LOADING_STEPS",
    "NetworkChoice",
    "WeightsFigures",
    "import_torch",
    "load_network",
    "weights_figures",
    "weights_names",
]

LOADING_STEPS: Final = 3
Report = Callable[[int, str], None]
"""Called with the number of steps done and what comes next."""


def load_network(choice: NetworkChoice, wanted: SegmenterChoice, report: Report) -> Segmenter:
    """Load weights and run them once, so that the first frame is not the slow one.

    Raises:
        WeightsError: If the weights are missing or damaged.
        ConfigError: If the choice cannot be run here.
    """
    import numpy as np

    from blendmask_live.live.rehearsal import rehearse
    from blendmask_live.segmenting.segmenter import needs_pytorch, open_segmenter

    if needs_pytorch(choice):
        report(0, _tr("Loading PyTorch"))
        import_torch()
    report(1, _tr("Loading the weights of {name}").format(name=choice.weights))
    segmenter = open_segmenter(choice, wanted)
    report(2, _tr("Preparing the network for this machine"))
    rehearse()
    segmenter.segment(np.zeros((360, 640, 3), np.uint8))
    return segmenter


def weights_names() -> tuple[str, ...]:
    """Names of weights that can be chosen: built-in, the user's own, and published
    ones that were fetched."""
    from weights.own import list_own
    from weights.published import list_published
    from weights.registry import list_weights

    fetched = (name for name, entry in list_published().items() if entry.path.is_file())
    return (*(entry.name for entry in list_weights() if entry.finds_objects), *list_own(), *fetched)


@dataclass(frozen=True, slots=True)
class WeightsFigures:
    """What was measured of weights; None where it was not. AP is average precision, 0 to 1."""

    mask_ap: float | None = None
    second_look_ap: float | None = None
    """Of masks after a second look, as the live window takes it."""
    box_ap: float | None = None
    network_time: float | None = None
    """Of the network alone, beside that of blendmask-lite."""


def weights_figures(name: str) -> WeightsFigures:
    """What was measured of weights."""
    from weights.published import list_published
    from weights.registry import list_weights

    for entry in list_weights():
        if entry.name == name:
            tables = ("mask", "mask_second_look", "box")
            mask, looked, box = (entry.accuracy.get(table, {}).get("AP") for table in tables)
            return WeightsFigures(mask, looked, box, entry.network_time)
    published = list_published().get(name)
    if published is None:
        return WeightsFigures()
    accuracy = published.accuracy
    return WeightsFigures(mask_ap=accuracy.get("mask_AP"), box_ap=accuracy.get("box_AP"))


def import_torch() -> None:
    """Import PyTorch, while the window goes on.

    PyTorch makes a million objects, which stay. The garbage collector would look through them with
    Python's lock held and stop the window for a quarter of a second, now and again and again.
    """
    if "torch" in sys.modules:
        return
    _load_torch_libraries()
    gc.disable()
    try:
        importlib.import_module("torchvision")
    finally:
        gc.enable()
    gc.freeze()
    # Some extension modules complain about frozen objects at the end.
    atexit.register(gc.unfreeze)


def _load_torch_libraries() -> None:
    """Load PyTorch's shared libraries without holding Python's lock.

    They take most of a second, in which the window would stand still: `import` holds the lock
    while it loads a library, and so does `ctypes.CDLL`. A call of a function in C does not.
    """
    found = find_spec("torch")
    folder = Path(found.origin).parent / "lib" if found and found.origin else Path()
    for library in folder.glob("*torch_python.*"):
        # If it cannot be loaded, the import that follows says why.
        if sys.platform == "win32":
            ctypes.WinDLL("kernel32").LoadLibraryW(str(library))
        else:
            ctypes.CDLL(None).dlopen(os.fsencode(library), os.RTLD_NOW)
