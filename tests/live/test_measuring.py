"""The synthetic camera and the measuring of sessions."""

from __future__ import annotations

import time

import numpy as np
import pytest

from blendmask_live.errors import StageFailed
from blendmask_live.live import LiveSettings
from blendmask_live.live.meters import RateMeter, RecentValues
from blendmask_live.measuring.live import bench_live, worker_fps
from blendmask_live.measuring.synthetic import SyntheticCamera, forth_and_back
from tests.live.parts import SIZE, ClipSource, FakeSegmenter, Script

PICTURES = [np.full((*SIZE, 3), value, dtype=np.uint8) for value in range(5)]


def test_pictures_go_forth_and_back() -> None:
    assert [forth_and_back(number, 3) for number in range(7)] == [0, 1, 2, 1, 0, 1, 2]
    assert [forth_and_back(number, 1) for number in range(3)] == [0, 0, 0]


def test_synthetic_camera_never_gives_a_frame_before_its_tick() -> None:
    camera = SyntheticCamera(PICTURES, fps=200)
    frames = [camera.read() for _ in range(10)]
    assert all(frame is not None and frame.captured_at <= time.monotonic() for frame in frames)
    indexes = [frame.index for frame in frames if frame]
    assert indexes == sorted(set(indexes))
    camera.interrupt()
    assert camera.read() is None


def test_overload_is_measured_with_drops_and_ages() -> None:
    segmenter = FakeSegmenter(Script(before=lambda value: time.sleep(0.01)))
    # Longer where the machine had no time for us.
    for seconds in (0.6, 3, 15):
        camera = SyntheticCamera(PICTURES, fps=400)
        live = bench_live(segmenter, camera, LiveSettings(), seconds=seconds, span_s=seconds / 3)  # type: ignore[arg-type]
        if len(live.spans) >= 3 and all(span.shown for span in live.spans):
            break
    assert len(live.spans) >= 3
    assert live.dropped > live.spans[0].dropped > 0
    assert 0 < live.age_ms_p50 <= live.age_ms_p99
    assert live.stages_ms["segment"].p50_ms >= 10
    assert live.age_limit_ms > 1000 / 400 + 10


def test_recorded_source_is_measured_from_its_first_frame_to_its_end() -> None:
    live = bench_live(FakeSegmenter(), ClipSource(20), LiveSettings())  # type: ignore[arg-type]
    assert sum(span.shown for span in live.spans) + live.dropped <= 20
    assert live.shown_fps > 0 and live.source_fps == 50


def test_worker_is_slower_than_a_camera_of_a_thousand_frames() -> None:
    segmenter = FakeSegmenter(Script(before=lambda value: time.sleep(0.02)))
    fps = worker_fps(segmenter, PICTURES, LiveSettings(), seconds=0.3)  # type: ignore[arg-type]
    assert 0 < fps <= 51


def test_failure_while_measuring_is_raised() -> None:
    source = ClipSource()
    source.fail_at = 3
    with pytest.raises(StageFailed, match="source broke"):
        bench_live(FakeSegmenter(), source, LiveSettings())  # type: ignore[arg-type]


class _Clock:
    now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


def test_rate_falls_to_zero_when_events_stop() -> None:
    clock = _Clock()
    meter = RateMeter(3.0, clock=clock)
    assert meter.rate == 0
    for _ in range(31):
        meter.count()
        clock.now_s += 0.1
    assert meter.rate == pytest.approx(10, rel=0.05)
    clock.now_s += 3
    assert meter.rate == 0


def test_old_values_are_forgotten() -> None:
    clock = _Clock()
    values = RecentValues(3.0, clock=clock)
    assert values.percentiles(50, 99) == (0.0, 0.0)
    values.add(1000.0)
    clock.now_s += 4
    for value in (1.0, 2.0, 3.0):
        values.add(value)
    assert values.percentiles(50) == (2.0,)
