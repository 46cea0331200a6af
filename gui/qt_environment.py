"""Makes PyQt5 get along with other libraries in the same process.

The full `opencv-python` wheel carries a Qt of its own. Importing cv2 points
QT_QPA_PLATFORM_PLUGIN_PATH and QT_QPA_FONTDIR at it, and PyQt5 then aborts: "Could not load the
Qt platform plugin xcb". Qt reads both when the QApplication is made, so it is enough to take
cv2's values back before that; when cv2 is imported later, they do no harm any more.

On X11, Qt loads OpenGL with the first window, and with it Mesa's libLLVM. PyTorch for CUDA then
loads Triton, whose own LLVM finds Mesa's symbols first: the process dies with a segmentation
fault inside `import torch`. The window paints without OpenGL, so Qt is told to leave it alone.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

__all__ = ["prepare_qt_environment"]

_SET_BY_CV2: Final = ("QT_QPA_PLATFORM_PLUGIN_PATH", "QT_QPA_FONTDIR")


def prepare_qt_environment() -> None:
    """Call before the QApplication is made; what the user set stays."""
    for name in _SET_BY_CV2:
        if "cv2" in Path(os.environ.get(name, "")).parts:
            del os.environ[name]
    os.environ.setdefault("QT_XCB_GL_INTEGRATION", "none")
