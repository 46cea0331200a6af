"""What the tool "Point" is about to do, above the picture: class, confidence, keep, follow."""

from __future__ import annotations

from PyQt5.QtCore import Qt, pyqtSignal
from PyQt5.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from gui.editor.action_button import ActionButton
from gui.editor.controller import EditorController
from gui.editor.following import Follower
from gui.editor.pointing import Pointing
from gui.shared.actions import Actions
from gui.shared.class_choice import ClassChoice
from gui.shared.numbers import localized

__all__ = ["PointingBar"]


class PointingBar(QWidget):
    """Shown while the tool is chosen.

    Signals:
        left: A class was chosen; the picture shall get the keys again.
    """

    left = pyqtSignal()

    def __init__(
        self,
        pointing: Pointing,
        follower: Follower,
        controller: EditorController,
        actions: Actions,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._pointing, self._follower, self._controller = pointing, follower, controller
        self._shown_classes: object = None
        self._hint = QLabel(self)
        self._hint.setObjectName("dim")
        # The window must not become wider for it.
        self._hint.setSizePolicy(QSizePolicy.Ignored, QSizePolicy.Preferred)
        self._confidence = QLabel(self)
        self._confidence.setToolTip(self.tr("How much of the mask is expected to be right"))
        self._class_name = QLabel(self.tr("&Class"), self)
        self.class_choice = ClassChoice(self)
        self.class_choice.setMinimumWidth(150)
        self.class_choice.setToolTip(
            self.tr("Likely classes first; or write a new one, or choose with 1 to 9 and Q")
        )
        self.class_choice.lineEdit().setPlaceholderText(self.tr("looking…"))
        self.class_choice.class_chosen.connect(self._choose_class)
        self._class_name.setBuddy(self.class_choice)
        self._keep = QPushButton(self.tr("Keep"), self)
        self._keep.setToolTip(self.tr("Keep the mask (Return)"))
        self._keep.clicked.connect(lambda: pointing.keep())
        self._drop = QPushButton(self.tr("Drop"), self)
        self._drop.setToolTip(self.tr("Drop the mask (Escape)"))
        self._drop.clicked.connect(lambda: pointing.drop())
        self._asked_parts = (
            self._confidence,
            self._class_name,
            self.class_choice,
            self._keep,
            self._drop,
        )
        # The picture must not move when more is shown here.
        self.setMinimumHeight(max(part.sizeHint().height() for part in self._asked_parts) + 8)
        row = QHBoxLayout(self)
        row.setContentsMargins(2, 4, 2, 4)
        row.addWidget(self._hint, 1)
        row.setSpacing(8)
        for part in self._asked_parts:
            row.addWidget(part)
        self._followings: list[QWidget] = [QLabel(self.tr("Follow"), self)]
        for name, text in (
            ("follow_back", self.tr("Back")),
            ("follow_both", self.tr("Both ways")),
            ("follow_on", self.tr("On")),
        ):
            self._followings.append(ActionButton(actions[name], self, text=text))
        for following in self._followings:
            row.addWidget(following)
        for button in self.findChildren(QPushButton):
            # After a click the keys still belong to the picture.
            button.setFocusPolicy(Qt.TabFocus)
        pointing.changed.connect(self._show)
        follower.changed.connect(self._show)
        self._show()

    def _choose_class(self, text: str) -> None:
        row = self.class_choice.findText(text)
        label = str(self.class_choice.itemData(row)) if row >= 0 else text.strip()
        if label:
            self._pointing.choose_label(label)
        self.left.emit()

    def _show(self) -> None:
        pointing = self._pointing
        self.setVisible(pointing.is_on)
        if not pointing.is_on:
            return
        self._hint.setText(self._hint_text())
        # There may be room for a part of it.
        self._hint.setToolTip(self._hint.text())
        self._hint.setToolTip(self._hint.text())
        target = pointing.target
        for part in self._asked_parts:
            part.setVisible(pointing.is_open)
        for following in self._followings:
            following.setVisible(not pointing.is_open and self._controller.track != 0)
        is_new = target is not None and target.is_new
        self._class_name.setVisible(pointing.is_open and is_new)
        self.class_choice.setVisible(pointing.is_open and is_new)
        if pointing.answer is not None:
            self._confidence.setText(localized(f"{pointing.answer.confidence:.0%}"))
        if pointing.is_open and not self.class_choice.lineEdit().hasFocus():
            self._show_classes()

    def _show_classes(self) -> None:
        choice, proposals = self.class_choice, self._pointing.classes.proposed or ()
        is_doubtful = self._pointing.classes.is_doubtful
        shown = proposals, self._pointing.label, is_doubtful, self._controller.project.labels
        if shown == self._shown_classes:
            return
        self._shown_classes = shown
        names = [name for name, _ in proposals]
        choice.clear()
        for name, score in proposals:
            choice.addItem(localized(f"{name}   {score:.0%}"), name)
        for name in self._controller.project.labels:
            if name not in names:
                choice.addItem(name, name)
        choice.setCurrentText(self._pointing.label)
        self._class_name.setText(self.tr("&Class, unsure") if is_doubtful else self.tr("&Class"))

    def _hint_text(self) -> str:
        pointing = self._pointing
        target = pointing.target
        if self._follower.is_following:
            return self.tr("Following: Escape ends it, what is done is kept")
        if pointing.asked is not None and pointing.asked.answer is None:
            return self.tr("Looking for the object…")
        if pointing.is_loading:
            return self.tr("Getting ready… A click counts already")
        if pointing.is_doubtful:
            return self.tr("Unsure what is meant: click more, draw a box, or try [ and ]")
        if pointing.is_open:
            return self.tr("Click adds, Alt or right click takes away, Backspace undoes a click")
        if pointing.hovered is not None and pointing.hovered.is_doubtful:
            return self.tr("Nothing stands out here: draw a box around what you mean")
        if target is None or target.is_new:
            return self.tr("Click on an object, or draw a box around it")
        text = self.tr("Clicks correct {label} {track}; Escape begins a new object")
        if target.mask is None:
            text = self.tr("Clicks draw {label} {track} here; Escape begins a new object")
        label = self._controller.class_of(target.track)
        return text.format(label=label, track=target.track)
