"""Exports of a project that cannot all be completed."""

from __future__ import annotations

from pathlib import Path

import pytest

from blendmask_live.annotation import Project
from blendmask_live.errors import ExportError
from blendmask_live.export.youtube_vis import YoutubeVisWriter
from blendmask_live.jobs.export_project import export_project
from tests.annotation.conftest import write_project
from tests.export.sequences import walkers


@pytest.mark.parametrize("error", [OSError(28, "No space left"), RuntimeError("a mistake")])
def test_a_format_that_cannot_be_completed_takes_no_other_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def fail(writer: YoutubeVisWriter) -> None:
        raise error

    monkeypatch.setattr(YoutubeVisWriter, "finish", fail)
    path = write_project(tmp_path / "clip.bml", walkers(4))
    with Project.open(path) as project, pytest.raises((ExportError, RuntimeError)):
        export_project(project, tmp_path / "out", formats=["csv", "youtube-vis", "mots"])
    assert sorted(file.name for file in (tmp_path / "out/clip").iterdir()) == ["csv", "mots"]
