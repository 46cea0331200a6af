"""`bench` of live sessions."""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from blendmask_live.cli import main
from blendmask_live.commands import bench, bench_live
from blendmask_live.commands.bench_request import requested
from blendmask_live.segmenting.segmenter import load_segmenter
from tests.capture.clips import ClipSpec, write_clip

FAST = ("--runtime", "torch", "--threads", "1", "--short-side", "96", "--quiet")


def _measured(
    result: Path, *options: str, is_enough: Callable[[dict[str, Any]], object]
) -> dict[str, Any]:
    """What `bench` found; longer where the machine had no time for it."""
    for seconds in ("0.5", "4", "20"):
        assert main(["bench", *FAST, *options, "--seconds", seconds, "--json", str(result)]) == 0
        live: dict[str, Any] = json.loads(result.read_text())
        if is_enough(live):
            break
    return live


def test_overload_prints_frame_age_over_time(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    live = _measured(
        tmp_path / "result.json",
        *("--overload", "3", "--frames", "10"),
        is_enough=lambda live: live["dropped"] and live["spans"][0]["shown"],
    )
    assert "frame age p99" in capsys.readouterr().out
    assert live["dropped"] > 0 and live["source_fps"] > live["shown_fps"]
    assert live["spans"][0]["age_ms_p99"] > 0 and live["age_limit_ms"] > 0


def test_held_frame_rate_says_what_was_lowered(tmp_path: Path) -> None:
    def was_lowered(live: dict[str, Any]) -> bool:
        return "masks" in live["spans"][-1]["quality"]

    options = ("--fps", "1000", "--frames", "5", "--mask-size", "112")
    assert was_lowered(_measured(tmp_path / "result.json", *options, is_enough=was_lowered))


@pytest.mark.parametrize("flags", [[], ["--refine"]])
def test_second_looks_are_measured_where_asked(flags: list[str]) -> None:
    parser = ArgumentParser()
    bench.add_arguments(parser)
    request = requested(parser.parse_args(["--fps", "15", *flags], Namespace(quiet=True)))
    settings = bench_live._settings(load_segmenter(runtime="torch", threads=1), request)
    assert (settings.target_fps, settings.refine) == (15, bool(flags))


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
