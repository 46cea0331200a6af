"""The newer formats, read by programs that are not ours."""

from __future__ import annotations

import base64
import importlib.util
import io
import json
import logging
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from pycocotools import mask as coco_mask

from blendmask_live.export import ExportOptions
from tests.export.sequences import (
    PERSON,
    MaskSequence,
    awkward_sequences,
    disc,
    export,
    owners,
    visible_rows,
    walkers,
)

DATUMARO = "BLENDMASK_LIVE_DATUMARO_PYTHON"
ALL = ExportOptions(all_classes=True)


@pytest.fixture(scope="session")
def read_with_datumaro() -> Callable[[str, Path], Any]:
    """datumaro's own reading, in its own process: its OpenCV excludes ours."""
    python = os.environ.get(DATUMARO)
    if python is None and importlib.util.find_spec("datumaro"):
        python = sys.executable
    if python is None:
        pytest.skip(f"datumaro is not installed; name a Python that has it in {DATUMARO}")

    def read(format_name: str, folder: Path) -> Any:
        script = Path(__file__).with_name("datumaro_reader.py")
        command = [python, str(script), format_name, str(folder)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=600)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return read


@pytest.mark.parametrize("name", ["gaps", "300 tracks", "odd size", "unicode", "fully covered"])
def test_datumaro_reads_equal_pixels_and_ids_from_mots_png(
    name: str, tmp_path: Path, read_with_datumaro: Callable[[str, Path], Any]
) -> None:
    sequence = awkward_sequences()[name]
    export(sequence, "mots-png", tmp_path / "x", ALL)
    found = read_with_datumaro("mots", tmp_path / "x")
    assert [item["id"] for item in found["items"]] == [
        f"{t + 1:06d}" for t in range(len(sequence.frames))
    ]
    ids: dict[int, set[tuple[str, int]]] = {}
    for item, rows in zip(found["items"], sequence.frames, strict=True):
        masks = {pixels_key(m["pixels"]): (m["label"], m["track_id"]) for m in item["masks"]}
        expected = {pixels_key(points(m)): i for i, m in owners(rows).items() if m.any()}
        assert masks.keys() == expected.keys()
        for key, track_id in expected.items():
            ids.setdefault(track_id, set()).add(masks[key])
    # A track has one label and id in all frames, and no other track has it.
    assert all(len(names) == 1 for names in ids.values())
    assert len({next(iter(names)) for names in ids.values()}) == len(ids)


def pixels_key(pixels: list[list[int]]) -> tuple[tuple[int, int], ...]:
    return tuple(sorted((x, y) for x, y in pixels))


def points(mask: NDArray[np.bool_]) -> list[list[int]]:
    rows, columns = np.nonzero(mask)
    return np.stack([columns, rows], axis=1).tolist()


@pytest.mark.parametrize("name", ["gaps", "odd size", "unicode", "single pixels", "300 tracks"])
def test_datumaro_reads_equal_pixels_and_ids_from_cvat_polygons(
    name: str, tmp_path: Path, read_with_datumaro: Callable[[str, Path], Any]
) -> None:
    sequence = awkward_sequences()[name]
    options = ExportOptions(shape="polygon", polygon_tolerance_px=0)
    export(sequence, "cvat", tmp_path / "x", options)
    found = read_with_datumaro("cvat", tmp_path / "x")
    assert found["labels"] == list(sequence.labels)
    by_frame = {int(item["frame"]): item["masks"] for item in found["items"]}
    for t, rows in enumerate(sequence.frames):
        masks = {m["track_id"]: m for m in by_frame.get(t, [])}
        expected = {row[0]: row for row in visible_rows(rows)}
        assert masks.keys() == expected.keys()
        for track_id, (_, class_id, _, mask) in expected.items():
            rle = coco_mask.merge(
                coco_mask.frPyObjects([masks[track_id]["pixels"]], *sequence.size)
            )
            np.testing.assert_array_equal(coco_mask.decode(rle), mask)
            assert masks[track_id]["label"] == sequence.labels[class_id]


def test_trackeval_scores_davis_against_itself_with_hota_1(tmp_path: Path) -> None:
    trackeval = pytest.importorskip("trackeval", reason="trackeval is not installed")
    export(awkward_sequences()["gaps"], "davis", tmp_path / "x")
    for folder in ("gt/clip", "trackers/ours/data/clip"):
        (tmp_path / folder).mkdir(parents=True)
        for picture in (tmp_path / "x").glob("*.png"):
            (tmp_path / folder / picture.name).write_bytes(picture.read_bytes())
    data = trackeval.datasets.DAVIS(
        {
            "GT_FOLDER": str(tmp_path / "gt"),
            "TRACKERS_FOLDER": str(tmp_path / "trackers"),
            "PRINT_CONFIG": False,
        }
    )
    raw = data.get_raw_seq_data("ours", "clip")
    hota = trackeval.metrics.HOTA().eval_sequence(data.get_preprocessed_seq_data(raw, "general"))
    assert hota["HOTA"].min() == pytest.approx(1.0)
    assert hota["HOTA_TP"].min() == 14


def filled_as_yolo_does(line: str, size: tuple[int, int]) -> NDArray[np.bool_]:
    """The reader's way: scale, cut to whole numbers, fill."""
    height, width = size
    ring = np.array(line.split()[1:], dtype=np.float32).reshape(-1, 2) * (width, height)
    canvas = np.zeros(size, dtype=np.uint8)
    cv2.fillPoly(canvas, [ring.astype(np.int32)], 1)
    return canvas.astype(bool)


def filled_as_rounding_readers_do(line: str, size: tuple[int, int]) -> NDArray[np.bool_]:
    """As supervision does: scale, round half to even, fill."""
    height, width = size
    ring = np.array(line.split()[1:], dtype=np.float64).reshape(-1, 2) * (width, height)
    canvas = np.zeros(size, dtype=np.uint8)
    cv2.fillPoly(canvas, [np.round(ring).astype(np.int32)], 1)
    return canvas.astype(bool)


def thin_masks(size: tuple[int, int]) -> list[NDArray[np.bool_]]:
    """Diagonals both ways, zigzags, lines, a pixel: through their centres goes no area."""
    masks = []
    for points in (
        [(4, 4), (5, 5)],
        [(9, 4), (8, 5), (7, 6)],
        [(2, 2), (3, 3), (4, 2), (5, 3), (6, 4)],
        [(3, 8), (4, 8), (5, 9), (6, 9)],
        [(1, 1), (2, 1), (3, 1)],
        [(6, 2), (6, 3)],
        [(0, 0)],
    ):
        mask = np.zeros(size, dtype=bool)
        for x, y in points:
            mask[y, x] = True
        masks.append(mask)
    return masks


def test_yolo_outlines_have_area_and_the_same_pixels_for_cutting_and_for_rounding_readers(
    tmp_path: Path,
) -> None:
    size = (21, 31)
    masks = [*thin_masks(size), disc(size, 15, 11, 6), disc(size, 8, 8, 2.3)]
    sequence = MaskSequence(size, [[(1, PERSON, 0.9, mask)] for mask in masks])
    export(sequence, "yolo-seg", tmp_path / "x", ExportOptions(polygon_tolerance_px=0))
    for number, mask in enumerate(masks):
        (line,) = (tmp_path / "x/labels" / f"{number:05d}.txt").read_text().splitlines()
        ring = np.array(line.split()[1:], dtype=np.float64).reshape(-1, 2)
        assert len(ring) >= 3 and np.linalg.matrix_rank(ring - ring[0], tol=1e-6) == 2
        np.testing.assert_array_equal(filled_as_yolo_does(line, size), mask)
        np.testing.assert_array_equal(filled_as_rounding_readers_do(line, size), mask)


def test_simplified_yolo_outlines_keep_an_area(tmp_path: Path) -> None:
    size = (21, 31)
    bars = [np.zeros(size, dtype=bool) for _ in range(2)]
    bars[0][4:6, 2:28] = True
    bars[1] |= np.tri(21, 31, 3, dtype=bool) & ~np.tri(21, 31, 1, dtype=bool)
    sequence = MaskSequence(size, [[(1, PERSON, 0.9, mask)] for mask in bars])
    export(sequence, "yolo-seg", tmp_path / "x", ExportOptions(polygon_tolerance_px=3))
    for file in (tmp_path / "x/labels").iterdir():
        ring = np.array(file.read_text().split()[1:], dtype=np.float64).reshape(-1, 2)
        assert np.linalg.matrix_rank(ring - ring[0], tol=1e-6) == 2


def test_yolo_reader_fills_the_same_pixels_but_for_joining_lines(
    awkward: MaskSequence, tmp_path: Path
) -> None:
    options = ExportOptions(polygon_tolerance_px=0)
    export(awkward, "yolo-seg", tmp_path / "x", options)
    for t, rows in enumerate(awkward.frames):
        lines = (tmp_path / "x" / "labels" / f"{t:05d}.txt").read_text().splitlines()
        for line, (_, class_id, _, mask) in zip(lines, visible_rows(rows), strict=True):
            assert int(line.split()[0]) == class_id
            found = filled_as_yolo_does(line, awkward.size)
            assert not (mask & ~found).any()
            rings, hierarchy = cv2.findContours(
                mask.view(np.uint8), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE
            )
            extra = int((found & ~mask).sum())
            # A line that joins two rings is at most as long as the frame.
            assert extra <= (len(rings) - 1) * max(awkward.size)
            assert hierarchy is not None


def cut_and_filled(rings: list[list[list[float]]], size: tuple[int, int]) -> NDArray[np.bool_]:
    """The way of labelme and X-AnyLabeling: cut to whole numbers, fill with the border."""
    canvas = np.zeros(size, dtype=np.uint8)
    for ring in rings:
        one = np.zeros(size, dtype=np.uint8)
        cv2.fillPoly(one, [np.array(ring).astype(np.int32)], 1)
        canvas |= one
    return canvas.astype(bool)


@pytest.mark.may_log("blendmask_live.export.labelme")
def test_polygons_of_every_pixel_are_exact_where_they_are_cut_and_filled(tmp_path: Path) -> None:
    size = (21, 31)
    masks = [*thin_masks(size), disc(size, 15, 11, 6), disc(size, 8, 8, 2.3)]
    masks.append(disc(size, 15, 10, 9) & ~disc(size, 15, 10, 3))
    sequence = MaskSequence(size, [[(1, PERSON, 0.9, mask)] for mask in masks])
    options = ExportOptions(shape="polygon", polygon_tolerance_px=0)
    export(sequence, "labelme", tmp_path / "labelme", options)
    export(sequence, "cvat", tmp_path / "cvat")
    tracks = ElementTree.parse(tmp_path / "cvat/annotations.xml").iter("track")
    shapes = [shape for track in tracks for shape in track if shape.get("outside") == "0"]
    for number, (mask, shape) in enumerate(zip(masks, shapes, strict=True)):
        content = json.loads((tmp_path / f"labelme/{number:05d}.json").read_text())
        from_labelme = [shape["points"] for shape in content["shapes"]]
        pairs = shape.attrib["points"].split(";")
        from_cvat = [[[float(value) for value in pair.split(",")] for pair in pairs]]
        for rings in (from_labelme, from_cvat):
            np.testing.assert_array_equal(cut_and_filled(rings, size), mask)


def test_yolo_classes_can_be_read_as_yaml(tmp_path: Path) -> None:
    yaml = pytest.importorskip("yaml", reason="PyYAML is not installed")
    sequence = awkward_sequences()["unicode"]
    export(sequence, "yolo-seg", tmp_path / "x", ExportOptions(frames="jpg"))
    data = yaml.safe_load((tmp_path / "x" / "data.yaml").read_text("utf-8"))
    assert data["names"] == dict(enumerate(sequence.labels))
    assert (tmp_path / "x" / data["train"] / "00000.jpg").is_file()
    # Readers take "." for the folder they were started in.
    assert "path" not in data


def test_labelme_masks_are_grey_pictures_between_first_and_last_pixel(
    awkward: MaskSequence, tmp_path: Path
) -> None:
    export(awkward, "labelme", tmp_path / "x", ExportOptions(frames="png"))
    for t, rows in enumerate(awkward.frames):
        content = json.loads((tmp_path / "x" / f"{t:05d}.json").read_text())
        with Image.open(tmp_path / "x" / content["imagePath"]) as picture:
            assert picture.size == (content["imageWidth"], content["imageHeight"])
        for shape, (track_id, class_id, _, mask) in zip(
            content["shapes"], visible_rows(rows), strict=True
        ):
            (x0, y0), (x1, y1) = shape["points"]
            canvas = np.zeros(awkward.size, dtype=bool)
            crop = Image.open(io.BytesIO(base64.b64decode(shape["mask"])))
            canvas[y0 : y1 + 1, x0 : x1 + 1] = np.asarray(crop).astype(bool)
            np.testing.assert_array_equal(canvas, mask)
            assert shape["group_id"] == track_id
            assert shape["label"] == awkward.labels[class_id]


def test_pyarrow_reads_rows_types_and_masks(awkward: MaskSequence, tmp_path: Path) -> None:
    from pyarrow import parquet

    export(awkward, "parquet", tmp_path / "x")
    table = parquet.read_table(tmp_path / "x" / "masks.parquet")
    rows = table.to_pylist()
    expected = [
        (t, tracked_frame, row)
        for t, tracked_frame in enumerate(awkward.tracked_frames())
        for row in visible_rows(awkward.frames[t])
    ]
    for found, (t, tracked_frame, (track_id, class_id, score, mask)) in zip(
        rows, expected, strict=True
    ):
        assert (found["frame"], found["track_id"]) == (t, track_id)
        assert found["source_index"] == tracked_frame.frame.index
        pts_s = tracked_frame.frame.pts_s
        assert found["pts_s"] == (None if pts_s is None else float(pts_s))
        assert found["class"] == awkward.labels[class_id]
        assert found["score"] == pytest.approx(score)
        rle = {"size": [found["height"], found["width"]], "counts": found["rle"]}
        np.testing.assert_array_equal(coco_mask.decode(rle), mask)
        assert found["area_px"] == mask.sum()


def test_many_masks_are_written_in_groups(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from pyarrow import parquet

    from blendmask_live.export import parquet as writer

    monkeypatch.setattr(writer, "_ROWS_PER_GROUP", 4)
    export(walkers(), "parquet", tmp_path / "x")
    file = parquet.ParquetFile(tmp_path / "x" / "masks.parquet")
    assert file.num_row_groups == 3
    assert file.metadata.num_rows == 18


def test_classes_beyond_16_bits_are_left_out_of_mots_png_with_a_word(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    size = (10, 10)
    rows = []
    for class_id in range(70):
        mask = np.zeros(size, dtype=bool)
        mask.reshape(-1)[class_id] = True
        rows.append((class_id + 1, class_id, 0.5, mask))
    with caplog.at_level(logging.WARNING):
        export(MaskSequence(size, [rows]), "mots-png", tmp_path / "x", ALL)
    values = np.asarray(Image.open(tmp_path / "x" / "instances" / "000001.png"))
    assert values.max() == 64_001
    assert np.unique(values[values > 0]).size == 63
    assert "pixels have no numbers for more classes; left out" in caplog.text


@pytest.mark.may_log("blendmask_live.export.labelme")
@pytest.mark.parametrize(
    ("format_name", "picture"),
    [
        ("youtube-vis", "JPEGImages/clip/00001.png"),
        ("mots", "img1/000002.png"),
        ("mots-png", "images/000002.png"),
        ("davis", "JPEGImages/00001.png"),
        ("coco", "images/00001.png"),
        ("cvat", "images/frame_000001.png"),
        ("yolo-seg", "images/00001.png"),
        ("labelme", "00001.png"),
    ],
)
def test_pictures_lie_where_the_format_wants_them(
    tmp_path: Path, format_name: str, picture: str
) -> None:
    sequence = walkers(3)
    export(sequence, format_name, tmp_path / "x", ExportOptions(frames="png"))
    image = np.asarray(Image.open(tmp_path / "x" / picture))
    np.testing.assert_array_equal(image, sequence.tracked_frames()[1].frame.image)
    export(sequence, format_name, tmp_path / "y")
    assert not (tmp_path / "y" / picture).exists()


def test_cvat_has_one_track_for_each_mask_as_it_keeps_only_the_first_of_a_track(
    tmp_path: Path,
) -> None:
    size = (20, 20)
    row = (7, PERSON, 0.9, disc(size, 9, 9, 4))
    sequence = MaskSequence(size, [[row], [row], [], [], [row], []])
    export(sequence, "cvat", tmp_path / "x", ExportOptions(shape="mask"))
    root = ElementTree.parse(tmp_path / "x" / "annotations.xml").getroot()
    tracks = root.findall("track")
    assert [(t.get("id"), t.get("group_id")) for t in tracks] == [(f"{i}", "7") for i in (1, 2, 3)]
    shapes = [[(int(s.attrib["frame"]), s.attrib["outside"]) for s in track] for track in tracks]
    assert shapes == [[(0, "0"), (1, "1")], [(1, "0"), (2, "1")], [(4, "0"), (5, "1")]]
    for mask in root.iter("mask"):
        runs = [int(run) for run in mask.attrib["rle"].split(",")]
        flat = np.repeat(np.arange(len(runs)) % 2, runs)
        box = flat.reshape(int(mask.attrib["height"]), int(mask.attrib["width"]))
        canvas = np.zeros(size, dtype=bool)
        x0, y0 = int(mask.attrib["left"]), int(mask.attrib["top"])
        canvas[y0 : y0 + box.shape[0], x0 : x0 + box.shape[1]] = box
        np.testing.assert_array_equal(canvas, row[3])


def test_cvat_tracks_end_with_outside_after_every_run(tmp_path: Path) -> None:
    size = (20, 20)
    row = (1, PERSON, 0.9, disc(size, 9, 9, 4))
    export(MaskSequence(size, [[row], [row], [], [], [row], []]), "cvat", tmp_path / "x")
    root = ElementTree.parse(tmp_path / "x" / "annotations.xml").getroot()
    shapes = [(int(s.attrib["frame"]), s.attrib["outside"]) for s in root.iter("polygon")]
    assert shapes == [(0, "0"), (1, "0"), (2, "1"), (4, "0"), (5, "1")]


@pytest.mark.parametrize(
    ("indices", "shown", "task"),
    [
        ([7, 10, 13, 16], [7, 10, 13, 16], ("4", "7", "16", "step=3")),
        ([0, 2, 3, 9], [0, 1, 2, 3, 4, 9], ("10", "0", "9", "")),
        ([5, 6, 7, 8], [5, 6, 7, 8], ("4", "5", "8", "")),
        # Recorded while somebody went back.
        ([5, 6, 5, 6], [0, 1, 2, 3], ("4", "0", "3", "")),
    ],
)
def test_cvat_numbers_frames_as_a_task_of_the_same_video_does(
    tmp_path: Path, indices: list[int], shown: list[int], task: tuple[str, ...]
) -> None:
    row = (1, PERSON, 0.9, disc((20, 20), 9, 9, 4))
    sequence = MaskSequence((20, 20), [[row]] * 4, source_indices=indices)
    export(sequence, "cvat", tmp_path / "x", ExportOptions(frames="png"))
    root = ElementTree.parse(tmp_path / "x" / "annotations.xml").getroot()
    frames = [int(shape.attrib["frame"]) for shape in root.iter("polygon")]
    assert frames == shown
    names = ("size", "start_frame", "stop_frame", "frame_filter")
    assert tuple(root.findtext(f"meta/task/{name}") for name in names) == task
    pictures = sorted(path.name for path in (tmp_path / "x/images").iterdir())
    assert pictures == [f"frame_{number:06d}.png" for number in range(4)]
