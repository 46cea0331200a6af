"""Drawing of masks, outlines, boxes and labels."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from numpy.typing import NDArray

from blendmask_live.datatypes import Instances, TrackedInstances, TrackState
from blendmask_live.drawing.overlay import OverlayStyle, TrackTrails, draw_overlay
from blendmask_live.drawing.palette import UNCONFIRMED_COLOR, text_color, track_color
from tests.export.sequences import disc

SIZE = (180, 320)
FILL_ONLY = OverlayStyle(show_outlines=False, show_boxes=False, show_labels=False)
LABELS_ONLY = OverlayStyle(opacity=0, show_outlines=False, show_boxes=False)


def tracked(
    masks: list[NDArray[np.bool_]], ids: list[int], labels: tuple[str, ...] = ("person",)
) -> TrackedInstances:
    size = masks[0].shape if masks else SIZE
    stack = np.array(masks, dtype=bool).reshape(-1, *size)
    instances = Instances.from_masks(
        stack, class_ids=[0] * len(masks), scores=[0.87] * len(masks), labels=labels
    )
    states = tuple(TrackState.CONFIRMED if i > 0 else TrackState.TENTATIVE for i in ids)
    return TrackedInstances(instances, np.array(ids, dtype=np.int64), states)


def grey(size: tuple[int, int] = SIZE, value: int = 100) -> NDArray[np.uint8]:
    return np.full((*size, 3), value, dtype=np.uint8)


def changed(image: NDArray[np.uint8], drawn: NDArray[np.uint8]) -> NDArray[np.bool_]:
    result: NDArray[np.bool_] = (image != drawn).any(axis=2)
    return result


def test_fill_covers_exactly_the_mask_with_the_asked_opacity() -> None:
    mask = disc(SIZE, 100, 80, 40) & ~disc(SIZE, 100, 80, 10)
    image = grey()
    drawn = draw_overlay(image, tracked([mask], [1]), FILL_ONLY)
    np.testing.assert_array_equal(changed(image, drawn), mask)
    expected = 0.55 * 100 + 0.45 * np.array(track_color(1))
    assert np.abs(drawn[mask] - expected).max() <= 0.5
    assert (image == 100).all()


def test_outline_has_the_full_colour_and_spares_the_middle() -> None:
    mask = disc(SIZE, 100, 80, 40)
    style = OverlayStyle(opacity=0, show_boxes=False, show_labels=False)
    drawn = draw_overlay(grey(), tracked([mask], [1]), style)
    assert tuple(drawn[80, 60]) == track_color(1)
    assert (drawn[60:100, 80:120] == 100).all()


def test_masks_at_every_edge_are_drawn_inside_the_frame() -> None:
    masks = [disc(SIZE, x, y, 30) for x, y in [(0, 0), (319, 0), (0, 179), (319, 179)]]
    masks.append(np.ones(SIZE, dtype=bool))
    assert draw_overlay(grey(), tracked(masks, [1, 2, 3, 4, 5])).shape == (*SIZE, 3)


def test_no_objects_leave_the_picture_as_it_is() -> None:
    image = grey()
    np.testing.assert_array_equal(draw_overlay(image, tracked([], [])), image)


def test_small_objects_stay_visible_on_large_ones() -> None:
    small, large = disc(SIZE, 100, 80, 10), disc(SIZE, 100, 80, 60)
    one = draw_overlay(grey(), tracked([small, large], [1, 2]), FILL_ONLY)
    other = draw_overlay(grey(), tracked([large, small], [2, 1]), FILL_ONLY)
    np.testing.assert_array_equal(one, other)
    assert tuple(one[80, 100]) != tuple(one[80, 60])


def test_unconfirmed_objects_get_a_thin_grey_outline_or_nothing() -> None:
    mask = disc(SIZE, 100, 80, 40)
    image = grey()
    drawn = draw_overlay(image, tracked([mask], [-4]))
    assert np.abs(drawn[80, 60].astype(int) - UNCONFIRMED_COLOR).max() <= 8
    assert not changed(image, drawn)[60:100, 80:120].any()
    hidden = draw_overlay(image, tracked([mask], [-4]), OverlayStyle(show_unconfirmed=False))
    np.testing.assert_array_equal(hidden, image)


@pytest.mark.parametrize("size", [(1, 1), (16, 16), (30, 200), (200, 40), (720, 1280)])
def test_labels_stay_inside_frames_of_any_size(size: tuple[int, int]) -> None:
    mask = np.zeros(size, dtype=bool)
    mask[-1, -1] = True
    label = ("a class with a rather long name",)
    drawn = draw_overlay(grey(size), tracked([mask], [123456], label), LABELS_ONLY)
    assert drawn.shape == (*size, 3)


def test_label_is_whole_at_the_corner_of_the_frame() -> None:
    corner, middle = np.zeros(SIZE, dtype=bool), np.zeros(SIZE, dtype=bool)
    corner[0, -1] = middle[90, 100] = True
    plates = [
        (draw_overlay(grey(), tracked([mask], [1]), LABELS_ONLY) == track_color(1)).all(axis=2)
        for mask in (corner, middle)
    ]
    assert plates[0].sum() == plates[1].sum() > 0


def test_labels_of_crowded_objects_do_not_cover_each_other() -> None:
    masks = [disc(SIZE, 100 + 3 * k, 90 + 3 * k, 20) for k in range(4)]
    together = draw_overlay(grey(), tracked(masks, [1, 2, 3, 4]), LABELS_ONLY)
    for mask, track_id in zip(masks, [1, 2, 3, 4], strict=True):
        alone = draw_overlay(grey(), tracked([mask], [track_id]), LABELS_ONLY)
        color = track_color(track_id)
        assert (together == color).all(axis=2).sum() == (alone == color).all(axis=2).sum()


def test_trail_follows_the_feet_and_forgets() -> None:
    trails = TrackTrails(3)
    for t in range(5):
        trails.update(tracked([disc(SIZE, 50 + 20 * t, 80, 10)], [1]))
    assert np.abs(trails.points[1] - [[90, 91], [110, 91], [130, 91]]).max() <= 1
    drawn = draw_overlay(
        grey(), tracked([disc(SIZE, 130, 80, 10)], [1]), LABELS_ONLY, trails=trails.points
    )
    assert np.abs(drawn[91, 100].astype(int) - track_color(1)).max() <= 16
    for _ in range(3):
        trails.update(tracked([], []))
    assert trails.points == {}


def test_colours_are_stable_and_neighbours_differ_for_colour_blind_eyes() -> None:
    # Machado, Oliveira and Fernandes (2009), severity 1, linear RGB.
    deuteranopia = np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    )
    assert track_color(12) == track_color(12)
    assert len({track_color(i) for i in range(1, 301)}) == 300
    for a, b in itertools.pairwise(range(1, 60)):
        linear = (np.array([track_color(a), track_color(b)]) / 255) ** 2.2
        seen = (linear @ deuteranopia.T).clip(0, 1) ** (1 / 2.2)
        assert np.abs(seen[0] - seen[1]).max() > 0.12, (a, b)


def test_label_text_contrasts_with_every_plate() -> None:
    def luminance(color: tuple[int, int, int]) -> float:
        linear = [
            (v / 255 / 12.92) if v <= 10 else ((v / 255 + 0.055) / 1.055) ** 2.4 for v in color
        ]
        return float(np.dot(linear, [0.2126, 0.7152, 0.0722]))

    for track_id in range(1, 300):
        pair = sorted(
            [luminance(track_color(track_id)), luminance(text_color(track_color(track_id)))]
        )
        assert (pair[1] + 0.05) / (pair[0] + 0.05) >= 4.5


def test_opacity_outside_0_to_1_is_refused() -> None:
    with pytest.raises(ValueError, match="opacity"):
        OverlayStyle(opacity=1.5)
