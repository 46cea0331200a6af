"""PyQt5 beside the full opencv-python wheel, on a real X11 platform plugin."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from gui.qt_environment import prepare_qt_environment

ROOT = Path(__file__).parents[2]
SHOW = """
from PyQt5.QtWidgets import QLabel
from gui.app import make_application
application = make_application()
label = QLabel("shown")
label.show()
application.processEvents()
assert application.platformName() == "xcb", application.platformName()
assert label.windowHandle().isExposed() or label.isVisible()
"""
CV2 = """
import cv2
import numpy as np
cv2.blur(np.zeros((8, 8), np.uint8), (3, 3))
"""


def run_on(display: str, code: str) -> subprocess.CompletedProcess[str]:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("QT_")}
    environment |= {"DISPLAY": display, "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=600
    )


@pytest.mark.parametrize("code", [CV2 + SHOW, SHOW + CV2], ids=["cv2 first", "window first"])
def test_a_window_opens_on_x11_whichever_of_cv2_and_qt_comes_first(
    x11_display: str, code: str
) -> None:
    done = run_on(x11_display, code)
    assert done.returncode == 0, done.stderr


def test_pytorch_loads_while_a_window_is_shown(x11_display: str) -> None:
    # Mesa's LLVM, loaded with Qt's OpenGL, made Triton's crash inside `import torch`.
    done = run_on(x11_display, SHOW + "import torchvision.ops\nprint('alive')")
    assert done.stdout.strip() == "alive", (done.returncode, done.stderr)


def test_only_what_cv2_set_is_taken_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QT_QPA_FONTDIR", "/usr/lib/python3/site-packages/cv2/qt/fonts")
    monkeypatch.setenv("QT_QPA_PLATFORM_PLUGIN_PATH", "/opt/mine/plugins")
    prepare_qt_environment()
    assert "QT_QPA_FONTDIR" not in os.environ
    assert os.environ["QT_QPA_PLATFORM_PLUGIN_PATH"] == "/opt/mine/plugins"
