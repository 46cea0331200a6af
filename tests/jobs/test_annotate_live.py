"""The main job on a live stream: told what happens, and nothing that was seen is lost."""

from __future__ import annotations

import csv
import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from blendmask_live.datatypes import Instances
from blendmask_live.errors import StageFailed
from blendmask_live.jobs.annotate import annotate_video
from blendmask_live.pipeline import PipelineProgress
from blendmask_live.segmenting.segmenter import Segmenter
from tests.capture.clips import ClipSpec
from tests.capture.servers import Sender, encoded_chunks, sender

FORMATS = ("csv", "youtube-vis")
CHUNKS = encoded_chunks(ClipSpec(frames=40, options={"tune": "zerolatency", "g": "10"}))


@pytest.fixture
def stream() -> Iterator[str]:
    """The address of a stream that never ends."""
    with sender(lambda number, me: _paced(me, rounds=1000)) as server:
        yield f"tcp://user:secret@127.0.0.1:{server.port}"


def _paced(me: Sender, *, rounds: int) -> Iterator[bytes]:
    for chunk in CHUNKS * rounds:
        if me.closing.wait(0.005):
            return
        yield chunk


def _run_json(out: Path) -> dict[str, Any]:
    (folder,) = (path for path in out.iterdir() if path.is_dir())
    record: dict[str, Any] = json.loads((folder / "run.json").read_text())
    with (folder / "csv" / "frames.csv").open() as file:
        assert len(list(csv.DictReader(file))) == record["frames"]
    assert "secret" not in str(folder) + (folder / "run.json").read_text()
    return record


def _segment_called_with(monkeypatch: pytest.MonkeyPatch, on_call: Callable[[int], object]) -> None:
    calls = 0
    segment = Segmenter.segment

    def segment_or_fail(self: Segmenter, image: Any) -> Instances:
        nonlocal calls
        calls += 1
        on_call(calls)
        return segment(self, image)

    monkeypatch.setattr(Segmenter, "segment", segment_or_fail)


def test_stream_is_annotated_for_as_long_as_asked_and_what_was_missed_is_counted(
    segmenter: Segmenter, stream: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A frame takes as long as several of the stream.
    _segment_called_with(monkeypatch, lambda number: threading.Event().wait(0.03))
    result = annotate_video(
        stream, tmp_path, formats=FORMATS, segmenter=segmenter, max_frames=12, project=False
    )
    record = _run_json(tmp_path)
    assert (record["status"], record["frames"]) == ("complete", 12)
    assert record["frames_dropped"] == result.frames_dropped > 0
    (folder,) = tmp_path.iterdir()
    with (folder / "csv" / "frames.csv").open() as file:
        indexes = [int(row["source_index"]) for row in csv.DictReader(file)]
    assert indexes[-1] - indexes[0] + 1 == 12 + result.frames_dropped


@pytest.mark.may_log("lost (it ended)")
def test_stream_that_vanishes_is_told_and_ctrl_c_keeps_the_outputs(
    segmenter: Segmenter, tmp_path: Path
) -> None:
    def stop_when_told(progress: PipelineProgress, total: int | None) -> None:
        # On a busy machine, the stream is lost before its first frame is through.
        if "lost, next try in" in progress.notice and progress.frames_done:
            raise KeyboardInterrupt

    with sender(lambda number, me: _paced(me, rounds=1) if number == 0 else []) as server:
        with pytest.raises(KeyboardInterrupt):
            annotate_video(
                f"tcp://127.0.0.1:{server.port}",
                tmp_path,
                formats=FORMATS,
                segmenter=segmenter,
                report=stop_when_told,
                project=False,
            )
        record = _run_json(tmp_path)
    assert record["status"] == "interrupted" and record["frames"] > 0


@pytest.mark.may_log("holds what was done until the failure, see run.json")
def test_failure_keeps_what_was_seen_of_a_stream(
    segmenter: Segmenter, stream: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail_at_last(number: int) -> None:
        if number > 20:
            raise RuntimeError("out of memory")

    _segment_called_with(monkeypatch, fail_at_last)
    with pytest.raises(StageFailed, match="out of memory"):
        annotate_video(stream, tmp_path, formats=FORMATS, segmenter=segmenter, project=False)
    record = _run_json(tmp_path)
    assert record["status"] == "interrupted"
    assert record["frames"] == 20


def test_stream_of_which_nothing_was_seen_leaves_nothing(
    segmenter: Segmenter, stream: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(number: int) -> None:
        raise RuntimeError("out of memory")

    _segment_called_with(monkeypatch, fail)
    with pytest.raises(StageFailed, match="out of memory"):
        annotate_video(stream, tmp_path / "out", formats=FORMATS, segmenter=segmenter)
    assert not (tmp_path / "out").exists()
