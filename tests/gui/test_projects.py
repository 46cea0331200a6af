"""Projects that are opened from the window, again and again."""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from pathlib import Path

import pytest
from PyQt5.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from blendmask_live.export import ExportOptions
from gui.live.controller import LiveController
from gui.shared.preferences import Preferences
from gui.shared.problems import Problem
from gui.window.projects import Projects


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
    projects.open(project_path.parent / "." / project_path.name)
    (editor,) = projects.editors
    assert controller.preferences.recent() == (project_path,)
    qtbot.waitUntil(lambda: editor.controller.picture is not None, timeout=60_000)
    editor.controller.show(7)
    editor.close()
    projects.open(project_path)
    (again,) = projects.editors
    qtbot.waitUntil(lambda: again.controller.picture is not None, timeout=60_000)
    assert again.controller.frame == 7


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
