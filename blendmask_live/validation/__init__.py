"""Checks exports, ours and others', as the formats' own readers would."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from blendmask_live.errors import AnnotationError
from blendmask_live.importing.detect import detect_format
from blendmask_live.validation.annotation_tools import check_cvat, check_labelme, check_yolo_seg
from blendmask_live.validation.coco_like import check_coco, check_youtube_vis
from blendmask_live.validation.common import EXPORT_AGAIN
from blendmask_live.validation.panoptic import check_panoptic
from blendmask_live.validation.pictures import check_davis, check_mots, check_mots_png
from blendmask_live.validation.report import Report, Violation
from blendmask_live.validation.tables import check_csv, check_parquet
from blendmask_live.validation.videos import check_cutout, check_matte, check_overlay

__all__ = ["VALIDATORS", "Report", "Violation", "validate"]

VALIDATORS: dict[str, Callable[[Path], Iterator[Violation]]] = {
    "overlay": check_overlay,
    "youtube-vis": check_youtube_vis,
    "mots": check_mots,
    "mots-png": check_mots_png,
    "davis": check_davis,
    "coco": check_coco,
    "cvat": check_cvat,
    "yolo-seg": check_yolo_seg,
    "labelme": check_labelme,
    "csv": check_csv,
    "panoptic": check_panoptic,
    "parquet": check_parquet,
    "cutout": check_cutout,
    "matte": check_matte,
}
"""Format name -> what lists its violations. May raise AnnotationError for unreadable files."""


def validate(path: str | Path, *, format: str | None = None) -> Report:
    """Check a file, or the folder of one export.

    Args:
        path: What to check.
        format: A key of `VALIDATORS`; detected where absent.

    Raises:
        AnnotationError: If the format is not known.
    """
    path = Path(path)
    name = format or detect_format(path)
    if name not in VALIDATORS:
        raise AnnotationError(f"{path}: unknown format {name!r}; one of {', '.join(VALIDATORS)}")
    violations: list[Violation] = []
    try:
        violations.extend(VALIDATORS[name](path))
    except AnnotationError as error:
        # Nothing more can be checked in a file that cannot be read.
        place, _, problem = str(error).partition(": ")
        violations.append(Violation(place, problem, EXPORT_AGAIN))
    except (AttributeError, KeyError, OverflowError, TypeError, ValueError) as error:
        # Where text stands for a number, or a number for an object, readers fail just so.
        problem = f"a value of another kind than {name} has there ({error})"
        violations.append(Violation(str(path), problem, EXPORT_AGAIN))
    return Report(path, name, tuple(violations))
