"""The microscope's steps come to the very mask that the network's blender made."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PyQt5.QtGui import QFont, QFontMetricsF
from pytestqt.qtbot import QtBot

from blendmask_live.capture import open_source
from blendmask_live.datatypes import Instances
from blendmask_live.masks.steps import blending_steps, has_latents
from blendmask_live.segmenting.segmenter import Segmenter
from gui.window.microscope import MicroscopeView, fitting_font


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


def test_of_many_bases_those_that_count_most_are_shown(instances: Instances, qtbot: QtBot) -> None:
    steps = blending_steps(instances, 0)
    weights = np.full((8, *steps.logits.shape), 0.01, dtype=np.float32)
    for base, weight in {1: 0.2, 2: 0.1, 4: 0.16, 7: 0.5}.items():
        weights[base] = weight
    crops = np.ones_like(weights)
    many = replace(
        steps, weights=weights, crops=crops, products=weights, logits=weights.sum(axis=0)
    )
    view = MicroscopeView()
    qtbot.addWidget(view)
    view.show_steps(many, np.zeros((8, 8, 3), dtype=np.uint8))
    assert [share.split(":")[0] for share in view._shares] == ["2", "3", "5", "8"]
    assert all(len(column.tiles) == 4 for column in view._columns)
    assert view.toolTip() and "8: 50" in view.accessibleDescription()
    view.show_steps(
        replace(many, weights=weights[:3], crops=crops[:3], products=weights[:3]),
        np.zeros((8, 8, 3), dtype=np.uint8),
    )
    assert len(view._shares) == 3 and not view.toolTip()


def test_what_stands_above_a_narrow_tile_is_made_smaller_and_not_cut_off(qtbot: QtBot) -> None:
    font = QFont("DejaVu Sans", 9)
    wide = QFontMetricsF(font).horizontalAdvance("8: 11%")
    small = fitting_font(font, "8: 11%", 0.8 * wide)
    assert QFontMetricsF(small).horizontalAdvance("8: 11%") <= 0.8 * wide
    assert fitting_font(font, "8: 11%", wide).pointSizeF() == font.pointSizeF()
