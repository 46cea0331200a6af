"""Damaged and unfitting files end in one line that names the file and the place."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from blendmask_live.errors import AnnotationError
from blendmask_live.export import ExportOptions, importable_formats
from blendmask_live.importing import (
    ImportedSequence,
    ImportTarget,
    read_annotations,
)
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
    pixels = np.full((*SIZE, 3), (1, 2, 3), np.uint8)
    Image.fromarray(pixels).save(folder / "00001.png")


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
        ("mots", edit("gt/gt.txt", lambda t: t.replace(" 2 ", " ", 1)), "gt.txt: line 1: expected"),
        (
            "mots",
            edit("gt/gt.txt", lambda t: "77 " + t[2:]),
            "not in frames.csv",
        ),
        ("mots-png", cut_png("instances/000002.png"), "000002.png: the picture is damaged"),
        ("davis", save_rgb, r"00001.png: expected .* colour \(1, 2, 3\)"),
        ("davis", cut_png("00003.png"), "00003.png: the picture is damaged"),
        ("cvat", edit("annotations.xml", lambda t: t[:-20]), "not valid XML: .*line"),
        (
            "cvat",
            edit("annotations.xml", lambda t: t.replace(" label=", " kind=", 1)),
            "'label' is",
        ),
        (
            "labelme",
            edit_json("00002.json", lambda c: c.update(imageHeight=2)),
            "made for 64 x 2 p",
        ),
    ],
)
def test_damage_is_named_with_its_place(
    tmp_path: Path, format_name: str, damage: Callable[[Path], None], message: str
) -> None:
    export(walkers(), format_name, tmp_path / "x", ExportOptions(shape="mask"))
    read_all(tmp_path / "x")
    damage(tmp_path / "x")
    with pytest.raises(AnnotationError, match=message) as caught:
        read_all(tmp_path / "x")
    assert "\n" not in str(caught.value)
    assert str(tmp_path / "x") in str(caught.value)


ODD_SHAPES = [
    (
        "coco",
        edit_json("instances.json", lambda c: c["annotations"][3].update(image_id=999)),
        "left out, its image is not listed: 1 (instances.json: annotations[3])",
    ),
    (
        "coco",
        edit_json("instances.json", lambda c: c["annotations"].__setitem__(3, None)),
        "left out, expected an object, found None: 1 (instances.json: annotations[3])",
    ),
    (
        "coco",
        edit_json("instances.json", lambda c: c["annotations"][3].update(category_id=None)),
        "left out, expected an id, found None: 1 (instances.json: annotation",
    ),
    (
        "labelme",
        edit_json("00002.json", lambda c: c["shapes"].__setitem__(1, None)),
        "left out, expected an object, found None: 1 (00002.json: shapes[1])",
    ),
    (
        "labelme",
        edit_json("00002.json", lambda c: c["shapes"][1].pop("label")),
        "left out, 'label' is missing: 1 (00002.json: shapes[1])",
    ),
    (
        "labelme",
        edit_json("00002.json", lambda c: c["shapes"][1].update(shape_type="circle", points=[])),
        "left out, a circle needs two points, this one has 0: 1 (00002.json: shapes[1])",
    ),
    (
        "coco",
        edit_json("instances.json", lambda c: c["annotations"][3].update(category_id=999)),
        "left out, category 999 is not among the file's categories: 1 (instances.json: annotation",
    ),
    (
        "coco",
        edit_json("instances.json", lambda c: c["annotations"][0]["segmentation"].pop("size")),
        "left out, 'size' is missing: 1 (instances.json: annotation 1)",
    ),
    (
        "coco",
        edit_json("instances.json", lambda c: c["annotations"][0].update(segmentation=None)),
        "left out, it has no outline or mask, perhaps only a box: 1 (instances.json: annotation 1)",
    ),
    (
        "coco",
        edit_json("instances.json", lambda c: c["annotations"][0].pop("segmentation")),
        "left out, it has no outline or mask, perhaps only a box: 1 (instances.json: annotation 1)",
    ),
    (
        "coco",
        edit_json("instances.json", lambda c: c["annotations"][0].update(segmentation=[[1, 2]])),
        "left out, a polygon needs three points or more, this one has 1: 1 (",
    ),
    (
        "coco",
        edit_json(
            "instances.json",
            lambda c: c["annotations"][0].update(segmentation=[[1, 2, float("nan"), 4, 5, 6]]),
        ),
        "left out, a coordinate is not a finite number: 1 (",
    ),
    (
        "youtube-vis",
        edit_json(
            "instances.json", lambda c: c["annotations"][1]["segmentations"][2]["counts"].append(7)
        ),
        "left out, run lengths do not fill a mask of 64 x 48 px: 1 (instances.json: annotation 2, "
        "segmentations[2])",
    ),
    ("mots", edit("gt/gt.txt", lambda t: t.replace(" 48 ", " 49 ", 1)), "left out, made for 64 x"),
    (
        "cvat",
        edit("annotations.xml", lambda t: t.replace('rle="', 'rle="3, ', 1)),
        "(track 1, frame 0)",
    ),
    (
        "labelme",
        edit_json("00002.json", lambda c: c["shapes"][1].update(mask="AAAA")),
        "left out, 'mask' is no picture in base64: 1 (00002.json: shapes[1])",
    ),
    (
        "labelme",
        edit_json("00002.json", lambda c: c["shapes"][0].update(points=[[1, 2]])),
        "(00002.json: shapes[0])",
    ),
    (
        "labelme",
        edit_json("00002.json", lambda c: c["shapes"][0].update(shape_type="points")),
        "left out, shape_type 'points' has no pixels: 1 (00002.json: shapes[0])",
    ),
]


@pytest.mark.may_log("blendmask_live.export.labelme")
@pytest.mark.parametrize(("format_name", "damage", "line"), ODD_SHAPES)
def test_an_odd_shape_is_left_out_counted_and_named(
    tmp_path: Path, format_name: str, damage: Callable[[Path], None], line: str
) -> None:
    export(walkers(), format_name, tmp_path / "x", ExportOptions(shape="mask"))
    target = ImportTarget(SIZE, 6)

    def masks() -> int:
        return sum(len(t.track_ids) for _, t in imported.frames)

    imported = read_annotations(tmp_path / "x", target=target)
    whole = masks()
    assert imported.remarks.lines == []
    damage(tmp_path / "x")
    imported = read_annotations(tmp_path / "x", target=target)
    assert masks() == whole - 1
    assert imported.remarks.left_out == 1
    (found,) = imported.remarks.lines
    assert line in found


@pytest.mark.parametrize(
    ("damage", "line"),
    [
        (
            lambda track: track["segmentations"].pop(),
            "left out, 5 segmentations, the video has 6 frames: 1 (instances.json: annotation 1)",
        ),
        (
            lambda track: track.pop("category_id"),
            "left out, 'category_id' is missing: 1 (instances.json: annotation 1)",
        ),
    ],
)
def test_an_odd_track_of_youtube_vis_is_left_out(
    tmp_path: Path, damage: Callable[[dict[str, object]], object], line: str
) -> None:
    export(walkers(), "youtube-vis", tmp_path / "x")
    edit_json("instances.json", lambda c: damage(c["annotations"][0]))(tmp_path / "x")
    imported = read_annotations(tmp_path / "x", target=ImportTarget(SIZE, 6))
    tracks = {i for _, tracked in imported.frames for i in tracked.track_ids.tolist()}
    assert tracks
    assert 1 not in tracks
    assert imported.remarks.lines == [line]


def test_a_file_of_odd_shapes_alone_is_refused(tmp_path: Path) -> None:
    export(walkers(), "coco", tmp_path / "x")
    edit_json("instances.json", lambda c: [a.update(segmentation=[]) for a in c["annotations"]])(
        tmp_path / "x"
    )
    with pytest.raises(AnnotationError, match="no mask can be used; left out, it has no outline"):
        read_all(tmp_path / "x")


def test_the_good_rings_of_an_object_stay(tmp_path: Path) -> None:
    rings = [[2, 2, 6, 2, 6, 6, 2, 6], [9, 9, 10, 10], [5, 5]]
    content = coco([{"segmentation": rings}])
    imported = read_coco(tmp_path, content)
    ((_, tracked),) = imported.frames
    assert tracked.instances.cropped_masks()[0].area == 16
    assert imported.remarks.lines == [
        "parts left out, an outline that cannot be drawn: 1 (a.json: annotation 1)"
    ]


@pytest.mark.may_log("blendmask_live.export.labelme")
@pytest.mark.parametrize("format_name", sorted(importable_formats()))
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


def test_frames_of_mots_count_from_1_and_from_0_with_a_frame_0(tmp_path: Path) -> None:
    export(walkers(3), "mots", tmp_path / "x")
    text = (tmp_path / "x/gt/gt.txt").read_text()
    (tmp_path / "one.txt").write_text(text)
    assert read_indices(tmp_path / "one.txt", 3) == [0, 1, 2]
    lines = [line.split(" ", 1) for line in text.splitlines()]
    zero = "\n".join(f"{int(frame) - 1} {rest}" for frame, rest in lines)
    (tmp_path / "zero.txt").write_text(zero)
    assert read_indices(tmp_path / "zero.txt") == [0, 1, 2]


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


def coco(annotations: list[dict[str, object]]) -> dict[str, object]:
    """A file of one picture of 64 x 48 px."""
    return {
        "images": [{"id": 1, "file_name": "0.jpg", "height": 48, "width": 64}],
        "categories": [{"id": 3, "name": "box"}, {"id": 4, "name": "ball"}],
        "annotations": [
            {"id": number, "image_id": 1, "category_id": 3, **item}
            for number, item in enumerate(annotations, start=1)
        ],
    }


def read_coco(folder: Path, content: object) -> ImportedSequence:
    (folder / "a.json").write_text(json.dumps(content))
    return read_annotations(folder / "a.json", target=ImportTarget(SIZE, 1))


def test_ids_may_be_names_or_numbers_as_text(tmp_path: Path) -> None:
    square = {"segmentation": [[2, 2, 6, 2, 6, 6, 2, 6]]}
    content = coco([square | {"image_id": "a-1", "category_id": "4"}])
    content["images"][0]["id"] = "a-1"  # type: ignore[index]
    ((_, tracked),) = read_coco(tmp_path, content).frames
    assert tracked.instances.class_names == ("ball",)


@pytest.mark.parametrize("size", [{"height": None, "width": None}, {"height": 0, "width": 0}])
def test_a_size_that_is_not_told_is_assumed(tmp_path: Path, size: dict[str, object]) -> None:
    # The list around the only polygon is absent, too.
    content = coco([{"segmentation": [2, 2, 6, 2, 6, 6, 2, 6]}])
    content["images"][0].update(size)  # type: ignore[index]
    imported = read_coco(tmp_path, content)
    ((_, tracked),) = imported.frames
    assert tracked.instances.cropped_masks()[0].area == 16
    assert "pictures whose size the file does not tell have the video's" in imported.assumptions


def test_coco_polygons_and_missing_track_ids_are_taken(tmp_path: Path) -> None:
    square = {"segmentation": [[2, 2, 6, 2, 6, 6, 2, 6]]}
    ((_, tracked),) = read_coco(tmp_path, coco([square, square])).frames
    assert tracked.track_ids.tolist() == [1, 2]
    assert [crop.area for crop in tracked.instances.cropped_masks()] == [16, 16]
