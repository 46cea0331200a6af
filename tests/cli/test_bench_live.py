"""`bench` of live sessions."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from blendmask_live.cli import main
from tests.capture.clips import ClipSpec, write_clip

FAST = ("--runtime", "torch", "--threads", "1", "--short-side", "96", "--quiet")


def test_overload_prints_frame_age_over_time(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    result = tmp_path / "result.json"
    options = ("--overload", "2", "--seconds", "0.5", "--frames", "10", "--json", str(result))
    assert main(["bench", *FAST, *options]) == 0
    assert "frame age p99" in capsys.readouterr().out
    live = json.loads(result.read_text())
    assert live["dropped"] > 0 and live["source_fps"] > live["shown_fps"]
    assert live["spans"][0]["age_ms_p99"] > 0 and live["age_limit_ms"] > 0


def test_held_frame_rate_says_what_was_lowered(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    result = tmp_path / "result.json"
    options = ("--fps", "1000", "--seconds", "1.5", "--frames", "5", "--json", str(result))
    assert main(["bench", *FAST, "--mask-size", "112", *options]) == 0
    assert "masks" in json.loads(result.read_text())["spans"][-1]["quality"]


def test_overload_of_single_frames_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", *FAST, "--overload", "2", "--no-pipeline"]) == 1
    assert "--no-pipeline" in capsys.readouterr().err


def test_file_is_also_played_live_at_its_own_pace(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    result = tmp_path / "result.json"
    assert main(["bench", *FAST, "--frames", "10", "--json", str(result)]) == 0
    assert "frame age" in capsys.readouterr().out
    live = json.loads(result.read_text())["live"]
    assert live["source_fps"] == 30
    assert 0 < sum(span["shown"] for span in live["spans"]) + live["dropped"] <= 10


def test_a_source_of_one_frame_is_measured(tmp_path: Path) -> None:
    """Live, it may be over before anything is shown."""
    clip = write_clip(tmp_path / "one.mp4", ClipSpec(frames=1))
    result = tmp_path / "result.json"
    assert main(["bench", *FAST, "--source", str(clip), "--json", str(result)]) == 0
    assert json.loads(result.read_text())["runs"][0]["frames"] == 1
