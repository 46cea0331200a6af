"""AP is what pycocotools says of the segmenter's own results."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from pycocotools import mask as coco_mask
from scipy.ndimage import binary_erosion
from skimage import data

from blendmask_live.datatypes import Instances
from blendmask_live.errors import DatasetError
from blendmask_live.evaluation.average_precision import evaluate
from blendmask_live.segmenting.segmenter import Segmenter, load_segmenter
from tests.training.scenes import LABELS

SQUARE = np.ones((3, 3), bool)


@pytest.fixture(scope="module")
def segmenter() -> Segmenter:
    return load_segmenter(device="cpu", runtime="torch", precision="fp32", short_side=256)


@pytest.fixture(scope="module")
def own_results(segmenter: Segmenter, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two photographs annotated with what the segmenter itself surely finds in them."""
    folder = tmp_path_factory.mktemp("photographs")
    images, annotations = [], []
    names = sorted({"person", "cat"})
    for image_id, pixels in enumerate((data.astronaut(), data.chelsea()), start=1):
        pixels = np.ascontiguousarray(pixels)
        Image.fromarray(pixels).save(folder / f"{image_id}.png")
        height, width = pixels.shape[:2]
        images.append(
            {"id": image_id, "file_name": f"{image_id}.png", "height": height, "width": width}
        )
        found = segmenter.segment(pixels).select(np.array([0]))
        (rle,), (name,) = found.rles(), found.class_names
        x0, y0, x1, y1 = (float(v) for v in found.boxes[0])
        annotations.append(
            {
                "id": image_id,
                "image_id": image_id,
                "category_id": 1 + names.index(name),
                "bbox": [x0, y0, x1 - x0, y1 - y0],
                "area": float(found.masks().sum()),
                "segmentation": {"size": rle["size"], "counts": rle["counts"].decode()},
                "iscrowd": 0,
            }
        )
    categories = [{"id": 1 + i, "name": name} for i, name in enumerate(names)]
    content = {"images": images, "categories": categories, "annotations": annotations}
    (folder / "instances.json").write_text(json.dumps(content))
    return folder


def test_a_segmenter_agrees_fully_with_its_own_results(
    segmenter: Segmenter, own_results: Path
) -> None:
    before = segmenter.settings
    reports: list[tuple[int, int]] = []
    accuracy = evaluate(
        segmenter,
        own_results,
        own_results / "instances.json",
        report=lambda done, total: reports.append((done, total)),
    )
    for figures in (accuracy.box, accuracy.mask, accuracy.person_mask, accuracy.boundary):
        assert list(figures) == ["AP", "AP50", "AP75", "AP_S", "AP_M", "AP_L"]
        assert figures["AP"] == pytest.approx(1.0, abs=0.01)
        assert figures["AP_S"] == -1
    assert accuracy.pictures == 2 and reports == [(1, 2), (2, 2)]
    assert segmenter.settings is before
    assert accuracy.settings == replace(before, score_threshold=0.05, max_instances=100)


def test_boundary_ap_wants_outlines_that_fit(segmenter: Segmenter, own_results: Path) -> None:
    """Masks two pixels too small lie well inside, their outlines do not fit."""

    def smaller(found: Instances, image: NDArray[np.uint8]) -> Instances:
        return Instances.from_masks(
            np.stack([binary_erosion(mask, SQUARE, 2) for mask in found.masks()]),
            class_ids=found.class_ids,
            scores=found.scores,
            labels=found.labels,
        )

    def least_iou(image_id: int) -> float:
        truth = coco_mask.decode(content["annotations"][image_id - 1]["segmentation"]) > 0
        ours = binary_erosion(truth, SQUARE, 2)
        wide = round(0.02 * np.hypot(*truth.shape))
        strips = [mask & ~binary_erosion(mask, SQUARE, wide) for mask in (ours, truth)]
        return min(float((a & b).sum() / (a | b).sum()) for a, b in ((ours, truth), strips))

    content = json.loads((own_results / "instances.json").read_text())
    accuracy = evaluate(segmenter, own_results, own_results / "instances.json", refine=smaller)
    goals = np.arange(0.5, 1.0, 0.05)
    expected = np.mean([np.mean(least_iou(image_id) >= goals) for image_id in (1, 2)])
    assert accuracy.boundary["AP"] == pytest.approx(expected, abs=0.01)
    assert accuracy.boundary["AP"] < accuracy.mask["AP"] - 0.1


def test_duplicates_may_be_dropped_as_when_annotating(
    segmenter: Segmenter, own_results: Path
) -> None:
    annotations = own_results / "instances.json"
    once = segmenter.with_settings(replace(segmenter.settings, drop_duplicates=True))
    accuracy = evaluate(once, own_results, annotations)
    assert accuracy.settings.drop_duplicates
    assert accuracy.mask["AP"] == pytest.approx(1.0, abs=0.01)


def _without(own_results: Path, kind: str, name: str, path: Path) -> Path:
    content = json.loads((own_results / "instances.json").read_text())
    for entry in content[kind]:
        del entry[name]
    path.write_text(json.dumps(content))
    return path


def test_annotations_without_iscrowd_are_no_crowds(
    segmenter: Segmenter, own_results: Path, tmp_path: Path
) -> None:
    path = _without(own_results, "annotations", "iscrowd", tmp_path / "a.json")
    assert evaluate(segmenter, own_results, path).mask["AP"] == pytest.approx(1.0, abs=0.01)


@pytest.mark.parametrize(
    ("kind", "name"),
    [("images", "height"), *(("annotations", n) for n in ("id", "bbox", "area", "segmentation"))],
)
def test_what_the_measure_needs_and_lacks_is_named(
    segmenter: Segmenter, own_results: Path, tmp_path: Path, kind: str, name: str
) -> None:
    path = _without(own_results, kind, name, tmp_path / "a.json")
    with pytest.raises(DatasetError, match=f"a.json: .*{kind}.* has no '{name}'"):
        evaluate(segmenter, own_results, path)


def test_a_wrong_truth_scores_low(segmenter: Segmenter, own_results: Path, tmp_path: Path) -> None:
    content = json.loads((own_results / "instances.json").read_text())
    for annotation in content["annotations"]:
        annotation["bbox"] = [0, 0, 20, 20]
        annotation["segmentation"] = [[0, 0, 20, 0, 20, 20, 0, 20]]
    path = tmp_path / "wrong.json"
    path.write_text(json.dumps(content))
    accuracy = evaluate(segmenter, own_results, path)
    assert accuracy.box["AP"] == accuracy.mask["AP"] == 0


def test_nothing_found_is_an_accuracy_of_nothing(
    segmenter: Segmenter, own_results: Path, caplog: pytest.LogCaptureFixture
) -> None:
    none = segmenter.with_settings(replace(segmenter.settings, classes=("toaster",)))
    accuracy = evaluate(none, own_results, own_results / "instances.json")
    assert accuracy.box["AP"] == accuracy.mask["AP"] == accuracy.person_mask["AP"] == 0
    assert accuracy.boundary["AP"] == 0
    assert "nothing was found in any picture" in caplog.text


def test_fewer_pictures_can_be_measured(segmenter: Segmenter, own_results: Path) -> None:
    accuracy = evaluate(segmenter, own_results, own_results / "instances.json", max_images=1)
    assert accuracy.pictures == 1


def test_what_cannot_be_measured_is_refused(
    segmenter: Segmenter, own_results: Path, scenes: Path, tmp_path: Path
) -> None:
    with pytest.raises(DatasetError, match="disc"):
        evaluate(segmenter, scenes / "images", scenes / "instances.json")
    with pytest.raises(DatasetError, match="cannot be read"):
        evaluate(segmenter, own_results, tmp_path / "absent.json")
    assert "disc" in LABELS
    with pytest.raises(DatasetError, match="not a readable picture"):
        evaluate(segmenter, tmp_path, own_results / "instances.json")


def _changed(own_results: Path, path: Path, **values: object) -> Path:
    """The annotations with other values in the first one."""
    content = json.loads((own_results / "instances.json").read_text())
    content["annotations"][0] |= values
    path.write_text(json.dumps(content))
    return path


@pytest.mark.parametrize(
    "segmentation", [[], [[]], None, [[5, 6]], [[5, 6, 7, 8]], [[5, 5, 5.2, 5.1, 5.1, 5.3]]]
)
def test_a_mask_without_pixels_is_missed_and_told(
    segmenter: Segmenter,
    own_results: Path,
    tmp_path: Path,
    segmentation: object,
    caplog: pytest.LogCaptureFixture,
) -> None:
    path = _changed(own_results, tmp_path / "a.json", segmentation=segmentation)
    accuracy = evaluate(segmenter, own_results, path)
    assert accuracy.box["AP"] == pytest.approx(1.0, abs=0.01)
    assert accuracy.mask["AP"] == pytest.approx(0.5, abs=0.01)
    assert "without a pixel: 1 (annotations 1)" in caplog.text


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"bbox": None}, r"'annotations': expected finite numbers as 'bbox' \(4\)"),
        ({"bbox": [1, 2, 3]}, "'bbox'"),
        ({"area": None}, "'area'"),
        ({"image_id": 9}, "annotation 1: belongs to image 9, which is not among 'images'"),
        ({"segmentation": [[1, 2, 3]]}, "annotation 1: its segmentation cannot be drawn"),
        ({"segmentation": {"size": [2, 2], "counts": [4]}}, "cannot be drawn"),
    ],
)
def test_odd_annotations_are_named(
    segmenter: Segmenter, own_results: Path, tmp_path: Path, values: dict[str, object], told: str
) -> None:
    path = _changed(own_results, tmp_path / "a.json", **values)
    with pytest.raises(DatasetError, match=told):
        evaluate(segmenter, own_results, path)


@pytest.mark.parametrize("values", [{"iscrowd": None}, {"id": 0}, {"id": 2}, {"id": None}])
def test_numbers_of_annotations_and_absent_crowds_do_not_matter(
    segmenter: Segmenter, own_results: Path, tmp_path: Path, values: dict[str, object]
) -> None:
    path = _changed(own_results, tmp_path / "a.json", **values)
    assert evaluate(segmenter, own_results, path).mask["AP"] == pytest.approx(1.0, abs=0.01)


def test_pictures_of_another_size_than_annotated_are_refused(
    segmenter: Segmenter, own_results: Path, tmp_path: Path
) -> None:
    with Image.open(own_results / "1.png") as picture:
        picture.resize((100, 80)).save(tmp_path / "1.png")
    told = r"1\.png: has 100 x 80 px, its annotations are for 512 x 512 px"
    with pytest.raises(DatasetError, match=told):
        evaluate(segmenter, tmp_path, own_results / "instances.json")
