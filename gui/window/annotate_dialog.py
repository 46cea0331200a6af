"""Annotates a whole video in the background, then offers it for correction."""

from __future__ import annotations

import logging
import threading
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PyQt5.QtCore import QObject, pyqtSignal
from PyQt5.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from blendmask_live.config import DEFAULT_FORMATS, SegmenterSettings
from blendmask_live.errors import BlendMaskLiveError
from gui.live.loading import NetworkChoice, load_network
from gui.shared.problems import Problem, problem_of

if TYPE_CHECKING:
    from blendmask_live.pipeline import Progress

__all__ = ["AnnotateDialog", "AnnotateJob"]

logger = logging.getLogger(__name__)


class AnnotateJob(QObject):
    """One run of the main job in a thread of its own, with a network of its own.

    Signals:
        progressed: Frames done, frames expected (0: unknown), a note.
        finished: Path of the project, of what was done so far after `stop`; and the name under
            which an edited one that was in its place is kept, or "".
        failed: The exception.
    """

    progressed = pyqtSignal(int, int, str)
    finished = pyqtSignal(object, str)
    failed = pyqtSignal(object)

    def __init__(
        self,
        source: str,
        output: Path,
        *,
        network: NetworkChoice,
        settings: SegmenterSettings,
        keep_latents: bool,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._source, self._output = source, output
        self._network = network
        self._settings = replace(settings, drop_duplicates=True, keep_latents=False)
        self._keep_latents = keep_latents
        self._is_stopped = False
        self._thread = threading.Thread(target=self._run, name="annotate")

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End early; what was done is kept."""
        self._is_stopped = True

    def join(self) -> None:
        """Wait for the end."""
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        try:
            before = set(self._output.glob("*.bml"))
            project = self._annotate()
            kept = set(self._output.glob("*.bml")) - before - {project}
            self.finished.emit(project, next((path.name for path in kept), ""))
        except Exception as error:
            logger.warning("%s", error, exc_info=not isinstance(error, BlendMaskLiveError))
            self.failed.emit(error)

    def _annotate(self) -> Path | None:
        from blendmask_live.export import ExportOptions
        from blendmask_live.jobs.annotate import annotate_video

        def tell_loading(step: int, text: str) -> None:
            self.progressed.emit(0, 0, text)

        segmenter = load_network(self._network, self._settings, tell_loading)
        found: list[Path] = []

        def tell(progress: Progress, total: int | None) -> None:
            note = f"{progress.instances}"
            self.progressed.emit(progress.frames_done, total or 0, note)
            if self._is_stopped:
                raise KeyboardInterrupt

        try:
            result = annotate_video(
                self._source,
                self._output,
                formats=DEFAULT_FORMATS,
                segmenter=segmenter,
                keep_latents=self._keep_latents,
                options=ExportOptions(overwrite=True),
                report=tell,
            )
        except KeyboardInterrupt:
            found += self._output.glob("*.bml")
            return max(found, key=lambda path: path.stat().st_mtime_ns, default=None)
        return result.project


class AnnotateDialog(QDialog):
    """Asks where to, shows how far it is.

    Signals:
        project_made: Path of the project.
        problem_found: A `Problem`.
    """

    project_made = pyqtSignal(object)
    problem_found = pyqtSignal(object)

    def __init__(
        self,
        source: str,
        *,
        network: NetworkChoice,
        settings: SegmenterSettings,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._source = source
        self._make_job = partial(AnnotateJob, source, network=network, settings=settings)
        self.job: AnnotateJob | None = None
        self.setWindowTitle(self.tr("Annotate the video"))
        self.setMinimumWidth(520)
        column = QVBoxLayout(self)
        column.setSpacing(10)
        text = self.tr(
            "Finds and follows the objects of the whole video, writes an overlay video, "
            "YouTube-VIS and CSV, and a project that you can correct."
        )
        label = QLabel(text, self)
        label.setWordWrap(True)
        column.addWidget(label)
        row = QHBoxLayout()
        self.folder = QLineEdit(str(_default_folder(source)), self)
        self.folder.setAccessibleName(self.tr("Folder"))
        browse = QPushButton(self.tr("Choose…"), self)
        browse.clicked.connect(self._browse)
        row.addWidget(QLabel(self.tr("Folder"), self))
        row.addWidget(self.folder, 1)
        row.addWidget(browse)
        column.addLayout(row)
        self.latents = QCheckBox(
            self.tr("Keep bases and attention (larger; masks can be blended anew later)"), self
        )
        column.addWidget(self.latents)
        self._bar = QProgressBar(self)
        self._bar.setTextVisible(False)
        self._note = QLabel(self)
        column.addWidget(self._bar)
        column.addWidget(self._note)
        buttons = QDialogButtonBox(QDialogButtonBox.Cancel, self)
        self._start = buttons.addButton(self.tr("Annotate"), QDialogButtonBox.ActionRole)
        self._start.clicked.connect(self.start)
        buttons.rejected.connect(self.reject)
        column.addWidget(buttons)
        self._bar.hide()

    def _browse(self) -> None:
        path = QFileDialog.getExistingDirectory(self, self.tr("Folder"), self.folder.text())
        if path:
            self.folder.setText(path)

    def start(self) -> None:
        """Begin the job."""
        for part in (self.folder, self.latents, self._start):
            part.setEnabled(False)
        self._bar.show()
        self.job = self._make_job(
            Path(self.folder.text()), keep_latents=self.latents.isChecked(), parent=self
        )
        self.job.progressed.connect(self._show_progress)
        self.job.finished.connect(self._finish)
        self.job.failed.connect(self._fail)
        self.job.start()

    def reject(self) -> None:
        """Stop the job, which then ends in order; else close."""
        if self.job is not None:
            self.job.stop()
            self._note.setText(self.tr("Completing what is done…"))
            return
        super().reject()

    def _show_progress(self, done: int, expected: int, note: str) -> None:
        self._bar.setRange(0, expected)
        self._bar.setValue(done)
        text = self.tr("Frame {done} of {expected}, {masks} masks")
        self._note.setText(
            note if not expected else text.format(done=done, expected=expected, masks=note)
        )

    def _finish(self, project: Path | None, kept: str) -> None:
        self._end()
        if project is not None:
            self.project_made.emit(project)
        if kept:
            text = self.tr("The project that was there had been edited; it is now {}.")
            self.problem_found.emit(Problem(self.tr("Kept"), text.format(kept), is_error=False))

    def _fail(self, error: Exception) -> None:
        self._end()
        self.problem_found.emit(problem_of(error))

    def _end(self) -> None:
        assert self.job is not None
        self.job.join()
        self.job = None
        self.accept()


def _default_folder(source: str) -> Path:
    """Beside the video, where the user looks for it first."""
    path = Path(source)
    if source == "demo" or not path.exists():
        return Path.home() / "BlendMask Live"
    return path.absolute().parent / f"{path.stem} annotated"
