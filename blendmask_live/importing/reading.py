"""Opening files of other tools, with errors that name the file and the place."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from blendmask_live.datatypes import CroppedMask
from blendmask_live.errors import AnnotationError
from blendmask_live.masks.crops import crop_mask
from blendmask_live.masks.segmentations import crop_of_rle, polygons_crop, segmentation_rle

__all__ = [
    "SIZES_NOT_TOLD",
    "at_place",
    "check_size",
    "load_annotations",
    "load_json",
    "main_file",
    "numbered_parts",
    "open_png",
    "read_text",
    "reported_pictures",
    "segmentation_crop",
    "shown_files",
    "stated_size",
]


SIZES_NOT_TOLD: Final = "pictures whose size the file does not tell have the video's"


def main_file(path: Path, *names: str) -> Path:
    """`path` itself, or in a folder the first of these that is there, or the only one of the kind.

    Raises:
        AnnotationError: If there is none.
    """
    if not path.is_dir():
        return path
    for name in names:
        if (path / name).is_file():
            return path / name
    alone = shown_files(path, Path(names[0]).suffix)
    if len(alone) == 1:
        return alone[0]
    raise AnnotationError(f"{path}: expected {' or '.join(names)} in this folder, found neither")


def numbered_parts(folder: Path) -> list[tuple[int, Path]]:
    """The folders `part2`, `part3`... of an export that one part had no room for."""
    found = ((re.fullmatch(r"part([0-9]{1,6})", part.name), part) for part in folder.glob("part*"))
    return sorted((int(match[1]), part) for match, part in found if match and part.is_dir())


def shown_files(folder: Path, suffix: str) -> list[Path]:
    """Files of a folder by name, whatever the case of their suffix.

    Hidden files are left out: macOS writes `._1.png` beside `1.png`.
    """
    files = folder.iterdir() if folder.is_dir() else ()
    return sorted(p for p in files if p.suffix.lower() == suffix and not p.name.startswith("."))


def read_text(path: Path) -> str:
    """A file's text.

    Raises:
        AnnotationError: If it cannot be read or is no UTF-8 text.
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise AnnotationError(f"{path}: cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise AnnotationError(f"{path}: no UTF-8 text (byte {error.start})") from error


def load_annotations(path: Path) -> Any:
    """A file's JSON value, as `load_json`; Label Studio's own is refused by name.

    Raises:
        AnnotationError: As `load_json`, or if it is Label Studio's.
    """
    content = load_json(path)
    task = content[0] if isinstance(content, list) and content else content
    if isinstance(task, dict) and (
        ("data" in task and not {"annotations", "completions", "predictions"}.isdisjoint(task))
        or {"annotation_id", "annotator"} <= task.keys()
    ):
        raise AnnotationError(
            f"{path}: is Label Studio's own JSON, which is not read; export the project there "
            "as 'COCO' (masks and polygons) and import the result.json of that"
        )
    return content


def load_json(path: Path) -> Any:
    """A file's JSON value.

    Raises:
        AnnotationError: If it cannot be read, or is no JSON (with the line).
    """
    try:
        return json.loads(read_text(path))
    except RecursionError as error:
        raise AnnotationError(f"{path}: not valid JSON: nested too deep") from error
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise AnnotationError(f"{path}: not valid JSON, {place}: {error.msg}") from error


@contextmanager
def at_place(place: str) -> Iterator[None]:
    """Turn what goes wrong with unexpected content into an error that says where."""
    try:
        yield
    except KeyError as error:
        raise AnnotationError(f"{place}: {error.args[0]!r} is missing") from error
    except (ValueError, TypeError, AttributeError, IndexError, OverflowError) as error:
        raise AnnotationError(f"{place}: {error}") from error


def stated_size(height: Any, width: Any) -> tuple[int, int] | None:
    """(height, width) as a file tells it; None where it tells none: absent, null or 0."""
    return (int(height), int(width)) if height and width else None


def check_size(place: str, found: tuple[int, int] | None, wanted: tuple[int, int]) -> None:
    """Both (height, width); None is what a file does not tell.

    Raises:
        AnnotationError: If they differ.
    """
    if found is not None and found != wanted:
        raise AnnotationError(
            f"{place}: made for {found[1]} x {found[0]} px, the video has "
            f"{wanted[1]} x {wanted[0]} px; give the video that was annotated"
        )


def segmentation_crop(segmentation: Any, frame_size: tuple[int, int], place: str) -> CroppedMask:
    """The mask of a COCO-like segmentation: RLE of either form, or polygons.

    Raises:
        AnnotationError: If it cannot be read or is of another size.
    """
    with at_place(place):
        if not segmentation:
            raise ValueError("it has no outline or mask, perhaps only a box")
        if isinstance(segmentation, list):
            return polygons_crop(segmentation, frame_size)
        if isinstance(segmentation, dict):
            height, width = (int(value) for value in segmentation["size"])
            check_size(place, (height, width), frame_size)
        return crop_of_rle(segmentation_rle(segmentation, frame_size))


def open_png(path: Path, *, modes: Sequence[str], wanted: str) -> NDArray[np.integer[Any]]:
    """The values of a picture of one of these Pillow modes.

    Raises:
        AnnotationError: If it cannot be read or is of another kind; `wanted` names the right one.
    """
    with reported_pictures(path, wanted=wanted), Image.open(path) as picture:
        if picture.mode not in modes:
            raise AnnotationError(f"{path}: expected {wanted}, found mode {picture.mode}")
        return np.asarray(picture)


@contextmanager
def reported_pictures(path: Path, *, wanted: str) -> Iterator[None]:
    """Turn Pillow's refusals into an error that names the file."""
    try:
        yield
    except UnidentifiedImageError as error:
        raise AnnotationError(f"{path}: expected {wanted}, found no picture") from error
    except (OSError, SyntaxError, Image.DecompressionBombError) as error:
        raise AnnotationError(f"{path}: the picture is damaged ({error})") from error


def crops_of_values(
    values: NDArray[np.integer[Any]], ignored: frozenset[int]
) -> Iterator[tuple[int, CroppedMask]]:
    """Each value of an (H, W) picture but the ignored ones, and its pixels."""
    for value in np.unique(values).tolist():
        if value not in ignored:
            yield value, crop_mask(values == value)
