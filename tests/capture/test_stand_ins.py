"""Small pictures that are shown while frames that take long to reach are decoded."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from blendmask_live.capture import open_source, stand_ins
from blendmask_live.capture.stand_ins import StandIns
from tests.capture.clips import ClipSpec, number_in, write_clip


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    return write_clip(tmp_path / "clip.mp4", ClipSpec(frames=40))


def test_every_frame_of_a_short_video_is_kept_and_found_while_it_grows(clip: Path) -> None:
    small = StandIns(partial(open_source, clip), range(40))
    assert small.near(3) is None
    turns = iter([True] * 10)
    small.grow(goes_on=lambda: next(turns, False))
    found = small.near(7)
    assert found is not None and found[0] == 7 and number_in(found[1]) == 7
    assert small.near(20) is None and not small.is_complete
    small.grow(goes_on=lambda: True)
    assert small.is_complete
    assert [small.near(index)[0] for index in (0, 20, 39)] == [0, 20, 39]


def test_of_a_long_video_as_many_frames_are_kept_as_fit(
    clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stand_ins, "_BUDGET_BYTES", 10 * stand_ins._USUAL_BYTES)
    # Only these are covered by the project: every other one.
    small = StandIns(partial(open_source, clip), range(0, 40, 2))
    small.grow(goes_on=lambda: True)
    assert {small.near(index)[0] for index in range(38)} == set(range(0, 40, 4))
    assert [small.near(index)[0] for index in (4, 5, 7)] == [4, 4, 8]
    monkeypatch.setattr(stand_ins, "_BUDGET_BYTES", 1)
    least = StandIns(partial(open_source, clip), range(40))
    least.grow(goes_on=lambda: True)
    assert least.is_complete and least.near(0)[0] == 0 and least.near(1) is None
