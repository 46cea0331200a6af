"""Settings of a session."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import pytest

from blendmask_live.config import SegmenterSettings
from blendmask_live.errors import ConfigError
from blendmask_live.live import LiveSettings
from tracking import TrackerConfig


def test_a_session_is_there_without_pytorch() -> None:
    code = "import blendmask_live.live.session, sys; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_defaults_report_each_object_once_and_track() -> None:
    settings = LiveSettings()
    assert settings.segmenter.drop_duplicates and settings.is_tracking
    segmenter, tracker = settings.in_use()
    assert segmenter.score_threshold == pytest.approx(0.6 * 0.35)
    assert tracker.confident_score == 0.35


def test_without_tracking_nothing_fainter_is_reported() -> None:
    segmenter, _ = LiveSettings(is_tracking=False).in_use()
    assert segmenter.score_threshold == SegmenterSettings().score_threshold


def test_coasting_needs_the_latents() -> None:
    segmenter, _ = LiveSettings(tracker=TrackerConfig(max_coast_s=0.5)).in_use()
    assert segmenter.keep_latents
    assert not LiveSettings().in_use()[0].keep_latents


def test_what_needs_latents_looks_in_one_size() -> None:
    both = SegmenterSettings(multi_scale=True)
    assert LiveSettings(both).in_use()[0].multi_scale
    assert LiveSettings(both, is_tracking=False).in_use()[0].multi_scale
    assert not LiveSettings(both, TrackerConfig(max_coast_s=0.5)).in_use()[0].multi_scale
    microscope = replace(both, keep_latents=True)
    assert not LiveSettings(microscope, is_tracking=False).in_use()[0].multi_scale


@pytest.mark.parametrize("fps", [0, -1, 5000, float("nan")])
def test_impossible_frame_rate_is_refused(fps: float) -> None:
    with pytest.raises(ConfigError, match="fps"):
        LiveSettings(target_fps=fps)
