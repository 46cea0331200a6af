"""Acts in the editor mean what is under the pointer, and say first how far they reach."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PyQt5.QtCore import QEvent, QPoint, QPointF, Qt
from PyQt5.QtGui import QKeyEvent, QMouseEvent, QWheelEvent
from PyQt5.QtWidgets import QApplication, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from blendmask_live.annotation import FrameRange, Relabel, RenameTrack, SetKeyframe
from gui.editor.background import Stopped
from gui.editor.class_acts import ClassSearch
from gui.editor.controller import EditorController
from gui.editor.look import EditorLook
from gui.editor.preview_bar import PreviewBar
from gui.editor.propagating import Preview, Propagation
from gui.editor.window import EditorWindow
from gui.shared.preferences import Preferences
from gui.shared.problems import Problem
from tests.gui.conftest import OpenEditor
from tests.gui.squares import FRAMES


@pytest.fixture
def editor(
    open_editor: OpenEditor,
    show_window: Callable[[EditorController], EditorWindow],
    project_path: Path,
    qtbot: QtBot,
) -> EditorWindow:
    made = show_window(open_editor(project_path))
    qtbot.waitUntil(lambda: made.controller.picture is not None, timeout=60_000)
    made.canvas.resize(640, 360)
    return made


def place(editor: EditorWindow, x: float, y: float) -> QPoint:
    return editor.canvas.to_widget(QPointF(x, y)).toPoint()


def press(editor: EditorWindow, name: str) -> None:
    action = editor.actions_by_name[name]
    assert action.isEnabled(), name
    action.trigger()


def frames_of(editor: EditorWindow, track: int) -> list[int]:
    project = editor.controller.project
    return [frame for frame in range(FRAMES) if project.mask(frame, track) is not None]


def drag(
    editor: EditorWindow, *ways: tuple[float, float], button: Qt.MouseButton, keys: int = 0
) -> None:
    canvas = editor.canvas
    places = [editor.canvas.to_widget(QPointF(*way)) for way in ways]
    kinds = [QEvent.MouseButtonPress, *[QEvent.MouseMove] * (len(ways) - 2)]
    modifiers = Qt.KeyboardModifiers(keys)
    for kind, at in zip([*kinds, QEvent.MouseMove], places, strict=True):
        pressed = button if kind == QEvent.MouseButtonPress else Qt.NoButton
        QApplication.sendEvent(canvas, QMouseEvent(kind, at, pressed, button, modifiers))
    last = QMouseEvent(QEvent.MouseButtonRelease, places[-1], button, Qt.NoButton, modifiers)
    QApplication.sendEvent(canvas, last)


class TestTheMenuUnderThePointer:
    def test_is_about_the_object_there_and_names_it_with_its_frames(
        self, editor: EditorWindow
    ) -> None:
        controller = editor.controller
        controller.show(3)
        controller.select(1)
        menu = editor.acts.menu(editor.actions_by_name, editor.canvas.track_at(QPointF(0, 0)))
        assert controller.track == 0, "there is nothing under the pointer"
        assert "delete" not in [action.objectName() for action in menu.actions()]
        controller.select(1)
        under = editor.canvas.track_at(QPointF(place(editor, 330, 130)))
        menu = editor.acts.menu(editor.actions_by_name, under)
        texts = [action.text() for action in menu.actions()]
        assert texts[0] == "dog 2  ·  frame 3"
        assert "Merge dog 2 into cat 1, frame 3 on" in texts
        assert "Delete the mask, frame 3" in texts and "Delete 17 masks, frame 3 on" in texts
        press(editor, "delete")
        assert 3 not in frames_of(editor, 2) and 3 in frames_of(editor, 1)

    def test_merges_into_the_track_that_was_selected(self, editor: EditorWindow) -> None:
        controller = editor.controller
        controller.show(12)
        controller.select(1)
        menu = editor.acts.menu(editor.actions_by_name, 2)
        next(a for a in menu.actions() if a.text().startswith("Swap dog 2 and cat 1")).trigger()
        assert controller.project.undo_text == "swap tracks 1 and 2, frame 12 on"


class TestDeleting:
    def test_means_this_frame_whatever_the_scope_is(self, editor: EditorWindow) -> None:
        controller = editor.controller
        controller.show(4)
        controller.select(2)
        press(editor, "delete")
        assert frames_of(editor, 2) == [f for f in range(FRAMES) if f != 4]
        assert controller.project.undo_text == "delete masks of track 2, frame 4 (1 mask)"

    def test_of_more_says_how_many_before_and_after(self, editor: EditorWindow) -> None:
        controller = editor.controller
        controller.select(2)
        controller.set_marks(6, 9)
        controller.set_scope("marks")
        more = editor.actions_by_name["delete_more"]
        assert (more.text(), more.iconText()) == (
            "Delete 4 masks, frames 6 to 9",
            "Delete 4 masks",
        )
        press(editor, "delete_more")
        assert controller.project.undo_text.endswith("frames 6 to 9 (4 masks)")

    def test_finds_the_mask_of_the_frame_that_has_just_been_chosen(
        self, editor: EditorWindow
    ) -> None:
        controller, more = editor.controller, editor.actions_by_name["delete_more"]
        assert more.iconText() == "Delete masks" and not more.isEnabled()
        controller.select(1)
        for frame in (2, 3, 4):
            controller.show(frame)
            press(editor, "delete")
        assert frames_of(editor, 1) == [0, 1, *range(6, FRAMES)]
        controller.show(FRAMES - 1)
        editor.acts.show_reach(editor.actions_by_name)
        assert more.iconText() == "Delete 1 mask"

    def test_all_holds_for_one_act_and_marks_need_marks(self, editor: EditorWindow) -> None:
        controller, scope = editor.controller, editor.track_panel.scope
        controller.select(1)
        assert not scope.button("marks").isEnabled()
        scope.button("all").click()
        press(editor, "delete_more")
        assert controller.scope == "onwards" and not frames_of(editor, 1)
        controller.set_marks(2, 3)
        assert scope.button("marks").isEnabled()
        scope.button("marks").click()
        controller.set_marks(None, None)
        assert controller.scope == "onwards" and not scope.button("marks").isEnabled()


def test_several_classes_are_told_and_a_new_one_is_for_all(
    editor: EditorWindow, qtbot: QtBot
) -> None:
    controller, choice = editor.controller, editor.track_panel.class_choice
    line = choice.lineEdit()
    controller.select(2)
    assert (choice.currentText(), line.placeholderText()) == ("dog", "")
    controller.select_all([1, 2])
    assert (choice.currentText(), line.placeholderText()) == ("", "several")
    line.setFocus()
    line.clearFocus()
    qtbot.keyClick(line, Qt.Key_Return)
    assert not controller.project.journal(), "nothing was chosen"
    choice.textActivated.emit("dog")
    assert (choice.currentText(), line.placeholderText()) == ("dog", "")
    assert {controller.class_of(track) for track in (1, 2)} == {"dog"}


def test_the_class_is_that_of_the_shown_frame_and_can_be_given_to_the_others(
    editor: EditorWindow, qtbot: QtBot
) -> None:
    controller, choice = editor.controller, editor.track_panel.class_choice
    controller.apply_all([Relabel(1, "dog", FrameRange(10))])
    controller.select(1)
    assert choice.currentText() == "cat"
    controller.show(12)
    qtbot.waitUntil(lambda: controller.frame == 12)
    assert choice.currentText() == "dog"
    # Here it is one already, but not in all frames.
    editor.track_panel.scope.button("all").click()
    choice.textActivated.emit("dog")
    controller.show(0)
    qtbot.waitUntil(lambda: controller.frame == 0)
    assert choice.currentText() == "dog" and controller.project.undo_text.startswith("relabel")
    acts = len(controller.project.journal())
    choice.textActivated.emit("dog")
    assert len(controller.project.journal()) == acts, "nothing would change"


def test_what_needs_a_mask_is_offered_where_one_is_and_says_why_not(
    editor: EditorWindow, qtbot: QtBot
) -> None:
    controller, actions = editor.controller, editor.actions_by_name
    names = "confirm copy_next copy_mask smooth fill_holes shrink grow propagate_on".split()
    controller.select(1)
    assert controller.project.mask(5, 1) is None and 4 in frames_of(editor, 1)
    for frame, is_there in ((4, True), (5, False)):
        controller.show(frame)
        assert [actions[name].isEnabled() for name in names] == [is_there] * len(names)
    assert actions["smooth"].toolTip().endswith("\nthe object has no mask in this frame")
    assert actions["confirm"].toolTip() == (
        "Confirm as keyframe (Return)\nthe object has no mask in: frame 5"
    )
    (button,) = [b for b in editor.findChildren(QPushButton) if b.text() == "Confirm"]
    assert not button.isEnabled() and button.toolTip() == actions["confirm"].toolTip()
    editor.canvas.setFocus()
    qtbot.keyClick(editor.canvas, Qt.Key_Return)
    assert editor.status.currentMessage().endswith("the object has no mask in: frame 5")
    controller.show(4)
    assert actions["confirm"].toolTip() == "Confirm as keyframe (Return)"


def test_return_outside_the_marks_says_so_and_confirms_nothing(editor: EditorWindow) -> None:
    controller = editor.controller
    problems: list[Problem] = []
    controller.problem_found.connect(problems.append)
    controller.select(2)
    controller.set_marks(6, 9)
    controller.set_scope("marks")
    controller.show(3)
    press(editor, "confirm")
    assert problems[-1].title == "This frame lies outside of the marks"
    assert not controller.project.journal()
    controller.show(7)
    press(editor, "confirm")
    assert controller.project.undo_text == "confirm track 2, frames 6 to 9"


def test_filling_means_keyframes_gaps_and_marks_around_this_frame(editor: EditorWindow) -> None:
    controller = editor.controller
    problems: list[Problem] = []
    controller.problem_found.connect(problems.append)
    controller.select(2)
    press(editor, "interpolate")
    assert problems[-1].title == "Nothing to interpolate between"
    assert not controller.project.journal(), "without keyframes all of the track would be replaced"
    for frame in (2, 6):
        controller.apply(SetKeyframe(2, FrameRange.only(frame)))
    controller.show(4)
    controller.set_scope("here")
    press(editor, "interpolate")
    assert controller.project.changed_by(3) == [(3, 5)]
    controller.select(1)
    controller.show(5)
    press(editor, "fill_gaps")
    assert 5 in frames_of(editor, 1)
    controller.show(8)
    press(editor, "fill_gaps")
    assert problems[-1].title == "There is no gap of at most 15 frames"


def test_a_new_class_that_is_typed_is_applied(editor: EditorWindow, qtbot: QtBot) -> None:
    controller = editor.controller
    controller.select(1)
    line = editor.track_panel.class_choice.lineEdit()
    line.selectAll()
    # "ca" is how "cat" begins.
    qtbot.keyClicks(line, "ca")
    qtbot.keyClick(line, Qt.Key_Return)
    assert controller.class_of(1) == "ca"
    line.selectAll()
    qtbot.keyClicks(line, "lynx")
    editor.canvas.setFocus()
    line.editingFinished.emit()
    assert controller.class_of(1) == "lynx" and controller.project.labels[-1] == "lynx"
    controller.undo()
    assert controller.class_of(1) == "ca" and "lynx" not in controller.project.labels


def test_undo_and_redo_go_to_what_they_change(editor: EditorWindow) -> None:
    controller = editor.controller
    controller.select(2)
    controller.show(15)
    press(editor, "delete")
    controller.show(1)
    controller.undo()
    assert controller.frame == 15
    controller.show(1)
    controller.redo()
    assert controller.frame == 15
    controller.apply(RenameTrack(1, "left"))
    controller.show(3)
    controller.undo()
    assert controller.frame == 3, "a name has no frame"
    controller.apply(Relabel(2, "cat", FrameRange(2, 5)))
    controller.undo()
    assert controller.frame == 3, "it was changed here too"
    controller.go_to_act(0)
    assert controller.frame == 15


def test_a_repair_is_seen_before_it_is_accepted(editor: EditorWindow, qtbot: QtBot) -> None:
    controller, project = editor.controller, editor.controller.project
    qtbot.waitUntil(lambda: len(controller.suggestions) > 0, timeout=60_000)
    number = next(n for n, s in enumerate(controller.suggestions) if s.kind == "gap")
    editor.repairs.list.blockSignals(True)
    editor.repairs.list.setCurrentRow(number)
    editor.repairs.list.blockSignals(False)
    press(editor, "accept")
    assert not project.journal() and controller.looked_at is controller.suggestions[number]
    controller.show(5)
    qtbot.waitUntil(lambda: len(controller.ghosts) == 1, timeout=60_000)
    (ghost,) = controller.ghosts
    assert (ghost.track, ghost.text, ghost.is_going) == (1, "cat 1", False)
    assert controller.outcome_text == "Accept changes 1 frame: frame 5"
    assert project.mask(5, 1) is None, "seen, not done"
    press(editor, "accept")
    assert project.mask(5, 1) is not None and not controller.ghosts


class TestFingers:
    def test_space_and_the_middle_button_drag_with_every_tool(
        self, editor: EditorWindow, qtbot: QtBot
    ) -> None:
        controller, canvas = editor.controller, editor.canvas
        controller.select(1)
        canvas.zoom_by(4)
        for tool in ("brush", "polygon", "corners", "move", "select"):
            press(editor, tool)
            for button, key in ((Qt.MiddleButton, False), (Qt.LeftButton, True)):
                before = canvas.picture_rect().topLeft()
                if key:
                    qtbot.keyPress(canvas, Qt.Key_Space)
                drag(editor, (300, 150), (310, 160), (320, 170), button=button)
                if key:
                    # Held down, as X servers without a word for that tell it.
                    qtbot.keyRelease(canvas, Qt.Key_Space)
                    qtbot.keyPress(canvas, Qt.Key_Space)
                    qtbot.keyRelease(canvas, Qt.Key_Space)
                    qtbot.waitUntil(lambda: canvas.cursor().shape() != Qt.OpenHandCursor)
                assert canvas.picture_rect().topLeft() != before, (tool, key)
                canvas.fit()
                canvas.zoom_by(4)
        # The machine is busy, and tells late that the key is still down.
        qtbot.keyPress(canvas, Qt.Key_Space)
        drag(editor, (300, 150), (310, 160), (320, 170), button=Qt.LeftButton)
        for kind, at_ms in ((QEvent.KeyRelease, 700), (QEvent.KeyPress, 700)):
            event = QKeyEvent(kind, Qt.Key_Space, Qt.NoModifier)
            event.setTimestamp(at_ms)
            QApplication.sendEvent(canvas, event)
            if kind == QEvent.KeyRelease:
                qtbot.waitUntil(lambda: canvas.cursor().shape() != Qt.OpenHandCursor)
        qtbot.keyRelease(canvas, Qt.Key_Space)
        qtbot.waitUntil(lambda: canvas.cursor().shape() != Qt.OpenHandCursor)
        assert not controller.is_playing and not controller.project.journal()
        qtbot.keyClick(canvas, Qt.Key_Space)
        qtbot.waitUntil(lambda: controller.is_playing)  # A tap still plays.
        controller.play(False)

    def test_several_objects_are_selected_and_changed_as_one_act(
        self, editor: EditorWindow, qtbot: QtBot
    ) -> None:
        controller, canvas = editor.controller, editor.canvas
        shift = Qt.ShiftModifier
        qtbot.mouseClick(canvas, Qt.LeftButton, pos=place(editor, 80, 130))
        qtbot.mouseClick(canvas, Qt.LeftButton, Qt.ControlModifier, place(editor, 330, 130))
        assert controller.selected == (1, 2)
        qtbot.mouseClick(canvas, Qt.LeftButton, shift, place(editor, 330, 130))
        assert controller.selected == (1,)
        controller.select(0)
        drag(editor, (20, 60), (400, 60), (400, 200), (20, 200), button=Qt.LeftButton, keys=shift)
        assert controller.selected == (1, 2)
        press(editor, "delete")
        assert 0 not in frames_of(editor, 1) and 0 not in frames_of(editor, 2)
        assert len(controller.project.journal()) == 1
        controller.undo()
        assert 0 in frames_of(editor, 1) and 0 in frames_of(editor, 2)

    @pytest.mark.parametrize("takes_away", [Qt.AltModifier, Qt.ControlModifier])
    def test_corners_are_moved_added_and_deleted(
        self, editor: EditorWindow, takes_away: Qt.KeyboardModifier
    ) -> None:
        controller, project = editor.controller, editor.controller.project
        controller.select(2)
        press(editor, "corners")
        area = project.mask(0, 2).area
        # The lower right corner of the square goes out, then the edge is pulled up.
        drag(editor, (359.5, 159.5), (370, 170), (379.5, 179.5), button=Qt.LeftButton)
        grown = project.mask(0, 2).area
        assert grown == pytest.approx(area + 1200, rel=0.1)
        drag(editor, (330, 100.5), (330, 90), (330, 80.5), button=Qt.LeftButton)
        pulled = project.mask(0, 2).area
        assert pulled == pytest.approx(grown + 600, rel=0.1)
        drag(editor, (330, 80.5), (330, 80.5), button=Qt.LeftButton, keys=takes_away)
        assert project.mask(0, 2).area == pytest.approx(grown, rel=0.02)
        assert project.mask(1, 2).area == area

    def test_a_click_chooses_a_corner_and_changes_nothing(
        self, editor: EditorWindow, qtbot: QtBot
    ) -> None:
        controller, project = editor.controller, editor.controller.project
        controller.select(2)
        press(editor, "corners")
        area = project.mask(0, 2).area
        qtbot.mouseClick(editor.canvas, Qt.LeftButton, pos=place(editor, 359.5, 159.5))
        assert not project.journal()
        qtbot.keyClick(editor.canvas, Qt.Key_Delete)
        assert project.mask(0, 2).area == pytest.approx(area / 2, rel=0.1)
        assert len(project.journal()) == 1

    def test_keys_of_a_drawing_are_its_own_wherever_the_focus_is(
        self, editor: EditorWindow, qtbot: QtBot
    ) -> None:
        controller, project = editor.controller, editor.controller.project
        editor.activateWindow()
        controller.select(2)
        press(editor, "corners")
        area = project.mask(0, 2).area
        qtbot.mouseClick(editor.canvas, Qt.LeftButton, pos=place(editor, 359.5, 159.5))
        # Alt alone gives the keys to the menus; so do window managers that take a click with Alt.
        editor.menuBar().setFocus()
        qtbot.keyClick(editor.menuBar(), Qt.Key_Delete)
        assert project.mask(0, 2).area == pytest.approx(area / 2, rel=0.1)
        press(editor, "polygon")
        for x, y in ((20, 20), (60, 20), (60, 60), (20, 60)):
            qtbot.mouseClick(editor.canvas, Qt.LeftButton, pos=place(editor, x, y))
        editor.menuBar().setFocus()
        qtbot.keyClick(editor.menuBar(), Qt.Key_Backspace)
        assert len(project.journal()) == 1
        # What ends a text does not end the drawing.
        name = editor.track_panel.name
        name.setFocus()
        assert QApplication.focusWidget() is name
        qtbot.keyClick(name, Qt.Key_Return)
        assert len(project.journal()) == 1
        editor.menuBar().setFocus()
        qtbot.keyClick(editor.menuBar(), Qt.Key_Return)
        assert [act.text for act in project.journal()][1:] == ["add a polygon to track 2, frame 0"]
        assert project.mask(0, 2).area == pytest.approx(area / 2 + 800, rel=0.1)

    def test_numbers_and_letters_choose_classes(self, editor: EditorWindow, qtbot: QtBot) -> None:
        controller = editor.controller
        controller.select(1)
        assert editor.actions_by_name["class_2"].text() == "dog"
        press(editor, "class_2")
        assert controller.class_of(1) == "dog"
        press(editor, "quick_class")
        dialog = editor.findChild(ClassSearch)
        qtbot.keyClicks(dialog.line, "c")
        qtbot.keyClick(dialog.line, Qt.Key_Return)
        assert controller.class_of(1) == "cat"

    def test_a_mask_is_copied_to_another_frame_track_and_object(self, editor: EditorWindow) -> None:
        controller, project = editor.controller, editor.controller.project
        controller.select(2)
        press(editor, "copy_mask")
        controller.show(5)
        controller.select(1)
        press(editor, "paste_mask")
        assert project.mask(5, 1).tight().x0 == 300
        press(editor, "paste_new")
        assert controller.track == 3 and controller.class_of(3) == "dog"
        assert frames_of(editor, 3) == [5]

    def test_what_is_seen_is_a_view_and_no_edit(self, editor: EditorWindow) -> None:
        controller, canvas = editor.controller, editor.canvas
        with_masks = canvas.grab().toImage()
        for name in ("masks", "labels", "outlines"):
            press(editor, name)
        assert canvas.grab().toImage() != with_masks
        assert not controller.project.journal()
        press(editor, "masks")
        editor.view.panel.sliders["brightness"].chosen.emit(1.0)
        press(editor, "saved")
        assert "on the disk" in editor.banner.problem.advice

    def test_play_loops_between_the_marks_at_the_chosen_speed(
        self, editor: EditorWindow, qtbot: QtBot
    ) -> None:
        controller = editor.controller
        for _ in range(2):
            press(editor, "faster")
        assert controller.speed == 4.0 and editor.view.speed.currentText().startswith("4")
        controller.set_marks(3, 6)
        press(editor, "loop")
        seen: set[int] = set()
        controller.frame_changed.connect(lambda: seen.add(controller.frame))
        controller.show(5)
        press(editor, "play")
        qtbot.waitUntil(lambda: bool({3, 4} & seen) and controller.is_playing, timeout=60_000)
        assert max(seen) <= 6
        controller.play(False)


def test_the_wheel_zooms_at_the_pointer_with_every_tool(editor: EditorWindow) -> None:
    canvas = editor.canvas
    editor.controller.select(1)
    for tool in ("select", "brush", "polygon", "corners", "move"):
        press(editor, tool)
        canvas.fit()
        at = QPointF(place(editor, 100, 120))
        before = canvas.to_frame(at)
        wheel = QWheelEvent(
            at, at, QPoint(), QPoint(0, 120), Qt.NoButton, Qt.NoModifier, Qt.NoScrollPhase, False
        )
        QApplication.sendEvent(canvas, wheel)
        assert canvas.zoom > 1.1
        assert (canvas.to_frame(at) - before).manhattanLength() < 0.5


def test_the_look_is_remembered_and_hidden_masks_are_not(
    editor: EditorWindow, preferences: Preferences
) -> None:
    editor.view.panel.sliders["opacity"].set_number(0.2)
    editor.view.panel.sliders["opacity"].chosen.emit(0.2)
    editor.controller.select(1)
    press(editor, "masks")
    assert preferences.load("editor_look", EditorLook()) == EditorLook(opacity=0.2)
    picture = editor.controller.picture
    assert np.array_equal(editor.canvas.shown_image, picture)
    inside = place(editor, 80, 130)
    assert not editor.canvas.track_at(QPointF(inside)), "what is not seen is not pointed at"
    seen = editor.canvas.grab().toImage()
    editor.controller.select(0)
    assert editor.canvas.grab().toImage() == seen, "nor is its edge seen"


def text_of(bar: PreviewBar) -> str:
    return " ".join(label.text() for label in bar.findChildren(QLabel))


def test_a_propagation_says_why_it_ended(editor: EditorWindow, qtbot: QtBot) -> None:
    controller = editor.controller
    controller.apply(SetKeyframe(2, FrameRange.only(8)))
    controller.select(2)
    controller.show(6)
    press(editor, "propagate_on")
    qtbot.waitUntil(lambda: not controller.preview.goes_on, timeout=60_000)
    assert text_of(editor.preview_bar) == "dog 2: propagated through 1 frame, up to a keyframe"
    preview = controller.preview
    assert preview.carried.why_ended(7, ()) == "lost"
    assert preview.carried.why_ended(FRAMES - 1, ()) == "limit"
    controller.drop_preview()

    def stop(done: int, steps: int) -> None:
        raise Stopped

    stopped = Propagation(controller.project, track=2, frame=0, is_backward=False)
    controller.preview = Preview(stopped, 2, stopped.compute(stop), goes_on=False)
    controller.preview_changed.emit()
    assert text_of(editor.preview_bar) == "dog 2: propagated through 1 frame, then stopped"
    controller.drop_preview()


def test_what_was_split_off_is_selected_and_several_tracks_are_counted(
    editor: EditorWindow,
) -> None:
    controller = editor.controller
    controller.select(2)
    controller.show(4)
    press(editor, "split")
    assert controller.selected == (3,) and controller.class_of(3) == "dog"
    press(editor, "select_all")
    assert editor.track_panel._title.text() == "2 tracks selected"
    press(editor, "hide")
    assert editor.actions_by_name["hide"].text() == "Show again, also in exports"


def test_a_repair_is_shown_where_it_changes_something(editor: EditorWindow, qtbot: QtBot) -> None:
    controller = editor.controller
    editor.docks["journal"].raise_()
    qtbot.waitUntil(lambda: len(controller.suggestions) > 0, timeout=60_000)
    gap = next(s for s in controller.suggestions if s.kind == "gap")
    editor.repairs.list.setCurrentRow(controller.suggestions.index(gap))
    qtbot.waitUntil(lambda: bool(controller.ghosts), timeout=60_000)
    assert controller.frame == 5 and controller.ghosts[0].track == 1
    assert not editor.repairs.visibleRegion().isEmpty(), "the list is in front"


def test_a_propagation_is_seen_shortened_and_kept(editor: EditorWindow, qtbot: QtBot) -> None:
    controller, project = editor.controller, editor.controller.project
    controller.select(2)
    controller.show(6)
    controller.set_marks(None, 11)
    controller.set_scope("marks")
    press(editor, "propagate_on")
    qtbot.waitUntil(lambda: not controller.preview.goes_on, timeout=60_000)
    assert [step.frame for step in controller.preview.steps] == [7, 8, 9, 10, 11]
    assert not project.journal() and editor.preview_bar.isVisible()
    assert "7" not in text_of(editor.preview_bar), "it was carried as far as it was to be"
    assert editor.timeline.content.preview_track == 2
    assert set(editor.timeline.content.preview) == {7, 8, 9, 10, 11}
    controller.show(9)
    qtbot.waitUntil(lambda: len(controller.ghosts) == 1, timeout=60_000)
    assert controller.ghosts[0].text.startswith("dog 2  ")
    editor.preview_bar.keep_to_here.click()
    assert project.undo_text == "propagated track 2, 3 frames"
    assert controller.preview is None and not editor.preview_bar.isVisible()
    press(editor, "propagate_on")
    qtbot.waitUntil(lambda: bool(controller.preview.steps), timeout=60_000)
    qtbot.keyClick(editor.canvas, Qt.Key_Escape)
    assert controller.preview is None and len(project.journal()) == 1
    controller.show(15)
    problems: list[Problem] = []
    controller.problem_found.connect(problems.append)
    press(editor, "propagate_on")
    assert problems[-1].title == "This frame lies outside of the marks"


def test_pictures_are_seen_while_somebody_drags_along_the_timeline(
    editor: EditorWindow, qtbot: QtBot
) -> None:
    controller, seen = editor.controller, []
    controller.passed_by.connect(lambda frame, picture: seen.append(frame))
    # A picture that comes when the next frame is asked for already.
    controller.show(3)
    with qtbot.waitSignal(controller.passed_by, timeout=60_000):
        controller.frame = 9
    assert seen[0] == 3 and editor.canvas._tracked.track_ids.tolist() == [1, 2]
    assert controller.tracked.track_ids.tolist() == [1, 2]
    controller.show(9)
    qtbot.waitUntil(lambda: not controller._is_waiting, timeout=60_000)
    assert controller.frame == 9
