"""Fixed-shape post-processing equals the plain one: full top-k, greedy NMS, exact decoding."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor
from torchvision.ops import batched_nms, box_iou

from blendmask_live.network.lite.choosing import choose_plainly, patches_around
from blendmask_live.network.lite.detections import (
    NMS_ROUNDS,
    Chosen,
    choose,
    decode_boxes,
    distances_from_logits,
    location_grid,
)
from blendmask_live.network.lite.model import STRIDES, BlendMaskLite, DenseOutput
from blendmask_live.network.lite.plain import PlainDense
from blendmask_live.segmenting.processing.lite import as_plain_dense

SIZE = (96, 160)
CPU = torch.device("cpu")


def _dense(
    network: BlendMaskLite, *, seed: int, batch: int = 1, spread: float = 3.0
) -> DenseOutput:
    """The network's features with random classes and distances in their place."""
    generator = torch.Generator().manual_seed(seed)
    with torch.inference_mode():
        dense = network(torch.rand(batch, 3, *SIZE, generator=generator) * 255)
    classes = torch.randn(dense.class_logits.shape, generator=generator) * 2 - 2
    distances = torch.randn(dense.distance_logits.shape, generator=generator) * spread
    return dense._replace(
        class_logits=classes, distance_logits=distances, best_logits=classes.amax(dim=2)
    )


@dataclass
class _Plain:
    boxes: Tensor
    scores: Tensor
    class_ids: Tensor
    locations: Tensor


def _detect_plainly(
    dense: DenseOutput, row: int, *, threshold: float, nms_iou: float, candidates: int, count: int
) -> _Plain:
    points, strides = location_grid(*SIZE, CPU)
    scores = dense.class_logits[row].sigmoid()
    best, pairs = scores.flatten().topk(candidates)
    pairs, best = pairs[best > threshold], best[best > threshold]
    locations, class_ids = pairs // 80, pairs % 80
    sides = distances_from_logits(dense.distance_logits[row, locations])
    boxes = decode_boxes(points[locations], sides * strides[locations, None])
    kept = batched_nms(boxes, best, class_ids, nms_iou)[:count]
    return _Plain(boxes[kept], best[kept], class_ids[kept], locations[kept])


def _attention(network: BlendMaskLite, dense: DenseOutput, found: Chosen) -> Tensor:
    return network.attention(dense.top_features, found.locations, found.distances)


def _assert_equal(found: Chosen, row: int, expected: _Plain) -> None:
    count = int((found.scores[row] > 0).sum())
    assert count == len(expected.scores)
    assert found.class_ids[row, :count].tolist() == expected.class_ids.tolist()
    torch.testing.assert_close(found.scores[row, :count], expected.scores)
    torch.testing.assert_close(found.boxes_network_px[row, :count], expected.boxes)


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize(("nms_iou", "spread"), [(0.6, 3.0), (0.3, 1.0), (0.6, 0.4)])
@torch.inference_mode()
def test_detections_equal_full_topk_and_greedy_nms(
    network: BlendMaskLite, seed: int, nms_iou: float, spread: float
) -> None:
    dense = _dense(network, seed=seed, spread=spread)
    found = choose(dense, network_size=SIZE, score_threshold=0.3, nms_iou=nms_iou)
    expected = _detect_plainly(dense, 0, threshold=0.3, nms_iou=nms_iou, candidates=300, count=100)
    _assert_equal(found, 0, expected)
    trimmed = choose(dense, network_size=SIZE, score_threshold=0.3, nms_iou=nms_iou, trims=True)
    assert (
        trimmed.scores.shape[1]
        == len(expected.scores)
        == len(_attention(network, dense, trimmed)[0])
    )
    _assert_equal(trimmed, 0, expected)
    for wanted in (None, np.arange(80) % 3 > 0):
        _assert_plain_equal(dense, nms_iou, wanted)


def _assert_plain_equal(
    dense: DenseOutput, nms_iou: float, wanted: NDArray[np.bool_] | None
) -> None:
    """Without PyTorch the same is found."""
    for count in (100, 5):
        expected = choose(
            dense,
            network_size=SIZE,
            max_instances=count,
            score_threshold=0.3,
            nms_iou=nms_iou,
            class_mask=None if wanted is None else torch.from_numpy(wanted),
            trims=True,
        )
        found = choose_plainly(
            as_plain_dense(dense),
            network_size=SIZE,
            max_instances=count,
            score_threshold=0.3,
            nms_iou=nms_iou,
            class_mask=wanted,
        )
        assert len(found.scores)
        np.testing.assert_array_equal(found.class_ids, expected.class_ids[0])
        np.testing.assert_array_equal(found.locations, expected.locations[0])
        np.testing.assert_allclose(found.scores, expected.scores[0], rtol=1e-6)
        np.testing.assert_allclose(found.distances, expected.distances[0], atol=1e-5)
        np.testing.assert_allclose(found.boxes_network_px, expected.boxes_network_px[0], atol=1e-3)


@torch.inference_mode()
def test_a_batch_equals_its_pictures_one_by_one(network: BlendMaskLite) -> None:
    dense = _dense(network, seed=3, batch=3)
    found = choose(dense, network_size=SIZE, score_threshold=0.4)
    for row in range(3):
        expected = _detect_plainly(
            dense, row, threshold=0.4, nms_iou=0.6, candidates=300, count=100
        )
        _assert_equal(found, row, expected)


@torch.inference_mode()
def test_attention_belongs_to_the_location_of_its_box(network: BlendMaskLite) -> None:
    dense = _dense(network, seed=5)
    found = choose(dense, network_size=SIZE, score_threshold=0.5)
    plain = _detect_plainly(dense, 0, threshold=0.5, nms_iou=0.6, candidates=300, count=100)
    sides = distances_from_logits(dense.distance_logits[0, plain.locations])
    expected = network.attention(dense.top_features, plain.locations[None], sides[None])
    torch.testing.assert_close(_attention(network, dense, found)[:, : len(plain.scores)], expected)


@torch.inference_mode()
def test_scores_are_sorted_and_shapes_fixed_whatever_is_found(network: BlendMaskLite) -> None:
    dense = _dense(network, seed=1, batch=2)
    for threshold in (0.0, 0.5, 1.0):
        found = choose(dense, network_size=SIZE, max_instances=40, score_threshold=threshold)
        assert found.boxes_network_px.shape == (2, 40, 4)
        assert found.scores.shape == found.class_ids.shape == (2, 40)
        assert _attention(network, dense, found).shape == (2, 40, 4, 14, 14)
        assert (found.scores.diff(dim=1) <= 0).all()
        assert ((found.scores == 0) | (found.scores > threshold)).all()
    assert not found.scores.any()


@torch.inference_mode()
def test_of_more_objects_than_asked_for_the_best_are_found(network: BlendMaskLite) -> None:
    dense = _dense(network, seed=4)
    expected = _detect_plainly(dense, 0, threshold=0.3, nms_iou=0.6, candidates=15, count=5)
    assert len(expected.scores) == 5
    for trims in (False, True):
        found = choose(dense, network_size=SIZE, max_instances=5, score_threshold=0.3, trims=trims)
        assert found.scores.shape == (1, 5)
        _assert_equal(found, 0, expected)


@torch.inference_mode()
def test_where_nothing_is_found_nothing_is_left_to_blend(network: BlendMaskLite) -> None:
    dense = _dense(network, seed=4)
    found = choose(dense, network_size=SIZE, score_threshold=1.0, trims=True)
    assert found.boxes_network_px.shape == (1, 0, 4)
    assert _attention(network, dense, found).shape == (1, 0, 4, 14, 14)


@pytest.mark.parametrize("seed", range(4))
@torch.inference_mode()
def test_among_equal_scores_one_of_each_group_of_rivals_is_found(
    network: BlendMaskLite, seed: int
) -> None:
    dense = _dense(network, seed=seed, spread=0.4)
    classes = torch.full_like(dense.class_logits, -20.0)
    generator = torch.Generator().manual_seed(seed)
    # Two classes with three scores at a third of all locations.
    chance = torch.rand(classes.shape[:2], generator=generator)
    classes[..., :2][chance < 0.3] = torch.tensor([1.0, 1.0])
    classes[..., 0][chance < 0.1] = 2.0
    dense = dense._replace(class_logits=classes, best_logits=classes.amax(dim=2))
    candidates = int((classes > 0).sum())
    found = choose(dense, network_size=SIZE, max_instances=candidates)
    trimmed = choose(dense, network_size=SIZE, max_instances=candidates, trims=True)
    kept = int((found.scores > 0).sum())
    assert 2 < kept < candidates and trimmed.scores.shape[1] == kept
    # Which of several equal ones stays is open, but greedy NMS it must be.
    points, strides = location_grid(*SIZE, CPU)
    sides = distances_from_logits(dense.distance_logits[0]) * strides[:, None]
    everywhere = decode_boxes(points, sides)
    for class_id in range(2):
        mine = (found.class_ids[0, :kept] == class_id).nonzero().flatten()
        boxes, scores = found.boxes_network_px[0, mine], found.scores[0, mine]
        assert not (box_iou(boxes, boxes).fill_diagonal_(0) > 0.6).any()
        rivals = box_iou(everywhere, boxes) > 0.6
        logits = classes[0, :, class_id]
        as_good = scores >= logits.sigmoid()[:, None] - 1e-6
        assert (rivals & as_good).any(dim=1)[logits > 0].all()


@torch.inference_mode()
def test_only_wanted_classes_are_found(network: BlendMaskLite) -> None:
    dense = _dense(network, seed=2)
    class_mask = torch.zeros(80, dtype=torch.bool)
    class_mask[[3, 50]] = True
    found = choose(dense, network_size=SIZE, class_mask=class_mask)
    kept = found.class_ids[found.scores > 0]
    assert set(kept.tolist()) == {3, 50}
    only = dense._replace(class_logits=dense.class_logits.masked_fill(~class_mask, -100.0))
    expected = _detect_plainly(only, 0, threshold=0.05, nms_iou=0.6, candidates=300, count=100)
    _assert_equal(found, 0, expected)


def _decisive(distances: Tensor, bins: int = 8) -> Tensor:
    """Logits whose expectation over the bins is `distances`: two neighbouring bins share it."""
    lower = distances.long().clamp(max=bins - 2)
    share = (distances - lower)[..., None]
    logits = torch.full((*distances.shape, bins), -1e4)
    logits.scatter_(-1, lower[..., None], torch.log1p(-share).clamp(min=-1e4))
    return logits.scatter_(-1, lower[..., None] + 1, share.log().clamp(min=-1e4))


def test_distances_are_the_expectation_over_the_bins() -> None:
    distances = torch.tensor([[0.0, 0.25, 3.5, 7.0], [1.0, 6.9, 2.125, 5.0]])
    torch.testing.assert_close(distances_from_logits(_decisive(distances)), distances)


def test_points_start_at_zero_and_step_by_their_stride() -> None:
    points, strides = location_grid(*SIZE, CPU)
    start = 0
    for stride in STRIDES:
        rows, columns = -(-SIZE[0] // stride), -(-SIZE[1] // stride)
        level = points[start : start + rows * columns].view(rows, columns, 2)
        assert (strides[start : start + rows * columns] == stride).all()
        assert level[0, 0].tolist() == [0, 0]
        assert level[rows - 1, columns - 1].tolist() == [
            (columns - 1) * stride,
            (rows - 1) * stride,
        ]
        start += rows * columns
    assert start == len(points)


@torch.inference_mode()
def test_a_box_is_decoded_exactly(network: BlendMaskLite) -> None:
    dense = _dense(network, seed=0)
    points, strides = location_grid(*SIZE, CPU)
    location = int(((points == torch.tensor([48.0, 32.0])).all(dim=1) & (strides == 16)).nonzero())
    classes = torch.full_like(dense.class_logits, -20.0)
    classes[0, location, 7] = 4.0
    distances = dense.distance_logits.clone()
    distances[0, location] = _decisive(torch.tensor([1.5, 0.25, 2.0, 3.75]))
    found = choose(
        dense._replace(class_logits=classes, distance_logits=distances),
        network_size=SIZE,
    )
    assert int((found.scores > 0).sum()) == 1
    torch.testing.assert_close(found.boxes_network_px[0, 0], torch.tensor([24.0, 28.0, 80.0, 92.0]))
    assert int(found.class_ids[0, 0]) == 7


def _chain(network: BlendMaskLite, links: int) -> DenseOutput:
    """Boxes in a row, each suppressing only the next, best first."""
    dense = _dense(network, seed=0)
    points, strides = location_grid(*SIZE, CPU)
    row = ((points[:, 1] == 40) & (strides == 8)).nonzero().flatten()[:links]
    classes = torch.full_like(dense.class_logits, -20.0)
    classes[0, row, 0] = torch.linspace(3, 1, links)
    distances = dense.distance_logits.clone()
    # 5 strides wide, one stride apart: IoU 4/6 with the next, 3/7 with the one after.
    distances[0, row] = _decisive(torch.tensor([2.5, 2.5, 2.5, 2.5]))
    return dense._replace(
        class_logits=classes, distance_logits=distances, best_logits=classes.amax(dim=2)
    )


@torch.inference_mode()
def test_a_chain_of_suppressions_is_resolved_as_greedily_as_documented(
    network: BlendMaskLite,
) -> None:
    dense = _chain(network, NMS_ROUNDS + 1)
    found = choose(dense, network_size=SIZE, nms_iou=0.6)
    # Every second box survives, as in greedy NMS.
    assert int((found.scores > 0).sum()) == NMS_ROUNDS // 2 + 1
    expected = _detect_plainly(dense, 0, threshold=0.05, nms_iou=0.6, candidates=300, count=100)
    _assert_equal(found, 0, expected)


def test_bits_of_bfloat16_are_read_as_they_are(network: BlendMaskLite) -> None:
    """What a runtime leaves narrow gives the same objects and patches as the same numbers wide."""
    plain = as_plain_dense(_dense(network, seed=5))
    narrow, wide = (
        PlainDense.of([convert(values) for values in plain.in_order()])
        for convert in (
            lambda values: torch.from_numpy(values).bfloat16().view(torch.uint16).numpy(),
            lambda values: torch.from_numpy(values).bfloat16().float().numpy(),
        )
    )
    wanted = np.arange(plain.class_logits.shape[2]) % 2 == 0
    for class_mask in (None, wanted):
        found, expected = (
            choose_plainly(
                dense,
                network_size=SIZE,
                max_instances=20,
                score_threshold=0.05,
                nms_iou=0.6,
                class_mask=class_mask,
            )
            for dense in (narrow, wide)
        )
        assert len(found.scores) == 20
        for name in ("boxes_network_px", "scores", "class_ids", "locations"):
            np.testing.assert_array_equal(getattr(found, name), getattr(expected, name))
    where = found.locations, found.distances
    np.testing.assert_array_equal(
        patches_around(narrow.top_features, *where), patches_around(wide.top_features, *where)
    )


def test_many_sightings_of_one_object_leave_room_for_another(network: BlendMaskLite) -> None:
    plain = as_plain_dense(_dense(network, seed=6))
    logits = np.full_like(plain.class_logits, -9)
    distances = np.zeros_like(plain.distance_logits)
    # Far to all sides, so that the boxes of neighbours are nearly one.
    distances[..., -1] = 9
    columns = SIZE[1] // 8
    middle = 5 * columns + 5
    for row in (-1, 0, 1):
        logits[0, middle + row * columns - 1 : middle + row * columns + 2, 0] = 3
    logits[0, middle, 0], logits[0, middle + 12, 0] = 4, 1
    dense = PlainDense(
        logits, distances, plain.bases, logits.max(axis=2), tuple(plain.top_features)
    )
    found = choose_plainly(
        dense,
        network_size=SIZE,
        max_instances=2,
        score_threshold=0.05,
        nms_iou=0.6,
        class_mask=None,
    )
    assert found.locations.tolist() == [middle, middle + 12]
