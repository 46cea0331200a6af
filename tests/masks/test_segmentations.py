"""What files say of masks is checked before pycocotools sees it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from pycocotools import mask as coco_mask

from blendmask_live.annotation import shapes
from blendmask_live.errors import AnnotationError, DatasetError
from blendmask_live.evaluation.average_precision import _read_truth
from blendmask_live.importing.cvat import mask_of_runs
from blendmask_live.importing.labelme import mask_of_shape
from blendmask_live.importing.reading import segmentation_crop
from blendmask_live.masks import segmentations
from blendmask_live.masks.crops import CroppedMask
from blendmask_live.masks.rle_text import checked_rle
from blendmask_live.masks.segmentations import polygons_rle, segmentation_rle, unusable_ring
from blendmask_live.training.dataset import Annotation
from blendmask_live.validation import validate

SIZE = (20, 30)
SQUARE = [2.0, 3.0, 12.0, 3.0, 12.0, 9.0, 2.0, 9.0]
UNUSABLE: dict[str, tuple[Any, str]] = {
    "not_a_number": ([2, 2, float("nan"), 2, 9, 9], "not a finite number"),
    "infinite": ([2, 2, float("inf"), 2, 9, 9], "not a finite number"),
    "far": ([2, 2, 340, 2, 9, 9], "coordinate 340 is far outside of 30 x 20 px"),
    "far_left": ([2, 2, -301, 2, 9, 9], "coordinate -301 is far outside of 30 x 20 px"),
    "two_points": ([2, 2, 9, 9], "needs three points or more, this one has 2"),
    "box": ([[2, 2], [9, 9]], "needs three points or more, this one has 2"),
    "no_point": ([], "needs three points or more, this one has 0"),
    "odd_count": ([2, 2, 9, 2, 9], "pairs x, y"),
    "text": ("polygon", "numbers x, y"),
    "null": ([2, 2, None, 2, 9, 9], "not a finite number"),
    "triples": ([[1, 1, 1], [2, 2, 2], [3, 3, 3]], "pairs x, y"),
    "huge_integer": ([2, 2, 10**400, 2, 9, 9], "numbers x, y"),
    "endless": ([0, 0, 29, 19] * 80_000, "its outline is 4.64e+06 px long"),
}


@pytest.fixture
def no_drawing(monkeypatch: pytest.MonkeyPatch) -> None:
    """pycocotools' rasteriser must not be reached."""

    def draw(*given: Any) -> Any:
        pytest.fail("pycocotools was asked to draw it")

    monkeypatch.setattr(coco_mask, "frPyObjects", draw)
    monkeypatch.setattr(segmentations.coco_mask, "frPyObjects", draw)


@pytest.mark.parametrize("name", UNUSABLE)
def test_a_polygon_that_cannot_be_drawn_is_refused_before_it_is_drawn(
    name: str, no_drawing: None
) -> None:
    ring, reason = UNUSABLE[name]
    assert reason in (unusable_ring(ring, SIZE) or "")
    with pytest.raises(ValueError, match=re.escape(reason)):
        polygons_rle([SQUARE, ring], SIZE)


@pytest.mark.parametrize("ring", [SQUARE, [-299, 2, 320, 5, 9, 9], np.reshape(SQUARE, (-1, 2))])
def test_usable_polygons_are_drawn_as_pycocotools_draws_them(ring: Any) -> None:
    assert unusable_ring(ring, SIZE) is None
    flat = [float(value) for value in np.ravel(ring)]
    wanted = coco_mask.merge(coco_mask.frPyObjects([flat, SQUARE], *SIZE))
    assert polygons_rle([ring, SQUARE], SIZE) == wanted


def test_no_polygons_have_no_pixels() -> None:
    assert not coco_mask.decode(polygons_rle([], SIZE)).any()


@pytest.mark.parametrize(
    "size", [(0, 30), (20, -1), (1 << 16, 1 << 16), (20, True), (20, 30.0), (20, "30"), (20, None)]
)
def test_what_is_no_size_of_a_picture_is_refused(size: Any, no_drawing: None) -> None:
    with pytest.raises(ValueError, match="not the size of a picture"):
        polygons_rle([SQUARE], size)
    with pytest.raises(ValueError, match="not the size of a picture"):
        checked_rle([0], *size)


@pytest.mark.parametrize(
    ("segmentation", "reason"),
    [
        (None, "found null"),
        ("text", "found str"),
        ({"size": [20, 30]}, "no 'counts'"),
        ({"size": [30, 20], "counts": [600]}, "made for"),
        ({"size": 600, "counts": [600]}, "made for"),
        ({"size": [20, 30], "counts": [599]}, "do not fill"),
        ({"size": [20, 30], "counts": [-1, 601]}, "do not fill"),
        ({"size": [20, 30], "counts": None}, "cannot be read"),
        ({"size": [20, 30], "counts": "é"}, "cannot be read"),
        ([[[2, 2], [9, 2], [9, 9]]], "in one list"),
        ([7], "pairs x, y"),
    ],
)
def test_what_is_no_segmentation_is_refused(
    segmentation: Any, reason: str, no_drawing: None
) -> None:
    with pytest.raises(ValueError, match=reason):
        segmentation_rle(segmentation, SIZE)


FAR = UNUSABLE["far"][0]
EVERYWHERE: dict[str, Callable[[], Any]] = {
    "import": lambda: segmentation_crop([FAR], SIZE, "a.json: annotation 4"),
    "import_labelme": lambda: mask_of_shape(
        {"shape_type": "polygon", "points": np.reshape(FAR, (-1, 2))}, SIZE
    ),
    "train": lambda: Annotation(0, [FAR], False, 4, Path("a.json")).mask(*SIZE),
    "editor": lambda: shapes.with_polygon(
        CroppedMask(0, 0, np.zeros((0, 0), dtype=bool)),
        [(2, 2), (340, 2), (9, 9)],
        is_erasing=False,
        frame_size=SIZE,
    ),
    "editor_stroke": lambda: shapes.with_stroke(
        CroppedMask(0, 0, np.zeros((0, 0), dtype=bool)),
        [(2, 2), (float("nan"), 2)],
        radius_px=3,
        is_erasing=False,
        frame_size=SIZE,
    ),
}


@pytest.mark.parametrize("place", EVERYWHERE)
def test_every_reader_refuses_before_drawing(place: str, no_drawing: None) -> None:
    with pytest.raises((ValueError, AnnotationError, DatasetError)) as caught:
        EVERYWHERE[place]()
    assert "far outside" in str(caught.value) or "finite" in str(caught.value)
    if place in ("import", "train"):
        assert str(caught.value).startswith("a.json: annotation 4: ")


def _coco(folder: Path, segmentation: Any) -> Path:
    content = {
        "images": [{"id": 1, "file_name": "a.png", "height": SIZE[0], "width": SIZE[1]}],
        "categories": [{"id": 1, "name": "person"}],
        "annotations": [
            {
                "id": 4,
                "image_id": 1,
                "category_id": 1,
                "segmentation": segmentation,
                "area": 60,
                "bbox": [2, 3, 10, 6],
                "iscrowd": 0,
            }
        ],
    }
    Image.new("RGB", SIZE[::-1]).save(folder / "a.png")
    path = folder / "instances.json"
    path.write_text(json.dumps(content))
    return path


def test_validate_tells_of_it_before_drawing(tmp_path: Path, no_drawing: None) -> None:
    report = validate(_coco(tmp_path, [FAR]))
    (found,) = report.violations
    assert found.place.endswith("annotations[0]") and "far outside" in found.problem


def test_validate_draws_what_can_be_drawn(tmp_path: Path) -> None:
    assert validate(_coco(tmp_path, [SQUARE])).violations == ()


def test_evaluate_names_file_and_annotation_before_drawing(
    tmp_path: Path, no_drawing: None
) -> None:
    with pytest.raises(DatasetError, match=r"instances.json: annotation 4: .*far outside"):
        _read_truth(_coco(tmp_path, [FAR]))


@pytest.mark.may_log("segmentations without a pixel")
@pytest.mark.parametrize("segmentation", [[], [[2, 2, 9, 9]], None, [SQUARE]])
def test_evaluate_takes_objects_of_few_or_no_points(tmp_path: Path, segmentation: Any) -> None:
    truth = _read_truth(_coco(tmp_path, segmentation))
    (annotation,) = truth.anns.values()
    drawn = truth.annToMask(annotation)
    assert drawn.shape == SIZE
    assert drawn.sum() == (60 if segmentation == [SQUARE] else 0)


def test_a_cvat_mask_must_fit_into_memory() -> None:
    from xml.etree import ElementTree

    shape = ElementTree.fromstring(
        '<mask left="0" top="0" width="1000000" height="1000000" rle="1000000000000"/>'
    )
    with pytest.raises(ValueError, match="not the size of a picture"):
        mask_of_runs(shape)
