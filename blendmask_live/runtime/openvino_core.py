"""The one OpenVINO core of the process, which is never closed."""

from __future__ import annotations

from typing import Final

import openvino

__all__ = ["CORE"]

CORE: Final = openvino.Core()
"""Compiles every network, from any thread.

A core's CPU plugin gives the thread that loads it a signal stack, and unmaps that stack with its
last network, in whichever thread lets go of that. Loaded by the main thread and closed by another
one, the next signal that Python handles (Ctrl-C, the end of a worker process) would be a
segmentation fault. Held here, the plugin stays.
"""
