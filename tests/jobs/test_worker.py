"""The worker of other processes, with an address as output."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from blendmask_live.annotation import Project, RenameTrack
from blendmask_live.config import NetworkChoice, SegmenterChoice
from blendmask_live.jobs.request import AnnotateRequest
from blendmask_live.jobs.worker import AnnotateWorker

pytest.importorskip("fsspec", reason="an extra: pip install 'blendmask-live[ray]'")


@pytest.fixture
def request_(clip: Path, tmp_path: Path) -> AnnotateRequest:
    return AnnotateRequest(
        source=str(clip),
        output=f"file://{tmp_path / 'out'}",
        folder_name="clip",
        part=replace(AnnotateRequest(source="").part, max_frames=3),
        network=NetworkChoice(runtime="torch", threads=1),
        segmenter=SegmenterChoice(short_side=96, drop_duplicates=True),
        formats=("csv",),
    )


def run(request: AnnotateRequest) -> dict[str, object]:
    record: dict[str, object] = AnnotateWorker(request)(request, lambda done, total: None)
    return record


def test_what_is_not_of_a_run_stays_at_the_address(
    request_: AnnotateRequest, tmp_path: Path
) -> None:
    mine = tmp_path / "out/clip/mine.txt"
    mine.parent.mkdir(parents=True)
    mine.write_text("mine")
    assert run(request_)["status"] == "complete"
    assert run(replace(request_, overwrite=True))["status"] == "complete"
    assert mine.read_text() == "mine"
    assert sorted(path.name for path in mine.parent.iterdir()) == [
        "csv",
        "mine.txt",
        "run.json",
        "tracks.json",
    ]


@pytest.mark.parametrize("name", ["csv/mine.txt", "../clip.bml"])
def test_what_would_be_replaced_at_the_address_is_refused_before_the_work(
    request_: AnnotateRequest, tmp_path: Path, name: str
) -> None:
    mine = tmp_path / "out/clip" / name
    (tmp_path / "out/clip").mkdir(parents=True)
    mine.parent.mkdir(exist_ok=True)
    mine.write_text("mine")
    for request in (request_, replace(request_, resume=True)):
        record = run(request)
        assert record["status"] == "failed" and "exists already" in str(record["error"])
    assert mine.read_text() == "mine"


def test_an_edited_project_at_the_address_is_kept(
    request_: AnnotateRequest, tmp_path: Path
) -> None:
    run(request_)
    project = tmp_path / "out/clip.bml"
    assert run(request_)["status"] == "failed"
    with Project.open(project) as made:
        made.database.run("INSERT INTO tracks VALUES (77, '', 0)")
        made.apply(RenameTrack(77, "an hour of work"))
    part = replace(request_.part, max_frames=2)
    assert run(replace(request_, resume=True, part=part))["status"] == "complete"
    with Project.open(tmp_path / "out/clip.1.bml") as kept:
        assert kept.tracks[-1].name == "an hour of work"
    with Project.open(project) as new:
        assert new.frame_count == 2 and not new.journal()


def test_edits_in_the_log_of_a_killed_program_are_kept_at_the_address(
    request_: AnnotateRequest, tmp_path: Path
) -> None:
    run(request_)
    project, log = tmp_path / "out/clip.bml", tmp_path / "out/clip.bml-wal"
    with Project.open(project) as made:
        made.database.run("INSERT INTO tracks VALUES (77, '', 0)")
        made.apply(RenameTrack(77, "an hour of work"))
        as_killed = {path: path.read_bytes() for path in (project, log)}
    for path, content in as_killed.items():
        path.write_bytes(content)
    part = replace(request_.part, max_frames=2)
    assert run(replace(request_, resume=True, part=part))["status"] == "complete"
    assert not log.exists()
    with Project.open(project) as new:
        assert new.frame_count == 2 and not new.journal()
    with Project.open(tmp_path / "out/clip.1.bml") as kept:
        assert kept.tracks[-1].name == "an hour of work"


def test_a_copy_that_was_killed_is_made_again(request_: AnnotateRequest, tmp_path: Path) -> None:
    run(request_)
    folder = tmp_path / "out/clip"
    record = json.loads((folder / "run.json").read_text())
    (folder / ".unfinished-run.json").write_text(json.dumps({"input": record["input"]}))
    (folder / "run.json").unlink()
    resumed = replace(request_, resume=True)
    assert run(resumed).get("was_done") is None and (folder / "run.json").exists()
    assert run(resumed)["was_done"] is True
    assert not (folder / ".unfinished-run.json").exists()
