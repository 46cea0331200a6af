"""Where dialogs for files begin."""

from __future__ import annotations

from pathlib import Path

from PyQt5.QtCore import QDir, QStandardPaths

__all__ = ["usual_folder"]


def usual_folder(kind: QStandardPaths.StandardLocation) -> str:
    """The user's folder for this kind of files; the home folder where there is none."""
    folder = QStandardPaths.writableLocation(kind)
    # Dialogs would take the last part of one that is not there for a file's name.
    return folder if Path(folder).is_dir() else QDir.homePath()
