from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PyQt5.QtCore import QMimeData, QPointF, Qt, QUrl
from PyQt5.QtGui import QDropEvent
from PyQt5.QtWidgets import QApplication, QInputDialog, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from blendmask_live.annotation import (
    BlendSettings,
    DeleteMasks,
    FrameRange,
    MoveMask,
    Project,
    RenameTrack,
    SetKeyframe,
    SplitTrack,
    Suggestion,
)
from blendmask_live.errors import ProjectError
from blendmask_live.export import ExportOptions
from gui.editor.background import BackgroundWork, Report, Stopped
from gui.editor.controller import EditorController
from gui.editor.propagating import Propagation
from gui.editor.track_acts import TrackActs
from gui.editor.window import EditorWindow
from gui.shared.problems import Problem
from tests.gui.conftest import OpenEditor
from tests.gui.squares import FRAMES, write_squares


@pytest.fixture
def controller(open_editor: OpenEditor, project_path: Path) -> EditorController:  # type: ignore[override]
    return open_editor(project_path)


def problems_of(controller: EditorController) -> list[Problem]:
    found: list[Problem] = []
    controller.problem_found.connect(found.append)
    return found


def test_a_track_to_merge_with_is_first_looked_for_in_its_class(
    controller: EditorController, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    controller.apply(SplitTrack(1, FrameRange(15)))
    controller.select(1)
    offered: list[list[str]] = []

    def choose_nothing(
        parent: QWidget, title: str, text: str, items: list[str], *_: object
    ) -> object:
        offered.append(items)
        return "", False

    monkeypatch.setattr(QInputDialog, "getItem", choose_nothing)
    window = QWidget()
    qtbot.addWidget(window)
    TrackActs(controller, window).handlers()["merge"]()
    # The dog is seen in this frame, the other cat is not.
    assert offered == [["cat 3", "dog 2"]]


class TestPropagation:
    """Edits are possible while a mask is carried on; the project at the end counts."""

    def test_ends_before_new_keyframes_and_is_dropped_where_its_mask_is_another(
        self, controller: EditorController
    ) -> None:
        project = controller.project
        work = Propagation(project, track=2, frame=6, is_backward=False)
        steps = work.compute(lambda done, steps: None)
        assert [step.frame for step in steps][:4] == [7, 8, 9, 10]
        project.apply(SetKeyframe(2, FrameRange.only(9)))
        assert list(work.edit(steps).masks) == [7, 8]  # type: ignore[attr-defined]
        project.undo()
        project.apply(MoveMask(6, 2, right_px=9, down_px=0))
        with pytest.raises(ProjectError, match="propagate again"):
            work.edit(steps)
        project.undo()
        assert len(work.edit(steps).masks) == len(steps)  # type: ignore[attr-defined]
        project.apply(DeleteMasks(2, FrameRange()))
        with pytest.raises(ProjectError, match="propagate again"):
            work.edit(steps)

    def test_keeps_what_it_has_when_it_is_stopped(self, controller: EditorController) -> None:
        def stop_at_two(done: int, steps: int) -> None:
            if done == 2:
                raise Stopped

        work = Propagation(controller.project, track=2, frame=6, is_backward=True)
        assert [step.frame for step in work.compute(stop_at_two)] == [5, 4]

    @pytest.mark.may_log("no mask in frame 5 to propagate")
    def test_of_a_track_that_is_not_there_is_told(
        self, controller: EditorController, qtbot: QtBot
    ) -> None:
        problems = problems_of(controller)
        controller.select(1)
        controller.frame = 5
        controller.propagate(is_backward=False)
        qtbot.waitUntil(lambda: bool(problems), timeout=60_000)
        assert "no mask in frame 5" in problems[0].advice
        assert controller.preview is None, "there is nothing to keep or drop"


def test_what_is_stopped_before_its_turn_leaves_nothing_waiting(
    controller: EditorController, qtbot: QtBot
) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def work(report: Report) -> None:
        begun.set()
        go_on.wait(60)

    controller.background.run("", work)
    begun.wait(60)
    controller.select(2)
    controller.propagate(is_backward=False)
    controller.change_alone("Importing", lambda report: controller.project.tracks)
    assert controller.preview is not None and not controller.may_edit
    controller.background.stop()
    go_on.set()
    qtbot.waitUntil(lambda: not controller.background.is_going_on, timeout=60_000)
    assert controller.preview is None and controller.may_edit


class TestBackgroundWork:
    def test_stop_ends_what_was_begun_before_and_not_what_comes_after(
        self, dressed: QApplication, qtbot: QtBot
    ) -> None:
        background, begun, go_on = BackgroundWork(), threading.Event(), threading.Event()
        done: list[str] = []

        def work(report: Report) -> str:
            begun.set()
            go_on.wait(60)
            report(1, 2)
            return "first"

        background.run("First", work, done.append)
        begun.wait(60)
        background.stop()
        background.run("", lambda report: "second", done.append)
        go_on.set()
        qtbot.waitUntil(lambda: not background.is_going_on, timeout=60_000)
        assert done == ["second"]
        background.close()

    def test_closing_stops_work_and_reports_nothing_more(
        self, dressed: QApplication, qtbot: QtBot
    ) -> None:
        background, begun = BackgroundWork(), threading.Event()
        told: list[object] = []
        background.failed.connect(told.append)

        def work(report: Report) -> None:
            begun.set()
            while True:
                report(1, 0)

        background.run("Endless", work, told.append)
        begun.wait(60)
        background.close()
        dressed.processEvents()
        assert told == []


def test_suggestions_follow_edits_by_hand(controller: EditorController, qtbot: QtBot) -> None:
    with qtbot.waitSignal(controller.suggestions_changed, timeout=60_000):
        controller.find_suggestions()
    assert any(1 in suggestion.tracks for suggestion in controller.suggestions)
    with qtbot.waitSignal(controller.suggestions_changed, timeout=60_000):
        assert controller.apply(DeleteMasks(1, FrameRange()))
    assert not any(1 in suggestion.tracks for suggestion in controller.suggestions)


def test_suggestions_follow_work_that_changes_the_project(
    controller: EditorController, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(controller.suggestions_changed, timeout=60_000):
        controller.find_suggestions()
    assert any(1 in suggestion.tracks for suggestion in controller.suggestions)
    edit = DeleteMasks(1, FrameRange())
    with qtbot.waitSignal(controller.suggestions_changed, timeout=60_000):
        # As importing and re-blending do.
        controller.change_alone("", lambda report: controller.project.apply(edit))
    assert not any(1 in suggestion.tracks for suggestion in controller.suggestions)


def test_full_disk_is_told_and_nothing_is_lost(controller: EditorController) -> None:
    project, problems = controller.project, problems_of(controller)
    assert controller.apply(RenameTrack(1, "before"))
    ((pages,),) = project.database.rows("PRAGMA page_count")
    project.database.run(f"PRAGMA max_page_count = {pages}")
    assert not controller.apply(RenameTrack(1, "x" * 100_000))
    assert "full" in problems[-1].advice
    assert project.tracks[0].name == "before" and len(project.journal()) == 1
    project.database.run("PRAGMA max_page_count = 1000000")
    assert controller.apply(RenameTrack(1, "after"))


def test_damaged_mask_is_told_and_can_be_deleted(controller: EditorController) -> None:
    project, problems = controller.project, problems_of(controller)
    project.database.run(
        "UPDATE pixels SET rle = X'30' WHERE id = (SELECT pixels FROM masks JOIN runs "
        "USING (strand) WHERE frame = 1 AND track = 1)"
    )
    controller.show(1)
    assert "the mask of track 1 is damaged" in problems[-1].advice
    assert not len(controller.tracked.track_ids)
    assert controller.apply(DeleteMasks(1, FrameRange.only(1)))
    assert 1 not in controller.tracked.track_ids and len(controller.tracked.track_ids)


def test_read_only_project_offers_no_edit(
    open_editor: OpenEditor,
    show_window: Callable[[EditorController], EditorWindow],
    project_path: Path,
    qtbot: QtBot,
) -> None:
    open_editor(project_path)
    window = show_window(open_editor(project_path))
    controller = window.controller
    qtbot.waitUntil(lambda: window.banner.problem is not None, timeout=60_000)
    assert "read" in window.banner.problem.title and "read only" in window.windowTitle()
    controller.select(1)
    panel = window.track_panel
    assert not panel.name.isEnabled() and not panel.class_choice.isEnabled()
    assert not window.journal.isEnabled()
    may = "export learn relink close play step_back step_forward jump_back jump_forward to_start "
    may += "to_end previous_keyframe next_keyframe mark_in mark_out clear_marks select smaller "
    may += "larger next_doubt outlines zoom_in zoom_out fit zoom_time_in zoom_time_out shortcuts "
    may += "saved go_to loop slower faster masks labels select_all copy_mask"
    enabled = {a.objectName() for a in window.actions_by_name if a.isEnabled()}
    assert enabled <= set(may.split())


def test_moved_video_is_found_again_and_another_one_is_refused(
    show_window: Callable[[EditorController], EditorWindow],
    open_editor: OpenEditor,
    clip: Path,
    tmp_path: Path,
    qtbot: QtBot,
) -> None:
    video = tmp_path / "video.mp4"
    shutil.copy(clip, video)
    path = write_squares(video, tmp_path / "a.bml")
    (tmp_path / "elsewhere").mkdir()
    moved = video.rename(tmp_path / "elsewhere" / "renamed.mp4")
    other = tmp_path / "other.mp4"
    other.write_bytes(clip.read_bytes() + b"more")
    window = show_window(open_editor(path))
    controller = window.controller
    qtbot.waitUntil(lambda: window.banner.problem is not None, timeout=60_000)
    assert window.banner.problem.action == "relink"
    # Masks are shown without it, and can be edited; the banner stays.
    assert controller.tracked.track_ids.tolist() == [1, 2]
    assert controller.apply(RenameTrack(1, "left")) and window.banner.isVisible()
    controller.relink(other)
    assert not controller.has_video and window.banner.problem.action == "relink"
    with qtbot.waitSignal(controller.picture_changed, timeout=60_000):
        controller.relink(moved)
    qtbot.waitUntil(lambda: bool(controller.picture.any()), timeout=60_000)
    assert not window.banner.isVisible()


def test_frames_of_a_part_are_meant_by_their_place_in_the_source(
    open_editor: OpenEditor, clip: Path, tmp_path: Path
) -> None:
    controller = open_editor(write_squares(clip, tmp_path / "part.bml", stride=2))
    controller.show(3)
    assert controller.frame == 4 and controller.place == 2
    controller.step(-1)
    assert controller.frame == 2
    controller.step(1 << 40)
    assert controller.frame == 2 * FRAMES - 2


def test_closing_asks_while_an_export_goes_on(
    show_window: Callable[[EditorController], EditorWindow],
    controller: EditorController,
    tmp_path: Path,
    qtbot: QtBot,
) -> None:
    window, go_on = show_window(controller), threading.Event()
    controller.background.run("", lambda report: go_on.wait(60))
    window.files.export(tmp_path / "out", ("csv",), ExportOptions())
    window.actions_by_name["close"].trigger()
    QApplication.sendPostedEvents()
    asked = window.findChild(QMessageBox)
    assert window.isVisible() and asked is not None and "not complete" in asked.text()
    with qtbot.waitSignal(window.files.problem_found, timeout=60_000) as told:
        go_on.set()
    assert told.args[0].title == "Exported" and not asked.isVisible()
    window.actions_by_name["close"].trigger()
    assert not window.isVisible() and list((tmp_path / "out").rglob("tracks.csv"))


@pytest.mark.may_log("no such file or folder")
def test_own_export_is_imported_as_new_tracks_and_masks_are_re_blended(
    show_window: Callable[[EditorController], EditorWindow],
    controller: EditorController,
    tmp_path: Path,
    qtbot: QtBot,
) -> None:
    window, project = show_window(controller), controller.project
    with qtbot.waitSignal(window.files.problem_found, timeout=60_000):
        window.files.export(tmp_path / "out", ("youtube-vis",), ExportOptions())
    window.files.import_annotations(tmp_path / "out" / "squares" / "youtube-vis")
    assert controller.is_busy and not controller.apply(RenameTrack(1, "not now"))
    qtbot.waitUntil(lambda: not controller.is_busy, timeout=60_000)
    assert len(project.tracks) == 4
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / "out" / "squares" / "youtube-vis"))] * 2)
    window.dropEvent(QDropEvent(QPointF(), Qt.CopyAction, data, Qt.LeftButton, Qt.NoModifier))
    qtbot.waitUntil(lambda: len(project.tracks) == 8 and not controller.is_busy, timeout=60_000)
    controller.undo()
    controller.undo()
    old, new = project.mask(3, 2), project.mask(3, 4)
    assert np.array_equal(old.tight().mask, new.tight().mask)
    controller.undo()
    assert len(project.tracks) == 2
    window.files.reblend(BlendSettings(score=0.5))
    qtbot.waitUntil(lambda: not controller.is_busy, timeout=60_000)
    assert project.undo_text == "re-blend (score 0.5)"
    assert window.focusWidget() is window.canvas  # Space plays, and presses no button.
    problems = problems_of(controller)
    window.files.import_annotations(tmp_path / "nothing.json")
    qtbot.waitUntil(lambda: bool(problems), timeout=60_000)
    assert not controller.is_busy


def write_coco(path: Path, size: tuple[int, int], numbers: list[int], *shapes: object) -> Path:
    """Pictures with these numbers in their names, in each a square and the shapes."""
    square = [[4, 4, 14, 4, 14, 14, 4, 14]]
    annotations = [
        {"image_id": number, "category_id": 1, "segmentation": shape, "track_id": 1 + row}
        for number in numbers
        for row, shape in enumerate((square, *shapes))
    ]
    content = {
        "images": [
            {"id": n, "file_name": f"shot_{n:04d}.jpg", "height": size[0], "width": size[1]}
            for n in numbers
        ],
        "annotations": [{"id": n, **a} for n, a in enumerate(annotations, 1)],
        "categories": [{"id": 1, "name": "person"}],
    }
    path.write_text(json.dumps(content))
    return path


def test_import_tells_what_it_assumed_and_what_it_left_out(
    show_window: Callable[[EditorController], EditorWindow],
    controller: EditorController,
    tmp_path: Path,
    qtbot: QtBot,
) -> None:
    window = show_window(controller)
    size, numbers = controller.project.media.frame_size, list(range(1, FRAMES + 1))
    path = write_coco(tmp_path / "all.json", size, numbers, [[3, 3]])
    with qtbot.waitSignal(window.files.problem_found, timeout=60_000) as told:
        window.files.import_annotations(path)
    (problem,) = told.args
    assert problem.title == f"Imported; new tracks: 1, shapes left out: {FRAMES}"
    assert not problem.is_news
    assumed, left_out = problem.advice.splitlines()
    assert assumed == "assumed: the first frame has number 1 in the annotations"
    assert left_out.startswith("left out, ") and f": {FRAMES} (" in left_out
    assert problem.advice.splitlines()[1] in window.banner.accessibleName()


@pytest.mark.parametrize(("answer", "is_given"), [(0, True), (1, True), (1, False)])
def test_import_asks_for_the_first_frame_where_numbers_fit_twice(
    show_window: Callable[[EditorController], EditorWindow],
    controller: EditorController,
    tmp_path: Path,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
    answer: int,
    is_given: bool,
) -> None:
    asked: list[tuple[str, int, int]] = []

    def answered(
        parent: QWidget, title: str, label: str, value: int, least: int, most: int
    ) -> tuple[int, bool]:
        asked.append((label, least, most))
        return answer, is_given

    monkeypatch.setattr(QInputDialog, "getInt", answered)
    window, project = show_window(controller), controller.project
    path = write_coco(tmp_path / "some.json", project.media.frame_size, [2, 3])
    window.files.import_annotations(path)
    qtbot.waitUntil(lambda: bool(asked) and not controller.is_busy, timeout=60_000)
    ((label, least, most),) = asked
    assert "have numbers 2 to 3" in label and "counting from 0 and from 1" in label
    assert "--first-frame" not in label and (least, most) == (0, 2)
    if not is_given:
        assert len(project.tracks) == 2
        return
    assert [f for f in range(FRAMES) if project.mask(f, 3)] == [2 - answer, 3 - answer]


def test_repairs_are_looked_for_after_the_first_picture_or_without_one(
    open_editor: OpenEditor,
    project_path: Path,
    clip: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    qtbot: QtBot,
) -> None:
    seen: list[bool] = []

    def find(project: Project) -> tuple[Suggestion, ...]:
        seen.append(controller.picture is not None)
        return ()

    monkeypatch.setattr("gui.editor.controller.find_suggestions", find)
    controller = open_editor(project_path)
    with qtbot.waitSignal(controller.suggestions_changed, timeout=60_000):
        controller.start()
    alone = tmp_path / "alone" / "squares.bml"
    alone.parent.mkdir()
    shutil.copy(project_path, alone)
    hidden = clip.rename(clip.with_suffix(".hidden"))
    try:
        controller = open_editor(alone)
        with qtbot.waitSignal(controller.suggestions_changed, timeout=60_000):
            controller.start()
    finally:
        hidden.rename(clip)
    assert seen == [True, False], "where there is no video, nothing is waited for"
