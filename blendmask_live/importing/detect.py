"""Tells in which format a file or folder is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, UnidentifiedImageError

from blendmask_live.errors import AnnotationError
from blendmask_live.importing.reading import load_annotations, shown_files

__all__ = ["detect_format"]

_BY_SUFFIX = {".xml": "cvat", ".parquet": "parquet", ".txt": "mots", ".csv": "csv"}
_VIDEO_SUFFIXES = {".mp4", ".mov", ".webm", ".mkv"}
# What a folder of each format holds; the first that is there decides.
_BY_CONTENT = {
    "instances/*.png": "mots-png",
    "gt/gt.txt": "mots",
    "data.yaml": "yolo-seg",
    "annotations.xml": "cvat",
    "panoptic.json": "panoptic",
    "masks.parquet": "parquet",
    "overlay.*": "overlay",
    "cutout.*": "cutout",
    "cutout/*.png": "cutout",
    "matte.*": "matte",
    "matte/*.png": "matte",
    "results.txt": "mots",
    "gt.txt": "mots",
}


def detect_format(path: Path) -> str:
    """Name of the format, as in `export.EXPORTERS`.

    Raises:
        AnnotationError: If nothing is there or it is none of ours.
    """
    if not path.exists():
        raise AnnotationError(f"{path}: no such file or folder")
    if path.suffix.lower() == ".bml":
        raise AnnotationError(f"{path}: is a project; make an export of it first (export)")
    found = _of_folder(path) if path.is_dir() else _of_file(path)
    if not found:
        raise AnnotationError(f"{path}: in none of the known formats; name it with --format")
    return found


def _of_file(path: Path) -> str:
    suffix = path.suffix.lower()
    if suffix == ".json":
        return _of_json(load_annotations(path))
    if suffix in _VIDEO_SUFFIXES:
        names = [name for name in ("matte", "cutout") if path.stem.startswith(name)]
        return names[0] if names else "overlay" if suffix == ".mp4" else "cutout"
    return _BY_SUFFIX.get(suffix, "")


def _of_json(content: Any) -> str:
    if isinstance(content, list):
        return "youtube-vis"
    if isinstance(content, dict):
        annotations = content.get("annotations")
        first = annotations[0] if isinstance(annotations, list) and annotations else None
        first = first if isinstance(first, dict) else {}
        if "segments_info" in first:
            return "panoptic"
        if "images" in content and "segmentations" not in first:
            # CocoVID has videos too.
            return "coco"
        for key, name in (("videos", "youtube-vis"), ("images", "coco"), ("shapes", "labelme")):
            if key in content:
                return name
    return ""


def _of_folder(path: Path) -> str:
    for pattern, name in _BY_CONTENT.items():
        if any(path.glob(pattern)):
            return name
    if (path / "instances.json").is_file():
        return _of_json(load_annotations(path / "instances.json"))
    if any(path.glob("track_*")):
        return _of_track_files(path)
    if (path / "tracks.csv").is_file():
        return "csv"
    for file in shown_files(path, ".json"):
        if found := _of_json(load_annotations(file)):
            return found
    pictures = shown_files(path, ".png")
    return _of_mask(pictures[0]) if pictures else ""


def _of_mask(picture: Path) -> str:
    """MOTS has class * 1000 + instance in 16 bits (KITTI: in a folder for each sequence)."""
    try:
        with Image.open(picture) as opened:
            is_wide = opened.mode.startswith("I")
            # 65535 is white: a mask of one object.
            is_mots = is_wide and 1000 <= np.asarray(opened).max() < 65535
            return "mots-png" if is_mots else "davis"
    except (OSError, SyntaxError):
        return "davis"


def _of_track_files(path: Path) -> str:
    """Files per track: the folder's name tells, else whether they have alpha."""
    if path.name in ("cutout", "matte"):
        return path.name
    for picture in path.glob("track_*/*.png"):
        try:
            with Image.open(picture) as opened:
                return "cutout" if opened.mode == "RGBA" else "matte"
        except (OSError, UnidentifiedImageError):
            return ""
    suffixes = {file.suffix for file in path.glob("track_*")}
    return "cutout" if suffixes & {".mov", ".webm"} else "matte"
