"""DAVIS pictures, read by Pillow."""

from __future__ import annotations

import logging
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.export.sequences import PERSON, MaskSequence, disc, export, owners, walkers


@pytest.mark.may_log("a palette holds 253 objects")
def test_indices_are_track_ids_and_masks_are_equal(awkward: MaskSequence, tmp_path: Path) -> None:
    export(awkward, "davis", tmp_path / "x")
    parts = [tmp_path / "x", *sorted((tmp_path / "x").glob("part*"))]
    for t, rows in enumerate(awkward.frames):
        expected = np.zeros(awkward.size, dtype=int)
        for track_id, mask in owners(rows).items():
            expected[mask] = track_id
        found = np.zeros(awkward.size, dtype=int)
        for position, part in enumerate(parts):
            with Image.open(part / f"{t:05d}.png") as picture:
                assert picture.mode == "P"
                indices = np.asarray(picture).astype(int)
            assert indices.max(initial=0) <= 253
            found[indices > 0] = indices[indices > 0] + 253 * position
        np.testing.assert_array_equal(found, expected)


def test_colours_are_those_of_davis(tmp_path: Path) -> None:
    export(walkers(1), "davis", tmp_path / "x")
    with Image.open(tmp_path / "x" / "00000.png") as picture:
        palette = np.array(picture.getpalette()).reshape(-1, 3)
    known = {0: (0, 0, 0), 1: (128, 0, 0), 2: (0, 128, 0), 3: (128, 128, 0), 8: (64, 0, 0)}
    known |= {20: (0, 64, 128), 255: (224, 224, 192)}
    for index, color in known.items():
        assert tuple(palette[index]) == color


def test_late_part_holds_every_frame_and_is_announced(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    size = (20, 30)
    mask = disc(size, 9, 9, 4)
    frames = [[(253, PERSON, 0.5, mask)], [], [(254, PERSON, 0.5, mask)], []]
    with caplog.at_level(logging.WARNING):
        export(MaskSequence(size, frames), "davis", tmp_path / "davis")
    assert "tracks 254 to 506 are in" in caplog.text
    highest = [
        [int(np.asarray(Image.open(folder / f"{t:05d}.png")).max()) for t in range(4)]
        for folder in (tmp_path / "davis", tmp_path / "davis" / "part2")
    ]
    assert highest == [[253, 0, 0, 0], [0, 0, 1, 0]]
