"""Parquet: one row per mask, for analysis tools."""

from __future__ import annotations

from typing import Any, ClassVar, Final

from pycocotools import mask as coco_mask

from blendmask_live.datatypes import TrackedFrame
from blendmask_live.export.format import Format
from blendmask_live.export.sequence import ExportJob

__all__ = ["ParquetWriter"]

_ROWS_PER_GROUP: Final = 5000


class ParquetWriter:
    """Writes `masks.parquet`: one row per mask, in groups of some thousand rows.

    x, y, w, h are the box of the mask's pixels, `rle` is COCO's compressed run lengths of a
    frame of `height` x `width`. The class is a dictionary column.
    """

    format: ClassVar = Format(
        name="parquet",
        validator="blendmask_live.validation.tables:check_parquet",
        signs=("masks.parquet",),
        suffixes=(".parquet",),
    )

    def __init__(self, job: ExportJob) -> None:
        # Loaded where it is needed: it takes longer than the rest of the command line.
        import pyarrow
        from pyarrow import parquet

        types = {
            "frame": pyarrow.int32(),
            "source_index": pyarrow.int64(),
            "pts_s": pyarrow.float64(),
            "track_id": pyarrow.int64(),
            "class": pyarrow.dictionary(pyarrow.int32(), pyarrow.string()),
            "score": pyarrow.float32(),
            "x": pyarrow.int32(),
            "y": pyarrow.int32(),
            "w": pyarrow.int32(),
            "h": pyarrow.int32(),
            "area_px": pyarrow.int64(),
            "height": pyarrow.int32(),
            "width": pyarrow.int32(),
            "rle": pyarrow.binary(),
        }
        self._job = job
        self._schema = pyarrow.schema(types.items())
        self._table_of = pyarrow.Table.from_pylist
        self._rows: list[dict[str, Any]] = []
        stream = job.folder.open_binary("masks.parquet")
        self._writer = parquet.ParquetWriter(stream, self._schema, compression="zstd")
        # Before the stream is closed: an abandoned writer would write to it once more.
        job.folder.handles.callback(self._writer.close)

    def add(self, number: int, tracked_frame: TrackedFrame) -> str:
        frame, instances = tracked_frame.frame, tracked_frame.instances
        height, width = self._job.frame_size
        for row, rle in enumerate(instances.rles()):
            x, y, w, h = (int(value) for value in coco_mask.toBbox(rle))
            self._rows.append(
                {
                    "frame": number,
                    "source_index": frame.index,
                    "pts_s": None if frame.pts_s is None else float(frame.pts_s),
                    "track_id": int(tracked_frame.track_ids[row]),
                    "class": instances.class_names[row],
                    "score": float(instances.scores[row]),
                    "x": x,
                    "y": y,
                    "w": w,
                    "h": h,
                    "area_px": int(coco_mask.area(rle)),
                    "height": height,
                    "width": width,
                    "rle": rle["counts"],
                }
            )
        if len(self._rows) >= _ROWS_PER_GROUP:
            self._write_group()
        return ""

    def _write_group(self) -> None:
        self._writer.write_table(self._table_of(self._rows, schema=self._schema))
        self._rows.clear()

    def finish(self) -> None:
        if self._rows:
            self._write_group()
        self._writer.close()
