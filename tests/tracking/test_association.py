"""Who is matched with whom."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from blendmask_live.masks.crops import CroppedMask, crops_iou, shared_px
from tracking.association import (
    Objects,
    assign,
    associate,
    attention_difference,
    centre_similarity,
    common_shift,
    mask_overlap,
)
from tracking.config import TrackerConfig

CONFIG = TrackerConfig()


def squares(*corners: tuple[int, int], side: int = 20) -> list[CroppedMask]:
    return [CroppedMask(x, y, np.ones((side, side), dtype=bool)) for x, y in corners]


def objects(
    crops: list[CroppedMask],
    *,
    weights: list[float],
    class_ids: list[int] | None = None,
    reach: float = 1.5,
    attention: list[list[float]] | None = None,
) -> Objects:
    return Objects(
        boxes=np.array([crop.box for crop in crops], dtype=np.float32).reshape(-1, 4),
        crops=crops,
        class_ids=np.array(class_ids or [0] * len(crops), dtype=np.int64),
        weights=np.array(weights, dtype=np.float64),
        reaches=np.full(len(crops), reach),
        attention=np.array(attention or [[]] * len(crops), dtype=np.float32),
    )


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(*[st.integers(-20, 60)] * 2, *[st.integers(1, 30)] * 2), max_size=6))
def test_small_masks_overlap_is_the_exact_iou(
    rectangles: list[tuple[int, int, int, int]],
) -> None:
    crops = [
        CroppedMask(x, y, np.add.outer(np.arange(h), np.arange(w)) % 3 > 0)
        for x, y, w, h in rectangles
    ]
    np.testing.assert_allclose(
        mask_overlap(crops, crops, min_iou=0), crops_iou(crops, crops), atol=1e-6
    )


def test_overlap_of_large_masks_is_close_to_the_iou() -> None:
    y, x = np.mgrid[:301, :257]
    ellipse = ((x - 128) / 128) ** 2 + ((y - 150) / 150) ** 2 <= 1
    crops = [CroppedMask(x0, y0, ellipse) for x0, y0 in ((0, 0), (31, 17), (90, -60), (0, 140))]
    np.testing.assert_allclose(
        mask_overlap(crops, crops, min_iou=0), crops_iou(crops, crops), atol=0.03
    )


def test_pairs_that_cannot_reach_the_limit_have_no_overlap() -> None:
    overlap = mask_overlap(squares((0, 0)), squares((15, 0), (1, 0)), min_iou=0.5)
    assert overlap[0, 0] == 0 and overlap[0, 1] > 0.8


def test_assignment_maximises_the_total_and_not_the_first_pair() -> None:
    similarity = np.array([[0.9, 0.8], [0.85, 0.1]])
    both = np.ones(2, dtype=bool)
    assert assign(similarity, both, both, threshold=0.3) == [(0, 1), (1, 0)]


def test_assignment_leaves_pairs_below_the_threshold_alone() -> None:
    both = np.ones(2, dtype=bool)
    assert assign(np.array([[0.9, 0.2], [0.0, 0.2]]), both, both, threshold=0.3) == [(0, 0)]


def test_confident_detection_is_served_before_a_better_placed_uncertain_one() -> None:
    tracks = objects(squares((0, 0)), weights=[5.0])
    detections = objects(squares((0, 0), (6, 0)), weights=[0.3, 0.9])
    assert associate(tracks, detections, CONFIG) == [(0, 1)]


def test_uncertain_detection_continues_a_track_that_is_left() -> None:
    tracks = objects(squares((0, 0)), weights=[5.0])
    assert associate(tracks, objects(squares((3, 0)), weights=[0.2]), CONFIG) == [(0, 0)]


@pytest.mark.parametrize(("shift", "expected"), [(4, [(0, 0)]), (13, [])])
def test_another_class_needs_more_overlap(shift: int, expected: list[tuple[int, int]]) -> None:
    tracks = objects(squares((0, 0)), weights=[5.0], class_ids=[1], reach=0)
    detections = objects(squares((shift, 0)), weights=[0.9], class_ids=[2])
    assert associate(tracks, detections, CONFIG) == expected
    same_class = objects(squares((shift, 0)), weights=[0.9], class_ids=[1])
    assert associate(tracks, same_class, CONFIG) == [(0, 0)]


@pytest.mark.parametrize(("ages", "winner"), [([9.0, 1.0], 0), ([1.0, 9.0], 1), ([0.0, 0.04], 1)])
def test_of_equal_tracks_the_older_is_preferred(ages: list[float], winner: int) -> None:
    tracks = objects(squares((0, 0), (0, 0)), weights=ages)
    assert associate(tracks, objects(squares((0, 0)), weights=[0.9]), CONFIG) == [(winner, 0)]


def test_attention_decides_between_detections_that_overlap_alike() -> None:
    tracks = objects(squares((0, 0)), weights=[5.0], attention=[[1, 0]])
    twins = squares((4, 0), (-4, 0))
    for wanted, attention in enumerate(([[0.9, 0.44], [0.44, 0.9]], [[0.44, 0.9], [0.9, 0.44]])):
        detections = objects(twins, weights=[0.9, 0.9], attention=attention)
        assert associate(tracks, detections, CONFIG) == [(0, wanted)]


def test_object_without_attention_is_held_to_be_like_any_other() -> None:
    known = np.array([[1, 0], [0, 1]], dtype=np.float32)
    unknown = np.array([[0, 0]], dtype=np.float32)
    assert attention_difference(known, known).tolist() == [[0, 1], [1, 0]]
    assert not attention_difference(known, unknown).any()
    assert not attention_difference(known, np.zeros((3, 0), dtype=np.float32)).any()


def test_fast_object_is_matched_by_nearness_when_masks_no_longer_overlap() -> None:
    tracks = objects(squares((0, 0)), weights=[5.0])
    near, far = squares((24, 0)), squares((200, 0))
    assert associate(tracks, objects(near, weights=[0.9]), CONFIG) == [(0, 0)]
    assert associate(tracks, objects(far, weights=[0.9]), CONFIG) == []
    assert associate(tracks, objects(near, weights=[0.3]), CONFIG) == []


def test_nearness_needs_a_similar_size() -> None:
    boxes = np.array([[0, 0, 20, 20], [0, 0, 100, 100]], dtype=np.float32)
    assert centre_similarity(boxes, boxes, np.ones(2)).tolist() == [[1, 0], [0, 1]]


def test_shift_common_to_most_objects_is_the_cameras() -> None:
    tracks = objects(squares((0, 0), (60, 0), (0, 60), (60, 60)), weights=[5.0] * 4)
    moved = objects(squares((9, 4), (69, 4), (9, 64), (50, 50)), weights=[0.9] * 4)
    np.testing.assert_allclose(common_shift(tracks, moved, CONFIG), [9, 4])


def test_objects_that_move_each_its_own_way_move_no_camera() -> None:
    tracks = objects(squares((0, 0), (60, 0), (0, 60), (60, 60)), weights=[5.0] * 4)
    moved = objects(squares((9, 0), (51, 0), (0, 69), (60, 51)), weights=[0.9] * 4)
    assert not common_shift(tracks, moved, CONFIG).any()
    two = objects(squares((0, 0), (60, 0)), weights=[5.0] * 2)
    assert not common_shift(two, objects(squares((9, 4), (69, 4)), weights=[0.9] * 2), CONFIG).any()


def test_one_good_pair_is_worth_more_than_two_poor_ones() -> None:
    similarity = np.array([[0.8, 0.45], [0.45, 0.0]])
    everyone = np.ones(2, dtype=bool)
    assert assign(similarity, everyone, everyone, threshold=0.15) == [(0, 0)]


@pytest.mark.parametrize("box_share", [0.0, 0.5, 1.0])
def test_pairs_not_compared_would_have_changed_nothing(
    monkeypatch: pytest.MonkeyPatch, box_share: float
) -> None:
    random = np.random.default_rng(2)
    config = TrackerConfig(box_share=box_share)
    compared: list[int] = []

    def associated(least_iou: float | None) -> list[list[tuple[int, int]]]:
        def overlap(
            a: list[CroppedMask],
            b: list[CroppedMask],
            *,
            min_iou: NDArray[np.float64],
            most: NDArray[np.float64],
        ) -> NDArray[np.float64]:
            least = min_iou if least_iou is None else least_iou
            found = mask_overlap(a, b, min_iou=least, most=most)
            compared.append(np.count_nonzero(found))
            return found

        monkeypatch.setattr("tracking.association.mask_overlap", overlap)
        return [associate(*scene, config) for scene in scenes]

    scenes = [(_crowd(random, 25), _crowd(random, 25)) for _ in range(12)]
    assert associated(None) == associated(0.1)
    assert sum(compared[:12]) < sum(compared[12:])


def test_no_pixel_is_read_of_a_pair_that_is_sure_by_its_boxes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    read = list[tuple[int, int]]()
    monkeypatch.setattr(
        "tracking.association.shared_px",
        lambda a, b: read.append((a.x0, b.x0)) or shared_px(a, b),  # type: ignore[func-returns-value]
    )
    tracks = objects(squares((0, 0), (100, 0), (104, 0), (300, 0)), weights=[1.0] * 4)
    detections = objects(squares((2, 0), (101, 0), (106, 0), (314, 0)), weights=[0.9] * 4)
    assert associate(tracks, detections, CONFIG) == [(0, 0), (1, 1), (2, 2), (3, 3)]
    # The first is alone. The next two compete, and of the last the boxes alone say too little.
    assert set(read) == {(x, y) for x in (100, 104) for y in (101, 106)} | {(300, 314)}


def _crowd(random: np.random.Generator, count: int) -> Objects:
    crops = [
        CroppedMask(x, y, random.random((h, w)) > 0.2)
        for x, y, w, h in random.integers(4, 60, (count, 4)).tolist()
    ]
    return objects(
        crops,
        weights=random.random(count).tolist(),
        class_ids=random.integers(0, 3, count).tolist(),
        attention=random.normal(0, 1, (count, 2)).tolist(),
    )
