"""Augmentation moves pixels and masks together, and pasted objects hide what they cover."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from blendmask_live.training.augment import AugmentConfig, Sample, make_sample
from blendmask_live.training.dataset import Picture, load_data_set
from tests.training.scenes import COLORS, LABELS, SIZE

PLAIN = AugmentConfig(paste_probability=0.0, photometric_probability=0.0)
PASTING = replace(PLAIN, paste_probability=1.0)
SEEDS = range(8)


@pytest.fixture(scope="module")
def pictures(scenes: Path) -> tuple[Picture, ...]:
    return load_data_set(scenes / "images", scenes / "instances.json", LABELS).pictures


def _sample(
    pictures: tuple[Picture, ...],
    config: AugmentConfig,
    *,
    seed: int,
    size: tuple[int, int] = (128, 160),
) -> Sample:
    rng = np.random.default_rng(seed)
    return make_sample(pictures[seed % len(pictures)], pictures, size=size, config=config, rng=rng)


def _nearest_color(image: NDArray[np.uint8]) -> NDArray[np.int64]:
    """(H, W) row of COLORS nearest to each pixel, len(COLORS) for anything grey."""
    palette = np.array([*COLORS, (110, 110, 110)], dtype=np.int64)
    distance = np.abs(image[:, :, None].astype(np.int64) - palette).sum(axis=3)
    nearest: NDArray[np.int64] = distance.argmin(axis=2)
    return nearest


def _eroded(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    kernel = np.ones((3, 3), dtype=np.uint8)
    return cv2.erode(mask.astype(np.uint8), kernel, borderValue=1).astype(bool)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("size", [(128, 160), (64, 96), (192, 96)])
def test_masks_stay_on_the_pixels_of_their_object(
    pictures: tuple[Picture, ...], seed: int, size: tuple[int, int]
) -> None:
    sample = _sample(pictures, PLAIN, seed=seed, size=size)
    assert sample.image.shape == (*size, 3) and sample.image.dtype == np.uint8
    assert sample.masks.shape[1:] == size
    color = _nearest_color(sample.image)
    for mask in sample.masks:
        inside = color[_eroded(mask)]
        row = np.bincount(inside, minlength=4).argmax()
        assert row < len(COLORS) and (inside == row).all()
        # Nothing of the object lies outside its mask.
        assert not (_eroded(color == row) & ~mask).any()


@pytest.mark.parametrize("seed", SEEDS)
def test_boxes_are_the_tight_bounds_of_the_masks(pictures: tuple[Picture, ...], seed: int) -> None:
    sample = _sample(pictures, PASTING, seed=seed)
    assert len(sample.boxes()) == len(sample.masks) == len(sample.class_ids)
    for (x0, y0, x1, y1), mask in zip(sample.boxes().astype(int), sample.masks, strict=True):
        assert mask[y0:y1, x0:x1].sum() == mask.sum() >= 16
        cut = mask[y0:y1, x0:x1]
        assert cut[0].any() and cut[-1].any() and cut[:, 0].any() and cut[:, -1].any()


def test_the_same_generator_gives_the_same_sample(pictures: tuple[Picture, ...]) -> None:
    config = AugmentConfig(paste_probability=1.0, photometric_probability=1.0)
    for seed in SEEDS:
        first, again = (_sample(pictures, config, seed=seed) for _ in range(2))
        for name in ("image", "masks", "class_ids", "ignored", "exhaustive"):
            np.testing.assert_array_equal(getattr(first, name), getattr(again, name))


def test_different_generators_give_different_views(pictures: tuple[Picture, ...]) -> None:
    views = [
        make_sample(pictures[0], (), size=SIZE, config=PLAIN, rng=np.random.default_rng(seed))
        for seed in SEEDS
    ]
    assert len({view.image.tobytes() for view in views}) == len(views)


@pytest.mark.parametrize("seed", range(16))
def test_pasted_objects_hide_what_they_cover(pictures: tuple[Picture, ...], seed: int) -> None:
    sample = _sample(pictures, PASTING, seed=seed)
    assert (sample.masks.sum(axis=0) <= 1).all()
    color = _nearest_color(sample.image)
    for mask in sample.masks:
        inside = color[_eroded(_eroded(mask))]
        assert not inside.size or len(np.unique(inside)) == 1


def test_pasting_adds_objects_of_the_donors(pictures: tuple[Picture, ...]) -> None:
    counts = [
        len(_sample(pictures, config, seed=seed).masks)
        for config in (PLAIN, PASTING)
        for seed in range(16)
    ]
    assert sum(counts[16:]) > sum(counts[:16]) + 8


def test_no_view_change_keeps_the_picture(pictures: tuple[Picture, ...]) -> None:
    still = replace(PLAIN, min_scale=1.0, max_scale=1.0, max_stretch=1.0)
    original = pictures[0].load()
    seen = set()
    for seed in range(6):
        rng = np.random.default_rng(seed)
        sample = make_sample(pictures[0], (), size=SIZE, config=still, rng=rng)
        flipped = not np.array_equal(sample.image, original)
        seen.add(flipped)
        expected = original[:, ::-1] if flipped else original
        np.testing.assert_array_equal(sample.image, expected)
        for mask, annotation in zip(sample.masks, pictures[0].annotations, strict=True):
            crop = annotation.mask(*SIZE)
            assert mask.sum() == crop.area
    assert seen == {True, False}


def test_photometric_changes_leave_masks_alone(pictures: tuple[Picture, ...]) -> None:
    bright = replace(PLAIN, photometric_probability=1.0)
    for seed in SEEDS:
        plain, changed = (_sample(pictures, config, seed=seed) for config in (PLAIN, bright))
        np.testing.assert_array_equal(plain.masks, changed.masks)
        assert changed.image.shape == plain.image.shape and changed.image.dtype == np.uint8
        assert not np.array_equal(plain.image, changed.image)


def test_crowds_become_ignored_areas(pictures: tuple[Picture, ...]) -> None:
    crowd, *others = pictures[0].annotations
    picture = replace(pictures[0], annotations=(replace(crowd, is_crowd=True), *others))
    still = replace(PLAIN, min_scale=1.0, max_scale=1.0, max_stretch=1.0)
    sample = make_sample(picture, (), size=SIZE, config=still, rng=np.random.default_rng(0))
    assert len(sample.masks) == len(others)
    assert sample.ignored.sum() == crowd.mask(*SIZE).area
    assert not (sample.ignored & sample.masks.any(axis=0)).any()


def test_a_picture_without_objects_gives_a_sample_without_objects(
    pictures: tuple[Picture, ...],
) -> None:
    bare = replace(pictures[0], annotations=())
    rng = np.random.default_rng(0)
    sample = make_sample(bare, (bare,), size=(64, 96), config=PASTING, rng=rng)
    assert sample.masks.shape == (0, 64, 96)
    assert sample.boxes().shape == (0, 4) and sample.class_ids.shape == (0,)
