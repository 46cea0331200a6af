"""Export, import, re-blending, learning, and finding the video."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PyQt5.QtCore import QObject, QUrl, pyqtSignal
from PyQt5.QtGui import QDesktopServices
from PyQt5.QtWidgets import QFileDialog, QInputDialog, QMessageBox, QWidget

from blendmask_live.annotation import BlendSettings, Reblend
from blendmask_live.errors import FirstFrameUnknown
from blendmask_live.export import ExportOptions
from gui.editor.background import Report
from gui.editor.controller import EditorController
from gui.editor.export_dialog import ExportDialog
from gui.editor.importing import Imported, import_into
from gui.editor.learn_dialog import LearnDialog
from gui.editor.reblend_dialog import ReblendDialog
from gui.shared.heard import told_by_exports, warnings_of_exports
from gui.shared.library_words import in_window_language
from gui.shared.preferences import Preferences
from gui.shared.problems import Problem
from gui.shared.window_terms import in_window_terms

__all__ = ["EditorFiles"]


class EditorFiles(QObject):
    """Asks, then has the controller do it in the background.

    Signals:
        learned: Name of new weights.
        problem_found: A `Problem` to show: news of what was done.
    """

    learned = pyqtSignal(str)
    problem_found = pyqtSignal(object)

    def __init__(
        self, controller: EditorController, preferences: Preferences, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._controller, self._preferences, self._window = controller, preferences, parent
        self._learning: LearnDialog | None = None
        self._exports = 0
        self._question: QMessageBox | None = None
        self._to_import: list[tuple[Path, int | None]] = []
        controller.busy_changed.connect(self._import_next)

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Action name -> what it does."""
        return {
            "export": self._ask_export,
            "import_file": self._ask_import_file,
            "import_folder": self._ask_import_folder,
            "reblend": self._ask_reblend,
            "learn": self._ask_learn,
            "relink": self.relink,
        }

    def act_on(self, problem: Problem) -> None:
        """Do what the button of a problem says."""
        if problem.action == "relink":
            self.relink()
        elif problem.action == "folder":
            QDesktopServices.openUrl(QUrl.fromLocalFile(problem.target))

    def relink(self) -> None:
        """Ask where the video is now."""
        folder = str(self._controller.project.path.parent)
        path, _ = QFileDialog.getOpenFileName(
            self._window, self.tr("Where is the video now?"), folder
        )
        if path:
            self._controller.relink(Path(path))

    # Export

    def _ask_export(self) -> None:
        dialog = ExportDialog(self._controller.project, self._preferences, self._window)
        dialog.chosen.connect(self.export)
        dialog.open()

    def export(self, folder: Path, formats: tuple[str, ...], options: ExportOptions) -> None:
        """Export the project."""
        project = self._controller.project

        def work(report: Report) -> tuple[Path, list[str]]:
            from blendmask_live.jobs.export_project import export_project

            with warnings_of_exports() as warnings:
                export_project(project, folder, formats=formats, options=options, report=report)
            return folder / project.path.stem, warnings

        self._exports += 1
        self._controller.background.run(
            self.tr("Exporting"),
            work,
            lambda made: self._report_export(*made),
            end=self._end_export,
        )

    def _end_export(self) -> None:
        self._exports -= 1
        if not self._exports and self._question is not None:
            self._question.reject()

    def asks_before_closing(self, close: Callable[[], object]) -> bool:
        """Ask whether an export that goes on shall end; False if there is none.

        Args:
            close: Called if it shall.
        """
        if not self._exports:
            return False
        if self._question is None:
            self._ask_before_closing(close)
        return True

    def _ask_before_closing(self, close: Callable[[], object]) -> None:
        box = self._question = QMessageBox(self._window)
        box.setWindowTitle(self.tr("Exporting"))
        box.setText(self.tr("The export is not complete. End it and close?"))
        box.setInformativeText(
            self.tr("Its files are deleted then. The project is saved in any case.")
        )
        end = box.addButton(self.tr("End it and close"), QMessageBox.DestructiveRole)
        go_on = box.addButton(self.tr("Go on"), QMessageBox.RejectRole)
        box.setDefaultButton(go_on)
        box.setEscapeButton(go_on)
        box.finished.connect(self._forget_question)
        end.clicked.connect(close)
        box.open()

    def _forget_question(self) -> None:
        self._question = None

    def _report_export(self, folder: Path, warnings: Sequence[str]) -> None:
        lines = [self.tr("The files are in {}.").format(folder), *told_by_exports(warnings)]
        self.problem_found.emit(
            Problem(
                self.tr("Exported"),
                "\n".join(lines),
                "folder",
                is_error=False,
                target=str(folder),
                stays=bool(warnings),
            )
        )

    # Import

    def _ask_import_file(self) -> None:
        path, _ = QFileDialog.getOpenFileName(
            self._window,
            self.tr("Import annotations"),
            str(self._controller.project.path.parent),
            self.tr("Annotations (*.json *.txt *.xml);;All files (*)"),
        )
        if path:
            self.import_annotations(Path(path))

    def _ask_import_folder(self) -> None:
        path = QFileDialog.getExistingDirectory(
            self._window,
            self.tr("Import a folder of annotations"),
            str(self._controller.project.path.parent),
        )
        if path:
            self.import_annotations(Path(path))

    def import_annotations(self, path: Path, *, first_frame: int | None = None) -> None:
        """Add the masks of another tool, or of an export, as new tracks.

        Args:
            path: A file or a folder.
            first_frame: See `ImportTarget`; asked for where it is needed.
        """
        self._to_import.append((path, first_frame))
        self._import_next()

    def _import_next(self) -> None:
        """Of several files, each begins when the project is free again."""
        if not self._to_import or not self._controller.may_edit:
            return
        path, first_frame = self._to_import.pop(0)
        project = self._controller.project
        self._controller.change_alone(
            self.tr("Importing"),
            lambda report: import_into(project, path, first_frame=first_frame, report=report),
            lambda end: self._end_import(path, end),
        )

    def _end_import(self, path: Path, end: Imported | FirstFrameUnknown) -> None:
        if isinstance(end, Imported):
            self.problem_found.emit(self._news_of(end))
            return
        question = self.tr("Which number do the annotations give to the video's first frame?")
        first_frame, is_given = QInputDialog.getInt(
            self._window,
            self.tr("Import annotations"),
            f"{in_window_language(end.seen)}\n\n{question}",
            end.choices[0],
            end.choices[0],
            end.choices[-1],
        )
        if is_given:
            self.import_annotations(path, first_frame=first_frame)

    def _news_of(self, end: Imported) -> Problem:
        title = self.tr("Imported; new tracks: {}").format(end.tracks)
        if end.left_out:
            title = self.tr("Imported; new tracks: {}, shapes left out: {}").format(
                end.tracks, end.left_out
            )
        # What is left out has to be read: it stays until it is closed.
        notes = "\n".join(in_window_language(in_window_terms(note)) for note in end.notes)
        return Problem(title, notes, is_error=bool(end.left_out))

    # Network

    def _ask_reblend(self) -> None:
        dialog = ReblendDialog(self._controller.project, self._window)
        dialog.chosen.connect(self.reblend)
        dialog.open()

    def reblend(self, settings: BlendSettings) -> None:
        """Make the network's masks again with other settings."""
        project = self._controller.project
        self._controller.change_alone(
            self.tr("Re-blending"),
            lambda report: project.apply(Reblend(project, settings, report)),
        )

    def _ask_learn(self) -> None:
        if self._learning is None:
            self._learning = LearnDialog(self._controller.project, self._window)
            self._learning.learned.connect(self.learned)
        self._learning.show()
        self._learning.raise_()

    def close(self) -> None:
        """End learning."""
        if self._learning is not None:
            self._learning.reject()
