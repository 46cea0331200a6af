"""The microscope's steps come to the very mask that the network's blender made."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from blendmask_live.capture import open_source
from blendmask_live.datatypes import Instances
from blendmask_live.masks.steps import blending_steps, has_latents
from blendmask_live.segmenting.segmenter import Segmenter


@pytest.fixture(scope="module")
def instances(segmenter: Segmenter) -> Instances:
    settings = replace(segmenter.settings, keep_latents=True, score_threshold=0.05)
    source = open_source("demo", start_s=4.0)
    frame = source.read()
    source.close()
    assert frame is not None
    # Cut through the person, so that a box reaches over the edge.
    cut = np.ascontiguousarray(frame.image[:, 520:])
    return segmenter.with_settings(settings).segment(cut)


def test_steps_come_to_the_instances_soft_mask(instances: Instances) -> None:
    assert len(instances) > 3 and instances.soft_masks is not None
    height, width = instances.frame_size
    assert instances.mask_boxes is not None
    leaves = (instances.mask_boxes < 0) | (instances.mask_boxes > [width, height, width, height])
    assert leaves.any(), "one of the objects should reach over the frame's edge"
    for row in range(len(instances)):
        steps = blending_steps(instances, row)
        np.testing.assert_allclose(steps.mask, instances.soft_masks[row], atol=1e-3)


def test_weights_sum_to_one_and_products_to_the_sum(instances: Instances) -> None:
    steps = blending_steps(instances, 0)
    np.testing.assert_allclose(steps.weights.sum(axis=0), 1, atol=1e-5)
    np.testing.assert_allclose(steps.weights * steps.crops, steps.products, atol=1e-5)
    np.testing.assert_allclose(steps.products.sum(axis=0), steps.logits, atol=1e-4)
    assert steps.shares.sum() == pytest.approx(1, abs=1e-4)


def test_without_latents_there_is_nothing_to_show(instances: Instances) -> None:
    bare = replace(instances, attention=None, bases=None)
    assert not has_latents(bare)
    with pytest.raises(ValueError, match="keep_latents"):
        blending_steps(bare, 0)
