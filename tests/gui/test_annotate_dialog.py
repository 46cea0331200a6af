from __future__ import annotations

from pathlib import Path

import pytest
from PyQt5.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from blendmask_live.annotation import Project, RenameTrack
from blendmask_live.segmenter import Segmenter
from gui.annotate_dialog import AnnotateJob
from gui.loading import NetworkChoice
from tests.gui.squares import write_squares


def test_annotating_again_keeps_a_project_that_was_edited(
    dressed: QApplication,
    segmenter: Segmenter,
    clip: Path,
    tmp_path: Path,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("gui.annotate_dialog.load_network", lambda *arguments: segmenter)
    path = write_squares(clip, tmp_path / f"{clip.stem}.bml")
    with Project.open(path) as project:
        project.apply(RenameTrack(1, "an hour of work"))
    job = AnnotateJob(
        str(clip),
        tmp_path,
        network=NetworkChoice(),
        settings=segmenter.settings,
        keep_latents=False,
    )
    with qtbot.waitSignal(job.finished, timeout=60_000) as finished:
        job.start()
    job.join()
    assert finished.args == [path, f"{clip.stem}.1.bml"]
    with Project.open(tmp_path / f"{clip.stem}.1.bml") as project:
        assert project.tracks[0].name == "an hour of work"
    with Project.open(path) as project:
        assert project.frame_count == 50 and not project.journal()
