"""The one OpenVINO core of the process, which is never closed."""

from __future__ import annotations

from typing import Final

import openvino

__all__ = ["CORE"]

CORE: Final = openvino.Core()
"""Compiles every network, from any thread.

A core's CPU plugin gives the thread that loads it a signal stack. With the plugin's last network,
it unmaps that stack and puts the former one back; but not from another thread, and not rightly
where two cores were open and the elder went first. The thread is then left with a stack that
is unmapped, or whatever was mapped there since (such as a training batch): the next signal that
Python handles (Ctrl-C, the end of a worker process) overwrites that or is a segmentation fault.
Held here, the one plugin stays.
"""
