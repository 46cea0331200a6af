"""Any sequence of edits can be undone and redone, exactly."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks.project_kills import EDIT_KINDS, edit_of
from blendmask_live.annotation import (
    DeleteTrack,
    FillHoles,
    HideTrack,
    Project,
    RenameTrack,
    content_hash,
    problems,
)
from blendmask_live.errors import ProjectError
from tests.annotation.conftest import write_project
from tests.export.sequences import awkward_sequences, walkers

numbers = st.tuples(*[st.integers(0, 999)] * 4)
sequences = st.lists(st.tuples(st.integers(0, EDIT_KINDS - 1), numbers), min_size=1, max_size=12)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(sequences, st.booleans())
def test_everything_undone_is_the_project_before_and_redone_the_one_after(
    edits: list[tuple[int, tuple[int, ...]]], is_strided: bool
) -> None:
    sequence = awkward_sequences()["subsampled"] if is_strided else walkers(8)
    with tempfile.TemporaryDirectory() as folder:
        path = write_project(Path(folder) / "clip.bml", sequence)
        with Project.open(path) as project:
            states = [content_hash(project)]
            for kind, four in edits:
                try:
                    project.apply(edit_of(kind, four, project))
                except ProjectError:
                    # Refused: then nothing may have happened.
                    assert content_hash(project) == states[-1]
                else:
                    assert problems(project) == []
                    if project.journal_position == len(states):
                        states.append(content_hash(project))
                    assert content_hash(project) == states[-1]
            for state in reversed(states[:-1]):
                assert project.undo()
                assert content_hash(project) == state
            assert not project.undo()
        # The journal survives a restart.
        with Project.open(path) as project:
            for state in states[1:]:
                assert project.redo()
                assert content_hash(project) == state
            assert not project.redo()
            assert problems(project) == []


def test_new_edit_after_undo_drops_what_was_undone(project: Project) -> None:
    project.apply(HideTrack(1))
    project.apply(DeleteTrack(2))
    project.undo()
    assert (project.undo_text, project.redo_text) == (
        "hide track 1",
        "delete track 2 (12 masks)",
    )
    project.apply(RenameTrack(3, "car"))
    assert project.redo_text == "" and not project.redo()
    assert [entry.text for entry in project.journal()] == ["hide track 1", "name track 3 'car'"]


def test_masks_of_dropped_edits_are_removed(project: Project) -> None:
    before = project.database.rows("SELECT count(*) FROM pixels")
    project.apply(FillHoles(0, 3))
    project.undo()
    project.apply(HideTrack(1))
    assert project.database.rows("SELECT count(*) FROM pixels") == before
    assert project.database.rows("SELECT count(*) FROM masks") == before


def test_edit_that_changes_nothing_is_no_act(project: Project) -> None:
    project.apply(HideTrack(1, is_hidden=False))
    assert project.journal() == ()


def test_an_edit_that_changes_nothing_leaves_what_can_be_redone(project: Project) -> None:
    project.apply(RenameTrack(1, "left"))
    project.undo()
    revision = project.revision
    project.apply(RenameTrack(2, ""))
    assert (project.redo_text, project.revision) == (RenameTrack(1, "left").text, revision)
    project.redo()
    assert project.tracks[0].name == "left"
