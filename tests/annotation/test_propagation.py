"""Masks carried along with the picture, or blended from stored bases."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from blendmask_live.annotation import (
    DeleteMasks,
    FrameRange,
    Origin,
    Project,
    ProjectWriter,
    SetKeyframe,
    propagate_by_blending,
    propagate_by_flow,
    propagated,
)
from blendmask_live.datatypes import Frame, Instances, TrackedFrame, TrackedInstances, TrackState
from blendmask_live.errors import ProjectError
from blendmask_live.masks.crops import crop_mask, crops_iou
from tests.annotation.conftest import MakeProject
from tests.export.sequences import PERSON, MaskSequence, disc

SIZE = (96, 128)


def picture(frame: int) -> NDArray[np.uint8]:
    """A textured disc that goes 3 px right and 1 px down each frame, over a still background."""
    generator = np.random.default_rng(0)
    texture = cv2.GaussianBlur(generator.integers(0, 255, (*SIZE, 3), np.uint8), (0, 0), 1.5)
    image = cv2.GaussianBlur(generator.integers(0, 90, (*SIZE, 3), np.uint8), (0, 0), 2.0)
    shift = np.float32([[1, 0, 3 * frame], [0, 1, frame]])
    carried = cv2.warpAffine(texture, shift, SIZE[::-1], borderMode=cv2.BORDER_REFLECT)
    inside = truth(frame)
    image[inside] = carried[inside]
    return np.asarray(image, dtype=np.uint8)


def truth(frame: int) -> NDArray[np.bool_]:
    return disc(SIZE, 40 + 3 * frame, 40 + frame, 18)


@pytest.fixture
def project(make_project: MakeProject) -> Project:
    """Track 1, right in frame 4 only."""
    frames = [[(1, PERSON, 0.9, truth(t) if t == 4 else disc(SIZE, 9, 9, 5))] for t in range(10)]
    return make_project(MaskSequence(SIZE, frames))


def quality(project: Project, frame: int) -> float:
    mask = project.mask(frame, 1)
    assert mask is not None
    return float(crops_iou([mask], [crop_mask(truth(frame))])[0, 0])


@pytest.mark.parametrize(("is_backward", "frames"), [(False, range(5, 10)), (True, range(4))])
def test_flow_carries_a_mask_with_its_object(
    project: Project, is_backward: bool, frames: range
) -> None:
    steps = propagate_by_flow(project, track=1, frame=4, pictures=picture, is_backward=is_backward)
    project.apply(propagated(1, steps))
    assert [quality(project, frame) > 0.85 for frame in frames] == [True] * len(frames)
    (lane,) = project.lanes()
    assert {run.origin for run in lane.runs} == {Origin.DETECTED, Origin.PROPAGATED}


def test_flow_carries_the_holes_of_a_mask(make_project: MakeProject) -> None:
    hole = disc(SIZE, 52, 44, 6)
    project = make_project(
        MaskSequence(SIZE, [[(1, PERSON, 0.9, truth(t) & (not t or ~hole))] for t in range(9)])
    )
    project.apply(DeleteMasks(1, FrameRange(5, 8)))
    steps = propagate_by_flow(project, track=1, frame=4, pictures=picture)
    for frame, mask in ((step.frame, step.mask) for step in steps):
        shift = np.float32([[1, 0, 3 * (frame - 4)], [0, 1, frame - 4]])
        moved = cv2.warpAffine(hole.view(np.uint8), shift, SIZE[::-1]) > 0
        whole = np.zeros(SIZE, dtype=bool)
        x0, y0, x1, y1 = mask.box
        whole[y0:y1, x0:x1] = mask.mask
        assert whole[moved].mean() < 0.3


def test_propagation_stops_before_the_next_keyframe_and_at_the_range(project: Project) -> None:
    project.apply(SetKeyframe(1, FrameRange.only(7)))
    steps = propagate_by_flow(project, track=1, frame=4, pictures=picture)
    assert [step.frame for step in steps] == [5, 6]
    steps = propagate_by_flow(
        project, track=1, frame=4, pictures=picture, frames=FrameRange(None, 5)
    )
    assert [step.frame for step in steps] == [5]


def test_a_mask_that_its_object_has_left_behind_is_unsure_and_ends(project: Project) -> None:
    def thrown(frame: int) -> NDArray[np.uint8]:
        # From frame 6 on the disc is far away, and its place shows the ground.
        return picture(frame if frame < 6 else frame + 60)

    steps = list(propagate_by_flow(project, track=1, frame=4, pictures=thrown))
    assert [step.frame for step in steps] == [5]
    assert steps[0].confidence > 0.8
    sure = propagate_by_flow(project, track=1, frame=4, pictures=picture)
    assert min(step.confidence for step in sure) > 0.7


def test_propagation_needs_a_mask_to_begin_with(project: Project) -> None:
    project.apply(DeleteMasks(1, FrameRange.only(4)))
    with pytest.raises(ProjectError, match="no mask in frame 4"):
        list(propagate_by_flow(project, track=1, frame=4, pictures=picture))


def test_blending_needs_latents(project: Project) -> None:
    with pytest.raises(ProjectError, match=r"--latents.*optical flow"):
        list(propagate_by_blending(project, track=1, frame=4))


def test_stored_bases_carry_a_mask_where_it_was_missed(tmp_path: Path) -> None:
    labels = ("disc",)
    path = tmp_path / "a.bml"
    writer = ProjectWriter(
        path,
        source=MaskSequence(SIZE, []).source(),
        labels=labels,
        keep_latents=True,
    )
    for frame in range(6):
        tracked = TrackedInstances(
            _blended(frame, labels, is_seen=frame < 3),
            np.array([1] if frame < 3 else [], np.int64),
            (TrackState.CONFIRMED,) * (frame < 3),
        )
        writer.write(TrackedFrame(Frame(picture(frame), frame, None, 0.0), tracked))
    writer.close()
    with Project.open(path) as project:
        project.apply(propagated(1, propagate_by_blending(project, track=1, frame=2)))
        assert [quality(project, frame) > 0.8 for frame in (3, 4, 5)] == [True] * 3


def _blended(frame: int, labels: tuple[str, ...], *, is_seen: bool) -> Instances:
    """One base shows the disc, the other its opposite; attention takes the first."""
    small = cv2.resize(truth(frame).astype(np.float32), (32, 24), interpolation=cv2.INTER_AREA)
    bases = np.stack([small * 16 - 8, 8 - small * 16])
    attention = np.stack([np.full((7, 7), 4.0), np.full((7, 7), -4.0)]).astype(np.float32)
    box = np.array([40 + 3 * frame - 22, 40 + frame - 22, 40 + 3 * frame + 22, 62 + frame])
    rows = slice(0, int(is_seen))
    return Instances(
        boxes=box.astype(np.float32)[None][rows],
        scores=np.array([0.9], np.float32)[rows],
        class_ids=np.array([0])[rows],
        frame_size=SIZE,
        labels=labels,
        soft_masks=_soft(truth(frame), box)[None][rows],
        mask_boxes=box.astype(np.float32)[None][rows],
        attention=attention[None][rows],
        bases=bases,
    )


def _soft(mask: NDArray[np.bool_], box: NDArray[np.float64]) -> NDArray[np.float32]:
    x0, y0, x1, y1 = box.astype(int).tolist()
    cut = mask[y0:y1, x0:x1].astype(np.float32)
    return np.asarray(cv2.resize(cut, (28, 28), interpolation=cv2.INTER_AREA), np.float32)
