"""YouTube-VIS ground truth."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from blendmask_live.datatypes import TrackedInstances
from blendmask_live.errors import AnnotationError
from blendmask_live.importing.coco import Categories
from blendmask_live.importing.reading import (
    at_place,
    check_size,
    load_json,
    main_file,
    segmentation_crop,
)
from blendmask_live.importing.sequence import (
    FrameNumbers,
    ImportedSequence,
    ImportTarget,
    MaskRow,
    tracked_instances,
)

__all__ = ["read_youtube_vis"]


def read_youtube_vis(path: Path, target: ImportTarget) -> ImportedSequence:
    """Read `instances.json`; of several videos, the only one of the target's size.

    Raises:
        AnnotationError: If the file cannot be used.
    """
    path = main_file(path, "instances.json")
    content = load_json(path)
    if isinstance(content, list):
        raise AnnotationError(
            f"{path}: a list of results names no classes; give the file with 'videos' and "
            "'categories'"
        )
    with at_place(str(path)):
        categories = Categories(content["categories"])
        video = _video_of(path, content["videos"], target)
        names = [str(name) for name in video["file_names"]]
        numbers = FrameNumbers(path.parent, target)
        indices = [
            numbers.index(n, f"{path}: video {video['id']}") for n in numbers.of_names(names)
        ]
        tracks = [entry for entry in content["annotations"] if entry["video_id"] == video["id"]]
    by_position: dict[int, list[tuple[int, dict[str, Any]]]] = defaultdict(list)
    for number, track in enumerate(tracks, start=1):
        with at_place(f"{path}: annotation {track.get('id', number)}"):
            track_id = int(track.get("track_id", track.get("id", number)))
            found = len(track["segmentations"])
            if found != len(names):
                raise ValueError(f"{found} segmentations, the video has {len(names)} frames")
            for position, segmentation in enumerate(track["segmentations"]):
                if segmentation:
                    by_position[position].append((track_id, track))

    def read() -> Iterator[tuple[int, TrackedInstances]]:
        for position in sorted(by_position, key=lambda position: indices[position]):
            rows = [
                _row(path, track_id, track, position, categories, target)
                for track_id, track in by_position[position]
            ]
            place = f"{path}: frame {indices[position]}"
            yield (
                indices[position],
                tracked_instances(rows, categories.labels, target.frame_size, place=place),
            )

    return ImportedSequence(categories.labels, read())


def _video_of(path: Path, videos: list[dict[str, Any]], target: ImportTarget) -> dict[str, Any]:
    fitting = [
        video
        for video in videos
        if (int(video["height"]), int(video["width"])) == target.frame_size
        and len(video["file_names"]) <= target.frame_count
    ]
    if len(fitting) == 1:
        return fitting[0]
    if len(videos) == 1:
        (video,) = videos
        place = f"{path}: video {video['id']}"
        check_size(place, (int(video["height"]), int(video["width"])), target.frame_size)
        raise ValueError(
            f"{len(video['file_names'])} frames, the video has only {target.frame_count}"
        )
    raise ValueError(
        f"holds {len(videos)} videos, {len(fitting)} of which fit; give a file of one video"
    )


def _row(
    path: Path,
    track_id: int,
    track: dict[str, Any],
    position: int,
    categories: Categories,
    target: ImportTarget,
) -> MaskRow:
    place = f"{path}: annotation {track.get('id', track_id)}, segmentations[{position}]"
    with at_place(place):
        crop = segmentation_crop(track["segmentations"][position], target.frame_size, place)
        class_id = categories.class_of(int(track["category_id"]))
        return MaskRow(track_id, class_id, float(track.get("score", 1.0)), crop)
