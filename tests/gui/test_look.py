"""How a frame is made to look; without Qt."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from blendmask_live.datatypes import CroppedMask, TrackedFrame
from blendmask_live.drawing.backdrop import BACKDROPS, Backdrop, put_behind
from blendmask_live.drawing.palette import track_color
from gui.live.look import DisplaySettings, FramePainter, Visibility

BARE = DisplaySettings(mask_style="none", show_labels=False)


def paint(frame: TrackedFrame, look: DisplaySettings) -> NDArray[np.uint8]:
    return FramePainter().paint(frame, look, Visibility()).image


def test_nothing_is_drawn_where_everything_is_off(two_tracks: TrackedFrame) -> None:
    assert np.array_equal(paint(two_tracks, BARE), two_tracks.frame.image)


def test_a_filled_mask_takes_its_tracks_colour(two_tracks: TrackedFrame) -> None:
    look = DisplaySettings(mask_style="fill", opacity=1.0, show_labels=False)
    image = paint(two_tracks, look)
    assert tuple(image[45, 50]) == track_color(1)
    assert tuple(image[25, 25]) == track_color(2)
    assert tuple(image[5, 5]) == (90, 90, 90)


def test_an_outlined_mask_keeps_its_inside(two_tracks: TrackedFrame) -> None:
    image = paint(two_tracks, replace(BARE, mask_style="outline"))
    assert tuple(image[40, 45]) == (90, 90, 90)
    assert tuple(image[49, 45]) == track_color(1)


@pytest.mark.parametrize(
    ("seen", "rows"),
    [
        (Visibility(), [True, True]),
        (Visibility(hidden_tracks=frozenset({1})), [False, True]),
        (Visibility(hidden_classes=frozenset({"cat"})), [True, False]),
        (Visibility(solo_track=2), [False, True]),
        (Visibility(solo_class="person", hidden_tracks=frozenset({1})), [True, False]),
    ],
)
def test_hidden_and_solo_tracks(
    two_tracks: TrackedFrame, seen: Visibility, rows: list[bool]
) -> None:
    assert seen.rows(two_tracks.tracked).tolist() == rows
    painted = FramePainter().paint(two_tracks, BARE, seen)
    assert painted.tracked is not None
    assert len(painted.tracked.track_ids) == sum(rows)


def test_objects_without_a_confirmed_track_are_background_unless_shown(
    two_tracks: TrackedFrame,
) -> None:
    tracked = replace(two_tracks.tracked, track_ids=np.array([1, -1]))
    frame = replace(two_tracks, tracked=tracked)
    for is_wanted, ids in ((False, [1]), (True, [1, -1])):
        look = replace(BARE, show_unconfirmed=is_wanted)
        painted = FramePainter().paint(frame, look, Visibility())
        assert painted.tracked is not None
        assert painted.tracked.track_ids.tolist() == ids


@pytest.mark.parametrize("kind", BACKDROPS)
def test_objects_stay_in_front_of_every_background(two_tracks: TrackedFrame, kind: str) -> None:
    picture = np.full((9, 30, 3), 200, dtype=np.uint8)
    backdrop = Backdrop(kind, color=(1, 2, 3), picture=picture)
    image = two_tracks.frame.image
    result = put_behind(image, two_tracks.instances.cropped_masks(), backdrop)
    assert tuple(result[30, 45]) == (90, 90, 90)
    behind = {"color": (1, 2, 3), "picture": (200, 200, 200), "cut-out": (215, 215, 215)}
    assert tuple(result[5, 5]) == behind.get(kind, (90, 90, 90))
    assert (image == 90).all(), "the frame itself is left as it is"


def bars(*spans: tuple[int, int]) -> list[CroppedMask]:
    """Masks of 40 rows between these columns."""
    return [CroppedMask(x0, 20, np.ones((40, x1 - x0), dtype=bool)) for x0, x1 in spans]


def test_a_bright_object_does_not_shine_into_the_blur_behind_it() -> None:
    image = np.full((80, 160, 3), 60, dtype=np.uint8)
    image[20:60, 50:90] = 250
    result = put_behind(image, bars((50, 90)), Backdrop("blur", blur_share=0.08))
    assert (result[40, 55:85] == 250).all()
    assert (np.abs(result[40, 95:].astype(int) - 60) <= 1).all()
    assert (np.abs(result[40, :45].astype(int) - 60) <= 1).all()


def test_edges_are_soft_but_not_between_objects_that_touch_nor_at_the_frame() -> None:
    image = np.full((80, 160, 3), 200, dtype=np.uint8)
    result = put_behind(image, bars((0, 50), (50, 90)), Backdrop("color", color=(0, 0, 0)))
    line = result[40, :, 0].astype(int)
    assert (line[:88] == 200).all(), "neither at the frame's edge nor where they touch"
    assert 0 < line[89] < line[88] <= 200
    assert (line[90:] == 0).all(), "nothing of what was behind comes along"


def test_trails_follow_a_track_and_end_at_a_jump(two_tracks: TrackedFrame) -> None:
    look = replace(BARE, show_trails=True)
    painter = FramePainter()
    for index in range(3):
        frame = replace(two_tracks.frame, index=index)
        painter.paint(replace(two_tracks, frame=frame), look, Visibility())
    assert len(painter._trails.points[1]) == 3
    far = replace(two_tracks, frame=replace(two_tracks.frame, index=900))
    painter.paint(far, look, Visibility())
    assert len(painter._trails.points[1]) == 1
