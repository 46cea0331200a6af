"""Tells in which format a file or folder is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PIL import Image

from blendmask_live.errors import AnnotationError
from blendmask_live.export import EXPORTERS, Format
from blendmask_live.importing.reading import load_annotations, shown_files

__all__ = ["detect_format"]


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
    fitting = [format for format in _formats() if suffix in format.suffixes]
    if suffix == ".json":
        content = load_annotations(path)
        fitting = [format for format in fitting if _fits(content, format)]
    named = [format for format in fitting if path.stem.startswith(format.name)]
    return next((format.name for format in (*named, *fitting)), "")


def _of_folder(path: Path) -> str:
    formats = _formats()
    # A folder named after a format, as our own are, can be known by less.
    named = [(f, (*f.signs, *f.weak_signs)) for f in formats if f.name == path.name]
    for format, signs in (*named, *((f, f.signs) for f in formats)):
        if any(_bears(path, sign, format) for sign in signs):
            return format.name
    if found := _of_json_files(path) or _of_pictures(path):
        return found
    weak = (f.name for f in formats if any(_bears(path, sign, f) for sign in f.weak_signs))
    return next(weak, "")


def _of_json_files(folder: Path) -> str:
    """The first file that tells a format decides."""
    formats = [format for format in _formats() if "*.json" in format.weak_signs]
    for file in shown_files(folder, ".json") if formats else ():
        content = load_annotations(file)
        for format in formats:
            if _fits(content, format):
                return format.name
    return ""


def _of_pictures(folder: Path) -> str:
    for format in _formats():
        for place, fits in format.picture_signs.items():
            folders = sorted(folder.glob(place)) if place else [folder]
            files = [file for inner in folders for file in shown_files(inner, ".png")]
            if files and _picture_fits(files[0], fits):
                return format.name
    return ""


def _picture_fits(file: Path, fits: Callable[[Image.Image | None], bool]) -> bool:
    try:
        with Image.open(file) as picture:
            return fits(picture)
    except (OSError, SyntaxError):
        return fits(None)


def _formats() -> list[Format]:
    return [writer.format for writer in EXPORTERS.values()]


def _bears(folder: Path, sign: str, format: Format) -> bool:
    """Whether a file matches the sign, and the first that does fits the format."""
    file = min(folder.glob(sign), default=None)
    return file is not None and (file.suffix != ".json" or _fits(load_annotations(file), format))


def _fits(content: Any, format: Format) -> bool:
    return format.fits_json is None or (
        isinstance(content, dict | list) and format.fits_json(content)
    )
