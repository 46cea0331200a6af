"""Which network runs, on what, and what it looks for; only another network must be loaded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PyQt5.QtCore import QSignalBlocker, Qt, QTimer, pyqtSignal
from PyQt5.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFileDialog,
    QFormLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QSizePolicy,
    QWidget,
)

from blendmask_live.config import MASK_SIZES, PRECISIONS, RUNTIMES, SegmenterSettings
from blendmask_live.labels import COCO_NAMES
from gui.live.loading import NetworkChoice, weights_figures
from gui.panels.weights_choice import WeightsChoice
from gui.shared.controls import (
    NumberSlider,
    SegmentedChoice,
    dim_label,
    heading,
    panel_column,
)
from gui.shared.numbers import localized

__all__ = ["NetworkPanel"]

_SETTLE_MS = 120
"""Each input size needs a graph of its own, so wait until the slider stops."""
_BEST_WEIGHTS, _BEST_FPS = "blendmask-lite", 15.0
"""What gives the best masks that two processor cores make of 720p: docs/benchmarks.md."""


class NetworkPanel(QWidget):
    """Shows `SegmenterSettings` and `NetworkChoice` and emits those that the user wants.

    Signals:
        settings_chosen: The wanted `SegmenterSettings`.
        network_chosen: The wanted `NetworkChoice`.
        refine_chosen: Whether objects get a second look.
        target_chosen: The frame rate to hold; 0 for full quality.
    """

    settings_chosen = pyqtSignal(object)
    network_chosen = pyqtSignal(object)
    refine_chosen = pyqtSignal(bool)
    target_chosen = pyqtSignal(float)

    def __init__(self, weights: tuple[str, ...], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings = SegmenterSettings()
        self._network = NetworkChoice()
        self._labels: tuple[str, ...] = ()
        self._make_sliders()
        self._make_network(weights)
        self._make_classes()
        self._arrange()
        self.show_labels(COCO_NAMES)
        self.show_settings(self._settings, None)

    def _make_sliders(self) -> None:
        self.score = NumberSlider(
            self.tr("Least score"),
            (0.05, 0.95, 0.01),
            tip=self.tr("Objects that the network is less sure of are left out"),
            parent=self,
        )
        self.score.chosen.connect(lambda value: self._want(score_threshold=value))
        self.mask_threshold = NumberSlider(
            self.tr("Mask threshold"),
            (0.05, 0.95, 0.01),
            tip=self.tr("Probability from which a pixel belongs to an object"),
            parent=self,
        )
        self.mask_threshold.chosen.connect(lambda value: self._want(mask_threshold=value))
        self.input_size = NumberSlider(
            self.tr("Input size"),
            (128, 1024, 32),
            show="{:.0f} px".format,
            tip=self.tr(
                "The frame's shorter side as the network sees it: larger finds smaller objects"
            ),
            parent=self,
        )
        self.input_size.chosen.connect(lambda value: self._settle.start())
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(_SETTLE_MS)
        self._settle.timeout.connect(self._want_input_size)
        self.multi_scale = QCheckBox(self.tr("Look in two sizes"), self)
        self.multi_scale.setToolTip(
            self.tr(
                "Finds large objects in a smaller picture and small ones in a larger one; takes "
                "2.5 times the network's time"
            )
        )
        self.multi_scale.clicked.connect(lambda is_on: self._want(multi_scale=is_on))
        self.mask_size = SegmentedChoice(
            self.tr("Mask size"), [(size, str(size)) for size in MASK_SIZES], self
        )
        self.mask_size.setToolTip(self.tr("Cells of a mask along each side of its box"))
        self.mask_size.chosen.connect(lambda size: self._want(mask_size=size))
        self._costs = dim_label("", self)
        self._costs.setToolTip(
            self.tr("Measured in this video; for sizes not used yet: measured with eight objects")
        )
        self.refine = QCheckBox(self.tr("Second, zoomed look at objects"), self)
        self.refine.setToolTip(
            self.tr(
                "Finer masks: the surest objects first, as many as the time of a frame allows; all "
                "while a file is recorded"
            )
        )
        self.refine.clicked.connect(self.refine_chosen)
        self._refine_cost = dim_label("", self)
        self.target = NumberSlider(
            self.tr("Hold frame rate"),
            (0, 60, 5),
            show=lambda fps: f"{fps:.0f} fps" if fps else self.tr("off"),
            tip=self.tr("Lowers the quality as far as needed to hold this rate"),
            parent=self,
        )
        self.target.chosen.connect(self.target_chosen)

    def _make_network(self, weights: tuple[str, ...]) -> None:
        self._weights = WeightsChoice(weights, self)
        self._weights.textActivated.connect(lambda text: self._other(weights=text))
        self._figures = dim_label("", self)
        self.best = QPushButton(self.tr("Best masks at {} fps").format(f"{_BEST_FPS:.0f}"), self)
        self.best.setToolTip(
            self.tr(
                "Sets blendmask-lite, the second look and this frame rate. The second look takes "
                "as many objects as fit into a frame's time; a slow machine lowers the input size."
            )
        )
        self.best.clicked.connect(self._want_best)
        self._runtime = self._combo(
            self.tr("Runtime"), ("auto", *RUNTIMES), lambda text: self._other(runtime=text)
        )
        self._device = self._combo(
            self.tr("Device"), ("auto", "cpu", "cuda"), lambda text: self._other(device=text)
        )
        self._precision = self._combo(
            self.tr("Precision"), ("auto", *PRECISIONS), lambda text: self._other(precision=text)
        )
        self._file = QPushButton(self.tr("Weights file…"), self)
        self._file.clicked.connect(self._choose_file)

    def _combo(self, name: str, texts: tuple[str, ...], chosen: Callable[[str], None]) -> QComboBox:
        combo = QComboBox(self)
        combo.addItems(texts)
        combo.setAccessibleName(name)
        combo.setMinimumContentsLength(12)
        combo.setSizeAdjustPolicy(QComboBox.AdjustToMinimumContentsLengthWithIcon)
        combo.setSizePolicy(QSizePolicy.Expanding, QSizePolicy.Fixed)
        combo.textActivated.connect(chosen)
        return combo

    def _make_classes(self) -> None:
        self._search = QLineEdit(self)
        self._search.setPlaceholderText(self.tr("Search classes"))
        self._search.setAccessibleName(self.tr("Search classes"))
        self._search.setClearButtonEnabled(True)
        self._search.textChanged.connect(self._filter)
        self.classes = QListWidget(self)
        self.classes.setAccessibleName(self.tr("Classes"))
        self.classes.setMinimumHeight(150)
        # Its rows are as high as a text, and so lower than a check box.
        self.classes.setSpacing(3)
        self.classes.itemChanged.connect(self._want_classes)
        self._all = QPushButton(self.tr("All"), self)
        self._all.clicked.connect(lambda: self._want(classes=None))
        self._none = QPushButton(self.tr("Only the found ones"), self)
        self._none.setToolTip(self.tr("Look only for classes that the search shows"))
        self._none.clicked.connect(self._want_found)

    def _arrange(self) -> None:
        column = panel_column(self)
        column.addWidget(heading(self.tr("Network"), self))
        form = QFormLayout()
        form.setVerticalSpacing(7)
        form.setFieldGrowthPolicy(QFormLayout.ExpandingFieldsGrow)
        form.addRow(self.tr("Weights"), self._weights)
        form.addRow("", self._figures)
        form.addRow("", self.best)
        form.addRow(self.tr("Runtime"), self._runtime)
        form.addRow(self.tr("Device"), self._device)
        form.addRow(self.tr("Precision"), self._precision)
        form.addRow("", self._file)
        column.addLayout(form)
        column.addWidget(heading(self.tr("Resolution"), self))
        column.addWidget(self.input_size)
        column.addWidget(self.multi_scale)
        column.addWidget(dim_label(self.tr("Mask size"), self))
        column.addWidget(self.mask_size)
        column.addWidget(self._costs)
        column.addWidget(self.refine)
        column.addWidget(self._refine_cost)
        column.addWidget(self.target)
        column.addWidget(heading(self.tr("Thresholds"), self))
        column.addWidget(self.score)
        column.addWidget(self.mask_threshold)
        column.addWidget(heading(self.tr("Classes"), self))
        column.addWidget(self._search)
        column.addWidget(self.classes, 1)
        column.addWidget(self._all)
        column.addWidget(self._none)

    # What is shown

    def show_settings(
        self, settings: SegmenterSettings, target_fps: float | None, *, refine: bool = False
    ) -> None:
        """Show these settings; emits nothing."""
        self.refine.setChecked(refine)
        self._refine_cost.setVisible(refine)
        self._settings = settings
        self.score.set_number(settings.score_threshold)
        self.mask_threshold.set_number(settings.mask_threshold)
        self.input_size.set_number(settings.short_side)
        self.multi_scale.setChecked(settings.multi_scale)
        self.mask_size.set_chosen(settings.mask_size)
        self.target.set_number(target_fps or 0)
        self._show_best()
        with QSignalBlocker(self.classes):
            for item in self._items():
                is_on = settings.classes is None or item.text() in settings.classes
                item.setCheckState(Qt.Checked if is_on else Qt.Unchecked)

    def show_network(self, network: NetworkChoice) -> None:
        """Show which network runs; emits nothing."""
        self._network = network
        self._weights.show_name(network.weights)
        self._figures.setText(self._figures_of(network.weights))
        self._figures.setVisible(bool(self._figures.text()))
        self._runtime.setCurrentText(network.runtime)
        self._device.setCurrentText(network.device)
        self._precision.setCurrentText(network.precision)
        self._show_best()

    def _show_best(self) -> None:
        is_set = self._network.weights == _BEST_WEIGHTS and self.refine.isChecked()
        self.best.setEnabled(not is_set or self.target.number != _BEST_FPS)

    def offer_weights(self, names: tuple[str, ...]) -> None:
        """Also offer weights that were made since the start."""
        self._weights.offer(names)

    def _figures_of(self, name: str) -> str:
        figures = weights_figures(name)
        parts = [
            (figures.mask_ap, self.tr("Mask AP {:.3f}")),
            (figures.second_look_ap, self.tr("with the second look {:.3f}")),
            (figures.box_ap, self.tr("box AP {:.3f}")),
            (figures.network_time, self.tr("time {:.2f}")),
        ]
        return localized(
            "; ".join(text.format(value) for value, text in parts if value is not None)
        )

    def show_labels(self, labels: tuple[str, ...]) -> None:
        """Offer these classes."""
        if labels == self._labels:
            return
        self._labels = labels
        with QSignalBlocker(self.classes):
            self.classes.clear()
            for label in labels:
                item = QListWidgetItem(label)
                item.setFlags(Qt.ItemIsEnabled | Qt.ItemIsUserCheckable | Qt.ItemIsSelectable)
                item.setCheckState(Qt.Checked)
                self.classes.addItem(item)

    def show_costs(self, costs_ms: dict[int, float | None]) -> None:
        """Show what each mask size was measured to cost per frame."""
        known = {size: cost for size, cost in costs_ms.items() if cost is not None}
        if not known:
            self._costs.setText(self.tr("Cost per frame: measured while objects are seen"))
            return
        parts = (localized(f"{size}:\u00a0{cost:.1f}\u00a0ms") for size, cost in known.items())
        self._costs.setText(self.tr("Cost per frame") + "\n" + "   ".join(parts))

    def show_refine_cost(self, cost_ms: float | None) -> None:
        """Show what the second look was measured to cost for each object."""
        if cost_ms is None:
            text = self.tr("Cost per object: measured while objects are seen")
        else:
            text = localized(self.tr("Cost per object  {:.1f} ms").format(cost_ms))
        self._refine_cost.setText(text)

    # What is wanted

    def _want(self, **changes: object) -> None:
        self.settings_chosen.emit(replace(self._settings, **changes))  # type: ignore[arg-type]

    def _want_input_size(self) -> None:
        short = int(self.input_size.number)
        ratio = self._settings.long_side / self._settings.short_side
        self._want(short_side=short, long_side=min(4096, max(short, round(short * ratio))))

    def _want_best(self) -> None:
        if self._network.weights != _BEST_WEIGHTS:
            self._other(weights=_BEST_WEIGHTS)
        self.refine_chosen.emit(True)
        self.target_chosen.emit(_BEST_FPS)

    def _want_classes(self) -> None:
        chosen = tuple(i.text() for i in self._items() if i.checkState() == Qt.Checked)
        self._want(classes=None if len(chosen) == len(self._labels) else chosen)

    def _want_found(self) -> None:
        self._want(classes=tuple(i.text() for i in self._items() if not i.isHidden()))

    def _other(self, **changes: str) -> None:
        network = replace(self._network, **changes)  # type: ignore[arg-type]
        if "weights" in changes:
            network = replace(network, architecture=None)
        self.network_chosen.emit(network)

    def _choose_file(self) -> None:
        filters = self.tr("Weights (*.safetensors);;All files (*)")
        path, _ = QFileDialog.getOpenFileName(self, self.tr("Weights file"), "", filters)
        if path:
            self._other(weights=path)

    def _filter(self, text: str) -> None:
        for item in self._items():
            item.setHidden(text.lower() not in item.text().lower())

    def _items(self) -> list[QListWidgetItem]:
        items = (self.classes.item(row) for row in range(self.classes.count()))
        return [item for item in items if item is not None]
