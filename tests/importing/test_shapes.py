"""Shapes and masks as other tools write them: painted, or left out, counted and named."""

from __future__ import annotations

import base64
import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from blendmask_live.errors import AnnotationError
from blendmask_live.importing import ImportedSequence, ImportTarget, read_annotations
from blendmask_live.importing.labelme import mask_of_shape
from blendmask_live.masks.crops import whole_frame_masks

SIZE = (120, 160)


def png(mask: NDArray[np.bool_]) -> str:
    stream = io.BytesIO()
    Image.fromarray(mask).save(stream, "PNG")
    return base64.b64encode(stream.getvalue()).decode()


# --- labelme


@pytest.mark.parametrize(
    ("kind", "points", "area", "box"),
    [
        # As labelme 7.9.1 paints them.
        ("circle", [[100, 85], [112, 85]], 489, (88, 73, 113, 98)),
        ("circle", [[100.5, 85.25], [112.3, 80]], 569, (87, 72, 114, 99)),
        ("circle", [[5, 5], [20, 5]], 384, (0, 0, 21, 21)),
        ("point", [[80, 85]], 97, (75, 80, 86, 91)),
        ("line", [[10, 10], [50, 10]], 410, (10, 6, 51, 16)),
        ("line", [[10, 10], [50, 50]], 608, (7, 7, 55, 55)),
        ("linestrip", [[10, 10], [50, 10], [50, 40]], 701, (10, 6, 56, 41)),
        # Outlines run between pixels, as everywhere here.
        ("rectangle", [[5, 30], [25, 50]], 400, (5, 30, 25, 50)),
        ("rectangle", [[25, 50], [5, 30]], 400, (5, 30, 25, 50)),
        ("rectangle", [[5, 30], [25, 30], [25, 50], [5, 50]], 400, (5, 30, 25, 50)),
        ("oriented_rectangle", [[50, 20], [70, 40], [60, 50], [40, 30]], 400, (40, 20, 70, 49)),
        ("rotation", [[50, 20], [70, 40], [60, 50], [40, 30]], 400, (40, 20, 70, 49)),
        ("polygon", [[150, 100], [200, 100], [200, 140], [150, 140]], 200, (150, 100, 160, 120)),
    ],
)
def test_labelme_shapes_are_painted(
    kind: str, points: list[list[float]], area: int, box: tuple[int, int, int, int]
) -> None:
    crop = mask_of_shape({"shape_type": kind, "points": points}, SIZE).tight()
    assert abs(crop.area - area) <= (20 if kind in ("oriented_rectangle", "rotation") else 0)
    assert crop.box == box


@pytest.mark.parametrize(
    ("points", "box"),
    [
        ([[5.4, 30.6], [25.4, 50.6]], (5, 31, 26, 52)),
        ([[5.5, 30.5], [25.5, 50.5]], (6, 30, 27, 51)),
        ([[5.2, 30.0], [24.4, 50.0]], (5, 30, 26, 51)),
        ([[-3, -2], [17, 18]], (0, 0, 18, 19)),
        ([[150, 110], [170, 130]], (150, 110, 160, 120)),
    ],
)
def test_labelme_masks_are_rounded_and_cut_as_labelme_does(
    points: list[list[float]], box: tuple[int, int, int, int]
) -> None:
    shape = {"shape_type": "mask", "points": points, "mask": png(np.ones((21, 21), bool))}
    crop = mask_of_shape(shape, SIZE)
    assert crop.box == box
    assert crop.area == (box[2] - box[0]) * (box[3] - box[1])


def test_the_cut_mask_keeps_its_place(tmp_path: Path) -> None:
    mask = np.random.default_rng(1).random((21, 21)) < 0.5
    shape = {"shape_type": "mask", "points": [[-3, 110], [17, 130]], "mask": png(mask)}
    (painted,) = whole_frame_masks([mask_of_shape(shape, SIZE)], SIZE)
    assert (painted[110:, :18] == mask[:10, 3:]).all()
    assert painted.sum() == mask[:10, 3:].sum()


def labelme(folder: Path, *frames: list[dict[str, Any]]) -> Path:
    folder.mkdir()
    for number, shapes in enumerate(frames):
        content = {"imageHeight": 120, "imageWidth": 160, "shapes": shapes}
        (folder / f"{number}.json").write_text(json.dumps(content))
    return folder


def box_shape(label: str, group: Any, left: int = 10) -> dict[str, Any]:
    return {
        "label": label,
        "group_id": group,
        "shape_type": "rectangle",
        "points": [[left, 10], [left + 5, 20]],
    }


def ids_of(imported: ImportedSequence) -> list[dict[str, list[int]]]:
    """For each frame: class -> track ids."""
    found = []
    for _, tracked in imported.frames:
        names = tracked.instances.class_names
        rows: dict[str, list[int]] = {}
        for name, track_id in zip(names, tracked.track_ids.tolist(), strict=True):
            rows.setdefault(name, []).append(track_id)
        found.append(rows)
    return found


def test_labelme_objects_are_label_and_group(tmp_path: Path) -> None:
    shapes = [box_shape("car", 1), box_shape("ball", 1, 40), box_shape("car", 1, 70)]
    folder = labelme(tmp_path / "a", shapes, [box_shape("ball", 1)])
    imported = read_annotations(folder, target=ImportTarget(SIZE, 2))
    first, second = ids_of(imported)
    assert first["car"] == [1] and first["ball"] == [2]
    assert second == {"ball": [2]}


def test_labelme_groups_from_0_names_and_none_are_identities(tmp_path: Path) -> None:
    shapes = [
        box_shape("car", 0),
        box_shape("car", 1, 30),
        box_shape("car", "left one", 50),
        box_shape("car", None, 70),
        box_shape("car", 1e308, 90),
        box_shape("car", [], 110),
        box_shape("car", -1, 130),
    ]
    folder = labelme(tmp_path / "a", shapes, shapes)
    first, second = ids_of(read_annotations(folder, target=ImportTarget(SIZE, 2)))
    assert len(set(first["car"])) == 7
    kept = set(first["car"]) & set(second["car"])
    # What has no identity (none, [], -1) is a track of its own in each frame.
    assert len(kept) == 4
    assert {1, 2} <= kept


# --- CVAT


def cvat(path: Path, tracks: str, meta: str = "") -> Path:
    path.write_text(
        "<annotations><version>1.1</version><meta><task><labels>"
        f"<label><name>car</name></label></labels>{meta}</task></meta>{tracks}</annotations>"
    )
    return path


def track(shapes: str, number: int = 0) -> str:
    return f'<track id="{number}" label="car">{shapes}</track>'


def polygon(frame: int, *, outside: int = 0, left: int = 5) -> str:
    points = f"{left},30;{left + 20},30;{left + 20},50;{left},50"
    return f'<polygon frame="{frame}" outside="{outside}" points="{points}"/>'


def frames_of(path: Path, frame_count: int = 30, **target: Any) -> list[int]:
    imported = read_annotations(path, target=ImportTarget(SIZE, frame_count, **target))
    return [index for index, _ in imported.frames]


@pytest.mark.parametrize(
    ("meta", "shapes", "expected"),
    [
        ("", [27], [27, 28, 29]),
        ("<start_frame>5</start_frame><stop_frame>14</stop_frame>", [5, 12], range(5, 15)),
        ("<size>10</size><start_frame>5</start_frame>", [5, 12], range(5, 15)),
        (
            "<size>6</size><start_frame>0</start_frame><stop_frame>29</stop_frame>"
            "<frame_filter>step=5</frame_filter>",
            [0, 5, 10],
            range(0, 30, 5),
        ),
        (
            "<size>4</size><start_frame>2</start_frame><stop_frame>14</stop_frame>"
            "<frame_filter>step = 3</frame_filter>",
            [5],
            [5, 8, 11, 14],
        ),
        # Numbers within the task, as some tools write them.
        (
            "<size>4</size><start_frame>20</start_frame><stop_frame>29</stop_frame>"
            "<frame_filter>step=3</frame_filter>",
            [0, 1],
            [20, 23, 26, 29],
        ),
        # Two jobs: the track of the first one ends with it.
        (
            "<start_frame>2</start_frame><stop_frame>21</stop_frame><segments><segment>"
            "<start>0</start><stop>9</stop></segment><segment><start>10</start><stop>19</stop>"
            "</segment></segments>",
            [9],
            [9, 10, 11],
        ),
    ],
)
def test_a_cvat_shape_holds_to_the_end_of_its_job_on_the_frames_of_the_task(
    tmp_path: Path, meta: str, shapes: list[int], expected: list[int]
) -> None:
    path = cvat(tmp_path / "a.xml", track("".join(polygon(frame) for frame in shapes)), meta)
    assert frames_of(path) == list(expected)


def test_a_cvat_job_tells_its_own_frames(tmp_path: Path) -> None:
    path = cvat(
        tmp_path / "a.xml",
        track(polygon(10)),
        "<start_frame>10</start_frame><stop_frame>12</stop_frame>",
    )
    path.write_text(path.read_text().replace("task>", "job>"))
    assert frames_of(path) == [10, 11, 12]


def test_frames_behind_those_of_the_cvat_task_are_asked_about(tmp_path: Path) -> None:
    meta = "<size>10</size><start_frame>0</start_frame><stop_frame>9</stop_frame>"
    path = cvat(tmp_path / "a.xml", track(polygon(18)), meta)
    with pytest.raises(AnnotationError, match=r"frames 18 to 18, the task has 0 to 9; .*--first-f"):
        frames_of(path)
    assert frames_of(path, first_frame=15) == list(range(3, 10))


def test_jobs_of_a_cvat_task_end_with_a_video_that_has_fewer_frames(tmp_path: Path) -> None:
    meta = (
        "<start_frame>0</start_frame><stop_frame>31</stop_frame><segments><segment>"
        "<start>0</start><stop>31</stop></segment></segments>"
    )
    path = cvat(tmp_path / "a.xml", track(polygon(27)), meta)
    assert frames_of(path) == [27, 28, 29]
    imported = read_annotations(path, target=ImportTarget(SIZE, 30))
    assert imported.assumptions == ["the task's frames up to 31 are more than the video has, 30"]


def test_cvat_files_of_several_tasks_are_refused_by_name(tmp_path: Path) -> None:
    path = cvat(tmp_path / "a.xml", track(polygon(1)))
    path.write_text(path.read_text().replace("</meta>", "<task><id>2</id></task></meta>"))
    with pytest.raises(AnnotationError, match="holds 2 tasks"):
        frames_of(path)


def test_cvat_boxes_and_ellipses_have_pixels_turned_too(tmp_path: Path) -> None:
    shapes = [
        '<box frame="0" outside="0" xtl="10" ytl="30" xbr="50" ybr="50"/>',
        '<box frame="0" outside="0" xtl="60" ytl="30" xbr="100" ybr="50" rotation="90.0"/>',
        '<ellipse frame="0" outside="0" cx="30" cy="80" rx="20" ry="10"/>',
        '<ellipse frame="0" outside="0" cx="80" cy="80" rx="20" ry="10" rotation="90"/>',
        '<ellipse frame="0" outside="0" cx="130" cy="80" rx="20" ry="10" rotation="45"/>',
    ]
    ended = [track(s + s.replace("0", "1", 1), n) for n, s in enumerate(shapes)]
    imported = read_annotations(
        cvat(tmp_path / "a.xml", "".join(ended)), target=ImportTarget(SIZE, 2)
    )
    crops = next(iter(imported.frames))[1].instances.cropped_masks()
    assert [crop.box for crop in crops[:4]] == [
        (10, 30, 50, 50),
        (70, 20, 90, 60),
        (10, 70, 50, 90),
        (70, 60, 90, 100),
    ]
    assert [crop.area for crop in crops[:2]] == [800, 800]
    assert all(abs(crop.area - np.pi * 200) < 15 for crop in crops[2:])
    # Clockwise: the long way goes from top left to bottom right.
    turned = crops[4].mask
    assert turned[5, 5] and not turned[5, -6]


def test_cvat_boxes_move_between_keyframes(tmp_path: Path) -> None:
    box = '<box frame="{}" outside="{}" xtl="{}" ytl="30" xbr="{}" ybr="50"/>'
    shapes = box.format(2, 0, 10, 30) + box.format(6, 0, 50, 70) + box.format(7, 1, 50, 70)
    imported = read_annotations(
        cvat(tmp_path / "a.xml", track(shapes)), target=ImportTarget(SIZE, 30)
    )
    lefts = {i: t.instances.cropped_masks()[0].box[0] for i, t in imported.frames}
    assert lefts == {2: 10, 3: 20, 4: 30, 5: 40, 6: 50}


def test_cvat_shapes_without_area_are_counted_and_named(tmp_path: Path) -> None:
    shapes = (
        '<points frame="3" outside="0" points="1,1"/><points frame="4" outside="1" points="1,1"/>'
        '<polyline frame="3" outside="0" points="1,1;5,5"/>'
        '<skeleton frame="5" outside="0"><points frame="5" points="1,1"/></skeleton>'
        '<cuboid frame="6" outside="0"/>'
    )
    path = cvat(tmp_path / "a.xml", track(shapes) + track(polygon(28), 1))
    imported = read_annotations(path, target=ImportTarget(SIZE, 30))
    assert [index for index, _ in imported.frames] == [28, 29]
    assert imported.remarks.lines == [
        "left out, <points> has no area: 1 (track 0, frame 3)",
        "left out, <polyline> has no area: 1 (track 0, frame 3)",
        "left out, <skeleton> has no area: 1 (track 0, frame 5)",
        "left out, <cuboid> has no area: 1 (track 0, frame 6)",
    ]


# --- mask pictures

BLOCKS = np.zeros(SIZE, np.uint8)
BLOCKS[10:20, 10:30], BLOCKS[40:50, 10:40] = 1, 2


def masks_of(folder: Path, *pictures: Image.Image) -> list[dict[int, int]]:
    """Saved as a folder and imported: for each frame with masks, track id -> area."""
    folder.mkdir()
    for number, picture in enumerate(pictures):
        picture.save(folder / f"{number:05d}.png")
    imported = read_annotations(folder, target=ImportTarget(SIZE, len(pictures)))
    return [
        {
            track: crop.area
            for track, crop in zip(
                tracked.track_ids.tolist(), tracked.instances.cropped_masks(), strict=True
            )
        }
        for _, tracked in imported.frames
    ]


def grey(values: NDArray[Any]) -> Image.Image:
    return Image.fromarray(values.astype(np.uint8))


def palette(values: NDArray[Any], colours: list[int]) -> Image.Image:
    picture = grey(values)
    picture.putpalette(colours)
    return picture


DAVIS_COLOURS = [0, 0, 0, 128, 0, 0, 0, 128, 0] + [99] * 247 * 3


def test_0_and_255_alone_are_one_object(tmp_path: Path) -> None:
    assert masks_of(tmp_path / "grey", grey((BLOCKS > 0) * 255)) == [{1: 500}]
    one_bit = Image.fromarray(BLOCKS > 0)
    assert one_bit.mode == "1"
    assert masks_of(tmp_path / "bit", one_bit) == [{1: 500}]
    assert masks_of(tmp_path / "ones", grey(BLOCKS > 0)) == [{1: 500}]
    assert masks_of(tmp_path / "palette", palette((BLOCKS > 0) * 255, DAVIS_COLOURS)) == [{1: 500}]
    white = Image.fromarray(np.repeat(((BLOCKS > 0) * 255).astype(np.uint8)[..., None], 3, 2))
    assert masks_of(tmp_path / "rgb", white) == [{1: 500}]
    wide = Image.fromarray(((BLOCKS > 0) * 65535).astype(np.uint16))
    assert masks_of(tmp_path / "wide", wide) == [{1: 500}]


def test_soft_edges_of_a_white_mask_are_no_objects(tmp_path: Path) -> None:
    smooth = grey((BLOCKS > 0) * 255).filter(ImageFilter.GaussianBlur(1))
    area = int((np.asarray(smooth) >= 128).sum())
    assert area > 400
    empty = grey(BLOCKS * 0)
    assert masks_of(tmp_path / "soft", empty, smooth, smooth) == [{1: area}, {1: area}]
    # Many objects and void are objects and void.
    many = np.repeat(np.arange(1, SIZE[1] // 4 + 1), 4) * np.ones((SIZE[0], 1))
    many[:, -8:] = 255
    assert len(masks_of(tmp_path / "many", grey(many))[0]) > 16


def test_255_beside_other_objects_is_void_in_every_frame(tmp_path: Path) -> None:
    with_void = np.where(BLOCKS == 2, 255, BLOCKS)
    void_alone = np.where(BLOCKS == 2, 255, 0)
    assert masks_of(tmp_path / "a", grey(void_alone), grey(with_void)) == [{1: 200}]


def test_masks_in_the_colours_of_the_davis_palette_are_its_numbers(tmp_path: Path) -> None:
    numbered = np.where(BLOCKS == 2, 9, BLOCKS)
    colours = np.array([(0, 0, 0)] + [(128, 0, 0)] * 8 + [(192, 0, 0)], np.uint8)
    assert masks_of(tmp_path / "a", Image.fromarray(colours[numbered])) == [{1: 200, 9: 300}]
    alpha = np.full((*SIZE, 1), 255, np.uint8)
    rgba = Image.fromarray(np.concatenate([colours[numbered], alpha], axis=2))
    assert masks_of(tmp_path / "b", rgba) == [{1: 200, 9: 300}]


def test_hidden_files_and_strange_folders_beside_masks_are_no_masks(tmp_path: Path) -> None:
    folder = tmp_path / "a"
    folder.mkdir()
    for number in range(2):
        palette(BLOCKS, DAVIS_COLOURS).save(folder / f"{number:05d}.png")
    (folder / "._00000.png").write_bytes(b"\0\5\26\7")
    (folder / ".DS_Store").write_bytes(b"\0")
    for name in ("part2 copy", "part2.bak", "parts", "part"):
        (folder / name).mkdir()
        palette(BLOCKS, DAVIS_COLOURS).save(folder / name / "00000.png")
    frames = list(read_annotations(folder, target=ImportTarget(SIZE, 2)).frames)
    assert [tracked.track_ids.tolist() for _, tracked in frames] == [[1, 2], [1, 2]]


def test_suffixes_in_capitals_are_suffixes(tmp_path: Path) -> None:
    folder = tmp_path / "a"
    folder.mkdir()
    grey(BLOCKS).save(folder / "00000.PNG")
    ((_, tracked),) = read_annotations(folder, target=ImportTarget(SIZE, 1)).frames
    assert tracked.track_ids.tolist() == [1, 2]


def test_kitti_pictures_of_a_sequence_are_mots(tmp_path: Path) -> None:
    folder = tmp_path / "0002"
    folder.mkdir()
    values = np.select([BLOCKS == 1, BLOCKS == 2], [1007, 10_000]).astype(np.uint16)
    Image.fromarray(values).save(folder / "000000.png")
    imported = read_annotations(folder, target=ImportTarget(SIZE, 1))
    ((_, tracked),) = imported.frames
    assert tracked.instances.class_names == ("car",)
    assert [crop.area for crop in tracked.instances.cropped_masks()] == [200]


def test_strange_folders_beside_mots_are_no_parts(tmp_path: Path) -> None:
    (tmp_path / "part2 copy").mkdir()
    wide = BLOCKS.astype(np.uint16) + np.where(BLOCKS, 1000, 0).astype(np.uint16)
    (tmp_path / "instances").mkdir()
    Image.fromarray(wide).save(tmp_path / "instances/000001.png")
    (tmp_path / "instances/._000001.png").write_bytes(b"\0")
    ((_, tracked),) = read_annotations(tmp_path, target=ImportTarget(SIZE, 1)).frames
    assert len(tracked.track_ids) == 2


# --- identities and kinds of JSON


def coco(path: Path, annotations: list[list[dict[str, Any]]]) -> ImportedSequence:
    """One list of annotations for each frame."""
    content = {
        "images": [
            {"id": frame, "frame_index": frame, "height": 120, "width": 160}
            for frame in range(len(annotations))
        ],
        "categories": [{"id": 1, "name": "car"}, {"id": 2, "name": "ball"}],
        "annotations": [
            {
                "id": 100 * frame + row,
                "image_id": frame,
                "category_id": 1,
                "segmentation": [[row * 9, 2, row * 9 + 5, 2, row * 9 + 5, 8, row * 9, 8]],
                **item,
            }
            for frame, items in enumerate(annotations)
            for row, item in enumerate(items)
        ],
    }
    path.write_text(json.dumps(content))
    return read_annotations(path, target=ImportTarget(SIZE, len(annotations)))


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([3, 8], [3, 8]),
        ([0, 1], [1, 2]),
        (["7", "12"], [7, 12]),
        (["7.0", " 12 "], [7, 12]),
        ([7.0, 12.0], [7, 12]),
        (["car-a", "car-b"], [1, 2]),
        ([2**40, 5], [6, 5]),
        ([1e308, 5], [6, 5]),
    ],
)
@pytest.mark.parametrize("field", ["track_id", "instance_id", "object_id", "attributes"])
def test_identities_of_any_kind_make_tracks(
    tmp_path: Path, field: str, values: list[Any], expected: list[int]
) -> None:
    def item(value: Any) -> dict[str, Any]:
        return {field: {"track_id": value, "keyframe": True} if field == "attributes" else value}

    frames = [[item(value) for value in values]] * 3
    assert [f["car"] for f in ids_of(coco(tmp_path / "a.json", frames))] == [expected] * 3


@pytest.mark.parametrize(
    "value",
    [
        [],
        {},
        None,
        True,
        -1,
        1.5,
        float("nan"),
        "",
        " ",
        "-1",
        "-1.0",
        "None",
        "null",
        "NaN",
        "n/a",
    ],
)
def test_what_is_no_identity_makes_tracks_of_their_own(tmp_path: Path, value: Any) -> None:
    frames = [[{"track_id": 4}, {"track_id": value}]] * 2
    first, second = (f["car"] for f in ids_of(coco(tmp_path / "a.json", frames)))
    assert first[0] == second[0] == 4
    assert first[1] != second[1]


def test_youtube_vis_ids_from_0_and_cvat_ids_from_0_are_tracks(tmp_path: Path) -> None:
    entry = {"video_id": 0, "category_id": 1, "segmentations": [[[2, 2, 9, 2, 9, 9, 2, 9]]]}
    content = {
        "videos": [{"id": 0, "height": 120, "width": 160, "file_names": ["a/00000.jpg"]}],
        "categories": [{"id": 1, "name": "car"}],
        "annotations": [{"id": 0, **entry}, {"id": 1, **entry}],
    }
    (tmp_path / "a.json").write_text(json.dumps(content))
    target = ImportTarget(SIZE, 1)
    assert ids_of(read_annotations(tmp_path / "a.json", target=target)) == [{"car": [1, 2]}]
    path = cvat(tmp_path / "a.xml", track(polygon(0), 0) + track(polygon(0), 4))
    assert ids_of(read_annotations(path, target=target)) == [{"car": [1, 5]}]


@pytest.mark.parametrize("score", [None, "x", [], float("nan"), 1e308])
def test_a_score_that_is_none_costs_no_mask(tmp_path: Path, score: Any) -> None:
    ((_, tracked),) = coco(tmp_path / "a.json", [[{"score": score}]]).frames
    assert tracked.instances.scores.tolist() == [1.0]


def test_identities_that_count_within_a_class_are_told_apart(tmp_path: Path) -> None:
    frames = [[{"track_id": 1}, {"track_id": 1, "category_id": 2}]] * 2
    assert ids_of(coco(tmp_path / "a.json", frames)) == [{"car": [1], "ball": [2]}] * 2
    # A track may change its class.
    frames = [[{"track_id": 1}], [{"track_id": 1, "category_id": 2}]]
    assert ids_of(coco(tmp_path / "a.json", frames)) == [{"car": [1]}, {"ball": [1]}]


def test_parts_of_a_track_in_one_frame_are_joined_and_told(tmp_path: Path) -> None:
    imported = coco(tmp_path / "a.json", [[{"track_id": 1}, {"track_id": 1}]])
    ((_, tracked),) = imported.frames
    assert tracked.instances.cropped_masks()[0].area == 60
    assert imported.remarks.lines == [
        "joined, masks of one track in one frame: 1 (frame 0, track 1)"
    ]


@pytest.mark.parametrize(
    "content",
    [
        [{"id": 1, "data": {"image": "a.jpg"}, "annotations": [{"result": []}]}],
        [{"id": 1, "data": {"video": "a.mp4"}, "predictions": []}],
        [{"image": "a.jpg", "label": [], "annotation_id": 3, "annotator": 1}],
    ],
)
@pytest.mark.parametrize("format_name", [None, "coco", "youtube-vis"])
def test_label_studio_is_named(tmp_path: Path, content: Any, format_name: str | None) -> None:
    (tmp_path / "a.json").write_text(json.dumps(content))
    with pytest.raises(AnnotationError, match=r"Label Studio's own JSON.*'COCO'"):
        read_annotations(tmp_path / "a.json", format=format_name, target=ImportTarget(SIZE, 1))


def test_json_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    folder = labelme(tmp_path / "a", [box_shape("car", 1)])
    text = (folder / "0.json").read_text()
    (folder / "0.json").write_text("\ufeff" + text, encoding="utf-8")
    assert ids_of(read_annotations(folder, target=ImportTarget(SIZE, 1))) == [{"car": [1]}]


def test_json_of_any_nonsense_ends_in_one_line(tmp_path: Path) -> None:
    for text in (
        "[" * 100_000,
        "\ufeff{",
        '{"images": [], "annotations": [3]}',
        "[]",
        "{}",
        "3",
        '{"images": 3}',
        '{"shapes": [{}]}',
    ):
        (tmp_path / "a.json").write_text(text)
        with pytest.raises(AnnotationError) as caught:
            list(read_annotations(tmp_path / "a.json", target=ImportTarget(SIZE, 1)).frames)
        assert "\n" not in str(caught.value)
