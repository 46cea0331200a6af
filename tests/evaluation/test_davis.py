"""Folders of the DAVIS benchmark: which sequences they hold, and what results reach."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from blendmask_live.errors import DatasetError
from blendmask_live.evaluation.davis import davis_sequences, measure_davis

SIZE = (24, 32)


def numbers(**blocks: tuple[int, int, int, int]) -> NDArray[np.uint8]:
    """(H, W) object numbers: n1=(y0, y1, x0, x1)."""
    values = np.zeros(SIZE, dtype=np.uint8)
    for name, (y0, y1, x0, x1) in blocks.items():
        values[y0:y1, x0:x1] = int(name[1:])
    return values


def write(folder: Path, pictures: list[NDArray[np.uint8]], suffix: str = ".png") -> None:
    folder.mkdir(parents=True)
    for index, values in enumerate(pictures):
        Image.fromarray(values).save(folder / f"{index:05d}{suffix}")


def write_davis(root: Path, name: str, annotations: list[NDArray[np.uint8]], between: str) -> None:
    write(root / "JPEGImages" / between / name, [np.zeros(SIZE, np.uint8)] * 4, ".jpg")
    write(root / "Annotations" / between / name, annotations)


TWO = [numbers(n1=(0, 8, 0, 8), n2=(10, 20, 10, 30))] * 4
WHITE = [numbers(n255=(0, 8, 0, 8))] * 4


@pytest.mark.parametrize("between", ["480p", "1080p", ""])
def test_sequences_of_the_benchmark_are_found(tmp_path: Path, between: str) -> None:
    write_davis(tmp_path, "dogs", TWO, between)
    write_davis(tmp_path, "bear", WHITE, between)
    write(tmp_path / "JPEGImages" / between / "unlabelled", [np.zeros(SIZE, np.uint8)], ".jpg")
    bear, dogs = davis_sequences(tmp_path)
    assert (bear.name, dogs.name) == ("bear", "dogs")
    assert [path.name for path in dogs.pictures] == [f"0000{n}.jpg" for n in range(4)]
    assert {n: int(mask.sum()) for n, mask in dogs.first_masks().items()} == {1: 64, 2: 200}
    assert {n: int(mask.sum()) for n, mask in bear.first_masks().items()} == {1: 64}


def test_a_plain_folder_of_sequences_is_read(tmp_path: Path) -> None:
    write(tmp_path / "swan" / "img", [np.zeros(SIZE, np.uint8)] * 4, ".jpg")
    write(tmp_path / "swan" / "mask", WHITE[:1])
    (sequence,) = davis_sequences(tmp_path)
    assert (sequence.name, len(sequence.pictures), sequence.first_index) == ("swan", 4, 0)
    assert measure_davis(sequence, tmp_path / "nowhere") == {}


def test_lists_choose_sequences_in_the_ways_of_2016_and_2017(tmp_path: Path) -> None:
    for name in ("bear", "dogs"):
        write_davis(tmp_path, name, WHITE, "480p")
    lists = tmp_path / "ImageSets"
    (lists / "2017").mkdir(parents=True)
    (lists / "480p").mkdir()
    (lists / "2017" / "val.txt").write_text("dogs\n")
    line = "/JPEGImages/480p/bear/0000{0}.jpg /Annotations/480p/bear/0000{0}.png\n"
    (lists / "480p" / "trainval.txt").write_text(line.format(0) + line.format(1))
    assert [s.name for s in davis_sequences(tmp_path, subset="val")] == ["dogs"]
    assert [s.name for s in davis_sequences(tmp_path, subset="trainval")] == ["bear"]
    with pytest.raises(DatasetError, match=r"test-dev\.txt in ImageSets, found none"):
        davis_sequences(tmp_path, subset="test-dev")
    (lists / "480p" / "val.txt").write_text("cow\n")
    with pytest.raises(DatasetError, match="found 2017/val, 480p/val; say which"):
        davis_sequences(tmp_path, subset="val")
    with pytest.raises(DatasetError, match="lists cow, which has no pictures"):
        davis_sequences(tmp_path, subset="480p/val")


def test_a_folder_of_something_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    with pytest.raises(DatasetError, match="expected JPEGImages/480p/NAME"):
        davis_sequences(tmp_path)
    with pytest.raises(DatasetError, match="no such folder"):
        davis_sequences(tmp_path / "nowhere")


def test_each_object_is_measured_in_all_but_the_first_and_last_frame(tmp_path: Path) -> None:
    write_davis(tmp_path, "dogs", TWO, "480p")
    half = numbers(n1=(0, 8, 0, 4), n2=(10, 20, 10, 30))
    results = [TWO[0], half, numbers(n2=(10, 20, 10, 30)), TWO[0]]
    write(tmp_path / "results", results)
    (sequence,) = davis_sequences(tmp_path)
    measured = measure_davis(sequence, tmp_path / "results")
    assert measured[1].j == pytest.approx((0.5 + 0) / 2)
    assert (measured[2].j, measured[2].f, measured[2].frames) == (1, 1, 2)


def test_white_is_the_only_object_or_void(tmp_path: Path) -> None:
    """255 beside object 1 is void, which counts as ground; alone it is the object."""
    void = [numbers(n1=(0, 8, 0, 8), n255=(10, 20, 10, 30)), *[numbers(n255=(0, 8, 0, 8))] * 3]
    write_davis(tmp_path, "void", void, "480p")
    write_davis(tmp_path, "white", [*WHITE[:3], numbers()], "480p")
    write(tmp_path / "results", [numbers(n1=(0, 8, 0, 8))] * 4)
    with_void, white = davis_sequences(tmp_path)
    assert measure_davis(with_void, tmp_path / "results")[1].j == 0
    assert measure_davis(white, tmp_path / "results")[1].j == 1


def test_results_that_do_not_fit_are_refused(tmp_path: Path) -> None:
    write_davis(tmp_path, "bear", WHITE, "480p")
    (sequence,) = davis_sequences(tmp_path)
    write(tmp_path / "results", [np.zeros((5, 6), np.uint8)] * 3)
    with pytest.raises(DatasetError, match=r"00003\.png: expected a result"):
        measure_davis(sequence, tmp_path / "results")
    Image.fromarray(np.zeros((5, 6), np.uint8)).save(tmp_path / "results" / "00003.png")
    with pytest.raises(DatasetError, match=r"\(5, 6\) px, expected \(24, 32\)"):
        measure_davis(sequence, tmp_path / "results")
