"""Going through the suggested repairs: look at one, see what it will do, accept or reject it."""

from __future__ import annotations

from collections.abc import Callable

from PyQt5.QtCore import QObject, pyqtSignal

from blendmask_live.annotation import Suggestion
from gui.editor.canvas import EditorCanvas
from gui.editor.controller import EditorController
from gui.editor.repairs_panel import RepairsPanel

__all__ = ["Repairing"]


class Repairing(QObject):
    """Joins the panel with controller and canvas.

    Signals:
        looked_at: A repair is shown; its panel should be seen.
    """

    looked_at = pyqtSignal()

    def __init__(
        self,
        controller: EditorController,
        panel: RepairsPanel,
        canvas: EditorCanvas,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._controller, self._panel, self._canvas = controller, panel, canvas
        self._is_judging = False
        controller.suggestions_changed.connect(self._show_suggestions)
        controller.ghosts_changed.connect(self._show_outcome)
        panel.shown.connect(self._look_at)
        panel.judged.connect(self._judge)

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Action name -> what it does."""
        panel = self._panel
        return {
            "next_doubt": panel.show_next,
            "accept": lambda: panel.judge(accept=True),
            "reject": lambda: panel.judge(accept=False),
        }

    def _show_suggestions(self) -> None:
        # After one was judged the next one is shown.
        goes_on, self._is_judging = self._is_judging, False
        self._panel.show_suggestions(self._controller.suggestions, goes_on=goes_on)

    def _show_outcome(self) -> None:
        self._canvas.show_ghosts(self._controller.ghosts)
        self._panel.show_outcome(self._controller.outcome_text)

    def _look_at(self, suggestion: Suggestion) -> None:
        self.looked_at.emit()
        if suggestion.tracks:
            self._controller.select(suggestion.tracks[0])
        self._controller.look_at(suggestion)

    def _judge(self, suggestion: Suggestion, accept: bool) -> None:
        if accept and self._controller.looked_at is not suggestion:
            # What it will do is seen before it is done.
            self._look_at(suggestion)
            return
        self._is_judging = True
        self._controller.judge(suggestion, accept=accept)
