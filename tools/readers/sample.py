"""What the readers are given: one small video with everything that formats lose, in each format."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from blendmask_live.export import ExportOptions
from blendmask_live.labels import COCO_NAMES
from tests.export.sequences import CAR, DOG, PERSON, MaskSequence, disc, export, owners

SIZE: Final = (96, 128)
FRAME_COUNT: Final = 12

Mask = NDArray[np.bool_]
Truth = dict[tuple[int, int], tuple[str, Mask]]
"""(frame from 0, track id) -> class name, (H, W) mask."""


@dataclass(frozen=True)
class Variant:
    """One export of the sample: a format and its options."""

    format: str
    options: ExportOptions = field(default_factory=lambda: ExportOptions(frames="png"))
    first_frame: int = 0
    """The number that the format gives to the first frame."""
    overlaps: bool = True
    """Whether pixels may belong to several objects."""
    boxes: bool = False
    """Whether the format has boxes only."""


EXACT: Final = ExportOptions(frames="png", polygon_tolerance_px=0)
ALL: Final = ExportOptions(frames="png", all_classes=True)
POLYGONS: Final = ExportOptions(frames="png", shape="polygon")
MASKS: Final = ExportOptions(frames="png", shape="mask")

VARIANTS: Final = {
    "youtube-vis": Variant("youtube-vis"),
    "coco": Variant("coco"),
    "mots --all-classes": Variant("mots", ALL, first_frame=1, overlaps=False),
    "mots-png --all-classes": Variant("mots-png", ALL, first_frame=1, overlaps=False),
    "davis": Variant("davis", ExportOptions(), overlaps=False),
    "cvat": Variant("cvat"),
    "cvat --shape polygon": Variant("cvat", POLYGONS),
    "cvat --shape mask": Variant("cvat", MASKS),
    "yolo-seg": Variant("yolo-seg"),
    "yolo-seg --polygon-tolerance 0": Variant("yolo-seg", EXACT),
    "labelme": Variant("labelme"),
    "labelme --shape polygon": Variant("labelme", POLYGONS),
    "panoptic": Variant("panoptic", ExportOptions(), overlaps=False),
    "csv": Variant("csv", ExportOptions(), boxes=True),
    "parquet": Variant("parquet", ExportOptions()),
}
"""Name (the options of the command line) -> what is written, in a folder of that name."""


def make_sequence() -> MaskSequence:
    """Overlapping people, a hole, two parts, a pair of diagonal pixels, a gap in time, a class
    beyond MOTS, a track that begins late, and an irregular outline."""
    frames = []
    for t in range(FRAME_COUNT):
        ring = disc(SIZE, 64, 60, 20) & ~disc(SIZE, 64, 60, 9)
        ring |= disc(SIZE, 112, 14, 6)
        pair = np.zeros(SIZE, dtype=bool)
        pair[5 + t, 5] = pair[6 + t, 6] = True
        rows = [
            (1, PERSON, 0.9, disc(SIZE, 16 + 8 * t, 44, 13)),
            (2, PERSON, 0.6, disc(SIZE, 100 - 8 * t, 28, 15)),
            (3, CAR, 0.8, ring),
            (6, PERSON, 0.7, pair),
        ]
        if t not in (5, 6, 7):
            rows.append((4, DOG, 0.85, _star(20 + 3 * t, 80, 11)))
        if t >= 3:
            rows.append((9, CAR, 0.5, _star(104, 40 + 2 * t, 17)))
        frames.append(rows)
    return MaskSequence(SIZE, frames)


def _star(x: float, y: float, radius: float) -> Mask:
    rows, columns = np.mgrid[: SIZE[0], : SIZE[1]]
    angles = np.arctan2(rows - y, columns - x)
    limits = radius * (1 + 0.3 * np.sin(5 * angles) + 0.1 * np.cos(9 * angles))
    inside: Mask = np.hypot(rows - y, columns - x) <= limits
    return inside


def _box_of(mask: Mask) -> Mask:
    rows, columns = np.nonzero(mask)
    box = np.zeros_like(mask)
    box[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1] = True
    return box


def write_all(folder: Path) -> None:
    """Export the sample in every variant to `folder`/`name of the variant`."""
    sequence = make_sequence()
    for name, variant in VARIANTS.items():
        export(sequence, variant.format, folder / name, variant.options)


def truth_of(variant: Variant) -> Truth:
    """What an exact file of the variant holds."""
    truth: Truth = {}
    for frame, rows in enumerate(make_sequence().frames):
        owned = owners(rows)
        for track_id, class_id, _, whole in rows:
            mask = whole if variant.overlaps else owned[track_id]
            if variant.boxes:
                mask = _box_of(mask)
            if mask.any():
                truth[frame, track_id] = COCO_NAMES[class_id], mask
    return truth
