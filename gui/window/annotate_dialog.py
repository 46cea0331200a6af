"""Annotates a whole video in the background, then offers it for correction."""

from __future__ import annotations

import time
from argparse import ArgumentTypeError
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PyQt5.QtCore import pyqtSignal
from PyQt5.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QGridLayout,
    QLabel,
    QLayout,
    QLineEdit,
    QMessageBox,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from blendmask_live.errors import BlendMaskLiveError, ConfigError
from blendmask_live.export import EXPORTERS, ExportOptions
from blendmask_live.jobs.request import AnnotateRequest
from blendmask_live.option import seconds
from gui.panels.format_options import FormatOptions
from gui.shared.format_trouble import formats_trouble
from gui.shared.heard import told_by_exports
from gui.shared.problems import Problem, error_text, problem_of
from gui.window.annotate_job import AnnotateJob

if TYPE_CHECKING:
    pass

__all__ = ["AnnotateDialog"]

_JUDGED_FRAMES = 10
"""Done before the rest is estimated."""


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
        request: AnnotateRequest,
        labels: Sequence[str],
        parent: QWidget | None = None,
        *,
        second_look_ms: float | None = None,
    ) -> None:
        """Ask.

        Args:
            request: The source, and all that the window is set to.
            labels: Classes that the network knows.
            parent: As Qt has it.
            second_look_ms: What an object's second look was measured to take.
        """
        super().__init__(parent)
        self._request, self._labels = request, labels
        self._second_look_ms = second_look_ms
        self._judged_from: tuple[int, float] | None = None
        self.job: AnnotateJob | None = None
        self._question: QMessageBox | None = None
        self.setWindowTitle(self.tr("Annotate the video"))
        self._make_formats()
        self._make_part()
        self._make_ways()
        self.folder = QLineEdit(str(_default_folder(request.source)), self)
        self.folder.setAccessibleName(self.tr("Folder"))
        self._bar = QProgressBar(self)
        self._bar.setTextVisible(False)
        self._bar.hide()
        self._note = QLabel(self)
        self._buttons = QDialogButtonBox(QDialogButtonBox.Cancel, self)
        self._start = self._buttons.addButton(self.tr("Annotate"), QDialogButtonBox.ActionRole)
        self._start.clicked.connect(self.start)
        self._start.setDefault(True)
        self._buttons.rejected.connect(self.reject)
        self._lay_out()
        self._refresh()

    def _make_formats(self) -> None:
        chosen = self._request.formats
        self.formats = {name: QCheckBox(name, self) for name in EXPORTERS}
        for name, box in self.formats.items():
            box.setChecked(name in chosen)
            box.toggled.connect(self._refresh)
        self.options = FormatOptions(self, columns=2)
        self.options.options = self._request.options
        self.options.chosen.connect(self._refresh)

    def _make_part(self) -> None:
        self.start_time, self.end_time = QLineEdit(self), QLineEdit(self)
        self.classes = QLineEdit(", ".join(self._request.segmenter.classes or ()), self)
        for line, name, empty in (
            (self.start_time, self.tr("From"), self.tr("the beginning")),
            (self.end_time, self.tr("To"), self.tr("the end")),
            (self.classes, self.tr("Classes"), self.tr("all that the network knows")),
        ):
            line.setAccessibleName(name)
            line.setPlaceholderText(empty)
            line.textChanged.connect(self._refresh)
        for line in (self.start_time, self.end_time):
            line.setToolTip(self.tr("Seconds, or HH:MM:SS"))
        self.classes.setToolTip(self.tr("Names with commas between them, as in: person, dog"))

    def _make_ways(self) -> None:
        self.two_pass = QCheckBox(
            self.tr("Look at the video twice (takes longer; joins tracks, fills short holes)"), self
        )
        self.two_pass.setEnabled(self._request.track)
        self.two_pass.toggled.connect(self._refresh)
        self.latents = QCheckBox(
            self.tr("Keep bases and attention (larger; masks can be re-blended later)"), self
        )
        cost = self.tr("some milliseconds")
        if self._second_look_ms is not None:
            cost = self.tr("about {:.0f} ms").format(self._second_look_ms)
        self.refine = QCheckBox(
            self.tr("A second, zoomed look at objects (finer masks; {cost} for each)").format(
                cost=cost
            ),
            self,
        )
        self.refine.setChecked(self._request.refine)
        self.multi_scale = QCheckBox(
            self.tr(
                "Look in two sizes (more small and large objects; 2.5 times the network's time)"
            ),
            self,
        )
        self.multi_scale.setChecked(bool(self._request.segmenter.multi_scale))
        for box in (self.refine, self.multi_scale):
            # Coasting blends masks from the first look, and from one size.
            box.setEnabled(not self._request.tracker.max_coast_s)
            box.toggled.connect(self._refresh)

    def _lay_out(self) -> None:
        text = self.tr(
            "Finds and follows the objects of the whole video and writes these formats, and a "
            "project that you can correct. Network and tracker work as they are set in the window."
        )
        label = QLabel(text, self)
        label.setWordWrap(True)
        grid = QGridLayout()
        for place, box in enumerate(self.formats.values()):
            grid.addWidget(box, place // 4, place % 4)
        part = QGridLayout()
        part.addWidget(QLabel(self.tr("From"), self), 0, 0)
        part.addWidget(self.start_time, 0, 1)
        part.addWidget(QLabel(self.tr("To"), self), 0, 2)
        part.addWidget(self.end_time, 0, 3)
        part.addWidget(QLabel(self.tr("Classes"), self), 1, 0)
        part.addWidget(self.classes, 1, 1, 1, 3)
        browse = QPushButton(self.tr("Choose…"), self)
        browse.clicked.connect(self._browse)
        part.addWidget(QLabel(self.tr("Folder"), self), 2, 0)
        part.addWidget(self.folder, 2, 1, 1, 2)
        part.addWidget(browse, 2, 3)
        # Layouts count one line of wrapped texts, and would cut the options below instead.
        label.setMinimumSize(540, label.heightForWidth(540))
        column = QVBoxLayout(self)
        # As high as its options need; an own minimum width would take the layout's place.
        column.setSizeConstraint(QLayout.SetMinimumSize)
        column.setSpacing(10)
        column.addWidget(label)
        column.addLayout(grid)
        column.addWidget(self.options)
        column.addLayout(part)
        ways = (self.two_pass, self.multi_scale, self.refine, self.latents)
        for widget in (*ways, self._bar, self._note, self._buttons):
            column.addWidget(widget)

    def request(self) -> AnnotateRequest:
        """What the dialog is set to.

        Raises:
            ConfigError, SourceError: If it cannot be done so.
        """
        classes = [name.strip() for name in self.classes.text().split(",") if name.strip()]
        unknown = [name for name in classes if name not in self._labels]
        if unknown:
            raise ConfigError(f"class {unknown[0]!r}: the network does not know it")
        start_s, end_s = self._time_s(self.start_time), self._time_s(self.end_time)
        return replace(
            self._request,
            output=self.folder.text(),
            part=replace(self._request.part, start_s=start_s, end_s=end_s),
            segmenter=replace(
                self._request.segmenter,
                classes=tuple(classes) or None,
                multi_scale=self.multi_scale.isChecked() or None,
            ),
            formats=self._chosen_formats(),
            options=self.options.options,
            two_pass=self.two_pass.isChecked(),
            refine=self.refine.isChecked(),
            latents=self.latents.isChecked(),
        )

    def _chosen_formats(self) -> tuple[str, ...]:
        return tuple(name for name, box in self.formats.items() if box.isChecked())

    def _time_s(self, line: QLineEdit) -> float | None:
        text = line.text().strip()
        try:
            return seconds(text) if text else None
        except ArgumentTypeError as error:
            raise ConfigError(f"{text!r} is no time; write seconds, or HH:MM:SS") from error

    def _refresh(self, chosen: object = None) -> None:
        """Show what belongs to the choice, and what is wrong with it."""
        if isinstance(chosen, ExportOptions):
            self.options.options = chosen
        ways = (self.two_pass, self.refine, self.multi_scale)
        keeps_none = any(box.isChecked() for box in ways)
        self.latents.setEnabled(not keeps_none)
        if keeps_none:
            self.latents.setChecked(False)
        formats = self._chosen_formats()
        self.options.show_options(self.options.options, formats)
        trouble = self._trouble(formats)
        self.options.show_trouble(trouble)
        self._start.setEnabled(not trouble)

    def _trouble(self, formats: tuple[str, ...]) -> str:
        if not formats:
            return self.tr("Choose a format")
        try:
            classes = self.request().segmenter.classes
        except BlendMaskLiveError as error:
            return error_text(error)
        return formats_trouble(formats, self.options.options, classes or self._labels)

    def _browse(self) -> None:
        path = QFileDialog.getExistingDirectory(self, self.tr("Folder"), self.folder.text())
        if path:
            self.folder.setText(path)

    def start(self) -> None:
        """Begin the job."""
        self.job = AnnotateJob(self.request(), self)
        for part in self.findChildren(QWidget):
            part.setEnabled(part in (self._bar, self._note) or self._buttons.isAncestorOf(part))
        self._buttons.setEnabled(True)
        self._start.setEnabled(False)
        self._bar.show()
        self.job.progressed.connect(self._show_progress)
        self.job.finished.connect(self._finish)
        self.job.failed.connect(self._fail)
        self.job.start()

    def reject(self) -> None:
        """Ask what becomes of what is done, while there is a job; else close."""
        if self.job is None:
            super().reject()
            return
        if self._question is None:
            self._ask_what_to_keep()

    def _ask_what_to_keep(self) -> None:
        """The job goes on until this is answered, and ends the question if it is done before."""
        box = self._question = QMessageBox(self)
        box.setWindowTitle(self.tr("Annotate the video"))
        box.setText(self.tr("End here and keep the part that is done?"))
        box.setInformativeText(
            self.tr("The rest of the video has no masks then. Or drop it: the files are deleted.")
        )
        keep = box.addButton(self.tr("Keep the part"), QMessageBox.AcceptRole)
        drop = box.addButton(self.tr("Drop it"), QMessageBox.DestructiveRole)
        go_on = box.addButton(self.tr("Go on"), QMessageBox.RejectRole)
        box.setDefaultButton(go_on)
        box.setEscapeButton(go_on)
        box.finished.connect(self._forget_question)
        keep.clicked.connect(self.end_early)
        drop.clicked.connect(lambda: self.end_early(keeps=False))
        box.open()

    def _forget_question(self) -> None:
        self._question = None

    def end_early(self, *, keeps: bool = True) -> None:
        """Stop the job; what is done is kept as a part of the video, or deleted."""
        if self.job is None:
            return
        if keeps:
            self.job.stop()
            self._note.setText(self.tr("Completing what is done…"))
        else:
            self.job.drop()
            self._note.setText(self.tr("Deleting what is done…"))

    def _show_progress(self, done: int, expected: int, note: str) -> None:
        self._bar.setRange(0, expected)
        self._bar.setValue(done)
        if not expected:
            self._note.setText(note)
            return
        text = self.tr("Frame {done} of {expected}, {masks}")
        rest = self._rest_text(done, expected)
        self._note.setText(text.format(done=done, expected=expected, masks=note) + rest)

    def _rest_text(self, done: int, expected: int) -> str:
        """How long it still takes, once there is something to judge by."""
        now_s = time.monotonic()
        if self._judged_from is None or not self._judged_from[0] or done < self._judged_from[0]:
            # The first frames wait for what is loaded; the second of two passes begins again.
            self._judged_from = done, now_s
        first, began_s = self._judged_from
        if done - first < _JUDGED_FRAMES:
            return ""
        minutes = (expected - done) * (now_s - began_s) / (done - first) / 60
        if minutes < 1:
            return self.tr(", less than a minute left")
        return self.tr(", about {:.0f} min left").format(minutes)

    def _finish(self, project: Path | None, kept: str) -> None:
        assert self.job is not None
        job = self.job
        self._end()
        if project is not None:
            self.project_made.emit(project)
        lines = told_by_exports(job.warnings)
        if kept:
            text = self.tr("The project that was there had been edited; it is now {}.")
            lines.append(text.format(kept))
        title = self.tr("Annotated")
        if job.is_part and project is not None:
            title = self.tr("A part of the video is annotated")
            lines.append(self.tr("It was ended early; annotate again for the whole of it."))
        if lines and project is not None:
            news = Problem(title, "\n".join(lines), is_error=False, stays=True)
            self.problem_found.emit(news)

    def _fail(self, error: Exception) -> None:
        self._end()
        self.problem_found.emit(problem_of(error))

    def _end(self) -> None:
        assert self.job is not None
        self.job.join()
        self.job = None
        if self._question is not None:
            self._question.reject()
        self.accept()


def _default_folder(source: str) -> Path:
    """Beside the video, where the user looks for it first."""
    path = Path(source)
    if source == "demo" or not path.exists():
        return Path.home() / "BlendMask Live"
    return path.absolute().parent / f"{path.stem} annotated"
