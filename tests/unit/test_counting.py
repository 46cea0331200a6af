"""Numbers of things in sentences."""

import numpy as np
import pytest

from blendmask_live.annotation import CopyToNext, FrameRange, HideTrack, RejectSuggestion, SetMasks
from blendmask_live.annotation.suggestion import Suggestion
from blendmask_live.counting import counted
from blendmask_live.masks.crops import CroppedMask


@pytest.mark.parametrize(
    ("count", "text"), [(0, "0 damaged frames"), (1, "1 damaged frame"), (11, "11 damaged frames")]
)
def test_one_thing_is_told_in_the_singular(count: int, text: str) -> None:
    assert counted(count, "damaged frame") == text


def test_acts_say_1_frame() -> None:
    mask = CroppedMask(0, 0, np.ones((1, 1), bool))
    assert SetMasks(2, {3: mask}).text == "draw track 2, 1 frame"
    assert SetMasks(2, {3: mask, 4: mask}).text == "draw track 2, 2 frames"
    assert CopyToNext(3, 2, -1).text == "copy track 2 from frame 3, 1 frame"


def test_a_rejected_repair_names_its_tracks() -> None:
    for tracks, words in (((4,), "track 4"), ((4, 7), "tracks 4 and 7")):
        doubt = Suggestion("duplicate", FrameRange(2, 5), tracks, 0.9, "", HideTrack(4))
        assert RejectSuggestion(doubt).text == f"reject duplicate of {words}, frames 2 to 5"
