"""Which frames go without the network at the lowest quality."""

from __future__ import annotations

from typing import Any

from blendmask_live.config import SegmenterSettings
from blendmask_live.live import LiveSettings
from blendmask_live.live.later_prompter import LaterPrompter
from blendmask_live.live.player import PlayedFrame
from blendmask_live.live.second_look import SecondLook
from blendmask_live.live.stages import Detector
from tests.live.parts import FakeSegmenter, make_frame


def _detector() -> Detector:
    settings = LiveSettings(SegmenterSettings(short_side=256, mask_size=28), target_fps=30)
    segmenter: Any = FakeSegmenter()
    second_look = SecondLook(LaterPrompter.beside(segmenter))
    detector = Detector(segmenter, settings, second_look=second_look, frame_s=0.02)
    governor = detector._in_use.governor
    for _ in range(100):
        governor.observe(1e4, quality=governor.quality)
    assert detector.quality == "network on 1 of 4 frames"
    return detector


def _seen(detector: Detector, *, gap_s: float, chosen: tuple[int, ...] = ()) -> list[bool]:
    frames = [
        PlayedFrame(make_frame(i).image, i, None, 100 + i * gap_s, is_chosen=i in chosen)
        for i in range(8)
    ]
    return [detector(frame).instances is not None for frame in frames]


def test_three_of_four_frames_are_skipped() -> None:
    assert _seen(_detector(), gap_s=0.03) == [True, False, False, False] * 2


def test_frames_that_were_asked_for_are_not_skipped() -> None:
    assert _seen(_detector(), gap_s=0.03, chosen=(1, 2)) == [True] * 3 + [False] * 3 + [True, False]


def test_nothing_is_skipped_where_the_last_look_is_long_ago() -> None:
    assert _seen(_detector(), gap_s=0.2) == [True, False] * 4
    assert _seen(_detector(), gap_s=0.5) == [True] * 8


def test_nothing_is_skipped_after_a_jump_whose_first_frame_was_dropped() -> None:
    detector = _detector()
    epochs = (0, 0, 1, 1, 2)
    frames = [
        PlayedFrame(make_frame(i).image, i, None, 100 + i * 0.03, epoch=epoch)
        for i, epoch in enumerate(epochs)
    ]
    seen = [detector(frame).instances is not None for frame in frames]
    assert seen == [True, False, True, False, True]


def test_recorded_files_are_seen_completely() -> None:
    detector = _detector()
    detector.is_complete = True
    assert _seen(detector, gap_s=0.03) == [True] * 8
    assert detector.quality == ""
