"""Panels show settings and say which ones the user wants."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PyQt5.QtCore import QLocale, QPoint, QPointF, Qt, QTranslator
from PyQt5.QtGui import QWheelEvent
from PyQt5.QtWidgets import (
    QAction,
    QApplication,
    QComboBox,
    QSlider,
    QSpinBox,
    QStyle,
    QStyleOptionViewItem,
    QWidget,
)
from pytestqt.qtbot import QtBot

import gui
from blendmask_live.config import MASK_SIZES, SegmenterSettings
from blendmask_live.datatypes import TrackedFrame
from blendmask_live.live import FollowedTrack
from blendmask_live.pipeline import StageSummary
from gui.editor.journal_panel import JournalPanel
from gui.live.loading import NetworkChoice
from gui.live.look import DisplaySettings, Visibility
from gui.live.mask_costs import MaskCosts, blending_costs
from gui.live.recorder import RecordingPlan
from gui.panels.display_panel import DisplayPanel
from gui.panels.network_panel import NetworkPanel
from gui.panels.record_panel import RecordPanel
from gui.panels.send_panel import SendPanel
from gui.panels.tracker_panel import TrackerPanel
from gui.panels.tracks_panel import TracksPanel
from gui.shared.controls import scrolling
from gui.shared.pixels import to_qimage
from gui.window.microscope import MicroscopePanel
from gui.window.stage_chart import stage_text
from tracking import TrackerConfig

TRANSLATIONS = Path(gui.__file__).parent / "translations"
pytestmark = pytest.mark.usefixtures("dressed")


@pytest.fixture
def network(qtbot: QtBot) -> NetworkPanel:
    panel = NetworkPanel(("blendmask-lite", "blendmask-r50"))
    qtbot.addWidget(panel)
    return panel


def test_the_wheel_over_controls_is_left_to_the_panel_and_changes_nothing(
    qtbot: QtBot,
) -> None:
    network = NetworkPanel(("blendmask-lite", "blendmask-r50"))
    area = scrolling(network)
    qtbot.addWidget(area)
    wanted: list[object] = []
    network.network_chosen.connect(wanted.append)
    controls = [c for kind in (QSlider, QComboBox, QSpinBox) for c in network.findChildren(kind)]
    before = [_state_of(control) for control in controls]
    for control in controls:
        middle = control.rect().center()
        turned = QWheelEvent(
            QPointF(middle),
            QPointF(control.mapToGlobal(middle)),
            QPoint(),
            QPoint(0, -120),
            Qt.NoButton,
            Qt.NoModifier,
            Qt.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(control, turned)
        # Then Qt hands an event of the system on to what lies around.
        assert not turned.isAccepted()
    assert [_state_of(control) for control in controls] == before
    assert wanted == []


def _state_of(control: QWidget) -> int:
    if isinstance(control, QComboBox):
        return control.currentIndex()
    assert isinstance(control, QSlider | QSpinBox)
    return control.value()


def test_accuracy_and_time_of_the_chosen_weights_are_told(network: NetworkPanel) -> None:
    network.show_network(NetworkChoice("blendmask-lite"))
    # As the manifest has it.
    text = "Mask AP 0.327; with the second look 0.351; box AP 0.412; time 1.00"
    assert network._figures.text() == text
    network.show_network(NetworkChoice("/somewhere/mine.safetensors"))
    assert network._figures.isHidden()


def test_the_figures_of_all_weights_are_in_the_list_where_they_are_chosen(
    network: NetworkPanel, qtbot: QtBot
) -> None:
    combo = network._weights
    rows = combo.model()

    def cells(row: int) -> list[str]:
        return [rows.index(row, column).data() for column in range(rows.columnCount())]

    assert cells(0) == ["blendmask-lite", "0.327", "0.351", "0.412", "1.00"]
    assert cells(1) == ["blendmask-r50", "0.378", "-", "0.427", "-"]
    network.offer_weights(("mine", "blendmask-lite"))
    assert cells(2) == ["mine", "-", "-", "-", "-"] and combo.count() == 3
    network.show()
    combo.showPopup()
    qtbot.waitUntil(combo.view().isVisible, timeout=60_000)
    columns_px = sum(combo.view().columnWidth(column) for column in range(5))
    assert columns_px <= combo.view().viewport().width(), "nothing is cut"
    right_px = combo.mapToGlobal(combo.rect().topRight()).x()
    assert combo.view().window().geometry().right() <= right_px, "nor beside the window"
    combo.hidePopup()


def test_the_best_masks_at_a_rate_are_one_press_away(network: NetworkPanel) -> None:
    wanted: list[object] = []
    for signal in (network.network_chosen, network.refine_chosen, network.target_chosen):
        signal.connect(wanted.append)
    network.show_network(NetworkChoice("blendmask-r50", device="cpu"))
    network.best.click()
    assert wanted == [NetworkChoice("blendmask-lite", device="cpu"), True, 15.0]
    network.show_network(NetworkChoice("blendmask-lite", device="cpu"))
    network.show_settings(SegmenterSettings(), 15.0, refine=True)
    assert not network.best.isEnabled(), "it is so"
    network.show_settings(SegmenterSettings(), 30.0, refine=True)
    assert network.best.isEnabled()


def test_check_boxes_of_classes_do_not_touch(network: NetworkPanel) -> None:
    network.show()
    first, second = (network.classes.visualItemRect(network.classes.item(n)) for n in (0, 1))
    option = QStyleOptionViewItem()
    height_px = network.classes.style().pixelMetric(
        QStyle.PM_IndicatorHeight, option, network.classes
    )
    assert second.top() - first.top() >= height_px + 4


def test_thresholds_and_mask_size_are_wanted_at_once(network: NetworkPanel) -> None:
    wanted: list[SegmenterSettings] = []
    network.settings_chosen.connect(wanted.append)
    network.score.slider.setValue(network.score.slider.maximum())
    network.mask_threshold.slider.setValue(0)
    network.mask_size.button(224).click()
    assert wanted[0].score_threshold == 0.95
    assert wanted[1].mask_threshold == 0.05
    assert wanted[2].mask_size == 224


def test_the_input_size_keeps_its_ratio_and_waits_until_it_rests(
    network: NetworkPanel, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(network.settings_chosen, timeout=60_000) as told:
        network.input_size.slider.setValue(network.input_size.slider.value() + 1)
        network.input_size.slider.setValue(network.input_size.slider.value() + 1)
    assert (told.args[0].short_side, told.args[0].long_side) == (512, 768)


def test_classes_are_chosen_by_search(network: NetworkPanel) -> None:
    wanted: list[SegmenterSettings] = []
    network.settings_chosen.connect(wanted.append)
    network._search.setText("bear")
    network._none.click()
    assert wanted[-1].classes == ("bear", "teddy bear")
    network.show_settings(wanted[-1], None)
    network.classes.item(0).setCheckState(Qt.Checked)
    assert wanted[-1].classes == ("person", "bear", "teddy bear")
    network._all.click()
    assert wanted[-1].classes is None


def test_another_network_is_wanted_as_a_whole(network: NetworkPanel) -> None:
    wanted: list[NetworkChoice] = []
    network.network_chosen.connect(wanted.append)
    network.show_network(NetworkChoice(device="cpu", architecture="blendmask-dla34"))
    network._weights.setCurrentText("blendmask-r50")
    network._weights.textActivated.emit("blendmask-r50")
    assert wanted == [NetworkChoice(weights="blendmask-r50", device="cpu")]


def test_the_cost_of_a_mask_size_is_that_of_the_frames_that_used_it(network: NetworkPanel) -> None:
    costs = MaskCosts()

    def stages(frames: int, total_ms: float) -> dict[str, StageSummary]:
        mean_ms = total_ms / frames
        return {"blend": StageSummary(frames, mean_ms, mean_ms, mean_ms)}

    costs.add(stages(10, 20.0), 56)
    costs.add(stages(20, 40.0), 56)
    costs.add(stages(30, 90.0), 224)
    costs.add(stages(40, 140.0), 224)
    assert costs.median_ms(56) == pytest.approx(2.0)
    assert costs.median_ms(224) == pytest.approx(5.0)
    assert costs.median_ms(28) is None
    costs.begin_network({28: 1.0, 56: 1.5})
    assert (costs.median_ms(28), costs.median_ms(56)) == (1.0, 1.5)
    costs.add(stages(10, 20.0), 56)
    costs.add(stages(20, 40.0), 56)
    assert costs.median_ms(56) == pytest.approx(2.0), "the video at hand counts more"
    assert costs.median_ms(28) == pytest.approx(1.5), "as much cheaper as when tried out"
    network.show_costs({28: None, 56: 2.0, 224: 5.0})
    text = network._costs.text().replace("\u00a0", " ")
    assert "56: 2.0 ms" in text and "28" not in text


def test_a_second_look_is_chosen_and_its_cost_told(network: NetworkPanel) -> None:
    wanted: list[bool] = []
    network.refine_chosen.connect(wanted.append)
    network.refine.click()
    assert wanted == [True]
    network.show_settings(SegmenterSettings(), None, refine=True)
    network.show_refine_cost(4.26)
    assert network._refine_cost.text() == "Cost per object  4.3 ms"
    network.show_settings(SegmenterSettings(), None, refine=False)
    assert wanted == [True] and network._refine_cost.isHidden()


def test_two_sizes_are_chosen_and_shown(network: NetworkPanel) -> None:
    wanted: list[SegmenterSettings] = []
    network.settings_chosen.connect(wanted.append)
    network.multi_scale.click()
    assert [settings.multi_scale for settings in wanted] == [True]
    network.show_settings(SegmenterSettings(), None)
    assert not network.multi_scale.isChecked()


def test_sizes_that_were_not_used_are_tried_out() -> None:
    costs_ms = blending_costs()
    assert set(costs_ms) == set(MASK_SIZES)
    assert 0 < costs_ms[28] < costs_ms[224]


def test_tracker_settings(qtbot: QtBot) -> None:
    panel = TrackerPanel()
    qtbot.addWidget(panel)
    wanted: list[tuple[TrackerConfig, bool]] = []
    panel.chosen.connect(lambda config, on: wanted.append((config, on)))
    panel.sliders["max_lost_s"].slider.setValue(0)
    panel.is_tracking.click()
    assert wanted[0] == (replace(TrackerConfig(), max_lost_s=0.5), True)
    assert wanted[1][1] is False


def test_display_settings(qtbot: QtBot, tmp_path: Path) -> None:
    panel = DisplayPanel()
    qtbot.addWidget(panel)
    wanted: list[DisplaySettings] = []
    problems: list[str] = []
    panel.chosen.connect(wanted.append)
    panel.problem_found.connect(problems.append)
    panel.mask_style.button("outline").click()
    panel.backdrop.button("blur").click()
    path = tmp_path / "ćwiartka.png"
    assert to_qimage(np.full((4, 6, 3), 77, dtype=np.uint8)).save(str(path))
    panel.use_picture(str(path))
    panel.use_picture(str(tmp_path / "missing.png"))
    assert [look.mask_style for look in wanted[:1]] == ["outline"]
    assert wanted[1].backdrop.kind == "blur"
    picture = wanted[2].backdrop.picture
    assert picture is not None and picture.shape == (4, 6, 3) and (picture == 77).all()
    assert len(wanted) == 3 and "missing.png" in problems[0]


def test_tracks_are_listed_hidden_and_shown_alone(qtbot: QtBot, two_tracks: TrackedFrame) -> None:
    panel = TracksPanel()
    qtbot.addWidget(panel)
    wanted: list[Visibility] = []
    chosen: list[int] = []
    panel.visibility_chosen.connect(wanted.append)
    panel.track_chosen.connect(chosen.append)
    assert not panel._all.isEnabled()
    panel.show_frame(two_tracks)
    person = panel.tree.topLevelItem(0)
    assert person is not None
    assert (person.text(0), person.child(0).text(0)) == ("person  1", "person 1")
    for item, column in ((person, 1), (person.child(0), 1), (person.child(0), 2)):
        panel.tree.itemClicked.emit(item, column)
    panel.tree.itemClicked.emit(person.child(0), 0)
    assert wanted == [
        Visibility(hidden_classes=frozenset({"person"})),
        Visibility(hidden_tracks=frozenset({1})),
        Visibility(solo_track=1),
    ]
    assert chosen == [1]


def test_followed_objects_are_listed_also_while_they_are_lost(
    qtbot: QtBot, two_tracks: TrackedFrame
) -> None:
    panel = TracksPanel()
    qtbot.addWidget(panel)
    lost = FollowedTrack(7, "object", 0.0, is_lost=True)
    panel.show_frame(two_tracks, (FollowedTrack(2, "cat", 0.8, is_lost=False), lost))

    def texts() -> list[str]:
        tops = [panel.tree.topLevelItem(row) for row in range(panel.tree.topLevelItemCount())]
        return [top.child(row).text(0) for top in tops for row in range(top.childCount())]

    assert sorted(texts()) == ["cat 2  followed", "object 7  followed, lost", "person 1"]
    doubtful = FollowedTrack(2, "cat", 0.2, is_lost=False, is_doubtful=True)
    panel.show_frame(two_tracks, (doubtful, lost))
    assert "cat 2  followed, unsure" in texts()
    panel.show_frame(two_tracks)
    assert "cat 2" in texts()


def test_the_recording_plan(qtbot: QtBot, qapp: QApplication) -> None:
    panel = RecordPanel(QAction("Record", qapp))
    qtbot.addWidget(panel)
    wanted: list[RecordingPlan] = []
    panel.chosen.connect(wanted.append)
    panel.formats["csv"].click()
    panel.shown.click()
    assert wanted[0].formats == ("overlay", "youtube-vis", "csv")
    assert wanted[1].records_shown


def test_an_act_that_the_journal_cuts_is_read_in_its_hint(qtbot: QtBot) -> None:
    panel = JournalPanel()
    qtbot.addWidget(panel)
    first = panel.model.index(0).data(Qt.ToolTipRole)
    assert first == "As it was made\nClick an act to undo or redo up to it"


def test_lines_that_are_not_there_cannot_be_removed(qtbot: QtBot) -> None:
    panel = SendPanel(QAction())
    qtbot.addWidget(panel)
    removed: list[int] = []
    panel.removed.connect(removed.append)
    assert not panel._remove_zone.isEnabled() and panel.zones.isHidden()
    panel.show_zones((("door", ""), ("gate", "")))
    panel._remove_zone.click()
    assert removed == [1], "the one that was drawn last, until another one is chosen"


@pytest.fixture
def german(qapp: QApplication) -> Iterator[None]:
    translator = QTranslator()
    assert translator.load(QLocale("de"), "blendmask_live", "_", str(TRANSLATIONS))
    qapp.installTranslator(translator)
    yield
    qapp.removeTranslator(translator)


@pytest.mark.usefixtures("german")
def test_stages_are_named_in_the_language_of_the_window() -> None:
    named = [stage_text(name) for name in ("second look", "export csv", "unheard of")]
    assert named == ["zweiter Blick", "csv schreiben", "unheard of"]


@pytest.mark.usefixtures("german")
def test_german_panels_leave_room_for_the_picture_on_small_screens(qtbot: QtBot) -> None:
    send, network, microscope = (
        SendPanel(QAction()),
        NetworkPanel(("blendmask-lite",)),
        MicroscopePanel(),
    )
    for panel in (send, network, microscope):
        qtbot.addWidget(panel)
    assert send.minimumSizeHint().width() <= network.minimumSizeHint().width()
    assert microscope.minimumSizeHint().height() < 200
