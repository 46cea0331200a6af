"""Identities over time."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blendmask_live.datatypes import Instances, TrackState
from blendmask_live.errors import ConfigError
from blendmask_live.masks.crops import CroppedMask
from tests.tracking.conftest import CAR, PERSON, MakeInstances, Shape
from tracking import MaskTracker, TrackerConfig


def crossing_shapes(time_s: float) -> list[Shape]:
    """Two people of like size, walking through each other in two seconds."""
    return [(60 + 100 * time_s, 95, 30, 70), (260 - 100 * time_s, 85, 30, 70)]


@pytest.mark.parametrize("fps", [8, 25, 60])
def test_crossing_objects_keep_their_ids(draw_instances: MakeInstances, fps: int) -> None:
    tracker = MaskTracker()
    for frame in range(2 * fps + 1):
        shapes = crossing_shapes(frame / fps)
        instances = draw_instances(shapes)
        backwards = frame % 2 == 1
        rows = np.array([1, 0] if backwards else [0, 1])
        tracked = tracker.update(instances.select(rows), timestamp_s=frame / fps)
        seen = [i for i, row in zip(tracked.track_ids.tolist(), rows, strict=True) if row == 0]
        assert seen == [1]
        assert set(tracked.track_ids.tolist()) <= {1, 2}
    assert sorted(tracked.track_ids.tolist()) == [1, 2]


@pytest.mark.parametrize("fps", [8, 25, 60])
def test_track_keeps_its_id_after_half_a_second_of_occlusion(
    draw_instances: MakeInstances, fps: int
) -> None:
    tracker = MaskTracker()
    for frame in range(2 * fps + 1):
        time_s = frame / fps
        hidden = 0.8 < time_s < 1.3
        shapes = [] if hidden else [(50 + 90 * time_s, 90.0, 30.0, 70.0)]
        tracked = tracker.update(draw_instances(shapes), timestamp_s=time_s)
        assert tracked.track_ids.tolist() == ([] if hidden else [1])


def test_track_that_stays_away_too_long_comes_back_as_another(
    draw_instances: MakeInstances,
) -> None:
    tracker = MaskTracker(TrackerConfig(max_lost_s=1.0))
    shape = [(100.0, 90.0, 40.0, 40.0)]
    tracker.update(draw_instances(shape), timestamp_s=0)
    for time_s in (0.5, 1.0, 1.1):
        tracker.update(draw_instances([]), timestamp_s=time_s)
    assert tracker.update(draw_instances(shape), timestamp_s=1.2).track_ids.tolist() == [2]


def test_gap_between_frames_alone_ends_no_track(draw_instances: MakeInstances) -> None:
    tracker = MaskTracker()
    for time_s in (0, 10, 20):
        tracked = tracker.update(draw_instances([(100, 90, 40, 40)]), timestamp_s=time_s)
        assert tracked.track_ids.tolist() == [1]


def test_everything_in_the_first_frame_is_confirmed_at_once(
    draw_instances: MakeInstances,
) -> None:
    tracked = MaskTracker().update(
        draw_instances([(50, 50, 40, 40), (200, 90, 40, 40)], scores=[0.5, 0.6]), timestamp_s=0
    )
    assert tracked.track_ids.tolist() == [1, 2]
    assert tracked.states == (TrackState.CONFIRMED,) * 2
    assert not tracked.confirmations and not tracked.dropped


def test_later_track_is_confirmed_by_its_third_sighting(draw_instances: MakeInstances) -> None:
    tracker = MaskTracker()
    tracker.update(draw_instances([]), timestamp_s=0)
    instances = draw_instances([(100, 90, 40, 40)], scores=[0.5])
    first, second, third = (tracker.update(instances, timestamp_s=t) for t in (0.1, 0.2, 0.3))
    provisional = first.track_ids[0]
    assert provisional < 0 and second.track_ids[0] == provisional
    assert first.states == (TrackState.TENTATIVE,)
    assert third.track_ids.tolist() == [1] and third.states == (TrackState.CONFIRMED,)
    assert dict(third.confirmations) == {provisional: 1}


def test_later_track_with_a_high_score_is_confirmed_at_once(
    draw_instances: MakeInstances,
) -> None:
    tracker = MaskTracker()
    tracker.update(draw_instances([]), timestamp_s=0)
    tracked = tracker.update(draw_instances([(9, 9, 9, 9)], scores=[0.97]), timestamp_s=0.1)
    assert tracked.track_ids.tolist() == [1]


def test_flicker_is_dropped_and_uses_up_no_final_id(draw_instances: MakeInstances) -> None:
    tracker = MaskTracker()
    tracker.update(draw_instances([]), timestamp_s=0)
    flicker = tracker.update(draw_instances([(40, 40, 30, 30)], scores=[0.5]), timestamp_s=0.1)
    dropped: list[int] = []
    for time_s in (0.2, 0.5, 0.7):
        dropped += tracker.update(draw_instances([]), timestamp_s=time_s).dropped
    assert dropped == flicker.track_ids.tolist()
    later = tracker.update(draw_instances([(40, 40, 30, 30)]), timestamp_s=0.8)
    assert later.track_ids.tolist() == [1]


def test_uncertain_detection_continues_a_track_but_begins_none(
    draw_instances: MakeInstances,
) -> None:
    tracker = MaskTracker()
    tracker.update(draw_instances([(50, 50, 40, 40)]), timestamp_s=0)
    shapes = [(200.0, 90.0, 40.0, 40.0), (52.0, 50.0, 40.0, 40.0)]
    seen = [
        tracker.update(draw_instances(shapes, scores=[0.2, 0.2]), timestamp_s=t / 10)
        for t in range(1, 6)
    ]
    strangers = [int(tracked.track_ids[0]) for tracked in seen]
    assert all(tracked.track_ids[1] == 1 for tracked in seen)
    assert max(strangers) < 0 and len(set(strangers)) == len(strangers)
    assert all(
        tracked.dropped == (stranger,) for tracked, stranger in zip(seen, strangers, strict=True)
    )


def test_second_detection_of_a_tracked_object_begins_no_track(
    draw_instances: MakeInstances,
) -> None:
    single = draw_instances([(100, 90, 60, 60)])
    twice = single.select(np.array([0, 0]))
    tracker = MaskTracker()
    for time_s in (0.0, 0.1, 0.2, 0.3):
        tracked = tracker.update(twice, timestamp_s=time_s)
        assert sorted(tracked.track_ids > 0) == [False, True]


def test_a_confirmed_track_changes_its_class_only_for_twice_the_votes(
    draw_instances: MakeInstances,
) -> None:
    tracker = MaskTracker()
    # CAR has 2.4 votes when PERSON gets the first.
    detected = [CAR] * 4 + [PERSON] * 8 + [CAR] * 2 + [PERSON] * 5
    reported = []
    for index, class_id in enumerate(detected):
        instances = draw_instances([(100, 90, 40, 40)], class_ids=[class_id], scores=[0.6])
        tracked = tracker.update(instances, timestamp_s=index / 25)
        reported += tracked.instances.class_ids.tolist()
        assert tracked.detected_class_ids is not None
        assert tracked.detected_class_ids.tolist() == [class_id]
    assert reported == [CAR] * 18 + [PERSON]
    (track,) = tracker.tracks()
    assert track.class_id == PERSON
    assert track.class_votes == pytest.approx({CAR: 6 * 0.6, PERSON: 13 * 0.6})


def test_class_is_voted_over_the_track(draw_instances: MakeInstances) -> None:
    tracker = MaskTracker()
    shape = [(100.0, 90.0, 60.0, 60.0)]
    for time_s, class_id, score in ((0.0, CAR, 0.9), (0.1, CAR, 0.8), (0.2, PERSON, 0.95)):
        instances = draw_instances(shape, class_ids=[class_id], scores=[score])
        tracked = tracker.update(instances, timestamp_s=time_s)
        assert tracked.track_ids.tolist() == [1]
        assert tracked.instances.class_ids.tolist() == [CAR]
        assert instances.class_ids.tolist() == [class_id]


@pytest.mark.parametrize(("memory_s", "least", "most"), [(0.3, 0.63, 0.67), (0.0, 0.4, 0.9)])
def test_score_is_averaged_over_the_track_unless_turned_off(
    draw_instances: MakeInstances, memory_s: float, least: float, most: float
) -> None:
    tracker = MaskTracker(TrackerConfig(score_memory_s=memory_s))
    seen = []
    for frame in range(60):
        flickering = draw_instances([(100, 90, 60, 60)], scores=[0.9 if frame % 2 else 0.4])
        tracked = tracker.update(flickering, timestamp_s=frame / 25)
        seen.append(float(tracked.instances.scores[0]))
    assert min(seen[40:]) == pytest.approx(least, abs=0.01)
    assert max(seen[40:]) == pytest.approx(most, abs=0.01)


def test_tracks_tell_their_life_until_they_are_removed(draw_instances: MakeInstances) -> None:
    tracker = MaskTracker(TrackerConfig(max_lost_s=1.0))
    for frame in range(26):
        shapes = [(60.0 + 4 * frame, 90.0, 30.0, 70.0)]
        tracker.update(draw_instances(shapes, scores=[0.8]), timestamp_s=5 + frame / 25)
    (seen,) = tracker.tracks()
    assert (seen.track_id, seen.state, seen.class_id) == (1, TrackState.CONFIRMED, PERSON)
    assert (seen.frames_seen, seen.frames_coasted) == (26, 0)
    assert (seen.first_s, seen.last_s) == (pytest.approx(5), pytest.approx(6))
    assert seen.mean_score == pytest.approx(0.8) and seen.mean_speed_px_s == pytest.approx(
        100, rel=0.02
    )
    assert seen.mean_area_px == pytest.approx(np.pi * 15 * 35, rel=0.05)
    states = []
    for time_s in (6.5, 8.0):
        stranger = draw_instances([(280, 30, 20, 20)], scores=[0.6])
        tracker.update(stranger, timestamp_s=time_s)
        states.append({summary.track_id: summary.state for summary in tracker.tracks()})
    assert states[0][1] is TrackState.LOST and TrackState.TENTATIVE in states[0].values()
    assert states[1][1] is TrackState.REMOVED
    tracker.reset()
    assert tracker.tracks() == ()


def test_reset_and_separate_trackers_start_at_one(draw_instances: MakeInstances) -> None:
    instances = draw_instances([(50, 50, 40, 40)])
    tracker, other = MaskTracker(), MaskTracker()
    tracker.update(instances, timestamp_s=5)
    tracker.reset()
    assert tracker.update(instances, timestamp_s=0).track_ids.tolist() == [1]
    assert other.update(instances, timestamp_s=0).track_ids.tolist() == [1]


@pytest.mark.parametrize(
    "times_s",
    [[0] * 8, [7, 6, 5, 4, 3, 2, 1, 0], [0, float("nan"), 0.1, float("inf"), 0.2], [-5, 1e300, 0]],
)
def test_broken_clock_keeps_ids(draw_instances: MakeInstances, times_s: list[float]) -> None:
    tracker = MaskTracker()
    for frame, time_s in enumerate(times_s):
        instances = draw_instances([(50 + 3 * frame, 50, 40, 40)])
        assert tracker.update(instances, timestamp_s=time_s).track_ids.tolist() == [1]


def test_lost_tracks_end_even_if_the_clock_stands_still(draw_instances: MakeInstances) -> None:
    tracker = MaskTracker()
    tracker.update(draw_instances([(50, 50, 40, 40)]), timestamp_s=0)
    for _ in range(150):
        tracker.update(draw_instances([]), timestamp_s=0)
    assert tracker.update(draw_instances([(50, 50, 40, 40)]), timestamp_s=0).track_ids == [2]


def test_tracks_survive_a_change_of_frame_size(draw_instances: MakeInstances) -> None:
    tracker = MaskTracker()
    for frame in range(4):
        shapes = [(60.0 + 4 * frame, 50.0, 40.0, 30.0), (200.0 + 4 * frame, 120.0, 50.0, 60.0)]
        tracker.update(draw_instances(shapes), timestamp_s=frame / 25)
    doubled = draw_instances(
        [(152.0, 100.0, 80.0, 60.0), (432.0, 240.0, 100.0, 120.0)], frame_size=(360, 640)
    )
    assert tracker.update(doubled, timestamp_s=4 / 25).track_ids.tolist() == [1, 2]
    tracker.update(Instances.empty((0, 0)), timestamp_s=5 / 25)
    assert tracker.update(doubled, timestamp_s=6 / 25).track_ids.tolist() == [1, 2]


def test_rows_that_cannot_be_tracked_get_ids_of_one_frame() -> None:
    soft_masks = np.zeros((4, 7, 7), dtype=np.float32)
    soft_masks[:3] = 1.0
    boxes = np.array(
        [[10, 10, 40, 40], [60, 60, 90, 90], [np.nan] * 4, [110, 110, 140, 140]], dtype=np.float32
    )
    instances = Instances(
        boxes=boxes,
        scores=np.array([0.9, np.nan, 0.9, 0.9], dtype=np.float32),
        class_ids=np.zeros(4, dtype=np.int64),
        frame_size=(180, 320),
        soft_masks=soft_masks,
        mask_boxes=boxes,
    )
    tracker = MaskTracker()
    ids = [tracker.update(instances, timestamp_s=t).track_ids for t in (0, 0.1)]
    assert [i[0] for i in ids] == [1, 1]
    untracked = np.concatenate([i[1:] for i in ids]).tolist()
    assert max(untracked) < 0 and len(set(untracked)) == 6


def test_attention_and_bases_pass_through_untouched() -> None:
    boxes = np.array([[10, 10, 50, 50]], dtype=np.float32)
    instances = Instances(
        boxes=boxes,
        scores=np.array([0.9], dtype=np.float32),
        class_ids=np.array([1], dtype=np.int64),
        frame_size=(64, 64),
        soft_masks=np.ones((1, 7, 7), dtype=np.float32),
        mask_boxes=boxes,
        attention=np.ones((1, 4, 14, 14), dtype=np.float32),
        bases=np.ones((4, 16, 16), dtype=np.float32),
    )
    tracked = MaskTracker().update(instances, timestamp_s=0).instances
    assert tracked.attention is instances.attention and tracked.bases is instances.bases
    assert tracked.cropped_masks() is instances.cropped_masks()


def test_a_thousand_objects_on_one_spot_are_no_trouble() -> None:
    rows = np.zeros(1000, dtype=np.int64)
    spot = np.zeros((1, 60, 60), dtype=bool)
    spot[:, 20:40, 20:40] = True
    crowd = Instances.from_masks(spot, class_ids=[0]).select(rows)
    tracker = MaskTracker(TrackerConfig(max_birth_overlap=1.0))
    for time_s in (0.0, 0.1):
        tracked = tracker.update(crowd, timestamp_s=time_s)
        assert len(np.unique(tracked.track_ids)) == 1000


def test_object_that_left_the_picture_and_returns_has_its_old_id(
    draw_instances: MakeInstances,
) -> None:
    tracker = MaskTracker()
    shapes = [(60.0 - 100 * min(t, 3 - t), 90.0, 30.0, 70.0) for t in np.arange(0, 3, 0.04)]
    ids = []
    for frame, shape in enumerate(shapes):
        seen = [shape] if shape[0] > -15 else []
        tracked = tracker.update(
            draw_instances(seen, scores=[0.8] * len(seen)), timestamp_s=frame / 25
        )
        ids += tracked.track_ids.tolist()
    assert ids[0] == ids[-1] == 1 and 2 not in ids


def test_false_detection_does_not_snatch_the_id_of_a_lost_object(
    draw_instances: MakeInstances,
) -> None:
    tracker = MaskTracker()
    for frame in range(10):
        tracker.update(draw_instances([(100, 90, 30, 70)]), timestamp_s=frame / 25)
    for frame in range(10, 30):
        strays = [(150.0, 90.0, 28.0, 66.0)] if frame == 20 else []
        tracked = tracker.update(
            draw_instances(strays, scores=[0.6] * len(strays)), timestamp_s=frame / 25
        )
        assert not (tracked.track_ids > 0).any()
    tracked = tracker.update(draw_instances([(100, 90, 30, 70)]), timestamp_s=30 / 25)
    assert tracked.track_ids.tolist() == [1]


def test_ids_stay_when_the_camera_jumps(draw_instances: MakeInstances) -> None:
    tracker = MaskTracker()
    for frame in range(40):
        jump = 26 * (frame // 5 % 2)
        shapes = [(40.0 + 70 * i + jump, 90.0, 30.0, 70.0) for i in range(4)]
        tracked = tracker.update(draw_instances(shapes), timestamp_s=frame / 25)
        assert tracked.track_ids.tolist() == [1, 2, 3, 4]


def test_slow_source_confirms_by_the_second_sighting(draw_instances: MakeInstances) -> None:
    tracker = MaskTracker()
    tracker.update(draw_instances([]), timestamp_s=0)
    instances = draw_instances([(100, 90, 40, 40)], scores=[0.6])
    assert tracker.update(instances, timestamp_s=1.0).track_ids[0] < 0
    assert tracker.update(instances, timestamp_s=2.0).track_ids.tolist() == [1]


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_ids_are_unique_consecutive_and_repeatable_whatever_comes(seed: int) -> None:
    def track() -> list[list[int]]:
        rng = np.random.default_rng(seed)
        tracker = MaskTracker(TrackerConfig(confirm_sightings=2))
        history, time_s = [], 0.0
        for _ in range(12):
            count = int(rng.integers(0, 6))
            masks = np.zeros((count, 40, 40), dtype=bool)
            for mask in masks:
                x, y, w, h = rng.integers(0, 20, 4)
                mask[y : y + h, x : x + w] = True
            instances = Instances.from_masks(
                masks, class_ids=rng.integers(0, 3, count), scores=rng.random(count)
            )
            time_s += float(rng.choice([0.0, 0.04, 0.4, -0.1]))
            tracked = tracker.update(instances, timestamp_s=time_s)
            ids: list[int] = tracked.track_ids.tolist()
            assert len(set(ids)) == count and 0 not in ids
            history.append(ids)
        return history

    history = track()
    final = sorted({i for ids in history for i in ids if i > 0})
    assert final == list(range(1, len(final) + 1))
    assert track() == history


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_no_id_is_shared_or_used_again_whatever_is_broken(seed: int) -> None:
    """Boxes, scores and times that are no numbers, other frame sizes, cuts, tracking off."""
    rng = np.random.default_rng(seed)
    tracker, undecided, finished = MaskTracker(), set[int](), set[int]()
    shown: set[int] = set()
    for _ in range(15):
        instances = _broken_instances(rng)
        ends_tracks, is_tracked = rng.random() < 0.2, rng.random() < 0.7
        if ends_tracks or not is_tracked:
            finished |= shown
            tracker.forget()
        time_s = float(rng.choice([0.0, 1.0, -5.0, np.nan, np.inf, 1e300]))
        if is_tracked:
            tracked = tracker.update(instances, timestamp_s=time_s)
        else:
            tracked = tracker.number(instances)
        ids: list[int] = tracked.track_ids.tolist()
        assert len(ids) == len(set(ids)) == len(instances) and 0 not in ids
        assert not set(ids) & finished
        shown |= set(ids)
        undecided |= {i for i in ids if i < 0}
        undecided -= {*tracked.dropped, *tracked.confirmations}
        # Else frames would be held back for ever.
        assert is_tracked or not undecided


def _broken_instances(rng: np.random.Generator) -> Instances:
    side, count = int(rng.choice([30, 60])), int(rng.integers(0, 5))
    masks = rng.random((count, side, side)) < rng.choice([0.0, 0.01, 0.9], (count, 1, 1))
    instances = Instances.from_masks(masks, class_ids=rng.integers(0, 3, count))
    scores, boxes = rng.random(count).astype(np.float32), instances.boxes.copy()
    scores[rng.random(count) < 0.2] = np.nan
    boxes[rng.random((count, 4)) < 0.1] = rng.choice([np.nan, np.inf, -1e30])
    return replace(instances, boxes=boxes, scores=scores)


def test_clock_that_begins_with_no_number_does_not_run_backwards(
    draw_instances: MakeInstances,
) -> None:
    tracker = MaskTracker()
    for time_s in (math.nan, -1000.0, -999.9, -999.8):
        instances = draw_instances([(100, 90, 40, 40)], scores=[0.6])
        assert tracker.update(instances, timestamp_s=time_s).track_ids.tolist() == [1]


@pytest.mark.parametrize(
    "settings_", [{"max_lost_s": 0.0}, {"min_overlap": 1.5}, {"confident_score": float("nan")}]
)
def test_impossible_settings_are_refused(settings_: dict[str, float]) -> None:
    with pytest.raises(ConfigError, match=next(iter(settings_))):
        TrackerConfig(**settings_)


@pytest.mark.parametrize("broken", [float("nan"), float("inf"), 0.0, 3e38])
def test_attention_that_is_no_number_decides_nothing(broken: float) -> None:
    spots = np.zeros((2, 60, 120), dtype=bool)
    spots[0, 10:40, 10:40] = spots[1, 10:40, 70:100] = True
    tracker = MaskTracker()
    for frame in range(6):
        attention = np.ones((2, 4, 14, 14), dtype=np.float32)
        attention[frame % 2] = broken
        instances = replace(Instances.from_masks(spots, class_ids=[0, 0]), attention=attention)
        tracked = tracker.update(instances, timestamp_s=frame / 25)
        assert tracked.track_ids.tolist() == [1, 2]


def test_attention_of_another_network_is_not_compared() -> None:
    spot = np.zeros((1, 60, 60), dtype=bool)
    spot[:, 20:40, 20:40] = True
    tracker = MaskTracker()
    for frame, shape in enumerate([(1, 4, 14, 14), (1, 4, 7, 7), None, (1, 2, 14, 14)]):
        attention = None if shape is None else np.ones(shape, dtype=np.float32)
        instances = replace(Instances.from_masks(spot, class_ids=[0]), attention=attention)
        assert tracker.update(instances, timestamp_s=frame / 25).track_ids.tolist() == [1]


def test_thousands_of_scattered_detections_share_no_id() -> None:
    rng = np.random.default_rng(0)
    corners = rng.integers(0, (1900, 1060), (2000, 2))
    dot = np.ones((12, 12), dtype=bool)
    crops = tuple(CroppedMask(int(x), int(y), dot) for x, y in corners)
    instances = Instances(
        boxes=np.hstack([corners, corners + 12]).astype(np.float32),
        scores=rng.uniform(0.1, 0.99, 2000).astype(np.float32),
        class_ids=rng.integers(0, 80, 2000),
        frame_size=(1080, 1920),
        exact_masks=crops,
    )
    tracker = MaskTracker()
    first, second = (tracker.update(instances, timestamp_s=t).track_ids for t in (0.0, 0.04))
    assert len(np.unique(first)) == len(np.unique(second)) == 2000
    lasting = (first > 0) & (second > 0)
    assert lasting.sum() > 700 and (first[lasting] == second[lasting]).mean() > 0.99


@pytest.mark.parametrize(
    "box", [[40, 40, 10, 10], [-1e30, 0, 1e30, 50], [np.inf, 0, np.inf, 5], [10, 10, 10, 10]]
)
def test_boxes_inside_out_or_endless_disturb_nobody(box: list[float]) -> None:
    spots = np.zeros((2, 60, 120), dtype=bool)
    spots[0, 10:40, 10:40] = spots[1, 10:40, 70:100] = True
    good = Instances.from_masks(spots, class_ids=[0, 0])
    boxes = good.boxes.copy()
    boxes[1] = box
    tracker = MaskTracker()
    for frame in range(8):
        instances = replace(good, boxes=boxes) if frame % 2 else good
        ids = tracker.update(instances, timestamp_s=frame / 25).track_ids.tolist()
        assert ids[0] == 1 and len(set(ids)) == 2


def test_a_frame_without_a_later_time_counts_as_one_of_the_nominal_rate(
    draw_instances: MakeInstances,
) -> None:
    tracker = MaskTracker()
    for _ in range(6):
        tracker.update(draw_instances([(50, 50, 40, 40)]), timestamp_s=2.0)
    (summary,) = tracker.tracks()
    assert summary.last_s - summary.first_s == pytest.approx(5 / 25)


def test_a_lost_track_keeps_its_own_mask_and_none_of_its_neighbours() -> None:
    boxes = np.array([[10, 10, 50, 60], [100, 20, 160, 90], [200, 9, 290, 99]], dtype=np.float32)
    instances = Instances(
        boxes=boxes,
        scores=np.full(3, 0.9, dtype=np.float32),
        class_ids=np.zeros(3, dtype=np.int64),
        frame_size=(180, 320),
        soft_masks=np.ones((3, 28, 28), dtype=np.float32),
        mask_boxes=boxes,
        attention=np.ones((3, 4, 14, 14), dtype=np.float32),
    )
    tracker = MaskTracker()
    tracker.update(instances, timestamp_s=0.0)
    tracker.update(instances.select(np.array([0, 2])), timestamp_s=0.1)
    _, lost, _ = tracker._tracks
    attention, direction = lost.last.attention, lost.last.direction
    assert attention is not None and direction is not None
    for part in (lost.last.crop.mask, lost.last.box, attention, direction):
        assert part.base is None
    assert lost.last.crop.box == (100, 20, 160, 90) and lost.last.crop.mask.all()
    (_, again, _) = tracker.update(instances, timestamp_s=0.2).track_ids.tolist()
    assert again == lost.track_id
