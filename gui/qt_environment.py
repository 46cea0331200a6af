"""Makes PyQt5 find its own plugins beside the full `opencv-python` wheel.

That wheel carries a Qt of its own. Importing cv2 points QT_QPA_PLATFORM_PLUGIN_PATH and
QT_QPA_FONTDIR at it, and PyQt5 then aborts: "Could not load the Qt platform plugin xcb". Qt
reads both when the QApplication is made, so it is enough to take cv2's values back before that;
when cv2 is imported later, they do no harm any more.
"""

from __future__ import annotations

import os
from typing import Final

__all__ = ["use_own_plugins"]

_VARIABLES: Final = ("QT_QPA_PLATFORM_PLUGIN_PATH", "QT_QPA_FONTDIR")


def use_own_plugins() -> None:
    """Undo what cv2 did to Qt's environment; what the user set stays."""
    for name in _VARIABLES:
        parts = os.path.normpath(os.environ.get(name, "")).split(os.sep)
        if "cv2" in parts:
            del os.environ[name]
