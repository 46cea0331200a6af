"""Signals are survived whatever thread lets go of an OpenVINO network."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("openvino")

_PROGRAM = """
import signal
import threading
import torch
torch.set_num_threads(1)
from blendmask_live.runtime import open_runtime
from tests.tiny_network import shapes_picture, tiny_network
signal.signal(signal.SIGINT, lambda number, frame: print("handled"))
runtimes = [open_runtime(tiny_network(), runtime="openvino", device="cpu", precision="fp32")]
runtimes[0].run(shapes_picture(64, 96)[None])
closing = threading.Thread(target=runtimes.clear)
closing.start()
closing.join()
signal.raise_signal(signal.SIGINT)
"""


@pytest.mark.skipif(os.name != "posix", reason="signal stacks")
def test_a_network_let_go_by_another_thread_leaves_signals_alone() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
    )
    assert done.returncode != -signal.SIGSEGV, done.stderr
    assert done.stdout == "handled\n", done.stderr
