"""The second look at a whole video."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from blendmask_live.datatypes import Frame, Instances, TrackedFrame, TrackedInstances, TrackState
from blendmask_live.errors import ConfigError
from blendmask_live.masks.crops import CroppedMask, crops_iou
from tests.tracking.conftest import CAR, FRAME_SIZE, PERSON, MakeInstances, Shape
from tracking import ConfirmationBuffer, FirstLook, LookAheadConfig, MaskTracker, SecondLook
from tracking.frame_store import FrameStore, StoredFrame
from tracking.lookahead import between

FPS = 25
RED, BLUE = (200, 30, 30), (30, 30, 200)


def picture(instances: Instances, colours: Sequence[tuple[int, int, int]]) -> np.ndarray:
    image = np.full((*instances.frame_size, 3), 127, dtype=np.uint8)
    for mask, colour in zip(instances.masks(), colours, strict=True):
        image[mask] = colour
    return image


Scene = Callable[[int], list[tuple[int, Shape]]]
"""Frame number -> (true id, shape) of each object that is detected."""


def look(
    scene: Scene,
    frames: int,
    draw: MakeInstances,
    *,
    ids: Sequence[int],
    colours: Sequence[tuple[int, int, int]] = (RED, BLUE),
    class_ids: Sequence[int] = (PERSON, PERSON),
    score: float = 0.6,
) -> FirstLook:
    """Store given track ids; true ids select colours and classes."""
    first = FirstLook(draw([]).labels)
    for number in range(frames):
        seen = scene(number)
        instances = draw(
            [shape for _, shape in seen],
            scores=[score] * len(seen),
            class_ids=[class_ids[i] for i, _ in seen],
        )
        tracked = TrackedInstances(
            instances,
            np.array([ids[i] for i, _ in seen], dtype=np.int64),
            (TrackState.CONFIRMED,) * len(seen),
        )
        image = picture(instances, [colours[i] for i, _ in seen])
        first.add(TrackedFrame(Frame(image, number, None, 0.0), tracked), number / FPS)
    return first


def shown(second: SecondLook) -> list[list[int]]:
    return [second.frame(number).track_ids.tolist() for number in range(len(second))]


def walker(number: int) -> Shape:
    return (40.0 + 3 * number, 90.0, 30.0, 70.0)


def parts_of_one(number: int) -> list[tuple[int, Shape]]:
    """A walker who is hidden from frame 20 to 44."""
    if number < 20:
        return [(0, walker(number))]
    return [(1, walker(number))] if number >= 45 else []


def test_two_tracks_of_a_hidden_object_become_one(draw_instances: MakeInstances) -> None:
    first = look(parts_of_one, 65, draw_instances, ids=(3, 8), colours=(RED, RED))
    ids = shown(first.second_look())
    assert ids == [[1]] * 20 + [[]] * 25 + [[1]] * 20


@pytest.mark.parametrize(
    "difference", [{"colours": (RED, BLUE)}, {"class_ids": (PERSON, CAR), "colours": (RED, RED)}]
)
def test_tracks_that_differ_in_looks_or_class_stay_two(
    draw_instances: MakeInstances, difference: dict[str, tuple[int, int]]
) -> None:
    first = look(parts_of_one, 65, draw_instances, ids=(3, 8), **difference)
    assert shown(first.second_look())[-1] == [2]


def test_gaps_beyond_the_limit_are_not_joined(draw_instances: MakeInstances) -> None:
    first = look(parts_of_one, 65, draw_instances, ids=(3, 8), colours=(RED, RED))
    assert shown(first.second_look(LookAheadConfig(max_join_s=0.5)))[-1] == [2]


def test_what_the_tracker_found_again_stays_one_however_long_the_gap(
    draw_instances: MakeInstances,
) -> None:
    first = look(parts_of_one, 65, draw_instances, ids=(3, 3), colours=(RED, RED))
    assert shown(first.second_look(LookAheadConfig(max_join_s=0.0)))[-1] == [1]


@pytest.mark.parametrize(("score", "last"), [(0.6, 5), (0.9, 9)])
def test_short_tracks_are_removed_unless_they_are_sure(
    draw_instances: MakeInstances, score: float, last: int
) -> None:
    def scene(number: int) -> list[tuple[int, Shape]]:
        flicker = [(1, (250.0, 90.0, 30.0, 30.0))] if 5 <= number < 9 else []
        return [(0, walker(number)), *flicker]

    first = look(scene, 20, draw_instances, ids=(1, 2), score=score)
    ids = shown(first.second_look())
    assert [number for number, row in enumerate(ids) if len(row) == 2] == list(range(5, last))
    assert all(row[0] == 1 for row in ids)


def holed(number: int) -> list[tuple[int, Shape]]:
    return [] if number in (10, 11, 12) else [(0, walker(number))]


def test_short_hole_is_filled_between_its_ends(draw_instances: MakeInstances) -> None:
    second = look(holed, 25, draw_instances, ids=(4,), colours=(RED,)).second_look()
    for number in (12, 10, 11, 9):
        tracked = second.frame(number)
        is_hole = number != 9
        assert tracked.track_ids.tolist() == [1]
        assert tracked.states == (TrackState.COASTED if is_hole else TrackState.CONFIRMED,)
        truth = draw_instances([walker(number)]).cropped_masks()
        assert crops_iou(tracked.instances.cropped_masks(), truth)[0, 0] > 0.9
    second.close()


def test_hole_behind_another_object_stays_empty(draw_instances: MakeInstances) -> None:
    def scene(number: int) -> list[tuple[int, Shape]]:
        x, y, _, _ = walker(11)
        return [*holed(number), (1, (x, y, 60.0, 90.0))] if 9 < number < 13 else holed(number)

    first = look(scene, 25, draw_instances, ids=(1, 2), score=0.9)
    assert shown(first.second_look())[11] == [2]
    assert shown(first.second_look(LookAheadConfig(max_fill_s=0.0)))[11] == [2]


def test_longer_hole_is_not_filled(draw_instances: MakeInstances) -> None:
    first = look(parts_of_one, 65, draw_instances, ids=(3, 3), colours=(RED, RED))
    assert shown(first.second_look())[30] == []


def test_frames_may_be_read_in_any_order(draw_instances: MakeInstances) -> None:
    second = look(holed, 25, draw_instances, ids=(4,), colours=(RED,)).second_look()
    forwards = [second.frame(number).instances.rles() for number in range(25)]
    backwards = [second.frame(number).instances.rles() for number in reversed(range(25))]
    assert forwards == backwards[::-1]


def test_clock_that_stands_still_is_survived(draw_instances: MakeInstances) -> None:
    first = FirstLook(draw_instances([]).labels)
    tracker, buffer = MaskTracker(), ConfirmationBuffer()
    for number in range(12):
        seen = [] if number == 6 else [walker(number)]
        instances = draw_instances(seen)
        frame = Frame(picture(instances, [RED] * len(seen)), number, None, 0.0)
        tracked = tracker.update(instances, timestamp_s=float("nan") if number % 5 else 0.0)
        for released in buffer.push(TrackedFrame(frame, tracked)):
            first.add(released, float("nan") if number % 5 else 0.0)
    assert shown(first.second_look()) == [[1]] * 12


def test_video_without_objects_stays_empty(draw_instances: MakeInstances) -> None:
    first = look(lambda number: [], 3, draw_instances, ids=())
    assert shown(first.second_look()) == [[], [], []]


def test_stored_frames_come_back_as_they_were(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    frames = [
        StoredFrame(
            number / FPS,
            FRAME_SIZE,
            rng.integers(0, 9, count),
            rng.random(count) < 0.5,
            rng.integers(0, 80, count),
            rng.random(count, dtype=np.float32),
            rng.random((count, 4), dtype=np.float32),
            tuple(
                CroppedMask(3 * i, i, rng.random((7 + i, 5)) < 0.5 if i else np.zeros((0, 0), bool))
                for i in range(count)
            ),
        )
        for number, count in enumerate((3, 0, 1))
    ]
    with FrameStore(tmp_path) as store:
        for frame in frames:
            store.append(frame)
        for number in (2, 0, 1):
            frame, again = frames[number], store.read(number)
            assert (again.time_s, again.frame_size) == (frame.time_s, frame.frame_size)
            for name in ("parts", "is_coasted", "class_ids", "scores", "boxes"):
                np.testing.assert_array_equal(getattr(again, name), getattr(frame, name))
            for crop, same in zip(frame.crops, again.crops, strict=True):
                assert crop.box == same.box and np.array_equal(crop.mask, same.mask)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("share", [0.0, 0.25, 0.5, 1.0])
def test_interpolated_mask_moves_and_grows_evenly(
    draw_instances: MakeInstances, share: float
) -> None:
    ends: list[Shape] = [(60, 60, 30, 40), (120, 90, 60, 60)]
    (first,), (second,) = (draw_instances([shape]).cropped_masks() for shape in ends)
    expected = tuple((1 - share) * a + share * b for a, b in zip(*ends, strict=True))
    truth = draw_instances([expected]).cropped_masks()
    assert crops_iou([between(first, second, share)], truth)[0, 0] > 0.9


def test_impossible_settings_are_refused() -> None:
    with pytest.raises(ConfigError, match="max_fill_s"):
        replace(LookAheadConfig(), max_fill_s=-1.0)
