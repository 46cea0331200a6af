"""What is done here is nobody else's business."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

_IMPORT = """
import sys
def tell(event, values):
    if event.startswith("socket."):
        print(event, values)
import blendmask_live
sys.addaudithook(tell)
import onnxruntime, openvino
"""


def test_runtimes_neither_report_their_use_nor_prepare_to(tmp_path: Path) -> None:
    pytest.importorskip("onnxruntime")
    pytest.importorskip("openvino")
    home = {name: str(tmp_path) for name in ("HOME", "USERPROFILE", "XDG_CACHE_HOME")}
    # Libraries keep quiet on test machines: here they shall not know of it.
    environment = {name: value for name, value in os.environ.items() if name != "CI"} | home
    done = subprocess.run(
        [sys.executable, "-c", _IMPORT],
        cwd=Path(__file__).parents[2],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    # On some machines ONNX Runtime warns on stderr that it cannot look for GPUs.
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert not list(tmp_path.iterdir())
