"""Which frame of the source an annotated picture is: found, asked for, never guessed silently."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from blendmask_live.errors import AnnotationError
from blendmask_live.importing import ImportedSequence, ImportTarget, read_annotations
from blendmask_live.importing.frame_names import number_in_names, place_names

SIZE = (48, 64)


def placed(
    names: list[str],
    frame_count: int,
    *,
    pictures: list[str] | None = None,
    first_frame: int | None = None,
) -> list[int | None]:
    placing = place_names(
        [names], pictures or [], frame_count=frame_count, first_frame=first_frame, place="a.json"
    )
    return placing.frames


NUMBERED = [f"frame_{number:04d}.png" for number in range(1, 25)]


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["frame_0010.png", "frame_0015.png"], [9, 14]),
        (["images/train/frame_0010.jpg", "C:\\set\\frame_0015.JPG"], [9, 14]),
        (["frame_0010", "frame_0015.png.json"], [9, 14]),
        (["FRAME_0010.PNG", "Frame_0015.png"], [9, 14]),
        (["frame_10.png", "frame_000015.png"], [9, 14]),
        (["frame_0010_png.rf.0a1b2c3d4e5f60718293a4b5c6d7e8f9.jpg", "frame_0015.png"], [9, 14]),
        (["1f0e2d3c-frame_0010.png", "2a3b4c5d-frame_0015.png"], [9, 14]),
        (["10.png", "15.png"], [9, 14]),
        (["frame_0010.png", "frame_0099_of_another_set.png"], [9, None]),
    ],
)
def test_in_a_folder_names_are_compared(names: list[str], expected: list[int | None]) -> None:
    assert placed(names, 24, pictures=NUMBERED) == expected


@pytest.mark.parametrize(
    ("names", "prefix"),
    [
        (["frame_000010.PNG", "frame_000015.PNG"], "frame_"),
        (["a_mp4-0010_jpg.rf.0a1b2c3d4e5f60718293a4b5c6d7e8f9.jpg"], "a_"),
    ],
)
def test_names_that_count_from_0_beside_pictures_from_1_are_asked_about(
    names: list[str], prefix: str
) -> None:
    pictures = [f"{prefix}{number:04d}.png" for number in range(1, 25)]
    with pytest.raises(AnnotationError, match=r"pictures from 1 up; .*--first-frame N"):
        placed(names, 24, pictures=pictures)
    assert placed(names[:1], 24, pictures=pictures, first_frame=0) == [10]
    # From 0, or of the very same names, there is no doubt.
    pictures = [f"{prefix}{number:04d}.png" for number in range(24)]
    assert placed(names[:1], 24, pictures=pictures) == [10]
    same = [name.partition("_jpg")[0].partition(".")[0] + ".png" for name in names]
    assert placed(names, len(same), pictures=same) == list(range(len(same)))


def test_a_name_that_two_pictures_have_is_told_apart_by_its_suffix() -> None:
    pictures = ["a.jpg", "a.png", "b.jpg"]
    assert placed(["a.png"], 3, pictures=pictures) == [1]
    with pytest.raises(AnnotationError, match="tell no frame"):
        placed(["a"], 3, pictures=pictures)


def test_names_that_are_in_the_folder_only_in_part_and_fit_shifted_are_asked_about() -> None:
    pictures = [f"{number:05d}.png" for number in range(12)]
    names = [f"{number:05d}.png" for number in range(3, 13)]
    with pytest.raises(AnnotationError, match="--first-frame"):
        placed(names, 12, pictures=pictures)
    assert placed(names, 12, pictures=pictures, first_frame=1) == list(range(2, 12))


@pytest.mark.parametrize(
    ("names", "frame_count", "expected"),
    [
        (["img_00000.jpg", "img_00005.jpg", "img_00010.jpg"], 100, [0, 5, 10]),
        (["frame7.jpg", "frame8.jpg", "frame9.jpg"], 3, [0, 1, 2]),
        (["frame9.jpg", "frame10.jpg", "frame8.jpg"], 3, [1, 2, 0]),
        (["5.png", "12.png"], 12, [4, 11]),
        (["99999.png", "100000.png", "0.png"], 100_001, [99_999, 100_000, 0]),
        (["b.jpg", "a.jpg", "c.jpg"], 3, [1, 0, 2]),
        (["10_2.png", "9_7.png", "11_1.png"], 3, [1, 0, 2]),
        (["10/a.png", "9/a.png", "11/a.png"], 3, [1, 0, 2]),
        (["1003.png", "1000.png", "1011.png"], 12, [3, 0, 11]),
        (["a_mp4-0003_jpg.rf.c9e6e7b69f98f516a54cfe2c9e25fb3f.jpg"], 30, [3]),
        (["a_mp4-0003_jpg.rf.11111111112222222222333333333344.jpg"], 30, [3]),
        (["a_mp4-0003_jpg.rf.Zq3xK9.jpg"], 30, [3]),
        (["frame_000007.PNG", "frame_000009.PNG"], 30, [7, 9]),
    ],
)
def test_numbers_in_names_are_frames_where_they_fit_in_one_way(
    names: list[str], frame_count: int, expected: list[int]
) -> None:
    assert placed(names, frame_count) == expected


@pytest.mark.parametrize(
    ("names", "frame_count", "message"),
    [
        (["img_10.png", "img_15.png"], 24, "numbers 10 to 15, .* from 0 and from 1; .*--first-fr"),
        (["img_1.png", "img_2.png"], 24, "--first-frame N"),
        (["cam2_frame_12.png"], 24, "numbers 12 to 12"),
        (["img_1003.png", "img_1007.png"], 12, "begins elsewhere; .*--first-frame N"),
        (["img_0.png", "img_30.png"], 24, "give the video that was annotated"),
        (["a.png", "b.png"], 24, "tell no frame, the video has 24 frames"),
        # Two numbers that may be the frame, and nothing but a time of day.
        (["000003_9.png", "000004_2.png"], 24, "tell no frame"),
        (["2024-05-13_12-30-00.png", "2024-05-13_12-30-05.png"], 24, "tell no frame"),
        (["snap-2024-05-13-12h30m05s000.png", "snap-2024-05-13-12h30m05s003.png"], 24, "no frame"),
        # Hashes have no order.
        ([f"{'0b1c' * 7}{n}f2a.png" for n in range(1, 4)], 3, "have no order"),
    ],
)
def test_what_fits_in_several_ways_or_none_is_asked(
    names: list[str], frame_count: int, message: str
) -> None:
    with pytest.raises(AnnotationError, match=f"^a.json: .*{message}"):
        placed(names, frame_count)


def test_the_user_says_the_number_of_the_first_frame() -> None:
    assert placed(["img_10.png", "img_15.png"], 24, first_frame=1) == [9, 14]
    assert placed(["img_10.png", "img_15.png"], 24, first_frame=0) == [10, 15]
    assert placed(["frame_0010.png"], 24, pictures=NUMBERED, first_frame=0) == [10]
    # A picture was taken out of the folder.
    names = ["frame_0003.png", "frame_0010.png"]
    assert placed(names, 9, pictures=NUMBERED[:9], first_frame=1) == [2, None]


def test_names_of_nothing_but_a_hash_are_not_alike() -> None:
    with pytest.raises(AnnotationError, match="tell no frame"):
        placed(["0a1b2c3d4e5f.png", "1b2c3d4e5f60.png"], 1, pictures=["9f8e7d6c5b4a.png"])


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["cam2_frame_12.png", "cam2_frame_3.png"], [12, 3]),
        (["frame_12_cam2.png", "frame_3_cam2.png"], [12, 3]),
        (["cam2_frame_12.png"], [12]),
        (["2024-05-13_0007.png"], [7]),
        (["20240513_000012.png", "20240513_000013.png"], [12, 13]),
        (["0a1b2c3d-frame_3.png", "12345678-frame_4.png"], [3, 4]),
        (["frame_3_9b2fe1.png", "frame_4_77aa12.png"], [3, 4]),
        (["3_550e8400-e29b-41d4-a716-446655440000.png"], [3]),
        (["street_1080p_30fps_12.png"], [12]),
        (["clip_640x480_h264_12.png"], [12]),
        (["s01e02f0003.png", "s01e02f0004.png"], [3, 4]),
        (["frame_000123_t4.92.png", "frame_000124_t5.92.png"], [123, 124]),
        (["frame_3.png", "IMG_4.png"], [3, 4]),
        (["0000000012.png", "0000000013.png"], [12, 13]),
        (["00000000000000000012.png"], [12]),
        (["1715603405123456789_12.png"], [12]),
        (["a.png", "b.png"], None),
        (["cam1_5.png", "cam1_5.jpg"], None),
    ],
)
def test_digits_that_are_no_frame_number_do_not_count(
    names: list[str], expected: list[int] | None
) -> None:
    assert number_in_names(names, 300) == expected


# --- through the formats


def square(frame: int) -> list[list[int]]:
    return [[2 + frame, 10], [12 + frame, 10], [12 + frame, 20], [2 + frame, 20]]


def flat(frame: int) -> list[int]:
    return [value for point in square(frame) for value in point]


def lefts(imported: ImportedSequence) -> dict[int, int]:
    """Frame -> left edge of its square less 2: the frame that it was drawn for."""
    return {
        index: tracked.instances.cropped_masks()[0].box[0] - 2 for index, tracked in imported.frames
    }


def write_coco(path: Path, names: dict[int, str], **more: object) -> Path:
    content = {
        "images": [
            {"id": frame, "file_name": name, "height": 48, "width": 64}
            for frame, name in names.items()
        ],
        "categories": [{"id": 1, "name": "car"}],
        "annotations": [
            {
                "id": frame + 1,
                "image_id": frame,
                "category_id": 1,
                "segmentation": [flat(frame)],
            }
            for frame in names
        ],
        **more,
    }
    path.write_text(json.dumps(content))
    return path


def write_labelme(folder: Path, names: dict[int, str]) -> Path:
    folder.mkdir()
    for frame, name in names.items():
        shape = {"label": "car", "points": square(frame), "group_id": 1, "shape_type": "polygon"}
        content = {"shapes": [shape], "imageHeight": 48, "imageWidth": 64, "imagePath": name}
        (folder / name).with_suffix(".json").write_text(json.dumps(content))
    return folder


def write_davis(folder: Path, names: dict[int, str], *, inside: str = "") -> Path:
    (folder / inside).mkdir(parents=True)
    for frame, name in names.items():
        pixels = np.zeros(SIZE, np.uint16 if inside else np.uint8)
        pixels[10:20, 2 + frame : 12 + frame] = 1001 if inside else 1
        Image.fromarray(pixels).save(folder / inside / name)
    return folder


def write_youtube_vis(path: Path, names: dict[int, str]) -> Path:
    video = {"id": 1, "height": 48, "width": 64, "length": len(names)}
    rings = [[flat(frame)] for frame in names]
    track = {"id": 1, "video_id": 1, "category_id": 1, "segmentations": rings}
    content = {
        "videos": [{**video, "file_names": list(names.values())}],
        "categories": [{"id": 1, "name": "car"}],
        "annotations": [track],
    }
    path.write_text(json.dumps(content))
    return path


def write_mots(folder: Path, first: int, frames: list[int]) -> Path:
    from pycocotools import mask as coco_mask

    folder.mkdir(exist_ok=True)
    lines = []
    for frame in frames:
        pixels = np.zeros(SIZE, np.uint8, order="F")
        pixels[10:20, 2 + frame : 12 + frame] = 1
        counts = coco_mask.encode(pixels)["counts"].decode()
        lines.append(f"{frame + first} 2001 2 48 64 {counts}\n")
    (folder / "0002.txt").write_text("".join(lines))
    return folder / "0002.txt"


WRITERS = {
    "coco": lambda folder, names: write_coco(folder / "a.json", names),
    "labelme": lambda folder, names: write_labelme(folder / "a", names),
    "davis": lambda folder, names: write_davis(folder / "a", names),
    "mots-png": lambda folder, names: write_davis(folder / "a", names, inside="instances"),
    "youtube-vis": lambda folder, names: write_youtube_vis(folder / "a.json", names),
}


@pytest.mark.parametrize("format_name", WRITERS)
def test_every_format_places_pictures_by_name(tmp_path: Path, format_name: str) -> None:
    write = WRITERS[format_name]
    unpadded = {frame: f"frame{frame}.png" for frame in range(12)}
    path = write(tmp_path, unpadded)
    found = read_annotations(path, format=format_name, target=ImportTarget(SIZE, 12))
    assert lefts(found) == {frame: frame for frame in range(12)}
    assert found.assumptions


@pytest.mark.parametrize("format_name", WRITERS)
def test_every_format_compares_names_with_a_folder_and_asks_without(
    tmp_path: Path, format_name: str
) -> None:
    names = {frame: NUMBERED[frame] for frame in (9, 14, 19)}
    path = WRITERS[format_name](tmp_path, names)
    folder = ImportTarget(SIZE, 24, picture_names=NUMBERED)
    found = read_annotations(path, format=format_name, target=folder)
    assert lefts(found) == {9: 9, 14: 14, 19: 19}
    with pytest.raises(AnnotationError, match="--first-frame"):
        read_annotations(path, format=format_name, target=ImportTarget(SIZE, 24))
    told = ImportTarget(SIZE, 24, first_frame=1)
    found = read_annotations(path, format=format_name, target=told)
    assert lefts(found) == {9: 9, 14: 14, 19: 19}


def test_mots_frames_are_counted_as_all_of_them_allow(tmp_path: Path) -> None:
    def read(first: int, frames: list[int], **told: Any) -> dict[int, int]:
        path = write_mots(tmp_path, first, frames)
        return lefts(read_annotations(path, target=ImportTarget(SIZE, 12, **told)))

    assert read(1, [*range(12)]) == {frame: frame for frame in range(12)}
    assert read(0, [0, 3, 7]) == {0: 0, 3: 3, 7: 7}
    assert read(1, [2, 11]) == {2: 2, 11: 11}
    # KITTI counts from 0; here frame 0 is empty.
    with pytest.raises(AnnotationError, match=r"0002.txt: .*numbers 1 to 11.*--first-frame"):
        read(0, [*range(1, 12)])
    assert read(0, [*range(1, 12)], first_frame=0) == {frame: frame for frame in range(1, 12)}
    pictures = [f"{frame:06d}.png" for frame in range(12)]
    assert read(0, [*range(1, 12)], picture_names=pictures) == {f: f for f in range(1, 12)}
    sparse = [f"{frame * 5:06d}.png" for frame in range(12)]
    path = write_mots(tmp_path, 0, [5, 20])
    target = ImportTarget(SIZE, 12, picture_names=sparse)
    assert lefts(read_annotations(path, target=target)) == {1: 5, 4: 20}
    (tmp_path / "seqinfo.ini").write_text("[Sequence]\n")
    assert read(1, [2, 5]) == {2: 2, 5: 5}


def test_labelme_pictures_of_another_name_are_found_by_image_path(tmp_path: Path) -> None:
    folder = write_labelme(tmp_path / "a", {3: "frame_0004.png", 7: "frame_0008.png"})
    for number, file in enumerate(sorted(folder.iterdir())):
        file.rename(folder / f"annotation {'ab'[number]}.json")
    target = ImportTarget(SIZE, 24, picture_names=NUMBERED)
    assert lefts(read_annotations(folder, target=target)) == {3: 3, 7: 7}


def test_pictures_that_are_not_in_the_folder_are_counted(tmp_path: Path) -> None:
    names = {3: NUMBERED[3], 4: "of another set.png"}
    found = read_annotations(
        write_coco(tmp_path / "a.json", names),
        target=ImportTarget(SIZE, 24, picture_names=NUMBERED),
    )
    assert lefts(found) == {3: 3}
    assert found.remarks.lines == [
        "left out, its picture is not in the folder: 1 (of another set.png)"
    ]


def test_the_only_file_of_a_folder_is_read_whatever_its_name(tmp_path: Path) -> None:
    write_coco(tmp_path / "_annotations.coco.json", {0: "0.png", 3: "3.png"})
    found = read_annotations(tmp_path, target=ImportTarget(SIZE, 4))
    assert lefts(found) == {0: 0, 3: 3}


def test_the_same_frame_twice_is_refused(tmp_path: Path) -> None:
    names = {
        3: "a_mp4-0003_jpg.rf.c9e6e7b69f98f516a54cfe2c9e25fb3f.jpg",
        4: "a_mp4-0003_jpg.rf.0a1b2c3d4e5f60718293a4b5c6d7e8f9.jpg",
    }
    path = write_coco(tmp_path / "a.json", names)
    with pytest.raises(AnnotationError, match="tell no frame"):
        read_annotations(path, target=ImportTarget(SIZE, 24))


def test_cocovid_of_several_videos_and_frame_ids(tmp_path: Path) -> None:
    names = {frame: f"street/{frame * 7:05d}.jpg" for frame in range(4)}
    path = write_coco(tmp_path / "a.json", names, videos=[{"id": 5, "name": "street"}])
    content = json.loads(path.read_text())
    for image in content["images"]:
        image.update(video_id=5, frame_id=image["id"] + 1)
    content["videos"].append({"id": 6, "name": "park"})
    content["images"].append(
        {"id": 99, "video_id": 6, "frame_id": 0, "file_name": "x", "height": 48, "width": 64}
    )
    for annotation in content["annotations"]:
        annotation["instance_id"] = 0
    path.write_text(json.dumps(content))
    imported = read_annotations(path, target=ImportTarget(SIZE, 9, name="street"))
    frames = dict(imported.frames)
    assert list(frames) == [1, 2, 3, 4]
    assert {i for tracked in frames.values() for i in tracked.track_ids.tolist()} == {1}
    content["images"][1]["frame_id"] = 1
    path.write_text(json.dumps(content))
    with pytest.raises(AnnotationError, match="several images are of one frame"):
        read_annotations(path, target=ImportTarget(SIZE, 9, name="street"))
    with pytest.raises(AnnotationError, match="2 videos, 2 of which fit"):
        read_annotations(path, target=ImportTarget(SIZE, 9, name="other"))


def test_frame_ids_that_are_the_names_numbers_may_count_from_1(tmp_path: Path) -> None:
    target = ImportTarget(SIZE, 12)
    path = write_coco(tmp_path / "a.json", {3: "v/000004.jpg", 7: "v/000008.jpg"})
    content = json.loads(path.read_text())

    def count_from(first: int) -> None:
        for image, frame in zip(content["images"], (3, 7), strict=True):
            image["frame_id"] = frame + first
        path.write_text(json.dumps(content))

    count_from(0)
    assert list(dict(read_annotations(path, target=target).frames)) == [3, 7]
    count_from(1)
    with pytest.raises(AnnotationError, match=r"numbers 4 to 8, .*--first-frame N"):
        read_annotations(path, target=target)
    target = ImportTarget(SIZE, 12, first_frame=1)
    assert list(dict(read_annotations(path, target=target).frames)) == [3, 7]
    for image in content["images"]:
        image["frame_index"] = image["frame_id"]
    count_from(1)
    assert list(dict(read_annotations(path, target=target).frames)) == [3, 7]


def test_a_video_of_the_name_that_does_not_fit_is_not_replaced_by_another(tmp_path: Path) -> None:
    path = write_coco(tmp_path / "a.json", {0: "street/0.jpg", 1: "street/1.jpg"})
    content = json.loads(path.read_text())
    content["videos"] = [{"id": 1, "name": "street"}, {"id": "2", "file_name": "park.mp4"}]
    for image in content["images"]:
        image.update(video_id=1)
    large = {"height": 96, "width": 128, "video_id": "2"}
    content["images"].append({"id": "p", "file_name": "park/0.jpg", **large})
    path.write_text(json.dumps(content))
    for name in ("street", "other"):
        imported = read_annotations(path, target=ImportTarget(SIZE, 2, name=name))
        assert list(dict(imported.frames)) == [0, 1]
    with pytest.raises(AnnotationError, match="its video park has another size or more frames"):
        read_annotations(path, target=ImportTarget(SIZE, 2, name="park"))


def test_youtube_vis_ids_of_videos_may_be_text(tmp_path: Path) -> None:
    path = write_youtube_vis(tmp_path / "a.json", {0: "0.jpg", 1: "1.jpg"})
    content = json.loads(path.read_text())
    for annotation in content["annotations"]:
        annotation["video_id"] = str(annotation["video_id"])
    path.write_text(json.dumps(content))
    assert list(dict(read_annotations(path, target=ImportTarget(SIZE, 2)).frames)) == [0, 1]
