"""COCO and YouTube-VIS, by the rules of pycocotools and TrackEval."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

from pycocotools.coco import COCO

from blendmask_live.counting import counted
from blendmask_live.importing.reading import load_json, main_file
from blendmask_live.validation.common import (
    EXPORT_AGAIN,
    check_frames_csv,
    check_mask_numbers,
    check_segmentation,
    missing_keys,
)
from blendmask_live.validation.report import Violation

__all__ = ["check_coco", "check_youtube_vis"]


def check_coco(path: Path) -> Iterator[Violation]:
    """Ids, references, masks, boxes, areas, tracks; and pycocotools must load it."""
    path = main_file(path, "instances.json", "annotations.json")
    content = load_json(path)
    problems = missing_keys(content, ("images", "annotations", "categories"), str(path))
    yield from problems
    if problems:
        return
    yield from _check_ids(path, content, ("images", "annotations", "categories"))
    yield from _check_categories(path, content)
    for image in content["images"]:
        place = f"{path}: image {image.get('id')}"
        yield from missing_keys(image, ("id", "file_name", "height", "width"), place)
    problems = list(_check_coco_annotations(path, content))
    yield from problems
    yield from _check_pictures(path, [str(i.get("file_name")) for i in content["images"]])
    yield from check_frames_csv(path.parent, count=len(content["images"]))
    if not problems:
        yield from _check_pycocotools(path)


def _check_ids(path: Path, content: Any, keys: tuple[str, ...]) -> Iterator[Violation]:
    for key in keys:
        counts = Counter(str(item.get("id")) for item in content[key])
        for item in content[key]:
            if not _is_whole(value := item.get("id")):
                yield Violation(f"{path}: {key}", f"id {value!r} is no whole number", "number them")
        for value, times in counts.items():
            if times > 1:
                problem = f"id {value} is used {times} times"
                yield Violation(f"{path}: {key}", problem, "give every entry its own id")
            if value == "0" and key == "annotations":
                problem = f"id {value}: evaluation takes 0 for 'none'"
                yield Violation(f"{path}: {key}", problem, "count ids from 1")


def _is_whole(value: Any) -> bool:
    if isinstance(value, float):
        return value.is_integer()
    return isinstance(value, int) and not isinstance(value, bool)


def _check_categories(path: Path, content: Any) -> Iterator[Violation]:
    for number, category in enumerate(content["categories"]):
        place = f"{path}: categories[{number}]"
        yield from missing_keys(category, ("id", "name"), place)
        name = category.get("name", "-")
        if not isinstance(name, str) or not name.strip():
            yield Violation(place, f"name {name!r}: expected text", "write the class's name")


def _check_crowd(item: Any, place: str) -> Iterator[Violation]:
    if item["iscrowd"] not in (0, 1):
        problem = f"iscrowd {item['iscrowd']!r}: expected 0 or 1"
        yield Violation(place, problem, "write 0 for single objects")


def _check_coco_annotations(path: Path, content: Any) -> Iterator[Violation]:
    sizes = {i["id"]: (i.get("height"), i.get("width")) for i in content["images"] if "id" in i}
    categories = {category.get("id") for category in content["categories"]}
    tracks: set[tuple[Any, Any]] = set()
    for number, item in enumerate(content["annotations"]):
        place = f"{path}: annotations[{number}]"
        keys = ("id", "image_id", "category_id", "segmentation", "area", "bbox", "iscrowd")
        problems = missing_keys(item, keys, place)
        yield from problems
        if problems:
            continue
        yield from _check_crowd(item, place)
        if item["image_id"] not in sizes:
            problem = f"image_id {item['image_id']} is not among the images"
            yield Violation(place, problem, "remove the annotation or add the image")
            continue
        if item["category_id"] not in categories:
            problem = f"category_id {item['category_id']} is not among the categories"
            yield Violation(place, problem, "add the category")
        track = item["image_id"], item.get("track_id")
        if track[1] is not None and track in tracks:
            problem = f"track_id {track[1]} is in image {track[0]} already"
            yield Violation(place, problem, "a track has one mask in a frame")
        tracks.add(track)
        problems, rle = check_segmentation(item["segmentation"], sizes[item["image_id"]], place)
        yield from problems
        # Area and box of polygons are those of their outlines.
        if rle is not None and isinstance(item["segmentation"], dict):
            yield from check_mask_numbers(rle, item["bbox"], item["area"], place)


def _check_pictures(path: Path, names: list[str]) -> Iterator[Violation]:
    """If some pictures are there, all must be."""
    missing = [name for name in names if not (path.parent / name).is_file()]
    if missing and len(missing) < len(names):
        problem = f"{len(missing)} of {len(names)} pictures are missing, as {missing[0]}"
        yield Violation(str(path), problem, "export again with --frames jpg or png")


def _check_pycocotools(path: Path) -> Iterator[Violation]:
    """Must load and draw it; what our own check refuses could end the process here."""
    try:
        with redirect_stdout(io.StringIO()):
            coco = COCO(str(path))
            for annotation in coco.anns.values():
                coco.annToRLE(annotation)
    except Exception as error:
        # Whatever the reader raises is what the user would see.
        problem = f"pycocotools: {type(error).__name__}: {error}"
        yield Violation(str(path), problem, EXPORT_AGAIN)


def check_youtube_vis(path: Path) -> Iterator[Violation]:
    """`instances.json` as ground truth and `results.json` as results, as TrackEval reads them."""
    if path.is_file() and isinstance(content := load_json(path), list):
        yield from _check_results(path, content, {}, None)
        return
    path = main_file(path, "instances.json")
    content = load_json(path)
    problems = missing_keys(content, ("videos", "annotations", "categories"), str(path))
    yield from problems
    if problems:
        return
    yield from _check_ids(path, content, ("videos", "annotations", "categories"))
    yield from _check_categories(path, content)
    videos = {}
    for video in content["videos"]:
        problems = list(_check_video(path, video))
        yield from problems
        if not problems:
            videos[video["id"]] = video
    categories = {category.get("id") for category in content["categories"]}
    for number, item in enumerate(content["annotations"]):
        yield from _check_truth(f"{path}: annotations[{number}]", item, videos, categories)
    if len(videos) == 1:
        (video,) = videos.values()
        yield from check_frames_csv(path.parent, count=video["length"])
    results = path.with_name("results.json")
    if results.is_file():
        yield from _check_results(results, load_json(results), videos, categories)


def _check_video(path: Path, video: Any) -> Iterator[Violation]:
    place = f"{path}: videos"
    keys = ("id", "width", "height", "length", "file_names")
    problems = missing_keys(video, keys, place)
    yield from problems
    if problems:
        return
    names = video["file_names"]
    if len(names) != video["length"]:
        problem = f"length {video['length']}, but {len(names)} file_names"
        yield Violation(place, problem, "name every frame once")
    folders = {str(name).rpartition("/")[0] for name in names}
    if names and ("" in folders or len(folders) > 1):
        problem = "file_names must look like <sequence>/<frame>.jpg, all of one sequence"
        yield Violation(place, problem, "put the sequence's name and a slash before each")


def _check_truth(
    place: str, item: Any, videos: dict[Any, Any], categories: set[Any]
) -> Iterator[Violation]:
    lists = ("segmentations", "areas", "bboxes")
    keys = ("id", "video_id", "category_id", "iscrowd", "height", "width", *lists)
    problems = missing_keys(item, keys, place)
    yield from problems
    if problems:
        return
    yield from _check_track(place, item, videos, categories)
    yield from _check_crowd(item, place)
    lengths = {len(item[name]) for name in lists}
    if len(lengths) > 1:
        problem = f"segmentations, areas and bboxes have lengths {sorted(lengths)}"
        yield Violation(place, problem, "one entry per frame in each, null where unseen")
        return
    for frame, values in enumerate(zip(*(item[name] for name in lists), strict=True)):
        segmentation, area, bbox = values
        where = f"{place}, frame {frame}"
        if len({value is None for value in values}) > 1:
            problem = "segmentation, area and bbox are not null together"
            yield Violation(where, problem, "null in all three where the object is unseen")
        elif segmentation is not None:
            size = item["height"], item["width"]
            problems, rle = check_segmentation(segmentation, size, where)
            yield from problems
            if rle is not None:
                yield from check_mask_numbers(rle, bbox, area, where)
                if not isinstance(segmentation["counts"], list):
                    problem = "compressed run lengths; TrackEval reads lists in ground truth"
                    yield Violation(where, problem, "export with --rle uncompressed")
                    return


def _check_track(
    place: str, item: Any, videos: dict[Any, Any], categories: set[Any] | None
) -> Iterator[Violation]:
    """References and the number of frames."""
    if categories is not None and item["category_id"] not in categories:
        problem = f"category_id {item['category_id']} is not among the categories"
        yield Violation(place, problem, "add the category")
    video = videos.get(item["video_id"])
    if video is None:
        if videos:
            problem = f"video_id {item['video_id']} is not among the videos"
            yield Violation(place, problem, "add the video")
    elif len(item["segmentations"]) != video["length"]:
        found = counted(len(item["segmentations"]), "segmentation")
        problem = f"{found} for {counted(video['length'], 'frame')}"
        yield Violation(place, problem, "one entry per frame, null where unseen")


def _check_results(
    path: Path, content: Any, videos: dict[Any, Any], categories: set[Any] | None
) -> Iterator[Violation]:
    if not isinstance(content, list):
        yield Violation(str(path), "expected a list of results", EXPORT_AGAIN)
        return
    for number, item in enumerate(content):
        place = f"{path}: [{number}]"
        keys = ("video_id", "category_id", "score", "segmentations")
        problems = missing_keys(item, keys, place)
        yield from problems
        if problems:
            continue
        yield from _check_track(place, item, videos, categories)
        if not 0 <= item["score"] <= 1:
            yield Violation(place, f"score {item['score']}: expected 0 to 1", "scale the scores")
        for frame, segmentation in enumerate(item["segmentations"]):
            if segmentation is None:
                continue
            size = tuple(segmentation.get("size", ())) if isinstance(segmentation, dict) else ()
            where = f"{place}, frame {frame}"
            video = videos.get(item["video_id"])
            wanted = (video["height"], video["width"]) if video else size
            yield from check_segmentation(segmentation, wanted, where)[0]
            if isinstance(segmentation, dict) and isinstance(segmentation.get("counts"), list):
                problem = "uncompressed run lengths; TrackEval reads text in results"
                yield Violation(where, problem, "export with --rle compressed")
                break
