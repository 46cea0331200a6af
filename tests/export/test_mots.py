"""MOTS text files, read by trackeval and pycocotools."""

from __future__ import annotations

import configparser
import logging
from pathlib import Path

import numpy as np
import pytest
from pycocotools import mask as coco_mask

from blendmask_live.export import ExportOptions
from blendmask_live.export.mots import mots_class_ids
from blendmask_live.labels import COCO_NAMES
from tests.export.sequences import CAR, DOG, PERSON, MaskSequence, disc, export, owners, walkers
from tests.export.sequences import awkward_sequences as awkward_by_name

TRUCK = COCO_NAMES.index("truck")
ALL = ExportOptions(all_classes=True)


def read_lines(path: Path) -> list[tuple[int, int, int, np.ndarray]]:  # type: ignore[type-arg]
    """(time, object id, class, mask) of each line."""
    lines = []
    for line in path.read_text("ascii").splitlines():
        time, object_id, mots_class, height, width, counts = line.split(" ")
        rle = {"size": [int(height), int(width)], "counts": counts.encode()}
        lines.append((int(time), int(object_id), int(mots_class), coco_mask.decode(rle)))
    return lines


@pytest.mark.may_log("classes beyond the format's own")
def test_masks_do_not_overlap_and_go_to_the_better_score(
    awkward: MaskSequence, tmp_path: Path
) -> None:
    export(awkward, "mots", tmp_path / "x", ALL)
    lines = read_lines(tmp_path / "x" / "gt" / "gt.txt")
    for t, rows in enumerate(awkward.frames):
        found = [mask for time, _, _, mask in lines if time == t + 1]
        expected = [mask for mask in owners(rows).values() if mask.any()]
        assert len(found) == len(expected)
        assert not found or np.sum(found, axis=0).max() == 1
        assert {m.astype(bool).tobytes() for m in found} == {m.tobytes() for m in expected}


def test_trackeval_scores_mots_against_itself_with_hota_1(tmp_path: Path) -> None:
    trackeval = pytest.importorskip("trackeval", reason="trackeval is not installed")
    export(awkward_by_name()["gaps"], "mots", tmp_path / "clip" / "mots")
    tracker = tmp_path / "trackers" / "ours" / "data"
    tracker.mkdir(parents=True)
    (tracker / "mots.txt").write_bytes((tmp_path / "clip/mots/results.txt").read_bytes())
    data = trackeval.datasets.MOTSChallenge(
        {
            "GT_FOLDER": str(tmp_path / "clip"),
            "TRACKERS_FOLDER": str(tmp_path / "trackers"),
            "SKIP_SPLIT_FOL": True,
            "SEQMAP_FILE": str(tmp_path / "clip" / "mots" / "seqmap.txt"),
            "PRINT_CONFIG": False,
        }
    )
    assert data.seq_lengths == {"mots": 6}
    raw = data.get_raw_seq_data("ours", "mots")
    hota = trackeval.metrics.HOTA().eval_sequence(data.get_preprocessed_seq_data(raw, "pedestrian"))
    assert hota["HOTA"].min() == pytest.approx(1.0)
    assert hota["HOTA_TP"].min() == 9


def test_person_is_2_and_car_is_1_and_instances_count_per_class(tmp_path: Path) -> None:
    export(walkers(), "mots", tmp_path / "x")
    lines = read_lines(tmp_path / "x" / "gt" / "gt.txt")
    assert {(object_id, mots_class) for _, object_id, mots_class, _ in lines} == {
        (2001, 2),
        (2002, 2),
        (1001, 1),
    }
    assert {time for time, *_ in lines} == set(range(1, 7))
    assert (tmp_path / "x/gt/gt.txt").read_bytes() == (tmp_path / "x/results.txt").read_bytes()


def test_other_classes_are_left_out_with_a_word_and_take_no_pixels(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    size = (20, 20)
    rows = [(1, PERSON, 0.5, disc(size, 8, 8, 5)), (2, DOG, 0.9, disc(size, 8, 8, 4))]
    with caplog.at_level(logging.WARNING):
        export(MaskSequence(size, [rows]), "mots", tmp_path / "x")
    ((_, object_id, _, mask),) = read_lines(tmp_path / "x" / "gt" / "gt.txt")
    assert object_id == 2001
    assert mask.sum() == rows[0][3].sum()
    assert "left out dog (--all-classes keeps them)" in caplog.text


def test_all_classes_are_numbered_from_3_without_the_ignore_region() -> None:
    ids = mots_class_ids(COCO_NAMES, all_classes=True)
    assert ids[CAR] == 1
    assert ids[PERSON] == 2
    others = sorted(number for class_id, number in ids.items() if class_id not in (CAR, PERSON))
    assert others == [*range(3, 10), *range(11, 82)]


def test_object_ids_beyond_999_go_to_a_second_part(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    size = (40, 40)
    rows = []
    for position in range(1001):
        mask = np.zeros(size, dtype=bool)
        mask.reshape(-1)[position] = True
        rows.append((position + 1, PERSON, 0.5, mask))
    with caplog.at_level(logging.WARNING):
        export(MaskSequence(size, [rows, rows]), "mots", tmp_path / "mots")
    first = read_lines(tmp_path / "mots" / "gt" / "gt.txt")
    second = read_lines(tmp_path / "mots" / "part2" / "gt" / "gt.txt")
    assert {object_id for _, object_id, *_ in first} == set(range(2001, 3000))
    assert {object_id for _, object_id, *_ in second} == {2001, 2002}
    assert len(first) + len(second) == 2002
    assert "part2" in caplog.text
    seqmap = (tmp_path / "mots" / "seqmap.txt").read_text().split()
    assert seqmap == ["name", "mots", "mots/part2"]


@pytest.mark.may_log("left out")
def test_seqinfo_tells_length_size_and_rate(awkward: MaskSequence, tmp_path: Path) -> None:
    export(awkward, "mots", tmp_path / "x")
    info = configparser.ConfigParser()
    info.read(tmp_path / "x" / "seqinfo.ini", encoding="utf-8")
    sequence = info["Sequence"]
    assert sequence["name"] == awkward.name
    assert int(sequence["seqLength"]) == len(awkward.frames)
    assert (int(sequence["imHeight"]), int(sequence["imWidth"])) == awkward.size
    assert int(sequence["frameRate"]) >= 1


def test_track_keeps_one_class_over_a_change(tmp_path: Path) -> None:
    export(awkward_by_name()["class changes"], "mots", tmp_path / "x")
    lines = read_lines(tmp_path / "x" / "gt" / "gt.txt")
    assert [(time, object_id) for time, object_id, *_ in lines] == [(1, 2001), (2, 2001)]


def test_track_that_ends_in_an_exported_class_is_written_from_its_first_frame(
    tmp_path: Path,
) -> None:
    size = (20, 20)
    classes = [TRUCK] * 3 + [CAR] * 7
    frames = [[(1, class_id, 0.5, disc(size, 8, 8, 5))] for class_id in classes]
    export(MaskSequence(size, frames), "mots", tmp_path / "x")
    lines = read_lines(tmp_path / "x" / "gt" / "gt.txt")
    assert [(time, object_id) for time, object_id, *_ in lines] == [
        (time, 1001) for time in range(1, 11)
    ]


@pytest.mark.may_log("left out truck")
def test_track_that_ends_in_a_left_out_class_takes_no_pixels_in_any_frame(tmp_path: Path) -> None:
    size = (20, 20)
    person = disc(size, 8, 8, 5)
    frames = [
        [(1, PERSON, 0.5, person), (2, class_id, 0.9, disc(size, 10, 8, 5))]
        for class_id in (CAR, TRUCK, TRUCK)
    ]
    export(MaskSequence(size, frames), "mots", tmp_path / "x")
    lines = read_lines(tmp_path / "x" / "gt" / "gt.txt")
    assert [(time, object_id) for time, object_id, *_ in lines] == [(1, 2001), (2, 2001), (3, 2001)]
    assert all((mask == person).all() for *_, mask in lines)
