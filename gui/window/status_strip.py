"""The session in figures, along the lower edge of the window."""

from __future__ import annotations

from PyQt5.QtCore import Qt, pyqtSignal
from PyQt5.QtGui import QMouseEvent
from PyQt5.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from blendmask_live.live import LiveStatus
from gui.shared.library_words import in_window_language

__all__ = ["StatusStrip"]


class StatusStrip(QWidget):
    """Rates, age of the frames, device and memory; a click asks for the times of the stages.

    Signals:
        details_wanted: The user clicked or pressed the strip.
    """

    details_wanted = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._labels: dict[str, QLabel] = {}
        layout = QHBoxLayout(self)
        layout.setContentsMargins(10, 3, 10, 5)
        layout.setSpacing(18)
        for name, tip in (
            ("rates", self.tr("Frames per second: read, segmented, shown")),
            ("age", self.tr("Age of a frame when it is shown: the usual one and the worst in 100")),
            ("dropped", self.tr("Frames left out because newer ones were there")),
            ("quality", self.tr("What was lowered to hold the frame rate")),
            ("sending", self.tr("What is shown goes to other programs")),
        ):
            self._add(name, tip, layout)
        layout.addStretch(1)
        self._add("device", self.tr("Where and how the network runs"), layout)
        self._add("memory", self.tr("Memory of this program"), layout)
        self._chart = QPushButton(self.tr("Stages"), self)
        self._chart.setFlat(True)
        self._chart.setToolTip(self.tr("How long each stage takes"))
        self._chart.clicked.connect(self.details_wanted)
        layout.addWidget(self._chart)
        self._chart.hide()

    def _add(self, name: str, tip: str, layout: QHBoxLayout) -> None:
        label = QLabel(self)
        label.setObjectName("value")
        label.setToolTip(tip)
        label.setTextFormat(Qt.PlainText)
        self._labels[name] = label
        layout.addWidget(label)

    def text(self, name: str) -> str:
        """What is shown in one place."""
        return self._labels[name].text()

    def show_sending(self, text: str) -> None:
        """Say that something is sent; "" where nothing is."""
        self._labels["sending"].setText(text)
        self._labels["sending"].setVisible(bool(text))

    def show_status(self, status: LiveStatus | None) -> None:
        """Show a snapshot; None empties the strip."""
        names = self._labels.keys() - {"sending"}
        texts = dict.fromkeys(names, "") if status is None else self._texts(status)
        for name, text in texts.items():
            self._labels[name].setText(text)
            self._labels[name].setVisible(bool(text))
        self._chart.setVisible(status is not None)

    def _texts(self, status: LiveStatus) -> dict[str, str]:
        memory = self.tr("{:.0f} MB").format(status.rss_mb)
        if status.vram_mb is not None:
            memory += self.tr(" + {:.0f} MB GPU").format(status.vram_mb)
        return {
            "rates": self.tr("source {:.0f}  ·  network {:.0f}  ·  shown {:.0f} fps").format(
                status.capture_fps, status.segment_fps, status.display_fps
            ),
            "age": self.tr("age {:.0f} ms, p99 {:.0f} ms").format(
                status.frame_age_ms_p50, status.frame_age_ms_p99
            ),
            "dropped": self.tr("{} dropped").format(status.frames_dropped),
            "quality": ", ".join(map(in_window_language, status.quality.split(", "))),
            "device": f"{status.device} · {status.runtime} · {status.precision}",
            "memory": memory,
        }

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self.details_wanted.emit()
