"""The tool "Point": what is asked, shown, kept and refused."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PyQt5.QtCore import QEvent, QPoint, QPointF, Qt
from PyQt5.QtGui import QColor, QMouseEvent, QWheelEvent
from PyQt5.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from blendmask_live.annotation import HideTrack, PaintStroke, Project, RenameTrack
from blendmask_live.capture import open_source
from blendmask_live.errors import WeightsError
from blendmask_live.prompting.prompter import Prompter
from blendmask_live.runtime.prompts import Answers, Questions
from gui.editor.answering import Answer, Answerer
from gui.editor.controller import EditorController
from gui.editor.frame_reader import PictureAccess
from gui.editor.window import EditorWindow
from gui.shared.preferences import Preferences
from tests.gui.blobs import FRAMES, GONE_FROM, SeesBlobs, red_x, seeing_prompter, write_blobs
from tests.prompting.conftest import prompter_on, untrained_network
from tests.prompting.sees_nested import BLUE as WHOLE
from tests.prompting.sees_nested import RED as PART
from tests.prompting.sees_nested import SeesNested, nested_picture

RED, BLUE, GROUND = (35.0, 50.0), (160.0, 90.0), (100.0, 20.0)


@pytest.fixture(scope="module")
def prompter() -> Prompter:
    return seeing_prompter()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return write_blobs(tmp_path)


@pytest.fixture
def editor(
    dressed: QApplication,
    preferences: Preferences,
    path: Path,
    prompter: Prompter,
    monkeypatch: pytest.MonkeyPatch,
    qtbot: QtBot,
) -> Iterator[EditorWindow]:
    """With the tool chosen, in frame 0."""
    monkeypatch.setattr("gui.editor.answering.load", lambda: prompter)
    made = EditorWindow(EditorController(path), preferences)
    with qtbot.waitExposed(made, timeout=60_000):
        made.show()
    qtbot.waitUntil(lambda: made.controller.picture is not None, timeout=60_000)
    choose_tool(made, qtbot)
    yield made
    made.close()
    made.deleteLater()
    dressed.sendPostedEvents(None, QEvent.DeferredDelete)


def choose_tool(editor: EditorWindow, qtbot: QtBot) -> None:
    editor.actions_by_name["point"].trigger()
    qtbot.waitUntil(lambda: not editor.pointing.is_loading, timeout=60_000)


def told(editor: EditorWindow) -> list[str]:
    """What is said from now on."""
    texts: list[str] = []
    editor.pointing.told.connect(texts.append)
    editor.follower.told.connect(texts.append)
    return texts


def place_of(editor: EditorWindow, x: float, y: float) -> QPoint:
    return editor.canvas.to_widget(QPointF(x, y)).toPoint()


def move(
    editor: EditorWindow, x: float, y: float, *, pressed: Qt.MouseButtons = Qt.NoButton
) -> None:
    place = QPointF(place_of(editor, x, y))
    event = QMouseEvent(QEvent.MouseMove, place, Qt.NoButton, pressed, Qt.NoModifier)
    QApplication.sendEvent(editor.canvas, event)


def click(
    editor: EditorWindow,
    qtbot: QtBot,
    place: tuple[float, float],
    *,
    button: Qt.MouseButton = Qt.LeftButton,
    modifier: Qt.KeyboardModifier = Qt.NoModifier,
) -> None:
    qtbot.mouseClick(editor.canvas, button, modifier, place_of(editor, *place))
    wait_for_answer(editor, qtbot)


def wait_for_answer(editor: EditorWindow, qtbot: QtBot) -> None:
    def is_known() -> bool:
        asked = editor.pointing.asked
        return asked is None or asked.answer is not None

    qtbot.waitUntil(is_known, timeout=60_000)


def drag(editor: EditorWindow, qtbot: QtBot, *box: float) -> None:
    qtbot.mousePress(editor.canvas, Qt.LeftButton, pos=place_of(editor, *box[:2]))
    move(editor, *box[2:], pressed=Qt.LeftButton)
    qtbot.mouseRelease(editor.canvas, Qt.LeftButton, pos=place_of(editor, *box[2:]))
    wait_for_answer(editor, qtbot)


def press(
    editor: EditorWindow, qtbot: QtBot, key: int, modifier: Qt.KeyboardModifier = Qt.NoModifier
) -> None:
    qtbot.keyClick(editor.canvas, key, modifier)


def keep(editor: EditorWindow, qtbot: QtBot) -> None:
    press(editor, qtbot, Qt.Key_Return)
    qtbot.waitUntil(lambda: not editor.pointing.is_open, timeout=60_000)


def box_of(project: Project, frame: int, track: int) -> tuple[int, ...] | None:
    mask = project.mask(frame, track)
    return None if mask is None else mask.tight().box


def red_box(frame: int) -> object:
    return pytest.approx((red_x(frame), 40, red_x(frame) + 30, 64), abs=3)


def shown_area(editor: EditorWindow) -> int:
    answer = editor.pointing.answer
    assert answer is not None and answer.crop is not None
    return answer.crop.area


def opened(path: Path, preferences: Preferences, qtbot: QtBot) -> EditorWindow:
    """An editor that shows its first picture."""
    window = EditorWindow(EditorController(path), preferences)
    with qtbot.waitExposed(window, timeout=60_000):
        window.show()
    qtbot.waitUntil(lambda: window.controller.picture is not None, timeout=60_000)
    return window


class TestClicks:
    def test_one_click_and_return_make_a_track_of_the_proposed_class(
        self, editor: EditorWindow, qtbot: QtBot
    ) -> None:
        project, texts = editor.controller.project, told(editor)
        looks: list[Answer | None] = []
        editor.pointing.changed.connect(lambda: looks.append(editor.pointing.hovered))
        move(editor, *RED)
        # A first look, then a closer one.
        qtbot.waitUntil(lambda: len({look for look in looks if look}) == 2, timeout=60_000)
        hovered = looks[-1]
        click(editor, qtbot, RED)
        assert hovered is not None and hovered.crop is not None
        assert shown_area(editor) == hovered.crop.area, "what was shown is what is taken"
        assert editor.pointing_bar.class_choice.isVisible()
        keep(editor, qtbot)
        assert not editor.pointing_bar.class_choice.isVisible()
        assert box_of(project, 0, 1) == red_box(0)
        assert editor.controller.class_of(1) == "fox" and editor.controller.track == 1
        assert [entry.command for entry in project.journal()] == ["SetMask"]
        assert texts == ["Kept as fox 1, frame 0; Ctrl+Z takes it back"]

    def test_clicks_add_take_away_and_are_taken_back(
        self, editor: EditorWindow, qtbot: QtBot
    ) -> None:
        click(editor, qtbot, RED)
        one = shown_area(editor)
        click(editor, qtbot, BLUE)
        both = shown_area(editor)
        assert both == pytest.approx(one + 400, rel=0.2)
        click(editor, qtbot, RED, button=Qt.RightButton)
        assert shown_area(editor) == pytest.approx(400, rel=0.3)
        press(editor, qtbot, Qt.Key_Backspace)
        assert shown_area(editor) == both
        press(editor, qtbot, Qt.Key_Z, Qt.ControlModifier)
        assert shown_area(editor) == one
        press(editor, qtbot, Qt.Key_Escape)
        assert not editor.pointing.is_open and not editor.controller.project.journal()
        assert editor.canvas.tool == "point"

    def test_quick_clicks_all_count(
        self, editor: EditorWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        click(editor, qtbot, RED)
        click(editor, qtbot, BLUE)
        keep(editor, qtbot)
        editor.controller.select(0)
        editor.controller.select(1)
        go_on, ask = threading.Event(), SeesBlobs.ask

        def ask_slowly(network: SeesBlobs, questions: Questions) -> Answers:
            go_on.wait(60)
            return ask(network, questions)

        monkeypatch.setattr(SeesBlobs, "ask", ask_slowly)
        # The first is being answered, the second is passed over for the third.
        for place in (GROUND, RED, BLUE):
            qtbot.mouseClick(editor.canvas, Qt.RightButton, pos=place_of(editor, *place))
        go_on.set()
        wait_for_answer(editor, qtbot)
        assert shown_area(editor) == 0
        press(editor, qtbot, Qt.Key_Backspace)
        wait_for_answer(editor, qtbot)
        assert shown_area(editor) == pytest.approx(400, rel=0.3), "the second is asked again"

    def test_the_class_is_changed_before_it_is_kept(
        self, editor: EditorWindow, qtbot: QtBot
    ) -> None:
        click(editor, qtbot, RED)
        keep(editor, qtbot)
        click(editor, qtbot, BLUE)
        qtbot.waitUntil(lambda: editor.pointing.label == "object", timeout=60_000)
        press(editor, qtbot, Qt.Key_Escape)
        editor.controller.undo()
        click(editor, qtbot, RED)
        qtbot.waitUntil(lambda: editor.pointing.label == "fox", timeout=60_000)
        choice = editor.pointing_bar.class_choice
        assert choice.currentText() == "fox" and choice.itemData(0) == "fox"
        editor.classes.object_wanted.emit("cat")
        assert editor.pointing.label == choice.currentText() == "cat"
        choice.textActivated.emit("wolf")
        keep(editor, qtbot)
        assert editor.controller.class_of(1) == "wolf"
        # What the network does not know gets the class that was chosen last, not proposed.
        click(editor, qtbot, BLUE)
        keep(editor, qtbot)
        assert editor.controller.class_of(2) == "wolf"

    def test_a_class_that_is_a_guess_is_shown_as_one_until_it_is_chosen(
        self, editor: EditorWindow, qtbot: QtBot
    ) -> None:
        pointing, bar = editor.pointing, editor.pointing_bar
        click(editor, qtbot, RED)
        qtbot.waitUntil(lambda: pointing.classes.proposed is not None, timeout=60_000)
        shown = []
        for proposed in ((("fox", 0.9),), (("fox", 0.32), ("cat", 0.1)), ()):
            pointing._take_classes(pointing.asked.number, proposed)
            shown.append((pointing.described.split(" · ")[0], bar._class_name.text()))
        assert shown == [("fox 1", "&Class"), ("fox? 1", "&Class, unsure"), ("object 1", "&Class")]
        pointing._take_classes(pointing.asked.number, (("fox", 0.32),))
        pointing.choose_label("fox")
        assert pointing.described.startswith("fox 1 ") and bar._class_name.text() == "&Class"

    def test_alt_takes_away_from_the_selected_track_only_there(
        self, editor: EditorWindow, qtbot: QtBot
    ) -> None:
        controller = editor.controller
        stroke = ((100.0, 20.0), (130.0, 20.0))
        click(editor, qtbot, RED)
        click(editor, qtbot, BLUE)
        keep(editor, qtbot)
        # Far from the click, what a person drew stays whatever the network says.
        controller.apply(PaintStroke(0, 1, stroke, radius_px=5.0))
        area = controller.project.mask(0, 1).area
        controller.select(0)
        controller.select(1)
        click(editor, qtbot, BLUE, modifier=Qt.AltModifier)
        keep(editor, qtbot)
        assert controller.project.mask(0, 1).area == pytest.approx(area - 400, abs=80)
        assert controller.project.mask(0, 1).tight().box[1] <= 16
        assert len(controller.project.tracks) == 1

    def test_after_one_object_the_next_click_begins_another(
        self, editor: EditorWindow, qtbot: QtBot
    ) -> None:
        click(editor, qtbot, RED)
        keep(editor, qtbot)
        assert editor.controller.track == 1
        click(editor, qtbot, BLUE)
        assert editor.controller.track == 0
        keep(editor, qtbot)
        assert [track.track_id for track in editor.controller.project.tracks] == [1, 2]
        press(editor, qtbot, Qt.Key_Escape)
        assert editor.controller.track == 0 and editor.canvas.tool == "point"
        press(editor, qtbot, Qt.Key_Escape)
        assert editor.canvas.tool == "select"


class TestDoubt:
    @pytest.fixture(autouse=True)
    def unsure(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Half as sure of all; the detector knows the red block alone."""
        ask = SeesBlobs.ask

        def ask_unsurely(network: SeesBlobs, questions: Questions) -> Answers:
            answers = ask(network, questions)
            return replace(answers, confidences=answers.confidences / 2)

        monkeypatch.setattr(SeesBlobs, "ask", ask_unsurely)

    def test_a_doubtful_click_is_told_and_what_the_detector_bears_out_is_not(
        self, editor: EditorWindow, qtbot: QtBot
    ) -> None:
        pointing, hint = editor.pointing, editor.pointing_bar._hint
        for place, is_doubtful in ((BLUE, True), (RED, False)):
            move(editor, *place)
            qtbot.waitUntil(lambda: pointing.hovered is not None, timeout=60_000)
            assert pointing.hovered.is_doubtful is is_doubtful
            assert hint.text().startswith("Nothing stands out") is is_doubtful
            pointing.leave()
        click(editor, qtbot, BLUE)
        assert hint.text().startswith("Unsure what is meant: click more, draw a box")
        assert "22%" in pointing.described
        edge = _edge_colors(editor)
        click(editor, qtbot, (BLUE[0] + 5, BLUE[1]))
        assert not pointing.is_doubtful and hint.text().startswith("Click adds")
        assert len(edge) > 1 == len(_edge_colors(editor)), "dashes, then a line"
        press(editor, qtbot, Qt.Key_Escape)
        click(editor, qtbot, RED)
        assert not pointing.is_doubtful and hint.text().startswith("Click adds")


def _edge_colors(editor: EditorWindow) -> set[str]:
    """Of the left edge of the shown mask, without its corners."""
    answer = editor.pointing.answer
    assert answer is not None and answer.crop is not None
    picture, (x0, y0, _, y1) = editor.canvas.grab().toImage(), answer.crop.tight().box
    top = editor.canvas.to_widget(QPointF(x0 + 0.5, y0 + 4))
    bottom = editor.canvas.to_widget(QPointF(x0 + 0.5, y1 - 4))
    rows = range(round(top.y()), round(bottom.y()))
    return {QColor(picture.pixel(round(top.x()), row)).name() for row in rows}


class TestSizes:
    @pytest.fixture
    def prompter(self) -> Prompter:
        return prompter_on(SeesNested(both=0.7), untrained_network())

    @pytest.fixture
    def path(self, tmp_path: Path) -> Path:
        pictures = tmp_path / "nested"
        pictures.mkdir()
        cv2.imwrite(str(pictures / "0.png"), nested_picture()[..., ::-1])
        source = open_source(pictures)
        Project.create(tmp_path / "nested.bml", source.info, ("cat",)).close()
        source.close()
        return tmp_path / "nested.bml"

    def test_keys_and_wheel_choose_another_size_of_a_first_click(
        self, editor: EditorWindow, qtbot: QtBot
    ) -> None:
        texts, steps = told(editor), []
        click(editor, qtbot, (50.0, 45.0))
        for key in "[]][]":
            editor.actions_by_name["smaller" if key == "[" else "larger"].trigger()
            wait_for_answer(editor, qtbot)
            steps.append((shown_box(editor), texts[-1][:15] if texts else ""))
            texts.clear()
        part, whole = pytest.approx(PART, abs=3), pytest.approx(WHOLE, abs=3)
        assert steps == [
            (part, "No smaller mask"),
            (whole, ""),
            (whole, "No larger mask "),
            (part, ""),
            (whole, ""),
        ]
        turn_wheel(editor, -120)
        wait_for_answer(editor, qtbot)
        assert shown_box(editor) == part
        press(editor, qtbot, Qt.Key_Backspace)
        assert shown_box(editor) == whole
        click(editor, qtbot, (100.0, 90.0))
        editor.actions_by_name["smaller"].trigger()
        assert "Only a first click has other sizes" in texts[-1]
        keep(editor, qtbot)
        assert box_of(editor.controller.project, 0, 1) == whole

    def test_more_steps_than_there_are_sizes_at_once_end_at_the_last_size(
        self, editor: EditorWindow, qtbot: QtBot
    ) -> None:
        click(editor, qtbot, (50.0, 45.0))
        part, whole = pytest.approx(PART, abs=3), pytest.approx(WHOLE, abs=3)
        for name, box in (("larger", whole), ("smaller", part), ("larger", whole)):
            for _ in range(5):
                editor.actions_by_name[name].trigger()
            wait_for_answer(editor, qtbot)
            assert shown_box(editor) == box
        keep(editor, qtbot)
        assert box_of(editor.controller.project, 0, 1) == whole


def shown_box(editor: EditorWindow) -> tuple[int, ...]:
    answer = editor.pointing.answer
    assert answer is not None and answer.crop is not None
    return answer.crop.tight().box


def turn_wheel(editor: EditorWindow, angle: int) -> None:
    place = QPointF(place_of(editor, *RED))
    event = QWheelEvent(
        place,
        place,
        QPoint(),
        QPoint(0, angle),
        Qt.NoButton,
        Qt.ControlModifier,
        Qt.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(editor.canvas, event)


def test_the_picture_stays_in_its_place_when_a_tool_shows_more(
    editor: EditorWindow, qtbot: QtBot
) -> None:
    def place() -> tuple[QPoint, int]:
        QApplication.sendPostedEvents()
        return editor.canvas.mapTo(editor, QPoint(0, 0)), editor.canvas.height()

    pointed_at = place()
    click(editor, qtbot, RED)
    qtbot.waitUntil(lambda: editor.pointing.answer is not None, timeout=60_000)
    assert place() == pointed_at
    editor.actions_by_name["polygon"].trigger()
    qtbot.waitUntil(lambda: not editor.pointing.is_open, timeout=60_000)
    drawn = place()
    editor.actions_by_name["brush"].trigger()
    assert place() == drawn


def test_the_picture_is_panned_with_the_space_bar(editor: EditorWindow, qtbot: QtBot) -> None:
    canvas = editor.canvas
    canvas.zoom_by(3.0)
    before = canvas.to_widget(QPointF(*RED))
    qtbot.keyPress(canvas, Qt.Key_Space)
    start = QPoint(200, 200)
    qtbot.mousePress(canvas, Qt.LeftButton, pos=start)
    for step in (10, 30):
        place = QPointF(start + QPoint(step, 0))
        event = QMouseEvent(QEvent.MouseMove, place, Qt.NoButton, Qt.LeftButton, Qt.NoModifier)
        QApplication.sendEvent(canvas, event)
    qtbot.mouseRelease(canvas, Qt.LeftButton, pos=start + QPoint(30, 0))
    qtbot.keyRelease(canvas, Qt.Key_Space)
    assert canvas.to_widget(QPointF(*RED)) != before and not editor.pointing.is_open


class TestBoxes:
    def test_a_box_is_asked_for_in_whole_pixels(self, editor: EditorWindow, qtbot: QtBot) -> None:
        drag(editor, qtbot, 12.0, 34.0, 58.0, 70.0)
        keep(editor, qtbot)
        assert box_of(editor.controller.project, 0, 1) == red_box(0)

    def test_a_box_of_a_pixel_is_a_small_box(self, editor: EditorWindow, qtbot: QtBot) -> None:
        editor.pointing.draw_box((40.2, 50.3, 40.2, 50.9))
        asked = editor.pointing.asked
        assert asked is not None and asked.box == (40.0, 50.0, 41.0, 51.0)
        wait_for_answer(editor, qtbot)

    def test_a_box_is_cut_to_the_picture_or_refused(
        self, editor: EditorWindow, qtbot: QtBot
    ) -> None:
        texts = told(editor)
        editor.pointing.draw_box((-30.0, -20.0, 0.0, -2.0))
        assert not editor.pointing.is_open and "outside the picture" in texts[-1]
        editor.pointing.draw_box((-30.0, 30.0, 70.0, 300.0))
        asked = editor.pointing.asked
        assert asked is not None and asked.box == (0.0, 30.0, 70.0, 120.0)
        wait_for_answer(editor, qtbot)


class TestBadInput:
    def test_clicks_that_say_nothing_are_told_and_change_nothing(
        self, editor: EditorWindow, qtbot: QtBot
    ) -> None:
        texts = told(editor)
        click(editor, qtbot, (-5.0, 50.0))
        assert "Outside the picture" in texts[-1]
        click(editor, qtbot, RED, button=Qt.RightButton)
        assert "nothing to take away" in texts[-1] and not editor.pointing.is_open
        click(editor, qtbot, GROUND)
        assert "Nothing is found there" in texts[-1]
        press(editor, qtbot, Qt.Key_Return)
        qtbot.waitUntil(lambda: "no mask to keep" in texts[-1], timeout=60_000)
        assert not editor.controller.project.journal()

    def test_a_hidden_mask_is_not_replaced_unseen(self, editor: EditorWindow, qtbot: QtBot) -> None:
        texts = told(editor)
        click(editor, qtbot, RED)
        keep(editor, qtbot)
        editor.controller.apply(HideTrack(1))
        editor.controller.select(0)
        editor.controller.select(1)
        click(editor, qtbot, BLUE)
        assert "hidden" in texts[-1] and not editor.pointing.is_open

    def test_a_click_while_it_plays_stops_at_the_frame_that_was_meant(
        self, editor: EditorWindow, qtbot: QtBot
    ) -> None:
        controller = editor.controller
        controller.play(True)
        click(editor, qtbot, BLUE)
        assert not controller.is_playing
        keep(editor, qtbot)
        assert controller.project.lanes()[0].runs[0].first == controller.frame

    def test_of_two_clicks_that_contradict_the_newer_one_counts(
        self, editor: EditorWindow, qtbot: QtBot
    ) -> None:
        texts = told(editor)
        click(editor, qtbot, RED)
        click(editor, qtbot, BLUE)
        click(editor, qtbot, (BLUE[0] + 1, BLUE[1]), button=Qt.RightButton)
        assert "replaces the opposite one" in texts[-1]
        asked = editor.pointing.asked
        assert asked is not None and [inside for *_, inside in asked.points] == [True, False]

    @pytest.mark.may_log("weights are missing")
    def test_missing_weights_are_told_and_asked_for_again_by_a_click(
        self,
        dressed: QApplication,
        preferences: Preferences,
        path: Path,
        prompter: Prompter,
        monkeypatch: pytest.MonkeyPatch,
        qtbot: QtBot,
    ) -> None:
        tries: list[int] = []

        def load() -> Prompter:
            tries.append(1)
            if len(tries) < 3:
                raise WeightsError("the weights are missing: install the package again")
            return prompter

        monkeypatch.setattr("gui.editor.answering.load", load)
        window = opened(path, preferences, qtbot)
        texts = told(window)
        choose_tool(window, qtbot)
        qtbot.waitUntil(lambda: window.banner.problem is not None, timeout=60_000)
        assert "weights are missing" in texts[-1]
        # Moves of the pointer do not try again and again.
        move(window, *RED)
        assert len(tries) == 1
        click(window, qtbot, RED)
        assert len(tries) == 2 and not window.pointing.is_open
        click(window, qtbot, RED)
        assert len(tries) == 3 and shown_area(window) > 0
        window.close()
        window.deleteLater()

    def test_a_click_that_comes_too_early_is_seen_and_carried_out(
        self,
        dressed: QApplication,
        preferences: Preferences,
        path: Path,
        prompter: Prompter,
        monkeypatch: pytest.MonkeyPatch,
        qtbot: QtBot,
    ) -> None:
        may_load, may_name = threading.Event(), threading.Event()

        def load() -> Prompter:
            may_load.wait(60)
            return prompter

        def warm(answerer: Answerer, picture: object) -> None:
            may_name.wait(60)
            answerer._on_loaded()

        monkeypatch.setattr("gui.editor.answering.load", load)
        monkeypatch.setattr(Answerer, "_warm", warm)
        window = opened(path, preferences, qtbot)
        window.actions_by_name["point"].trigger()
        hint = window.pointing_bar._hint
        assert hint.text() == "Getting ready… A click counts already"
        qtbot.mouseClick(window.canvas, Qt.LeftButton, pos=place_of(window, *RED))
        assert hint.text() == "Looking for the object…"
        may_load.set()
        wait_for_answer(window, qtbot)
        assert shown_area(window) > 0, "it does not wait for what only later clicks need"
        qtbot.waitUntil(lambda: hint.text().startswith("Click adds"), timeout=60_000)
        may_name.set()
        window.close()
        window.deleteLater()


class TestLeaving:
    @pytest.mark.parametrize("how", ["frame", "tool", "track", "close"])
    def test_what_is_shown_is_kept(
        self, editor: EditorWindow, qtbot: QtBot, path: Path, how: str
    ) -> None:
        controller = editor.controller
        click(editor, qtbot, BLUE)
        keep(editor, qtbot)
        click(editor, qtbot, RED)
        match how:
            case "frame":
                press(editor, qtbot, Qt.Key_Right)
            case "tool":
                press(editor, qtbot, Qt.Key_V)
            case "track":
                controller.select(0)
                controller.select(1)
            case _:
                # A click that is not answered yet is dropped.
                qtbot.mouseClick(editor.canvas, Qt.LeftButton, pos=place_of(editor, *BLUE))
                editor.close()
        assert not editor.pointing.is_open
        if how == "close":
            with Project.open(path) as project:
                assert box_of(project, 0, 2) == red_box(0)
        else:
            assert box_of(controller.project, 0, 2) == red_box(0)


class TestFollowing:
    def test_click_and_follow_both_ways_are_enough(
        self, editor: EditorWindow, qtbot: QtBot
    ) -> None:
        controller, texts = editor.controller, told(editor)
        controller.show(3)
        qtbot.waitUntil(lambda: editor.canvas.shown_image is not None, timeout=60_000)
        qtbot.waitUntil(lambda: editor.pointing._picture.frame == 3, timeout=60_000)
        seen: list[int] = []
        controller.frame_changed.connect(lambda: seen.append(controller.frame))
        qtbot.mouseClick(
            editor.canvas, Qt.LeftButton, Qt.NoModifier, place_of(editor, red_x(3) + 10, 50)
        )
        # Not answered yet: it is kept and followed as soon as it is.
        press(editor, qtbot, Qt.Key_W, Qt.ShiftModifier)
        qtbot.waitUntil(lambda: "lost in frame" in (texts or [""])[-1], timeout=60_000)
        found = [f for f in range(FRAMES) if controller.project.mask(f, 1) is not None]
        assert found == list(range(GONE_FROM))
        way = iter([3, 2, 1, 0, *range(4, FRAMES), GONE_FROM])
        assert len(set(seen)) > 2 and all(frame in way for frame in seen), "seen as it happens"
        assert controller.frame == GONE_FROM, "where the object was lost"
        assert texts[-1] == f"Followed through 7 frames; lost in frame {GONE_FROM}"
        qtbot.waitUntil(
            lambda: [s.kind for s in controller.suggestions].count("unsure") == 1, timeout=60_000
        )
        controller.undo()
        assert [f for f in range(FRAMES) if controller.project.mask(f, 1) is not None] == [3]

    def test_scope_and_marks_are_the_limits(self, editor: EditorWindow, qtbot: QtBot) -> None:
        controller, texts = editor.controller, told(editor)
        click(editor, qtbot, RED)
        keep(editor, qtbot)
        controller.set_marks(0, 3)
        controller.set_scope("marks")
        editor.follower.follow(is_on=True)
        qtbot.waitUntil(lambda: not editor.follower.is_following, timeout=60_000)
        assert controller.project.lanes()[0].runs[-1].last == 3
        controller.undo()
        controller.show(0)
        controller.set_scope("here")
        editor.follower.follow(is_on=True)
        qtbot.waitUntil(lambda: not editor.follower.is_following, timeout=60_000)
        assert controller.project.lanes()[0].runs[-1].last == 1
        controller.show(0)
        controller.set_scope("all")
        editor.follower.follow(is_back=True)
        assert "no frame to follow to" in texts[-1]
        controller.select(0)
        editor.follower.follow(is_on=True)
        assert "Point at an object first" in texts[-1]

    def test_escape_ends_it_and_keeps_what_is_done(
        self, editor: EditorWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        controller, texts = editor.controller, told(editor)
        click(editor, qtbot, RED)
        keep(editor, qtbot)
        was_stopped = threading.Event()

        class SlowAccess(PictureAccess):
            def __call__(self, index: int) -> NDArray[np.uint8]:
                if index == 3:
                    was_stopped.wait(60)
                return super().__call__(index)

        monkeypatch.setattr("gui.editor.following_work.PictureAccess", SlowAccess)
        editor.follower.follow(is_on=True)
        qtbot.waitUntil(lambda: controller.frame == 2, timeout=60_000)
        # The window answers meanwhile.
        assert controller.apply(RenameTrack(1, "left")) and editor.follower.is_following
        press(editor, qtbot, Qt.Key_Escape)
        was_stopped.set()
        qtbot.waitUntil(lambda: "Stopped" in texts[-1], timeout=60_000)
        assert controller.project.lanes()[0].runs[-1].last == 3
        assert editor.canvas.tool == "point" and controller.track == 1


def test_the_detector_has_looked_at_a_picture_before_it_is_pointed_at(
    editor: EditorWindow, prompter: Prompter, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_at: list[NDArray[np.uint8]] = []
    detect = prompter.detect
    monkeypatch.setattr(prompter, "detect", lambda image: looked_at.append(image) or detect(image))
    editor.controller.show(3)
    qtbot.waitUntil(lambda: bool(looked_at), timeout=60_000)
    assert editor.controller.frame == 3
    assert np.array_equal(looked_at[0], editor.controller.picture)
