"""Looks in two sizes: what is taken from each, and what becomes of it."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from blendmask_live import load_segmenter
from blendmask_live.errors import ConfigError
from blendmask_live.jobs.request import AnnotateRequest
from blendmask_live.segmenting.processing import Blended
from blendmask_live.segmenting.scales import SCALES, Scale, merged
from blendmask_live.segmenting.segmenter import Segmenter


def found(*rows: tuple[float, float, float]) -> Blended:
    """Squares at (x, 0) of a side with a score, frame px; attention is the row's number."""
    boxes = np.array([(x, 0, x + side, side) for x, side, _ in rows], np.float32).reshape(-1, 4)
    count = len(rows)
    return Blended(
        boxes=boxes,
        mask_boxes=boxes.round(),
        scores=np.array([score for *_, score in rows], np.float32),
        class_ids=np.zeros(count, np.int64),
        soft_masks=np.zeros((count, 28, 28), np.float32),
        attention=np.arange(count, dtype=np.float32),
    )


def test_each_size_gives_the_objects_it_is_good_at() -> None:
    objects = found((0, 30, 0.9), (100, 60, 0.8), (200, 150, 0.7), (400, 300, 0.6))
    small, large = SCALES
    # Twice as many frame px as network px, so sides of 15, 30, 75 and 150 network px.
    assert small.kept(objects, (2.0, 2.0)).attention.tolist() == [2, 3]
    assert large.kept(objects, (2.0, 2.0)).attention.tolist() == [0, 1, 2]


def test_an_object_between_the_limits_is_seen_in_both_sizes() -> None:
    small, large = SCALES
    assert small.share < 1 < large.share
    assert small.from_px * large.share / small.share < large.to_px


def test_of_what_both_found_the_surer_stays() -> None:
    both = merged(
        [found((0, 100, 0.5), (300, 80, 0.9)), found((4, 100, 0.7), (600, 20, 0.6))],
        nms_iou=0.6,
        max_instances=3,
    )
    assert both.scores == pytest.approx([0.9, 0.7, 0.6])
    assert both.attention.tolist() == [1, 0, 1]
    assert both.boxes[:, 0].tolist() == [300, 4, 600]


@pytest.mark.parametrize(
    ("side", "share", "expected"), [(448, 2, (896, 1344)), (64, 0.5, (64, 64))]
)
def test_sides_follow_the_settings_and_stay_in_their_range(
    side: int, share: float, expected: tuple[int, int], segmenter: Segmenter
) -> None:
    settings = replace(
        segmenter.settings, short_side=side, long_side=side * 3 // 2, multi_scale=True
    )
    own = Scale(share, 0, 1).applied_to(settings)
    assert (own.short_side, own.long_side) == expected
    assert not own.multi_scale


def test_no_more_are_reported_than_asked_for() -> None:
    parts = [found((0, 100, 0.5)), found((300, 20, 0.7), (600, 20, 0.6))]
    both = merged(parts, nms_iou=0.6, max_instances=2)
    assert both.scores == pytest.approx([0.7, 0.6])


def test_what_the_other_size_gives_takes_no_places(segmenter: Segmenter) -> None:
    settings = replace(segmenter.settings, max_instances=1, multi_scale=True)
    assert [scale.applied_to(settings).max_instances for scale in SCALES] == [100, 100]


def test_a_picture_is_seen_in_both_sizes(segmenter: Segmenter, person: NDArray[np.uint8]) -> None:
    image = np.full((512, 900, 3), 120, np.uint8)
    image[:, :512] = person
    image[200:328, 700:828] = cv2.resize(person, (128, 128), interpolation=cv2.INTER_AREA)
    both = segmenter.with_settings(replace(segmenter.settings, multi_scale=True, keep_latents=True))
    instances = both.segment(image)
    alone = [
        segmenter.with_settings(scale.applied_to(segmenter.settings)).segment(image)
        for scale in SCALES
    ]
    scores = set(instances.scores.tolist())
    for seen in alone:
        assert scores & set(seen.scores.tolist())
    assert scores <= {score for seen in alone for score in seen.scores.tolist()}
    assert instances.attention is not None
    assert instances.bases is None
    assert list(instances.scores) == sorted(instances.scores, reverse=True)


def test_masks_that_shall_be_blended_again_are_refused() -> None:
    wanted = AnnotateRequest(source="demo").segmenter
    with pytest.raises(ConfigError, match="one size of input; leave out those or multi-scale"):
        AnnotateRequest(source="demo", segmenter=replace(wanted, multi_scale=True), latents=True)


def test_the_smaller_weights_come_with_their_own_size() -> None:
    loaded = load_segmenter("blendmask-lite-s", device="cpu")
    assert (loaded.settings.short_side, loaded.settings.long_side) == (384, 576)
    assert (
        load_segmenter("blendmask-lite-s", device="cpu", short_side=448).settings.long_side == 672
    )
