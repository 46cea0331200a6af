"""YouTube-VIS ground truth."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from blendmask_live.counting import counted
from blendmask_live.datatypes import TrackedInstances
from blendmask_live.errors import AnnotationError
from blendmask_live.importing.coco import Categories, only_fitting_video
from blendmask_live.importing.identities import TrackIds, entry_id, usable_identity
from blendmask_live.importing.reading import (
    at_place,
    check_size,
    load_annotations,
    main_file,
    segmentation_crop,
    stated_size,
)
from blendmask_live.importing.sequence import (
    FrameNumbers,
    ImportedSequence,
    ImportTarget,
    MaskRow,
    Remarks,
    tracked_instances,
    usable_rings,
    usable_score,
)
from blendmask_live.importing.track_entries import youtube_vis_track

__all__ = ["read_youtube_vis"]


def read_youtube_vis(path: Path, target: ImportTarget) -> ImportedSequence:
    """Read `instances.json`; of several videos, the only one of the target's size.

    Raises:
        AnnotationError: If the file cannot be used.
    """
    path = main_file(path, "instances.json")
    content = load_annotations(path)
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
            None if n is None else numbers.index(n, f"{path}: video {video['id']}")
            for n in numbers.of_names(names, place=f"{path}: video {video['id']}")
        ]
        tracks = [
            entry
            for entry in content["annotations"]
            if isinstance(entry, dict) and entry_id(entry["video_id"]) == entry_id(video["id"])
        ]
    with at_place(str(path)):
        own = [_identity(track, number) for number, track in enumerate(tracks, start=1)]
    ids = TrackIds([(key, key) for key in own])
    remarks = Remarks()
    by_frame: dict[int, list[tuple[int, int, dict[str, Any]]]] = defaultdict(list)
    for key, track in zip(own, tracks, strict=True):
        place = f"annotation {track.get('id')}"
        track_id = ids.new() if key is None else ids.of(key)
        with remarks.odd_shapes(f"{path.name}: {place}"):
            entry = youtube_vis_track(track)
            found = len(entry.segmentations)
            if found != len(names):
                there = counted(len(names), "frame")
                raise ValueError(f"{counted(found, 'segmentation')}, the video has {there}")
            for position, _ in entry.masks():
                index = indices[position]
                if index is None:
                    remarks.leave_out("its picture is not in the folder", names[position])
                else:
                    by_frame[index].append((track_id, position, track))

    def read() -> Iterator[tuple[int, TrackedInstances]]:
        for index in sorted(by_frame):
            rows = []
            for track_id, position, track in by_frame[index]:
                place = f"{path.name}: annotation {track.get('id')}, segmentations[{position}]"
                with remarks.odd_shapes(place):
                    rows.append(_row(track_id, track, position, categories, target, remarks, place))
            if rows:
                tracked = tracked_instances(
                    rows,
                    categories.labels,
                    target.frame_size,
                    remarks=remarks,
                    place=f"frame {index}",
                )
                yield index, tracked

    return ImportedSequence(categories.labels, read(), numbers.assumptions, remarks)


def _identity(track: dict[str, Any], number: int) -> int | str | None:
    """An annotation is a track; its id tells it where it has no other."""
    if track.get("track_id") is not None:
        return usable_identity(track["track_id"])
    return usable_identity(track.get("id", number))


def _video_of(path: Path, videos: list[dict[str, Any]], target: ImportTarget) -> dict[str, Any]:
    fitting = [
        video
        for video in videos
        if _size(video) in (None, target.frame_size)
        and len(video["file_names"]) <= target.frame_count
    ]
    if len(videos) == 1 and not fitting:
        (video,) = videos
        place = f"{path}: video {video['id']}"
        check_size(place, _size(video), target.frame_size)
        raise ValueError(
            f"{counted(len(video['file_names']), 'frame')}, the video has only {target.frame_count}"
        )
    return only_fitting_video(videos, fitting, target)


def _size(video: dict[str, Any]) -> tuple[int, int] | None:
    return stated_size(video.get("height"), video.get("width"))


def _row(
    track_id: int,
    track: dict[str, Any],
    position: int,
    categories: Categories,
    target: ImportTarget,
    remarks: Remarks,
    place: str,
) -> MaskRow:
    segmentation = usable_rings(
        track["segmentations"][position], target.frame_size, remarks=remarks, place=place
    )
    crop = segmentation_crop(segmentation, target.frame_size, place)
    class_id = categories.class_of(track["category_id"])
    return MaskRow(track_id, class_id, usable_score(track.get("score")), crop)
