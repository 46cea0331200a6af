"""The main job as a function: how it ends, whatever ends it."""

from __future__ import annotations

import csv
import errno
import gc
import hashlib
import json
import os
import time
from pathlib import Path
from typing import Any, NoReturn

import pytest

from blendmask_live.annotation import Project
from blendmask_live.errors import ConfigError, SourceReadError, StageFailed
from blendmask_live.export.staging import StagedFolder
from blendmask_live.export.track_csv import TrackCsvWriter
from blendmask_live.jobs import annotate
from blendmask_live.jobs.annotate import annotate_video
from blendmask_live.pipeline import Pipeline, PipelineProgress
from blendmask_live.segmenting.segmenter import Segmenter, load_segmenter
from weights.registry import weights_path

FORMATS = ("csv", "youtube-vis")


def run_json(folder: Path) -> dict[str, Any]:
    values: dict[str, Any] = json.loads((folder / "run.json").read_text())
    return values


class ReportThatRaises:
    """Raises once frames are done."""

    def __init__(self, error: BaseException) -> None:
        self.error = error

    def __call__(self, progress: PipelineProgress, total: int | None) -> None:
        if progress.frames_done:
            raise self.error


@pytest.mark.parametrize("error", [KeyboardInterrupt(), BrokenPipeError("nobody reads")])
def test_whatever_the_report_raises_ends_the_run_with_readable_outputs(
    segmenter: Segmenter, clip: Path, tmp_path: Path, error: BaseException
) -> None:
    with pytest.raises(type(error)) as caught:
        annotate_video(
            clip,
            tmp_path / "out",
            formats=FORMATS,
            segmenter=segmenter,
            report=ReportThatRaises(error),
        )
    assert caught.value is error
    folder = tmp_path / "out" / "clip"
    record = run_json(folder)
    assert record["status"] == "interrupted"
    with (folder / "csv" / "frames.csv").open() as file:
        assert len(list(csv.DictReader(file))) == record["frames"] > 0
    assert sorted(path.name for path in folder.iterdir()) == [
        "csv",
        "run.json",
        "tracks.json",
        "youtube-vis",
    ]


@pytest.fixture
def full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk takes csv, and no other format."""
    commit = StagedFolder.commit

    def commit_if_first(staged: StagedFolder) -> tuple[Path, ...]:
        if staged.final.name == "csv":
            return commit(staged)
        deadline_s = time.monotonic() + 60
        while not staged.final.with_name("csv").exists() and time.monotonic() < deadline_s:
            time.sleep(0.01)
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(StagedFolder, "commit", commit_if_first)


@pytest.mark.may_log("export youtube-vis:", "without youtube-vis")
@pytest.mark.usefixtures("full_disk")
@pytest.mark.may_log("holds what was done until the failure, see run.json")
def test_disk_that_fills_up_while_outputs_are_completed_leaves_a_record_of_those_that_are(
    segmenter: Segmenter, clip: Path, tmp_path: Path
) -> None:
    with pytest.raises(StageFailed, match="No space left"):
        annotate_video(clip, tmp_path / "out", formats=FORMATS, segmenter=segmenter, project=False)
    folder = tmp_path / "out" / "clip"
    record = run_json(folder)
    assert record["status"] == "failed" and record["frames"] == 40
    assert record["outputs"] == {"csv": {"folder": "csv", "files": 2}}
    assert sorted(path.name for path in folder.iterdir()) == ["csv", "run.json", "tracks.json"]


def test_format_that_fails_on_the_way_ends_alone(
    segmenter: Segmenter,
    clip: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def refuse(self: object, number: int, tracked_frame: object) -> NoReturn:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(TrackCsvWriter, "add", refuse)
    with pytest.raises(StageFailed, match="csv: cannot be written"):
        annotate_video(clip, tmp_path / "out", formats=FORMATS, segmenter=segmenter)
    folder = tmp_path / "out" / "clip"
    record = run_json(folder)
    assert record["status"] == "failed" and record["outputs"].keys() == {"youtube-vis"}
    instances = json.loads((folder / "youtube-vis" / "instances.json").read_text())
    assert instances["videos"][0]["length"] == record["frames"] == 40
    with Project.open(folder.with_suffix(".bml")) as project:
        assert project.frame_count == 40
    assert "without csv, which failed; the rest is complete" in caplog.text


@pytest.mark.may_log("export youtube-vis:", "without youtube-vis")
@pytest.mark.usefixtures("full_disk")
@pytest.mark.may_log("holds what was done until the failure, see run.json")
def test_disk_that_fills_up_after_ctrl_c_is_told_and_the_outputs_are_known_as_parts(
    segmenter: Segmenter, clip: Path, tmp_path: Path
) -> None:
    with pytest.raises(StageFailed, match="No space left"):
        annotate_video(
            clip,
            tmp_path / "out",
            formats=FORMATS,
            segmenter=segmenter,
            project=False,
            report=ReportThatRaises(KeyboardInterrupt()),
        )
    record = run_json(tmp_path / "out" / "clip")
    assert record["status"] == "interrupted" and record["outputs"].keys() == {"csv"}


def test_one_format_in_place_of_a_list_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"'csv': expected a list of names, as in \['csv'\]"):
        annotate_video("demo", tmp_path, formats="csv")


def test_ctrl_c_before_the_run_leaves_nothing(
    segmenter: Segmenter, clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*arguments: object) -> NoReturn:
        raise KeyboardInterrupt

    # Made when the exporters have their temporary folders already.
    monkeypatch.setattr(annotate, "MaskTracker", interrupt)
    with pytest.raises(KeyboardInterrupt):
        annotate_video(clip, tmp_path / "out", formats=FORMATS, segmenter=segmenter)
    assert not (tmp_path / "out").exists()


def test_range_without_a_frame_is_an_error_and_leaves_nothing(
    segmenter: Segmenter, clip: Path, tmp_path: Path
) -> None:
    with pytest.raises(StageFailed, match="no frame in this range") as caught:
        annotate_video(
            clip, tmp_path / "out", formats=FORMATS, segmenter=segmenter, start_s=0.01, end_s=0.02
        )
    assert isinstance(caught.value.__cause__, SourceReadError)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("existing", ["", "out", "out/clip"])
def test_failed_run_leaves_the_folders_that_were_there_and_no_other(
    segmenter: Segmenter,
    clip: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    existing: str,
) -> None:
    def break_down(*arguments: object) -> NoReturn:
        raise RuntimeError("out of memory")

    (tmp_path / existing).mkdir(parents=True, exist_ok=True)
    before = sorted(tmp_path.rglob("*"))
    monkeypatch.setattr(Segmenter, "segment", break_down)
    with pytest.raises(StageFailed, match="segment failed: out of memory"):
        annotate_video(clip, tmp_path / "out", formats=FORMATS, segmenter=segmenter)
    assert sorted(tmp_path.rglob("*")) == before


def test_run_json_tells_the_score_asked_for_and_the_faint_one(
    segmenter: Segmenter, clip: Path, tmp_path: Path
) -> None:
    result = annotate_video(
        clip, tmp_path / "a", formats=["csv"], segmenter=segmenter, max_frames=1
    )
    record = run_json(result.folder)
    assert record["segmenter"]["score_threshold"] == 0.35
    assert record["faint_score"] == pytest.approx(0.21)
    result = annotate_video(
        clip, tmp_path / "b", formats=["csv"], segmenter=segmenter, max_frames=1, track=False
    )
    record = run_json(result.folder)
    assert record["segmenter"]["score_threshold"] == record["faint_score"] == 0.35


def test_run_json_has_the_checksum_of_the_weights_as_they_were_loaded(
    clip: Path, tmp_path: Path
) -> None:
    content = weights_path("blendmask-lite").read_bytes()
    path = tmp_path / "mine.safetensors"
    path.write_bytes(content)
    segmenter = load_segmenter(path, runtime="torch", threads=1, short_side=96)
    path.unlink()
    result = annotate_video(clip, tmp_path, formats=["csv"], segmenter=segmenter, max_frames=1)
    assert run_json(result.folder)["weights"] == {
        "file": "mine.safetensors",
        "sha256": hashlib.sha256(content).hexdigest(),
    }


def test_what_earlier_runs_needed_is_gone_when_a_new_one_begins(
    tmp_path: Path, segmenter: Segmenter
) -> None:
    def pipelines() -> int:
        return sum(type(thing) is Pipeline for thing in gc.get_objects())

    gc.collect()
    before, alive = pipelines(), list[int]()
    gc.disable()
    try:
        for number in range(3):
            out = tmp_path / str(number)
            annotate_video("demo", out, segmenter=segmenter, max_frames=1, formats=["csv"])
            alive.append(pipelines() - before)
    finally:
        gc.enable()
    assert max(alive) <= 1
