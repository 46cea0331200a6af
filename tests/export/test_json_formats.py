"""COCO and YouTube-VIS files, read by pycocotools and trackeval."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from pycocotools import mask as coco_mask
from pycocotools.coco import COCO

from blendmask_live.export import ExportOptions
from blendmask_live.labels import COCO_CATEGORY_IDS, COCO_NAMES
from blendmask_live.masks.rle_text import run_lengths
from tests.export.sequences import CAR, PERSON, MaskSequence, awkward_sequences, export, walkers
from tests.export.sequences import visible_rows as visible


def as_compressed(rle: dict[str, Any]) -> dict[str, Any]:
    """An RLE of either form, as pycocotools takes it."""
    if isinstance(rle["counts"], list):
        return dict(coco_mask.frPyObjects(rle, *rle["size"]))
    return {"size": rle["size"], "counts": rle["counts"].encode("ascii")}


def bounds(mask: np.ndarray[Any, Any]) -> list[float]:
    rows, columns = np.nonzero(mask)
    x, y = columns.min(), rows.min()
    return [float(v) for v in (x, y, columns.max() - x + 1, rows.max() - y + 1)]


def test_coco_reader_finds_every_mask_area_and_box(awkward: MaskSequence, tmp_path: Path) -> None:
    export(awkward, "coco", tmp_path / "x")
    coco = COCO(str(tmp_path / "x" / "instances.json"))
    assert [image["frame_index"] for image in coco.loadImgs(coco.getImgIds())] == [
        tracked_frame.frame.index for tracked_frame in awkward.tracked_frames()
    ]
    for image_id, rows in zip(sorted(coco.getImgIds()), awkward.frames, strict=True):
        annotations = coco.loadAnns(coco.getAnnIds(imgIds=[image_id]))
        assert len(annotations) == len(visible(rows))
        for annotation, (track_id, class_id, score, mask) in zip(
            annotations, visible(rows), strict=True
        ):
            np.testing.assert_array_equal(coco.annToMask(annotation), mask)
            assert annotation["area"] == mask.sum()
            assert annotation["bbox"] == bounds(mask)
            assert annotation["track_id"] == track_id
            assert annotation["score"] == pytest.approx(score, abs=1e-5)
            category = coco.loadCats([annotation["category_id"]])[0]
            assert category["name"] == awkward.labels[class_id]


def test_coco_ids_are_official_and_start_at_one(tmp_path: Path) -> None:
    export(walkers(), "coco", tmp_path / "x")
    coco = COCO(str(tmp_path / "x" / "instances.json"))
    assert min(coco.getAnnIds()) == min(coco.getImgIds()) == 1
    used = {annotation["category_id"] for annotation in coco.anns.values()}
    assert used == {COCO_CATEGORY_IDS[PERSON], COCO_CATEGORY_IDS[CAR]}


@pytest.mark.parametrize("kind", ["jpg", "png"])
def test_coco_frames_can_be_written_beside(tmp_path: Path, kind: Any) -> None:
    from PIL import Image

    export(walkers(2), "coco", tmp_path / "x", ExportOptions(frames=kind))
    coco = COCO(str(tmp_path / "x" / "instances.json"))
    for image, tracked_frame in zip(
        coco.loadImgs(coco.getImgIds()), walkers(2).tracked_frames(), strict=True
    ):
        picture = np.asarray(Image.open(tmp_path / "x" / image["file_name"])).astype(int)
        assert np.abs(picture - tracked_frame.frame.image).max() <= (0 if kind == "png" else 8)


def test_youtube_vis_masks_areas_and_boxes_agree(awkward: MaskSequence, tmp_path: Path) -> None:
    export(awkward, "youtube-vis", tmp_path / "x")
    truth = json.loads((tmp_path / "x" / "instances.json").read_text("ascii"))
    results = json.loads((tmp_path / "x" / "results.json").read_text("ascii"))
    (video,) = truth["videos"]
    assert video["length"] == len(video["file_names"]) == len(awkward.frames)
    assert (video["height"], video["width"]) == awkward.size
    assert all(name.split("/")[0] == awkward.name for name in video["file_names"])
    expected_tracks = {row[0] for rows in awkward.frames for row in visible(rows)}
    assert {annotation["track_id"] for annotation in truth["annotations"]} == expected_tracks
    for annotation, result in zip(truth["annotations"], results, strict=True):
        assert result["category_id"] == annotation["category_id"]
        assert result["score"] == annotation["score"]
        assert (annotation["height"], annotation["width"]) == awkward.size
        for t, rows in enumerate(awkward.frames):
            masks = [row[3] for row in visible(rows) if row[0] == annotation["track_id"]]
            found = (annotation["segmentations"][t], result["segmentations"][t])
            if not masks:
                assert found == (None, None)
                assert annotation["areas"][t] is annotation["bboxes"][t] is None
                continue
            for rle in found:
                np.testing.assert_array_equal(coco_mask.decode(as_compressed(rle)), masks[0])
            assert annotation["areas"][t] == masks[0].sum()
            assert annotation["bboxes"][t] == bounds(masks[0])


@pytest.mark.parametrize(
    ("option", "truth_type", "result_type"),
    [(None, list, str), ("compressed", str, str), ("uncompressed", list, list)],
)
def test_youtube_vis_run_lengths_take_the_asked_form(
    tmp_path: Path, option: Any, truth_type: type, result_type: type
) -> None:
    export(walkers(1), "youtube-vis", tmp_path / "x", ExportOptions(rle=option))
    truth = json.loads((tmp_path / "x" / "instances.json").read_text())
    results = json.loads((tmp_path / "x" / "results.json").read_text())
    assert isinstance(truth["annotations"][0]["segmentations"][0]["counts"], truth_type)
    assert isinstance(results[0]["segmentations"][0]["counts"], result_type)


def test_youtube_vis_track_has_the_class_with_most_votes(tmp_path: Path) -> None:
    export(awkward_sequences()["class changes"], "youtube-vis", tmp_path / "x")
    truth = json.loads((tmp_path / "x" / "instances.json").read_text())
    assert [a["category_id"] for a in truth["annotations"]] == [COCO_CATEGORY_IDS[PERSON]]


def test_youtube_vis_lists_the_classes_that_occur_or_all(tmp_path: Path) -> None:
    export(walkers(), "youtube-vis", tmp_path / "x")
    content = json.loads((tmp_path / "x" / "instances.json").read_text())
    assert [c["name"] for c in content["categories"]] == ["person", "car"]
    export(walkers(), "youtube-vis", tmp_path / "y", ExportOptions(all_classes=True))
    every = json.loads((tmp_path / "y" / "instances.json").read_text())
    assert [c["name"] for c in every["categories"]] == list(COCO_NAMES)
    assert every["annotations"] == content["annotations"]
    export(awkward_sequences()["frames without objects"], "youtube-vis", tmp_path / "z")
    assert len(json.loads((tmp_path / "z" / "instances.json").read_text())["categories"]) == 80


def test_coco_tells_tracks_where_cvat_looks_for_them(tmp_path: Path) -> None:
    export(walkers(), "coco", tmp_path / "x")
    for annotation in json.loads((tmp_path / "x" / "instances.json").read_text())["annotations"]:
        wanted = {"track_id": annotation["track_id"], "keyframe": True}
        assert annotation["attributes"] == wanted and annotation["attributes"]["keyframe"] is True


def youtube_vis_in_trackeval(folder: Path, **settings: Any) -> Any:
    """TrackEval's data set of the gaps sequence against itself."""
    trackeval = pytest.importorskip("trackeval", reason="trackeval is not installed")
    export(awkward_sequences()["gaps"], "youtube-vis", folder / "x")
    truth = folder / "gt" / "youtube_vis_val"
    tracker = folder / "trackers" / "youtube_vis_val" / "ours" / "data"
    truth.mkdir(parents=True)
    tracker.mkdir(parents=True)
    (folder / "x" / "instances.json").rename(truth / "instances.json")
    (folder / "x" / "results.json").rename(tracker / "results.json")
    return trackeval.datasets.YouTubeVIS(
        {
            "GT_FOLDER": f"{folder}/gt/",
            "TRACKERS_FOLDER": f"{folder}/trackers/",
            "SPLIT_TO_EVAL": "val",
            "PRINT_CONFIG": False,
            **settings,
        }
    )


def test_trackeval_scores_youtube_vis_against_itself_with_hota_1(tmp_path: Path) -> None:
    data = youtube_vis_in_trackeval(tmp_path, CLASSES_TO_EVAL=["person", "car"])
    hota_metric = pytest.importorskip("trackeval").metrics.HOTA()
    raw = data.get_raw_seq_data("ours", "clip")
    for name in ("person", "car"):
        hota = hota_metric.eval_sequence(data.get_preprocessed_seq_data(raw, name))
        assert hota["HOTA"].min() == pytest.approx(1.0)
        assert hota["HOTA_TP"].min() > 0


def test_trackevals_average_over_classes_is_1_too(tmp_path: Path) -> None:
    data = youtube_vis_in_trackeval(tmp_path)
    trackeval = pytest.importorskip("trackeval")
    choices = ("PRINT_RESULTS", "PRINT_CONFIG", "TIME_PROGRESS", "OUTPUT_SUMMARY")
    quiet = dict.fromkeys((*choices, "OUTPUT_DETAILED", "PLOT_CURVES", "LOG_ON_ERROR"), False)
    evaluator = trackeval.Evaluator({**quiet, "BREAK_ON_ERROR": True})
    results, _ = evaluator.evaluate([data], [trackeval.metrics.HOTA({"PRINT_CONFIG": False})])
    averages = results["YouTubeVIS"]["ours"]["COMBINED_SEQ"]["cls_comb_cls_av"]
    assert averages["HOTA"]["HOTA"].mean() == pytest.approx(1.0)


@given(hnp.arrays(bool, hnp.array_shapes(min_dims=2, max_dims=2, max_side=40)), st.booleans())
def test_run_lengths_read_back_any_mask(mask: Any, invert: bool) -> None:
    mask = mask ^ invert
    rle = coco_mask.encode(np.asfortranarray(mask.astype(np.uint8)))
    runs = run_lengths(rle["counts"])
    values = np.arange(len(runs)) % 2 == 1
    np.testing.assert_array_equal(np.repeat(values, runs), mask.ravel(order="F"))


def test_run_lengths_read_back_runs_of_a_huge_frame() -> None:
    mask = np.zeros((4320, 7680), dtype=np.uint8, order="F")
    mask[100:4000, 30:7000:50] = 1
    runs = run_lengths(coco_mask.encode(mask)["counts"])
    values = (np.arange(len(runs)) % 2).astype(np.uint8)
    np.testing.assert_array_equal(np.repeat(values, runs), mask.ravel(order="F"))
