"""Compiles what a first start needs in a second process, while the program itself loads.

Loops over pixels and objects are compiled on the machine that meets them first, which takes most of
a first start. The program comes to them in the order of a frame: network, masks, tracks, files.
The second process begins behind the network, so that the rest is there when it is needed.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from contextlib import suppress
from fractions import Fraction
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from blendmask_live.atomic import cache_folder

__all__ = ["compile_ahead", "compile_beside"]

_PROGRAM: Final = (
    "import sys; sys.path.insert(0, sys.argv[1]); "
    "from blendmask_live.jobs.ahead import compile_ahead; compile_ahead()"
)
_PACKAGES: Final = ("blendmask_live.drawing", "blendmask_live.masks", "tracking")
"""Where the functions are that are compiled here."""


def compile_beside() -> None:
    """Start the second process where this code is new to this machine; returns at once."""
    if not sys.executable or (os.cpu_count() or 1) < 2:
        return
    with suppress(OSError):
        if _mark().exists():
            return
        subprocess.Popen(
            # Not to take files in the current folder for modules.
            [sys.executable, "-P", "-c", _PROGRAM, str(Path(__file__).parents[2])],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            # Ctrl-C is not for it: what it makes serves the next start too. In the same session, or
            # being nice would not count.
            process_group=0,
        )


def compile_ahead() -> None:
    """Compile what follows the blending of masks; what this process does."""
    from filelock import FileLock, Timeout

    if hasattr(os, "nice"):
        # The program measures runtimes meanwhile, and keeps its choice.
        os.nice(19)
    mark = _mark()
    with suppress(OSError, Timeout):
        mark.parent.mkdir(parents=True, exist_ok=True)
        of_this_install = mark.name.rpartition("-")[0]
        with FileLock(mark.with_name(f"{of_this_install}.lock"), timeout=0):
            try:
                _export_made_up_frames()
            finally:
                # What failed here would fail at each start.
                for older in mark.parent.glob(f"{of_this_install}-*"):
                    older.unlink()
                mark.touch()


def _mark() -> Path:
    """A file that is there where this code was compiled: beside the machine code."""
    install = sha256(f"{sys.version} {__file__}".encode()).hexdigest()[:8]
    stamp = sha256()
    for name in ("numba", *_PACKAGES):
        spec = find_spec(name)
        folder = Path(spec.origin).parent if spec and spec.origin else Path()
        for module in sorted(folder.glob("*.py")) if name in _PACKAGES else [folder]:
            stamp.update(f"{module} {module.stat().st_mtime_ns}".encode())
    beside = Path(__file__).parent / "__pycache__"
    folder = Path(os.environ.get("NUMBA_CACHE_DIR") or beside)
    if folder == beside and not os.access(beside, os.W_OK):
        folder = cache_folder()
    return folder / f"compiled-{install}-{stamp.hexdigest()[:16]}"


def _export_made_up_frames() -> None:
    """Two objects that overlap, in three frames, to the default formats."""
    import numpy as np

    from blendmask_live.config import DEFAULT_FORMATS
    from blendmask_live.datatypes import Frame, Instances, SourceInfo, TrackedFrame
    from blendmask_live.export import open_exporter
    from blendmask_live.labels import COCO_NAMES
    from blendmask_live.masks.crops import distinct_rows
    from tracking import MaskTracker

    height, width = 96, 160
    image = np.zeros((height, width, 3), np.uint8)
    boxes = np.array([[8, 8, 70, 60], [40, 10, 110, 80]], np.float32)
    soft_masks = np.full((2, 56, 56), 0.9, np.float32)
    soft_masks[:, ::7] = 0.2
    tracker = MaskTracker()
    with tempfile.TemporaryDirectory() as scratch:
        source = SourceInfo("made-up", width, height, average_fps=Fraction(25))
        exporters = [
            open_exporter(name, Path(scratch) / name, source=source, labels=COCO_NAMES)
            for name in DEFAULT_FORMATS
        ]
        for index in range(3):
            found = Instances(
                boxes=boxes,
                scores=np.array([0.9, 0.8], np.float32),
                class_ids=np.zeros(2, np.int64),
                frame_size=(height, width),
                soft_masks=soft_masks,
                mask_boxes=boxes,
            )
            crops = found.cropped_masks()
            distinct_rows(crops, found.scores, found.class_ids, max_iou=0.5, max_share=0.5)
            tracked = tracker.update(found, timestamp_s=index / 25)
            frame = Frame(image, index, Fraction(index, 25), 0.0)
            for exporter in exporters:
                exporter.write(TrackedFrame(frame, tracked))
        for exporter in exporters:
            exporter.close()
