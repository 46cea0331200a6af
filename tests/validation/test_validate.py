"""Own outputs are valid; every kind of damage is found, with its place and a cure."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from blendmask_live.cli import main
from blendmask_live.export import EXPORTERS, ExportOptions
from blendmask_live.validation import validate
from tests.export.sequences import MaskSequence, export, walkers

# Writers say what their format cannot hold.
pytestmark = pytest.mark.may_log("blendmask_live.export.")

VARIANTS = [(name, ExportOptions()) for name in EXPORTERS] + [
    ("mots", ExportOptions(all_classes=True)),
    ("mots-png", ExportOptions(all_classes=True, frames="png")),
    ("coco", ExportOptions(frames="jpg")),
    ("youtube-vis", ExportOptions(frames="jpg")),
    ("davis", ExportOptions(frames="jpg")),
    ("yolo-seg", ExportOptions(frames="jpg", polygon_tolerance_px=0)),
    ("cvat", ExportOptions(shape="polygon", frames="png")),
    ("labelme", ExportOptions(shape="polygon", frames="jpg")),
    ("cutout", ExportOptions(cutout="vp9")),
    ("cutout", ExportOptions(cutout="png")),
    ("cutout", ExportOptions(background="blur")),
    ("cutout", ExportOptions(one_file_per_track=True)),
    ("matte", ExportOptions(matte="png", one_file_per_track=True)),
    ("matte", ExportOptions(matte="png")),
    ("matte", ExportOptions(one_file_per_track=True)),
]


@pytest.mark.parametrize(("format_name", "options"), VARIANTS)
def test_own_outputs_are_found_and_valid(
    tmp_path: Path, format_name: str, options: ExportOptions
) -> None:
    export(walkers(), format_name, tmp_path / "clip", options)
    report = validate(tmp_path / "clip")
    assert report.format == format_name
    assert report.violations == ()


def test_cutouts_of_tracks_over_a_background_are_told_by_their_folder(tmp_path: Path) -> None:
    options = ExportOptions(background="green", one_file_per_track=True)
    export(walkers(), "cutout", tmp_path / "cutout", options)
    report = validate(tmp_path / "cutout")
    assert (report.format, report.violations) == ("cutout", ())


@pytest.mark.parametrize("format_name", list(EXPORTERS))
def test_awkward_outputs_are_valid(tmp_path: Path, format_name: str, awkward: MaskSequence) -> None:
    export(awkward, format_name, tmp_path / "x", ExportOptions(all_classes=True))
    assert validate(tmp_path / "x", format=format_name).violations == ()


Damage = Callable[[Path], None]


def text(name: str, change: Callable[[str], str]) -> Damage:
    def damage(folder: Path) -> None:
        path = folder / name
        before = path.read_text("utf-8")
        path.write_text(change(before), "utf-8")
        assert path.read_text("utf-8") != before

    return damage


def swap(name: str, old: str, new: str) -> Damage:
    return text(name, lambda content: content.replace(old, new, 1))


def values(name: str, change: Callable[[Any], object]) -> Damage:
    def damage(folder: Path) -> None:
        path = folder / name
        content = json.loads(path.read_text())
        change(content)
        path.write_text(json.dumps(content))

    return damage


def pixels(name: str, mode: str, change: Callable[[Any], object]) -> Damage:
    def damage(folder: Path) -> None:
        with Image.open(folder / name) as picture:
            array, palette = np.array(picture), picture.getpalette()
        change(array)
        picture = Image.fromarray(array).convert(mode) if mode == "RGB" else Image.fromarray(array)
        if mode == "P" and palette:
            picture.putpalette(palette)
        picture.save(folder / name)

    return damage


def set_pixel(value: Any) -> Callable[[Any], object]:
    return lambda array: array.__setitem__((0, 0), value)


def remove(name: str) -> Damage:
    return lambda folder: (folder / name).unlink()


def shorten(name: str, length: int = -300) -> Damage:
    def damage(folder: Path) -> None:
        path = folder / name
        path.write_bytes(path.read_bytes()[:length])

    return damage


def as_other(other: str, options: ExportOptions, source: str, name: str) -> Damage:
    """Put a file of another kind in the place of one."""

    def damage(folder: Path) -> None:
        export(walkers(), other, folder.parent / "other", options)
        shutil.copyfile(folder.parent / "other" / source, folder / name)

    return damage


def first(key: str, **changes: Any) -> Callable[[Any], object]:
    return lambda content: content[key][0].update(changes)


def segment(**changes: Any) -> Damage:
    """Change the first segment of the first picture."""
    return values(
        PANOPTIC, lambda content: content["annotations"][0]["segments_info"][0].update(changes)
    )


SEGMENTATION = {"size": [48, 64], "counts": "00"}
JSON, YVIS, COCO_FRAMES = "instances.json", "youtube-vis", "../coco.frames.csv"
PANOPTIC = "panoptic.json"
DAMAGES: list[tuple[str, Damage, str]] = [
    ("coco", shorten(JSON), "not valid JSON, line 1"),
    ("coco", values(JSON, lambda c: c.pop("images")), "'images' is missing"),
    ("coco", values(JSON, first("annotations", id=2)), "id 2 is used 2 times"),
    ("coco", values(JSON, first("annotations", id=0)), "id 0"),
    ("coco", values(JSON, first("annotations", id="1a")), "id '1a' is no whole number"),
    ("coco", values(JSON, first("annotations", id=True)), "id True is no whole number"),
    ("coco", values(JSON, first("images", id="1")), "id '1' is no whole number"),
    ("coco", values(JSON, first("categories", id=None)), "id None is no whole number"),
    ("coco", values(JSON, first("annotations", iscrowd=None)), "iscrowd None: expected 0 or 1"),
    ("coco", values(JSON, lambda c: c["categories"][0].pop("name")), "'name' is missing"),
    ("coco", values(JSON, first("annotations", image_id=99)), "image_id 99 is not among"),
    ("coco", values(JSON, first("annotations", category_id=99)), "category_id 99 is not among"),
    ("coco", values(JSON, first("annotations", track_id=2)), "track_id 2 is in image 1 already"),
    ("coco", values(JSON, first("annotations", segmentation=SEGMENTATION)), "do not fill"),
    ("coco", values(JSON, first("annotations", segmentation=[])), "has no outline or mask"),
    ("coco", values(JSON, first("annotations", area=1)), "area 1, the mask has"),
    ("coco", values(JSON, first("annotations", bbox=[0, 0, 1, 1])), "the mask's is"),
    ("coco", values(JSON, first("images", height=49)), "the picture has [49, 64]"),
    ("coco", values(JSON, lambda c: c["categories"].__setitem__(0, 7)), "of another kind"),
    ("coco", values(JSON, first("annotations", bbox=["x"] * 4)), "of another kind"),
    ("coco", values(JSON, first("images", id=[1])), "of another kind"),
    (
        "coco",
        swap("../coco.frames.csv", "\n2,2,", "\n2,1,"),
        "source_index 1 does not come after 1",
    ),
    ("coco", swap(COCO_FRAMES, "\n2,2,", "\n9,2,"), "does not count 0, 1, 2"),
    (YVIS, values(JSON, first("videos", length=5)), "length 5, but 6 file_names"),
    (YVIS, values(JSON, first("videos", file_names=["a.jpg"] * 6)), "<sequence>/<frame>.jpg"),
    (YVIS, values(JSON, lambda c: c["annotations"][0].pop("height")), "'height' is missing"),
    (YVIS, values(JSON, lambda c: c["annotations"][0]["areas"].pop()), "have lengths [5, 6]"),
    (
        YVIS,
        values(JSON, lambda c: c["annotations"][0]["bboxes"].__setitem__(0, None)),
        "not null together",
    ),
    (YVIS, values(JSON, lambda c: c["categories"][0].pop("name")), "'name' is missing"),
    (YVIS, values(JSON, first("categories", name=None)), "name None"),
    (YVIS, values(JSON, first("categories", name=" ")), "name ' '"),
    (YVIS, values(JSON, first("annotations", iscrowd=None)), "iscrowd None: expected 0 or 1"),
    (YVIS, values(JSON, first("annotations", video_id=3)), "video_id 3 is not among"),
    (
        YVIS,
        values(JSON, lambda c: c["annotations"][0]["segmentations"][0]["counts"].append(3)),
        "do not fill",
    ),
    (
        YVIS,
        as_other(YVIS, ExportOptions(rle="compressed"), JSON, JSON),
        "TrackEval reads lists in ground truth",
    ),
    (
        YVIS,
        as_other(YVIS, ExportOptions(rle="uncompressed"), "results.json", "results.json"),
        "TrackEval reads text in results",
    ),
    (YVIS, values("results.json", lambda c: c[0].update(score=3)), "score 3: expected 0 to 1"),
    (YVIS, values("results.json", lambda c: c[0].update(score="x")), "of another kind"),
    (YVIS, values("results.json", lambda c: c[0]["segmentations"].pop()), "5 segmentations for 6"),
    ("mots", text("gt/gt.txt", lambda t: "0" + t[1:]), "MOTSChallenge counts from 1"),
    ("mots", swap("gt/gt.txt", "1 2001 2", "1 3001 2"), "id 3001 of class 2"),
    ("mots", swap("gt/gt.txt", "1 2002 2", "1 2001 2"), "object 2001 is in frame 1 twice"),
    ("mots", swap("gt/gt.txt", " 48 64 ", " 64 48 "), "size 64 x 48"),
    ("mots", swap("gt/gt.txt", " 48 64 ", " 47 64 "), "not a MOTS line"),
    ("mots", swap("gt/gt.txt", " 64 ", " "), "not a MOTS line"),
    ("mots", swap("gt/gt.txt", "\n", "\n\n"), "a blank line"),
    ("mots", swap("results.txt", " ", "\t"), "a tab"),
    ("mots", swap("seqinfo.ini", "seqLength=6", "seqLength=5"), "frame 6, the sequence has 5"),
    ("mots", swap("seqinfo.ini", "imWidth", "width"), "cannot be read"),
    (
        "mots",
        text("gt/gt.txt", lambda t: t + t.splitlines()[0].replace("2001", "2009") + "\n"),
        "overlaps another mask of frame 1",
    ),
    ("mots-png", remove("instances/000003.png"), "picture 3 is missing"),
    ("mots-png", remove("instances/labels.txt"), "is missing or empty"),
    ("mots-png", pixels("instances/000002.png", "", set_pixel(7001)), "class 7, labels.txt names"),
    ("mots-png", pixels("instances/000002.png", "", set_pixel(5)), "expected class * 1000"),
    ("mots-png", pixels("instances/000002.png", "RGB", lambda a: 0), "expected a 16-bit grey PNG"),
    ("davis", remove("00002.png"), "picture 2 is missing"),
    ("davis", pixels("00002.png", "RGB", lambda a: 0), "expected a palette PNG (mode P), found"),
    ("davis", pixels("00002.png", "P", set_pixel(254)), "index 254"),
    ("davis", shorten("00002.png", 70), "the picture is damaged"),
    ("cvat", shorten("annotations.xml"), "not valid XML"),
    ("cvat", swap("annotations.xml", ">1.1<", ">1.0<"), "version '1.0'"),
    ("cvat", swap("annotations.xml", "<original_size>", "<x>"), "not valid XML"),
    ("cvat", swap("annotations.xml", "<height>", "<height>x"), "lacks task/size or original_size"),
    ("cvat", swap("annotations.xml", 'label="person"', 'label="ghost"'), "label 'ghost'"),
    ("cvat", swap("annotations.xml", 'track id="2"', 'track id="1"'), "a number used once"),
    ("cvat", swap("annotations.xml", 'frame="3"', 'frame="99"'), "the task has frames 0 to 5"),
    ("cvat", swap("annotations.xml", 'frame="3"', 'frame="1"'), "frame 1 follows frame 2"),
    ("cvat", swap("annotations.xml", 'rle="', 'rle="1, '), "runs sum to"),
    ("cvat", swap("annotations.xml", 'left="', 'left="9'), "leaves the frame"),
    ("cvat", swap("annotations.xml", 'outside="0"', 'outside="no"'), "expected '0' or '1'"),
    ("yolo-seg", text("labels/00001.txt", lambda t: "99" + t[1:]), "class 99, data.yaml names 80"),
    ("yolo-seg", text("labels/00001.txt", lambda t: t.replace(" 0.", " 7.", 1)), "expected 0 to 1"),
    ("yolo-seg", text("labels/00001.txt", lambda t: t + "1 0.5 0.5 0.6 0.6\n"), "4 coordinates"),
    ("yolo-seg", text("labels/00001.txt", lambda t: t + "cat 0.5\n"), "expected a class number"),
    ("yolo-seg", text("data.yaml", lambda t: t.split("names")[0]), "names no classes"),
    ("yolo-seg", remove("labels/00003.txt"), "the export has 5"),
    ("yolo-seg", text("labels/00001.txt", lambda t: t + "1 0.1 0.1 0.5 0.5 0.1 0.1\n"), "no area"),
    ("labelme", values("00001.json", lambda c: c.pop("imageData")), "'imageData' is missing"),
    ("labelme", values("00001.json", lambda c: c["shapes"][0].pop("label")), "'label' is missing"),
    ("labelme", values("00001.json", first("shapes", mask="AA")), "no picture in base64"),
    (
        "labelme",
        values("00001.json", first("shapes", points=[[60, 40], [74, 54]])),
        "leaves the picture",
    ),
    ("csv", swap("tracks.csv", "centroid_x", "cx"), "columns ["),
    ("csv", swap("tracks.csv", "0,0.0,2", "0,0.0,1"), "track 1 is in frame 0 twice"),
    ("csv", swap("tracks.csv", "\n0,", "\n77,"), "frame 77, frames.csv has 6"),
    ("csv", swap("tracks.csv", "0.90000", "1.9"), "score 1.9 from 0 to 1"),
    ("csv", swap("tracks.csv", "0.90000", "high"), "not a row of numbers"),
    ("panoptic", values(PANOPTIC, first("images", id=9)), "image 9 has no annotation"),
    ("panoptic", values(PANOPTIC, first("annotations", image_id=2)), "id 2 is used 2 times"),
    ("panoptic", segment(category_id=999), "category_id 999 is not among"),
    ("panoptic", segment(id=258), "segment 258 is listed 2 times"),
    ("panoptic", segment(id=7), "px of segment 257, which segments_info lacks"),
    ("panoptic", segment(id=7), "segment 7 has no pixel"),
    ("panoptic", segment(area=1), "area 1, its pixels have"),
    ("panoptic", segment(bbox=[0, 0, 1, 1]), "bbox [0, 0, 1, 1], its pixels have"),
    ("panoptic", values(PANOPTIC, first("images", height=49)), "the image has 64 x 49"),
    ("panoptic", swap(PANOPTIC, '"segments_info"', '"segments"'), "'segments_info' is missing"),
    ("panoptic", remove("panoptic/00002.png"), "cannot be read|damaged"),
    ("panoptic", pixels("panoptic/00002.png", "", set_pixel((0, 0, 9))), "1 px of segment 589824"),
    ("parquet", shorten("masks.parquet"), "not readable as Parquet"),
    ("overlay", shorten("overlay.mp4"), "frames, the table beside it has 6|cannot be decoded"),
    (
        "overlay",
        text("frames.csv", lambda t: t[: t.index("\n5,") + 1]),
        "the table beside it has 5",
    ),
    (
        "cutout",
        as_other("cutout", ExportOptions(background="red"), "cutout.mp4", "cutout.mov"),
        "no alpha",
    ),
    (
        "matte",
        as_other("overlay", ExportOptions(), "overlay.mp4", "matte.mp4"),
        "neither black nor white",
    ),
]


@pytest.mark.parametrize(("format_name", "damage", "problem"), DAMAGES)
def test_damage_is_found_with_place_and_cure(
    tmp_path: Path, format_name: str, damage: Damage, problem: str
) -> None:
    folder = tmp_path / format_name
    export(walkers(), format_name, folder, ExportOptions(shape="mask"))
    damage(folder)
    violations = validate(folder, format=format_name).violations
    found = [v for v in violations if any(part in v.problem for part in problem.split("|"))]
    assert found, [v.problem for v in violations]
    assert all(str(folder) in v.place and v.cure for v in violations)


def test_image_ids_of_coco_may_begin_at_0(tmp_path: Path) -> None:
    def from_0(content: Any) -> None:
        for image in content["images"]:
            image["id"] -= 1
        for annotation in content["annotations"]:
            annotation["image_id"] -= 1

    export(walkers(), "coco", tmp_path / "x")
    values(JSON, from_0)(tmp_path / "x")
    assert validate(tmp_path / "x").violations == ()


def test_the_pictures_of_a_panoptic_export_are_known_as_such(tmp_path: Path) -> None:
    export(walkers(), "panoptic", tmp_path / "x")
    report = validate(tmp_path / "x" / "panoptic")
    assert (report.format, report.violations) == ("panoptic", ())


def test_missing_end_of_a_cvat_run_is_found(tmp_path: Path) -> None:
    sequence = walkers()
    sequence.frames[4] = sequence.frames[5] = []
    export(sequence, "cvat", tmp_path / "x")
    path = tmp_path / "x" / "annotations.xml"
    lines = path.read_text().splitlines()
    path.write_text("\n".join(line for line in lines if 'outside="1"' not in line))
    problems = [violation.problem for violation in validate(path).violations]
    assert problems == ["the shape of frame 3 stays to frame 5"] * 3


def test_command_lists_violations_and_tells_by_its_exit_code(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    export(walkers(), "coco", tmp_path / "coco")
    assert main(["validate", str(tmp_path / "coco"), "--json", str(tmp_path / "a.json")]) == 0
    assert "coco, valid" in capsys.readouterr().out
    assert json.loads((tmp_path / "a.json").read_text())["valid"] is True
    values(JSON, first("annotations", area=1))(tmp_path / "coco")
    assert main(["validate", str(tmp_path / "coco"), "--json", str(tmp_path / "a.json")]) == 1
    printed = capsys.readouterr().out
    assert "annotations[0]" in printed
    assert "area 1, the mask has" in printed
    report = json.loads((tmp_path / "a.json").read_text())
    assert report["reports"][0]["violations"][0]["cure"].startswith("write ")
    assert main(["validate", str(tmp_path / "nothing")]) == 1


def test_each_output_of_a_source_is_checked_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for source in ("clip", "panoptic"):  # The second source is named like a format.
        for name in ("panoptic", "csv"):
            export(walkers(), name, tmp_path / "out" / source / name)

    def checked(folder: Path) -> list[str]:
        assert main(["validate", str(folder)]) == 0
        lines = capsys.readouterr().out.splitlines()
        return sorted(Path(line.partition(":")[0]).relative_to(folder).as_posix() for line in lines)

    assert checked(tmp_path / "out" / "clip") == ["csv", "panoptic"]
    assert checked(tmp_path / "out" / "panoptic") == ["csv", "panoptic"]
    assert checked(tmp_path / "out") == [
        "clip/csv",
        "clip/panoptic",
        "panoptic/csv",
        "panoptic/panoptic",
    ]
