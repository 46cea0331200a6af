"""A list of weights with what was measured of them."""

from __future__ import annotations

from PyQt5.QtCore import Qt
from PyQt5.QtGui import QStandardItem, QStandardItemModel
from PyQt5.QtWidgets import QComboBox, QHeaderView, QSizePolicy, QTreeView, QWidget

from gui.live.loading import WeightsFigures, weights_figures
from gui.shared.numbers import localized

__all__ = ["WeightsChoice"]


class WeightsChoice(QComboBox):
    """Shows the name of the chosen weights; its list has their figures in columns."""

    def __init__(self, names: tuple[str, ...], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Weights"))
        self.setMinimumContentsLength(12)
        self.setSizeAdjustPolicy(QComboBox.AdjustToMinimumContentsLengthWithIcon)
        self.setSizePolicy(QSizePolicy.Expanding, QSizePolicy.Fixed)
        self._rows = QStandardItemModel(0, 5, self)
        self._rows.setHorizontalHeaderLabels(
            [
                self.tr("Weights"),
                self.tr("Mask AP"),
                self.tr("with second look"),
                self.tr("Box AP"),
                self.tr("Time"),
            ]
        )
        self.setModel(self._rows)
        self._list = QTreeView(self)
        self._list.setRootIsDecorated(False)
        self._list.setItemsExpandable(False)
        self._list.setAllColumnsShowFocus(True)
        self.setView(self._list)
        header = self._list.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(QHeaderView.ResizeToContents)
        header.setDefaultAlignment(Qt.AlignLeft | Qt.AlignVCenter)
        self.setToolTip(
            self.tr(
                "AP: accuracy on photographs of COCO, 0 to 1; time: of the network alone beside "
                "that of blendmask-lite"
            )
        )
        self.offer(names)

    def offer(self, names: tuple[str, ...]) -> None:
        """Also offer these weights."""
        for name in names:
            if self.findText(name) < 0:
                items = [QStandardItem(text) for text in (name, *_cells(weights_figures(name)))]
                self._rows.appendRow(items)

    def show_name(self, name: str) -> None:
        """Show which weights are chosen; emits nothing that `textActivated` does not."""
        self.offer((name,))
        self.setCurrentText(name)

    def showPopup(self) -> None:
        # Its columns need more room than a name.
        widths_px = (self._list.sizeHintForColumn(column) for column in range(5))
        header = self._list.header()
        hints_px = (header.sectionSizeHint(column) for column in range(5))
        needed_px = sum(max(pair) for pair in zip(widths_px, hints_px, strict=True))
        self._list.setMinimumWidth(needed_px + 2 * self._list.frameWidth() + 14)
        super().showPopup()
        # Towards the picture: the panel is at the right of the window.
        popup = self._list.window()
        right_px = self.mapToGlobal(self.rect().topRight()).x()
        popup.move(min(popup.x(), right_px - popup.width() + 1), popup.y())


def _cells(figures: WeightsFigures) -> list[str]:
    accuracies = figures.mask_ap, figures.second_look_ap, figures.box_ap
    shown = [localized(f"{ap:.3f}") if ap is not None else "-" for ap in accuracies]
    time = figures.network_time
    return [*shown, localized(f"{time:.2f}") if time is not None else "-"]
