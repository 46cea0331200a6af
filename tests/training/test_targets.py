"""Locations learn the object that they fit, and every object is learnt somewhere."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor

from blendmask_live.network.lite.detections import location_grid
from blendmask_live.training.augment import Sample
from blendmask_live.training.targets import Assignment, assign, collate

SIZE = (96, 128)
POINTS, _ = location_grid(*SIZE, torch.device("cpu"))


def _assign(boxes: list[list[float]], *, seed: int = 0, fit: float = 0.0) -> Assignment:
    """Random scores and boxes; `fit` moves every prediction towards its nearest object."""
    generator = torch.Generator().manual_seed(seed)
    truth = torch.tensor(boxes, dtype=torch.float32).view(-1, 4)
    scores = torch.rand(len(POINTS), 2, generator=generator)
    sides = torch.rand(len(POINTS), 4, generator=generator) * 30
    predicted = torch.cat([POINTS - sides[:, :2], POINTS + sides[:, 2:]], dim=1)
    if len(truth):
        nearest = torch.cdist(POINTS, (truth[:, :2] + truth[:, 2:]) / 2).argmin(dim=1)
        predicted = predicted.lerp(truth[nearest], fit)
    return assign(POINTS, scores, predicted, truth, torch.zeros(len(truth), dtype=torch.long))


def _random_boxes(count: int, seed: int) -> list[list[float]]:
    rng = np.random.default_rng(seed)
    corners = rng.uniform(0, [100, 70], (count, 2))
    return np.concatenate([corners, corners + rng.uniform(10, 26, (count, 2))], axis=1).tolist()


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("fit", [0.0, 0.8])
def test_positives_lie_inside_the_box_of_their_object(seed: int, fit: float) -> None:
    boxes = _random_boxes(5, seed)
    found = _assign(boxes, seed=seed, fit=fit)
    assert len(found.locations) == len(found.objects) == len(found.quality)
    assert len(set(found.locations.tolist())) == len(found.locations)
    assert ((found.quality >= 0) & (found.quality <= 1)).all()
    counts = torch.bincount(found.objects, minlength=5)
    assert (counts <= 9).all()
    for row, (x0, y0, x1, y1) in enumerate(boxes):
        x, y = POINTS[found.locations[found.objects == row]].unbind(1)
        assert ((x > x0) & (x < x1) & (y > y0) & (y < y1)).all()


@pytest.mark.parametrize("seed", range(20))
def test_every_object_apart_from_others_gets_a_location(seed: int) -> None:
    rng = np.random.default_rng(seed)
    boxes = []
    for left in (4, 36, 68, 100):
        for top in (4, 36, 68):
            width, height = rng.uniform(1, 22, 2)
            boxes.append([left, top, left + width, top + height])
    found = _assign(boxes, seed=seed)
    assert set(found.objects.tolist()) == set(range(12))


def test_an_object_between_all_locations_takes_the_nearest() -> None:
    found = _assign([[34.5, 34.5, 37.0, 37.0]])
    assert POINTS[found.locations].tolist() == [[32.0, 32.0]] or POINTS[
        found.locations
    ].tolist() == [[40.0, 40.0]]


def test_a_small_object_on_a_large_one_keeps_a_location() -> None:
    for seed in range(20):
        found = _assign([[0, 0, 120, 90], [50, 40, 62, 52]], seed=seed, fit=0.5)
        assert set(found.objects.tolist()) == {0, 1}


def test_a_contested_location_goes_to_the_better_fit() -> None:
    boxes = torch.tensor([[0.0, 0, 64, 64], [8, 8, 56, 56]])
    points = torch.tensor([[32.0, 32.0]])
    scores = torch.full((1, 2), 0.5)
    for owner in range(2):
        found = assign(points, scores, boxes[owner][None], boxes, torch.zeros(2, dtype=torch.long))
        assert found.objects.tolist() == [owner]
        torch.testing.assert_close(found.quality, torch.ones(1))


def test_locations_that_say_the_class_are_preferred() -> None:
    boxes = torch.tensor([[0.0, 0, 128, 96]])
    predicted = boxes.expand(len(POINTS), 4)
    scores = torch.zeros(len(POINTS), 2)
    inside = (POINTS > 0).all(dim=1) & (POINTS[:, 0] < 128) & (POINTS[:, 1] < 96)
    liked = torch.nonzero(inside).flatten()[::23][:9]
    scores[liked, 1] = 0.9
    found = assign(POINTS, scores, predicted, boxes, torch.tensor([1]))
    assert set(found.locations.tolist()) == set(liked.tolist())


def test_no_objects_give_no_positives() -> None:
    found = _assign([])
    assert found.locations.shape == found.objects.shape == found.quality.shape == (0,)
    assert found.locations.dtype == torch.long


# batches


def _sample(*, masks: int, exhaustive: tuple[bool, bool] = (True, True)) -> Sample:
    rows = np.zeros((masks, *SIZE), dtype=bool)
    for row in range(masks):
        rows[row, 8 : 88 - 24 * row, 16 : 112 - 32 * row] = True
    ignored = np.zeros(SIZE, dtype=bool)
    ignored[80:] = True
    return Sample(
        image=np.full((*SIZE, 3), 7, dtype=np.uint8),
        masks=rows,
        class_ids=np.arange(masks) % 2,
        ignored=ignored,
        exhaustive=np.array(exhaustive),
    )


def test_a_batch_keeps_the_objects_of_each_picture() -> None:
    batch = collate([_sample(masks=2), _sample(masks=0), _sample(masks=1)])
    assert batch.images.shape == (3, 3, *SIZE) and batch.images.dtype == torch.uint8
    assert [len(boxes) for boxes in batch.boxes] == [2, 0, 1]
    assert [len(masks) for masks in batch.masks] == [2, 0, 1]
    assert batch.boxes[0].tolist() == [[16, 8, 112, 88], [16, 8, 80, 64]]
    assert batch.exhaustive.shape == (3, 2) and batch.ignored.shape == (3, *SIZE)


def test_small_objects_lie_on_top_of_large_ones_in_the_class_map() -> None:
    semantic: Tensor = collate([_sample(masks=2)]).semantic[0]
    assert semantic.shape == (12, 16)
    assert semantic[2, 3] == 2  # small, class 1
    assert semantic[2, 12] == 1  # large, class 0
    assert semantic[0, 0] == 0  # background
    assert semantic[11, 0] == 255  # crowd


def test_background_is_not_learnt_where_labels_may_be_missing() -> None:
    semantic = collate([_sample(masks=1, exhaustive=(True, False))]).semantic[0]
    assert set(semantic.unique().tolist()) == {1, 255}
