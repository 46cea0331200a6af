from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from blendmask_live.config import MASK_SIZES, SegmenterSettings
from blendmask_live.errors import ConfigError


@pytest.mark.parametrize("mask_size", MASK_SIZES)
def test_every_offered_mask_size_is_accepted(mask_size: int) -> None:
    assert SegmenterSettings(mask_size=mask_size).mask_size == mask_size


@pytest.mark.parametrize(
    "change",
    [
        {"mask_size": 57},
        {"score_threshold": -0.1},
        {"score_threshold": float("nan")},
        {"mask_threshold": 1.01},
        {"nms_iou": 2.0},
        {"short_side": 32},
        {"short_side": 800},
        {"short_side": 500, "long_side": 400},
        {"long_side": 5000},
        {"max_instances": 0},
        {"max_instances": 2.5},
        {"score_threshold": "0.4"},
    ],
    ids=str,
)
def test_settings_out_of_range_are_refused_by_name(change: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match=next(iter(change)).split("_")[0]):
        SegmenterSettings(**change)


def test_settings_cannot_change_under_a_running_frame() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        SegmenterSettings().mask_size = 28  # type: ignore[misc]
