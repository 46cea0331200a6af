"""Masks that are followed are kept one by one, and are one act."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from blendmask_live.annotation import (
    FrameRange,
    KeepFollowed,
    NewMask,
    Origin,
    Project,
    RenameTrack,
    SetKeyframe,
    content_hash,
    find_suggestions,
    problems,
)
from blendmask_live.errors import ProjectError
from blendmask_live.masks.crops import crop_mask
from tests.annotation.conftest import MakeProject
from tests.export.sequences import disc


def keep(project: Project, frames: Iterable[int], *, score: float = 0.8, onto: str = "") -> str:
    """Follow track 1 through the frames, one act if nothing comes between; its last text."""
    seen: list[int] = []
    for frame in frames:
        seen.append(frame)
        mask = crop_mask(disc(project.frame_size(frame), 20 + frame, 30, 6))
        reach = FrameRange(min(seen), max(seen))
        edit = KeepFollowed(1, {frame: NewMask(mask, score)}, "car", reach)
        project.apply(edit, onto=onto)
        onto = edit.text
    return onto


def test_many_steps_are_one_act_and_one_run_and_are_undone_together(project: Project) -> None:
    before = content_hash(project)
    text = keep(project, range(3, 9))
    assert text == "follow track 1, frames 3 to 8"
    assert [entry.text for entry in project.journal()] == [text]
    (run,) = (r for r in project.lanes()[0].runs if r.origin is Origin.PROPAGATED)
    assert (run.first, run.last) == (3, 8) and project.labels[run.class_id] == "car"
    assert problems(project) == []
    after = content_hash(project)
    project.undo()
    assert content_hash(project) == before
    project.redo()
    assert content_hash(project) == after


def test_a_second_look_at_the_same_frames_is_part_of_the_act(project: Project) -> None:
    before = content_hash(project)
    text = keep(project, range(3, 9))
    keep(project, [8, 7, 6], score=0.5, onto=text)
    assert len(project.journal()) == 1 and problems(project) == []
    scores = [
        project.tracked(frame).instances.scores[project.tracked(frame).track_ids == 1].item()
        for frame in (5, 6)
    ]
    assert scores == pytest.approx([0.8, 0.5])
    project.undo()
    assert content_hash(project) == before
    project.redo()
    assert problems(project) == []


def test_another_edit_between_makes_two_acts(project: Project) -> None:
    text = keep(project, [3, 4])
    project.apply(RenameTrack(2, "left"))
    keep(project, [5], onto=text)
    assert [entry.command for entry in project.journal()] == [
        "KeepFollowed",
        "RenameTrack",
        "KeepFollowed",
    ]
    project.undo()
    project.undo()
    assert project.undo_text == text and problems(project) == []


def test_what_was_undone_does_not_go_on(project: Project) -> None:
    text = keep(project, [3, 4])
    project.undo()
    with pytest.raises(ProjectError, match="undone"):
        keep(project, [5], onto=text)
    assert project.redo_text == text


def test_what_a_person_confirmed_stays(project: Project) -> None:
    project.apply(SetKeyframe(1, FrameRange.only(5)))
    confirmed = project.mask(5, 1)
    keep(project, range(4, 7))
    kept = project.mask(5, 1)
    assert kept is not None and confirmed is not None and kept.box == confirmed.box
    origins = {run.first: run.origin for run in project.lanes()[0].runs}
    assert origins[4] is Origin.PROPAGATED and origins[6] is Origin.PROPAGATED


def test_unsure_stretches_become_repairs_until_they_are_judged(make_project: MakeProject) -> None:
    project = make_project()
    text = keep(project, [2, 3])
    text = keep(project, [4, 5, 6], score=0.3, onto=text)
    keep(project, [7], onto=text)
    (doubt,) = find_suggestions(project, kinds=["unsure"])
    assert doubt.frames == FrameRange(4, 6) and doubt.tracks == (1,)
    assert "30%" in doubt.text
    # What a person looked at and confirmed is no doubt.
    project.apply(SetKeyframe(1, FrameRange.only(5)))
    assert [d.frames for d in find_suggestions(project, kinds=["unsure"])] == [
        FrameRange.only(4),
        FrameRange.only(6),
    ]
    project.undo()
    project.apply(doubt.edit)
    assert [project.mask(f, 1) is not None for f in (3, 4, 5, 6, 7)] == [True, *[False] * 3, True]
