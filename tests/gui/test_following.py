"""Following in the editor: what is kept, as what, and where it ends."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from blendmask_live.annotation import (
    FrameRange,
    Origin,
    Project,
    RenameTrack,
    SetMask,
    content_hash,
    find_suggestions,
    problems,
)
from blendmask_live.errors import ProjectError
from blendmask_live.masks.crops import crop_mask
from blendmask_live.prompting.prompter import Prompter
from gui.editor.answering import PrompterHolder
from gui.editor.background import Stopped
from gui.editor.following_work import FollowingWork, Outcome, Plan
from gui.editor.frame_reader import PictureAccess
from tests.gui.blobs import FRAMES, GONE_FROM, HARD_TO_SEE, blob_frame, seeing_prompter, write_blobs

ON = tuple(range(3, FRAMES))
BACK = (1, 0)


@pytest.fixture(scope="module")
def prompter() -> Prompter:
    return seeing_prompter()


@pytest.fixture
def holder(prompter: Prompter, monkeypatch: pytest.MonkeyPatch) -> PrompterHolder:
    monkeypatch.setattr("gui.editor.answering.load", lambda: prompter)
    return PrompterHolder()


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    """The red block is track 1 in frame 2."""
    opened = Project.open(write_blobs(tmp_path))
    mark(opened, 2)
    yield opened
    opened.close()


def mark(project: Project, frame: int) -> None:
    image = blob_frame(frame)
    mask = crop_mask((image[..., 0] > 180) & (image[..., 2] < 80))
    project.apply(SetMask(frame, 1, mask, "fox"))


def masked(project: Project) -> list[int]:
    return [frame for frame in range(FRAMES) if project.mask(frame, 1) is not None]


def go(work: FollowingWork, report: Callable[[int, int], None] = lambda d, s: None) -> Outcome:
    return work.run(report)


def test_both_ways_is_one_act_until_the_object_is_lost(
    project: Project, holder: PrompterHolder
) -> None:
    before = content_hash(project)
    outcome = go(FollowingWork(project, holder, Plan(1, 2, (BACK, ON))))
    assert (outcome.why, outcome.lost, outcome.masks) == ("lost", (GONE_FROM,), GONE_FROM - 1)
    assert masked(project) == list(range(GONE_FROM))
    for frame in (0, 7):
        found, (x0, y0, x1, y1) = project.mask(frame, 1), (20 + 4 * frame, 40, 50 + 4 * frame, 64)
        assert found is not None
        assert found.tight().box == pytest.approx((x0, y0, x1, y1), abs=3)
    assert project.undo_text == "follow track 1, frames 0 to 7" and problems(project) == []
    runs = project.lanes()[0].runs
    assert {project.labels[run.class_id] for run in runs} == {"fox"} and len(runs) == 3
    project.undo()
    assert content_hash(project) == before


def test_what_was_unsure_becomes_a_repair(project: Project, holder: PrompterHolder) -> None:
    go(FollowingWork(project, holder, Plan(1, 2, (ON,))))
    (doubt,) = find_suggestions(project, kinds=["unsure"])
    assert doubt.frames == FrameRange(*HARD_TO_SEE)


def test_each_frame_is_on_the_disk_as_soon_as_it_is_shown(
    project: Project, holder: PrompterHolder
) -> None:
    seen: list[int] = []

    def look(frame: int, image: object) -> None:
        with Project.open(project.path, read_only=True) as other:
            seen.extend([frame] if other.mask(frame, 1) is not None else [])

    go(FollowingWork(project, holder, Plan(1, 2, ((3, 4),)), look))
    assert seen == [3, 4]


def test_stopped_it_keeps_what_is_done(project: Project, holder: PrompterHolder) -> None:
    def stop_at_two(done: int, steps: int) -> None:
        if done == 2:
            raise Stopped

    outcome = go(FollowingWork(project, holder, Plan(1, 2, (ON,))), stop_at_two)
    assert (outcome.why, outcome.masks) == ("stopped", 2)
    assert masked(project) == [2, 3, 4]


def test_it_ends_before_a_keyframe_also_one_that_comes_meanwhile(
    project: Project, holder: PrompterHolder
) -> None:
    def confirm(frame: int, image: object) -> None:
        if frame == 4:
            mark(project, 6)

    outcome = go(FollowingWork(project, holder, Plan(1, 2, (ON,)), confirm))
    assert (outcome.why, outcome.frame) == ("keyframe", 5)
    assert masked(project) == [2, 3, 4, 5, 6]
    assert [run.origin for run in project.lanes()[0].runs if run.first == 6] == [Origin.CORRECTED]
    assert problems(project) == []


def test_undone_meanwhile_it_ends(project: Project, holder: PrompterHolder) -> None:
    def undo(frame: int, image: object) -> None:
        if frame == 4:
            project.undo()

    outcome = go(FollowingWork(project, holder, Plan(1, 2, (ON,)), undo))
    assert outcome.why == "undone"
    assert masked(project) == [2] and project.redo_text == "follow track 1, frames 3 to 4"


def test_another_edit_meanwhile_is_an_act_of_its_own(
    project: Project, holder: PrompterHolder
) -> None:
    def rename(frame: int, image: object) -> None:
        if frame == 4:
            project.apply(RenameTrack(1, "left"))

    go(FollowingWork(project, holder, Plan(1, 2, (ON,)), rename))
    assert [entry.text for entry in project.journal()[1:]] == [
        "follow track 1, frames 3 to 4",
        "name track 1 'left'",
        "follow track 1, frames 5 to 7",
    ]


def test_between_two_keyframes_both_sides_are_asked(
    project: Project, holder: PrompterHolder
) -> None:
    mark(project, 7)
    shown: list[int] = []
    work = FollowingWork(
        project,
        holder,
        Plan(1, 2, ((3, 4, 5, 6),), end=7),
        lambda frame, image: shown.append(frame),
    )
    before = len(project.journal())
    assert go(work).masks == 4
    assert shown == [3, 4, 5, 6, 6, 5, 4, 3] and masked(project) == [2, 3, 4, 5, 6, 7]
    assert len(project.journal()) == before + 1 and problems(project) == []


def test_it_ends_at_a_cut_to_another_scene(
    project: Project, holder: PrompterHolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = PictureAccess.__call__

    def with_cut(pictures: PictureAccess, index: int) -> NDArray[np.uint8]:
        image = read(pictures, index)
        if index < 5:
            return image
        # The block is there too: without a cut it would be followed.
        is_ground = image.max(axis=2) < 120
        return np.where(is_ground[..., None], np.uint8(200) - image // 4, image)

    monkeypatch.setattr(PictureAccess, "__call__", with_cut)
    outcome = go(FollowingWork(project, holder, Plan(1, 2, (BACK, ON))))
    assert (outcome.why, outcome.cuts, masked(project)) == ("cut", (5,), [0, 1, 2, 3, 4])


def test_without_a_mask_there_is_nothing_to_follow(
    project: Project, holder: PrompterHolder
) -> None:
    with pytest.raises(ProjectError, match="point at the object first"):
        FollowingWork(project, holder, Plan(1, 5, (ON,)))
