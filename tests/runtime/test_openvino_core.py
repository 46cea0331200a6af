"""Signals are survived however OpenVINO networks are let go of."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("openvino")

_PROGRAM = """
import signal, threading
import torch
torch.set_num_threads(1)
from blendmask_live.runtime import open_runtime
from tests.tiny_network import shapes_picture, tiny_network

network, picture = tiny_network(), shapes_picture(64, 96)[None].numpy()

def opened():
    runtime = open_runtime(network, runtime="openvino", device="cpu", precision="fp32")
    runtime.run(picture)
    return runtime

signal.signal(signal.SIGINT, lambda number, frame: print("handled"))
runtimes = [opened(), opened()]
del runtimes[0]  # the elder first
del runtimes[0]
signal.raise_signal(signal.SIGINT)
runtimes = [opened()]
closing = threading.Thread(target=runtimes.clear)
closing.start()
closing.join()
signal.raise_signal(signal.SIGINT)
"""


@pytest.mark.skipif(os.name != "posix", reason="signal stacks")
def test_networks_let_go_of_in_any_order_and_thread_leave_signals_alone() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
    )
    assert done.returncode != -signal.SIGSEGV
    assert done.stdout.splitlines() == ["handled"] * 2, done.stderr
