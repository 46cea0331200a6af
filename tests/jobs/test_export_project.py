"""A project's exports are as those of the run that made it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from blendmask_live.annotation import Project, ProjectWriter
from blendmask_live.annotation.schema import MIGRATIONS
from blendmask_live.capture import open_source
from blendmask_live.capture.source import FrameSource
from blendmask_live.datatypes import (
    ColorInfo,
    Frame,
    Instances,
    TrackedFrame,
    TrackedInstances,
    TrackState,
)
from blendmask_live.errors import ExportError
from blendmask_live.export import EXPORTERS, ExportOptions, open_exporter
from blendmask_live.export.overlay_video import OverlayWriter
from blendmask_live.export.youtube_vis import YoutubeVisWriter
from blendmask_live.jobs.export_project import export_project
from blendmask_live.labels import COCO_NAMES
from tests.annotation.conftest import write_project
from tests.capture.clips import ClipSpec, corner_image, write_clip
from tests.export.sequences import MaskSequence, walkers

SPEC = ClipSpec(
    frames=8,
    width=160,
    height=128,
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
        assert (video.width, video.height) == (128, 160)
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


INTERLACED = ClipSpec(
    frames=12,
    width=96,
    height=96,
    has_audio=True,
    options={"x264-params": "tff=1:keyint=8:bframes=3", "qp": "4"},
    images=[corner_image(width=96, height=96)[:: 1 - 2 * (t // 2 % 2)] for t in range(12)],
)
SKY = 39


def open_clip(folder: Path) -> FrameSource:
    return open_source(write_clip(folder / "clip.mp4", SPEC))


def open_part(folder: Path) -> FrameSource:
    return open_source(write_clip(folder / "clip.mp4", SPEC), start_s=0.1, stride=2)


def open_hdr(folder: Path) -> FrameSource:
    spec = ClipSpec(frames=3, width=160, height=128, transfer=16, colorspace=9)
    return open_source(write_clip(folder / "clip.mp4", spec))


def open_fields(folder: Path) -> FrameSource:
    return open_source(write_clip(folder / "clip.mp4", INTERLACED), deinterlace=False)


def open_whole_pictures(folder: Path) -> FrameSource:
    return open_source(write_clip(folder / "clip.mp4", INTERLACED))


def open_pictures(folder: Path) -> FrameSource:
    (folder / "clip").mkdir()
    for number in range(4):
        Image.fromarray(corner_image(width=160, height=120)).save(folder / "clip" / f"{number}.png")
    return open_source(folder / "clip")


SOURCES = [open_clip, open_part, open_hdr, open_fields, open_whole_pictures, open_pictures]


def objects_in(frame: Frame) -> TrackedFrame:
    """Two objects and the stuff around them."""
    height, width = frame.size
    masks = np.zeros((2, height, width), dtype=bool)
    masks[0, 4 : height // 2, 3 : width // 2] = True
    masks[1, height // 3 : -2, width // 3 : -3 - frame.index] = True
    semantic = np.full((height, width), SKY, dtype=np.uint8)
    semantic[masks.any(axis=0)] = 0
    instances = replace(
        Instances.from_masks(masks, class_ids=[0, 2], scores=[0.7, 0.9]), semantic=semantic
    )
    states = (TrackState.CONFIRMED, TrackState.CONFIRMED)
    return TrackedFrame(frame, TrackedInstances(instances, np.array([7, 2]), states))


def files_in(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.mark.may_log("interlaced", "left out", "opens a file only", "PQ video")
@pytest.mark.parametrize("open_it", SOURCES)
@pytest.mark.parametrize("is_moved", [False, True])
def test_export_is_what_the_run_wrote(
    tmp_path: Path, open_it: Callable[[Path], FrameSource], is_moved: bool
) -> None:
    home = tmp_path / "here"
    home.mkdir()
    source = open_it(home)
    options = ExportOptions(frames="png")
    sinks = [
        open_exporter(
            name, tmp_path / "run" / name, source=source.info, labels=COCO_NAMES, options=options
        )
        for name in EXPORTERS
    ]
    writer = ProjectWriter(home / "clip.bml", source=source.info, labels=COCO_NAMES)
    while (frame := source.read()) is not None:
        for sink in (*sinks, writer):
            sink.write(objects_in(frame))
    source.close()
    for sink in (*sinks, writer):
        sink.close()
    if is_moved:
        home = home.rename(tmp_path / "there")
    with Project.open(home / "clip.bml") as kept:
        export_project(kept, tmp_path / "later", formats=tuple(EXPORTERS), options=options)
    first, later = files_in(tmp_path / "run"), files_in(tmp_path / "later" / "clip")
    assert first.keys() == later.keys()
    assert [name for name in first if first[name] != later[name]] == []
    assert '"id":39,"category_id":' in first["panoptic/panoptic.json"].decode()


def test_project_without_stuff_says_so(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = write_project(tmp_path / "clip.bml", walkers(2))
    with Project.open(path) as opened:
        export_project(opened, tmp_path / "out", formats=["panoptic"])
    assert [record.getMessage() for record in caplog.records] == [
        "clip.bml: holds objects alone, so panoptic outputs have no stuff; annotate with "
        "--panoptic and a network that tells stuff"
    ]


@pytest.mark.may_log("holds objects alone")
@pytest.mark.parametrize("read_only", [False, True])
def test_project_of_the_first_version_is_exported(tmp_path: Path, read_only: bool) -> None:
    path = write_project(tmp_path / "clip.bml", walkers(2))
    connection = sqlite3.connect(path)
    connection.executescript("DROP TABLE stuff; PRAGMA user_version = 1;")
    connection.close()
    with Project.open(path, read_only=read_only) as opened:
        export_project(opened, tmp_path / "out", formats=["panoptic"])
    connection = sqlite3.connect(path)
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    connection.close()
    assert version == (1 if read_only else len(MIGRATIONS))


@pytest.mark.may_log("frame 1: its map of stuff is damaged")
def test_damaged_stuff_costs_no_objects(tmp_path: Path) -> None:
    sequence = MaskSequence((120, 160), [[], [], []])
    writer = ProjectWriter(tmp_path / "clip.bml", source=sequence.source(), labels=sequence.labels)
    for tracked in sequence.tracked_frames():
        writer.write(objects_in(tracked.frame))
    writer.close()
    with Project.open(tmp_path / "clip.bml") as kept:
        kept.database.run("UPDATE stuff SET classes = X'00' WHERE frame = 1")
        export_project(kept, tmp_path / "out", formats=["panoptic"])
    content = json.loads((tmp_path / "out/clip/panoptic/panoptic.json").read_text())
    assert [len(a["segments_info"]) for a in content["annotations"]] == [3, 2, 3]
