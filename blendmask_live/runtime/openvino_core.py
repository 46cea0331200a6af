"""The one OpenVINO core of the process, which is never closed."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import openvino

from blendmask_live.runtime.kept_engines import is_intact, keep

__all__ = ["CORE", "compiled_or_kept"]

_log = logging.getLogger(__name__)

CORE: Final = openvino.Core()
"""Compiles every network, from any thread.

A core's CPU plugin gives the thread that loads it a signal stack. With the plugin's last network,
it unmaps that stack and puts the former one back; but not from another thread, and not rightly
where two cores were open and the elder went first. The thread is then left with a stack that
is unmapped, or whatever was mapped there since (such as a training batch): the next signal that
Python handles (Ctrl-C, the end of a worker process) overwrites that or is a segmentation fault.
Held here, the one plugin stays.
"""


def compiled_or_kept(path: Path, graph: Callable[[], Any], settings: dict[str, Any]) -> Any:
    """A network for the CPU: as it was kept compiled, or compiled and kept.

    Args:
        path: Names the network, the settings and the machine.
        graph: Makes the graph, where it has to be compiled.
    """
    if is_intact(path):
        # What another version or machine wrote has another name, or is refused.
        with suppress(RuntimeError):
            return CORE.import_model(path.read_bytes(), "CPU", settings)
    compiled = CORE.compile_model(graph(), "CPU", settings)
    try:
        keep(path, lambda scratch: scratch.write_bytes(compiled.export_model().getvalue()))
    except (OSError, RuntimeError) as error:
        _log.warning("%s: the prepared network cannot be kept (%s)", path.parent, error)
    return compiled
