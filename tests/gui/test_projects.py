"""Projects that are opened from the window, again and again."""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PyQt5.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from blendmask_live.annotation import Project
from blendmask_live.datatypes import TrackedFrame
from blendmask_live.export import ExportOptions
from blendmask_live.segmenting.segmenter import Segmenter
from gui.live.controller import LiveController
from gui.shared.preferences import Preferences
from gui.shared.problems import Problem
from gui.window.main_window import MainWindow
from gui.window.projects import Projects
from tests.gui.conftest import close_controller


@pytest.fixture
def projects(controller: LiveController, qtbot: QtBot) -> Iterator[Projects]:
    window = QWidget()
    qtbot.addWidget(window)
    made = Projects(controller, window)
    yield made
    made.close()


def test_the_same_project_opens_once_and_at_its_last_frame(
    projects: Projects, controller: LiveController, project_path: Path, qtbot: QtBot
) -> None:
    projects.open(project_path)
    controller.preferences.add_recent("rtsp://camera/1")
    projects.open(project_path.parent / "." / project_path.name)
    (editor,) = projects.editors
    assert controller.preferences.recent() == (project_path, "rtsp://camera/1")
    qtbot.waitUntil(lambda: editor.controller.picture is not None, timeout=60_000)
    editor.controller.show(7)
    editor.close()
    projects.open(project_path)
    (again,) = projects.editors
    qtbot.waitUntil(lambda: again.controller.picture is not None, timeout=60_000)
    assert again.controller.frame == 7


def test_a_project_that_cannot_be_opened_is_told(
    projects: Projects, tmp_path: Path, qtbot: QtBot
) -> None:
    problems: list[Problem] = []
    projects.problem_found.connect(problems.append)
    path = tmp_path / "other.bml"
    path.write_text("of another program")
    projects.open(path)
    assert problems[0].title == "The project cannot be opened"
    assert "found another kind of file" in problems[0].advice and not projects.editors


@pytest.mark.may_log("left out")
def test_what_a_format_leaves_out_is_told_in_the_window(
    projects: Projects, project_path: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    projects.open(project_path)
    (editor,) = projects.editors
    with qtbot.waitSignal(editor.files.problem_found, timeout=60_000) as told:
        editor.files.export(tmp_path / "out", ("mots",), ExportOptions())
    (problem,) = told.args
    assert "left out cat, dog" in problem.advice and not problem.is_news


@pytest.mark.may_log("stopped", "ended early")
def test_what_is_annotated_so_far_is_complete_when_the_window_closes(
    projects: Projects,
    controller: LiveController,
    clip: Path,
    segmenter: Segmenter,
    tmp_path: Path,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("gui.window.annotate_job.load_network", lambda *given: segmenter)
    controller.open(clip)
    qtbot.waitUntil(lambda: controller.session is not None, timeout=60_000)
    projects.annotate()
    dialog = projects._dialog
    assert dialog is not None
    dialog.folder.setText(str(tmp_path / "out"))
    dialog.start()
    job = dialog.job
    assert job is not None
    with qtbot.waitSignal(
        job.progressed, check_params_cb=lambda done, *_: done > 0, timeout=60_000
    ):
        pass
    projects.close()
    assert not job._thread.is_alive()
    (made,) = (tmp_path / "out").glob("*.bml")
    with Project.open(made) as project:
        assert project.frame_count > 0
    assert list((tmp_path / "out").rglob("tracks.csv"))
    qtbot.waitUntil(lambda: dialog.job is None, timeout=60_000)


def test_nothing_is_recorded_without_a_source_and_that_is_said(controller: LiveController) -> None:
    problems: list[Problem] = []
    controller.problem_found.connect(problems.append)
    controller.recorder.toggle()
    assert not controller.recorder.is_recording
    assert problems[0].title == "Nothing is playing that could be recorded"


def test_addresses_are_recent_without_their_secrets(preferences: Preferences) -> None:
    preferences.add_recent("rtsp://me:secret@camera/1")
    preferences.add_recent(Path("/"))
    assert preferences.recent()[0] == Path("/")
    address = str(preferences.recent()[1])
    assert address.startswith("rtsp://") and "secret" not in address


def test_a_closed_editor_leaves_nothing_behind(
    projects: Projects, project_path: Path, qtbot: QtBot
) -> None:
    projects.open(project_path)
    qtbot.waitUntil(lambda: projects.editors[0].controller.picture is not None, timeout=60_000)
    (editor,) = projects.editors
    left = [weakref.ref(part) for part in (editor, editor.controller, editor.controller.project)]
    editor.close()
    del editor
    qtbot.waitUntil(lambda: [part() for part in left] == [None, None, None], timeout=30_000)


class TestTheWindow:
    @pytest.fixture
    def window(self, controller: LiveController, qtbot: QtBot) -> MainWindow:
        made = MainWindow(controller)
        qtbot.addWidget(made, before_close_func=lambda window: close_controller(controller, qtbot))
        return made

    def test_playback_is_offered_only_with_something_to_play(
        self, window: MainWindow, clip: Path, qtbot: QtBot
    ) -> None:
        names = "play step_back step_forward to_start to_end loop jump_forward mark_in".split()
        actions = window.actions_by_name
        assert not any(actions[name].isEnabled() for name in names)
        assert actions["play"].toolTip().endswith("\nopen a source first")
        problems: list[Problem] = []
        window.sending.problem_found.connect(problems.append)
        actions["draw_line"].trigger()
        assert problems[-1].title == "Nothing to draw on"
        with qtbot.waitSignal(window.controller.session_changed, timeout=60_000):
            window.open(clip)
        assert all(actions[name].isEnabled() for name in names)
        assert "open a source" not in actions["play"].toolTip()

    def test_escape_leaves_the_full_screen_and_never_enters_it(self, window: MainWindow) -> None:
        window.actions_by_name.trigger_key("Esc")
        assert not window.isFullScreen()
        window.actions_by_name.trigger_key("F11")
        assert window.isFullScreen()
        window.actions_by_name.trigger_key("Esc")
        assert not window.isFullScreen()

    def test_a_lost_stream_looks_lost_until_a_picture_comes(
        self, window: MainWindow, two_tracks: TrackedFrame
    ) -> None:
        window.controller.latest = two_tracks
        window.view.show_message("")
        window._show_loss("cam: lost, next try in 3 s (it ended)")
        assert window.view._message == "", "a picture has come since"
        window._show_loss("cam: lost, next try in 2 s (it ended)")
        assert window.view._message == "cam: lost, next try in 2 s (it ended)"
        window.controller.latest = replace(two_tracks)
        window._show_loss("")
        assert window.view._message == ""

    def test_several_things_dropped_at_once_are_opened_or_kept_in_recent(
        self, window: MainWindow, clip: Path, project_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        shown: list[object] = []
        monkeypatch.setattr(window.controller, "open", shown.append)
        window.open_all([clip, project_path, clip.parent])
        assert shown == [clip]
        assert [e.controller.project.path for e in window.projects.editors] == [project_path]
        assert clip.parent in window.controller.preferences.recent()
        window.projects.close()
