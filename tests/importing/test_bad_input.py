"""Damaged and unfitting files end in one line that names the file and the place."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from blendmask_live.errors import AnnotationError
from blendmask_live.importing import IMPORTERS, ImportTarget, read_annotations
from tests.export.sequences import export, walkers

SIZE = (48, 64)


def read_all(path: Path, *, frame_count: int = 6, size: tuple[int, int] = SIZE) -> None:
    list(read_annotations(path, target=ImportTarget(size, frame_count)).frames)


def edit(name: str, change: Callable[[str], str]) -> Callable[[Path], None]:
    def damage(folder: Path) -> None:
        path = folder / name
        path.write_text(change(path.read_text("utf-8")), "utf-8")

    return damage


def edit_json(name: str, change: Callable[[dict], object]) -> Callable[[Path], None]:  # type: ignore[type-arg]
    def damage(folder: Path) -> None:
        path = folder / name
        content = json.loads(path.read_text())
        change(content)
        path.write_text(json.dumps(content))

    return damage


def save_rgb(folder: Path) -> None:
    Image.fromarray(np.zeros((*SIZE, 3), np.uint8)).save(folder / "00001.png")


def cut_png(name: str) -> Callable[[Path], None]:
    def damage(folder: Path) -> None:
        path = folder / name
        path.write_bytes(path.read_bytes()[:60])

    return damage


@pytest.mark.may_log("blendmask_live.export.labelme")
@pytest.mark.parametrize(
    ("format_name", "damage", "message"),
    [
        ("coco", edit("instances.json", lambda t: t[:-40]), "instances.json: not valid JSON, line"),
        ("coco", edit_json("instances.json", lambda c: c.pop("categories")), "'categories' is mis"),
        (
            "coco",
            edit_json("instances.json", lambda c: c["annotations"][3].update(category_id=999)),
            "annotation 4: category 999",
        ),
        (
            "coco",
            edit_json("instances.json", lambda c: c["annotations"][2].update(track_id=1)),
            r"frame 0: track ids must be positive and used once: \[1, 1, 2\]",
        ),
        (
            "coco",
            edit_json("instances.json", lambda c: c["annotations"][0]["segmentation"].pop("size")),
            "annotation 1: 'size' is missing",
        ),
        (
            "youtube-vis",
            edit_json("instances.json", lambda c: c["annotations"][0]["segmentations"].pop()),
            "annotation 1: 5 segmentations, the video has 6 frames",
        ),
        (
            "youtube-vis",
            edit_json(
                "instances.json",
                lambda c: c["annotations"][1]["segmentations"][2]["counts"].append(7),
            ),
            r"annotation 2, segmentations\[2\]: run lengths do not fill",
        ),
        ("mots", edit("gt/gt.txt", lambda t: t.replace(" 2 ", " ", 1)), "gt.txt: line 1: expected"),
        ("mots", edit("gt/gt.txt", lambda t: t.replace(" 48 ", " 49 ", 1)), "made for 64 x 49"),
        (
            "mots",
            edit("gt/gt.txt", lambda t: "77 " + t[2:]),
            "not in frames.csv",
        ),
        ("mots-png", cut_png("instances/000002.png"), "000002.png: the picture is damaged"),
        ("davis", save_rgb, "00001.png: expected a palette PNG .*, found mode RGB"),
        ("davis", cut_png("00003.png"), "00003.png: the picture is damaged"),
        ("cvat", edit("annotations.xml", lambda t: t[:-20]), "not valid XML: .*line"),
        (
            "cvat",
            edit("annotations.xml", lambda t: t.replace('rle="', 'rle="3, ', 1)),
            "track 1, frame 0: runs sum to",
        ),
        (
            "cvat",
            edit("annotations.xml", lambda t: t.replace(" label=", " kind=", 1)),
            "'label' is",
        ),
        (
            "labelme",
            edit_json("00002.json", lambda c: c["shapes"][1].update(mask="AAAA")),
            r"00002.json: shapes\[1\]: 'mask' is no picture",
        ),
        (
            "labelme",
            edit_json("00002.json", lambda c: c["shapes"][0].update(shape_type="circle")),
            r"shapes\[0\]: shape_type 'circle'",
        ),
        ("labelme", edit_json("00002.json", lambda c: c.pop("imageHeight")), "'imageHeight' is mi"),
    ],
)
def test_damage_is_named_with_its_place(
    tmp_path: Path, format_name: str, damage: Callable[[Path], None], message: str
) -> None:
    export(walkers(), format_name, tmp_path / "x")
    read_all(tmp_path / "x")
    damage(tmp_path / "x")
    with pytest.raises(AnnotationError, match=message) as caught:
        read_all(tmp_path / "x")
    assert "\n" not in str(caught.value)
    assert str(tmp_path / "x") in str(caught.value)


@pytest.mark.may_log("blendmask_live.export.labelme")
@pytest.mark.parametrize("format_name", sorted(IMPORTERS))
def test_wrong_video_is_refused(tmp_path: Path, format_name: str) -> None:
    export(walkers(), format_name, tmp_path / "x")
    with pytest.raises(AnnotationError, match=r"differs|was annotated|run lengths|only 3"):
        read_all(tmp_path / "x", size=(96, 128))
    with pytest.raises(AnnotationError, match="the video has"):
        read_all(tmp_path / "x", frame_count=3)


def test_unknown_things_are_said(tmp_path: Path) -> None:
    (tmp_path / "notes.md").write_text("hello")
    with pytest.raises(AnnotationError, match="none of the known formats"):
        read_all(tmp_path)
    with pytest.raises(AnnotationError, match="no such file"):
        read_all(tmp_path / "missing")
    export(walkers(), "csv", tmp_path / "x")
    with pytest.raises(AnnotationError, match="csv cannot be imported"):
        read_all(tmp_path / "x")


def read_indices(path: Path, frame_count: int = 100) -> list[int]:
    target = ImportTarget(SIZE, frame_count)
    return [index for index, _ in read_annotations(path, target=target).frames]


@pytest.mark.may_log("has a frame 0")
def test_frames_of_mots_count_from_1_and_from_0_with_a_frame_0(tmp_path: Path) -> None:
    export(walkers(3), "mots", tmp_path / "x")
    text = (tmp_path / "x/gt/gt.txt").read_text()
    (tmp_path / "one.txt").write_text(text)
    assert read_indices(tmp_path / "one.txt") == [0, 1, 2]
    lines = [line.split(" ", 1) for line in text.splitlines()]
    zero = "\n".join(f"{int(frame) - 1} {rest}" for frame, rest in lines)
    (tmp_path / "zero.txt").write_text(zero)
    assert read_indices(tmp_path / "zero.txt") == [0, 1, 2]


@pytest.mark.parametrize(
    ("names", "frame_count", "expected"),
    [
        (["img_00000.jpg", "img_00005.jpg", "img_00010.jpg"], 100, [0, 5, 10]),
        (["img_00001.jpg", "img_00002.jpg", "img_00003.jpg"], 100, [0, 1, 2]),
        (["frame7.jpg", "frame8.jpg", "frame9.jpg"], 3, [0, 1, 2]),
        (["a.jpg", "b.jpg", "c.jpg"], 100, [0, 1, 2]),
    ],
)
def test_pictures_of_foreign_coco_files_are_found_by_number(
    tmp_path: Path, names: list[str], frame_count: int, expected: list[int]
) -> None:
    export(walkers(3), "coco", tmp_path / "x")
    content = json.loads((tmp_path / "x/instances.json").read_text())
    for image, name in zip(content["images"], names, strict=True):
        del image["frame_index"]
        image["file_name"] = name
    (tmp_path / "foreign.json").write_text(json.dumps(content))
    assert read_indices(tmp_path / "foreign.json", frame_count) == expected


def test_cvat_shape_holds_until_the_next_one_and_outside_ends_it(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_text(
        "<annotations><version>1.1</version><meta><task><labels/></task></meta>"
        '<track id="0" label="car">'
        '<polygon frame="2" outside="0" points="1,1;9,1;9,9;1,9"/>'
        '<polygon frame="5" outside="1" points="1,1;9,1;9,9;1,9"/>'
        '<mask frame="8" outside="0" rle="0, 4" left="3" top="3" width="2" height="2"/>'
        "</track></annotations>"
    )
    target = ImportTarget(SIZE, 10)
    frames = dict(read_annotations(tmp_path / "a.xml", target=target).frames)
    assert list(frames) == [2, 3, 4, 8, 9]
    assert frames[3].instances.cropped_masks()[0].area == 64
    assert frames[9].instances.cropped_masks()[0].box == (3, 3, 5, 5)
    assert frames[9].track_ids.tolist() == [1]


def test_coco_polygons_and_missing_track_ids_are_taken(tmp_path: Path) -> None:
    square = {"segmentation": [[2, 2, 6, 2, 6, 6, 2, 6]], "image_id": 1, "category_id": 3}
    content = {
        "images": [{"id": 1, "file_name": "0.jpg", "height": 48, "width": 64}],
        "categories": [{"id": 3, "name": "box"}],
        "annotations": [{"id": 1, **square}, {"id": 2, **square}],
    }
    (tmp_path / "a.json").write_text(json.dumps(content))
    ((_, tracked),) = read_annotations(tmp_path / "a.json", target=ImportTarget(SIZE, 1)).frames
    assert tracked.track_ids.tolist() == [1, 2]
    assert [crop.area for crop in tracked.instances.cropped_masks()] == [16, 16]
