"""Runs xcb/ on a virtual screen with Qt's real X11 plugin: one process has one platform."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.timeout(1200)
def test_the_main_flows_on_x11(x11_display: str) -> None:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("QT_")}
    environment |= {"DISPLAY": x11_display, "BLENDMASK_TESTS_ON_X11": "1", "PYTHONPATH": str(ROOT)}
    arguments = ["-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "tests/gui/xcb"]
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=1100,
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
