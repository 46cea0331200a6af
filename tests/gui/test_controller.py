"""The controller, without widgets: the real network on a small clip."""

from __future__ import annotations

import gc
import shutil
import threading
import weakref
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PyQt5.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from blendmask_live.capture import FrameSource
from blendmask_live.config import SegmenterSettings
from blendmask_live.errors import ConfigError, ExportError, SourceOpenError, WeightsError
from blendmask_live.live import LiveSettings
from blendmask_live.live.recording import open_exporters
from blendmask_live.masks.steps import has_latents
from blendmask_live.measuring.synthetic import SyntheticCamera
from blendmask_live.segmenting.segmenter import Segmenter
from gui.live import controller as live_controller
from gui.live.controller import LiveController
from gui.live.loading import NetworkChoice, load_network
from gui.live.recorder import RecordingPlan
from gui.shared.actions import Actions
from gui.shared.preferences import Preferences
from gui.shared.problems import Problem
from gui.window.actions import WINDOW_ACTIONS
from gui.window.playback import Playback
from gui.window.playback_bar import PlaybackBar
from tests.gui.conftest import close_controller, play_on

pytestmark = pytest.mark.usefixtures("dressed")


def open_clip(controller: LiveController, clip: Path, qtbot: QtBot) -> None:
    controller.open(clip)
    qtbot.waitUntil(lambda: controller.latest is not None, timeout=60_000)


def test_a_file_opens_and_its_frames_arrive_in_the_qt_thread(
    controller: LiveController, clip: Path, qtbot: QtBot
) -> None:
    steps: list[str] = []
    controller.loading_changed.connect(lambda done, of, text: steps.append(text))
    open_clip(controller, clip, qtbot)
    assert controller.session is not None and controller.session.can_seek
    assert controller.latest is not None and controller.latest.frame.size == (360, 640)
    assert clip.name in steps[0] and steps[-1] == ""
    assert controller.preferences.recent_files() == (clip,)
    assert QApplication.topLevelWidgets() == [], "no widget is needed"


def test_a_network_goes_when_another_one_is_chosen(
    controller: LiveController, clip: Path, qtbot: QtBot
) -> None:
    open_clip(controller, clip, qtbot)
    assert controller.session is not None
    before = weakref.ref(controller.session)
    # Python's collector may come by itself, but need not.
    gc.disable()
    try:
        controller.use_network(NetworkChoice("blendmask-lite-s"))
        qtbot.waitUntil(lambda: before() is None, timeout=60_000)
    finally:
        gc.enable()


@pytest.mark.parametrize("is_own", [True, False])
def test_another_network_gets_its_own_size_unless_one_was_chosen(
    controller: LiveController,
    clip: Path,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
    is_own: bool,
) -> None:
    chosen = controller.settings.segmenter
    if is_own:
        controller.set_segmenter(replace(chosen, short_side=448, long_side=672))
    before = controller.settings.segmenter
    open_clip(controller, clip, qtbot)
    first = controller.session
    monkeypatch.setattr("gui.live.controller.load_network", load_network)
    controller.use_network(NetworkChoice("blendmask-lite-s", device="cpu", runtime="torch"))
    qtbot.waitUntil(lambda: controller.session is not first, timeout=60_000)
    now, session = controller.settings.segmenter, controller.session
    assert session is not None
    expected = (384, 576) if is_own else (before.short_side, before.long_side)
    assert (now.short_side, now.long_side) == expected
    assert session.settings.segmenter.short_side == expected[0]


def test_a_network_has_its_own_size_from_the_first_start_on(preferences: Preferences) -> None:
    smaller = NetworkChoice("blendmask-lite-s")
    first = LiveController(preferences, network=smaller)
    assert first.settings.segmenter.short_side == 384
    # Another choice of the network wins, and nothing is loaded yet.
    first.use_network(NetworkChoice())
    assert first.settings.segmenter.short_side == 448
    chosen = LiveSettings(SegmenterSettings(short_side=320, long_side=480))
    assert LiveController(preferences, network=smaller, settings=chosen).settings == chosen


def test_what_is_followed_outlives_the_network_and_ends_with_the_source(
    controller: LiveController, clip: Path, qtbot: QtBot, tmp_path: Path
) -> None:
    open_clip(controller, clip, qtbot)
    assert controller.session is not None
    controller.session.pause()
    controller.session.seek(30)
    qtbot.waitUntil(lambda: controller.latest.frame.index == 30, timeout=60_000)
    # The cat.
    begun = controller.point(controller.latest.frame, points=((190.0, 240.0, True),))
    qtbot.waitUntil(begun.done, timeout=60_000)
    assert [track.track_id for track in controller.followed] == [begun.result()]
    with qtbot.waitSignal(controller.session_changed, timeout=60_000):
        controller.reopen()
    qtbot.waitUntil(
        lambda: len(controller.followed) == 1 and not controller.followed[0].is_lost,
        timeout=60_000,
    )
    other = tmp_path / "other.mp4"
    shutil.copy(clip, other)
    with qtbot.waitSignal(controller.problem_found, timeout=60_000) as told:
        controller.open(other)
    problem: Problem = told.args[0]
    assert problem.title == "Following ended" and problem.is_news
    assert controller.followed == ()


@pytest.mark.may_log("no such file")
def test_a_source_that_cannot_be_opened_is_told_and_the_old_one_goes_on(
    controller: LiveController, clip: Path, qtbot: QtBot, tmp_path: Path
) -> None:
    open_clip(controller, clip, qtbot)
    before = controller.session
    with qtbot.waitSignal(controller.problem_found, timeout=60_000) as told:
        controller.open(tmp_path / "missing.mp4")
    problem: Problem = told.args[0]
    assert "missing.mp4" in problem.advice and problem.action == "open" and problem.is_error
    assert controller.session is before
    controller.refresh()
    assert controller.status is not None and controller.status.state in ("playing", "ended")


@pytest.mark.may_log("damaged packet")
def test_what_is_lost_of_a_damaged_file_is_told_while_it_plays_on(
    controller: LiveController, clip: Path, qtbot: QtBot, tmp_path: Path
) -> None:
    content = bytearray(clip.read_bytes())
    damage = slice(len(content) // 3, len(content) // 2)
    content[damage] = bytes(damage.stop - damage.start)
    damaged = tmp_path / "damaged.mp4"
    damaged.write_bytes(content)
    told: list[Problem] = []
    controller.problem_found.connect(told.append)
    open_clip(controller, damaged, qtbot)
    qtbot.waitUntil(lambda: bool(told), timeout=60_000)
    assert "damaged.mp4: " in told[0].advice and "skipped" in told[0].advice
    assert not told[0].is_error
    assert controller.session is not None and controller.session.error is None


def test_of_two_sources_asked_for_quickly_the_last_one_is_shown(
    controller: LiveController, clip: Path, qtbot: QtBot
) -> None:
    controller.open("demo")
    open_clip(controller, clip, qtbot)
    assert controller.session is not None and controller.session.info.path == clip


def test_settings_reach_the_next_frame_and_are_remembered(
    controller: LiveController, clip: Path, qtbot: QtBot
) -> None:
    open_clip(controller, clip, qtbot)
    assert controller.session is not None
    controller.session.pause()
    controller.set_segmenter(replace(controller.settings.segmenter, mask_size=28))

    def shows_small_masks() -> bool:
        frame = controller.latest
        return frame is not None and frame.instances.soft_masks.shape[-1] == 28

    qtbot.waitUntil(shows_small_masks, timeout=60_000)
    assert controller.preferences.load("segmenter", controller.settings.segmenter).mask_size == 28


def test_latents_are_kept_only_while_needed(
    controller: LiveController, clip: Path, qtbot: QtBot
) -> None:
    open_clip(controller, clip, qtbot)
    assert controller.session is not None and controller.latest is not None
    controller.session.pause()
    assert not has_latents(controller.latest.instances)
    controller.keep_latents(True)
    qtbot.waitUntil(lambda: has_latents(controller.latest.instances), timeout=60_000)
    controller.keep_latents(False)
    qtbot.waitUntil(lambda: not has_latents(controller.latest.instances), timeout=60_000)
    assert not controller.settings.segmenter.keep_latents


def test_closing_while_recording_completes_the_files(
    controller: LiveController, clip: Path, qtbot: QtBot, tmp_path: Path
) -> None:
    open_clip(controller, clip, qtbot)
    assert controller.session is not None
    play_on(controller.session)
    plan = RecordingPlan(str(tmp_path / "Aufnahmen ß"), ("csv", "overlay"), records_shown=True)
    controller.recorder.set_plan(plan)
    controller.recorder.start()

    def has_frames() -> bool:
        controller.refresh()
        recording = controller.status.recording if controller.status else None
        running = controller.recorder._running
        assert running is not None
        if controller.latest is not None:
            frame = controller.latest.frame
            controller.recorder.add_shown(frame.image, frame.captured_at)
        return running.shown is not None and recording is not None and recording.frames >= 3

    qtbot.waitUntil(has_frames, timeout=60_000)
    close_controller(controller, qtbot)
    names = {path.name for path in tmp_path.rglob("*") if path.is_file()}
    assert {"tracks.csv", "overlay.mp4", "shown.mp4"} <= names


@pytest.mark.may_log("cannot be made")
def test_a_recording_that_cannot_be_written_is_told(
    controller: LiveController, clip: Path, qtbot: QtBot, tmp_path: Path
) -> None:
    open_clip(controller, clip, qtbot)
    (tmp_path / "file").touch()
    with qtbot.waitSignal(controller.problem_found, timeout=60_000) as told:
        controller.recorder.set_plan(RecordingPlan(str(tmp_path / "file")))
        controller.recorder.start()
    assert told.args[0].action == "record"
    assert not controller.recorder.is_recording


def test_closing_while_a_source_is_opened_ends_all_threads(
    controller: LiveController, clip: Path, qtbot: QtBot
) -> None:
    controller.open(clip)
    close_controller(controller, qtbot)
    assert controller.session is None


class _FullDisk:
    """An exporter that is refused by the operating system at its first frame."""

    def write(self, tracked_frame: object) -> None:
        raise ExportError("x: cannot be written: no space left; choose another folder with -o")

    def discard(self) -> None: ...


@pytest.mark.may_log("no space left")
def test_a_full_disk_ends_the_recording_but_not_the_live_view(
    controller: LiveController,
    clip: Path,
    qtbot: QtBot,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    open_clip(controller, clip, qtbot)
    session = controller.session
    assert session is not None
    play_on(session)
    exporters = {"csv": _FullDisk()}
    monkeypatch.setattr("blendmask_live.live.session.open_exporters", lambda *a, **k: exporters)
    problems: list[Problem] = []
    controller.problem_found.connect(problems.append)
    controller.recorder.set_plan(RecordingPlan(str(tmp_path), ("csv",)))
    controller.recorder.start()
    qtbot.waitUntil(lambda: bool(problems), timeout=60_000)
    qtbot.waitUntil(lambda: not controller.recorder.is_recording, timeout=60_000)
    assert controller.session is session and session.error is None
    assert {problem.action for problem in problems} == {"record"}
    assert "-o" not in problems[-1].advice, "that is for the command line"
    close_controller(controller, qtbot)
    assert len(problems) == 1, "told once"


@pytest.mark.may_log("no space left")
def test_a_format_that_ended_early_is_told_once_and_named_when_the_others_are_saved(
    controller: LiveController,
    clip: Path,
    qtbot: QtBot,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    open_clip(controller, clip, qtbot)
    assert controller.session is not None
    play_on(controller.session)

    def exporters(folder: Path, formats: tuple[str, ...], **how: Any) -> dict[str, object]:
        return {**open_exporters(folder, ("csv",), **how), "coco": _FullDisk()}

    monkeypatch.setattr("blendmask_live.live.session.open_exporters", exporters)
    problems: list[Problem] = []
    controller.problem_found.connect(problems.append)
    controller.recorder.set_plan(RecordingPlan(str(tmp_path), ("csv", "coco")))
    controller.recorder.start()
    qtbot.waitUntil(lambda: bool(problems), timeout=60_000)
    assert controller.recorder.is_recording
    controller.recorder.finish()
    qtbot.waitUntil(lambda: len(problems) > 1, timeout=60_000)
    close_controller(controller, qtbot)
    told, saved = problems
    assert told.is_error and "no space left" in told.advice and "still" in told.advice
    assert told.title.startswith("coco")
    assert not saved.is_error and "(coco ended early)" in saved.advice


@pytest.mark.may_log("cannot be made")
def test_a_recording_that_could_not_begin_is_not_told_as_saved(
    controller: LiveController, clip: Path, qtbot: QtBot, tmp_path: Path
) -> None:
    open_clip(controller, clip, qtbot)
    (tmp_path / "file").touch()
    problems: list[Problem] = []
    controller.problem_found.connect(problems.append)
    controller.recorder.set_plan(RecordingPlan(str(tmp_path / "file"), records_shown=True))
    controller.recorder.start()
    controller.recorder.finish()
    close_controller(controller, qtbot)
    assert [problem.is_error for problem in problems] == [True]


def test_a_recording_that_is_given_up_while_it_begins_leaves_nothing_running(
    controller: LiveController, clip: Path, qtbot: QtBot, tmp_path: Path
) -> None:
    open_clip(controller, clip, qtbot)
    assert controller.session is not None
    controller.recorder.set_plan(RecordingPlan(str(tmp_path), (), records_shown=True))
    controller.recorder.start()
    running = controller.recorder._running
    assert running is not None
    controller.recorder.give_up()
    close_controller(controller, qtbot)
    assert running.shown is not None and not running.shown._thread.is_alive()


@pytest.mark.may_log("the session failed")
def test_a_file_that_is_deleted_while_it_is_recorded_leaves_what_was_recorded(
    controller: LiveController, clip: Path, qtbot: QtBot, tmp_path: Path
) -> None:
    copy = shutil.copy(clip, tmp_path / "copy.mp4")
    controller.recorder.set_plan(RecordingPlan(str(tmp_path / "made"), ("csv",)))
    open_clip(controller, copy, qtbot)
    session = controller.session
    play_on(session)
    controller.recorder.start()

    def has_frames() -> bool:
        recording = session.status().recording
        return recording is not None and recording.frames > 0

    qtbot.waitUntil(has_frames, timeout=60_000)
    copy.unlink()
    with qtbot.waitSignal(controller.problem_found, timeout=60_000) as told:
        # Far back, where the file is opened again.
        session.seek(0)
    (table,) = (tmp_path / "made").rglob("tracks.csv")
    advice = told.args[0].advice
    assert "the file is gone" in advice and str(table.parents[1]) in advice
    assert len(table.read_text().splitlines()) > 1 and not controller.recorder.is_recording


@pytest.mark.may_log("bad.safetensors: damaged")
def test_a_network_that_cannot_be_loaded_is_not_kept(
    controller: LiveController, clip: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_clip(controller, clip, qtbot)
    before, session = controller.network, controller.session

    def load(*args: object) -> None:
        raise WeightsError("bad.safetensors: damaged")

    monkeypatch.setattr("gui.live.controller.load_network", load)
    with qtbot.waitSignal(controller.problem_found, timeout=60_000) as told:
        controller.use_network(NetworkChoice(weights="bad.safetensors"))
    assert told.args[0].action == "network"
    assert controller.network == before and controller.session is session
    assert controller.preferences.load("network", before) == before


@pytest.mark.may_log("bad.safetensors", "no such file")
def test_a_live_source_goes_on_when_another_network_or_source_cannot_be_had(
    controller: LiveController, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    pictures = [np.full((90, 160, 3), 90, dtype=np.uint8)]

    def open_one(spec: str, **options: object) -> FrameSource:
        if spec == "live":
            return SyntheticCamera(pictures, fps=30)
        raise SourceOpenError(f"{spec}: no such file")

    monkeypatch.setattr("blendmask_live.jobs.request.open_source", open_one)
    controller.open("live")
    qtbot.waitUntil(lambda: controller.latest is not None, timeout=60_000)
    session = controller.session
    with qtbot.waitSignal(controller.problem_found, timeout=60_000):
        controller.open("holiday.mp4")

    def load(*args: object) -> None:
        raise WeightsError("bad.safetensors: damaged")

    monkeypatch.setattr(live_controller, "load_network", load)
    with qtbot.waitSignal(controller.problem_found, timeout=60_000):
        controller.use_network(NetworkChoice(weights="bad.safetensors"))
    assert controller.session is session and session.status().state == "playing"


def test_another_network_goes_on_where_the_first_one_was(
    controller: LiveController, clip: Path, qtbot: QtBot
) -> None:
    open_clip(controller, clip, qtbot)
    first = controller.session
    assert first is not None
    first.marks = (10, 40)
    first.pause()
    first.seek(30)
    qtbot.waitUntil(lambda: controller.latest.frame.index == 30, timeout=60_000)
    choice = replace(controller.network, threads=1)
    controller.use_network(choice)
    qtbot.waitUntil(lambda: controller.session is not first, timeout=60_000)
    qtbot.waitUntil(lambda: controller.latest is not None, timeout=60_000)
    qtbot.waitUntil(lambda: controller.latest.frame.index == 30, timeout=60_000)
    assert controller.session.marks == (10, 40)
    assert controller.session.status().state == "paused"
    assert controller.preferences.load("network", NetworkChoice()) == choice


def test_what_is_done_while_another_network_loads_holds_when_it_runs(
    controller: LiveController,
    clip: Path,
    preferences: Preferences,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    actions = Actions(preferences, parent, table=WINDOW_ACTIONS)
    playback = Playback(controller, actions, PlaybackBar(actions, parent))
    controller.session_changed.connect(playback.show_session)
    open_clip(controller, clip, qtbot)
    first = controller.session
    assert first is not None and not actions["loop"].isChecked()
    loads, go_on = hold_loading(monkeypatch)
    choice = replace(controller.network, threads=1)
    with qtbot.waitSignal(controller.settings_changed, timeout=60_000):
        controller.use_network(choice)
    assert controller.network == choice, "panels show it at once, not the one that still runs"
    qtbot.waitUntil(loads.is_set, timeout=60_000)
    actions["loop"].trigger()
    first.speed = 2.0
    first.pause()
    first.seek(20)
    qtbot.waitUntil(lambda: first.position == 20, timeout=60_000)
    go_on.set()
    qtbot.waitUntil(lambda: controller.session is not first, timeout=60_000)
    second = controller.session
    assert second.loop and second.speed == 2.0 and actions["loop"].isChecked()
    qtbot.waitUntil(lambda: second.position == 20, timeout=60_000)
    assert second.status().state == "paused"
    controller.open(clip)
    qtbot.waitUntil(lambda: controller.session is not second, timeout=60_000)
    assert not controller.session.loop, "what is opened by itself begins by itself"


def test_the_demo_repeats_until_somebody_ends_that(
    controller: LiveController, preferences: Preferences, qtbot: QtBot
) -> None:
    controller.open("demo")
    qtbot.waitUntil(lambda: controller.session is not None, timeout=60_000)
    first = controller.session
    assert first is not None and first.loop
    first.loop = False
    controller.use_network(replace(controller.network, threads=1))
    qtbot.waitUntil(lambda: controller.session is not first, timeout=60_000)
    assert not controller.session.loop


@pytest.mark.may_log("no such file")
def test_after_a_source_that_cannot_be_opened_the_shown_one_is_meant(
    controller: LiveController, clip: Path, qtbot: QtBot
) -> None:
    open_clip(controller, clip, qtbot)
    first = controller.session
    with qtbot.waitSignal(controller.problem_found, timeout=60_000):
        controller.open("no such file.mp4")
    assert controller.annotate_request().source == str(clip)
    choice = replace(controller.network, threads=1)
    controller.use_network(choice)
    qtbot.waitUntil(lambda: controller.session is not first, timeout=60_000)
    assert controller.network == choice
    with qtbot.waitSignal(controller.problem_found, timeout=60_000):
        controller.open("no such file.mp4")
    with qtbot.waitSignal(controller.problem_found, timeout=60_000) as told:
        controller.reopen()
    assert "no such file.mp4" in told.args[0].advice, "that is what is tried again"


def hold_loading(monkeypatch: pytest.MonkeyPatch) -> tuple[threading.Event, threading.Event]:
    """Whether a network loads, and what lets it go on."""
    loads, go_on = threading.Event(), threading.Event()
    load_at_once = live_controller.load_network

    def load(*given: Any) -> Segmenter:
        loads.set()
        assert go_on.wait(60)
        return load_at_once(*given)

    monkeypatch.setattr(live_controller, "load_network", load)
    return loads, go_on


@pytest.mark.may_log("too late")
def test_closing_does_not_wait_for_a_network_that_still_loads(
    controller: LiveController, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def load(choice: object, settings: object, report: object) -> None:
        begun.set()
        go_on.wait(60)
        raise ConfigError("too late")

    monkeypatch.setattr("gui.live.controller.load_network", load)
    controller.open("demo")
    assert begun.wait(60)
    try:
        with qtbot.waitSignal(controller.closed, timeout=20_000):
            controller.close()
        assert controller.has_left_work
    finally:
        go_on.set()
