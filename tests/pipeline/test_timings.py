from __future__ import annotations

import pytest

from blendmask_live.pipeline import StageTimings


def test_summary_gives_percentiles_per_stage() -> None:
    timings = StageTimings()
    for elapsed_ms in range(101):
        timings.record("segment", float(elapsed_ms))
    timings.record("track", 2.0)
    summary = timings.summary()
    assert list(summary) == ["segment", "track"]
    assert summary["segment"].count == 101
    assert summary["segment"].mean_ms == pytest.approx(50)
    assert summary["segment"].p50_ms == pytest.approx(50)
    assert summary["segment"].p99_ms == pytest.approx(99)


def test_memory_is_bounded_but_the_count_is_not() -> None:
    timings = StageTimings()
    for _ in range(10_000):
        timings.record("segment", 1.0)
    timings.record("segment", 3.0)
    assert timings.summary()["segment"].count == 10_001
    assert len(timings._latest_ms["segment"]) < 5000


def test_nothing_recorded_is_an_empty_summary() -> None:
    assert StageTimings().summary() == {}
