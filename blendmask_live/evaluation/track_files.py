"""Reads tracked masks from MOTS text and YouTube-VIS JSON, to be measured."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Literal

from blendmask_live.errors import DatasetError
from blendmask_live.importing.track_entries import mots_line, youtube_vis_track
from blendmask_live.masks.segmentations import segmentation_rle
from tracking.evaluation import ObjectMask

__all__ = ["TrackFormat", "TrackedSequence", "read_tracks"]

TrackFormat = Literal["mots", "youtube-vis"]
_IGNORE_REGION = 10
"""Class of MOTS for what need not be found."""
_FOLDERS_OF_FORMATS = {"mots", "gt", "data", "youtube-vis"}
"""Folders that say what lies in them, not which sequence it is."""


@dataclass(frozen=True, slots=True, eq=False)
class TrackedSequence:
    """The objects of one video.

    Attributes:
        objects: In file order.
        ignored: Regions in which unmatched results do not count.
        class_names: Class id -> name, where the file states it.
        counts_from: Number of the first frame in the file; `objects` count from 0.
    """

    objects: list[ObjectMask]
    ignored: list[ObjectMask]
    class_names: dict[int, str]
    counts_from: int = 0


def read_tracks(
    folder: Path,
    *,
    format: TrackFormat,
    is_truth: bool,
    first_frame: int | None = None,
) -> dict[str, TrackedSequence]:
    """Sequence name -> objects, of every sequence found in a folder.

    MOTS: `<name>/gt.txt` or `<name>/gt/gt.txt` for the truth; `<name>.txt` or
    `<name>/results.txt` for results. YouTube-VIS: JSON files with `videos` for the truth, JSON
    lists for results.

    Args:
        first_frame: Number of the first frame in MOTS files, 0 or 1; where absent, 0 if a file
            names a frame 0, else 1.

    Raises:
        DatasetError: If the folder holds no such file, or a file cannot be used.
    """
    if not folder.is_dir():
        raise DatasetError(f"{folder}: expected a folder with {format} files; check the path")
    if format == "mots":
        found = _read_mots_folder(folder, is_truth=is_truth, first_frame=first_frame)
    else:
        found = _read_youtube_vis_folder(folder, is_truth=is_truth)
    if not found:
        kind = "ground truth" if is_truth else "results"
        raise DatasetError(f"{folder}: holds no {kind} in {format} format; check the path")
    for name, sequence in found.items():
        _refuse_shared_ids(folder, name, sequence.objects)
    return found


def _refuse_shared_ids(folder: Path, name: str, objects: list[ObjectMask]) -> None:
    seen = set()
    for item in objects:
        place = (item.frame, item.class_id, item.object_id)
        if place in seen:
            raise DatasetError(
                f"{folder}: sequence {name!r} has object {item.object_id} twice in one frame "
                f"(frame {item.frame}, from 0); ids must be unique"
            )
        seen.add(place)


def _sequence_name(path: Path, folder: Path, *, plain_stems: set[str]) -> str:
    folders = path.relative_to(folder).parts[:-1]
    parts = [part for part in folders if part not in _FOLDERS_OF_FORMATS]
    if path.stem not in plain_stems:
        parts.append(path.stem)
    return "/".join(parts)


def _read_mots_folder(
    folder: Path, *, is_truth: bool, first_frame: int | None
) -> dict[str, TrackedSequence]:
    if is_truth:
        paths = sorted(folder.rglob("gt.txt"))
    else:
        others = {"gt.txt", "seqmap.txt"}
        paths = sorted(path for path in folder.rglob("*.txt") if path.name not in others)
    sequences = {}
    for path in paths:
        objects = _read_file(path, _read_mots)
        if first_frame is None:
            start = 0 if any(item.frame == 0 for item in objects) else 1
        else:
            start = first_frame
        moved = [
            ObjectMask(item.frame - start, item.object_id, item.class_id, item.rle)
            for item in objects
        ]
        if any(item.frame < 0 for item in moved):
            raise DatasetError(f"{path}: a frame number lies before the first frame, {start}")
        name = _sequence_name(path, folder, plain_stems={"gt", "results"})
        sequences[name] = TrackedSequence(
            [item for item in moved if item.class_id != _IGNORE_REGION],
            [item for item in moved if item.class_id == _IGNORE_REGION],
            {1: "car", 2: "pedestrian"},
            start,
        )
    return sequences


def _read_file(path: Path, parse: Callable[[str], Any]) -> Any:
    try:
        return parse(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise DatasetError(f"{path}: cannot be read ({error.strerror})") from error
    except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        raise DatasetError(f"{path}: not in the expected format ({error})") from error


def _read_mots(text: str) -> list[ObjectMask]:
    objects = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            entry = mots_line(line)
            objects.append(ObjectMask(entry.frame, entry.object_id, entry.class_id, entry.rle()))
        except ValueError as error:
            raise ValueError(f"line {number}: {error}") from error
    return objects


def _read_youtube_vis_folder(folder: Path, *, is_truth: bool) -> dict[str, TrackedSequence]:
    sequences: dict[str, TrackedSequence] = {}
    for path in sorted(folder.rglob("*.json")):
        name = _sequence_name(path, folder, plain_stems={path.stem})
        videos = _read_file(path, partial(_youtube_vis_videos, is_truth=is_truth))
        sequences |= {f"{name}#{video_id}": sequence for video_id, sequence in videos.items()}
    return sequences


def _youtube_vis_videos(text: str, *, is_truth: bool) -> dict[int, TrackedSequence]:
    """Video id -> objects; none if the JSON text is of another kind.

    Results carry no track id: each entry is a track of its own.
    """
    content = json.loads(text)
    names: dict[int, str] = {}
    videos: dict[int, TrackedSequence] = {}
    tracks: list[dict[str, Any]] = []
    if is_truth and isinstance(content, dict) and "videos" in content:
        names = {int(entry["id"]): str(entry["name"]) for entry in content["categories"]}
        videos = {int(video["id"]): TrackedSequence([], [], names) for video in content["videos"]}
        tracks = content["annotations"]
    elif not is_truth and isinstance(content, list):
        tracks = content
    for track_id, track in enumerate(map(youtube_vis_track, tracks)):
        sequence = videos.setdefault(track.video_id, TrackedSequence([], [], names))
        for frame, segmentation in track.masks():
            height, width = map(int, segmentation["size"])
            rle = segmentation_rle(segmentation, (height, width))
            sequence.objects.append(ObjectMask(frame, track_id, track.category_id, rle))
    return videos
