"""YouTube-VIS JSON: per track, one mask or null for each frame of the video."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import repeat
from typing import Any, ClassVar, TextIO

import msgspec

from blendmask_live.datatypes import TrackedFrame
from blendmask_live.export.format import Format
from blendmask_live.export.json_text import category_objects, first_annotation, to_json
from blendmask_live.export.sequence import ExportJob
from blendmask_live.export.track_classes import TrackClasses
from blendmask_live.export.track_spool import TrackSpool
from blendmask_live.masks.crops import CroppedMask
from blendmask_live.masks.run_lengths import run_lengths_of

__all__ = ["YoutubeVisWriter"]

_VIDEO_ID = 1
_NUMBER, _AREA, _BOX, _FIRST_RLE = range(4)
"""Which text of a record is what."""


def _is_youtube_vis(content: Any) -> bool:
    if isinstance(content, list):
        return True
    # With images it is CocoVID, unless its masks are listed by track.
    return "videos" in content and (
        "images" not in content or "segmentations" in first_annotation(content)
    )


class YoutubeVisWriter:
    """Writes `instances.json` (ground-truth form) and `results.json` (result form).

    The format lists masks by track, so they wait in a spool file until the end. A track has
    one category: the class with the largest summed score; its score is the mean over its masks.
    The categories are the classes that tracks have, or with `all_classes` all: TrackEval's averages
    over classes count one that never occurs as 0. Masks may overlap. Pictures, where asked for, are
    in `JPEGImages/<source name>`.
    """

    format: ClassVar = Format(
        name="youtube-vis",
        validator="blendmask_live.validation.coco_like:check_youtube_vis",
        importer="blendmask_live.importing.youtube_vis:read_youtube_vis",
        signs=("instances.json",),
        weak_signs=("*.json",),
        suffixes=(".json",),
        fits_json=_is_youtube_vis,
        options=frozenset({"frames", "rle", "all_classes"}),
    )

    def __init__(self, job: ExportJob) -> None:
        self._job = job
        asked = job.options.rle
        kinds = asked or "uncompressed", asked or "compressed"
        # A track's masks as both files have them; where both have the same, once.
        self._kinds = tuple(dict.fromkeys(kinds))
        self._truth_text, self._result_text = (
            _FIRST_RLE + self._kinds.index(kind) for kind in kinds
        )
        self._spool = TrackSpool(job.folder.open_spool(), texts=_FIRST_RLE + len(self._kinds))
        self._mask_counts: dict[int, int] = {}
        self._score_sums: dict[int, float] = {}
        self._classes = TrackClasses()
        self._frame_count = 0

    def add(self, number: int, tracked_frame: TrackedFrame) -> str:
        instances = tracked_frame.instances
        self._classes.add(tracked_frame)
        for row, crop in enumerate(instances.cropped_masks()):
            track_id = int(tracked_frame.track_ids[row])
            score = float(instances.scores[row])
            self._score_sums[track_id] = self._score_sums.get(track_id, 0.0) + score
            self._mask_counts[track_id] = self._mask_counts.get(track_id, 0) + 1
            self._spool.append(track_id, self._texts(number, crop))
        self._frame_count = number + 1
        name = self._file_name(number)
        self._job.save_picture(f"JPEGImages/{name}", tracked_frame.frame)
        return name

    def _texts(self, number: int, crop: CroppedMask) -> list[str]:
        """Frame, area, box and run lengths of a mask, as they will stand in the files."""
        height, width = self._job.frame_size
        runs = run_lengths_of(crop, (height, width))
        counts = {
            # Ten times as fast as the standard library with numbers.
            "uncompressed": lambda: msgspec.json.encode(runs.lengths.tolist()).decode("ascii"),
            "compressed": lambda: to_json(runs.compressed().decode("ascii")),
        }
        rles = (f'{{"size":[{height},{width}],"counts":{counts[kind]()}}}' for kind in self._kinds)
        x0, y0, x1, y1 = runs.box
        # As pycocotools has them.
        box = f"[{x0}.0,{y0}.0,{x1 - x0}.0,{y1 - y0}.0]"
        return [str(number), str(crop.area), box, *rles]

    def _file_name(self, number: int) -> str:
        # Readers take the part before the slash for the sequence's name.
        return self._job.picture_name(f"{self._job.source.name}/{number:05d}")

    def finish(self) -> None:
        truth = self._job.folder.open_text("instances.json")
        results = self._job.folder.open_text("results.json")
        self._write_truth_head(truth)
        results.write("[")
        for position, track_id in enumerate(self._spool):
            if position:
                truth.write(",")
                results.write(",")
            self._write_annotation(truth, position + 1, track_id)
            self._write_result(results, track_id)
        truth.write("]}\n")
        results.write("]\n")

    def _write_truth_head(self, truth: TextIO) -> None:
        height, width = self._job.frame_size
        name = self._job.source.name
        info = {"description": f"{name}, tracked by BlendMask Live"}
        used = {self._classes.class_of(track_id) for track_id in self._spool}
        # Where nothing was found, a file without any category would be refused.
        wanted = None if self._job.options.all_classes else used or None
        categories = category_objects(self._job.labels, self._job.category_ids, wanted)
        truth.write(
            f'{{"info":{to_json(info)},"categories":{to_json(categories)},'
            f'"videos":[{{"id":{_VIDEO_ID},"width":{width},"height":{height},'
            f'"length":{self._frame_count},"file_names":'
        )
        _write_list(truth, (to_json(self._file_name(i)) for i in range(self._frame_count)))
        truth.write('}],"annotations":[')

    def _write_annotation(self, truth: TextIO, annotation_id: int, track_id: int) -> None:
        height, width = self._job.frame_size
        fields = {
            "id": annotation_id,
            "video_id": _VIDEO_ID,
            **self._category_and_score(track_id),
            "track_id": track_id,
            "iscrowd": 0,
            "height": height,
            "width": width,
        }
        # One pass over the track's records for each list: memory follows no length.
        places = self._spool.places(track_id)
        truth.write(f'{to_json(fields)[:-1]},"areas":')
        self._write_list(truth, places, _AREA)
        truth.write(',"bboxes":')
        self._write_list(truth, places, _BOX)
        truth.write(',"segmentations":')
        self._write_list(truth, places, self._truth_text)
        truth.write("}")

    def _write_result(self, results: TextIO, track_id: int) -> None:
        fields = {"video_id": _VIDEO_ID, **self._category_and_score(track_id)}
        results.write(f'{to_json(fields)[:-1]},"segmentations":')
        self._write_list(results, self._spool.places(track_id), self._result_text)
        results.write("}")

    def _category_and_score(self, track_id: int) -> dict[str, Any]:
        class_id = self._classes.class_of(track_id)
        mean_score = self._score_sums[track_id] / self._mask_counts[track_id]
        return {
            "category_id": self._job.category_ids[class_id],
            "score": round(mean_score, 5),
        }

    def _write_list(self, out: TextIO, places: Sequence[int], text: int) -> None:
        """One value per frame, null where there is none."""
        records = (self._spool.read(place, (_NUMBER, text)) for place in places)
        values = ((int(number), value) for number, value in records)
        _write_list(out, _without_gaps(values, self._frame_count))


def _without_gaps(values: Iterable[tuple[int, str]], count: int) -> Iterator[str]:
    next_number = 0
    for number, value in values:
        yield from repeat("null", number - next_number)
        yield value
        next_number = number + 1
    yield from repeat("null", count - next_number)


def _write_list(out: TextIO, items: Iterable[str]) -> None:
    out.write("[")
    for position, item in enumerate(items):
        out.write(f",{item}" if position else item)
    out.write("]")
