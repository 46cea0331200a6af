"""Panoptic quality (Kirillov et al., "Panoptic Segmentation", CVPR 2019) of a segmenter.

Data is in COCO's panoptic format: a JSON file, and beside it a folder of the same name with one
picture of segment ids (R + 256 G + 65536 B, 0 for unlabelled) per image.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from blendmask_live.config import SegmenterSettings
from blendmask_live.errors import DatasetError
from blendmask_live.labels import COCO_STUFF_NAMES
from blendmask_live.masks.fusion import Panorama, fuse
from blendmask_live.segmenting.segmenter import Segmenter
from blendmask_live.training.dataset import Picture

__all__ = ["PanopticAccuracy", "Tally", "evaluate_panoptic", "is_panoptic"]

_UNLABELLED = 0


@dataclass(frozen=True, slots=True)
class PanopticAccuracy:
    """Qualities in [0, 1], averaged over categories; -1 where there is nothing to measure.

    Attributes:
        everything, things, stuff: PQ, SQ and RQ.
        pictures: How many pictures were measured.
        settings: What the segmenter was set to.
    """

    everything: dict[str, float]
    things: dict[str, float]
    stuff: dict[str, float]
    pictures: int
    settings: SegmenterSettings


class Tally:
    """Counts matches per category over pictures."""

    def __init__(self) -> None:
        self._iou: defaultdict[int, float] = defaultdict(float)
        self._counts: defaultdict[int, NDArray[np.int64]] = defaultdict(lambda: np.zeros(3, int))

    def add(
        self,
        truth: NDArray[np.int32],
        true_categories: Mapping[int, int],
        found: NDArray[np.int32],
        found_categories: Mapping[int, int],
        *,
        crowds: frozenset[int] = frozenset(),
    ) -> None:
        """Compare two pictures of segment ids.

        Args:
            truth, found: (H, W), 0 for unlabelled.
            true_categories, found_categories: Segment id -> category.
            crowds: True segments that need not be found.
        """
        true_areas, found_areas = _areas(truth), _areas(found)
        pairs = _areas(truth.astype(np.int64) << 32 | found)
        shared = {(pair >> 32, pair & 0xFFFFFFFF): area for pair, area in pairs.items()}
        matched: set[tuple[str, int]] = set()
        for (true_id, found_id), area in shared.items():
            category = true_categories.get(true_id)
            if category is None or true_id in crowds or found_categories.get(found_id) != category:
                continue
            union = true_areas[true_id] + found_areas[found_id] - area
            iou = area / (union - shared.get((_UNLABELLED, found_id), 0))
            if iou > 0.5:  # At most one partner can overlap by more than half.
                matched |= {("true", true_id), ("found", found_id)}
                self._iou[category] += iou
                self._counts[category][0] += 1
        for found_id, category in found_categories.items():
            excused = shared.get((_UNLABELLED, found_id), 0) + sum(
                shared.get((crowd, found_id), 0)
                for crowd in crowds
                if true_categories[crowd] == category
            )
            if ("found", found_id) not in matched and excused <= 0.5 * found_areas[found_id]:
                self._counts[category][1] += 1
        for true_id, category in true_categories.items():
            if ("true", true_id) not in matched and true_id not in crowds:
                self._counts[category][2] += 1

    def qualities(self, categories: set[int]) -> dict[str, float]:
        """PQ, SQ and RQ, averaged over those of the categories that occurred."""
        rows = []
        for category in sorted(categories & set(self._counts)):
            right, wrong, missed = self._counts[category].tolist()
            iou, share = self._iou[category], right + wrong / 2 + missed / 2
            rows.append((iou / share, iou / right if right else 0.0, right / share))
        means = np.mean(rows, axis=0).round(4).tolist() if rows else [-1.0] * 3
        return dict(zip(("PQ", "SQ", "RQ"), means, strict=True))


def is_panoptic(annotations: Path) -> bool:
    """Whether a file holds COCO panoptic annotations; False where it cannot be read."""
    try:
        first = json.loads(annotations.read_text(encoding="utf-8"))["annotations"][0]
        return "segments_info" in first
    except (OSError, ValueError, LookupError, TypeError):
        return False


def evaluate_panoptic(
    segmenter: Segmenter,
    images: Path,
    annotations: Path,
    *,
    max_images: int | None = None,
    report: Callable[[int, int], None] = lambda done, total: None,
) -> PanopticAccuracy:
    """Measure a panoptic segmenter, with the fusion of the published figures.

    Args:
        images: Folder of pictures.
        annotations: COCO panoptic JSON; its PNG files lie in the folder of the same name.
        report: Called with (pictures done, pictures in all).

    Raises:
        DatasetError: If the data cannot be used.
        ConfigError: If the network has no head for stuff.
    """
    settings = replace(segmenter.settings, panoptic=True, score_threshold=0.05)
    segmenter, tally = segmenter.with_settings(settings), Tally()
    with _readable(annotations):
        content = json.loads(annotations.read_text(encoding="utf-8"))
        ids = {category["name"]: category["id"] for category in content["categories"]}
        is_thing = {category["id"]: bool(category["isthing"]) for category in content["categories"]}
        files = {image["id"]: image["file_name"] for image in content["images"]}
        truths = content["annotations"][:max_images]
    # What the data does not know gets a category of its own, which is never measured.
    thing_ids = [ids.get(name, -1) for name in segmenter.labels]
    stuff_ids = [-1, *(ids.get(name, -1) for name in COCO_STUFF_NAMES)]
    for done, entry in enumerate(truths, start=1):
        with _readable(annotations):
            name, segments = files[entry["image_id"]], entry["segments_info"]
            categories = {int(s["id"]): int(s["category_id"]) for s in segments}
            crowds = frozenset(int(s["id"]) for s in segments if s.get("iscrowd"))
            truth = _read_ids(annotations.with_suffix("") / entry["file_name"])
        panorama = _panorama(segmenter, images / name)
        if panorama.ids.shape != truth.shape:
            raise DatasetError(f"{images / name}: of another size than its annotation")
        found_categories = {
            s.id: (thing_ids if s.is_thing else stuff_ids)[s.class_id] for s in panorama.segments
        }
        tally.add(truth, categories, panorama.ids, found_categories, crowds=crowds)
        report(done, len(truths))
    things = {category for category, countable in is_thing.items() if countable}
    return PanopticAccuracy(
        everything=tally.qualities(set(is_thing)),
        things=tally.qualities(things),
        stuff=tally.qualities(set(is_thing) - things),
        pictures=len(truths),
        settings=settings,
    )


def _panorama(segmenter: Segmenter, path: Path) -> Panorama:
    every = np.ones(len(segmenter.labels), dtype=bool)
    found = segmenter.segment(Picture(path, 0, annotations=(), exhaustive=every).load())
    return fuse(
        found.cropped_masks(),
        found.scores,
        found.class_ids,
        found.semantic,
        frame_size=found.frame_size,
    )


def _areas(values: NDArray[Any]) -> dict[int, int]:
    found, counts = np.unique(values, return_counts=True)
    return dict(zip(found.tolist(), counts.tolist(), strict=True))


def _read_ids(path: Path) -> NDArray[np.int32]:
    with Image.open(path) as file:
        rgb = np.asarray(file.convert("RGB"), dtype=np.int32)
    return rgb[..., 0] + 256 * rgb[..., 1] + 65536 * rgb[..., 2]


@contextmanager
def _readable(annotations: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise DatasetError(
            f"{annotations}: not readable as COCO panoptic annotations ({error!r}); their PNG "
            f"files are expected in {annotations.with_suffix('')}"
        ) from error
