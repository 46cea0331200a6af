"""Failures of any stage reach the caller; stop never hangs."""

from __future__ import annotations

import csv
import threading
import time
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest
import torch

from blendmask_live.config import SegmenterSettings
from blendmask_live.errors import StageFailed
from blendmask_live.export import ExportOptions
from blendmask_live.export.sequence import SequenceExporter
from blendmask_live.live import LiveSession, LiveSettings
from tests.live.parts import STOPS_WITHIN_S, WAIT_S, CameraSource, ClipSource, Script, Watcher


def _stops_soon(session: LiveSession) -> None:
    began_s = time.monotonic()
    session.stop()
    session.stop()
    assert time.monotonic() - began_s < STOPS_WITHIN_S


def _fails_in(watcher: Watcher, stage: str) -> BaseException:
    watcher.wait_for_state("failed")
    error = watcher.session.error
    assert isinstance(error, StageFailed) and error.stage == stage
    assert error.__cause__ is not None
    _stops_soon(watcher.session)
    assert watcher.session.status().state == "failed"
    return error.__cause__


@pytest.mark.parametrize("moment", [0, 1, 12])
def test_failing_source(moment: int) -> None:
    source = ClipSource()
    source.fail_at = moment
    with Watcher(source) as watcher:
        assert str(_fails_in(watcher, "capture")) == f"source broke at {moment}"
    assert source.closed == 1


@pytest.mark.parametrize("moment", [0, 1, 12])
def test_failing_segmenter(moment: int) -> None:
    source = ClipSource()
    broken = Script(before=lambda value: 1 / (value < moment))
    with Watcher(source, broken) as watcher:
        assert isinstance(_fails_in(watcher, "segment"), ZeroDivisionError)
    assert source.closed == 1


@pytest.mark.parametrize("moment", [0, 1, 12])
def test_failing_tracker(moment: int, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = iter(range(1000))

    def update(*_: object, **__: object) -> None:
        raise ValueError(f"tracker broke at {moment}")

    with Watcher(ClipSource()) as watcher:
        watcher.wait(lambda: next(calls) >= moment)
        monkeypatch.setattr("tracking.MaskTracker.update", update)
        assert isinstance(_fails_in(watcher, "track"), ValueError)


@pytest.mark.may_log("export csv: disk full")
def test_failing_format_ends_alone_and_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[int] = []
    add = SequenceExporter.write

    def write(self: SequenceExporter, tracked: object) -> None:
        if self._folder.final.name == "csv" and len(written) == 5:
            raise OSError("disk full")
        if self._folder.final.name == "csv":
            written.append(1)
        add(self, tracked)  # type: ignore[arg-type]

    monkeypatch.setattr(SequenceExporter, "write", write)
    with Watcher(ClipSource()) as watcher:
        watcher.session.start_recording(tmp_path, ("csv", "davis"))
        watcher.wait(lambda: (now := watcher.session.status().recording) and now.failures)
        seen = watcher.session.position
        watcher.shown(lambda frame: frame.frame.index > seen)
        with pytest.raises(StageFailed, match="export csv failed: disk full"):
            watcher.session.stop_recording()
        assert watcher.session.status().recording is None
        assert watcher.session.error is None
    assert not (tmp_path / "csv").exists()
    assert len(list((tmp_path / "davis").rglob("*.png"))) > 5


@pytest.mark.may_log("export display:")
def test_failing_callback_is_a_failure() -> None:
    def broken() -> None:
        raise RuntimeError("callback broke")

    session = LiveSession(ClipSource(), Watcher(ClipSource()).segmenter, on_change=broken)  # type: ignore[arg-type]
    session.start()
    deadline_s = time.monotonic() + WAIT_S
    while session.status().state != "failed":
        assert time.monotonic() < deadline_s
    _stops_soon(session)


def test_gpu_memory_that_is_short_for_the_smallest_input_is_a_failure() -> None:
    def full(value: int) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory")

    with Watcher(ClipSource(), Script(before=full)) as watcher:
        assert isinstance(_fails_in(watcher, "segment"), torch.OutOfMemoryError)


def test_stop_before_start_releases_the_source() -> None:
    source = ClipSource()
    watcher = Watcher(source)
    _stops_soon(watcher.session)
    assert source.closed == 1
    assert watcher.session.status().state == "stopped"
    with pytest.raises(RuntimeError):
        watcher.session.start()


def _while_playing(watcher: Watcher) -> None:
    watcher.shown()


def _while_paused(watcher: Watcher) -> None:
    watcher.stand_at(5)


def _while_seeking(watcher: Watcher) -> None:
    watcher.session.seek(50)


def _at_the_end(watcher: Watcher) -> None:
    watcher.session.seek(20_000)
    watcher.shown_index(9_999)
    watcher.wait_for_state("ended")


def _while_recording(watcher: Watcher) -> None:
    watcher.session.start_recording(Path.cwd() / "recording", ("csv",))
    watcher.wait(lambda: (status := watcher.session.status().recording) and status.frames)


def _before_anything(watcher: Watcher) -> None:
    pass


@pytest.mark.parametrize(
    "reach",
    [
        _before_anything,
        _while_playing,
        _while_paused,
        _while_seeking,
        _at_the_end,
        _while_recording,
    ],
)
@pytest.mark.parametrize("times", [1, 4])
def test_stop_from_any_state_by_one_or_many_threads(
    reach: Callable[[Watcher], None],
    times: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    source = ClipSource()
    with Watcher(source) as watcher:
        reach(watcher)
        threads = [
            threading.Thread(target=_stops_soon, args=(watcher.session,)) for _ in range(times)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(STOPS_WITHIN_S)
            assert not thread.is_alive()
        assert watcher.session.status().state == "stopped"
        assert watcher.session.error is None
    assert source.closed == 1


def test_stop_frees_a_source_blocked_in_read() -> None:
    source = ClipSource()
    source.block_at = 3
    with Watcher(source) as watcher:
        assert source.blocked.wait(WAIT_S)
        _stops_soon(watcher.session)


def test_stop_frees_a_camera_that_gives_nothing() -> None:
    with Watcher(CameraSource()) as watcher:
        _stops_soon(watcher.session)


def test_stop_while_the_network_works_waits_for_that_frame_only() -> None:
    entered, release = threading.Event(), threading.Event()

    def hold(value: int) -> None:
        entered.set()
        assert release.wait(WAIT_S)

    source = ClipSource()
    with Watcher(source, Script(before=hold)) as watcher:
        assert entered.wait(WAIT_S)
        stopping = threading.Thread(target=_stops_soon, args=(watcher.session,))
        stopping.start()
        assert source.interrupted.wait(WAIT_S)
        release.set()
        stopping.join(STOPS_WITHIN_S)
        assert not stopping.is_alive()
        assert len(watcher.segmenter.script.runs) <= 2


def test_stop_from_the_callback_does_not_wait_for_itself() -> None:
    called = threading.Event()

    def stop() -> None:
        session.stop()
        called.set()

    session = LiveSession(ClipSource(), Watcher(ClipSource()).segmenter, on_change=stop)  # type: ignore[arg-type]
    session.start()
    assert called.wait(STOPS_WITHIN_S)
    _stops_soon(session)


def test_commands_after_the_end_do_no_harm(tmp_path: Path) -> None:
    watcher = Watcher(ClipSource())
    with watcher:
        watcher.shown()
    session = watcher.session
    session.pause()
    session.play()
    session.seek(3)
    session.step(1)
    session.speed = 2
    session.settings = LiveSettings(SegmenterSettings(mask_size=28))
    assert session.stop_recording() == {}
    with pytest.raises(RuntimeError):
        session.start_recording(tmp_path / "late", ("csv",), ExportOptions())
    assert not (tmp_path / "late").exists()


def test_orders_from_many_threads_at_once_leave_a_session_that_works(tmp_path: Path) -> None:
    def disturb(seed: int) -> None:
        random = Random(seed)
        orders = [
            lambda: setattr(session, "settings", LiveSettings(is_tracking=random.random() < 0.5)),
            lambda: setattr(session, "settings", LiveSettings(target_fps=random.randint(10, 90))),
            lambda: session.seek(random.randrange(100)),
            lambda: session.step(random.choice((-1, 1))),
            session.play,
            session.pause,
            session.status,
            session.take_latest,
            lambda: setattr(session, "speed", random.choice((-2.0, 0.5, 8.0))),
            lambda: setattr(session, "loop", random.random() < 0.5),
        ]
        for _ in range(100):
            random.choice(orders)()

    source = ClipSource(100)
    with Watcher(source) as watcher:
        session = watcher.session
        session.start_recording(tmp_path, ("csv",))
        threads = [threading.Thread(target=disturb, args=(seed,)) for seed in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(STOPS_WITHIN_S)
            assert not thread.is_alive()
        session.settings = LiveSettings(SegmenterSettings(mask_size=112))
        session.speed = 1.0
        watcher.stand_at(42)
        watcher.wait(lambda: watcher.segmenter.script.runs[-1][1].mask_size == 112)
        session.stop_recording()
        assert session.error is None
    with (tmp_path / "csv" / "frames.csv").open(encoding="utf-8") as file:
        times = [float(row["pts_s"]) for row in csv.DictReader(file)]
    assert times == sorted(set(times))
    with (tmp_path / "csv" / "tracks.csv").open(encoding="utf-8") as file:
        rows = [(row["frame"], row["track_id"]) for row in csv.DictReader(file)]
    assert len(rows) == len(set(rows)) > 0
