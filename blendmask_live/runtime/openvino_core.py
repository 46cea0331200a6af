"""The one OpenVINO core of the process, which is never closed."""

from __future__ import annotations

from typing import Final

import openvino

__all__ = ["CORE"]

CORE: Final = openvino.Core()
"""Compiles every network, from any thread.

A core's CPU plugin gives the thread that loads it a signal stack, and unmaps that stack with the
last network, in whichever thread lets go of it. Had the first thread loaded it and another one
unmapped it, the next signal that Python handles (Ctrl-C, the end of a worker process) would be
a segmentation fault. Held here, the plugin stays.
"""
