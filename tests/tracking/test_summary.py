"""What is known of each track as a whole."""

from __future__ import annotations

import numpy as np
import pytest

from blendmask_live.datatypes import TrackedInstances, TrackState
from tests.tracking.conftest import CAR, PERSON, MakeInstances
from tracking import TrackLedger


def test_ledger_sums_up_what_an_output_shows_of_each_track(draw_instances: MakeInstances) -> None:
    ledger = TrackLedger()
    for frame in range(51):
        is_second_there = 10 <= frame < 20
        shapes = [(40.0 + 2 * frame, 60.0, 40.0, 40.0), (200.0, 120.0, 60.0, 30.0)]
        instances = draw_instances(
            shapes[: 1 + is_second_there],
            class_ids=[PERSON, CAR][: 1 + is_second_there],
            scores=[0.5 + 0.2 * (frame % 2), 0.9][: 1 + is_second_there],
        )
        first = TrackState.COASTED if frame in (30, 31) else TrackState.CONFIRMED
        states = (first, TrackState.CONFIRMED)[: len(instances)]
        ids = np.array([7, 3][: len(instances)])
        ledger.add(TrackedInstances(instances, ids, states), frame / 25)
    car, person = ledger.summaries()
    assert (car.track_id, car.class_id, car.state) == (3, CAR, TrackState.REMOVED)
    assert (car.frames_seen, car.first_s, car.last_s) == (10, 0.4, 0.76)
    assert car.mean_area_px == pytest.approx(np.pi * 30 * 15, rel=0.03)
    assert (person.track_id, person.class_id, person.state) == (7, PERSON, TrackState.CONFIRMED)
    assert (person.frames_seen, person.frames_coasted) == (49, 2)
    assert person.mean_score == pytest.approx(0.598, abs=1e-3)
    assert person.mean_speed_px_s == pytest.approx(50, rel=0.05)
    assert person.class_votes == {PERSON: pytest.approx(49 * person.mean_score)}


def test_standing_object_has_no_speed_though_its_box_trembles(
    draw_instances: MakeInstances,
) -> None:
    ledger, rng = TrackLedger(), np.random.default_rng(0)
    for frame in range(100):
        x, y = 100 + rng.normal(0, 1, 2)
        instances = draw_instances([(x, y, 50, 50)])
        ledger.add(TrackedInstances(instances, np.array([1]), (TrackState.CONFIRMED,)), frame / 25)
    assert ledger.summaries()[0].mean_speed_px_s < 8
