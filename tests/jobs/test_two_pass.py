"""The main job in two passes."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from types import SimpleNamespace

import pytest

from blendmask_live.capture import open_source
from blendmask_live.errors import ConfigError, SourceReadError, StageFailed
from blendmask_live.jobs.annotate import annotate_video
from blendmask_live.pipeline import PipelineProgress
from blendmask_live.segmenting.segmenter import Segmenter
from tests.jobs.test_annotate_video import FORMATS, run_json


def rows(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / "csv" / name).open() as file:
        return list(csv.DictReader(file))


def test_two_passes_export_every_frame_and_leave_no_recording(
    segmenter: Segmenter, tmp_path: Path
) -> None:
    reports: list[PipelineProgress] = []
    result = annotate_video(
        "demo",
        tmp_path,
        formats=FORMATS,
        segmenter=segmenter,
        two_pass=True,
        stride=3,
        max_frames=30,
        report=lambda progress, total: reports.append(progress),
    )
    folder = tmp_path / "demo"
    assert result.status == "complete" and result.frames == 30
    assert len(rows(folder, "frames.csv")) == 30
    assert sorted(path.name for path in folder.iterdir()) == sorted(
        [*FORMATS, "run.json", "tracks.json"]
    )
    assert run_json(folder)["two_pass"] is True
    assert {"segment", "track", "export csv"} <= set(result.timings_ms)
    assert reports[0].is_first_of_two and not reports[-1].is_first_of_two


def test_tracks_json_agrees_with_the_table_of_masks(segmenter: Segmenter, tmp_path: Path) -> None:
    annotate_video("demo", tmp_path, formats=["csv"], segmenter=segmenter, max_frames=12)
    folder = tmp_path / "demo"
    masks = rows(folder, "tracks.csv")
    tracks = json.loads((folder / "tracks.json").read_text())["tracks"]
    assert tracks and {str(track["id"]) for track in tracks} == {row["track_id"] for row in masks}
    for track in tracks:
        own = [row for row in masks if row["track_id"] == str(track["id"])]
        assert track["frames_seen"] + track["frames_coasted"] == len(own)
        assert {row["class"] for row in own} == {track["class"]}
        assert track["first_s"] == pytest.approx(float(own[0]["pts_s"]), abs=1e-3)
        areas = [int(row["area_px"]) for row in own]
        assert track["mean_area_px"] == pytest.approx(sum(areas) / len(areas), abs=0.1)


@pytest.mark.may_log("interrupted: finishing the outputs of the frames seen so far")
def test_ctrl_c_in_the_first_pass_finishes_what_was_seen(
    segmenter: Segmenter, clip: Path, tmp_path: Path
) -> None:
    def interrupt(progress: PipelineProgress, total: int | None) -> None:
        if progress.is_first_of_two and progress.frames_done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        annotate_video(
            clip, tmp_path, formats=FORMATS, segmenter=segmenter, two_pass=True, report=interrupt
        )
    record = run_json(tmp_path / "clip")
    assert record["status"] == "interrupted"
    assert len(rows(tmp_path / "clip", "frames.csv")) == record["frames"] > 0


def test_ctrl_c_in_the_second_pass_leaves_readable_outputs(
    segmenter: Segmenter, tmp_path: Path
) -> None:
    def interrupt(progress: PipelineProgress, total: int | None) -> None:
        if not progress.is_first_of_two and progress.frames_done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        annotate_video(
            "demo",
            tmp_path,
            formats=FORMATS,
            segmenter=segmenter,
            two_pass=True,
            stride=3,
            max_frames=20,
            report=interrupt,
        )
    record = run_json(tmp_path / "demo")
    assert record["status"] == "interrupted"
    assert len(rows(tmp_path / "demo", "frames.csv")) == record["frames"] > 0
    assert sorted(path.name for path in (tmp_path / "demo").iterdir()) == sorted(
        [*FORMATS, "run.json", "tracks.json"]
    )


@pytest.mark.may_log("export first pass:")
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_disk_that_is_full_in_the_first_pass_is_an_error_and_leaves_nothing(
    segmenter: Segmenter, clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = SimpleNamespace(TemporaryFile=lambda dir: Path("/dev/full").open("w+b"))  # noqa: SIM115
    monkeypatch.setattr("tracking.frame_store.tempfile", full)
    with pytest.raises(StageFailed, match="free space in the output folder"):
        annotate_video(clip, tmp_path / "out", formats=FORMATS, segmenter=segmenter, two_pass=True)
    assert not (tmp_path / "out").exists()


def test_range_without_a_frame_is_an_error_and_leaves_nothing(
    segmenter: Segmenter, clip: Path, tmp_path: Path
) -> None:
    with pytest.raises(StageFailed, match="no frame in this range") as caught:
        annotate_video(
            clip,
            tmp_path / "out",
            formats=FORMATS,
            segmenter=segmenter,
            two_pass=True,
            start_s=0.01,
            end_s=0.02,
        )
    assert isinstance(caught.value.__cause__, SourceReadError)
    assert not (tmp_path / "out").exists()


def test_two_passes_need_tracks(segmenter: Segmenter, clip: Path, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no-track or two-pass"):
        annotate_video(clip, tmp_path / "out", segmenter=segmenter, two_pass=True, track=False)
    assert not (tmp_path / "out").exists()


def test_live_source_is_refused(
    segmenter: Segmenter, clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace

    source = open_source(clip)
    monkeypatch.setattr(source, "_info", replace(source.info, is_live=True), raising=False)
    with pytest.raises(ConfigError, match="live source cannot be read twice"):
        annotate_video(
            clip,
            tmp_path / "out",
            segmenter=segmenter,
            two_pass=True,
            opener=lambda *a, **k: source,
        )
