"""The CSV and Parquet tables."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from blendmask_live.errors import AnnotationError
from blendmask_live.importing.reading import main_file, read_text
from blendmask_live.validation.common import (
    EXPORT_AGAIN,
    check_frames_csv,
    check_mask_numbers,
    check_segmentation,
    read_frames_csv,
)
from blendmask_live.validation.report import Violation

__all__ = ["check_csv", "check_parquet"]

_CSV_COLUMNS: Final = (
    "frame,pts_s,track_id,class,score,x,y,w,h,area_px,centroid_x,centroid_y,visible_fraction"
).split(",")
_PARQUET_COLUMNS: Final = set(
    "frame,source_index,pts_s,track_id,class,score,x,y,w,h,area_px,height,width,rle".split(",")
)


class _Rows:
    """Checks that go over all rows: one mask per track and frame, frames that exist."""

    def __init__(self, folder: Path) -> None:
        table = read_frames_csv(folder)
        self._frame_count = None if table is None else len(table)
        self._seen: set[tuple[int, int]] = set()

    def check(self, place: str, frame: int, track_id: int, score: float) -> Iterator[Violation]:
        if (frame, track_id) in self._seen:
            problem = f"track {track_id} is in frame {frame} twice"
            yield Violation(place, problem, "one row per track and frame")
        self._seen.add((frame, track_id))
        if frame < 0 or (self._frame_count is not None and frame >= self._frame_count):
            problem = f"frame {frame}, frames.csv has {self._frame_count}"
            yield Violation(place, problem, EXPORT_AGAIN)
        if track_id <= 0 or not 0 <= score <= 1:
            problem = f"track_id {track_id} must be positive, score {score:g} from 0 to 1"
            yield Violation(place, problem, EXPORT_AGAIN)


def check_csv(path: Path) -> Iterator[Violation]:
    """The header, numbers in their ranges, boxes that hold their areas."""
    path = main_file(path, "tracks.csv")
    reader = csv.DictReader(io.StringIO(read_text(path), newline=""))
    if list(reader.fieldnames or ()) != _CSV_COLUMNS:
        problem = f"columns {reader.fieldnames}"
        yield Violation(f"{path}: line 1", problem, f"expected {','.join(_CSV_COLUMNS)}")
        return
    rows = _Rows(path.parent)
    for row in reader:
        place = f"{path}: line {reader.line_num}"
        try:
            x, y, w, h, area = (int(row[name]) for name in ("x", "y", "w", "h", "area_px"))
            center = float(row["centroid_x"]), float(row["centroid_y"])
            visible = float(row["visible_fraction"])
            yield from rows.check(
                place, int(row["frame"]), int(row["track_id"]), float(row["score"])
            )
        except (ValueError, TypeError) as error:
            yield Violation(place, f"not a row of numbers ({error})", EXPORT_AGAIN)
            continue
        if not 0 < area <= w * h or not 0 <= visible <= 1:
            problem = f"area_px {area} in a box of {w} x {h}, visible_fraction {visible}"
            yield Violation(place, problem, EXPORT_AGAIN)
        if not (x <= center[0] <= x + w and y <= center[1] <= y + h):
            yield Violation(place, f"centroid {center} lies outside the box", EXPORT_AGAIN)
    yield from check_frames_csv(path.parent, count=None)


def check_parquet(path: Path) -> Iterator[Violation]:
    """The columns, and masks that fit their boxes."""
    import pyarrow
    from pyarrow import parquet

    path = main_file(path, "masks.parquet")
    try:
        with parquet.ParquetFile(path) as file:
            missing = _PARQUET_COLUMNS - set(file.schema_arrow.names)
            if missing:
                yield Violation(str(path), f"columns missing: {sorted(missing)}", EXPORT_AGAIN)
                return
            rows, number = _Rows(path.parent), 0
            for batch in file.iter_batches():
                for row in batch.to_pylist():
                    yield from _check_parquet_row(f"{path}: row {number}", row, rows)
                    number += 1
    except (pyarrow.ArrowException, OSError) as error:
        raise AnnotationError(f"{path}: not readable as Parquet ({error})") from error
    yield from check_frames_csv(path.parent, count=None)


def _check_parquet_row(place: str, row: dict[str, Any], rows: _Rows) -> Iterator[Violation]:
    yield from rows.check(place, row["frame"], row["track_id"], row["score"])
    size = row["height"], row["width"]
    segmentation = {"size": size, "counts": row["rle"].decode("ascii", "replace")}
    problems, rle = check_segmentation(segmentation, size, place)
    yield from problems
    if rle is not None:
        box = [row[name] for name in "xywh"]
        yield from check_mask_numbers(rle, box, row["area_px"], place)
