"""The main job from the command line: ranges, results, resuming, interruption."""

from __future__ import annotations

import csv
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import av
import pytest

from blendmask_live.capture.demo import DemoSource
from blendmask_live.importing.frames_csv import frames_csv
from tests.capture.clips import ClipSpec
from tests.cli.conftest import FAST, MakeClip, Run, files_in

ROOT = Path(__file__).parents[2]


def _source_indices(csv_folder: Path) -> list[int]:
    with frames_csv(csv_folder).open() as file:
        return [int(row["source_index"]) for row in csv.DictReader(file)]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ([], list(range(12))),
        (["--stride", "5"], [0, 5, 10]),
        (["--max-frames", "2"], [0, 1]),
        (["--start", "0.2", "--end", "00:00:00.32"], [5, 6, 7]),
        (["--start", "0.2", "--stride", "2", "--max-frames", "2"], [5, 7]),
    ],
)
def test_asked_for_frames_are_annotated(
    annotate: Run, clip: MakeClip, tmp_path: Path, options: list[str], expected: list[int]
) -> None:
    assert annotate(clip(), "--format", "csv", *options).exit_code == 0
    assert _source_indices(tmp_path / "out/clip/csv") == expected


def test_default_formats_and_summary(annotate: Run, clip: MakeClip, tmp_path: Path) -> None:
    outcome = annotate(clip(), "--max-frames", "3")
    assert outcome.exit_code == 0 and outcome.err == ""
    assert outcome.out.startswith("3 frames, ")
    assert str(tmp_path / "out/clip/overlay") in outcome.out
    folders = {name.split("/")[0] for name in files_in(tmp_path / "out/clip")}
    assert folders == {"overlay", "youtube-vis", "csv", "run.json", "tracks.json"}


def test_format_named_twice_is_made_once(annotate: Run, clip: MakeClip, tmp_path: Path) -> None:
    assert annotate(clip(), "--format", "csv,csv").exit_code == 0
    run_json = json.loads((tmp_path / "out/clip/run.json").read_text())
    assert run_json["outputs"] == {"csv": {"folder": "csv", "files": 2}}
    assert not [name for name in files_in(tmp_path / "out") if "partial" in name]


def test_quiet_prints_nothing(annotate: Run, clip: MakeClip) -> None:
    outcome = annotate(clip(), "--format", "csv", "--quiet")
    assert (outcome.exit_code, outcome.out, outcome.err) == (0, "", "")


def test_demo_finds_person_and_cat(run: Run, tmp_path: Path) -> None:
    options = ["--runtime", "torch", "--threads", "1", "--format", "csv", "--max-frames", "8"]
    assert run("demo", "-o", tmp_path, *options).exit_code == 0
    with (tmp_path / "demo/csv/tracks.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert {"person", "cat"} <= {row["class"] for row in rows}
    assert len({row["frame"] for row in rows}) == 8


def test_demo_comes_with_its_clip_and_exact_masks(run: Run, tmp_path: Path) -> None:
    options = ["--format", "csv", "--start", "1", "--stride", "3", "--max-frames", "4", *FAST]
    result_file = tmp_path / "result.json"
    outcome = run("demo", "-o", tmp_path, *options, "--rle", "compressed", "--json", result_file)
    assert (outcome.exit_code, outcome.err) == (0, "")
    assert json.loads(result_file.read_text())["clip"] in outcome.out
    with av.open(str(tmp_path / "demo/clip/demo.mp4")) as container:
        times = [frame.time for frame in container.decode(video=0)]
    assert times == pytest.approx([0.0, 0.1, 0.2, 0.3])
    truth = DemoSource().truth(33)
    folder = tmp_path / "demo/groundtruth"
    assert _source_indices(folder / "youtube-vis") == [30, 33, 36, 39]
    content = json.loads((folder / "youtube-vis/instances.json").read_text())
    found = {a["track_id"]: a["segmentations"][1]["counts"] for a in content["annotations"]}
    expected = dict(zip(truth.track_ids.tolist(), truth.instances.rles(), strict=True))
    assert {i: text.encode() for i, text in found.items()} == {
        i: rle["counts"] for i, rle in expected.items()
    }
    lines = (folder / "mots/gt/gt.txt").read_text().splitlines()
    people = truth.instances.class_names.count("person")
    assert people and sum(line.startswith("2 ") for line in lines) == people


def test_only_the_asked_for_classes_are_reported(run: Run, tmp_path: Path) -> None:
    options = ["--runtime", "torch", "--threads", "1", "--format", "csv", "--max-frames", "4"]
    assert run("demo", "-o", tmp_path, *options, "--classes", "cat").exit_code == 0
    with (tmp_path / "demo/csv/tracks.csv").open() as file:
        assert {row["class"] for row in csv.DictReader(file)} == {"cat"}


def test_without_tracking_every_detection_has_its_own_id(run: Run, tmp_path: Path) -> None:
    options = ["--runtime", "torch", "--threads", "1", "--format", "csv", "--max-frames", "2"]
    assert run("demo", "-o", tmp_path, *options, "--no-track").exit_code == 0
    with (tmp_path / "demo/csv/tracks.csv").open() as file:
        ids = [row["track_id"] for row in csv.DictReader(file)]
    assert ids and len(set(ids)) == len(ids)


def test_json_result_tells_what_was_done(annotate: Run, clip: MakeClip, tmp_path: Path) -> None:
    first, second = clip("a.mp4"), clip("b.mp4", ClipSpec(frames=3))
    result_file = tmp_path / "result.json"
    outcome = annotate(first, second, tmp_path / "gone.mp4", "--json", result_file)
    assert outcome.exit_code == 1
    done, short, failed = json.loads(result_file.read_text())["results"]
    assert (done["status"], done["frames"], short["frames"]) == ("complete", 12, 3)
    assert set(done["outputs"]) == {"overlay", "youtube-vis", "csv"}
    assert (Path(done["folder"]) / done["outputs"]["csv"]["folder"] / "tracks.csv").is_file()
    assert done["runtime"] == {"name": "torch", "device": "cpu", "precision": "fp32"}
    assert done["segmenter"]["short_side"] == 96
    assert len(done["weights"]["sha256"]) == 64
    assert {"python", "torch", "av"} <= set(done["versions"])
    assert {"p50", "p99"} <= set(done["timings_ms"]["segment"])
    assert failed["status"] == "failed" and "no such file" in failed["error"]


def test_sources_of_one_name_get_folders_of_their_own(
    annotate: Run, clip: MakeClip, tmp_path: Path
) -> None:
    (tmp_path / "other").mkdir()
    paths = clip("a.mp4"), clip("other/a.mp4", ClipSpec(frames=2))
    assert annotate(*paths, "--format", "csv").exit_code == 0
    assert _source_indices(tmp_path / "out/a-2/csv") == [0, 1]


def test_resume_skips_what_is_complete_and_redoes_the_rest(
    annotate: Run, clip: MakeClip, tmp_path: Path
) -> None:
    first, second = clip("a.mp4"), clip("b.mp4")
    assert annotate(first, second, "--format", "csv").exit_code == 0
    kept = (tmp_path / "out/a/csv/tracks.csv").stat().st_ino
    interrupted = tmp_path / "out/b/run.json"
    values = json.loads(interrupted.read_text()) | {"status": "interrupted"}
    interrupted.write_text(json.dumps(values))
    outcome = annotate(first, second, "--format", "csv", "--resume")
    assert outcome.exit_code == 0
    assert "a.mp4: complete already, skipped" in outcome.err
    assert "b.mp4" not in outcome.err
    assert (tmp_path / "out/a/csv/tracks.csv").stat().st_ino == kept
    assert json.loads(interrupted.read_text())["status"] == "complete"


@pytest.mark.parametrize(
    "options",
    [["--stride", "2"], ["--score", "0.5"], ["--no-track"], ["--mask-size", "28"]],
)
def test_resume_redoes_what_was_done_otherwise(
    annotate: Run, clip: MakeClip, options: list[str]
) -> None:
    path = clip()
    assert annotate(path, "--format", "csv").exit_code == 0
    outcome = annotate(path, "--format", "csv", "--resume", *options)
    assert outcome.exit_code == 0 and "skipped" not in outcome.err
    assert "skipped" in annotate(path, "--format", "csv", "--resume", *options).err


def test_resume_redoes_what_changed_or_is_gone(
    annotate: Run, clip: MakeClip, tmp_path: Path
) -> None:
    assert annotate(clip(), "--format", "csv").exit_code == 0
    path = clip(spec=ClipSpec(frames=3))
    assert "skipped" not in annotate(path, "--format", "csv", "--resume").err
    assert _source_indices(tmp_path / "out/clip/csv") == [0, 1, 2]
    shutil.rmtree(tmp_path / "out/clip/csv")
    assert "skipped" not in annotate(path, "--format", "csv", "--resume").err
    assert _source_indices(tmp_path / "out/clip/csv") == [0, 1, 2]


def test_resume_redoes_formats_of_an_older_run(
    annotate: Run, clip: MakeClip, tmp_path: Path
) -> None:
    path = clip()
    assert annotate(path, "--format", "csv,coco").exit_code == 0
    assert annotate(path, "--format", "csv", "--stride", "4", "--resume").exit_code == 0
    outcome = annotate(path, "--format", "csv,coco", "--stride", "4", "--resume")
    assert "skipped" not in outcome.err
    assert _source_indices(tmp_path / "out/clip/coco") == [0, 4, 8]


@pytest.mark.parametrize("flags", [[], ["--resume"]])
def test_outputs_of_another_source_are_kept_apart(
    annotate: Run, clip: MakeClip, tmp_path: Path, flags: list[str]
) -> None:
    (tmp_path / "other").mkdir()
    assert annotate(clip(), "--format", "csv").exit_code == 0
    other = clip("other/clip.mp4", ClipSpec(frames=2))
    before = (tmp_path / "out/clip/run.json").read_bytes()
    refusal = annotate(other, "--format", "coco", *flags).refusal()
    assert f"{tmp_path}/clip.mp4" in refusal and str(other) in refusal
    assert "choose another output folder" in refusal
    assert (tmp_path / "out/clip/run.json").read_bytes() == before


def test_resume_tells_sources_apart_by_where_they_are(
    annotate: Run, clip: MakeClip, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, other = clip(), tmp_path / "other"
    assert annotate(path, "--format", "csv").exit_code == 0
    monkeypatch.chdir(tmp_path)
    assert "skipped" in annotate("clip.mp4", "--format", "csv", "--resume").err
    other.mkdir()
    clip("other/clip.mp4", ClipSpec(frames=2))
    monkeypatch.chdir(other)
    refusal = annotate("clip.mp4", "--format", "csv", "--resume").refusal()
    assert "not of clip.mp4" in refusal


def test_long_names_are_cut_for_the_outputs(annotate: Run, clip: MakeClip, tmp_path: Path) -> None:
    path = clip(f"{'東' * 80}.mp4", ClipSpec(frames=2))
    assert annotate(path, "--format", "csv").exit_code == 0
    assert (tmp_path / "out" / ("東" * 40) / "csv" / "tracks.csv").is_file()
    assert "File name too long" in annotate("x" * 300, "--format", "csv").refusal()


def test_source_given_twice_is_annotated_once(
    annotate: Run, clip: MakeClip, tmp_path: Path
) -> None:
    path = clip()
    again = tmp_path / "out" / ".." / "clip.mp4"
    (tmp_path / "out").mkdir()
    outcome = annotate(path, again, "--format", "csv")
    assert outcome.exit_code == 0
    assert f"{again}: given more than once, annotated once" in outcome.err
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == ["clip", "clip.bml"]


def test_resume_makes_formats_that_are_missing(
    annotate: Run, clip: MakeClip, tmp_path: Path
) -> None:
    path = clip()
    assert annotate(path, "--format", "csv").exit_code == 0
    assert annotate(path, "--format", "csv,coco", "--resume").exit_code == 0
    assert (tmp_path / "out/clip/coco/instances.json").is_file()


def _wait_until(process: subprocess.Popen[str], condition: Callable[[], bool]) -> None:
    while not condition():
        try:
            process.wait(timeout=0.05)
        except subprocess.TimeoutExpired:
            continue
        pytest.fail(f"ended early with {process.returncode}: {process.stderr.read()}")


@pytest.mark.skipif(os.name == "nt", reason="needs POSIX signals")
def test_interrupted_run_leaves_readable_outputs(tmp_path: Path) -> None:
    out = tmp_path / "demo"
    result_file = tmp_path / "result.json"
    command = ["main.py", "demo", "-o", str(tmp_path), "--json", str(result_file)]
    with subprocess.Popen(
        [sys.executable, *command, *FAST],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        _wait_until(process, lambda: any(v.stat().st_size > 1000 for v in out.glob("*/*.mp4")))
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate()
    assert process.returncode == 130
    *before, last = errors.splitlines()
    assert last == "interrupted; what was finished is kept"
    # What takes seconds, as on a busy machine, is told.
    assert all("/300 " in line or "finishing outputs" in line for line in before)
    run = json.loads((out / "run.json").read_text())
    assert run["status"] == "interrupted"
    assert json.loads(result_file.read_text())["frames"] == run["frames"]
    assert 0 < run["frames"] < 300
    with av.open(str(out / "overlay/overlay.mp4")) as container:
        assert sum(1 for _ in container.decode(video=0)) == run["frames"]
    instances = json.loads((out / "youtube-vis/instances.json").read_text())
    assert instances["videos"][0]["length"] == run["frames"]
    assert _source_indices(out / "csv") == list(range(run["frames"]))
    assert not [name for name in files_in(out) if ".partial" in name]
    assert json.loads(result_file.read_text())["status"] == "interrupted"


def test_jobs_at_once_make_what_jobs_in_turn_make(
    annotate: Run, clip: MakeClip, tmp_path: Path
) -> None:
    clip("a.mp4")
    clip("b.mp4", ClipSpec(frames=2))
    (tmp_path / "list.txt").write_text("# our clips\na.mp4\n\nb.mp4\nabsent.mp4\n")
    outcome = annotate(f"@{tmp_path / 'list.txt'}", "--format", "csv")
    assert outcome.exit_code == 1
    before = {name: _source_indices(tmp_path / f"out/{name}/csv") for name in ("a", "b")}
    table = (tmp_path / "out/a/csv/tracks.csv").read_text()
    outcome = annotate(f"@{tmp_path / 'list.txt'}", "--format", "csv", "--jobs", "2", "--overwrite")
    assert outcome.exit_code == 1
    assert "complete" in outcome.out and "no such file or" in outcome.out
    (line,) = outcome.err.splitlines()
    assert line.startswith("error: ") and "absent.mp4: no such file or folder" in line
    after = {name: _source_indices(tmp_path / f"out/{name}/csv") for name in ("a", "b")}
    assert after == before and (tmp_path / "out/a/csv/tracks.csv").read_text() == table
    assert "names no source" in annotate("@/dev/null").refusal()


def test_a_list_of_one_tells_what_came_of_it_also_with_jobs(
    annotate: Run, clip: MakeClip, tmp_path: Path
) -> None:
    clip("a.mp4", ClipSpec(frames=2))
    (tmp_path / "list.txt").write_text("a.mp4\n")
    outcome = annotate(f"@{tmp_path / 'list.txt'}", "--format", "csv", "--jobs", "2")
    assert outcome.exit_code == 0
    assert outcome.out.startswith("2 frames, ") and "out/a/csv/tracks.csv" in outcome.out
