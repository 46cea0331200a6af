"""Bridge, preferences, shortcuts, playback bar, banner, crash reports."""

from __future__ import annotations

import ast
import logging
import os
import re
import threading
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from PyQt5.QtCore import QEvent, QSettings, QStandardPaths, Qt
from PyQt5.QtGui import QFocusEvent, QIcon, QPalette
from PyQt5.QtWidgets import (
    QApplication,
    QDialog,
    QFocusFrame,
    QMainWindow,
    QPushButton,
    QToolButton,
    QTreeWidget,
    QWidget,
)
from pytestqt.qtbot import QtBot

from blendmask_live.annotation import Project
from blendmask_live.commands import progress_line
from blendmask_live.config import SegmenterSettings
from blendmask_live.errors import (
    ExportError,
    ProjectError,
    SourceOpenError,
    SourceReadError,
    StageFailed,
    WeightsError,
)
from gui.crash_report import CrashReports
from gui.editor.actions import EDITOR_ACTIONS
from gui.editor.learn_dialog import LearnDialog
from gui.live.bridge import SessionBridge
from gui.shared.actions import Actions, ActionSpec
from gui.shared.banner import Banner
from gui.shared.folders import usual_folder
from gui.shared.icons import icon
from gui.shared.key_focus import KeyFocus
from gui.shared.preferences import Preferences
from gui.shared.problems import Problem, problem_of
from gui.shared.shortcuts_dialog import ShortcutsDialog
from gui.shared.theme import apply_theme
from gui.shared.times import clock_text
from gui.shared.window_terms import in_window_terms
from gui.window.actions import WINDOW_ACTIONS
from gui.window.playback_bar import PlaybackBar, SeekSlider
from gui.window.source_menu import SourceMenu

pytestmark = pytest.mark.usefixtures("dressed")


def test_many_calls_from_a_thread_arrive_as_one(qtbot: QtBot) -> None:
    bridge = SessionBridge()
    arrivals: list[threading.Thread] = []
    bridge.changed.connect(lambda: arrivals.append(threading.current_thread()))

    def publish() -> None:
        for _ in range(1000):
            bridge.publish()

    worker = threading.Thread(target=publish)
    worker.start()
    worker.join()
    qtbot.waitUntil(lambda: bool(arrivals), timeout=60_000)
    assert arrivals == [threading.main_thread()]
    bridge.publish()
    qtbot.waitUntil(lambda: len(arrivals) == 2, timeout=60_000)


@pytest.mark.may_log("was not usable and is set back")
def test_settings_are_remembered_and_bad_ones_are_set_back(preferences: Preferences) -> None:
    chosen = replace(SegmenterSettings(), mask_size=112, classes=("dog",))
    preferences.save("segmenter", chosen)
    assert preferences.load("segmenter", SegmenterSettings()) == chosen
    preferences.set_text("segmenter", '{"mask_size": 57, "unknown": 1}')
    assert preferences.load("segmenter", SegmenterSettings()) == SegmenterSettings()


def test_recent_files_newest_first_without_those_that_are_gone(
    preferences: Preferences, tmp_path: Path
) -> None:
    paths = [tmp_path / name for name in ("a.mp4", "ü.mp4")]
    for path in (*paths, paths[0]):
        path.touch()
        preferences.add_recent(path)
    assert preferences.recent_files() == (paths[0], paths[1])
    paths[0].unlink()
    assert preferences.recent_files() == (paths[1],)


@pytest.mark.parametrize("table", [WINDOW_ACTIONS, EDITOR_ACTIONS], ids=["window", "editor"])
def test_no_two_actions_share_a_shortcut(table: tuple[ActionSpec, ...]) -> None:
    keys = [key for spec in table for key in spec.keys.split()]
    assert len(keys) == len(set(keys))


def test_a_changed_shortcut_holds_is_remembered_and_can_be_taken_back(
    preferences: Preferences, qtbot: QtBot
) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    actions = Actions(preferences, parent, table=WINDOW_ACTIONS)
    dialog = ShortcutsDialog(actions, parent)
    dialog.choose("record")
    dialog.set_keys("M")
    assert actions.keys("record") == "M"
    assert actions.keys("masks") == "", "the action that had it gives it up"
    again = Actions(preferences, parent, table=WINDOW_ACTIONS)
    assert (again.keys("record"), again.keys("masks")) == ("M", "")
    again.reset_keys()
    assert (again.keys("record"), again.keys("masks")) == ("R", "M")


def test_shortcuts_are_listed_by_what_an_action_always_does(
    preferences: Preferences, qtbot: QtBot
) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    actions = Actions(preferences, parent, table=EDITOR_ACTIONS)
    actions["undo"].setText("Undo: erase from track 1, frame 0")
    tree = ShortcutsDialog(actions, parent).findChild(QTreeWidget)
    texts = {tree.topLevelItem(row).text(0) for row in range(tree.topLevelItemCount())}
    assert "Undo" in texts and len(texts) == len(EDITOR_ACTIONS)


def test_a_press_on_the_line_goes_to_exactly_that_frame(qtbot: QtBot) -> None:
    slider = SeekSlider()
    qtbot.addWidget(slider)
    slider.resize(316, 24)
    slider.set_frames(101, Fraction(25))
    chosen: list[int] = []
    slider.frame_chosen.connect(chosen.append)
    for frame in (0, 37, 100):
        place = slider.rect().center()
        place.setX(slider._x_of(frame))
        qtbot.mouseClick(slider, Qt.LeftButton, pos=place)
    assert chosen == [37, 100] or chosen == [0, 37, 100]


def test_the_bar_shows_time_and_frame(preferences: Preferences, qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    bar = PlaybackBar(Actions(preferences, parent, table=WINDOW_ACTIONS), parent)
    bar.show_source(250, Fraction(25), can_seek=True, is_live=False)
    bar.show_position(50, Fraction(2))
    assert bar._clock.text() == "00:02.00 / 00:10.00"
    assert bar._frame.value() == 50
    assert clock_text(3723.456) == "1:02:03.46"


@pytest.mark.parametrize(
    ("error", "action"),
    [
        (SourceOpenError("x.mp4: no such file"), "open"),
        (WeightsError("damaged"), "network"),
        (StageFailed("capture", SourceReadError("cable pulled")), "open"),
        (RuntimeError("CUDA out of memory"), "retry"),
        (ZeroDivisionError("division by zero"), "retry"),
    ],
)
def test_every_error_says_what_can_be_done(error: Exception, action: str, qtbot: QtBot) -> None:
    stage = error
    if isinstance(error, StageFailed):
        stage.__cause__ = SourceReadError("cable pulled")
    problem = problem_of(error)
    banner = Banner()
    qtbot.addWidget(banner)
    banner.show_problem(problem)
    asked: list[Problem] = []
    banner.action_chosen.connect(asked.append)
    banner._button.click()
    assert asked[0].action == action and not banner.isVisibleTo(None)


def test_a_message_without_details_takes_one_line(qtbot: QtBot) -> None:
    banner = Banner()
    qtbot.addWidget(banner)
    for advice, lines in (("", 1), ("It is new", 2), ("It is new\nand old", 3)):
        banner.show_problem(Problem("Imported", advice, is_error=False))
        assert banner._text.text().count("<br>") == lines - 1


def messages_that_name_flags() -> set[str]:
    """All texts with a flag or command in what the window uses of the library."""
    root, found = Path(__file__).parents[2], set()
    # No control of the window can lead to these: encoders, panoptic outputs, licences.
    only_there = re.compile(r"--encoder|--panoptic|weights fetch|--overwrite or --resume")
    for folder in (
        *(f"blendmask_live/{name}" for name in ("annotation", "capture", "export", "importing")),
        *(f"blendmask_live/{name}" for name in ("live", "network", "runtime", "segmenting")),
        *("blendmask_live/prompting", "blendmask_live/sending", "tracking", "weights"),
    ):
        for path in (root / folder).rglob("*.py"):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            joined = [node for node in ast.walk(tree) if isinstance(node, ast.JoinedStr)]
            parts = {id(part) for node in joined for part in node.values}
            for node in ast.walk(tree):
                if id(node) in parts or not isinstance(node, (ast.JoinedStr, ast.Constant)):
                    continue
                values = node.values if isinstance(node, ast.JoinedStr) else [node]
                text = "".join(str(v.value) if isinstance(v, ast.Constant) else "x" for v in values)
                # Sentences with a full stop are docstrings.
                is_message = " " in text and not text.endswith(".") and "\n" not in text
                if is_message and _COMMAND_LINE.search(text) and not only_there.search(text):
                    found.add(text)
    return found


_COMMAND_LINE = re.compile(r"(?<=[ (])(--[a-z]|-o\b)|'blendmask-live ")


def test_the_window_names_no_flags_of_the_command_line(dressed: QApplication) -> None:
    messages = messages_that_name_flags()
    assert len(messages) > 10
    assert {text for text in messages if _COMMAND_LINE.search(in_window_terms(text))} == set()
    moved = "a.mp4: the source was moved or deleted; tell the project where it is now"
    assert problem_of(ProjectError(f"{moved} (--source PATH)")).advice == moved
    assert in_window_terms("close programs, or choose --device cpu").endswith("“Device: cpu”")
    taken = ExportError("x: is taken; choose another output folder with -o")
    assert problem_of(taken).advice == "x: is taken; choose another output folder"


def test_news_go_by_themselves_and_what_needs_an_answer_stays(qtbot: QtBot) -> None:
    banner = Banner()
    qtbot.addWidget(banner)
    banner.show_problem(Problem("Picture saved", "a.png", "folder", is_error=False))
    banner._fade.timeout.emit()
    assert banner.problem is None
    waiting = Problem("Waiting for the source", "reconnecting", "open", is_error=False)
    for problem in (waiting, Problem("The recording failed", "x", "record")):
        banner.show_problem(Problem("Picture copied", "", is_error=False))
        banner.show_problem(problem)
        assert not banner._fade.isActive()
    banner.clear_error()
    assert banner.problem is None


def test_a_notice_that_was_closed_stays_closed_until_it_is_solved(qtbot: QtBot) -> None:
    banner = Banner()
    qtbot.addWidget(banner)
    close = next(b for b in banner.findChildren(QToolButton))
    banner.show_problem(Problem("Trouble with the source", "lost", "open", is_error=False))
    close.click()
    banner.show_problem(Problem("Trouble with the source", "lost again", "open", is_error=False))
    assert banner.problem is None
    banner.clear_error()
    banner.show_problem(Problem("Trouble with the source", "lost again", "open", is_error=False))
    assert banner.problem is not None


@pytest.mark.may_log("the last thing that was logged", "not caught")
def test_an_error_that_nobody_caught_is_reported_with_settings_and_log(tmp_path: Path) -> None:
    reports = CrashReports(tmp_path / "protocolé")
    told: list[tuple[BaseException, Path | None]] = []
    reports.on_report = lambda error, path: told.append((error, path))
    reports.settings = lambda: {"theme": "dark"}
    logging.getLogger().addHandler(reports)
    logging.getLogger("gui").warning("the last thing that was logged")
    try:
        raise ZeroDivisionError("in a slot")
    except ZeroDivisionError as error:
        reports._uncaught(type(error), error, error.__traceback__)
    finally:
        reports.remove()
    path = told[0][1]
    assert path is not None
    text = path.read_text(encoding="utf-8")
    for part in ("ZeroDivisionError: in a slot", "theme = dark", "the last thing that was logged"):
        assert part in text


def test_learning_says_what_it_does_and_how_far_it_is(
    dressed: QApplication,
    project_path: Path,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(progress_line, "_FIRST_LINE_S", 0.0)
    with Project.open(project_path, read_only=True) as project:
        dialog = LearnDialog(project)
    qtbot.addWidget(dialog)

    def written(part: str) -> str:
        with progress_line.progress_line(part, rate="frames/s", quiet=False) as line:
            line.update(3, 12, "a note")
        return capsys.readouterr().err.strip()

    steps = dialog._output / "progress.csv"
    dialog._output.mkdir()
    steps.write_text("step,rate,loss,value\n200,0.1,mask,0.2\n")
    told = []
    for take, line in (
        (dialog.take_progress, written("gather")),
        (dialog.take_news, "10 corrected frames to learn, 2 held out"),
        (dialog.take_progress, written("train")),
        (dialog.take_news, "weights runs/weights.safetensors"),
        (dialog.take_progress, written("evaluate")),
    ):
        take(line)
        dialog._show_progress()
        told.append((dialog.result_text.text(), dialog._bar.value(), dialog._bar.maximum()))
    assert told == [
        ("Collecting corrected frames: 3 of 12", 3, 12),
        ("Preparing the network…", -1, 0),
        ("Preparing the network…", -1, 0),
        ("Measuring before and after…", -1, 0),
        ("Measuring before and after: picture 3 of 12", 3, 12),
    ], "the steps of an earlier run are not shown"
    dialog.take_news("10 corrected frames to learn, 2 held out")
    for content, step in (("step,rate,loss,value\n", 0), ("step,rate\n20,0.1\n", 20)):
        steps.write_text(content)
        os.utime(steps, (step, step))
        dialog._show_progress()
        assert (dialog.result_text.text(), dialog._bar.value()) == (f"Step {step} of 200", step)


def test_dialogs_begin_in_a_folder_that_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for place, begins in ((tmp_path, tmp_path), (tmp_path / "Videos", Path.home())):
        monkeypatch.setattr(
            QStandardPaths, "writableLocation", lambda kind, place=place: str(place)
        )
        assert Path(usual_folder(QStandardPaths.MoviesLocation)) == begins


def test_themes_dress_the_application(dressed: QApplication) -> None:
    assert apply_theme(dressed, "light").name == "light"
    light = dressed.palette().window().color().lightness()
    assert apply_theme(dressed, "dark").name == "dark"
    assert dressed.palette().window().color().lightness() < light


def test_the_ring_outlives_a_dialog_that_it_was_in(dressed: QApplication, qtbot: QtBot) -> None:
    window = QMainWindow()
    qtbot.addWidget(window)
    button = QPushButton(window)
    keys = KeyFocus(window)
    dialog = QDialog(window)
    by_tab = QFocusEvent(QEvent.FocusIn, Qt.TabFocusReason)
    keys.eventFilter(QPushButton(dialog), by_tab)
    assert dialog.findChildren(QFocusFrame)
    dialog.deleteLater()
    dressed.sendPostedEvents(dialog, QEvent.DeferredDelete)
    keys.eventFilter(button, by_tab)
    (ring,) = window.findChildren(QFocusFrame)
    assert ring.widget() is button


def test_a_crash_report_and_its_settings_keep_the_secrets_of_addresses(tmp_path: Path) -> None:
    address = "rtsp://user:s3c@ret/w@host/live?token=s3cret"
    reports = CrashReports(tmp_path)
    reports.settings = lambda: {"last_address": address}
    reports.handle(logging.LogRecord("a", logging.INFO, "b", 1, "open %s", (address,), None))
    path = reports.write(ValueError(f"cannot open {address}"))
    assert path is not None
    text = path.read_text(encoding="utf-8")
    assert text.count("rtsp://host/live") == 3
    assert "s3c" not in text and "ret/w" not in text


def test_the_address_that_is_remembered_has_no_secrets(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from PyQt5.QtWidgets import QInputDialog

    address = "rtsp://user:s3cret@host/live?k=s3cret"
    monkeypatch.setattr(QInputDialog, "exec", lambda dialog: 1)
    monkeypatch.setattr(QInputDialog, "textValue", lambda dialog: address)
    preferences = Preferences(QSettings(str(tmp_path / "a.ini"), QSettings.IniFormat))
    parent = QWidget()
    qtbot.addWidget(parent)
    menu = SourceMenu(Actions(preferences, parent, table=WINDOW_ACTIONS), preferences, parent)
    with qtbot.waitSignal(menu.source_chosen) as chosen:
        menu.ask_address()
    assert chosen.args == [address]
    assert preferences.text("last_address", "") == "rtsp://host/live"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_disabled_icon_is_as_faint_as_disabled_text(qapp: QApplication, theme: str) -> None:
    apply_theme(qapp, theme)
    painted = icon("new").pixmap(64, 64, QIcon.Disabled).toImage()
    words = QToolButton()
    words.setEnabled(False)
    words.ensurePolished()
    # Where the lines of the plus cross.
    assert painted.pixelColor(32, 32).name() == words.palette().color(QPalette.ButtonText).name()
    assert painted.pixelColor(32, 32) != qapp.palette().color(QPalette.ButtonText)
    words.deleteLater()
    apply_theme(qapp, "dark")
