"""How good tracks are: HOTA, IDF1, identity switches and sMOTSA, from masks.

HOTA: Luiten et al., IJCV 2020. IDF1: Ristani et al., 2016. sMOTSA: Voigtlaender et al., CVPR
2019. Scores are kept as counts, which add up over sequences and classes (each detection weighs
the same); the measures are computed from the sums.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pycocotools import mask as coco_mask
from scipy.optimize import linear_sum_assignment

__all__ = ["FramePair", "ObjectMask", "TrackingScores", "pair_frames", "score_frames"]

_ALPHAS = np.arange(0.05, 0.99, 0.05)
"""Localisation thresholds that HOTA averages over."""
_MATCH_IOU = 0.5
"""Overlap from which IDF1 and sMOTSA call a mask found."""
_EPSILON = np.finfo(float).eps
_KEEPING_BONUS = 1000.0
"""Above any sum of overlaps: sMOTSA prefers the pairing of the frame before to a better one."""


@dataclass(frozen=True, slots=True, eq=False)
class ObjectMask:
    """One object in one frame.

    Attributes:
        frame: Position in the sequence, from 0.
        object_id: The same for the same object in all frames.
        class_id: Objects are compared within a class.
        rle: Compressed COCO RLE, {"size": [H, W], "counts": bytes}.
    """

    frame: int
    object_id: int
    class_id: int
    rle: dict[str, Any]


@dataclass(frozen=True, slots=True, eq=False)
class FramePair:
    """True and found objects of one frame.

    Attributes:
        truth_ids: (T,) int64.
        result_ids: (R,) int64.
        iou: (T, R) float64 mask IoU.
    """

    truth_ids: NDArray[np.int64]
    result_ids: NDArray[np.int64]
    iou: NDArray[np.float64]


def _zeros() -> NDArray[np.float64]:
    return np.zeros(len(_ALPHAS))


@dataclass(frozen=True, slots=True, eq=False)
class TrackingScores:
    """Counts, of which sums over sequences and classes make sense, and the measures from them.

    Attributes:
        matched, missed, invented: (19,) per localisation threshold of HOTA.
        association: (19,) sum over the matched of how well their tracks agree.
        localisation: (19,) sum over the matched of mask IoU.
        id_matched, id_missed, id_invented: Under the best one-to-one pairing of whole tracks.
        found, wrong, truths: Masks found at IoU 0.5, found nowhere in the truth, and true ones.
        found_iou: Sum of mask IoU over `found`.
        switches: Times that a true object was found under another id than the last time.
    """

    matched: NDArray[np.float64] = field(default_factory=_zeros)
    missed: NDArray[np.float64] = field(default_factory=_zeros)
    invented: NDArray[np.float64] = field(default_factory=_zeros)
    association: NDArray[np.float64] = field(default_factory=_zeros)
    localisation: NDArray[np.float64] = field(default_factory=_zeros)
    id_matched: int = 0
    id_missed: int = 0
    id_invented: int = 0
    found: int = 0
    wrong: int = 0
    truths: int = 0
    found_iou: float = 0.0
    switches: int = 0

    def __add__(self, other: TrackingScores) -> TrackingScores:
        return TrackingScores(
            *(getattr(self, part.name) + getattr(other, part.name) for part in fields(self))
        )

    def measures(self, *, is_sum: bool = False) -> dict[str, float]:
        """Name -> value; shares from 0 to 1 (sMOTSA may be negative), `switches` a count.

        As TrackEval has it, a sequence without a true object has sMOTSA 0 whatever was found; in
        sums over sequences what was found there counts.

        Args:
            is_sum: Whether these are the counts of all sequences, not of one.
        """
        det_a = self.matched / np.maximum(self.matched + self.missed + self.invented, 1)
        ass_a = self.association / np.maximum(self.matched, 1)
        loc_a = np.maximum(self.localisation, 1e-10) / np.maximum(self.matched, 1e-10)
        wrong = self.wrong if self.truths or is_sum else 0
        id_errors = self.id_missed + self.id_invented
        return {
            "HOTA": float(np.sqrt(det_a * ass_a).mean()),
            "DetA": float(det_a.mean()),
            "AssA": float(ass_a.mean()),
            "LocA": float(loc_a.mean()),
            "IDF1": self.id_matched / max(self.id_matched + 0.5 * id_errors, 1.0),
            "sMOTSA": (self.found_iou - wrong - self.switches) / max(self.truths, 1),
            "switches": self.switches,
        }


def pair_frames(
    truth: Sequence[ObjectMask],
    results: Sequence[ObjectMask],
    *,
    ignored: Sequence[ObjectMask] = (),
) -> dict[int, list[FramePair]]:
    """Frames of one sequence, per class that occurs on either side.

    Args:
        truth: No id twice in a frame and class; the same for `results`.
        ignored: Regions in which a result that fits no true object is not held against it.
    """
    classes = sorted({item.class_id for item in (*truth, *results)})
    frame_count = 1 + max((item.frame for item in (*truth, *results)), default=-1)
    truth_rows, result_rows = _by_place(truth), _by_place(results)
    regions = _by_place(ignored, any_class=True)
    return {
        class_id: [
            _pair(
                truth_rows.get((class_id, frame), []),
                result_rows.get((class_id, frame), []),
                [item.rle for item in regions.get((0, frame), [])],
            )
            for frame in range(frame_count)
        ]
        for class_id in classes
    }


def _by_place(
    items: Sequence[ObjectMask], *, any_class: bool = False
) -> dict[tuple[int, int], list[ObjectMask]]:
    places: dict[tuple[int, int], list[ObjectMask]] = {}
    for item in items:
        places.setdefault((0 if any_class else item.class_id, item.frame), []).append(item)
    return places


def _pair(
    truth: Sequence[ObjectMask], results: Sequence[ObjectMask], regions: list[dict[str, Any]]
) -> FramePair:
    truth_ids = np.array([item.object_id for item in truth], dtype=np.int64)
    result_ids = np.array([item.object_id for item in results], dtype=np.int64)
    iou = np.zeros((len(truth), len(results)))
    if iou.size:
        found = [item.rle for item in results]
        iou = np.asarray(coco_mask.iou([item.rle for item in truth], found, [False] * len(found)))
        if (iou < 0).any():
            raise ValueError("ground truth and results are of different frame sizes")
    if len(results) and regions:
        kept = ~_inside_regions(results, regions)
        rows, columns = _assign(np.where(iou >= _MATCH_IOU - _EPSILON, iou, 0))
        kept[columns[iou[rows, columns] >= _MATCH_IOU - _EPSILON]] = True
        result_ids, iou = result_ids[kept], iou[:, kept]
    return FramePair(truth_ids, result_ids, iou)


def _inside_regions(
    results: Sequence[ObjectMask], regions: list[dict[str, Any]]
) -> NDArray[np.bool_]:
    """(R,) whether more than half of each result lies in the union of the regions."""
    region = coco_mask.merge(regions, intersect=False)
    shares = coco_mask.iou([item.rle for item in results], [region], [True])
    return np.asarray(shares)[:, 0] > 0.5 + _EPSILON


def _assign(gain: NDArray[np.float64]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    rows, columns = linear_sum_assignment(gain, maximize=True)
    return rows, columns


def score_frames(frames: Sequence[FramePair]) -> TrackingScores:
    """Counts of one class in one sequence; frames in order, without gaps."""
    truth_count, truth_rows = _numbered([frame.truth_ids for frame in frames])
    result_count, result_rows = _numbered([frame.result_ids for frame in frames])
    numbered = [
        FramePair(rows, columns, frame.iou)
        for frame, rows, columns in zip(frames, truth_rows, result_rows, strict=True)
    ]
    lengths = (
        np.bincount(np.concatenate([*truth_rows, []]).astype(int), minlength=truth_count),
        np.bincount(np.concatenate([*result_rows, []]).astype(int), minlength=result_count),
    )
    parts: dict[str, Any] = {}
    for part in (_hota(numbered, *lengths), _identity(numbered, *lengths), _clear(numbered)):
        parts |= part
    return TrackingScores(**parts)


def _numbered(ids: Sequence[NDArray[np.int64]]) -> tuple[int, list[NDArray[np.int64]]]:
    """How many ids there are, and each frame's as positions among them."""
    known = np.unique(np.concatenate([*ids, np.zeros(0, dtype=np.int64)]))
    return len(known), [np.searchsorted(known, row) for row in ids]


def _hota(
    frames: Sequence[FramePair], truth_lengths: NDArray[np.int64], result_lengths: NDArray[np.int64]
) -> dict[str, NDArray[np.float64]]:
    lengths = truth_lengths[:, None] + result_lengths[None]
    alike = np.zeros(lengths.shape)
    for frame in frames:
        rivals = frame.iou.sum(axis=1)[:, None] + frame.iou.sum(axis=0)[None] - frame.iou
        share = np.divide(frame.iou, rivals, out=np.zeros_like(rivals), where=rivals > _EPSILON)
        alike[np.ix_(frame.truth_ids, frame.result_ids)] += share
    # Pairing follows how well whole tracks agree, then the overlap in the frame at hand.
    agreement = alike / (lengths - alike)
    together = np.zeros((len(_ALPHAS), *lengths.shape))
    matched, localisation = _zeros(), _zeros()
    for frame in frames:
        part = agreement[np.ix_(frame.truth_ids, frame.result_ids)]
        rows, columns = _assign(part * frame.iou)
        for row, column in zip(rows, columns, strict=True):
            reached = frame.iou[row, column] >= _ALPHAS - _EPSILON
            matched += reached
            localisation += reached * frame.iou[row, column]
            together[:, frame.truth_ids[row], frame.result_ids[column]] += reached
    return {
        "matched": matched,
        "missed": truth_lengths.sum() - matched,
        "invented": result_lengths.sum() - matched,
        "association": (together**2 / np.maximum(lengths - together, 1)).sum(axis=(1, 2)),
        "localisation": localisation,
    }


def _identity(
    frames: Sequence[FramePair], truth_lengths: NDArray[np.int64], result_lengths: NDArray[np.int64]
) -> dict[str, int]:
    together = np.zeros((len(truth_lengths), len(result_lengths)))
    for frame in frames:
        found = frame.iou >= _MATCH_IOU
        together[np.ix_(frame.truth_ids, frame.result_ids)] += found
    # Pairing tracks that never meet gains nothing, so a plain assignment is the best one.
    matched = int(together[_assign(together)].sum())
    return {
        "id_matched": matched,
        "id_missed": int(truth_lengths.sum()) - matched,
        "id_invented": int(result_lengths.sum()) - matched,
    }


def _clear(frames: Sequence[FramePair]) -> dict[str, float]:
    last_known: dict[int, int] = {}
    previous: dict[int, int] = {}
    found = wrong = truths = switches = 0
    found_iou = 0.0
    for frame in frames:
        truths += len(frame.truth_ids)
        wrong += len(frame.result_ids)
        if not frame.iou.size:
            continue
        expected = np.array([previous.get(i, -1) for i in frame.truth_ids.tolist()])
        gain = frame.iou + _KEEPING_BONUS * (expected[:, None] == frame.result_ids[None])
        gain[frame.iou < _MATCH_IOU - _EPSILON] = 0
        rows, columns = _assign(gain)
        is_match = gain[rows, columns] > _EPSILON
        rows, columns = rows[is_match], columns[is_match]
        previous = dict(
            zip(frame.truth_ids[rows].tolist(), frame.result_ids[columns].tolist(), strict=True)
        )
        switches += sum(last_known.get(truth, now) != now for truth, now in previous.items())
        last_known |= previous
        found += len(rows)
        wrong -= len(rows)
        found_iou += float(frame.iou[rows, columns].sum())
    return {
        "found": found,
        "wrong": wrong,
        "truths": truths,
        "found_iou": found_iou,
        "switches": switches,
    }
