"""A person corrects a project in the editor, on a real X11 platform plugin."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest
from PyQt5.QtCore import QEvent, QPoint, QPointF, Qt
from PyQt5.QtGui import QGuiApplication
from PyQt5.QtWidgets import QApplication, QInputDialog
from pytestqt.qtbot import QtBot

from blendmask_live import load_prompter
from blendmask_live.annotation import Origin, Project
from blendmask_live.export import ExportOptions
from blendmask_live.segmenting.segmenter import Segmenter
from gui.editor.controller import EditorController
from gui.editor.window import EditorWindow
from gui.shared.key_focus import tab_stops
from gui.shared.preferences import Preferences
from tests.gui.squares import FRAMES, SWITCHED_AT


@pytest.fixture
def editor(
    dressed: QApplication, preferences: Preferences, project_path: Path, qtbot: QtBot
) -> Iterator[EditorWindow]:
    assert QGuiApplication.platformName() == "xcb"
    made = EditorWindow(EditorController(project_path), preferences)
    made.resize(1300, 850)
    with qtbot.waitExposed(made, timeout=60_000):
        made.show()
    dressed.setActiveWindow(made)
    qtbot.waitUntil(lambda: made.controller.picture is not None, timeout=60_000)
    yield made
    made.close()
    made.deleteLater()
    dressed.sendPostedEvents(None, QEvent.DeferredDelete)


def place_of(editor: EditorWindow, x: float, y: float) -> QPoint:
    return editor.canvas.to_widget(QPointF(x, y)).toPoint()


def press(editor: EditorWindow, qtbot: QtBot, key: int, *modifiers: Qt.KeyboardModifier) -> None:
    qtbot.keyClick(editor.canvas, key, *modifiers)


def show(editor: EditorWindow, qtbot: QtBot, frame: int) -> None:
    editor.controller.show(frame)
    qtbot.waitUntil(lambda: editor.canvas.shown_image is not None, timeout=60_000)
    qtbot.waitUntil(lambda: editor.controller.frame == frame, timeout=60_000)


def drag(editor: EditorWindow, qtbot: QtBot, *places: tuple[float, float]) -> None:
    qtbot.mousePress(editor.canvas, Qt.LeftButton, pos=place_of(editor, *places[0]))
    for place in places[1:]:
        qtbot.mouseMove(editor.canvas, place_of(editor, *place))
        event = place_of(editor, *place)
        editor.canvas.mouseMoveEvent(_move(event))
    qtbot.mouseRelease(editor.canvas, Qt.LeftButton, pos=place_of(editor, *places[-1]))


def _move(place: QPoint) -> object:
    from PyQt5.QtGui import QMouseEvent

    return QMouseEvent(QEvent.MouseMove, QPointF(place), Qt.NoButton, Qt.LeftButton, Qt.NoModifier)


def x_of(project: Project, frame: int, track: int) -> int | None:
    mask = project.mask(frame, track)
    return None if mask is None or not mask.area else mask.tight().x0


def test_a_swapped_id_is_split_painted_interpolated_undone_and_exported(
    editor: EditorWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    controller, project = editor.controller, editor.controller.project
    # The object under the pointer is selected by a click.
    qtbot.mouseClick(editor.canvas, Qt.LeftButton, pos=place_of(editor, 80, 130))
    assert controller.track == 1

    # From the switch on, 1 and 2 are exchanged.
    show(editor, qtbot, SWITCHED_AT)
    monkeypatch.setattr(QInputDialog, "getItem", lambda *a: ("dog 2", True))
    assert x_of(project, 15, 1) == 300
    press(editor, qtbot, Qt.Key_X)
    assert x_of(project, 15, 1) == 75 and x_of(project, 15, 2) == 300

    # The gap is filled.
    editor.track_panel.scope.button("all").click()
    press(editor, qtbot, Qt.Key_F)
    assert x_of(project, 5, 1) == 65

    # Painted by brush; what is painted is a keyframe.
    show(editor, qtbot, 0)
    press(editor, qtbot, Qt.Key_B)
    area = project.mask(0, 1).area
    drag(editor, qtbot, (90, 165), (110, 175), (115, 175))
    assert project.mask(0, 1).area > area
    assert next(r for r in project.masks(0).runs if r.track == 1).origin == Origin.CORRECTED

    # A new object by polygon, split in two, the second half deleted.
    press(editor, qtbot, Qt.Key_V)
    monkeypatch.setattr(QInputDialog, "getItem", lambda *a: ("fox", True))
    editor.actions_by_name["new_track"].trigger()
    for corner in ((200, 20), (240, 20), (240, 60), (200, 60)):
        qtbot.mouseClick(editor.canvas, Qt.LeftButton, pos=place_of(editor, *corner))
    press(editor, qtbot, Qt.Key_Return)
    assert controller.track == 3 and project.labels == ("cat", "dog", "fox")
    assert project.mask(0, 3).area == pytest.approx(1600, rel=0.1)
    press(editor, qtbot, Qt.Key_C)
    assert controller.frame == 1 and project.mask(1, 3) is not None
    editor.track_panel.scope.button("onwards").click()
    press(editor, qtbot, Qt.Key_S)
    assert x_of(project, 1, 3) is None and x_of(project, 1, 4) is not None
    controller.select(4)
    press(editor, qtbot, Qt.Key_Delete)
    assert controller.track == 0 and len(project.tracks) == 3

    # Everything is undone and done again.
    after = [entry.text for entry in project.journal()]
    while project.undo_text:
        press(editor, qtbot, Qt.Key_Z, Qt.ControlModifier)
    assert x_of(project, 15, 1) == 300 and x_of(project, 5, 1) is None
    while project.redo_text:
        press(editor, qtbot, Qt.Key_Y, Qt.ControlModifier)
    assert [entry.text for entry in project.journal()] == after
    assert x_of(project, 15, 1) == 75

    # And exported.
    editor.files.export(tmp_path / "out", ("csv",), ExportOptions())
    qtbot.waitUntil(lambda: editor.banner.problem is not None, timeout=60_000)
    assert not editor.banner.problem.is_error
    rows = list(csv.DictReader((tmp_path / "out/squares/csv/tracks.csv").open()))
    assert len(rows) == 2 * FRAMES + 1


def test_repairs_are_looked_at_accepted_and_rejected_by_key(
    editor: EditorWindow, qtbot: QtBot
) -> None:
    controller = editor.controller
    qtbot.waitUntil(lambda: len(controller.suggestions) > 0, timeout=60_000)
    gaps = [s for s in controller.suggestions if s.kind == "gap"]
    assert gaps
    while editor.repairs.current is None or editor.repairs.current.kind != "gap":
        press(editor, qtbot, Qt.Key_N)
    assert controller.frame in (4, 5) and controller.track == 1
    before = len(controller.suggestions)
    with qtbot.waitSignal(controller.suggestions_changed, timeout=60_000):
        press(editor, qtbot, Qt.Key_A)
    assert len(controller.suggestions) < before
    assert x_of(controller.project, 5, 1) is not None
    if controller.suggestions:
        count = len(controller.suggestions)
        with qtbot.waitSignal(controller.suggestions_changed, timeout=60_000):
            press(editor, qtbot, Qt.Key_R)
        assert len(controller.suggestions) < count


def test_a_mask_is_propagated_and_moved(editor: EditorWindow, qtbot: QtBot) -> None:
    controller, project = editor.controller, editor.controller.project
    controller.select(2)
    show(editor, qtbot, 3)
    press(editor, qtbot, Qt.Key_M)
    drag(editor, qtbot, (330, 130), (330, 110))
    assert project.mask(3, 2).tight().y0 == pytest.approx(80, abs=2)
    press(editor, qtbot, Qt.Key_Right, Qt.ControlModifier)
    qtbot.waitUntil(lambda: not controller.preview.goes_on, timeout=60_000)
    with qtbot.waitSignal(controller.edited, timeout=60_000):
        press(editor, qtbot, Qt.Key_Return)
    run = next(r for r in project.masks(6).runs if r.track == 2)
    assert run.origin == Origin.PROPAGATED
    assert project.mask(6, 2).tight().y0 < 100


def test_the_timeline_seeks_selects_and_marks(editor: EditorWindow, qtbot: QtBot) -> None:
    timeline, controller = editor.timeline, editor.controller
    lane = QPoint(round(timeline.scale.x(10.5)), timeline.lane_top(1) + 5)
    qtbot.mouseClick(timeline.viewport(), Qt.LeftButton, pos=lane)
    assert controller.track == 2 and controller.frame == 10
    start = QPoint(round(timeline.scale.x(4.5)), 60)
    qtbot.mousePress(timeline.viewport(), Qt.LeftButton, Qt.ShiftModifier, start)
    end = QPoint(round(timeline.scale.x(9.5)), 60)
    timeline.mouseMoveEvent(_move(end))
    qtbot.mouseRelease(timeline.viewport(), Qt.LeftButton, pos=end)
    assert controller.marks == (4, 9)
    width = timeline.scale.frame_px
    timeline.zoom_by(2.0)
    assert timeline.scale.frame_px >= width
    press(editor, qtbot, Qt.Key_Space)
    qtbot.waitUntil(lambda: controller.is_playing, timeout=60_000)
    qtbot.waitUntil(lambda: controller.frame >= 12 or not controller.is_playing, timeout=60_000)
    controller.play(False)


def test_lanes_are_filtered_by_class_and_by_doubt(editor: EditorWindow, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: len(editor.controller.suggestions) > 0, timeout=60_000)
    shown = editor.timeline
    assert [lane.track.track_id for lane in shown.content.lanes] == [1, 2]
    editor.lane_filter.class_choice.setCurrentText("dog")
    dogs = [lane.track.track_id for lane in shown.content.lanes]
    editor.lane_filter.class_choice.setCurrentIndex(0)
    editor.lane_filter.doubtful_only.setChecked(True)
    doubtful = {track for s in editor.controller.suggestions for track in s.tracks}
    assert {lane.track.track_id for lane in shown.content.lanes} == doubtful
    assert 2 in dogs


def test_keys_go_to_the_field_that_is_written_in_and_else_to_the_picture(
    editor: EditorWindow, qtbot: QtBot
) -> None:
    controller, project = editor.controller, editor.controller.project
    controller.select(1)
    name = editor.track_panel.name
    qtbot.mouseClick(name, Qt.LeftButton)
    qtbot.waitUntil(name.hasFocus, timeout=60_000)
    for letter in "hcs":
        # Hide, copy and split, if they reached the actions.
        qtbot.keyClick(name, letter)
    qtbot.keyClick(name, Qt.Key_Return)
    assert [entry.text for entry in project.journal()] == ["name track 1 'hcs'"]
    assert editor.canvas.hasFocus()
    qtbot.mouseClick(editor.repairs.list.viewport(), Qt.LeftButton)
    buttons = editor.track_panel.scope.button("all")
    qtbot.mouseClick(buttons, Qt.LeftButton)
    assert editor.canvas.hasFocus()
    frame = controller.frame
    qtbot.keyClick(editor.canvas, Qt.Key_Right)
    assert controller.frame == frame + 1


def test_corners_of_a_polygon_are_taken_back_one_by_one(editor: EditorWindow, qtbot: QtBot) -> None:
    controller, project = editor.controller, editor.controller.project
    controller.select(1)
    press(editor, qtbot, Qt.Key_Delete)
    controller.select(2)
    press(editor, qtbot, Qt.Key_P)
    for corner in ((200, 20), (240, 20), (240, 60), (10, 10)):
        qtbot.mouseClick(editor.canvas, Qt.LeftButton, pos=place_of(editor, *corner))
    press(editor, qtbot, Qt.Key_Z, Qt.ControlModifier)
    assert len(project.journal()) == 1 and project.undo_text
    area = project.mask(0, 2).area
    # Return ends the polygon and confirms no track.
    press(editor, qtbot, Qt.Key_Return)
    assert [entry.command for entry in project.journal()] == ["DeleteMasks", "DrawPolygon"]
    assert project.mask(0, 2).area - area == pytest.approx(800, rel=0.1)
    press(editor, qtbot, Qt.Key_Escape)
    assert editor.canvas.tool == "select"


def test_what_is_erased_to_the_last_pixel_is_gone_until_it_is_undone(
    editor: EditorWindow, qtbot: QtBot
) -> None:
    controller, project = editor.controller, editor.controller.project
    controller.select(1)
    editor.canvas.set_radius(120)
    press(editor, qtbot, Qt.Key_E)
    drag(editor, qtbot, (60, 130), (90, 130), (120, 130))
    assert project.mask(0, 1) is None and controller.track == 1
    assert controller.tracked.track_ids.tolist() == [2]
    # A stroke away from everything brings it back there.
    press(editor, qtbot, Qt.Key_B)
    editor.canvas.set_radius(8)
    drag(editor, qtbot, (200, 20), (220, 20))
    assert x_of(project, 0, 1) == pytest.approx(192, abs=2)
    press(editor, qtbot, Qt.Key_Z, Qt.ControlModifier)
    press(editor, qtbot, Qt.Key_Z, Qt.ControlModifier)
    assert x_of(project, 0, 1) == 60


def test_tab_reaches_tools_lanes_and_panels(editor: EditorWindow, qtbot: QtBot) -> None:
    controller = editor.controller
    seen = tab_stops(editor)
    button = editor.tool_bar.widgetForAction(editor.actions_by_name["brush"])
    assert seen.index(button) < seen.index(editor.canvas) < seen.index(editor.timeline)
    assert seen.index(editor.timeline) < seen.index(editor.repairs.list)
    assert not any(editor.journal.isAncestorOf(stop) for stop in seen), "behind the repairs"
    editor.timeline.setFocus(Qt.TabFocusReason)
    chosen = []
    for key in (Qt.Key_Down, Qt.Key_Down, Qt.Key_Up):
        qtbot.keyClick(editor.timeline, key)
        chosen.append(controller.track)
    assert chosen == [1, 2, 1]
    qtbot.keyClick(editor.timeline, Qt.Key_Right)
    assert controller.frame == 1, "frames are stepped as ever"


def test_a_cat_that_no_track_has_is_pointed_at_and_followed(
    editor: EditorWindow, qtbot: QtBot, segmenter: Segmenter, monkeypatch: pytest.MonkeyPatch
) -> None:
    prompter = load_prompter(device="cpu", runtime="torch", precision="fp32", segmenter=segmenter)
    monkeypatch.setattr("gui.editor.answering.load", lambda: prompter)
    controller, pointing = editor.controller, editor.pointing
    controller.set_marks(0, 2)
    controller.set_scope("marks")
    press(editor, qtbot, Qt.Key_W)
    qtbot.mouseClick(editor.canvas, Qt.LeftButton, pos=place_of(editor, 315, 245))
    press(editor, qtbot, Qt.Key_W, Qt.ShiftModifier)
    qtbot.waitUntil(lambda: editor.follower.is_following, timeout=60_000)
    qtbot.waitUntil(lambda: not editor.follower.is_following, timeout=60_000)
    assert not pointing.is_open and controller.track == 3
    # So small, the detector is not sure which.
    assert controller.class_of(3) in ("cat", "dog")
    for frame in range(3):
        mask = controller.project.mask(frame, 3)
        assert mask is not None and mask.tight().box == pytest.approx((241, 181, 386, 286), abs=28)
    assert [entry.command for entry in controller.project.journal()] == ["SetMask", "KeepFollowed"]
