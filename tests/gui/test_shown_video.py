"""A video of what is shown that cannot go on says so at once and keeps what there is."""

from __future__ import annotations

import csv
import threading
import time
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray
from pytestqt.qtbot import QtBot

from gui.live.controller import LiveController
from gui.live.picture_video import PictureVideo
from gui.live.recorder import RecordingPlan
from gui.shared.problems import Problem
from tests.disks import file_size_limit

LIMIT_BYTES = 1_500_000
"""Room for one piece of the video, not for two."""


def noise(number: int) -> NDArray[np.uint8]:
    """A picture that takes about 15 kB."""
    return np.random.default_rng(number).integers(0, 255, (96, 160, 3), dtype=np.uint8)


def playable_frames(path: Path) -> int:
    frames = 0
    with av.open(str(path)) as container:
        try:
            for _ in container.decode(video=0):
                frames += 1
        except av.error.InvalidDataError:
            """Where the disk was full."""
    return frames


@pytest.mark.may_log("cannot be written")
def test_what_was_written_before_the_disk_was_full_can_be_played(
    qtbot: QtBot, tmp_path: Path
) -> None:
    told = threading.Event()
    video = PictureVideo(tmp_path / "shown.mp4", told.set)
    with file_size_limit(LIMIT_BYTES):
        for number in range(300):
            video.add(noise(number))
            if told.is_set():
                break
            qtbot.waitUntil(lambda: video._waiting.empty() or told.is_set(), timeout=60_000)
        assert told.is_set(), "told while it goes on, not at the end"
        video.add(noise(0))
        video.close()
    assert "large" in video.failure and video.pictures_dropped == 0
    assert playable_frames(video.path) >= 30


def test_a_completed_video_is_whole(qtbot: QtBot, tmp_path: Path) -> None:
    video = PictureVideo(tmp_path / "shown.mp4")
    for number in range(6):
        video.add(noise(number))
    video.close()
    assert video.failure == "" and video.pictures_dropped == 0
    assert playable_frames(video.path) == 6


@pytest.mark.may_log("cannot be written")
def test_any_error_of_the_encoder_is_told_once(tmp_path: Path) -> None:
    told: list[str] = []
    video = PictureVideo(tmp_path / "no such folder" / "shown.mp4", lambda: told.append("failed"))
    video.add(noise(0))
    video.close()
    video.close()
    assert told == ["failed"] and "No such file" in video.failure


def test_shown_video_begins_with_the_frame_with_which_the_formats_begin(
    controller: LiveController, clip: Path, qtbot: QtBot, tmp_path: Path
) -> None:
    controller.open(clip)
    qtbot.waitUntil(lambda: controller.latest is not None, timeout=60_000)
    recorder, session, before = controller.recorder, controller.session, controller.latest
    assert session is not None and before is not None
    recorder.set_plan(RecordingPlan(str(tmp_path), ("csv",), records_shown=True))
    recorder.start()
    session.pause()
    running = recorder._running
    assert running is not None
    qtbot.waitUntil(lambda: running.has_begun, timeout=60_000)
    # Painted again, as when the mouse moves over it.
    recorder.add_shown(noise(0), before.frame.captured_at)
    session.step(1)

    def is_recorded() -> bool:
        since = session.recorded_since
        return since is not None and controller.latest.frame.captured_at >= since

    qtbot.waitUntil(is_recorded, timeout=60_000)
    for number in (1, 2):
        recorder.add_shown(noise(number), controller.latest.frame.captured_at)
    with qtbot.waitSignal(controller.problem_found, timeout=60_000) as saved:
        recorder.finish()
    assert not saved.args[0].is_error
    assert playable_frames(next(tmp_path.rglob("shown.mp4"))) == 2


def record_until_shown_fails(
    controller: LiveController, clip: Path, plan: RecordingPlan, qtbot: QtBot
) -> list[Problem]:
    problems: list[Problem] = []
    controller.open(clip)
    qtbot.waitUntil(lambda: controller.latest is not None, timeout=60_000)
    controller.problem_found.connect(problems.append)
    controller.recorder.set_plan(plan)
    controller.recorder.start()
    numbers = iter(range(10_000))

    def has_failed() -> bool:
        controller.recorder.add_shown(noise(next(numbers)), time.monotonic())
        return bool(problems)

    with file_size_limit(LIMIT_BYTES):
        qtbot.waitUntil(has_failed, timeout=60_000)
    return problems


@pytest.mark.may_log("cannot be written")
def test_a_failed_shown_video_is_told_at_once_and_the_formats_go_on(
    controller: LiveController, clip: Path, qtbot: QtBot, tmp_path: Path
) -> None:
    plan = RecordingPlan(str(tmp_path), ("csv",), records_shown=True)
    problems = record_until_shown_fails(controller, clip, plan, qtbot)
    (problem,) = problems
    assert problem.is_error and "shown.mp4" in problem.advice and "still" in problem.advice
    assert controller.recorder.is_recording
    controller.recorder.finish()
    qtbot.waitUntil(lambda: len(problems) == 2, timeout=60_000)
    assert not problems[1].is_error and "shown.mp4 ends early" in problems[1].advice
    (table,) = tmp_path.rglob("tracks.csv")
    with table.open(encoding="utf-8") as lines:
        assert len(list(csv.reader(lines))) > 1
    (shown,) = tmp_path.rglob("shown.mp4")
    assert playable_frames(shown) >= 30


@pytest.mark.may_log("cannot be written")
def test_a_recording_of_nothing_else_ends_with_the_shown_video(
    controller: LiveController, clip: Path, qtbot: QtBot, tmp_path: Path
) -> None:
    plan = RecordingPlan(str(tmp_path), (), records_shown=True)
    (problem,) = record_until_shown_fails(controller, clip, plan, qtbot)
    assert "still" not in problem.advice
    assert not controller.recorder.is_recording
