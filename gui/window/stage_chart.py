"""How long each stage takes, as bars: the usual time and the worst in 100."""

from __future__ import annotations

from collections.abc import Mapping

from PyQt5.QtCore import QRectF, QSize, Qt
from PyQt5.QtGui import QColor, QPainter, QPaintEvent
from PyQt5.QtWidgets import QDialog, QLabel, QVBoxLayout, QWidget

from blendmask_live.pipeline import StageSummary
from gui.shared.languages import translate as _tr
from gui.shared.numbers import localized
from gui.shared.theme import current_theme

__all__ = ["StageChartDialog", "stage_text"]

_ROW_PX = 34
_NAME_PX = 130
_FIGURES_PX = 190
_STEPS = ("resize", "network", "detect", "blend", "paste", "second look", "follow")
"""Parts of the stage above them."""


def stage_text(name: str) -> str:
    """What a stage or step of a session is called in the window's language."""
    texts = {
        "capture": _tr("capture"),
        "segment": _tr("segment"),
        "resize": _tr("resize"),
        "network": _tr("network"),
        "detect": _tr("detect"),
        "blend": _tr("blend"),
        "paste": _tr("paste"),
        "second look": _tr("second look"),
        "track": _tr("track"),
        "follow": _tr("follow"),
        "draw": _tr("draw"),
    }
    if name.startswith("export "):
        return _tr("export {}").format(name.removeprefix("export "))
    return texts.get(name, name)


class _Bars(QWidget):
    """Paints the bars."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.stages: Mapping[str, StageSummary] = {}

    def sizeHint(self) -> QSize:
        return QSize(620, _ROW_PX * max(4, len(self.stages)) + 8)

    def show_stages(self, stages: Mapping[str, StageSummary]) -> None:
        if len(stages) != len(self.stages):
            self.setMinimumHeight(_ROW_PX * len(stages) + 8)
        self.stages = stages
        lines = (f"{stage_text(name)}: {s.p50_ms:.1f} ms" for name, s in stages.items())
        self.setAccessibleDescription(localized("; ".join(lines)))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = current_theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.Antialiasing)
        longest = max((stage.p99_ms for stage in self.stages.values()), default=1.0) or 1.0
        room = self.width() - _NAME_PX - _FIGURES_PX
        for line, (name, stage) in enumerate(self.stages.items()):
            top = line * _ROW_PX + 8
            painter.setPen(QColor(theme.text))
            indent = 16 if name in _STEPS else 0
            place = QRectF(indent, top, _NAME_PX - 10, 22)
            painter.drawText(place, Qt.AlignVCenter, stage_text(name))
            painter.setPen(Qt.NoPen)
            for milliseconds, color in ((stage.p99_ms, theme.line), (stage.p50_ms, theme.accent)):
                painter.setBrush(QColor(color))
                width = max(3.0, room * milliseconds / longest)
                painter.drawRoundedRect(QRectF(_NAME_PX, top + 3, width, 16), 3, 3)
            painter.setPen(QColor(theme.dim_text))
            figures = f"{stage.p50_ms:.1f} ms   (p99 {stage.p99_ms:.1f} ms)"
            place = QRectF(self.width() - _FIGURES_PX, top, _FIGURES_PX, 22)
            painter.drawText(place, int(Qt.AlignVCenter | Qt.AlignRight), localized(figures))


class StageChartDialog(QDialog):
    """A window of its own beside the main window, kept up to date."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Times of the stages"))
        note = QLabel(self.tr("Bright: the median per frame. Pale: the worst in 100."), self)
        note.setObjectName("dim")
        self._bars = _Bars(self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 14, 18, 14)
        layout.addWidget(note)
        layout.addWidget(self._bars)
        layout.addStretch(1)
        self.resize(660, 380)

    def show_stages(self, stages: Mapping[str, StageSummary]) -> None:
        """Show these times."""
        self._bars.show_stages(stages)
