"""Edits of identities: which mask belongs to whom afterwards."""

from __future__ import annotations

import numpy as np
import pytest

from blendmask_live.annotation import (
    AddLabel,
    DeleteMasks,
    DeleteTrack,
    Edit,
    FrameRange,
    HideTrack,
    MergeTracks,
    Project,
    ReassignMasks,
    Relabel,
    RenameLabel,
    RenameTrack,
    SetKeyframe,
    SplitTrack,
    SwapTracks,
    problems,
)
from blendmask_live.errors import ProjectError
from tests.annotation.conftest import MakeProject
from tests.export.sequences import CAR, PERSON, MaskSequence, disc

SIZE = (48, 64)
A, B = disc(SIZE, 12, 24, 8), disc(SIZE, 48, 24, 10)


@pytest.fixture
def pair(make_project: MakeProject) -> Project:
    """Track 1 with mask A in frames 0 to 9, track 2 with mask B in frames 5 to 9."""
    frames = [
        [(1, PERSON, 0.9, A), *([(2, CAR, 0.8, B)] if frame >= 5 else [])] for frame in range(10)
    ]
    return make_project(MaskSequence(SIZE, frames))


def owners(project: Project) -> dict[int, str]:
    """Track id -> one letter per frame: whose mask it has, '.' for none."""
    texts: dict[int, str] = {}
    for track in project.tracks:
        letters = ""
        for frame in range(project.frame_count):
            mask = project.mask(frame, track.track_id)
            letters += "." if mask is None else "A" if mask.x0 < 30 else "B"
        texts[track.track_id] = letters
    return texts


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        (SwapTracks(1, 2, FrameRange(7)), {1: "AAAAAAABBB", 2: ".....BBAAA"}),
        (SwapTracks(1, 2, FrameRange.only(6)), {1: "AAAAAABAAA", 2: ".....BABBB"}),
        (SwapTracks(1, 2, FrameRange(2, 6)), {1: "AA...BBAAA", 2: "..AAAAABBB"}),
        (SwapTracks(1, 2), {1: ".....BBBBB", 2: "AAAAAAAAAA"}),
        (SplitTrack(1, FrameRange(4)), {1: "AAAA......", 2: ".....BBBBB", 3: "....AAAAAA"}),
        (SplitTrack(1, FrameRange(4, 5)), {1: "AAAA..AAAA", 2: ".....BBBBB", 3: "....AA...."}),
        # Where both have a mask, that of the track merged into stays.
        (MergeTracks(1, 2), {1: "AAAAAAAAAA"}),
        (MergeTracks(2, 1), {2: "AAAAABBBBB"}),
        (MergeTracks(2, 1, FrameRange(0, 2)), {1: "...AAAAAAA", 2: "AAA..BBBBB"}),
        # Where both have a mask, the moved one stays.
        (ReassignMasks(1, 2, FrameRange(3, 6)), {1: "AAA....AAA", 2: "...AAAABBB"}),
        (ReassignMasks(2, 7, FrameRange(8)), {1: "A" * 10, 2: ".....BBB..", 7: "........BB"}),
        (ReassignMasks(2, 7), {1: "A" * 10, 7: ".....BBBBB"}),
        (DeleteMasks(1, FrameRange(1, 3)), {1: "A...AAAAAA", 2: ".....BBBBB"}),
        (DeleteMasks(2, FrameRange(0)), {1: "A" * 10}),
        (DeleteTrack(1), {2: ".....BBBBB"}),
    ],
)
def test_masks_change_hands(pair: Project, edit: Edit, expected: dict[int, str]) -> None:
    before = owners(pair)
    pair.apply(edit)
    assert owners(pair) == expected
    assert problems(pair) == []
    # Deleting also tells how many masks went.
    assert pair.undo().split(" (")[0] == edit.text
    assert owners(pair) == before


def test_the_journal_tells_how_many_masks_were_deleted_and_where(pair: Project) -> None:
    pair.apply(DeleteMasks(1, FrameRange(1, 3)))
    assert pair.undo_text == "delete masks of track 1, frames 1 to 3 (3 masks)"
    assert pair.changed_by(1) == [(1, 3)]


def test_an_outcome_is_seen_and_nothing_is_changed(pair: Project) -> None:
    before = owners(pair)
    outcome = pair.outcome(SwapTracks(1, 2, FrameRange(6)), 7)
    assert outcome.spans == ((6, 9),)
    assert set(outcome.tracked.track_ids.tolist()) == {1, 2}
    assert owners(pair) == before and not pair.journal()


def test_keyframe_wins_when_tracks_are_merged(pair: Project) -> None:
    pair.apply(SetKeyframe(2, FrameRange(6, 7)))
    pair.apply(MergeTracks(1, 2))
    assert owners(pair) == {1: "AAAAAABBAA"}
    assert problems(pair) == []


def test_keyframe_stays_when_masks_are_reassigned(pair: Project) -> None:
    pair.apply(SetKeyframe(2, FrameRange(6, 7)))
    pair.apply(ReassignMasks(1, 2))
    assert owners(pair) == {2: "AAAAAABBAA"}


def test_swapping_twice_leaves_the_same_runs(pair: Project) -> None:
    before = pair.database.rows("SELECT * FROM runs")
    for _ in range(2):
        pair.apply(SwapTracks(1, 2, FrameRange(3, 8)))
    assert pair.database.rows("SELECT * FROM runs") == before


def test_relabel_changes_the_class_in_the_range_only(pair: Project) -> None:
    pair.apply(AddLabel("robot"))
    pair.apply(Relabel(1, "robot", FrameRange(2, 3)))
    names = [pair.tracked(frame).instances.class_names[0] for frame in range(5)]
    assert names == ["person", "person", "robot", "robot", "person"]
    pair.apply(RenameLabel("robot", "android"))
    assert pair.tracked(2).instances.class_names[0] == "android"


def test_hidden_track_is_left_out_until_it_is_shown(pair: Project) -> None:
    pair.apply(HideTrack(1))
    assert pair.tracked(7).track_ids.tolist() == [2]
    assert sorted(pair.tracked(7, hidden_too=True).track_ids.tolist()) == [1, 2]
    pair.apply(HideTrack(1, is_hidden=False))
    assert sorted(pair.tracked(7).track_ids.tolist()) == [1, 2]


@pytest.mark.parametrize(
    ("edit", "reason"),
    [
        (SwapTracks(1, 1), "two different tracks"),
        (SwapTracks(1, 5), "no track 5"),
        (MergeTracks(5, 1), "no track 5"),
        (SplitTrack(1, FrameRange(0)), "one side of the cut"),
        (SplitTrack(2, FrameRange(0, 3)), "one side of the cut"),
        (DeleteMasks(5, FrameRange(0)), "no track 5"),
        (Relabel(1, "dragon"), "no class 'dragon'"),
        (AddLabel("person"), "no class has yet"),
        (AddLabel(" "), "no class has yet"),
        (ReassignMasks(1, 0), "must be 1 or more"),
        (RenameTrack(9, "x"), "no track 9"),
    ],
)
def test_edit_that_cannot_be_done_is_refused(pair: Project, edit: Edit, reason: str) -> None:
    with pytest.raises(ProjectError, match=reason):
        pair.apply(edit)
    assert pair.journal() == () and pair.revision == 0


def test_edits_work_on_every_second_frame_too(make_project: MakeProject) -> None:
    frames = [[(1, PERSON, 0.9, A), (2, CAR, 0.8, B)] for _ in range(6)]
    project = make_project(MaskSequence(SIZE, frames, source_indices=[10, 12, 14, 16, 18, 20]))
    assert all(len(lane.runs) == 1 for lane in project.lanes())
    project.apply(SwapTracks(1, 2, FrameRange(13, 17)))
    ids = [project.tracked(frame).track_ids.tolist() for frame in (12, 14, 16, 18)]
    assert ids == [[1, 2], [2, 1], [2, 1], [1, 2]]
    assert problems(project) == []
    project.undo()
    assert all(len(lane.runs) == 1 for lane in project.lanes())
    np.testing.assert_array_equal(project.frame_indices, [10, 12, 14, 16, 18, 20])
