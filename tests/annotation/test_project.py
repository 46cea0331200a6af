"""The file: what it holds, how it is opened, and what it refuses."""

from __future__ import annotations

import hashlib
import itertools
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from blendmask_live.annotation import (
    AddLabel,
    DeleteMasks,
    FrameRange,
    HideTrack,
    Origin,
    PaintStroke,
    Project,
    ProjectWriter,
    RenameLabel,
    RenameTrack,
    content_hash,
    database,
    problems,
)
from blendmask_live.datatypes import Instances, SourceInfo, TrackedFrame, TrackState
from blendmask_live.errors import ProjectError
from blendmask_live.labels import COCO_CATEGORY_IDS, COCO_NAMES
from blendmask_live.masks.crops import crop_mask
from tests.annotation.conftest import MakeProject, write_project
from tests.export.sequences import MaskSequence, awkward_sequences, disc, visible_rows, walkers


@pytest.mark.parametrize("name", awkward_sequences())
def test_project_holds_exactly_what_was_written(name: str, make_project: MakeProject) -> None:
    sequence = awkward_sequences()[name]
    project = make_project(sequence)
    frames = sequence.tracked_frames()
    assert project.frame_indices.tolist() == [frame.frame.index for frame in frames]
    assert project.frame_times == [frame.frame.pts_s for frame in frames]
    assert project.labels == sequence.labels and project.status == "complete"
    for frame, rows in zip(frames, sequence.frames, strict=True):
        tracked = project.tracked(frame.frame.index)
        expected = visible_rows(rows)
        assert tracked.track_ids.tolist() == [row[0] for row in expected]
        assert tracked.instances.class_ids.tolist() == [row[1] for row in expected]
        np.testing.assert_array_equal(
            tracked.instances.scores, np.array([row[2] for row in expected], np.float32)
        )
        for mask, row in zip(tracked.instances.masks(), expected, strict=True):
            np.testing.assert_array_equal(mask, row[3])
    assert problems(project) == []


def test_lanes_show_when_tracks_are_seen(make_project: MakeProject) -> None:
    project = make_project(awkward_sequences()["gaps"])
    lanes = {lane.track.track_id: lane.runs for lane in project.lanes()}
    assert [(run.first, run.last) for run in lanes[1]] == [(0, 1), (4, 5)]
    assert [(run.first, run.last) for run in lanes[3]] == [(0, 1), (3, 5)]
    (early,) = {lane.track.track_id: lane.runs for lane in project.lanes(FrameRange(0, 1))}[3]
    assert (early.first, early.last, early.origin) == (0, 1, Origin.DETECTED)


def test_soft_masks_and_latents_come_back(tmp_path: Path) -> None:
    generator = np.random.default_rng(1)
    soft = generator.random((2, 28, 28), dtype=np.float32)
    soft[:, 5:20, 5:20] = 0.9
    instances = Instances(
        boxes=np.array([[1, 2, 40, 30], [5, 5, 60, 47]], np.float32),
        scores=np.array([0.5, 0.25], np.float32),
        class_ids=np.array([0, 2]),
        frame_size=(48, 64),
        soft_masks=soft,
        mask_boxes=np.array([[-3.5, 2, 40, 30], [5, 5, 60, 50.25]], np.float32),
        mask_threshold=0.45,
        attention=generator.standard_normal((2, 4, 7, 7), dtype=np.float32),
        bases=generator.standard_normal((4, 12, 16), dtype=np.float32),
    )
    template = walkers(1).tracked_frames()[0]
    writer = ProjectWriter(
        tmp_path / "a.bml", source=walkers().source(), labels=instances.labels, keep_latents=True
    )
    tracked = type(template.tracked)(
        instances, np.array([4, 9]), (TrackState.CONFIRMED, TrackState.COASTED)
    )
    writer.write(TrackedFrame(template.frame, tracked))
    writer.close()
    with Project.open(tmp_path / "a.bml") as project:
        assert project.has_latents
        masks = project.masks(0)
        assert [run.origin for run in masks.runs] == [Origin.DETECTED, Origin.COASTED]
        assert masks.tracked.states == tracked.states
        np.testing.assert_array_equal(masks.tracked.instances.boxes, instances.boxes)
        np.testing.assert_array_equal(masks.tracked.instances.masks(), instances.masks())
        for row, kept in enumerate(masks.soft_masks):
            assert kept is not None and instances.mask_boxes is not None
            np.testing.assert_allclose(kept.probabilities, soft[row], atol=0.5 / 63 + 1e-6)
            np.testing.assert_array_equal(kept.box, instances.mask_boxes[row])
            assert kept.threshold == pytest.approx(0.45)
        assert instances.attention is not None and masks.bases is not None
        attention = np.stack([a for a in masks.attention if a is not None])
        np.testing.assert_allclose(attention, instances.attention, rtol=1e-3, atol=1e-3)
        assert instances.bases is not None
        np.testing.assert_allclose(masks.bases, instances.bases, rtol=1e-3, atol=1e-3)


def test_empty_project_takes_masks_from_elsewhere_as_one_act(tmp_path: Path) -> None:
    sequence = walkers(4)
    source = SourceInfo("v", 64, 48, frame_count=4, average_fps=Fraction(25))
    with Project.create(tmp_path / "v.bml", source, ("cat",)) as project:
        assert project.frame_times == [Fraction(n, 25) for n in range(4)]
        frames = [(f.frame.index, f.tracked) for f in sequence.tracked_frames()]
        project.import_frames(sequence.labels, frames)
        assert project.labels[:2] == ("cat", "person")
        assert project.tracked(2).instances.class_names == ("person", "person", "car")
        assert {run.origin for lane in project.lanes() for run in lane.runs} == {Origin.IMPORTED}
        # Once more: taken ids get the next free ones.
        project.import_frames(sequence.labels, frames)
        assert sorted(project.tracked(2).track_ids.tolist()) == [1, 2, 3, 4, 5, 6]
        assert problems(project) == []
        project.undo(), project.undo()
        assert project.tracks == () and project.labels == ("cat",)


def test_imported_tracks_never_share_an_id(make_project: MakeProject) -> None:
    project = make_project(MaskSequence((48, 64), [[(3, 0, 0.5, disc((48, 64), 9, 9, 5))]]))
    # 3 is taken and becomes 4, the next free one; then the 4 of the file must move on.
    masks = [(n, 0, 0.5, disc((48, 64), 10 * n, 30, 4)) for n in (3, 4)]
    (frame,) = MaskSequence((48, 64), [masks]).tracked_frames()
    project.import_frames(project.labels, [(0, frame.tracked)])
    assert sorted(project.tracked(0).track_ids.tolist()) == [3, 4, 5]
    assert problems(project) == []


@pytest.mark.parametrize("frame", [-1, 12, 99])
def test_frame_that_is_not_covered_is_refused(project: Project, frame: int) -> None:
    with pytest.raises(ProjectError, match=f"frame {frame} is not part.*frames 0 to 11"):
        project.tracked(frame)
    with pytest.raises(ProjectError, match="not part"):
        project.apply(PaintStroke(frame, 1, ((5, 5),), radius_px=3))


def test_second_program_reads_and_says_why_it_cannot_write(project: Project) -> None:
    with Project.open(project.path) as second:
        assert second.is_read_only and "another program" in second.read_only_reason
        project.apply(RenameTrack(1, "Ada"))
        assert second.tracks[0].name == "Ada"
        with pytest.raises(ProjectError, match="another program"):
            second.apply(HideTrack(1))
    project.close()
    with Project.open(project.path) as third:
        assert not third.is_read_only


def test_closed_project_is_one_file(project: Project) -> None:
    project.apply(HideTrack(1))
    project.close()
    with Project.open(project.path, read_only=True) as reader:
        reader.tracked(0)
    assert [path.name for path in project.path.parent.iterdir()] == ["clip.bml"]


def test_full_disk_loses_only_the_act_that_needed_room(project: Project) -> None:
    project.apply(AddLabel("kept"))
    before = content_hash(project)
    ((pages,),) = project.database.rows("PRAGMA page_count")
    project.database.rows(f"PRAGMA max_page_count = {pages + 1}")

    def add_until_full() -> None:
        nonlocal before
        for number in itertools.count():
            project.apply(AddLabel(f"much text {number} " * 200))
            before = content_hash(project)

    with pytest.raises(ProjectError, match="disk is full"):
        add_until_full()
    assert content_hash(project) == before and problems(project) == []
    project.database.rows(f"PRAGMA max_page_count = {pages * 10}")
    project.apply(AddLabel("room again"))
    project.close()
    with Project.open(project.path) as again:
        assert again.labels[-1] == "room again" and "kept" in again.labels


def refusal(path: Path) -> str:
    with pytest.raises(ProjectError) as caught:
        Project.open(path)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_other_files_are_refused_with_a_reason(tmp_path: Path) -> None:
    assert "No such file" in refusal(tmp_path / "missing.bml")
    text = tmp_path / "text.bml"
    text.write_text("hello")
    assert "expected an annotation project" in refusal(text)
    other = tmp_path / "other.bml"
    connection = sqlite3.connect(other)
    connection.executescript("CREATE TABLE a (b)")
    connection.close()
    assert "expected an annotation project" in refusal(other)


def test_project_of_a_newer_version_is_refused(project: Project) -> None:
    project.close()
    connection = sqlite3.connect(project.path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    assert "newer version (format 99" in refusal(project.path)


def test_older_project_is_brought_up_to_date(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.close()
    newer = (*database.MIGRATIONS, "ALTER TABLE tracks ADD COLUMN color TEXT DEFAULT 'red';")
    monkeypatch.setattr(database, "MIGRATIONS", newer)
    with Project.open(project.path, read_only=True) as read:
        # In a copy: the file is not to be written to.
        assert read.database.rows("SELECT color FROM tracks LIMIT 1") == [("red",)]
        assert len(read.tracked(3).track_ids) == 3
    connection = sqlite3.connect(project.path)
    assert connection.execute("PRAGMA user_version").fetchone() == (len(newer) - 1,)
    connection.close()
    Project.open(project.path).close()
    connection = sqlite3.connect(project.path)
    assert connection.execute("SELECT id, color FROM tracks").fetchone() == (1, "red")
    assert connection.execute("PRAGMA user_version").fetchone() == (len(newer),)
    connection.close()


def test_damaged_project_is_refused(project: Project) -> None:
    project.close()
    content = bytearray(project.path.read_bytes())
    content[4096:] = b"\xff" * (len(content) - 4096)
    project.path.write_bytes(content)
    assert "damaged" in refusal(project.path)


@pytest.mark.parametrize("value", ["'{'", "'[3]'", "CAST(X'ff7b' AS TEXT)"])
def test_damaged_text_in_a_project_is_refused(project: Project, value: str) -> None:
    project.database.run(f"UPDATE meta SET value = {value} WHERE key = 'media'")
    project.close()
    assert "damaged" in refusal(project.path)


def test_damaged_times_in_a_project_are_refused(project: Project) -> None:
    project.database.run("UPDATE frames SET entries = X'00'")
    project.close()
    assert "damaged" in refusal(project.path)


@pytest.mark.parametrize(
    "change",
    ["rle = X''", "rle = X'7a7a'", "rle = X'30'", "rle = 'text'", "width = 3", "soft = X'00ff'"],
)
def test_damaged_mask_is_named_and_the_others_stay_usable(project: Project, change: str) -> None:
    before = project.tracked(4).instances.masks()
    project.database.run(
        f"UPDATE pixels SET {change} WHERE id = (SELECT pixels FROM masks JOIN runs USING (strand) "
        "WHERE frame = 4 AND track = 2)"
    )
    with pytest.raises(ProjectError, match=r"clip\.bml: frame 4: the mask of track 2 is damaged"):
        project.masks(4)
    assert project.mask(4, 1) is not None
    assert len(project.masks(5).runs) == len(before)
    project.apply(DeleteMasks(2, FrameRange.only(4)))
    tracked = project.masks(4).tracked
    assert 2 not in tracked.track_ids
    np.testing.assert_array_equal(tracked.instances.masks(), np.delete(before, 1, axis=0))


def test_project_whose_making_was_killed_is_refused(project: Project) -> None:
    project.database.run("DELETE FROM meta WHERE key = 'media'")
    project.close()
    assert "unfinished" in refusal(project.path)


class TestWriter:
    def test_killed_run_leaves_what_was_committed_and_says_so(self, tmp_path: Path) -> None:
        sequence = walkers(150)
        writer = ProjectWriter(tmp_path / "a.bml", source=sequence.source(), labels=sequence.labels)
        for tracked in sequence.tracked_frames():
            writer.write(tracked)
        # As a killed program leaves it: no close, nothing flushed.
        with Project.open(tmp_path / "a.bml", read_only=True) as project:
            assert project.status == "incomplete"
            assert project.frame_indices.tolist() == list(range(128))
            assert problems(project) == []
        writer.discard()
        assert list(tmp_path.iterdir()) == []

    def test_what_a_killed_run_left_is_replaced_unless_it_was_edited(self, tmp_path: Path) -> None:
        path = write_project(tmp_path / "a.bml", walkers(3))
        with Project.open(path) as project, project.database.transaction():
            project.database.set_meta(status="incomplete")
        write_project(path, walkers(4))
        with Project.open(path) as project:
            assert project.frame_count == 4 and project.status == "complete"
            project.apply(HideTrack(1))
            with project.database.transaction():
                project.database.set_meta(status="incomplete")
        with pytest.raises(ProjectError, match="--overwrite"):
            write_project(path, walkers(4))

    def test_existing_project_is_replaced_only_on_demand(self, tmp_path: Path) -> None:
        path = write_project(tmp_path / "a.bml", walkers(3))
        with pytest.raises(ProjectError, match="--overwrite"):
            write_project(path, walkers(4))
        write_project(path, walkers(4), overwrite=True)
        assert list(tmp_path.iterdir()) == [path]
        with Project.open(path) as project:
            assert project.frame_count == 4

    def test_discard_puts_the_replaced_project_back(self, tmp_path: Path) -> None:
        path = write_project(tmp_path / "a.bml", walkers(3))
        sequence = walkers(4)
        ProjectWriter(
            path, source=sequence.source(), labels=sequence.labels, overwrite=True
        ).discard()
        assert list(tmp_path.iterdir()) == [path]
        with Project.open(path) as project:
            assert project.frame_count == 3

    def test_edited_project_is_kept_beside_the_one_that_replaces_it(
        self, tmp_path: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        path = write_project(tmp_path / "a.bml", walkers(3))
        with Project.open(path) as project:
            project.apply(RenameTrack(1, "an hour of work"))
        write_project(path, walkers(4), overwrite=True)
        assert sorted(p.name for p in tmp_path.iterdir()) == ["a.1.bml", "a.bml"]
        assert [record.getMessage() for record in caplog.records] == [
            f"{path} was edited, so it is kept as a.1.bml"
        ]
        with Project.open(tmp_path / "a.1.bml") as project:
            assert project.tracks[0].name == "an hour of work"


class TestMedia:
    def source(self, path: Path) -> SourceInfo:
        return SourceInfo("v", 64, 48, path=path, frame_count=2)

    def test_moved_together_is_found_by_the_relative_path(self, tmp_path: Path) -> None:
        old = tmp_path / "old"
        old.mkdir()
        (old / "v.mp4").write_bytes(b"x" * 3_000_000)
        Project.create(old / "v.bml", self.source(old / "v.mp4"), ("a",)).close()
        old.rename(tmp_path / "new")
        with Project.open(tmp_path / "new" / "v.bml") as project:
            assert Path(project.locate_source()).samefile(tmp_path / "new" / "v.mp4")

    def test_moved_video_is_found_again_by_its_fingerprint(self, tmp_path: Path) -> None:
        video = tmp_path / "v.mp4"
        video.write_bytes(b"x" * 3_000_000)
        with Project.create(tmp_path / "v.bml", self.source(video), ("a",)) as project:
            moved = video.rename(tmp_path / "w.mp4")
            with pytest.raises(ProjectError, match="moved or deleted"):
                project.locate_source()
            (tmp_path / "u.mp4").write_bytes(b"x" * 2_999_999 + b"y")
            with pytest.raises(ProjectError, match="content differs"):
                project.relink(tmp_path / "u.mp4")
            project.relink(moved)
        with Project.open(tmp_path / "v.bml") as project:
            assert project.locate_source() == str(moved)

    def test_only_the_pictures_of_a_folder_tell_it_from_others(self, tmp_path: Path) -> None:
        folder = tmp_path / "pictures"
        folder.mkdir()
        for number in range(3):
            (folder / f"{number}.PNG").write_bytes(b"x" * number)
        (folder / "1.json").write_text("{}")
        source = SourceInfo("pictures", 64, 48, path=folder, frame_count=3)
        with Project.create(tmp_path / "v.bml", source, ("a",)) as project:
            (folder / "1.json").unlink()
            for name in (".DS_Store", "Thumbs.db", "desktop.ini", "._1.PNG", "2.json", "notes.txt"):
                (folder / name).write_bytes(b"more")
            assert project.locate_source() == str(folder)
            project.relink(folder)
            (folder / "3.PNG").write_bytes(b"a frame more")
            with pytest.raises(ProjectError, match="content changed"):
                project.locate_source()

    def test_projects_of_older_versions_find_their_folder(self, tmp_path: Path) -> None:
        folder = tmp_path / "pictures"
        folder.mkdir()
        digest = hashlib.sha256()
        for name in ("0.png", "1.png", "notes.txt"):
            (folder / name).write_bytes(b"1")
            # These counted every file.
            digest.update(f"{name}\0{1}\0".encode())
        source = SourceInfo("pictures", 64, 48, path=folder, frame_count=2)
        with Project.create(tmp_path / "v.bml", source, ("a",)) as project:
            media = replace(project.media, fingerprint=digest.hexdigest())
            with project.database.transaction():
                project.database.set_meta(media=media.to_json())
        with Project.open(tmp_path / "v.bml") as project:
            assert project.locate_source() == str(folder)

    def test_changed_video_is_refused(self, tmp_path: Path) -> None:
        video = tmp_path / "v.mp4"
        video.write_bytes(b"x" * 3_000_000)
        with Project.create(tmp_path / "v.bml", self.source(video), ("a",)) as project:
            video.write_bytes(b"y" + b"x" * 2_999_999)
            with pytest.raises(ProjectError, match="content changed"):
                project.locate_source()


def test_mask_without_pixels_cannot_be_drawn(project: Project) -> None:
    project.apply(
        PaintStroke(3, 1, tuple((x, 24.0) for x in range(64)), radius_px=60, is_erasing=True)
    )
    assert project.mask(3, 1) is None
    assert project.tracked(3).track_ids.tolist() == [2, 3]
    assert problems(project) == []


def test_crops_are_tight(project: Project) -> None:
    mask = project.mask(0, 1)
    assert mask is not None
    expected = crop_mask(disc((48, 64), 8, 24, 7))
    assert mask.box == expected.box


def test_project_in_a_folder_without_write_permission_can_be_read(project: Project) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may write everywhere")
    project.close()
    folder = project.path.parent
    folder.chmod(0o500)
    try:
        with Project.open(project.path) as reader:
            assert reader.is_read_only and reader.tracked(0).track_ids.size == 3
    finally:
        folder.chmod(0o700)


@contextmanager
def without_write_permission(folder: Path) -> Iterator[None]:
    """A folder that may only be read, for root too where the system can mount it so."""
    if os.geteuid():
        folder.chmod(0o500)
        try:
            yield
        finally:
            folder.chmod(0o700)
        return
    mount = shutil.which("mount")
    if mount is None:
        pytest.skip("root may write everywhere, and nothing can be mounted")
    made = subprocess.run([mount, "--bind", "-o", "ro", folder, folder], capture_output=True)
    if made.returncode:
        pytest.skip("root may write everywhere, and nothing may be mounted")
    try:
        yield
    finally:
        subprocess.run(["umount", folder], check=True)


def killed_after_an_act(path: Path) -> None:
    """Leaves the newest act in the log only."""
    script = (
        "import os, sys\n"
        "from blendmask_live.annotation import DeleteTrack, Project\n"
        "Project.open(sys.argv[1]).apply(DeleteTrack(1))\n"
        "os._exit(0)\n"
    )
    subprocess.run([sys.executable, "-c", script, str(path)], check=True)
    assert path.with_name(f"{path.name}-wal").stat().st_size


@pytest.mark.parametrize("is_index_there", [True, False])
def test_a_share_that_one_may_only_read_shows_the_newest_state(
    tmp_path: Path, is_index_there: bool
) -> None:
    folder = tmp_path / "share"
    folder.mkdir()
    write_project(folder / "a.bml", walkers())
    killed_after_an_act(folder / "a.bml")
    if not is_index_there:
        (folder / "a.bml-shm").unlink()
    before = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    with without_write_permission(folder), Project.open(folder / "a.bml") as reader:
        assert reader.is_read_only
        assert [track.track_id for track in reader.tracks] == [2, 3]
        assert problems(reader) == []
        with pytest.raises(ProjectError, match="cannot be changed"):
            reader.apply(AddLabel("dog"))
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


@pytest.mark.may_log("was edited, so it is kept as")
def test_a_writer_that_replaces_a_project_leaves_no_log_of_it(tmp_path: Path) -> None:
    write_project(tmp_path / "a.bml", walkers())
    killed_after_an_act(tmp_path / "a.bml")
    with Project.open(tmp_path / "a.bml", read_only=True) as reader:
        write_project(tmp_path / "a.bml", walkers(), overwrite=True)
        assert len(reader.tracks) == 2
        with Project.open(tmp_path / "a.bml", read_only=True) as project:
            assert len(project.tracks) == 3
            assert problems(project) == []
    with Project.open(tmp_path / "a.1.bml", read_only=True) as old:
        assert len(old.tracks) == 2


def test_several_reads_see_one_state_while_another_program_writes(project: Project) -> None:
    with Project.open(project.path, read_only=True) as reader:
        with reader.database.snapshot():
            before = reader.database.rows("SELECT name FROM tracks WHERE id = 1")
            project.apply(RenameTrack(1, "the one in front"))
            assert reader.database.rows("SELECT name FROM tracks WHERE id = 1") == before
        after = reader.database.rows("SELECT name FROM tracks WHERE id = 1")
    assert after == [("the one in front",)]


@pytest.mark.parametrize("is_older", [False, True])
def test_category_ids_stay_when_classes_are_renamed_and_added(
    tmp_path: Path, is_older: bool
) -> None:
    source = walkers(2).source()
    with Project.create(tmp_path / "a.bml", source, COCO_NAMES) as project:
        if is_older:
            project.database.run("DELETE FROM meta WHERE key LIKE '%category_id%'")
    with Project.open(tmp_path / "a.bml") as project:
        project.apply(AddLabel("drone"))
        project.apply(RenameLabel("dog", "puppy"))
        ids = dict(zip(project.labels, project.category_ids, strict=True))
        project.undo()
        project.undo()
        assert project.category_ids == COCO_CATEGORY_IDS
    assert (ids["person"], ids["puppy"], ids["toothbrush"], ids["drone"]) == (1, 18, 90, 201)


def test_category_ids_of_own_classes_count_on(tmp_path: Path) -> None:
    with Project.create(tmp_path / "a.bml", walkers(2).source(), ("weld", "person")) as project:
        project.apply(AddLabel("crack"))
        project.apply(RenameLabel("weld", "seam"))
        assert project.category_ids == (1, 2, 3)
