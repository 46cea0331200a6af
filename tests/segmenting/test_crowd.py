"""The synthetic load: many objects of many sizes, through the real steps."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from blendmask_live.errors import ConfigError
from blendmask_live.measuring.benchmark import random_segmenter
from blendmask_live.measuring.crowd import Crowd, crowded
from blendmask_live.segmenting.segmenter import Segmenter
from tracking import MaskTracker, TrackerConfig


@pytest.fixture(scope="module")
def segmenter() -> Segmenter:
    opened = random_segmenter(
        "blendmask-lite", device="cpu", runtime="torch", precision="fp32", threads=1
    )
    # Random masks are unsure of themselves.
    small = replace(opened.settings, short_side=96, long_side=144, score_threshold=0.0)
    return opened.with_settings(small)


def test_crowd_has_the_sizes_of_crowded_pictures_whatever_its_number() -> None:
    for count in (20, 100):
        boxes = Crowd(count).boxes(0)
        sizes = np.sqrt((boxes[:, 2:] - boxes[:, :2]).prod(axis=1))
        assert len(boxes) == count
        # COCO's pictures with 20 objects and more: a quarter below .042, half below .066.
        assert np.quantile(sizes, [0.25, 0.5, 0.95]) == pytest.approx([0.042, 0.07, 0.32], rel=0.2)


def test_crowd_is_the_same_every_time_and_moves_smoothly() -> None:
    crowd = Crowd(30)
    np.testing.assert_array_equal(crowd.boxes(7), Crowd(30).boxes(7))
    steps = np.diff([crowd.boxes(frame) for frame in range(20)], axis=0)
    assert 0 < np.abs(steps).max() < 0.05


def test_crowded_segmenter_finds_the_crowd_where_it_is(segmenter: Segmenter) -> None:
    image = np.random.default_rng(0).integers(0, 256, (96, 160, 3), dtype=np.uint8)
    instances = crowded(segmenter, 40).segment(image)
    assert len(instances) == 40
    expected = (Crowd(40).boxes(0) * [160, 96, 160, 96]).clip(0, [160, 96, 160, 96])
    order = np.argsort(instances.class_ids)
    np.testing.assert_allclose(instances.boxes[order], expected, atol=1e-3)


def test_crowd_survives_new_settings_and_keeps_its_identities(segmenter: Segmenter) -> None:
    busy = crowded(segmenter, 12)
    busy = busy.with_settings(replace(busy.settings, mask_size=28))
    image = np.random.default_rng(0).integers(0, 256, (96, 160, 3), dtype=np.uint8)
    tracker = MaskTracker(TrackerConfig(confident_score=0.0))
    frames = [tracker.update(busy.segment(image), timestamp_s=i / 30) for i in range(6)]
    assert len(frames[-1].track_ids) == 12
    same = np.intersect1d(frames[0].track_ids, frames[-1].track_ids)
    assert len(same[same > 0]) >= 9


def test_more_objects_than_may_be_reported_are_refused(segmenter: Segmenter) -> None:
    with pytest.raises(ConfigError, match="between 1 and 300"):
        crowded(segmenter, 301)
