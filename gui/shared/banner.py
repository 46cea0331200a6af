"""Says what happened and what can be done, above the picture."""

from __future__ import annotations

from PyQt5.QtCore import QSize, Qt, QTimer, pyqtSignal
from PyQt5.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton, QWidget

from gui.shared.icons import icon
from gui.shared.problems import Problem

__all__ = ["NEWS_MS", "Banner"]

NEWS_MS = 10_000
"""How long news are shown that need no answer."""


class Banner(QFrame):
    """Shows one problem, or news, until it is solved or closed.

    Signals:
        action_chosen: The button was pressed; carries the `Problem`.
    """

    action_chosen = pyqtSignal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.problem: Problem | None = None
        self._icon = QLabel(self)
        self._text = QLabel(self)
        self._text.setWordWrap(True)
        self._text.setTextFormat(Qt.RichText)
        self._text.setTextInteractionFlags(Qt.TextSelectableByMouse)
        self._closed_title = ""
        self._fade = QTimer(self)
        self._fade.setSingleShot(True)
        self._fade.setInterval(NEWS_MS)
        self._fade.timeout.connect(self.clear)
        self._button = QPushButton(self)
        self._button.clicked.connect(self._act)
        close = QToolButton(self)
        close.setIcon(icon("close"))
        close.setToolTip(self.tr("Close this message"))
        close.setAccessibleName(self.tr("Close this message"))
        close.clicked.connect(self._close)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(14, 8, 8, 8)
        layout.setSpacing(12)
        layout.addWidget(self._icon)
        layout.addWidget(self._text, 1)
        layout.addWidget(self._button)
        layout.addWidget(close)
        self.hide()

    def show_problem(self, problem: Problem) -> None:
        """Show this problem instead of the one before, unless the user closed the same news."""
        if not problem.is_error and problem.title == self._closed_title:
            return
        self.problem = problem
        self._closed_title = ""
        self.setObjectName("banner-error" if problem.is_error else "banner-news")
        # The style sheet sees the new name only when it is applied again.
        self.style().unpolish(self)
        self.style().polish(self)
        self._icon.setPixmap(icon("warning" if problem.is_error else "info").pixmap(QSize(22, 22)))
        lines = [f"<b>{_escaped(problem.title)}</b>", *filter(None, [_escaped(problem.advice)])]
        self._text.setText("<br>".join(lines))
        self._button.setText(self._button_text(problem.action))
        self._button.setVisible(bool(problem.action))
        self.setAccessibleName(f"{problem.title}. {problem.advice}")
        self.show()
        if problem.is_news:
            self._fade.start()
        else:
            self._fade.stop()

    def clear(self) -> None:
        """Show nothing."""
        self.problem = None
        self._fade.stop()
        self.hide()

    def clear_error(self) -> None:
        """Hide an error or warning; news stay. If the same comes again, it is shown again."""
        self._closed_title = ""
        if self.problem is not None and not self.problem.is_news:
            self.clear()

    def _close(self) -> None:
        # A notice with a count in it comes again and again.
        if self.problem is not None and not self.problem.is_news:
            self._closed_title = self.problem.title
        self.clear()

    def _act(self) -> None:
        problem = self.problem
        self.clear()
        self.action_chosen.emit(problem)

    def _button_text(self, action: str) -> str:
        return {
            "open": self.tr("Choose another source…"),
            "retry": self.tr("Try again"),
            "demo": self.tr("Show the demo"),
            "network": self.tr("Network settings"),
            "record": self.tr("Recording settings"),
            "send": self.tr("Sending settings"),
            "report": self.tr("Show the report"),
            "folder": self.tr("Open folder"),
            "relink": self.tr("Find the video…"),
        }.get(action, "")


def _escaped(text: str) -> str:
    return (
        text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\n", "<br>")
    )
