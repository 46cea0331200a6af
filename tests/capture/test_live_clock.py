"""Time of live frames: exact while the stream's time can be believed, growing always."""

from __future__ import annotations

from fractions import Fraction

import pytest

from blendmask_live.capture.live_clock import LiveClock

Stamp = tuple[float | None, float]
"""(time in the stream, time of arrival)"""


@pytest.mark.parametrize(
    ("stamps", "expected"),
    [
        pytest.param([(7.5, 0), (7.54, 0.1), (7.58, 0.1)], [0, 0.04, 0.08], id="stream's own"),
        pytest.param([(None, 5), (None, 5.25), (None, 6)], [0, 0.25, 1], id="no time at all"),
        pytest.param([(9, 0), (1, 0.5), (1.25, 0.5)], [0, 0.5, 0.75], id="jump back"),
        pytest.param([(9, 0), (9000, 0.5), (9000.25, 1)], [0, 0.5, 0.75], id="jump ahead"),
        pytest.param([(9, 0), (9, 0.5), (None, 1), (10, 1.5)], [0, 0.5, 1, 1.5], id="missing"),
        pytest.param([(9, 0), (9.04, 60)], [0, 0.04], id="sender paused"),
        pytest.param([(9, 0), (69, 60)], [0, 60], id="a minute of packets lost"),
    ],
)
def test_time_follows(stamps: list[Stamp], expected: list[float]) -> None:
    clock = LiveClock()
    found = [
        clock.stamp(None if stream_s is None else Fraction(str(stream_s)), arrived_at)
        for stream_s, arrived_at in stamps
    ]
    assert found == [Fraction(str(time_s)) for time_s in expected]


def test_time_grows_even_if_two_frames_arrive_at_once() -> None:
    clock = LiveClock()
    times = [clock.stamp(None, 3.0) for _ in range(3)]
    assert times == sorted(set(times))


def test_loss_of_the_connection_counts_by_the_clock_on_the_wall() -> None:
    clock = LiveClock()
    clock.stamp(Fraction(100), 0.0)
    clock.reconnect()
    assert clock.stamp(Fraction(101), 9.0) == 9
