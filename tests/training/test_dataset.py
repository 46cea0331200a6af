"""COCO files of every dialect are read; what is wrong with a file is said in one line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from pycocotools import mask as coco_mask

from blendmask_live.errors import DatasetError
from blendmask_live.masks.crops import whole_frame_masks
from blendmask_live.training.dataset import category_names, load_data_set
from tests.training.scenes import LABELS

FRAME = (40, 60)
CocoFile = Callable[..., Path]


def _rectangle(x0: int, y0: int, x1: int, y1: int) -> NDArray[np.bool_]:
    mask = np.zeros(FRAME, dtype=bool)
    mask[y0:y1, x0:x1] = True
    return mask


def _uncompressed(mask: NDArray[np.bool_]) -> dict[str, Any]:
    flat = mask.ravel(order="F")
    edges = np.flatnonzero(np.diff(flat, prepend=False))
    return {"size": list(FRAME), "counts": np.diff([0, *edges, flat.size]).tolist()}


def _compressed(mask: NDArray[np.bool_]) -> dict[str, Any]:
    rle = coco_mask.encode(np.asfortranarray(mask.astype(np.uint8)))
    return {"size": rle["size"], "counts": rle["counts"].decode("ascii")}


def _first_mask(path: Path) -> NDArray[np.bool_]:
    (picture,) = load_data_set(path.parent, path, LABELS).pictures
    crop = picture.annotations[0].mask(*FRAME)
    mask: NDArray[np.bool_] = whole_frame_masks([crop], FRAME)[0]
    return mask


@pytest.mark.parametrize(
    ("segmentation", "expected"),
    [
        ([[10, 5, 30, 5, 30, 25, 10, 25]], _rectangle(10, 5, 30, 25)),
        (
            [[10, 5, 20, 5, 20, 15, 10, 15], [30, 20, 50, 20, 50, 30, 30, 30]],
            _rectangle(10, 5, 20, 15) | _rectangle(30, 20, 50, 30),
        ),
        (_compressed(_rectangle(3, 4, 21, 22)), _rectangle(3, 4, 21, 22)),
        (_uncompressed(_rectangle(0, 0, 60, 40)), _rectangle(0, 0, 60, 40)),
        ([[10, 5, 30, 5, 30, 25, 10, 25], [1, 2], []], _rectangle(10, 5, 30, 25)),
        ([[-20, -30, 90, -30, 90, 20, -20, 20]], _rectangle(0, 0, 60, 20)),
        ([[1, 2, 3, 4]], _rectangle(0, 0, 0, 0)),
        (_compressed(_rectangle(0, 0, 0, 0)), _rectangle(0, 0, 0, 0)),
        (_uncompressed(_rectangle(59, 39, 60, 40)), _rectangle(59, 39, 60, 40)),
    ],
    ids="polygon two_polygons compressed full_frame degenerate_part beyond_frame line empty "
    "last_pixel".split(),
)
def test_every_kind_of_segmentation_is_read(
    coco_file: CocoFile, segmentation: Any, expected: NDArray[np.bool_]
) -> None:
    np.testing.assert_array_equal(_first_mask(coco_file({"segmentation": segmentation})), expected)


def test_pictures_and_objects_keep_what_is_said_of_them(coco_file: CocoFile) -> None:
    square = {"segmentation": [[1, 1, 9, 1, 9, 9, 1, 9]]}
    path = coco_file({**square, "category_id": 11}, {**square, "iscrowd": 1}, {"segmentation": []})
    (picture,) = load_data_set(path.parent, path, LABELS).pictures
    assert picture.image_id == 7
    assert [a.class_id for a in picture.annotations] == [1, 0]
    assert [a.is_crowd for a in picture.annotations] == [False, True]
    assert picture.exhaustive.tolist() == [True, True]
    assert picture.load().shape == (40, 60, 3)


@pytest.mark.parametrize(
    ("names", "expected"), [(["*"], [True, True]), (["box"], [False, True]), ([], [False, False])]
)
def test_only_named_classes_are_exhaustive(
    coco_file: CocoFile, names: list[str], expected: list[bool]
) -> None:
    path = coco_file(image={"exhaustive": names})
    (picture,) = load_data_set(path.parent, path, LABELS).pictures
    assert picture.exhaustive.tolist() == expected


def test_classes_are_matched_by_name_among_more(coco_file: CocoFile) -> None:
    path = coco_file({"segmentation": [[1, 1, 9, 1, 9, 9, 1, 9]]})
    (picture,) = load_data_set(path.parent, path, ("person", "box", "disc")).pictures
    assert picture.annotations[0].class_id == 2
    assert category_names(path) == LABELS


def test_pictures_without_annotations_count_for_no_class(coco_file: CocoFile) -> None:
    folder = coco_file().parent
    (folder / "notes.txt").write_text("no picture")
    (picture,) = load_data_set(folder, None, LABELS).pictures
    assert picture.path.name == "a.png"
    assert not picture.annotations and not picture.exhaustive.any()


def test_colours_are_read_as_rgb(tmp_path: Path) -> None:
    from PIL import Image

    Image.new("RGB", (4, 3), (255, 128, 0)).save(tmp_path / "orange.png")
    (picture,) = load_data_set(tmp_path, None, LABELS).pictures
    assert picture.load()[0, 0].tolist() == [255, 128, 0]


def _refused(images: Path, annotations: Path | None) -> str:
    with pytest.raises(DatasetError) as caught:
        load_data_set(images, annotations, LABELS)
    message = str(caught.value)
    assert "\n" not in message
    return message


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        "7",
        "{}",
        '{"images": [], "categories": []}',
        '{"images": 3, "categories": [], "annotations": []}',
        '{"images": [{"id": 1}], "categories": [], "annotations": []}',
        '{"images": [{"file_name": "a"}], "categories": [], "annotations": []}',
        '{"images": [], "categories": [{"id": 1}], "annotations": []}',
        '{"images": [], "categories": [], "annotations": [{"id": 1}]}',
    ],
)
def test_broken_annotations_are_named(tmp_path: Path, content: str) -> None:
    path = tmp_path / "broken.json"
    path.write_text(content)
    assert _refused(tmp_path, path).startswith(f"{path}: not COCO instances JSON")


def test_a_binary_and_a_missing_annotation_file_are_named(tmp_path: Path) -> None:
    path = tmp_path / "binary.json"
    path.write_bytes(bytes(range(256)))
    assert "not COCO instances JSON" in _refused(tmp_path, path)
    assert "cannot be read" in _refused(tmp_path, tmp_path / "absent.json")
    with pytest.raises(DatasetError, match="cannot be read"):
        category_names(tmp_path / "absent.json")


def test_an_unknown_category_is_named(coco_file: CocoFile) -> None:
    path = coco_file({"segmentation": [[1, 1, 9, 1, 9, 9, 1, 9]]})
    with pytest.raises(DatasetError, match=r"classes disc are not among the network's"):
        load_data_set(path.parent, path, ("box",))


def test_a_category_without_objects_may_be_unknown(coco_file: CocoFile) -> None:
    path = coco_file({"segmentation": [[1, 1, 9, 1, 9, 9, 1, 9]]})
    assert len(load_data_set(path.parent, path, ("disc",)).pictures) == 1


def test_no_pictures_are_refused(tmp_path: Path) -> None:
    assert "no pictures found" in _refused(tmp_path, None)
    path = tmp_path / "none.json"
    path.write_text(json.dumps({"images": [], "categories": [], "annotations": []}))
    assert "no pictures found" in _refused(tmp_path, path)
    with pytest.raises(DatasetError, match="names no categories"):
        category_names(path)


@pytest.mark.parametrize("content", [None, b"", b"no picture", b"\x89PNG\r\n\x1a\n broken"])
def test_a_missing_or_damaged_picture_is_named(coco_file: CocoFile, content: bytes | None) -> None:
    path = coco_file()
    (picture,) = load_data_set(path.parent, path, LABELS).pictures
    picture.path.unlink()
    if content is not None:
        picture.path.write_bytes(content)
    with pytest.raises(DatasetError, match=r"a\.png: not a readable picture"):
        picture.load()


@pytest.mark.parametrize(
    "segmentation",
    [
        [[1, 1, 5, 1, 9]],
        [[[1, 1], [5, 1], [9, 9]]],
        ["polygon"],
        [[1, 1, None, 1, 9, 9]],
        [[1, 1, 1e12, 1, 9, 9]],
        7,
        {"size": [40, 60]},
        {"size": [20, 30], "counts": [0, 600]},
        {"size": [40, 60], "counts": [0, 5]},
        {"size": [40, 60], "counts": [0, 5000]},
        {"size": [40, 60], "counts": [-4, 2404]},
        {"size": [40, 60], "counts": [1.5, "a"]},
        {"size": [40, 60], "counts": "\x00\x00 nonsense"},
        {"size": [40, 60], "counts": ""},
        {"size": [40, 60], "counts": "oo"},
    ],
    ids="odd_count nested text none far_away number no_counts other_size too_short too_long "
    "negative no_numbers garbage empty unfinished".split(),
)
def test_a_broken_segmentation_is_named(coco_file: CocoFile, segmentation: Any) -> None:
    path = coco_file({"segmentation": segmentation})
    with pytest.raises(DatasetError, match="segmentation") as caught:
        _first_mask(path)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("size", [(30, 20), (20, 30), None])
def test_turned_picture_is_read_as_its_annotations_have_it(
    tmp_path: Path, size: tuple[int, int] | None
) -> None:
    stored = np.zeros((20, 30, 3), dtype=np.uint8)
    stored[:, :10] = 255
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(stored).save(tmp_path / "a.jpg", exif=exif, quality=100)
    image = {"id": 1, "file_name": "a.jpg"}
    if size is not None:
        image |= {"height": size[0], "width": size[1]}
    content = {"images": [image], "categories": [], "annotations": []}
    (tmp_path / "a.json").write_text(json.dumps(content))
    (picture,) = load_data_set(tmp_path, tmp_path / "a.json", LABELS).pictures
    upright = np.rot90(stored, -1)
    shown = stored if size == (20, 30) else upright
    assert picture.load().shape == shown.shape
    assert np.abs(picture.load().astype(int) - shown).mean() < 5
