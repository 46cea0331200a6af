"""Learns from a project's corrections, in a process of its own so that the window stays alive."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from PyQt5.QtCore import QProcess, QProcessEnvironment, QTimer, pyqtSignal
from PyQt5.QtGui import QIcon
from PyQt5.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QLineEdit,
    QProgressBar,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from blendmask_live.annotation import Project
from blendmask_live.errors import DatasetError
from gui.shared.problems import error_text

__all__ = ["LearnDialog"]

_PROGRESS: Final = re.compile(r"(?P<part>\w+): (?P<done>\d+)/(?P<total>\d+)")
"""As `ProgressLine` writes it."""
_POLL_MS: Final = 1000
_STEPS: Final = 200
_FIGURES: Final = ("AP", "AP50", "AP75")


class LearnDialog(QDialog):
    """Runs `train --from-project` and shows accuracy before and after.

    Signals:
        learned: Name under which the new weights can be chosen.
    """

    learned = pyqtSignal(str)

    def __init__(self, project: Project, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._project = project.path
        self._output = project.path.with_name(f"{project.path.stem}-learned")
        self.process: QProcess | None = None
        self._is_training = False
        self._last_line = ""
        self._steps_before = 0
        self.setWindowTitle(self.tr("Learn from corrections"))
        self.setMinimumWidth(460)
        text = self.tr(
            "The network learns from the frames in which you drew, changed or confirmed masks. A "
            "fifth of them is held out and shows whether it helped. This takes some minutes "
            "on a plain computer; you can go on working."
        )
        label = QLabel(text, self)
        label.setWordWrap(True)
        self.name = QLineEdit(project.path.stem, self)
        self.steps = QSpinBox(self)
        self.steps.setRange(10, 5000)
        self.steps.setValue(_STEPS)
        form = QFormLayout()
        form.addRow(self.tr("Name of the new weights"), self.name)
        form.addRow(self.tr("Steps"), self.steps)
        self._bar = QProgressBar(self)
        self._bar.setTextVisible(False)
        self._bar.hide()
        self.result_text = QLabel(self)
        self.result_text.setWordWrap(True)
        buttons = QDialogButtonBox(QDialogButtonBox.Close, self)
        self._start = buttons.addButton(self.tr("Learn"), QDialogButtonBox.ActionRole)
        self._start.setDefault(True)
        self._start.clicked.connect(self.start)
        for button in buttons.buttons():
            button.setIcon(QIcon())
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setSpacing(10)
        column.addWidget(label)
        column.addLayout(form)
        column.addWidget(self._bar)
        column.addWidget(self.result_text)
        column.addWidget(buttons)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._show_progress)

    def start(self) -> None:
        """Begin, or continue a run that was not finished."""
        for part in (self.name, self.steps, self._start):
            part.setEnabled(False)
        self._bar.setRange(0, 0)
        self._bar.show()
        self._is_training = False
        self._last_line = ""
        self.result_text.setText(self.tr("Loading what the network learns with…"))
        process = self.process = QProcess(self)
        process.readyReadStandardOutput.connect(self._read_news)
        process.readyReadStandardError.connect(self._read_progress)
        environment = QProcessEnvironment.systemEnvironment()
        # The checkout that this window runs from, also where it is not installed.
        root = str(Path(__file__).parents[2])
        environment.insert(
            "PYTHONPATH", os.pathsep.join([root, *filter(None, [environment.value("PYTHONPATH")])])
        )
        process.setProcessEnvironment(environment)
        process.finished.connect(self._finish)
        process.start(sys.executable, self._arguments())
        self._timer.start(_POLL_MS)

    def _arguments(self) -> list[str]:
        return [
            # Unbuffered, so that news come when they are written.
            "-u",
            "-m",
            "blendmask_live",
            "train",
            "--from-project",
            str(self._project),
            "-o",
            str(self._output),
            "--steps",
            str(self.steps.value()),
            "--install",
            self.name.text(),
            "--json",
            str(self._json()),
        ]

    def _json(self) -> Path:
        self._output.mkdir(parents=True, exist_ok=True)
        return self._output / "result.json"

    def reject(self) -> None:
        """Stop a run, which keeps its checkpoint; then close."""
        if self.process is not None and self.process.state() != QProcess.NotRunning:
            self.process.finished.disconnect()
            self.process.terminate()
            if not self.process.waitForFinished(10_000):
                self.process.kill()
                self.process.waitForFinished()
        self._timer.stop()
        super().reject()

    def _read_news(self) -> None:
        for line in self._lines(QProcess.StandardOutput):
            self.take_news(line)

    def _read_progress(self) -> None:
        for line in self._lines(QProcess.StandardError):
            self.take_progress(line)

    def _lines(self, channel: QProcess.ProcessChannel) -> Iterator[str]:
        """What the process has written, whole lines only."""
        assert self.process is not None
        self.process.setReadChannel(channel)
        while self.process.canReadLine():
            yield bytes(self.process.readLine()).decode(errors="replace").rstrip()

    def take_news(self, line: str) -> None:
        """Show what the run does from now on, by what it prints when it has done a part."""
        if line.endswith(" held out"):
            self._begin_part(self.tr("Preparing the network…"), is_training=True)
        elif line.startswith("weights "):
            self._begin_part(self.tr("Measuring before and after…"), is_training=False)

    def _begin_part(self, text: str, *, is_training: bool) -> None:
        self._is_training, self._steps_before = is_training, self._written_ns()
        self._bar.setRange(0, 0)
        self.result_text.setText(text)

    def take_progress(self, line: str) -> None:
        """Show how far a part of the run is, by a line of its progress."""
        self._last_line = line
        text = {
            "gather": self.tr("Collecting corrected frames: {done} of {total}"),
            "evaluate": self.tr("Measuring before and after: picture {done} of {total}"),
        }
        found = _PROGRESS.match(line)
        if found is not None and found["part"] in text:
            done, total = int(found["done"]), int(found["total"])
            self._bar.setRange(0, total)
            self._bar.setValue(done)
            self.result_text.setText(text[found["part"]].format(done=done, total=total))

    def _steps_file(self) -> Path:
        return self._output / "progress.csv"

    def _written_ns(self) -> int:
        """When the steps were last written; 0 where there are none."""
        try:
            return self._steps_file().stat().st_mtime_ns
        except OSError:
            return 0

    def _show_progress(self) -> None:
        if not self._is_training or self._written_ns() == self._steps_before:
            # The file may be that of an earlier run.
            return
        try:
            lines = self._steps_file().read_text(encoding="utf-8").splitlines()
        except OSError:
            return
        last = lines[-1].split(",")[0] if lines else ""
        # Until some steps are done there is only the head.
        step = int(last) if last.isdecimal() else 0
        self._bar.setRange(0, self.steps.value())
        self._bar.setValue(step)
        text = self.tr("Step {step} of {steps}")
        self.result_text.setText(text.format(step=step, steps=self.steps.value()))

    def _finish(self, exit_code: int) -> None:
        self._timer.stop()
        self._bar.hide()
        for part in (self.name, self.steps, self._start):
            part.setEnabled(True)
        assert self.process is not None
        if exit_code:
            self._read_progress()
            # The command line says why in its last line.
            why = DatasetError(self._last_line.removeprefix("error: "))
            self.result_text.setText(error_text(why))
            return
        result = json.loads(self._json().read_text(encoding="utf-8"))
        self.result_text.setText(self._table(result))
        # Word-wrapped labels do not make their dialog taller by themselves.
        self.resize(self.width(), self.layout().heightForWidth(self.width()))
        self.learned.emit(result["installed"])

    def _table(self, result: dict[str, Any]) -> str:
        before, after = result.get("before"), result.get("accuracy")
        rows = [
            "<table cellpadding=4><tr><td></td>"
            + "".join(f"<td><b>{name}</b></td>" for name in _FIGURES)
            + "</tr>"
        ]
        for title, measured in ((self.tr("before"), before), (self.tr("after"), after)):
            if measured:
                cells = "".join(f"<td>{measured['mask'][name]:.3f}</td>" for name in _FIGURES)
                rows.append(f"<tr><td>{title}</td>{cells}</tr>")
        text = self.tr("Mask accuracy on the held-out frames. Choose {} in the Network panel.")
        return text.format(f"<b>{result['installed']}</b>") + "".join(rows) + "</table>"
