"""`import`: other tools' files into a project, and out of it again."""

from __future__ import annotations

import json
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import pytest
from PIL import Image
from pycocotools import mask as coco_mask

from blendmask_live.annotation import DeleteTrack, Project, problems
from blendmask_live.cli import main
from tests.capture.clips import ClipSpec, write_clip
from tests.export.sequences import export, walkers


@pytest.fixture
def video(tmp_path: Path) -> Path:
    return write_clip(tmp_path / "clip.mp4", ClipSpec(frames=6, width=64, height=48))


def run(annotations: Path, video: Path, project: Path, *more: str) -> int:
    return main(["import", str(annotations), "--video", str(video), "-o", str(project), *more])


@pytest.mark.parametrize("format_name", ["coco", "youtube-vis", "mots", "davis", "cvat"])
def test_masks_come_into_the_project_with_frames_and_times(
    tmp_path: Path, video: Path, format_name: str
) -> None:
    export(walkers(), format_name, tmp_path / format_name)
    assert run(tmp_path / format_name, video, tmp_path / "a.bml") == 0
    with Project.open(tmp_path / "a.bml", read_only=True) as project:
        assert project.frame_count == 6
        assert len(project.tracks) == 3
        assert list(project.frame_times) == [Fraction(t, 25) for t in range(6)]
        expected = walkers().frames[2]
        areas = sorted(c.area for c in project.tracked(2).instances.cropped_masks())
        if format_name in ("coco", "youtube-vis", "cvat"):
            assert areas == sorted(int(row[3].sum()) for row in expected)


def test_project_of_imported_masks_is_exported_with_the_same_masks(
    tmp_path: Path, video: Path
) -> None:
    export(walkers(), "cvat", tmp_path / "cvat")
    assert run(tmp_path / "cvat", video, tmp_path / "a.bml") == 0
    arguments = ["export", str(tmp_path / "a.bml"), "-o", str(tmp_path), "--format", "coco"]
    assert main(arguments) == 0
    content = json.loads((tmp_path / "a" / "coco" / "instances.json").read_text())
    found = {
        (item["image_id"] - 1, item["track_id"]): item["segmentation"]
        for item in content["annotations"]
    }
    for t, rows in enumerate(walkers().frames):
        for track_id, _, _, mask in rows:
            rle = found.pop((t, track_id))
            rle = {"size": rle["size"], "counts": rle["counts"].encode()}
            assert (coco_mask.decode(rle).astype(bool) == mask).all()
    assert not found


def test_the_project_finds_its_video_when_both_are_moved(tmp_path: Path, video: Path) -> None:
    export(walkers(), "coco", tmp_path / "coco")
    home = tmp_path / "home"
    home.mkdir()
    video.rename(home / "clip.mp4")
    assert run(tmp_path / "coco", home / "clip.mp4", home / "a.bml") == 0
    home.rename(tmp_path / "moved")
    with Project.open(tmp_path / "moved" / "a.bml", read_only=True) as project:
        assert Path(project.locate_source()).resolve() == tmp_path / "moved" / "clip.mp4"


def test_project_that_exists_is_kept_unless_told(
    tmp_path: Path, video: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    export(walkers(), "coco", tmp_path / "coco")
    (tmp_path / "a.bml").write_text("mine")
    assert run(tmp_path / "coco", video, tmp_path / "a.bml") == 1
    assert "--overwrite" in capsys.readouterr().err
    assert (tmp_path / "a.bml").read_text() == "mine"
    assert run(tmp_path / "coco", video, tmp_path / "a.bml", "--overwrite") == 0
    with Project.open(tmp_path / "a.bml", read_only=True) as project:
        assert len(project.tracks) == 3


def test_bad_annotations_leave_nothing(
    tmp_path: Path, video: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    export(walkers(), "coco", tmp_path / "coco")
    path = tmp_path / "coco" / "instances.json"
    path.write_text(path.read_text().replace('"category_id":', '"category":', 1)[:-9])
    before = sorted(tmp_path.iterdir())
    assert run(tmp_path / "coco", video, tmp_path / "a.bml") == 1
    error = capsys.readouterr().err
    assert "not valid JSON, line" in error
    assert error.count("\n") == 1
    assert sorted(tmp_path.iterdir()) == before


def coco_of_squares(path: Path, names: list[str]) -> Path:
    """One square in each picture of 64 x 48 px, at x = 2 + its number in the list."""
    content = {
        "images": [
            {"id": number, "file_name": name, "height": 48, "width": 64}
            for number, name in enumerate(names)
        ],
        "categories": [{"id": 1, "name": "car"}],
        "annotations": [
            {
                "id": number + 1,
                "image_id": number,
                "category_id": 1,
                "track_id": 1,
                "segmentation": [[2 + number, 9, 12 + number, 9, 12 + number, 19, 2 + number, 19]],
            }
            for number in range(len(names))
        ],
    }
    path.write_text(json.dumps(content))
    return path


def lefts(project: Path) -> dict[int, int]:
    """Frame -> left edge of its only mask."""
    with Project.open(project, read_only=True) as opened:
        found = {}
        for frame in opened.frame_indices.tolist():
            for crop in opened.tracked(frame).instances.cropped_masks():
                found[frame] = crop.box[0]
        return found


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """Six pictures, of which one cannot be read, and what systems and tools leave beside them."""
    folder = tmp_path / "pictures"
    folder.mkdir()
    for number in range(6):
        Image.new("RGB", (64, 48), (number, 0, 0)).save(folder / f"{number + 1}.png")
    (folder / "4.png").write_text("no picture")
    return folder


@pytest.mark.may_log("left out, cannot be read", "differ in size")
def test_masks_stay_with_their_pictures_beside_one_that_cannot_be_read(
    tmp_path: Path, pictures: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (pictures / "6.png").write_text("nor this")
    path = coco_of_squares(tmp_path / "a.json", [f"{number}.png" for number in range(1, 7)])
    assert run(path, pictures, tmp_path / "a.bml") == 0
    assert lefts(tmp_path / "a.bml") == {0: 2, 1: 3, 2: 4, 4: 6}
    out = capsys.readouterr().out
    assert "assumed: frames are found by the pictures' names\n" in out
    assert "left out, its picture cannot be read: 2 (frame 3, 4.png, frame 5, 6.png)\n" in out
    # Every frame that the project has can be read again.
    arguments = ["export", str(tmp_path / "a.bml"), "-o", str(tmp_path / "x"), "--format", "davis"]
    assert main(arguments) == 0


def test_the_number_of_the_first_frame_is_asked_and_taken(
    tmp_path: Path, video: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = coco_of_squares(tmp_path / "a.json", ["f_2.png", "f_3.png", "f_5.png"])
    before = sorted(tmp_path.iterdir())
    assert run(path, video, tmp_path / "a.bml") == 1
    error = capsys.readouterr().err
    assert "--first-frame N" in error
    assert error.count("\n") == 1
    assert sorted(tmp_path.iterdir()) == before
    assert run(path, video, tmp_path / "a.bml", "--first-frame", "1") == 0
    assert lefts(tmp_path / "a.bml") == {1: 2, 2: 3, 4: 4}
    with pytest.raises(SystemExit):
        run(path, video, tmp_path / "b.bml", "--first-frame", "-1")


def test_json_tells_what_was_assumed_and_left_out(tmp_path: Path, video: Path) -> None:
    path = coco_of_squares(tmp_path / "a.json", ["0.png", "3.png"])
    content = json.loads(path.read_text())
    content["annotations"][0]["segmentation"] = None
    path.write_text(json.dumps(content))
    more = ["--json", str(tmp_path / "result.json"), "--quiet"]
    assert run(path, video, tmp_path / "a.bml", *more) == 0
    result = json.loads((tmp_path / "result.json").read_text())
    assert result["assumed"] == ["the first frame has number 0 in the annotations"]
    assert result["left_out"] == 1
    (remark,) = result["remarks"].values()
    assert remark == {"count": 1, "first": ["a.json: annotation 1"]}


def old_project(path: Path, video: Path, annotations: Path) -> None:
    """A project whose newest act is in its log only, as a killed program leaves it."""
    assert run(annotations, video, path) == 0
    script = (
        "import os, sys\n"
        "from blendmask_live.annotation import DeleteTrack, Project\n"
        "project = Project.open(sys.argv[1])\n"
        "project.apply(DeleteTrack(project.tracks[0].track_id))\n"
        "os._exit(0)\n"
    )
    subprocess.run([sys.executable, "-c", script, str(path)], check=True)
    assert path.with_name(f"{path.name}-wal").stat().st_size


def test_overwriting_a_project_with_a_leftover_log_gives_the_new_one(
    tmp_path: Path, video: Path
) -> None:
    export(walkers(), "coco", tmp_path / "coco")
    old_project(tmp_path / "a.bml", video, tmp_path / "coco")
    path = coco_of_squares(tmp_path / "a.json", ["0.png", "3.png"])
    assert run(path, video, tmp_path / "a.bml", "--overwrite") == 0
    assert lefts(tmp_path / "a.bml") == {0: 2, 3: 3}
    with Project.open(tmp_path / "a.bml", read_only=True) as project:
        assert [track.track_id for track in project.tracks] == [1]
        assert problems(project) == []


def test_a_project_that_another_program_has_open_is_not_overwritten(
    tmp_path: Path, video: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    export(walkers(), "coco", tmp_path / "coco")
    assert run(tmp_path / "coco", video, tmp_path / "a.bml") == 0
    path = coco_of_squares(tmp_path / "a.json", ["0.png", "3.png"])
    with Project.open(tmp_path / "a.bml") as project:
        project.apply(DeleteTrack(1))
        assert run(path, video, tmp_path / "a.bml", "--overwrite") == 1
        assert "is open in another program; close it there" in capsys.readouterr().err
        assert len(project.tracks) == 2
    with Project.open(tmp_path / "a.bml") as project:
        assert len(project.tracks) == 2
    assert run(path, video, tmp_path / "a.bml", "--overwrite") == 0


def test_a_project_that_another_program_reads_is_replaced_and_read_on(
    tmp_path: Path, video: Path
) -> None:
    export(walkers(), "coco", tmp_path / "coco")
    old_project(tmp_path / "a.bml", video, tmp_path / "coco")
    path = coco_of_squares(tmp_path / "a.json", ["0.png", "3.png"])
    with Project.open(tmp_path / "a.bml", read_only=True) as reader:
        assert run(path, video, tmp_path / "a.bml", "--overwrite") == 0
        assert len(reader.tracks) == 2
        assert lefts(tmp_path / "a.bml") == {0: 2, 3: 3}
    assert lefts(tmp_path / "a.bml") == {0: 2, 3: 3}


@pytest.mark.parametrize(
    ("name", "complaint"),
    [
        ("a", "a: expected the name of a project, ending in .bml"),
        ("gone/a.bml", "gone/a.bml: cannot be made, its folder does not exist"),
        ("folder.bml", "folder.bml: is a folder"),
    ],
)
def test_an_output_that_cannot_be_is_refused_before_the_video_is_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, complaint: str
) -> None:
    (tmp_path / "folder.bml").mkdir()
    unread = tmp_path / "no such video.mp4"
    assert run(tmp_path / "coco", unread, tmp_path / name, "--overwrite") == 1
    assert complaint in capsys.readouterr().err


def test_annotations_without_a_mask_are_warned_of(
    tmp_path: Path, video: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = coco_of_squares(tmp_path / "a.json", ["0.png"])
    content = json.loads(path.read_text())
    content["annotations"] = []
    path.write_text(json.dumps(content))
    assert run(path, video, tmp_path / "p.bml") == 0
    assert caplog.messages == [f"{path}: holds no mask of this video"]
