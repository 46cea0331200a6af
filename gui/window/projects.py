"""Annotation projects beside the live view: made from its video, edited in windows of their own."""

from __future__ import annotations

import gc
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PyQt5.QtCore import QObject, Qt, QTimer, pyqtSignal
from PyQt5.QtWidgets import QWidget

from blendmask_live.errors import BlendMaskLiveError
from gui.live.controller import LiveController
from gui.shared.problems import Problem, problem_of
from gui.window.annotate_dialog import AnnotateDialog

if TYPE_CHECKING:
    from gui.editor.window import EditorWindow

__all__ = ["Projects"]


_AFTER_CLOSING_MS: Final = 300


class Projects(QObject):
    """Opens editors and closes them with the window.

    Signals:
        problem_found: A `Problem` to show.
        weights_made: An editor made new weights; carries their name.
    """

    problem_found = pyqtSignal(object)
    weights_made = pyqtSignal(str)

    def __init__(self, controller: LiveController, parent: QWidget) -> None:
        """`parent` is the window that shows the controller's video."""
        super().__init__(parent)
        self._controller, self._window = controller, parent
        self._editors: list[EditorWindow] = []
        self._dialog: AnnotateDialog | None = None

    def open(self, path: Path) -> None:
        """Open the editor on a project; one that is open already comes to the front."""
        for editor in self._editors:
            if _is_same(editor.controller.project.path, path):
                # Under the name that it was opened by: it may be reached by several.
                known = editor.controller.project.path.absolute()
                self._controller.preferences.add_recent(known)
                editor.setWindowState(editor.windowState() & ~Qt.WindowMinimized)
                editor.raise_()
                editor.activateWindow()
                return
        # Loaded here, so that the live window is there sooner.
        from gui.editor.controller import EditorController
        from gui.editor.window import EditorWindow

        try:
            editor = EditorWindow(EditorController(path), self._controller.preferences)
        except BlendMaskLiveError as error:
            title = self.tr("The project cannot be opened")
            self.problem_found.emit(replace(problem_of(error), title=title))
            return
        editor.closed.connect(partial(self._forget, editor))
        editor.learned.connect(self.weights_made)
        editor.project_wanted.connect(self.open)
        self._editors.append(editor)
        self._controller.preferences.add_recent(path.absolute())
        editor.show()

    @property
    def editors(self) -> tuple[EditorWindow, ...]:
        """The open editors, the newest last."""
        return tuple(self._editors)

    def annotate(self) -> None:
        """Ask how the shown video is to be annotated."""
        controller = self._controller
        if controller.session is None or controller.session.info.is_live:
            text = self.tr("Open a video file first. Live sources are recorded with R.")
            self.problem_found.emit(Problem(self.tr("Nothing to annotate"), text, "open"))
            return
        dialog = AnnotateDialog(
            controller.annotate_request(),
            controller.session.labels,
            self._window,
            second_look_ms=controller.session.status().second_look_ms,
        )
        dialog.project_made.connect(self.open)
        dialog.problem_found.connect(self.problem_found)
        self._dialog = dialog
        dialog.open()

    def asks_before_closing(self) -> bool:
        """Close the editors; whether one of them asks first, since it exports."""
        asked = [editor.ask_and_close() for editor in self.editors]
        return any(asked)

    def close(self) -> None:
        """Close all editors; a video that is being annotated is annotated up to here."""
        if self._dialog is not None and self._dialog.job is not None:
            self._dialog.job.stop()
            self._dialog.job.join()
        for editor in tuple(self._editors):
            editor.close()

    def _forget(self, editor: EditorWindow) -> None:
        self._editors.remove(editor)
        editor.controller.deleteLater()
        editor.deleteLater()
        # The pictures that it has read hang in circles of objects, and these are so few that
        # Python would look for them late.
        QTimer.singleShot(_AFTER_CLOSING_MS, _collect)


def _collect() -> None:
    gc.collect()


def _is_same(one: Path, other: Path) -> bool:
    return one.resolve() == other.resolve()
