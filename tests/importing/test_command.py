"""`import`: other tools' files into a project, and out of it again."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import pytest
from pycocotools import mask as coco_mask

from blendmask_live.annotation import Project
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
    path.write_text(path.read_text().replace('"counts":"', '"counts":"7', 1))
    before = sorted(tmp_path.iterdir())
    assert run(tmp_path / "coco", video, tmp_path / "a.bml") == 1
    error = capsys.readouterr().err
    assert "annotation 1" in error
    assert error.count("\n") == 1
    assert sorted(tmp_path.iterdir()) == before


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
