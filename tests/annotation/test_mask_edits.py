"""Edits of pixels, and the drawing tools behind them."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from blendmask_live.annotation import (
    CopyToNext,
    DeleteMasks,
    DrawPolygon,
    Edit,
    FillGaps,
    FillHoles,
    FrameRange,
    Interpolate,
    MoveMask,
    Origin,
    PaintStroke,
    Project,
    ScaleMask,
    SetKeyframe,
    SetMask,
    SetMasks,
    SmoothMask,
    problems,
    shapes,
)
from blendmask_live.errors import ProjectError
from blendmask_live.masks.crops import CroppedMask, crop_mask, crops_iou, whole_frame_masks
from tests.annotation.conftest import MakeProject
from tests.export.sequences import PERSON, MaskSequence, disc

SIZE = (48, 64)
NOTHING = crop_mask(np.zeros((0, 0), dtype=bool))


def whole(mask: CroppedMask | None) -> NDArray[np.bool_]:
    assert mask is not None
    return whole_frame_masks([mask], SIZE)[0]


@pytest.fixture
def walker(make_project: MakeProject) -> Project:
    """Track 1: a disc of radius 7 that goes 4 px to the right each frame, 0 to 9."""
    frames = [[(1, PERSON, 0.9, disc(SIZE, 10 + 4 * t, 24, 7))] for t in range(10)]
    return make_project(MaskSequence(SIZE, frames))


class TestShapes:
    def test_stroke_covers_what_is_near_its_line(self) -> None:
        points = [(10.0, 10.0), (50.0, 10.0), (50.0, 40.0)]
        drawn = whole(
            shapes.with_stroke(NOTHING, points, radius_px=5, is_erasing=False, frame_size=SIZE)
        )
        y, x = np.mgrid[:48, :64] + 0.5
        along_first = np.hypot(x - x.clip(10, 50), y - 10)
        along_second = np.hypot(x - 50, y - y.clip(10, 40))
        distance = np.minimum(along_first, along_second)
        assert drawn[distance < 4.3].all() and not drawn[distance > 5.7].any()

    def test_erasing_takes_away_what_painting_adds(self) -> None:
        mask = crop_mask(disc(SIZE, 32, 24, 15))
        points = [(30.0, 20.0), (40.0, 30.0)]
        added = shapes.with_stroke(NOTHING, points, radius_px=4, is_erasing=False, frame_size=SIZE)
        erased = shapes.with_stroke(mask, points, radius_px=4, is_erasing=True, frame_size=SIZE)
        np.testing.assert_array_equal(whole(erased), whole(mask) & ~whole(added))

    def test_stroke_beyond_the_frame_is_cut(self) -> None:
        points = [(-20.0, -20.0), (5.0, 5.0), (100.0, 5.0)]
        mask = shapes.with_stroke(NOTHING, points, radius_px=3, is_erasing=False, frame_size=SIZE)
        assert mask.box[0] == 0 and mask.box[1] == 0 and mask.box[2] == 64
        far = [(500.0, 500.0)]
        assert not shapes.with_stroke(
            NOTHING, far, radius_px=3, is_erasing=False, frame_size=SIZE
        ).area

    def test_polygon_covers_its_inside(self) -> None:
        points = [(10.0, 10.0), (40.0, 10.0), (40.0, 30.0), (10.0, 30.0)]
        drawn = whole(shapes.with_polygon(NOTHING, points, is_erasing=False, frame_size=SIZE))
        assert drawn[11:29, 11:39].all()
        assert not drawn[:9].any() and not drawn[31:].any() and not drawn[:, 41:].any()

    def test_holes_are_filled_and_bays_are_not(self) -> None:
        ring = disc(SIZE, 20, 24, 12) & ~disc(SIZE, 20, 24, 6)
        bay = disc(SIZE, 50, 24, 10) & ~disc(SIZE, 56, 24, 8)
        filled = whole(shapes.with_holes_filled(crop_mask(ring | bay)))
        np.testing.assert_array_equal(filled, disc(SIZE, 20, 24, 12) | bay)

    def test_smoothing_removes_teeth_and_keeps_the_area(self) -> None:
        mask = disc(SIZE, 32, 24, 16)
        rough = mask.copy()
        rough[::2, :] &= disc(SIZE, 32, 24, 14)[::2, :]
        smooth = whole(shapes.smoothed(crop_mask(rough), radius_px=2, frame_size=SIZE))
        assert abs(int(smooth.sum()) - int(rough.sum())) < 0.05 * rough.sum()

        def edges(m: NDArray[np.bool_]) -> int:
            return int((m[1:] != m[:-1]).sum() + (m[:, 1:] != m[:, :-1]).sum())

        assert edges(smooth) < 0.7 * edges(rough)

    def test_between_two_masks_goes_evenly(self) -> None:
        before, after = crop_mask(disc(SIZE, 15, 20, 6)), crop_mask(disc(SIZE, 45, 28, 12))
        for share in (0.25, 0.5, 0.75):
            middle = shapes.between(before, after, share=share, frame_size=SIZE)
            expected = disc(SIZE, 15 + 30 * share, 20 + 8 * share, 6 + 6 * share)
            assert crops_iou([middle], [crop_mask(expected)])[0, 0] > 0.85
        np.testing.assert_array_equal(
            whole(shapes.between(before, after, share=0, frame_size=SIZE)), whole(before)
        )

    def test_mask_moved_out_of_the_frame_is_cut(self) -> None:
        mask = crop_mask(disc(SIZE, 10, 10, 6))
        moved = shapes.moved(mask, right_px=-8, down_px=2, frame_size=SIZE)
        np.testing.assert_array_equal(whole(moved), disc(SIZE, 2, 12, 6))
        assert not shapes.moved(mask, right_px=-30, down_px=0, frame_size=SIZE).area


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        (MoveMask(2, 1, right_px=5, down_px=-3), disc(SIZE, 23, 21, 7)),
        (SetMask(2, 1, crop_mask(disc(SIZE, 40, 30, 5))), disc(SIZE, 40, 30, 5)),
        (SetMasks(1, {2: crop_mask(disc(SIZE, 40, 30, 5))}), disc(SIZE, 40, 30, 5)),
        (FillHoles(2, 1), disc(SIZE, 18, 24, 7)),
    ],
)
def test_edit_makes_this_mask_a_keyframe(
    walker: Project, edit: Edit, expected: NDArray[np.bool_]
) -> None:
    walker.apply(edit)
    np.testing.assert_array_equal(whole(walker.mask(2, 1)), expected)
    (lane,) = walker.lanes(FrameRange.only(2))
    assert [(run.origin, run.is_keyframe) for run in lane.runs] == [(Origin.CORRECTED, True)]
    assert [(run.first, run.last) for run in walker.lanes()[0].runs] == [(0, 1), (2, 2), (3, 9)]
    assert walker.tracked(2).instances.class_names == ("person",)
    assert problems(walker) == []


def test_scaling_changes_the_area(walker: Project) -> None:
    walker.apply(ScaleMask(4, 1, factor=1.5))
    mask = walker.mask(4, 1)
    assert mask is not None
    assert mask.area == pytest.approx(1.5**2 * disc(SIZE, 26, 24, 7).sum(), rel=0.15)


def test_painting_where_nothing_is_makes_a_track(walker: Project) -> None:
    stroke = PaintStroke(3, 8, ((50, 10), (55, 12)), radius_px=3)
    with pytest.raises(ProjectError, match="which class"):
        walker.apply(stroke)
    walker.apply(PaintStroke(3, 8, ((50, 10), (55, 12)), radius_px=3, label="dog"))
    assert dict(
        zip(
            walker.tracked(3).track_ids.tolist(),
            walker.tracked(3).instances.class_names,
            strict=True,
        )
    ) == {1: "person", 8: "dog"}
    walker.apply(DrawPolygon(4, 8, ((5, 5), (15, 5), (15, 15))))
    assert walker.mask(4, 8) is not None


def test_smoothing_a_disc_leaves_a_disc(walker: Project) -> None:
    before = walker.mask(5, 1)
    walker.apply(SmoothMask(5, 1, radius_px=1))
    after = walker.mask(5, 1)
    assert before is not None and after is not None
    assert crops_iou([before], [after])[0, 0] > 0.9


@pytest.mark.parametrize(("count", "frames"), [(1, [5]), (3, [5, 6, 7]), (-2, [2, 3]), (9, [5])])
def test_copy_reaches_the_frames_on_that_side(
    walker: Project, count: int, frames: list[int]
) -> None:
    mask = whole(walker.mask(4, 1))
    walker.apply(CopyToNext(4, 1, count))
    for frame in frames:
        np.testing.assert_array_equal(whole(walker.mask(frame, 1)), mask)
    if count == 9:
        np.testing.assert_array_equal(whole(walker.mask(9, 1)), mask)
        with pytest.raises(ProjectError, match="no frame on that side"):
            walker.apply(CopyToNext(9, 1))


def test_interpolation_replaces_what_lies_between_keyframes(walker: Project) -> None:
    original = [whole(walker.mask(frame, 1)) for frame in range(10)]
    walker.apply(MoveMask(5, 1, right_px=0, down_px=8))
    walker.apply(Interpolate(1, FrameRange(1, 9)))
    for frame in (1, 9):
        np.testing.assert_array_equal(whole(walker.mask(frame, 1)), original[frame])
    for frame, down in {2: 2, 3: 4, 4: 6, 6: 6, 8: 2}.items():
        expected = crop_mask(disc(SIZE, 10 + 4 * frame, 24 + down, 7))
        mask = walker.mask(frame, 1)
        assert mask is not None and crops_iou([mask], [expected])[0, 0] > 0.85
    kinds = [run.origin.name for run in walker.lanes()[0].runs]
    assert kinds == ["DETECTED", "INTERPOLATED", "CORRECTED", "INTERPOLATED", "DETECTED"]
    walker.undo()
    np.testing.assert_array_equal(whole(walker.mask(3, 1)), original[3])


def test_interpolation_needs_two_masks(walker: Project) -> None:
    with pytest.raises(ProjectError, match=r"two masks to go between.*has 1"):
        walker.apply(Interpolate(1, FrameRange.only(3)))


def test_short_gaps_are_filled_and_long_ones_left(walker: Project) -> None:
    walker.apply(DeleteMasks(1, FrameRange(2, 2)))
    walker.apply(DeleteMasks(1, FrameRange(5, 7)))
    walker.apply(FillGaps(1, FrameRange(), longest=2))
    assert walker.mask(2, 1) is not None and walker.mask(6, 1) is None
    walker.apply(FillGaps(1, FrameRange(), longest=3))
    mask = walker.mask(6, 1)
    assert mask is not None
    assert crops_iou([mask], [crop_mask(disc(SIZE, 34, 24, 7))])[0, 0] > 0.9


def test_confirmed_mask_is_kept_by_interpolation(walker: Project) -> None:
    walker.apply(SetKeyframe(1, FrameRange.only(4)))
    before = whole(walker.mask(4, 1))
    walker.apply(Interpolate(1, FrameRange()))
    np.testing.assert_array_equal(whole(walker.mask(4, 1)), before)
    assert {run.origin for run in walker.lanes(FrameRange.only(4))[0].runs} == {Origin.DETECTED}
