from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from PyQt5.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from blendmask_live.annotation import Project, RenameTrack
from blendmask_live.segmenting.segmenter import Segmenter
from gui.live.loading import NetworkChoice
from gui.window.annotate_dialog import AnnotateJob
from tests.gui.squares import write_squares


def test_annotating_again_keeps_a_project_that_was_edited(
    dressed: QApplication,
    segmenter: Segmenter,
    clip: Path,
    tmp_path: Path,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("gui.window.annotate_dialog.load_network", lambda *arguments: segmenter)
    video = tmp_path / "video.mp4"
    shutil.copy(clip, video)
    path = write_squares(video, tmp_path / "video.bml")
    with Project.open(path) as project:
        project.apply(RenameTrack(1, "an hour of work"))
    job = AnnotateJob(
        str(video),
        tmp_path,
        network=NetworkChoice(),
        settings=segmenter.settings,
        keep_latents=False,
    )
    with qtbot.waitSignal(job.finished, timeout=600_000) as finished:
        job.start()
    job.join()
    assert finished.args == [path, "video.1.bml"]
    with Project.open(tmp_path / "video.1.bml") as project:
        assert project.tracks[0].name == "an hour of work"
    with Project.open(path) as project:
        assert project.frame_count == 50 and not project.journal()
