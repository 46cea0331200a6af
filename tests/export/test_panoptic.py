"""COCO panoptic, read back by the rules of its official evaluation."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from blendmask_live.datatypes import TrackedFrame
from blendmask_live.export import open_exporter
from blendmask_live.labels import (
    COCO_CATEGORY_IDS,
    COCO_STUFF_NAMES,
    stuff_category_ids,
)
from tests.export.sequences import DOG, PERSON, MaskSequence

SIZE = (120, 160)
SKY = COCO_STUFF_NAMES.index("sky-other-merged") + 1


def _rectangle(x0: int, y0: int, x1: int, y1: int) -> NDArray[np.bool_]:
    mask = np.zeros(SIZE, dtype=bool)
    mask[y0:y1, x0:x1] = True
    return mask


def _export(frames: list[TrackedFrame], directory: Path, sequence: MaskSequence) -> dict[str, Any]:
    exporter = open_exporter(
        "panoptic", directory, source=sequence.source(), labels=sequence.labels
    )
    for frame in frames:
        exporter.write(frame)
    exporter.close()
    return dict(json.loads((directory / "panoptic.json").read_text()))


def _ids(directory: Path, annotation: dict[str, Any]) -> NDArray[np.int64]:
    rgb = np.array(Image.open(directory / "panoptic" / annotation["file_name"])).astype(np.int64)
    assert rgb.shape == (*SIZE, 3)
    return rgb[..., 0] + 256 * rgb[..., 1] + 65536 * rgb[..., 2]


def _check_by_official_rules(result: dict[str, Any], directory: Path) -> None:
    """What the official evaluation refuses or counts wrongly."""
    known = {category["id"] for category in result["categories"]}
    assert len(known) == len(result["categories"])
    assert [a["image_id"] for a in result["annotations"]] == [i["id"] for i in result["images"]]
    for annotation in result["annotations"]:
        ids = _ids(directory, annotation)
        infos = {info["id"]: info for info in annotation["segments_info"]}
        assert len(infos) == len(annotation["segments_info"])
        assert set(np.unique(ids).tolist()) - {0} == set(infos)
        for segment_id, info in infos.items():
            mask = ids == segment_id
            rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
            box = [columns[0], rows[0], np.ptp(columns) + 1, np.ptp(rows) + 1]
            assert info["category_id"] in known
            assert info["area"] == mask.sum()
            assert info["bbox"] == box
            assert info["iscrowd"] == 0


def test_objects_lie_over_stuff_and_keep_their_ids(tmp_path: Path) -> None:
    person, dog = _rectangle(20, 60, 60, 100), _rectangle(50, 70, 90, 110)
    rows = [(70_000, PERSON, 0.9, person), (2, DOG, 0.8, dog)]
    sequence = MaskSequence(SIZE, [rows, rows[:1], []])
    semantic = np.zeros(SIZE, dtype=np.uint8)
    semantic[:65] = SKY
    semantic[:2, :30] = 1
    frames = [
        replace(
            frame,
            tracked=replace(
                frame.tracked, instances=replace(frame.tracked.instances, semantic=semantic)
            ),
        )
        for frame in sequence.tracked_frames()
    ]
    result = _export(frames, tmp_path / "panoptic", sequence)
    _check_by_official_rules(result, tmp_path / "panoptic")
    ids = _ids(tmp_path / "panoptic", result["annotations"][0])
    names = {category["id"]: category["name"] for category in result["categories"]}
    segments = [
        (s["id"], names[s["category_id"]], s.get("track_id"))
        for s in result["annotations"][0]["segments_info"]
    ]
    assert segments == [
        (70_256, "person", 70_000),
        (258, "dog", 2),
        (SKY, "sky-other-merged", None),
    ]
    # The better object lies on top, both on the sky; the small stuff area is left out.
    assert ids[75, 55] == 70_256 and ids[75, 70] == 258 and ids[62, 30] == 70_256
    assert ids[10, 10] == SKY and ids[0, 0] == 0 and ids[115, 5] == 0
    last = [s["id"] for s in result["annotations"][2]["segments_info"]]
    assert last == [SKY]


def test_a_network_without_stuff_gives_objects_only(awkward: MaskSequence, tmp_path: Path) -> None:
    frames = awkward.tracked_frames()
    result = _export(frames, tmp_path / "panoptic", awkward)
    assert len(result["annotations"]) == len(frames)
    for annotation in result["annotations"]:
        assert all("track_id" in info for info in annotation["segments_info"])


def test_stuff_has_its_official_ids_beside_coco_classes_only() -> None:
    official = dict(zip(COCO_STUFF_NAMES, stuff_category_ids(COCO_CATEGORY_IDS), strict=True))
    assert official["banner"] == 92 and official["road"] == 149 and official["rug-merged"] == 200
    assert len(set(official.values())) == 53
    assert stuff_category_ids((1, 2)) == stuff_category_ids(COCO_CATEGORY_IDS)
    assert stuff_category_ids(range(1, 101))[:2] == (1000, 1001)
