"""A MOTS line and a YouTube-VIS track mean the same to import, validation and measuring."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from blendmask_live.errors import DatasetError
from blendmask_live.evaluation.track_files import read_tracks
from blendmask_live.importing.track_entries import mots_line, youtube_vis_track
from blendmask_live.masks.segmentations import segmentation_rle
from blendmask_live.validation import validate

COUNTS: str = segmentation_rle({"size": [2, 3], "counts": [1, 2, 3]}, (2, 3))["counts"].decode()


def test_a_mots_line_is_read_with_its_mask() -> None:
    line = mots_line(f"7 2001 2 2 3 {COUNTS}")
    assert (line.frame, line.object_id, line.class_id, line.frame_size) == (7, 2001, 2, (2, 3))
    assert line.rle() == segmentation_rle({"size": [2, 3], "counts": [1, 2, 3]}, (2, 3))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (f"7 2001 2 2 {COUNTS}", "expected 6 fields, found 5"),
        (f"7 2001 2 2 3 {COUNTS} x", "expected 6 fields, found 7"),
        (f"7.5 2001 2 2 3 {COUNTS}", "7.5"),
        (f"7 2001 2 3 3 {COUNTS}", "do not fill"),
        (f"7 2001 2 0 3 {COUNTS}", "not the size of a picture"),
        (f"7 2001 2 1000000 1000000 {COUNTS}", "not the size of a picture"),
    ],
)
def test_all_readers_of_mots_refuse_the_same_lines(tmp_path: Path, text: str, reason: str) -> None:
    path = tmp_path / "truth" / "one" / "gt.txt"
    path.parent.mkdir(parents=True)
    path.write_text(text + "\n")
    with pytest.raises(ValueError, match=reason):
        mots_line(text).rle()
    with pytest.raises(DatasetError, match=rf"gt\.txt: .*line 1: .*{reason}"):
        read_tracks(tmp_path / "truth", format="mots", is_truth=True)
    found = [v for v in validate(path, format="mots").violations if v.place.endswith("line 1")]
    assert reason in found[0].problem


def test_a_track_names_the_places_where_its_object_is_seen() -> None:
    mask = {"size": [2, 3], "counts": COUNTS}
    entry = {"video_id": 1, "category_id": 3, "segmentations": [None, mask, None, mask]}
    track = youtube_vis_track(entry)
    assert (track.video_id, track.category_id) == (1, 3)
    assert list(track.masks()) == [(1, mask), (3, mask)]


@pytest.mark.parametrize(
    "entry", [{}, {"video_id": 1, "category_id": 3, "segmentations": None}, {"video_id": "a"}]
)
def test_what_is_no_track_is_refused(entry: dict[str, Any]) -> None:
    with pytest.raises((KeyError, ValueError)):
        youtube_vis_track(entry)
