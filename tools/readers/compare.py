"""What of the truth a reader found, in a few words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from found import Found
from numpy.typing import NDArray
from sample import Truth, Variant, truth_of
from scipy.optimize import linear_sum_assignment


def in_words(found: Sequence[Found], variant: Variant) -> str:
    """How many masks arrived in their own frame, with which ids, classes and IoU."""
    truth = truth_of(variant)
    pairs = _pairs(found, truth, variant.first_frame)
    words = [f"{len(pairs)} of {len(truth)} {'boxes' if variant.boxes else 'masks'}"]
    if len(found) > len(pairs):
        words.append(f"{len(found) - len(pairs)} more that match none")
    if pairs:
        words.append(_of_ids([(key[1], item) for key, item, _ in pairs]))
        words.append(_of_classes([(truth[key][0], item.label) for key, item, _ in pairs]))
        words.append(_of_ious([iou for _, _, iou in pairs]))
    return ", ".join(words)


def _pairs(
    found: Sequence[Found], truth: Truth, first_frame: int
) -> list[tuple[tuple[int, int], Found, float]]:
    """Found masks and the truth's of the same frame, so that the sum of IoU is largest."""
    by_frame: dict[int, list[Found]] = defaultdict(list)
    for item in found:
        by_frame[item.frame - first_frame].append(item)
    pairs = []
    for frame, items in by_frame.items():
        keys = [key for key in truth if key[0] == frame]
        ious = np.array([[_iou(truth[key][1], item.mask) for item in items] for key in keys])
        for row, column in zip(*linear_sum_assignment(-ious), strict=True) if keys else ():
            if ious[row, column] > 0:
                pairs.append((keys[row], items[column], float(ious[row, column])))
    return pairs


def _iou(a: NDArray[np.bool_], b: NDArray[np.bool_]) -> float:
    if a.shape != b.shape:
        raise ValueError(f"masks of {a.shape} and {b.shape} pixels")
    return float((a & b).sum() / max((a | b).sum(), 1))


def _of_ids(pairs: Sequence[tuple[int, Found]]) -> str:
    ids = {(track_id, item.track_id) for track_id, item in pairs}
    ours, theirs = {a for a, _ in ids}, {b for _, b in ids}
    if None in theirs:
        return "no ids"
    if all(str(a) == str(b) for a, b in ids):
        return "ids"
    if len(ids) == len(ours) == len(theirs):
        return "tracks under other ids"
    if len({(item.label, item.track_id) for _, item in pairs}) == len(ids) == len(ours):
        return "ids of their own in each class"
    return f"{len(ours)} tracks have {len(theirs)} ids"


def _of_classes(labels: Sequence[tuple[str, str | None]]) -> str:
    if all(found is None for _, found in labels):
        return "no classes"
    lost = {label for label, found in labels if found is None}
    wrong = {label for label, found in labels if found not in {label, None}}
    return ", ".join(
        [f"classes{f' but {_listed(lost)}' if lost else ''}"]
        + ([f"wrong class for {_listed(wrong)}"] if wrong else [])
    )


def _listed(names: set[str]) -> str:
    return " and ".join(sorted(names))


def _of_ious(ious: Sequence[float]) -> str:
    lowest, mean = min(ious), float(np.mean(ious))
    return "IoU 1.0" if lowest == 1 else f"IoU {_short(mean)}, lowest {_short(lowest)}"


def _short(iou: float) -> str:
    """Three digits, cut, so that only 1 reads as 1."""
    return f"{int(iou * 1000) / 1000:.3f}".lstrip("0")
