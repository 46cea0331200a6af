"""What takes long: opening sources and loading the network; called in a worker thread."""

from __future__ import annotations

import atexit
import ctypes
import gc
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PyQt5.QtCore import QCoreApplication

if TYPE_CHECKING:
    from blendmask_live.config import SegmenterSettings
    from blendmask_live.segmenting.segmenter import Segmenter

__all__ = ["LOADING_STEPS", "NetworkChoice", "load_network"]

LOADING_STEPS: Final = 3
Report = Callable[[int, str], None]
"""Called with the number of steps done and what comes next."""


@dataclass(frozen=True, slots=True)
class NetworkChoice:
    """Which network, and how it is run; values as on the command line."""

    weights: str = "blendmask-lite"
    architecture: str | None = None
    device: str = "auto"
    runtime: str = "auto"
    precision: str = "auto"
    threads: int = 0


def load_network(choice: NetworkChoice, settings: SegmenterSettings, report: Report) -> Segmenter:
    """Load weights and run them once, so that the first frame is not the slow one.

    Raises:
        WeightsError: If the weights are missing or damaged.
        ConfigError: If the choice cannot be run here.
    """
    report(0, _tr("Loading PyTorch"))
    _import_torch()
    import numpy as np

    from blendmask_live.live.rehearsal import rehearse
    from blendmask_live.segmenting.segmenter import load_segmenter

    report(1, _tr("Loading the weights of {name}").format(name=choice.weights))
    segmenter = load_segmenter(
        choice.weights,
        architecture=choice.architecture,
        device=choice.device,
        runtime=choice.runtime,
        precision=choice.precision,
        threads=choice.threads,
        settings=settings,
    )
    report(2, _tr("Preparing the network for this machine"))
    rehearse()
    segmenter.segment(np.zeros((360, 640, 3), np.uint8))
    return segmenter


def _import_torch() -> None:
    """Import what the network needs, while the window goes on.

    Its million objects stay for good: looking for garbage among them, with Python's lock held,
    would stop the window for a quarter of a second now, and again and again in live view.
    """
    if "torch" in sys.modules:
        return
    _load_torch_libraries()
    gc.disable()
    try:
        import blendmask_live.segmenting.segmenter  # noqa: F401
    finally:
        gc.enable()
    gc.freeze()
    # Some extension modules complain about what is left at the end.
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


def _tr(text: str) -> str:
    # The name under which pylupdate5 files what is said outside of classes.
    return QCoreApplication.translate("@default", text)
