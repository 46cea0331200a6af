"""Other thresholds, classes and mask sizes without the network."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from blendmask_live.annotation import (
    BlendSettings,
    FrameRange,
    PaintStroke,
    Project,
    ProjectWriter,
    Reblend,
    Reblender,
    content_hash,
    problems,
)
from blendmask_live.datatypes import Frame, Instances, TrackedFrame, TrackedInstances, TrackState
from blendmask_live.errors import ProjectError
from blendmask_live.masks.blending import blend_mask
from tests.export.sequences import MaskSequence, disc

SIZE = (96, 128)
LABELS = ("person", "car")


def detections(frame: int, *, has_latents: bool) -> Instances:
    """A sure person and a doubtful car, blended from two bases."""
    shapes = disc(SIZE, 35 + frame, 48, 20) | disc(SIZE, 95, 48, 18)
    small = cv2.resize(shapes.astype(np.float32), (32, 24), interpolation=cv2.INTER_AREA)
    bases = np.stack([small * 8 - 4, 4 - small * 8])
    attention = np.stack([np.full((7, 7), 3.0), np.full((7, 7), -3.0)]).astype(np.float32)
    boxes = np.array([[10 + frame, 24, 60 + frame, 72], [73, 26, 117, 70]], dtype=np.float32)
    soft = np.stack([blend_mask(bases, box / 4, attention, mask_size=28) for box in boxes])
    return Instances(
        boxes=boxes,
        scores=np.array([0.9, 0.4], np.float32),
        class_ids=np.array([0, 1]),
        frame_size=SIZE,
        labels=LABELS,
        soft_masks=soft,
        mask_boxes=boxes,
        mask_threshold=0.5,
        attention=np.stack([attention] * 2) if has_latents else None,
        bases=bases if has_latents else None,
    )


def written(path: Path, *, has_latents: bool) -> Path:
    source = MaskSequence(SIZE, []).source()
    writer = ProjectWriter(path, source=source, labels=LABELS, keep_latents=has_latents)
    image = np.zeros((*SIZE, 3), np.uint8)
    for frame in range(4):
        tracked = TrackedInstances(
            detections(frame, has_latents=has_latents),
            np.array([1, 2]),
            (TrackState.CONFIRMED,) * 2,
        )
        writer.write(TrackedFrame(Frame(image, frame, None, 0.0), tracked))
    writer.close()
    return path


def test_same_settings_give_nearly_the_same_masks(tmp_path: Path) -> None:
    for has_latents in (False, True):
        path = written(tmp_path / f"{has_latents}.bml", has_latents=has_latents)
        with Project.open(path) as project:
            again = Reblender(project, BlendSettings(mask_threshold=0.5)).tracked(2)
            old = project.tracked(2).instances.masks()
            assert (again.instances.masks() != old).mean() < 0.003


def test_threshold_moves_the_outline(tmp_path: Path) -> None:
    with Project.open(written(tmp_path / "a.bml", has_latents=False)) as project:
        areas = [
            Reblender(project, BlendSettings(mask_threshold=p)).tracked(0).instances.masks().sum()
            for p in (0.2, 0.5, 0.8)
        ]
        assert areas[0] > areas[1] > areas[2] > 0


def test_finer_masks_are_those_the_blender_would_have_made(tmp_path: Path) -> None:
    with Project.open(written(tmp_path / "a.bml", has_latents=True)) as project:
        instances = detections(1, has_latents=True)
        assert instances.bases is not None and instances.attention is not None
        soft = np.stack(
            [
                blend_mask(instances.bases, box / 4, attention, mask_size=112)
                for box, attention in zip(instances.boxes, instances.attention, strict=True)
            ]
        )
        expected = Instances(
            boxes=instances.boxes,
            scores=instances.scores,
            class_ids=instances.class_ids,
            frame_size=SIZE,
            labels=LABELS,
            soft_masks=soft,
            mask_boxes=instances.boxes,
            mask_threshold=0.5,
        ).masks()
        found = Reblender(project, BlendSettings(mask_size=112)).tracked(1).instances.masks()
        assert (found != expected).mean() < 0.001


def test_other_size_without_latents_is_refused(tmp_path: Path) -> None:
    with Project.open(written(tmp_path / "a.bml", has_latents=False)) as project:
        with pytest.raises(ProjectError, match="annotate again with --latents"):
            Reblender(project, BlendSettings(mask_size=112))
        with pytest.raises(ProjectError, match="class 'dog'"):
            Reblender(project, BlendSettings(classes=("dog",)))


@pytest.mark.parametrize("settings", [BlendSettings(score=0.5), BlendSettings(classes=("person",))])
def test_doubtful_tracks_and_other_classes_go(tmp_path: Path, settings: BlendSettings) -> None:
    with Project.open(written(tmp_path / "a.bml", has_latents=False)) as project:
        assert Reblender(project, settings).tracked(0).track_ids.tolist() == [1]
        project.apply(Reblend(project, settings))
        assert [track.track_id for track in project.tracks] == [1]


def test_in_place_it_is_one_act_that_spares_what_a_person_drew(tmp_path: Path) -> None:
    with Project.open(written(tmp_path / "a.bml", has_latents=True)) as project:
        project.apply(PaintStroke(2, 1, ((5, 5), (9, 5)), radius_px=3))
        drawn = project.mask(2, 1)
        before = content_hash(project)
        seen: list[tuple[int, int]] = []
        project.apply(
            Reblend(project, BlendSettings(mask_size=112), report=lambda *n: seen.append(n))
        )
        assert seen[-1] == (4, 4) and content_hash(project) != before
        kept = project.mask(2, 1)
        assert drawn is not None and kept is not None
        np.testing.assert_array_equal(kept.mask, drawn.mask)
        sides = [s.probabilities.shape[0] for s in project.masks(1).soft_masks if s is not None]
        assert sides == [112, 112]
        (lane, _) = project.lanes(FrameRange.only(3))
        assert len(lane.runs) == 1 and problems(project) == []
        # Masks that were re-blended can be re-blended again.
        project.apply(Reblend(project, BlendSettings(mask_size=28)))
        assert project.undo() == "re-blend (mask size 28)"
        assert project.undo() == "re-blend (mask size 112)"
        assert content_hash(project) == before
