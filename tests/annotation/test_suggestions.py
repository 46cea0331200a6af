"""Scripted mistakes are found, and the edit suggested repairs them."""

from __future__ import annotations

import numpy as np
import pytest

from blendmask_live.annotation import (
    AcceptSuggestion,
    FrameRange,
    MergeTracks,
    Project,
    RejectSuggestion,
    SplitTrack,
    Suggestion,
    SwapTracks,
    content_hash,
    find_suggestions,
    problems,
)
from tests.annotation.conftest import MakeProject
from tests.export.sequences import CAR, PERSON, MaskSequence, disc

SIZE = (96, 160)
FRAMES = 40


def crossing() -> MaskSequence:
    """Track 1 goes right, track 2 left and larger; they touch around frame 20. No mistake."""
    frames = [
        [
            (1, PERSON, 0.9, disc(SIZE, 20 + 3 * t, 46, 9)),
            (2, PERSON, 0.8, disc(SIZE, 140 - 3 * t, 50, 13)),
        ]
        for t in range(FRAMES)
    ]
    return MaskSequence(SIZE, frames)


def only(project: Project, kind: str) -> Suggestion:
    found = [s for s in find_suggestions(project) if s.kind == kind]
    assert len(found) == 1, [s.key for s in found]
    assert 0 < found[0].doubt <= 1
    return found[0]


def test_faultless_tracks_raise_no_doubt(make_project: MakeProject) -> None:
    assert find_suggestions(make_project(crossing())) == ()


@pytest.mark.parametrize("frame", [22, 30])
def test_exchanged_identities_are_found_and_exchanged_back(
    make_project: MakeProject, frame: int
) -> None:
    project = make_project(crossing())
    right = content_hash(project)
    # At the encounter, or out of the blue.
    project.apply(SwapTracks(1, 2, FrameRange(frame)))
    suggestion = only(project, "id switch")
    assert suggestion.frames.first is not None and suggestion.frames.last is not None
    assert suggestion.frames.first <= frame <= suggestion.frames.last + 8
    project.apply(AcceptSuggestion(suggestion))
    late = project.tracked(39)
    assert dict(zip(late.track_ids.tolist(), late.instances.boxes[:, 0] > 80, strict=True)) == {
        1: True,
        2: False,
    }
    assert find_suggestions(project) == () and problems(project) == []
    project.undo()
    project.undo()
    assert content_hash(project) == right


def test_track_that_goes_on_under_a_new_id_is_merged(make_project: MakeProject) -> None:
    sequence = crossing()
    for t in range(8, 13):
        sequence.frames[t] = sequence.frames[t][1:]
    project = make_project(sequence)
    project.apply(SplitTrack(1, FrameRange(13)))
    suggestion = only(project, "id switch")
    assert isinstance(suggestion.edit, MergeTracks) and suggestion.tracks == (1, 3)
    project.apply(AcceptSuggestion(suggestion))
    assert [track.track_id for track in project.tracks] == [1, 2]


def test_two_tracks_on_one_object_are_merged(make_project: MakeProject) -> None:
    sequence = crossing()
    for t in range(10, 30):
        sequence.frames[t].append((7, CAR, 0.5, disc(SIZE, 21 + 3 * t, 46, 9)))
    project = make_project(sequence)
    suggestion = only(project, "duplicate")
    assert suggestion.tracks == (1, 7) and suggestion.doubt > 0.7
    project.apply(AcceptSuggestion(suggestion))
    assert [track.track_id for track in project.tracks] == [1, 2]


def test_passing_class_is_relabelled(make_project: MakeProject) -> None:
    sequence = crossing()
    for t in (5, 6):
        sequence.frames[t][0] = (1, CAR, *sequence.frames[t][0][2:])
    project = make_project(sequence)
    suggestion = only(project, "class flip")
    assert suggestion.frames == FrameRange(5, 6) and "person" in suggestion.text
    project.apply(AcceptSuggestion(suggestion))
    assert project.tracked(5).instances.class_names == ("person", "person")


def test_sudden_change_of_area_is_interpolated(make_project: MakeProject) -> None:
    sequence = crossing()
    sequence.frames[10][0] = (1, PERSON, 0.9, disc(SIZE, 50, 46, 4))
    project = make_project(sequence)
    suggestion = only(project, "area jump")
    assert suggestion.frames == FrameRange(9, 11)
    project.apply(AcceptSuggestion(suggestion))
    mask = project.mask(10, 1)
    assert mask is not None and mask.area > 0.9 * disc(SIZE, 50, 46, 9).sum()
    assert find_suggestions(project) == ()


def test_no_area_is_a_jump_where_the_object_was_away(make_project: MakeProject) -> None:
    sequence = crossing()
    sequence.frames[10][0] = (1, PERSON, 0.9, disc(SIZE, 50, 46, 4))
    # Neighbours are frames: the rows before and after belong to others.
    sequence.frames[9] = sequence.frames[9][1:]
    sequence.frames[8] = sequence.frames[8][1:]
    project = make_project(sequence)
    assert find_suggestions(project, kinds=("area jump",)) == ()


def test_no_area_is_a_jump_between_unlike_masks(make_project: MakeProject) -> None:
    sequence = crossing()
    for frame in range(10):
        sequence.frames[frame][0] = (1, PERSON, 0.9, disc(SIZE, 50, 46, 14))
    sequence.frames[10][0] = (1, PERSON, 0.9, disc(SIZE, 50, 46, 4))
    project = make_project(sequence)
    assert find_suggestions(project, kinds=("area jump",)) == ()


def test_gaps_of_doubtful_tracks_and_long_ones_are_left_alone(make_project: MakeProject) -> None:
    faint = crossing()
    for rows in faint.frames:
        rows[0] = (*rows[0][:2], 0.4, rows[0][3])
    faint.frames[10] = faint.frames[10][1:]
    assert find_suggestions(make_project(faint, "faint.bml"), kinds=("gap", "flicker")) == ()
    hidden = crossing()
    for frame in range(8, 14):
        hidden.frames[frame] = hidden.frames[frame][1:]
    assert find_suggestions(make_project(hidden), kinds=("gap", "flicker")) == ()


def test_short_gap_is_interpolated(make_project: MakeProject) -> None:
    sequence = crossing()
    sequence.frames[10] = sequence.frames[10][1:]
    project = make_project(sequence)
    suggestion = only(project, "gap")
    assert (suggestion.tracks, suggestion.frames) == ((1,), FrameRange(9, 11))
    project.apply(AcceptSuggestion(suggestion))
    assert project.mask(10, 1) is not None and find_suggestions(project) == ()


def test_many_gaps_are_one_flicker(make_project: MakeProject) -> None:
    sequence = crossing()
    for t in (6, 8, 9, 12):
        sequence.frames[t] = sequence.frames[t][1:]
    project = make_project(sequence)
    suggestion = only(project, "flicker")
    assert suggestion.frames == FrameRange(5, 13)
    assert [s.kind for s in find_suggestions(project)] == ["flicker"]
    project.apply(AcceptSuggestion(suggestion))
    assert find_suggestions(project) == ()


def test_track_of_a_moment_is_deleted(make_project: MakeProject) -> None:
    sequence = crossing()
    sequence.frames[10].append((9, CAR, 0.4, disc(SIZE, 80, 85, 6)))
    project = make_project(sequence)
    project.apply(AcceptSuggestion(only(project, "flicker")))
    assert [track.track_id for track in project.tracks] == [1, 2]


def test_rejected_suggestion_does_not_come_back(make_project: MakeProject) -> None:
    sequence = crossing()
    sequence.frames[10] = sequence.frames[10][1:]
    project = make_project(sequence)
    suggestion = only(project, "gap")
    project.apply(RejectSuggestion(suggestion))
    assert find_suggestions(project) == () and project.mask(10, 1) is None
    project.undo()
    assert only(project, "gap").key == suggestion.key


def test_suggestions_are_ranked_and_can_be_chosen_by_kind(make_project: MakeProject) -> None:
    sequence = crossing()
    sequence.frames[10] = sequence.frames[10][1:]
    sequence.frames[30][0] = (1, CAR, *sequence.frames[30][0][2:])
    project = make_project(sequence)
    found = find_suggestions(project)
    assert {s.kind for s in found} == {"gap", "class flip"}
    assert np.all(np.diff([s.doubt for s in found]) <= 0.01)
    assert [s.kind for s in find_suggestions(project, kinds=["gap"])] == ["gap"]


def test_empty_project_has_no_suggestions(make_project: MakeProject) -> None:
    assert find_suggestions(make_project(MaskSequence(SIZE, [[], []]))) == ()
