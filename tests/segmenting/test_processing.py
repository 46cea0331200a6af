"""The way a GPU blends gives what the CPU's way gives; here both run on the CPU."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from blendmask_live.config import SegmenterSettings
from blendmask_live.network.family.proposals import PictureDetections
from blendmask_live.network.lite.detections import choose
from blendmask_live.network.lite.model import BlendMaskLite, DenseOutput
from blendmask_live.segmenting.processing import Blended, LiteProcessing
from blendmask_live.segmenting.processing.lite import resize_for_lite
from blendmask_live.segmenting.processing.lite_on_device import DeviceLiteProcessing
from blendmask_live.segmenting.segmenter import Segmenter

SIZE = (192, 288)


@torch.inference_mode()
def _blended(
    segmenter: Segmenter, picture: NDArray[np.uint8], *, as_on_device: bool, threshold: float
) -> Blended:
    processing = segmenter._processing
    assert isinstance(processing, LiteProcessing)
    dense = segmenter.runtime.run(processing.resize(picture, SIZE)[None])
    per_network = (picture.shape[1] / SIZE[1], picture.shape[0] / SIZE[0])
    if as_on_device:
        model = segmenter.runtime.model
        assert isinstance(model, BlendMaskLite) and isinstance(dense, DenseOutput)
        on_device = DeviceLiteProcessing(model)
        # Shapes that do not depend on the picture, so that nothing waits for the device.
        places = choose(dense, network_size=SIZE, max_instances=30, score_threshold=threshold)
        attention = model.attention(dense.top_features, places.locations, places.distances)
        parts = places.boxes_network_px, places.scores, places.class_ids, attention
        objects = PictureDetections(*(part[0] for part in parts))
        return on_device.blend(dense, objects, frame_per_network=per_network, mask_size=56)
    settings = replace(SegmenterSettings(), max_instances=30, score_threshold=threshold)
    found = processing.find(dense, network_size=SIZE, settings=settings, class_mask=None)
    return processing.blend(dense, found, frame_per_network=per_network, mask_size=56)


@pytest.mark.parametrize(("threshold", "least"), [(0.05, 3), (0.3, 1), (0.999, 0)])
def test_both_ways_give_the_same_objects(
    segmenter: Segmenter, cat: NDArray[np.uint8], threshold: float, least: int
) -> None:
    ours = _blended(segmenter, cat, as_on_device=True, threshold=threshold)
    expected = _blended(segmenter, cat, as_on_device=False, threshold=threshold)
    assert len(ours.scores) == len(expected.scores) >= least
    np.testing.assert_array_equal(ours.class_ids, expected.class_ids)
    np.testing.assert_array_equal(ours.mask_boxes, expected.mask_boxes)
    np.testing.assert_allclose(ours.boxes, expected.boxes, rtol=1e-5, atol=1e-3)
    np.testing.assert_allclose(ours.scores, expected.scores, atol=1e-5)
    np.testing.assert_allclose(ours.soft_masks, expected.soft_masks, atol=1e-4)
    assert ours.attention.shape == expected.attention.shape


def test_masks_of_the_lite_network_span_whole_pixels(
    segmenter: Segmenter, cat: NDArray[np.uint8]
) -> None:
    boxes = segmenter.segment(cat).mask_boxes
    assert boxes is not None and len(boxes)
    np.testing.assert_array_equal(boxes, boxes.round())
    assert (boxes[:, 2:] > boxes[:, :2]).all()


def test_shrinking_a_large_frame_misses_no_pixel() -> None:
    stripes = np.zeros((720, 1280, 3), dtype=np.uint8)
    stripes[::2] = 200
    small = resize_for_lite(stripes, (224, 384))
    assert small.shape == (224, 384, 3)
    assert np.abs(small.astype(int) - 100).max() <= 2
