"""A project's exports are as those of the run that made it."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from blendmask_live.annotation import Project, ProjectWriter
from blendmask_live.capture import open_source
from blendmask_live.datatypes import ColorInfo, Instances, TrackedFrame, TrackedInstances
from blendmask_live.errors import ExportError
from blendmask_live.export.overlay_video import OverlayWriter
from blendmask_live.export.youtube_vis import YoutubeVisWriter
from blendmask_live.jobs.export_project import export_project
from tests.annotation.conftest import write_project
from tests.capture.clips import ClipSpec, write_clip
from tests.export.sequences import walkers

SPEC = ClipSpec(
    frames=8,
    has_audio=True,
    rotation_ccw_deg=-90,
    colorspace=1,
    color_range=2,
    pixel_aspect=Fraction(16, 11),
)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Of an upright film with sound and wide pixels, full range of values."""
    folder = tmp_path / "here"
    folder.mkdir()
    source = open_source(write_clip(folder / "clip.mp4", SPEC))
    path = folder / "clip.bml"
    writer = ProjectWriter(path, source=source.info, labels=("thing",))
    while (frame := source.read()) is not None:
        nothing = Instances.empty(frame.size, labels=("thing",))
        tracked = TrackedInstances(nothing, np.zeros(0, dtype=np.int64), ())
        writer.write(TrackedFrame(frame, tracked))
    source.close()
    writer.close()
    return path


def test_project_keeps_what_its_source_is(project: Path) -> None:
    opened = open_source(project.with_suffix(".mp4"))
    opened.close()
    with Project.open(project) as kept:
        assert kept.source == opened.info
    assert kept.source.color == ColorInfo(1, 2, 2, full_range=True)
    assert kept.source.pixel_aspect == Fraction(11, 16)


@pytest.mark.parametrize("is_moved", [False, True])
def test_export_has_sound_shape_and_colours_of_the_source(
    project: Path, tmp_path: Path, is_moved: bool
) -> None:
    if is_moved:
        project = project.parent.rename(tmp_path / "there") / project.name
    with Project.open(project) as opened:
        files = export_project(opened, tmp_path / "out", formats=["overlay"])
    with av.open(str(next(f for f in files["overlay"] if f.suffix == ".mp4"))) as container:
        assert sum(1 for p in container.demux(audio=0) if p.size) > 5
        video = container.streams.video[0]
        assert (video.width, video.height) == (48, 64)
        assert video.sample_aspect_ratio == Fraction(11, 16)
        codec = video.codec_context
        assert (codec.colorspace, codec.color_range) == (1, 2)


@pytest.mark.may_log("export overlay:")
def test_format_that_fails_ends_alone(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*arguments: object) -> str:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(OverlayWriter, "add", refuse)
    with (
        Project.open(project) as opened,
        pytest.raises(ExportError, match="overlay: cannot be written"),
    ):
        export_project(opened, tmp_path / "out", formats=["overlay", "csv"])
    assert [path.name for path in (tmp_path / "out" / "clip").iterdir()] == ["csv"]
    assert len((tmp_path / "out" / "clip" / "csv" / "frames.csv").read_text().splitlines()) == 9


@pytest.mark.may_log("export youtube-vis:")
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
