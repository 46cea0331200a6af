"""J and F of followed masks, as the DAVIS benchmark defines them.

Perazzi et al., "A Benchmark Dataset and Evaluation Methodology for Video Object Segmentation",
CVPR 2016: J is the IoU of a mask, F the F measure of its outline, where outlines count as met
within 0.008 of the picture's diagonal. First and last frame do not count.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

__all__ = ["SequenceAccuracy", "boundary_f", "measure_sequence", "region_j"]

_TOLERANCE = 0.008
"""Of the picture's diagonal."""


@dataclass(frozen=True, slots=True)
class SequenceAccuracy:
    """Means over the frames of one object in one sequence."""

    j: float
    f: float
    frames: int

    @property
    def j_and_f(self) -> float:
        return (self.j + self.f) / 2


def measure_sequence(
    truth: Sequence[NDArray[np.bool_]], found: Sequence[NDArray[np.bool_]]
) -> SequenceAccuracy:
    """Compare the masks of one object, (H, W) each, over all frames of a sequence.

    Raises:
        ValueError: If there are not as many of both, or fewer than three.
    """
    if len(truth) != len(found) or len(truth) < 3:
        raise ValueError(f"{len(truth)} true and {len(found)} found masks; need as many, from 3 on")
    pairs = list(zip(truth, found, strict=True))[1:-1]
    return SequenceAccuracy(
        j=float(np.mean([region_j(*pair) for pair in pairs])),
        f=float(np.mean([boundary_f(*pair) for pair in pairs])),
        frames=len(pairs),
    )


def region_j(truth: NDArray[np.bool_], found: NDArray[np.bool_]) -> float:
    """IoU; 1 if both are empty."""
    union = np.count_nonzero(truth | found)
    return np.count_nonzero(truth & found) / union if union else 1.0


def boundary_f(truth: NDArray[np.bool_], found: NDArray[np.bool_]) -> float:
    """F measure of two outlines."""
    height, width = truth.shape
    reach = int(np.ceil(_TOLERANCE * np.hypot(height, width)))
    ours, theirs = _outline(found), _outline(truth)
    count, count_true = int(ours.sum()), int(theirs.sum())
    if count == 0 or count_true == 0:
        return float(count == count_true)
    near_true, near_ours = _widened(theirs, reach), _widened(ours, reach)
    precision = int((ours & near_true).sum()) / count
    recall = int((theirs & near_ours).sum()) / count_true
    total = precision + recall
    return 2 * precision * recall / total if total else 0.0


def _outline(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Pixels that differ from the one to the right, below, or both."""
    padded = np.pad(mask, ((0, 1), (0, 1)), mode="edge")
    right, below, both = padded[:-1, 1:], padded[1:, :-1], padded[1:, 1:]
    outline: NDArray[np.bool_] = (mask != right) | (mask != below) | (mask != both)
    return outline


def _widened(outline: NDArray[np.bool_], reach: int) -> NDArray[np.bool_]:
    y, x = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    disk = (x**2 + y**2 <= reach**2).astype(np.uint8)
    return cv2.dilate(outline.astype(np.uint8), disk) > 0
