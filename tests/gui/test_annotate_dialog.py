from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from PyQt5.QtWidgets import QApplication, QMessageBox
from pytestqt.qtbot import QtBot

from blendmask_live.annotation import Project, RenameTrack
from blendmask_live.config import NetworkChoice, SegmenterChoice
from blendmask_live.jobs.request import AnnotateRequest, SourceChoice
from blendmask_live.live import LiveSettings
from blendmask_live.segmenting.segmenter import Segmenter
from gui.live.controller import LiveController
from gui.shared.preferences import Preferences
from gui.shared.problems import Problem
from gui.window.annotate_dialog import AnnotateDialog
from gui.window.annotate_job import AnnotateJob
from tests.gui.conftest import close_controller
from tests.gui.squares import write_squares
from tracking import TrackerConfig

LABELS = ("person", "dog", "cat")
Open = Callable[..., AnnotateDialog]


@pytest.fixture
def dialog(dressed: QApplication, qtbot: QtBot) -> Open:
    """dialog(field=value...) of a request with these fields."""

    def make(request: AnnotateRequest | None = None) -> AnnotateDialog:
        made = AnnotateDialog(request or AnnotateRequest(source="demo"), LABELS)
        qtbot.addWidget(made)
        return made

    return make


def trouble(dialog: AnnotateDialog) -> str:
    return dialog.options._trouble.text()


@pytest.mark.may_log("was edited, so it is kept as")
def test_annotating_again_keeps_a_project_that_was_edited(
    dressed: QApplication,
    segmenter: Segmenter,
    clip: Path,
    tmp_path: Path,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("gui.window.annotate_job.load_network", lambda *arguments: segmenter)
    video = tmp_path / "video.mp4"
    shutil.copy(clip, video)
    path = write_squares(video, tmp_path / "video.bml")
    with Project.open(path) as project:
        project.apply(RenameTrack(1, "an hour of work"))
    job = AnnotateJob(
        AnnotateRequest(
            source=str(video),
            output=str(tmp_path),
            segmenter=SegmenterChoice.of(segmenter.settings),
            overwrite=True,
        )
    )
    with qtbot.waitSignal(job.finished, timeout=600_000) as finished:
        job.start()
    job.join()
    assert finished.args == [path, "video.1.bml"]
    with Project.open(tmp_path / "video.1.bml") as project:
        assert project.tracks[0].name == "an hour of work"
    with Project.open(path) as project:
        assert project.frame_count == 50 and not project.journal()


def test_all_that_the_window_is_set_to_is_requested(
    preferences: Preferences, dressed: QApplication, qtbot: QtBot
) -> None:
    tracker = TrackerConfig(max_lost_s=1.5, max_coast_s=0.4)
    settings = replace(LiveSettings(), tracker=tracker)
    network = NetworkChoice(runtime="torch", threads=1)
    controller = LiveController(
        preferences, network=network, settings=settings, opening=SourceChoice(hardware=True)
    )
    try:
        controller.source_spec = "demo"
        request = controller.annotate_request()
        assert request.tracker == tracker and request.track and request.follows_faint
        assert request.opening.hardware and request.network == network
        assert request.segmenter == SegmenterChoice.of(settings.segmenter)
        controller.set_tracker(tracker, is_tracking=False)
        request = controller.annotate_request()
        assert not request.track and request.tracker.max_coast_s == 0
    finally:
        close_controller(controller, qtbot)
        controller.deleteLater()


def test_what_is_chosen_is_requested(dialog: Open, tmp_path: Path) -> None:
    shown = dialog()
    for name, box in shown.formats.items():
        box.setChecked(name in ("csv", "mots"))
    shown.options.rows["all_classes"].click()  # type: ignore[attr-defined]
    shown.start_time.setText("1.5")
    shown.end_time.setText("00:01:02")
    shown.classes.setText("dog, cat")
    shown.two_pass.click()
    shown.folder.setText(str(tmp_path))
    request = shown.request()
    assert request.formats == ("mots", "csv") and request.options.all_classes
    assert (request.part.start_s, request.part.end_s) == (1.5, 62.0)
    assert request.segmenter.classes == ("dog", "cat")
    assert request.two_pass and request.output == str(tmp_path)
    assert not trouble(shown) and shown._start.isEnabled()


def test_unless_told_otherwise_it_is_the_whole_video_in_the_usual_formats(dialog: Open) -> None:
    asked = AnnotateRequest(source="demo", segmenter=SegmenterChoice(classes=("dog",)))
    shown = dialog(asked)
    assert shown.classes.text() == "dog"
    assert shown.request() == replace(asked, output=shown.folder.text())


@pytest.mark.parametrize(
    ("line", "text", "word"),
    [
        ("start_time", "soon", "HH:MM:SS"),
        ("end_time", "-1", "HH:MM:SS"),
        ("end_time", "0", "must come after"),
        ("classes", "dog, unicorn", "unicorn"),
    ],
)
def test_what_cannot_be_done_is_said_beside_the_choice(
    dialog: Open, line: str, text: str, word: str
) -> None:
    shown = dialog()
    getattr(shown, line).setText(text)
    assert word in trouble(shown) and not shown._start.isEnabled()
    getattr(shown, line).clear()
    assert not trouble(shown) and shown._start.isEnabled()


def test_ways_that_exclude_each_other_cannot_be_chosen_together(dialog: Open) -> None:
    shown = dialog()
    shown.latents.click()
    shown.two_pass.click()
    assert not shown.latents.isChecked() and not shown.latents.isEnabled()
    shown.two_pass.click()
    assert shown.latents.isEnabled()
    assert not dialog(AnnotateRequest(source="demo", track=False)).two_pass.isEnabled()
    for box in shown.formats.values():
        box.setChecked(False)
    assert "format" in trouble(shown) and not shown._start.isEnabled()


def test_a_part_is_annotated_with_the_trackers_settings(
    dialog: Open,
    segmenter: Segmenter,
    clip: Path,
    tmp_path: Path,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("gui.window.annotate_job.load_network", lambda *arguments: segmenter)
    shown = dialog(
        AnnotateRequest(
            source=str(clip),
            segmenter=SegmenterChoice.of(segmenter.settings),
            tracker=TrackerConfig(max_lost_s=1.25),
        )
    )
    shown.start_time.setText("0.2")
    shown.end_time.setText("0.6")
    for name, box in shown.formats.items():
        box.setChecked(name == "csv")
    shown.folder.setText(str(tmp_path / "out"))
    with qtbot.waitSignal(shown.project_made, timeout=600_000) as made:
        shown.start()
    with Project.open(made.args[0]) as project:
        times = [float(time) for time in project.frame_times if time is not None]
        assert times[0] == pytest.approx(0.2) and times[-1] < 0.6 and len(times) > 5
        assert project.settings["tracker"]["max_lost_s"] == 1.25
        assert project.settings["faint_score"] < project.settings["segmenter"]["score_threshold"]
    assert (made.args[0].with_suffix("") / "csv" / "tracks.csv").exists()


def test_further_looks_are_requested_and_the_cost_told(dressed: QApplication, qtbot: QtBot) -> None:
    request = AnnotateRequest(source="demo")
    dialog = AnnotateDialog(request, LABELS, second_look_ms=4.4)
    qtbot.addWidget(dialog)
    assert "about 4 ms for each" in dialog.refine.text()
    dialog.latents.setChecked(True)
    dialog.refine.setChecked(True)
    assert dialog.request().refine and not dialog.request().latents
    assert not dialog.request().segmenter.multi_scale
    dialog.refine.setChecked(False)
    dialog.latents.setChecked(True)
    dialog.multi_scale.setChecked(True)
    assert dialog.request().segmenter.multi_scale and not dialog.request().latents
    coasting = replace(request, tracker=TrackerConfig(max_coast_s=0.5))
    other = AnnotateDialog(coasting, LABELS)
    qtbot.addWidget(other)
    assert not other.refine.isEnabled() and not other.multi_scale.isEnabled()


def test_the_rest_of_the_time_is_told(dialog: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    now_s = 100.0
    clock = SimpleNamespace(monotonic=lambda: now_s)
    monkeypatch.setattr("gui.window.annotate_dialog.time", clock)
    made = dialog()
    notes = []
    for done in (5, 10, 15, 290):
        made._show_progress(done, 305, "7 masks")
        notes.append(made._note.text())
        now_s += 5.0
    assert notes[1] == "Frame 10 of 305, 7 masks"
    assert notes[2] == "Frame 15 of 305, 7 masks, about 5 min left"
    assert notes[3].endswith(", less than a minute left")


# On a busy machine the end of an export takes long enough to be told.
@pytest.mark.may_log("finishing outputs")
@pytest.mark.parametrize("keeps", [True, False])
def test_ending_early_asks_whether_the_part_is_kept(
    dialog: Open,
    segmenter: Segmenter,
    clip: Path,
    tmp_path: Path,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
    keeps: bool,
) -> None:
    monkeypatch.setattr("gui.window.annotate_job.load_network", lambda *arguments: segmenter)
    request = AnnotateRequest(
        source=str(clip), segmenter=SegmenterChoice.of(segmenter.settings), formats=("csv",)
    )
    shown = dialog(request)
    shown.folder.setText(str(tmp_path / "out"))
    made: list[Path] = []
    told: list[Problem] = []
    shown.project_made.connect(made.append)
    shown.problem_found.connect(told.append)
    shown.start()
    assert shown.job is not None
    with qtbot.waitSignal(shown.job.progressed, timeout=60_000):
        pass
    shown.reject()
    box = shown.findChild(QMessageBox)
    assert box.defaultButton().text() == "Go on"
    button = next(b for b in box.buttons() if b.text() == ("Keep the part" if keeps else "Drop it"))
    with qtbot.waitSignal(shown.finished, timeout=600_000):
        button.click()
    left = [path for path in (tmp_path / "out").rglob("*") if path.is_file()]
    if keeps:
        assert made and told[-1].title == "A part of the video is annotated"
        with Project.open(made[0]) as project:
            assert project.status == "interrupted" and project.frame_count < 50
    else:
        assert not made and not left
