"""Whatever is wrong: one line, exit code 1, nothing half-written."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest
from safetensors.numpy import save_file

from tests.capture.clips import ClipSpec, write_clip
from tests.cli.conftest import FAST, MakeClip, Run, files_in
from weights.registry import weights_path


def _text_file(path: Path) -> None:
    path.write_text("not a video\n" * 100)


def _without_index(path: Path) -> None:
    write_clip(path, ClipSpec())
    content = path.read_bytes()
    path.write_bytes(content[: content.index(b"moov")])


def _without_frames(path: Path) -> None:
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        container.mux(stream.encode())
        container.start_encoding()


def _audio_only(path: Path) -> None:
    write_clip(path, ClipSpec(has_audio=True, has_video=False))


def _nothing(path: Path) -> None:
    pass


@pytest.mark.parametrize(
    ("name", "make", "complaint"),
    [
        ("gone.mp4", _nothing, "no such file"),
        ("notes.mp4", _text_file, "expected a video file"),
        ("empty.mp4", Path.touch, "empty"),
        ("cut.mp4", _without_index, "expected a video file"),
        ("none.avi", _without_frames, "no video"),
        ("none.mp4", _without_frames, "expected a video stream, found none"),
        ("song.mp4", _audio_only, "only audio"),
        ("folder", Path.mkdir, "expected a folder of images"),
    ],
)
def test_source_that_is_no_video(
    annotate: Run,
    tmp_path: Path,
    name: str,
    make: Callable[[Path], None],
    complaint: str,
) -> None:
    make(tmp_path / name)
    refusal = annotate(tmp_path / name).refusal()
    assert complaint in refusal and name in refusal
    assert not (tmp_path / "out").exists()


def _damaged_weights(path: Path) -> None:
    path.write_bytes(weights_path("blendmask-lite").read_bytes()[:100_000])


def _noise(path: Path) -> None:
    path.write_bytes(bytes(range(256)) * 64)


def _weights_called(architecture: str | None) -> Callable[[Path], None]:
    def make(path: Path) -> None:
        metadata = None if architecture is None else {"architecture": architecture}
        save_file({"stem.weight": np.zeros((4, 4), np.float32)}, path, metadata=metadata)

    return make


@pytest.mark.parametrize(
    ("make", "complaint"),
    [
        (_nothing, "neither a weights file nor one of blendmask-lite"),
        (Path.touch, "not a readable safetensors file"),
        (_damaged_weights, "not a readable safetensors file"),
        (_noise, "not a readable safetensors file"),
        (_weights_called("mask-rcnn"), "holds mask-rcnn, expected blendmask-lite"),
        (_weights_called("blendmask-r50"), "description cannot be read"),
        (_weights_called(None), "holds an unnamed architecture, expected blendmask-lite"),
        (_weights_called("blendmask-lite"), "description cannot be read"),
    ],
)
def test_weights_that_do_not_fit(
    annotate: Run,
    clip: MakeClip,
    tmp_path: Path,
    make: Callable[[Path], None],
    complaint: str,
) -> None:
    path = tmp_path / "other.safetensors"
    make(path)
    refusal = annotate(clip(), "--weights", path).refusal()
    assert complaint in refusal and "other.safetensors" in refusal
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (["--classes", "person,unicorn"], "class 'unicorn' is not one of the network's"),
        (["--start", "60"], "start (60 s) lies after the end"),
        (["--start", "0.2", "--end", "0.1"], "must come after start"),
        (["--device", "cuda:99"], "device 'cuda:99'"),
    ],
)
def test_setting_that_cannot_be_used(
    annotate: Run, clip: MakeClip, tmp_path: Path, options: list[str], complaint: str
) -> None:
    assert complaint in annotate(clip(), *options).refusal()
    assert not (tmp_path / "out").exists()


def test_precision_that_the_runtime_lacks(annotate: Run, clip: MakeClip) -> None:
    pytest.importorskip("openvino")
    options = ["--runtime", "openvino", "--precision", "fp16"]
    assert "precision fp16" in annotate(clip(), *options).refusal()


@pytest.mark.parametrize("place", ["out", "out/clip"])
def test_file_in_the_place_of_the_output_folder_stays(
    annotate: Run, clip: MakeClip, tmp_path: Path, place: str
) -> None:
    blocker = tmp_path / place
    blocker.parent.mkdir(exist_ok=True)
    blocker.write_text("mine")
    assert "cannot be made" in annotate(clip(), "--overwrite").refusal()
    assert blocker.read_text() == "mine"


@pytest.mark.may_log("export overlay:", "export project:", "without overlay, project")
def test_output_without_room_on_the_disk_leaves_the_others_complete(
    run: Run, tmp_path: Path
) -> None:
    resource = pytest.importorskip("resource")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    options = ["--format", "csv,overlay", "--max-frames", "60", *FAST]
    # No file may grow beyond this: the system refuses as it would on a full disk.
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))
    try:
        outcome = run("demo", "-o", tmp_path / "out", *options)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert outcome.exit_code == 1
    assert "overlay: cannot be written: File too large" in outcome.refusal()
    left = files_in(tmp_path)
    assert "out/demo/csv/tracks.csv" in left
    assert not any("overlay" in name or "partial" in name for name in left)
    record = json.loads((tmp_path / "out/demo/run.json").read_text())
    assert record["status"] == "failed" and record["frames"] == 60
    assert record["outputs"].keys() == {"csv"}


def test_output_that_exists_is_kept_without_overwrite(
    annotate: Run, clip: MakeClip, tmp_path: Path
) -> None:
    path = clip()
    assert annotate(path, "--format", "csv").exit_code == 0
    frames = tmp_path / "out/clip/csv/frames.csv"
    frames.write_text("mine")
    before = files_in(tmp_path)
    assert "replace it with --overwrite" in annotate(path, "--format", "coco,csv").refusal()
    assert files_in(tmp_path) == before
    assert frames.read_text() == "mine"
    assert annotate(path, "--format", "csv", "--overwrite").exit_code == 0
    assert frames.read_text() != "mine"


def test_result_file_that_cannot_be_written_is_refused_before_the_work(
    annotate: Run, clip: MakeClip, tmp_path: Path
) -> None:
    refusal = annotate(clip(), "--json", tmp_path / "gone" / "result.json").refusal()
    assert "result.json: cannot be written" in refusal
    assert not (tmp_path / "out").exists()


def test_one_bad_source_does_not_stop_the_others(
    annotate: Run, clip: MakeClip, tmp_path: Path
) -> None:
    outcome = annotate(tmp_path / "gone.mp4", clip("good.mp4"), "--format", "csv")
    assert "gone.mp4: no such file" in outcome.refusal()
    assert (tmp_path / "out/good/csv/tracks.csv").exists()


def test_source_that_breaks_the_program_does_not_stop_the_others(
    annotate: Run, clip: MakeClip, tmp_path: Path
) -> None:
    earlier = tmp_path / "out/bad/run.json"
    earlier.parent.mkdir(parents=True)
    # Deeper than Python reads: an error that is none of ours.
    earlier.write_text("[" * 100_000)
    outcome = annotate(clip("bad.mp4"), clip("good.mp4"), "--format", "csv", "--resume")
    assert "RecursionError: " in outcome.refusal()
    assert (tmp_path / "out/good/csv/tracks.csv").exists()


def test_demo_keeps_what_is_not_its_own(run: Run, tmp_path: Path) -> None:
    mine = tmp_path / "demo/csv/mine.txt"
    mine.parent.mkdir(parents=True)
    mine.write_text("mine")
    command = ["demo", "-o", tmp_path, "--format", "csv", "--max-frames", "1", *FAST]
    assert "replace it with --overwrite" in run(*command).refusal()
    assert files_in(tmp_path) == ["demo/csv/mine.txt"]
    assert run(*command, "--overwrite").exit_code == 0
    assert not mine.exists()
    assert run(*command).exit_code == 0


def test_debug_shows_where_it_failed(annotate: Run) -> None:
    from blendmask_live.errors import SourceOpenError

    with pytest.raises(SourceOpenError):
        annotate("gone.mp4", "--debug")


def test_what_is_said_of_detections_is_refused_where_clicks_are_measured(
    run: Run, tmp_path: Path
) -> None:
    (tmp_path / "a.json").write_text("{}")
    data = ("--images", str(tmp_path), "--annotations", str(tmp_path / "a.json"))
    outcome = run("evaluate", "--task", "prompt", *data, "--multi-scale")
    assert outcome.exit_code == 1
    assert "leave out what is said of detections" in outcome.err
