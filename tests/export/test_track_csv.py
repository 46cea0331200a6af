"""The table of masks, read by the standard library."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from tests.export.sequences import PERSON, MaskSequence, disc, export, owners, visible_rows

COLUMNS = "frame pts_s track_id class score x y w h area_px centroid_x centroid_y visible_fraction"


def test_every_mask_is_a_row_with_its_measures(awkward: MaskSequence, tmp_path: Path) -> None:
    export(awkward, "csv", tmp_path / "x")
    with (tmp_path / "x" / "tracks.csv").open(encoding="utf-8", newline="") as stream:
        reader = csv.DictReader(stream)
        assert reader.fieldnames == COLUMNS.split()
        table = list(reader)
    expected = [(t, row) for t, rows in enumerate(awkward.frames) for row in visible_rows(rows)]
    for line, (t, (track_id, class_id, score, mask)) in zip(table, expected, strict=True):
        rows, columns = np.nonzero(mask)
        assert (int(line["frame"]), int(line["track_id"])) == (t, track_id)
        assert line["class"] == awkward.labels[class_id]
        assert float(line["score"]) == pytest.approx(score, abs=1e-5)
        assert int(line["area_px"]) == rows.size
        assert [int(line[k]) for k in "xywh"] == [
            columns.min(),
            rows.min(),
            np.ptp(columns) + 1,
            np.ptp(rows) + 1,
        ]
        assert float(line["centroid_x"]) == pytest.approx(columns.mean() + 0.5, abs=0.006)
        assert float(line["centroid_y"]) == pytest.approx(rows.mean() + 0.5, abs=0.006)
        visible = owners(awkward.frames[t])[track_id].sum() / rows.size
        assert float(line["visible_fraction"]) == pytest.approx(visible, abs=6e-5)


def test_hidden_half_is_half_visible(tmp_path: Path) -> None:
    size = (10, 10)
    left, all_of_it = np.zeros(size, dtype=bool), np.ones(size, dtype=bool)
    left[:, :5] = True
    rows = [
        (1, PERSON, 0.5, all_of_it),
        (2, PERSON, 0.9, left),
        (3, PERSON, 0.1, disc(size, 2, 2, 1)),
    ]
    export(MaskSequence(size, [rows]), "csv", tmp_path / "x")
    with (tmp_path / "x" / "tracks.csv").open(newline="") as stream:
        assert [row["visible_fraction"] for row in csv.DictReader(stream)] == [
            "0.5000",
            "1.0000",
            "0.0000",
        ]
