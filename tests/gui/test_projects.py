"""Projects that are opened from the window, again and again."""

from __future__ import annotations

import weakref
from pathlib import Path

from PyQt5.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from gui.live.controller import LiveController
from gui.window.projects import Projects


def test_a_closed_editor_leaves_nothing_behind(
    controller: LiveController, project_path: Path, qtbot: QtBot
) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    projects = Projects(controller, window)
    projects.open(project_path)
    qtbot.waitUntil(lambda: projects.editors[0].controller.picture is not None, timeout=60_000)
    (editor,) = projects.editors
    left = [weakref.ref(part) for part in (editor, editor.controller, editor.controller.project)]
    editor.close()
    del editor
    qtbot.waitUntil(lambda: [part() for part in left] == [None, None, None], timeout=30_000)
