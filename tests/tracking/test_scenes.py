"""The scripted scenes of the tracking benchmark."""

from __future__ import annotations

from itertools import islice

import numpy as np
import pytest

from benchmarks.tracking_scenes import SCENES, Detector, play


@pytest.mark.parametrize("name", SCENES)
def test_true_masks_are_visible_disjoint_and_repeatable(name: str) -> None:
    frames = list(islice(play(name, seed=1), 0, None, 40))
    assert any(len(frame.ids) for frame in frames)
    for frame, again in zip(frames, islice(play(name, seed=1), 0, None, 40), strict=True):
        assert frame.masks.any(axis=(1, 2)).all()
        assert frame.masks.sum(axis=0).max(initial=0) <= 1
        assert len(set(frame.ids.tolist())) == len(frame.ids)
        assert np.array_equal(frame.masks, again.masks)


def test_detector_misses_a_fifth_and_invents_some() -> None:
    detector = Detector(0, hidden_share=0.0)
    true_count = found_count = 0
    for number, frame in enumerate(islice(play("meeting", seed=0), 60)):
        true_count += len(frame.ids)
        found_count += len(detector.detect(frame, number))
    assert 0.75 < (found_count - 60 * detector.false_positives) / true_count < 0.85


def test_detector_without_mistakes_gives_the_true_masks() -> None:
    frame = next(play("crossing", seed=0))
    detector = Detector(0, miss_share=0, false_positives=0, jitter=0, wrong_class_share=0)
    found = detector.detect(frame, 0)
    true_areas = sorted(frame.masks.sum(axis=(1, 2)).tolist())
    found_areas = sorted(crop.area for crop in found.cropped_masks())
    assert found_areas == pytest.approx(true_areas, rel=0.05)
