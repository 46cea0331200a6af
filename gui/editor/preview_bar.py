"""A propagation that is not kept yet: how far it went, where it is unsure, and what to do."""

from __future__ import annotations

from collections.abc import Callable

from PyQt5.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from gui.editor.controller import EditorController
from gui.editor.propagating import Preview
from gui.shared.counting import frames_text
from gui.shared.numbers import localized

__all__ = ["PreviewBar"]


class PreviewBar(QFrame):
    """Shown while the controller has a preview."""

    def __init__(self, controller: EditorController, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("banner-news")
        self._controller = controller
        self._text = QLabel(self)
        self._text.setWordWrap(True)
        # The window must not become wider for it.
        self._text.setSizePolicy(QSizePolicy.Ignored, QSizePolicy.Preferred)
        self._look = self._button(self.tr("Look there"), self._go_to_doubt)
        self._stop = self._button(self.tr("Stop"), controller.background.stop)
        self.keep_to_here = self._button(self.tr("Keep until here"), self._keep_to_here)
        self.keep = self._button(self.tr("Keep"), controller.keep_preview)
        self.keep.setToolTip(self.tr("Keep all of it (Return)"))
        drop = self._button(self.tr("Drop"), controller.drop_preview)
        drop.setToolTip(self.tr("Drop it (Escape)"))
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 6, 8, 6)
        row.addWidget(self._text, 1)
        for button in (self._look, self._stop, self.keep_to_here, self.keep, drop):
            row.addWidget(button)
        controller.preview_changed.connect(self._show)
        controller.frame_changed.connect(self._show)
        self._show()

    def _button(self, text: str, act: Callable[[], object]) -> QPushButton:
        button = QPushButton(text, self)
        button.clicked.connect(lambda checked: act())
        return button

    def _show(self) -> None:
        preview = self._controller.preview
        self.setVisible(preview is not None)
        if preview is None:
            return
        name, count = self._controller.name_of(preview.track), len(preview.steps)
        text = self.tr("{track}: propagated through {count}").format(
            track=name, count=frames_text(count)
        )
        if preview.steps and not preview.goes_on:
            text += self._why_ended(preview)
        doubt = preview.first_unsure
        if doubt is not None:
            unsure = self.tr("unsure from frame {frame} on ({confidence})")
            text += ", " + unsure.format(
                frame=doubt.frame, confidence=localized(f"{doubt.confidence:.0%}")
            )
        self._text.setText(text)
        self._look.setVisible(doubt is not None)
        self._stop.setVisible(preview.goes_on)
        self.keep.setEnabled(count > 0)
        self.keep_to_here.setEnabled(bool(preview.up_to(self._controller.frame)))

    def _why_ended(self, preview: Preview) -> str:
        lane, last = self._controller.lane_of(preview.track), preview.steps[-1].frame
        why = preview.carried.why_ended(last, () if lane is None else lane.runs)
        words = {
            "stopped": self.tr(", then stopped"),
            "keyframe": self.tr(", up to a keyframe"),
            "lost": self.tr(", lost after frame {frame}").format(frame=last),
        }
        return words.get(why, "")

    def _go_to_doubt(self) -> None:
        preview = self._controller.preview
        if preview is not None and preview.first_unsure is not None:
            self._controller.show(preview.first_unsure.frame)

    def _keep_to_here(self) -> None:
        self._controller.keep_preview(self._controller.frame)
