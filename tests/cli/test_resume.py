"""`annotate --resume` after whatever stopped the run before."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from blendmask_live.annotation import Project
from tests.capture.clips import ClipSpec
from tests.cli.conftest import FAST, MakeClip, Run, files_in

ROOT = Path(__file__).parents[2]
KILLED_BEFORE_RUN_JSON = """
import os, sys
from blendmask_live.jobs import running
running.write_run_json = lambda *arguments: os._exit(9)
from blendmask_live.cli import main
sys.exit(main(sys.argv[1:]))
"""


def killed_before_run_json(*arguments: str | Path) -> None:
    """Run a command that dies when all formats are there and run.json is not."""
    done = subprocess.run(
        [sys.executable, "-c", KILLED_BEFORE_RUN_JSON, *map(str, arguments), *FAST],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 9, done.stderr


def record_of(folder: Path) -> dict[str, object]:
    record: dict[str, object] = json.loads((folder / "run.json").read_text())
    return record


def settings_of(out: Path) -> object:
    return record_of(out)["range"]


@pytest.mark.parametrize("flags", [[], ["--no-project"]])
def test_a_run_that_was_killed_before_run_json_is_done_again(
    annotate: Run, clip: MakeClip, tmp_path: Path, flags: list[str]
) -> None:
    path = clip(spec=ClipSpec(frames=3))
    out = tmp_path / "out"
    killed_before_run_json("annotate", path, "-o", out, "--format", "csv", *flags)
    assert (out / "clip/csv/tracks.csv").exists() and not (out / "clip/run.json").exists()
    assert "exists already" in annotate(path, "--format", "csv", *flags).refusal()
    outcome = annotate(path, "--format", "csv", "--resume", *flags)
    assert (outcome.exit_code, outcome.err) == (0, "")
    assert record_of(out / "clip")["status"] == "complete"
    assert not [name for name in files_in(out) if "unfinished" in name]


def test_an_older_run_json_does_not_speak_of_a_killed_run(
    annotate: Run, clip: MakeClip, tmp_path: Path
) -> None:
    path, out = clip(), tmp_path / "out"
    assert annotate(path, "--format", "csv").exit_code == 0
    command = ["annotate", path, "-o", out, "--format", "csv", "--resume"]
    killed_before_run_json(*command, "--stride", "4")
    outcome = annotate(path, "--format", "csv", "--resume")
    assert outcome.exit_code == 0 and "skipped" not in outcome.err
    assert len((out / "clip/csv/frames.csv").read_text().splitlines()) == 13


def test_a_run_without_its_run_json_is_known_by_its_project(
    annotate: Run, clip: MakeClip, tmp_path: Path
) -> None:
    path, out = clip(spec=ClipSpec(frames=3)), tmp_path / "out"
    assert annotate(path, "--format", "csv").exit_code == 0
    (out / "clip/run.json").unlink()
    assert annotate(path, "--format", "csv", "--resume").exit_code == 0
    assert record_of(out / "clip")["frames"] == 3


def test_what_a_user_put_there_is_kept(annotate: Run, clip: MakeClip, tmp_path: Path) -> None:
    mine = tmp_path / "out/clip/csv/mine.txt"
    mine.parent.mkdir(parents=True)
    mine.write_text("mine")
    refusal = annotate(clip(), "--format", "csv", "--resume").refusal()
    assert "exists already" in refusal and mine.read_text() == "mine"


@pytest.mark.parametrize("has_run", [False, True])
def test_an_empty_project_is_in_nobodys_way(
    annotate: Run, clip: MakeClip, tmp_path: Path, has_run: bool
) -> None:
    path, project = clip(spec=ClipSpec(frames=3)), tmp_path / "out/clip.bml"
    if has_run:
        assert annotate(path, "--format", "csv").exit_code == 0
    project.parent.mkdir(exist_ok=True)
    project.write_bytes(b"")
    outcome = annotate(path, "--format", "csv", "--resume")
    assert (outcome.exit_code, outcome.err) == (0, "")
    with Project.open(project) as made:
        assert made.frame_count == 3
    assert [p.name for p in project.parent.glob("*.bml")] == ["clip.bml"]


def test_latents_that_are_missing_are_made(annotate: Run, clip: MakeClip, tmp_path: Path) -> None:
    path, project = clip(spec=ClipSpec(frames=3)), tmp_path / "out/clip.bml"
    assert annotate(path, "--format", "csv").exit_code == 0
    outcome = annotate(path, "--format", "csv", "--latents", "--resume")
    assert outcome.exit_code == 0 and "skipped" not in outcome.err
    with Project.open(project) as made:
        assert made.has_latents
    assert "skipped" in annotate(path, "--format", "csv", "--latents", "--resume").err
    assert "skipped" in annotate(path, "--format", "csv", "--resume").err


@pytest.mark.parametrize(
    ("flags", "is_skipped"), [([], True), (["--stride", "2"], False), (["--latents"], False)]
)
def test_runs_of_older_versions_are_understood(
    annotate: Run, clip: MakeClip, tmp_path: Path, flags: list[str], is_skipped: bool
) -> None:
    path, run_json = clip(spec=ClipSpec(frames=3)), tmp_path / "out/clip/run.json"
    assert annotate(path, "--format", "csv").exit_code == 0
    values = record_of(run_json.parent)
    # As it was before: without the request, and with the options that there were.
    del values["request"]
    options = values["options"]
    assert isinstance(options, dict)
    del options["matte"]
    run_json.write_text(json.dumps(values))
    outcome = annotate(path, "--format", "csv", "--resume", *flags)
    assert outcome.exit_code == 0
    assert ("skipped" in outcome.err) == is_skipped


def test_run_json_tells_what_was_asked_for(annotate: Run, clip: MakeClip, tmp_path: Path) -> None:
    assert annotate(clip(), "--format", "csv", "--max-frames", "2", "--coast", "0.2").exit_code == 0
    record = record_of(tmp_path / "out/clip")
    request = record["request"]
    assert isinstance(request, dict)
    assert request["part"]["max_frames"] == 2 and request["formats"] == ["csv"]
    assert request["tracker"]["max_coast_s"] == 0.2 and request["network"]["runtime"] == "torch"
    kept = {"input", "range", "segmenter", "tracker", "options", "weights", "runtime"}
    assert kept <= set(record)


@pytest.mark.parametrize("name", ["tracking.py", "weights.py"])
def test_a_file_of_the_users_that_hides_a_package_of_ours_is_named(
    tmp_path: Path, name: str
) -> None:
    (tmp_path / name).write_text("mine = 1\n")
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    for script in (
        "from blendmask_live import annotate_video",
        "import blendmask_live as b; b.annotate_video",
    ):
        done = subprocess.run(
            [sys.executable, "-c", script],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        last = done.stderr.splitlines()[-1]
        assert last.startswith("ImportError: ") and name in last and "another name" in last
    done = subprocess.run(
        [sys.executable, "-m", "blendmask_live", "annotate", "demo", "-o", "out"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1 and name in done.stderr and len(done.stderr.splitlines()) == 1
    done = subprocess.run(
        [sys.executable, "-c", "from blendmask_live import open_source; open_source('demo')"],
        cwd=tmp_path,
        env=environment,
        check=False,
    )
    assert done.returncode == 0
