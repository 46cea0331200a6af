"""Measures of tracks: equal to trackeval's, whatever the tracks."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from pycocotools import mask as coco_mask

from tracking.evaluation import ObjectMask, TrackingScores, pair_frames, score_frames

trackeval = pytest.importorskip("trackeval")
_OURS_TO_THEIRS = {
    "HOTA": "HOTA",
    "DetA": "DetA",
    "AssA": "AssA",
    "LocA": "LocA",
    "IDF1": "IDF1",
    "sMOTSA": "sMOTA",
    "switches": "IDSW",
}
SIZE = (24, 32)
Sides = tuple[list[ObjectMask], list[ObjectMask]]


def rectangle(x0: int, y0: int, width: int, height: int) -> dict[str, Any]:
    mask = np.zeros(SIZE, dtype=np.uint8, order="F")
    mask[max(y0, 0) : max(y0 + height, 0), max(x0, 0) : max(x0 + width, 0)] = 1
    return coco_mask.encode(mask)


def random_tracks(seed: int) -> tuple[list[ObjectMask], list[ObjectMask]]:
    """True objects on straight ways, and what a poor tracker makes of them."""
    rng = np.random.default_rng(seed)
    truth, results = [], []
    for object_id in range(rng.integers(0, 5)):
        place, velocity = rng.uniform(0, 18, 2), rng.uniform(-1, 1, 2)
        found_id = 10 * object_id
        for frame in range(int(rng.integers(0, 5)), 20):
            x, y = (place + frame * velocity).astype(int).tolist()
            if rng.random() < 0.9:
                truth.append(ObjectMask(frame, object_id, 1, rectangle(x, y, 8, 9)))
            if rng.random() < 0.1:
                found_id += 1
            if rng.random() < 0.8:
                dx, dy, dw, dh = rng.integers(-2, 3, 4).tolist()
                rle = rectangle(x + dx, y + dy, 8 + dw, 9 + dh)
                results.append(ObjectMask(frame, found_id, 1, rle))
            if rng.random() < 0.1:
                spot = rectangle(*rng.integers(0, 20, 2).tolist(), 6, 6)
                results.append(ObjectMask(frame, 1000 + len(results), 1, spot))
    return truth, results


METRICS = [
    metric({"PRINT_CONFIG": False})
    for metric in (trackeval.metrics.HOTA, trackeval.metrics.Identity, trackeval.metrics.CLEAR)
]


def named_as_ours(found: dict[str, Any]) -> dict[str, float]:
    return {ours: float(np.mean(found[name])) for ours, name in _OURS_TO_THEIRS.items()}


def theirs(truth: list[ObjectMask], results: list[ObjectMask]) -> dict[str, float]:
    """trackeval's numbers for one sequence and class."""
    found: dict[str, Any] = {}
    for part in their_parts(truth, results):
        found |= part
    return named_as_ours(found)


def their_parts(truth: list[ObjectMask], results: list[ObjectMask]) -> list[dict[str, Any]]:
    """What each of `METRICS` says of one sequence and class."""
    frames = [
        ([i for i in truth if i.frame == t], [i for i in results if i.frame == t])
        for t in range(1 + max((i.frame for i in truth + results), default=-1))
    ]
    numbers = [
        {object_id: n for n, object_id in enumerate(sorted({i.object_id for i in side}))}
        for side in (truth, results)
    ]
    data = {
        "num_gt_dets": len(truth),
        "num_tracker_dets": len(results),
        "num_gt_ids": len(numbers[0]),
        "num_tracker_ids": len(numbers[1]),
        "num_timesteps": len(frames),
        "gt_ids": [np.array([numbers[0][i.object_id] for i in a], int) for a, _ in frames],
        "tracker_ids": [np.array([numbers[1][i.object_id] for i in b], int) for _, b in frames],
        "similarity_scores": [
            np.array(
                coco_mask.iou([i.rle for i in a], [i.rle for i in b], [False] * len(b))
                if a and b
                else np.zeros((len(a), len(b)))
            )
            for a, b in frames
        ],
    }
    return [metric.eval_sequence(data) for metric in METRICS]


def theirs_combined(sequences: list[Sides], *, over: str) -> dict[str, float]:
    """trackeval's numbers for several sequences of a class, or several classes."""
    parts = [their_parts(truth, results) for truth, results in sequences]
    found: dict[str, Any] = {}
    for number, metric in enumerate(METRICS):
        by_name = {str(name): part[number] for name, part in enumerate(parts)}
        found |= getattr(metric, f"combine_{over}")(by_name)
    return named_as_ours(found)


def ours(truth: list[ObjectMask], results: list[ObjectMask]) -> dict[str, float]:
    pairs = pair_frames(truth, results)
    return sum((score_frames(frames) for frames in pairs.values()), TrackingScores()).measures()


@pytest.mark.parametrize("seed", range(40))
def test_measures_of_random_tracks_equal_trackevals(seed: int) -> None:
    truth, results = random_tracks(seed)
    assert ours(truth, results) == pytest.approx(theirs(truth, results), abs=1e-12)


def test_truth_against_itself_is_perfect() -> None:
    truth = [item for item in random_tracks(1)[0] if coco_mask.area(item.rle)]
    measures = ours(truth, truth)
    assert measures.pop("switches") == 0
    assert list(measures.values()) == pytest.approx([1.0] * 6)


@pytest.mark.parametrize(
    ("has_truth", "has_results"), [(True, False), (False, True), (False, False)]
)
def test_empty_side_is_scored_as_trackeval_does(has_truth: bool, has_results: bool) -> None:
    truth, results = random_tracks(3)
    assert truth and results
    truth, results = truth * has_truth, results * has_results
    assert ours(truth, results) == pytest.approx(theirs(truth, results))


@pytest.mark.parametrize("over", ["sequences", "classes_det_averaged"])
@pytest.mark.parametrize(
    "sides",
    [
        [(False, True)],
        [(True, False)],
        [(False, True), (False, True)],
        [(True, False), (False, True)],
        [(True, True), (False, True)],
        [(True, True), (True, False), (False, True), (False, False)],
    ],
)
def test_sums_with_an_empty_side_are_trackevals(sides: list[tuple[bool, bool]], over: str) -> None:
    sequences = []
    for seed, (has_truth, has_results) in enumerate(sides, start=3):
        truth, results = random_tracks(seed)
        assert truth and results
        sequences.append((truth * has_truth, results * has_results))
    total = TrackingScores()
    for truth, results in sequences:
        for frames in pair_frames(truth, results).values():
            total += score_frames(frames)
    expected = theirs_combined(sequences, over=over)
    assert total.measures(is_sum=True) == pytest.approx(expected)


def test_sums_over_sequences_equal_trackevals() -> None:
    sequences = [random_tracks(seed) for seed in range(4, 9)]
    total = TrackingScores()
    for truth, results in sequences:
        for frames in pair_frames(truth, results).values():
            total += score_frames(frames)
    # Shifting each sequence in time and ids makes one long sequence with the same HOTA counts.
    truth, results = [], []
    for number, sides in enumerate(sequences):
        for items, side in zip((truth, results), sides, strict=True):
            items += [
                ObjectMask(i.frame + 100 * number, i.object_id + 10_000 * number, 1, i.rle)
                for i in side
            ]
    assert total.measures() == pytest.approx(theirs(truth, results), abs=1e-12)


def test_unmatched_result_in_an_ignore_region_does_not_count() -> None:
    truth = [ObjectMask(0, 1, 2, rectangle(2, 2, 8, 8))]
    results = [
        ObjectMask(0, 5, 2, rectangle(2, 2, 8, 8)),
        ObjectMask(0, 6, 2, rectangle(20, 2, 8, 8)),
    ]
    region = [ObjectMask(0, 0, 10, rectangle(19, 0, 12, 24))]
    (frames,) = pair_frames(truth, results, ignored=region).values()
    assert score_frames(frames).wrong == 0
    (frames,) = pair_frames(truth, results).values()
    assert score_frames(frames).wrong == 1


def test_classes_are_compared_apart() -> None:
    truth = [ObjectMask(0, 1, 1, rectangle(2, 2, 8, 8))]
    results = [ObjectMask(0, 1, 2, rectangle(2, 2, 8, 8))]
    assert ours(truth, results)["HOTA"] == 0.0


def test_masks_of_different_sizes_are_refused() -> None:
    small = coco_mask.encode(np.ones((4, 4), dtype=np.uint8, order="F"))
    with pytest.raises(ValueError, match="frame sizes"):
        pair_frames([ObjectMask(0, 1, 1, small)], [ObjectMask(0, 1, 1, rectangle(0, 0, 4, 4))])
